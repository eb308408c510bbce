/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sdp-words.h"

#include <string.h>

gboolean
snug_sdp_is_ice_chars (const char *word, gsize min, gsize max)
{
  gsize n = strlen (word);

  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (word[i]) && word[i] != '+' && word[i] != '/')
      return FALSE;
  return n >= min && n <= max;
}

gboolean
snug_sdp_is_printable (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text < 0x20 || *text > 0x7e)
      return FALSE;
  return TRUE;
}

gboolean
snug_sdp_read_number (const char *word, guint64 max, guint64 *out)
{
  return g_ascii_isdigit (*word) && g_ascii_string_to_unsigned (word, 10, 0, max, out, NULL);
}
