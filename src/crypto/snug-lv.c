/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-lv.h"

#include <stdarg.h>
#include <string.h>

guint
snug_lv_prefix (guint8 out[SNUG_LV_MAX_PREFIX], gsize n_bytes)
{
  guint n = 0;

  for (; n_bytes >= 128; n_bytes >>= 7)
    out[n++] = (guint8) (n_bytes | 128);
  out[n++] = (guint8) n_bytes;
  return n;
}

void
snug_lv_append (GByteArray *array, gconstpointer data, gsize n_bytes)
{
  guint8 prefix[SNUG_LV_MAX_PREFIX];

  g_byte_array_append (array, prefix, snug_lv_prefix (prefix, n_bytes));
  if (n_bytes > 0)
    g_byte_array_append (array, data, (guint) n_bytes);
}

void
snug_lv_append_text (GByteArray *array, const char *text)
{
  snug_lv_append (array, text, strlen (text));
}

GBytes *
snug_lv_cat_texts (const char *first, ...)
{
  GByteArray *array = g_byte_array_new ();
  va_list texts;

  va_start (texts, first);
  for (const char *text = first; text != NULL; text = va_arg (texts, const char *))
    snug_lv_append_text (array, text);
  va_end (texts);
  return g_byte_array_free_to_bytes (array);
}
