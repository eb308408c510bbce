/* A stranger's text on our screen.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-display-text.h"

static void
assert_one_line (const char *text, guint max_chars, const char *expected)
{
  g_autofree char *got = snug_display_text_one_line (text, max_chars);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_one_line (void)
{
  assert_one_line ("Ana", 64, "Ana");
  assert_one_line ("  Ana \n\t Maria ", 64, "Ana Maria");
  assert_one_line ("A\xe2\x80\xae" "na\xe2\x81\xa6", 64, "Ana");
  assert_one_line ("\x1b[31mAna\x07", 64, "[31mAna");
  assert_one_line ("A\xff", 64, "A\xef\xbf\xbd");
  assert_one_line ("e\xcc\x81", 64, "\xc3\xa9");
  assert_one_line ("e\xe2\x80\x8b\xcc\x81", 64, "\xc3\xa9");
  assert_one_line ("\xe2\x80\x8b \xe2\x80\x8b", 64, "");
  assert_one_line ("abcdef", 6, "abcdef");
  assert_one_line ("abcdefg", 6, "abcdef…");
  assert_one_line ("ab cdefg", 3, "ab…");
}

static void
test_block (void)
{
  g_autofree char *kept = snug_display_text_block ("one\n\ttwo \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7");
  g_autofree char *cleaned = snug_display_text_block ("a\xe2\x80\xae" "b\rc\x1b\xe2\x80\xa8" "d");

  g_assert_cmpstr (kept, ==, "one\n\ttwo \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7");
  g_assert_cmpstr (cleaned, ==, "abc\nd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/display-text/one-line", test_one_line);
  g_test_add_func ("/display-text/block", test_block);
  return g_test_run ();
}
