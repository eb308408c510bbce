/* Columns, and numbers as words.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-text.h"

#include <string.h>

#include "snug-transfer-private.h"

static void
assert_fits (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_width (void)
{
  g_assert_cmpuint (snug_cli_text_width (""), ==, 0);
  g_assert_cmpuint (snug_cli_text_width ("abc"), ==, 3);
  g_assert_cmpuint (snug_cli_text_width ("日本"), ==, 4);
  g_assert_cmpuint (snug_cli_text_width ("e\xcc\x81"), ==, 1);
  g_assert_cmpuint (snug_cli_text_width ("🙂"), ==, 2);
}

static void
test_fit (void)
{
  assert_fits (snug_cli_text_fit ("abcdef", 6, TRUE), "abcdef");
  assert_fits (snug_cli_text_fit ("abcdefg", 6, TRUE), "abcde…");
  assert_fits (snug_cli_text_fit ("abcdefg", 6, FALSE), "abcd..");
  assert_fits (snug_cli_text_fit ("日本語", 5, TRUE), "日本…");
  assert_fits (snug_cli_text_fit ("日本語", 4, TRUE), "日…");
  assert_fits (snug_cli_text_fit ("a\nb\033c", 9, TRUE), "a b c");
  assert_fits (snug_cli_text_fit_middle ("holiday-2024.tar.gz", 12, TRUE), "holiday…r.gz");
  assert_fits (snug_cli_text_fit ("abc", 0, TRUE), "");
  assert_fits (snug_cli_text_fit ("abc", 1, TRUE), ".");
}

/* Whatever the text, never wider than asked: a row that wraps breaks the screen. */
static void
test_never_wider (void)
{
  const char *const texts[] = { "abcdefghij", "日本語日本語", "e\xcc\x81\xcc\x81o\xcc\x82i\xcc\x83" "ab", "🙂a🙂b🙂c", NULL };

  for (const char *const *text = texts; *text != NULL; text++)
    for (guint columns = 0; columns < 16; columns++)
      {
        g_autofree char *end = snug_cli_text_fit (*text, columns, TRUE);
        g_autofree char *middle = snug_cli_text_fit_middle (*text, columns, columns % 2 == 0);

        g_assert_cmpuint (snug_cli_text_width (end), <=, columns);
        g_assert_cmpuint (snug_cli_text_width (middle), <=, columns);
      }
}

static void
test_seconds (void)
{
  assert_fits (snug_cli_seconds_to_text (0), "0 s");
  assert_fits (snug_cli_seconds_to_text (59), "59 s");
  assert_fits (snug_cli_seconds_to_text (95), "2 min");
  assert_fits (snug_cli_seconds_to_text (7500), "2 h 5 min");
}

static void
test_progress_row (void)
{
  g_autoptr (SnugTransfer) transfer = snug_transfer_new (SNUG_TRANSFER_IN, "w", "m2", "Ana", "a.iso", NULL, 100000000);
  g_autofree char *row = NULL, *plain = NULL, *paused = NULL;

  snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
  snug_transfer_enter (transfer, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (transfer, 1, G_USEC_PER_SEC);
  snug_transfer_set_bytes (transfer, 50000001, 2 * G_USEC_PER_SEC);
  row = snug_cli_progress_row (transfer, 100, TRUE);
  g_assert_nonnull (strstr (row, "↓ a.iso  ▕██████████░░░░░░░░░░▏  50 %  50.0 MB/s  1 s left"));
  plain = snug_cli_progress_row (transfer, 100, FALSE);
  g_assert_nonnull (strstr (plain, "< a.iso  [##########----------]  50 %"));

  snug_transfer_enter (transfer, SNUG_TRANSFER_PAUSED, "route lost");
  paused = snug_cli_progress_row (transfer, 100, TRUE);
  g_assert_nonnull (strstr (paused, "paused"));
  g_assert_null (strstr (paused, "MB/s"));

  for (guint columns = 0; columns < 100; columns++)
    {
      g_autofree char *fitted = snug_cli_progress_row (transfer, columns, TRUE);

      g_assert_cmpuint (snug_cli_text_width (fitted), <=, columns);
    }
}

static void
test_empty_file_is_whole (void)
{
  g_autoptr (SnugTransfer) transfer = snug_transfer_new (SNUG_TRANSFER_OUT, "w", "m2", "Ana", "empty", NULL, 0);
  g_autofree char *row = snug_cli_progress_row (transfer, 80, TRUE);

  g_assert_nonnull (strstr (row, "100 %"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-text/width", test_width);
  g_test_add_func ("/cli-text/fit", test_fit);
  g_test_add_func ("/cli-text/never-wider", test_never_wider);
  g_test_add_func ("/cli-text/seconds", test_seconds);
  g_test_add_func ("/cli-text/progress-row", test_progress_row);
  g_test_add_func ("/cli-text/empty-file-is-whole", test_empty_file_is_whole);
  return g_test_run ();
}
