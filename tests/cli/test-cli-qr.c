/* The QR code in text is the code that libqrencode makes, with its quiet zone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-qr.h"

#include <qrencode.h>
#include <string.h>

#include "cli-text.h"

#define LINK "http://192.168.1.20:2029/?code=QXWV23"

/* Reads the module in column x of line y back, from half blocks. */
static gboolean
has_ink (char **lines, int x, int y)
{
  const char *cell = g_utf8_offset_to_pointer (lines[y / 2], x);
  gunichar c = g_utf8_get_char (cell);

  return c == 0x2588 || c == (y % 2 == 0 ? 0x2580 : 0x2584);
}

static void
assert_is_code (char **lines, gboolean ink_is_dark)
{
  QRcode *code = QRcode_encodeString8bit (LINK, 0, QR_ECLEVEL_L);
  int n = code->width + 2 * SNUG_CLI_QR_QUIET_ZONE;

  g_assert_cmpuint (g_strv_length (lines), ==, (guint) (n + 1) / 2 + 1);
  for (int y = 0; y < n; y++)
    for (int x = 0; x < n; x++)
      {
        int cx = x - SNUG_CLI_QR_QUIET_ZONE, cy = y - SNUG_CLI_QR_QUIET_ZONE;
        gboolean inside = cx >= 0 && cy >= 0 && cx < code->width && cy < code->width;
        gboolean dark = inside && (code->data[cy * code->width + cx] & 1) != 0;

        g_assert_cmpint (has_ink (lines, x, y), ==, dark == ink_is_dark);
      }
  QRcode_free (code);
}

static void
test_half_blocks (void)
{
  g_autofree char *text = snug_cli_qr_to_text (LINK, 80, SNUG_CLI_QR_UTF8);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  assert_is_code (lines, FALSE);
}

/* Black on white in fixed colours, and back to the terminal's own at the end of each line. */
static void
test_colors (void)
{
  const char *begin = "\033[38;5;16;48;5;231m", *end = "\033[0m";
  g_autofree char *text = snug_cli_qr_to_text (LINK, 80, SNUG_CLI_QR_UTF8 | SNUG_CLI_QR_COLORS);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; **line != '\0'; line++)
    {
      char *bare;

      g_assert_true (g_str_has_prefix (*line, begin));
      g_assert_true (g_str_has_suffix (*line, end));
      bare = g_strndup (*line + strlen (begin), strlen (*line) - strlen (begin) - strlen (end));
      g_free (*line);
      *line = bare;
    }
  assert_is_code (lines, TRUE);
}

static void
test_without_utf8 (void)
{
  g_autofree char *text = snug_cli_qr_to_text (LINK, 80, 0);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint n = (guint) strlen (lines[0]) / 2;

  g_assert_true (g_str_is_ascii (text));
  g_assert_cmpuint (g_strv_length (lines), ==, n + 1);
  /* The quiet zone is light, and light is ink here. */
  for (guint i = 0; i < 2 * n; i++)
    g_assert_cmpint (lines[0][i], ==, '#');
  g_assert_true (g_str_has_prefix (lines[4], "########      "));
}

static void
test_too_narrow (void)
{
  g_autofree char *text = snug_cli_qr_to_text (LINK, 80, SNUG_CLI_QR_UTF8);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint width = snug_cli_text_width (lines[0]);
  g_autofree char *exact = snug_cli_qr_to_text (LINK, width, SNUG_CLI_QR_UTF8);

  g_assert_cmpstr (exact, ==, text);
  g_assert_null (snug_cli_qr_to_text (LINK, width - 1, SNUG_CLI_QR_UTF8));
  g_assert_null (snug_cli_qr_to_text (LINK, 2 * width - 1, 0));
}

static void
test_too_long (void)
{
  g_autofree char *text = g_strnfill (5000, 'a');

  g_assert_null (snug_cli_qr_to_text (text, G_MAXUINT, SNUG_CLI_QR_UTF8));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-qr/half-blocks", test_half_blocks);
  g_test_add_func ("/cli-qr/colors", test_colors);
  g_test_add_func ("/cli-qr/without-utf8", test_without_utf8);
  g_test_add_func ("/cli-qr/too-narrow", test_too_narrow);
  g_test_add_func ("/cli-qr/too-long", test_too_long);
  return g_test_run ();
}
