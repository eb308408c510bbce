/* A stranger's file names, against data that the JavaScript tests read too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-file-name.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
assert_is_one_safe_component (const char *name)
{
  g_assert_cmpuint (strlen (name), >, 0);
  g_assert_cmpuint (strlen (name), <=, SNUG_FILE_NAME_MAX_BYTES);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  g_assert_null (strpbrk (name, "/\\:*?\"<>|"));
  g_assert_cmpint (name[0], !=, '.');
  for (const char *c = name; *c != '\0'; c++)
    g_assert_cmpint ((guchar) *c, >=, 0x20);
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "names", "names.json", NULL);
  JsonArray *cases;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  cases = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "names");
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonArray *one = json_array_get_array_element (cases, i);
      g_autofree char *safe = snug_file_name_make_safe (json_array_get_string_element (one, 0));
      g_autofree char *again = snug_file_name_make_safe (safe);

      g_assert_cmpstr (safe, ==, json_array_get_string_element (one, 1));
      g_assert_cmpstr (again, ==, safe);
      assert_is_one_safe_component (safe);
    }
}

static void
test_bytes_that_are_no_text (void)
{
  g_autofree char *safe = snug_file_name_make_safe ("a\xff\xfe/\xc0\xaf..\xed\xa0\x80.txt");

  assert_is_one_safe_component (safe);
  g_assert_true (g_str_has_suffix (safe, ".txt"));
}

static void
test_long_names_keep_the_extension (void)
{
  g_autofree char *stem = g_strnfill (300, 'a');
  g_autofree char *with_extension = g_strconcat (stem, ".tar.gz", NULL);
  g_autofree char *safe = snug_file_name_make_safe (with_extension);
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autofree char *safe_wide = NULL;
  g_autofree char *numbered = NULL;

  g_assert_cmpuint (strlen (safe), ==, SNUG_FILE_NAME_MAX_BYTES);
  g_assert_true (g_str_has_suffix (safe, ".gz"));

  for (int i = 0; i < 200; i++)
    g_string_append (wide, "é");
  g_string_append (wide, ".jpeg");
  safe_wide = snug_file_name_make_safe (wide->str);
  assert_is_one_safe_component (safe_wide);
  g_assert_true (g_str_has_suffix (safe_wide, "é.jpeg"));

  numbered = snug_file_name_numbered (safe_wide, 12);
  assert_is_one_safe_component (numbered);
  g_assert_true (g_str_has_suffix (numbered, " (12).jpeg"));
}

static void
test_numbered (void)
{
  g_autofree char *plain = snug_file_name_numbered ("a.txt", 2);
  g_autofree char *bare = snug_file_name_numbered ("README", 3);

  g_assert_cmpstr (plain, ==, "a (2).txt");
  g_assert_cmpstr (bare, ==, "README (3)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-name/names", test_names);
  g_test_add_func ("/file-name/bytes-that-are-no-text", test_bytes_that_are_no_text);
  g_test_add_func ("/file-name/long-names-keep-the-extension", test_long_names_keep_the_extension);
  g_test_add_func ("/file-name/numbered", test_numbered);
  return g_test_run ();
}
