/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whatever a stranger says becomes text that neither hides nor reorders what is around it. */
#include "snug-display-text.h"

static void
check (const char *text, gboolean one_line)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_assert_false (g_unichar_iscntrl (c) && (one_line || (c != '\n' && c != '\t')));
      g_assert_false ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *line = snug_display_text_one_line (text, SNUG_DISPLAY_NAME_MAX_CHARS);
  g_autofree char *line_again = snug_display_text_one_line (line, SNUG_DISPLAY_NAME_MAX_CHARS);
  g_autofree char *block = snug_display_text_block (text);
  g_autofree char *block_again = snug_display_text_block (block);

  check (line, TRUE);
  check (block, FALSE);
  /* and an ellipsis */
  g_assert_cmpint (g_utf8_strlen (line, -1), <=, SNUG_DISPLAY_NAME_MAX_CHARS + 1);
  g_assert_cmpstr (line, ==, line_again);
  g_assert_cmpstr (block, ==, block_again);
  return 0;
}
