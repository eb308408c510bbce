/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-display-text.h"

#include <string.h>

static gboolean
is_invisible (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return FALSE;
    }
}

char *
snug_display_text_one_line (const char *text, guint max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *composed = g_utf8_normalize (valid, -1, G_NORMALIZE_NFC);
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean space = FALSE;
  guint n_chars = 0;

  for (const char *at = composed; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c))
        {
          space = out->len > 0;
          continue;
        }
      if (is_invisible (c))
        continue;
      if (n_chars + space >= max_chars)
        {
          g_string_append (out, "…");
          break;
        }
      if (space)
        g_string_append_c (out, ' ');
      g_string_append_unichar (out, c);
      n_chars += 1 + (guint) space;
      space = FALSE;
    }
  /* What stood on both sides of something that is gone may be composed again. */
  return g_utf8_normalize (out->str, -1, G_NORMALIZE_NFC);
}

static gboolean
may_stand_in_block (gunichar c)
{
  switch (c)
    {
    case '\n':
    case '\t':
    case 0x200c: /* zero-width non-joiner: Persian and others are misspelt without it */
    case 0x200d: /* zero-width joiner: families and flags */
    case 0x200e: /* left-to-right mark */
    case 0x200f: /* right-to-left mark */
      return TRUE;
    default:
      /* tag characters: the flags of England, Scotland and Wales */
      return (c >= 0xe0020 && c <= 0xe007f) || !is_invisible (c);
    }
}

char *
snug_display_text_block (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (may_stand_in_block (c))
        g_string_append_unichar (out, c);
      else if (c == 0x2028 || c == 0x2029)
        g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}
