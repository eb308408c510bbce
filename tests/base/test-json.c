/* The gate in front of the JSON library, and the typed peeks behind it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-json.h"

#include <string.h>

static JsonObject *
load_texts (const char *name, JsonParser **parser)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", name, NULL);

  *parser = json_parser_new ();
  json_parser_load_from_file (*parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (*parser));
}

static void
assert_refused (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (snug_json_check (text, length, 1 << 20, &error))
    g_error ("let through: %.*s", (int) length, text);
  g_assert_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD);
}

static void
test_gate_refuses (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *bad = load_texts ("bad-json.json", &parser);
  JsonArray *texts = json_object_get_array_member (bad, "texts");
  JsonArray *bytes = json_object_get_array_member (bad, "bytes");

  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      const char *text = json_array_get_string_element (texts, i);

      /* PROTOCOL.md 0: a message starts with '{'. */
      assert_refused (text, strlen (text));
    }

  for (guint i = 0; i < json_array_get_length (bytes); i++)
    {
      const char *hex = json_array_get_string_element (bytes, i);
      g_autoptr (GByteArray) raw = g_byte_array_new ();

      for (; *hex != '\0'; hex += 2)
        {
          guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
          g_byte_array_append (raw, &byte, 1);
        }
      assert_refused ((const char *) raw->data, raw->len);
    }
}

static void
test_gate_accepts (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *texts = json_object_get_array_member (load_texts ("good-json.json", &parser), "texts");

  for (guint i = 0; i < json_array_get_length (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *text = json_array_get_string_element (texts, i);
      g_autoptr (JsonObject) object = snug_json_parse (text, strlen (text), 1 << 20, &error);

      g_assert_no_error (error);
      g_assert_nonnull (object);
    }
}

static void
test_gate_survives_nesting (void)
{
  g_autofree char *brackets = g_strnfill (131072, '[');
  g_autofree char *objects = g_strconcat ("{\"a\":", brackets, NULL);

  assert_refused (brackets, strlen (brackets));
  assert_refused (objects, strlen (objects));
}

static void
test_gate_limits_length (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_json_check ("{\"a\":1}", 7, 7, NULL));
  g_assert_false (snug_json_check ("{\"a\":1}", 7, 6, &error));
  g_assert_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_TOO_LARGE);
}

static void
test_peeks_convert_nothing (void)
{
  const char *text = "{\"s\":\"abc\",\"n\":5,\"b\":true,\"o\":{},\"a\":[\"x\",1],\"z\":null}";
  g_autoptr (JsonObject) object = snug_json_parse (text, strlen (text), 1000, NULL);
  const char *s = "untouched";
  guint64 n = 7;
  gboolean b = FALSE;
  JsonObject *o = NULL;
  JsonArray *a = NULL;

  g_assert_true (snug_json_peek_string (object, "s", 3, &s));
  g_assert_cmpstr (s, ==, "abc");
  g_assert_false (snug_json_peek_string (object, "s", 2, &s));
  g_assert_false (snug_json_peek_string (object, "n", 9, &s));
  g_assert_false (snug_json_peek_string (object, "z", 9, &s));
  g_assert_false (snug_json_peek_string (object, "absent", 9, &s));

  g_assert_true (snug_json_peek_integer (object, "n", 5, &n));
  g_assert_cmpuint (n, ==, 5);
  n = 7;
  g_assert_false (snug_json_peek_integer (object, "n", 4, &n));
  g_assert_false (snug_json_peek_integer (object, "s", 9, &n));
  g_assert_false (snug_json_peek_integer (object, "b", 9, &n));
  g_assert_cmpuint (n, ==, 7);

  g_assert_true (snug_json_peek_boolean (object, "b", &b));
  g_assert_true (b);
  g_assert_false (snug_json_peek_boolean (object, "n", &b));

  g_assert_true (snug_json_peek_object (object, "o", &o));
  g_assert_false (snug_json_peek_object (object, "a", &o));
  g_assert_false (snug_json_peek_array (object, "a", 1, &a));
  g_assert_true (snug_json_peek_array (object, "a", 2, &a));
  g_assert_true (snug_json_peek_element_string (a, 0, 1, &s));
  g_assert_false (snug_json_peek_element_string (a, 1, 9, &s));
  g_assert_false (snug_json_peek_element_string (a, 2, 9, &s));
}

static void
test_base64url_has_one_spelling (void)
{
  const guint8 data[4] = { 0xfb, 0xff, 0xfe, 0x01 };
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GBytes) bytes = NULL;

  snug_json_set_base64url (object, "d", data, sizeof data);
  g_assert_cmpstr (json_object_get_string_member (object, "d"), ==, "-__-AQ");

  bytes = snug_json_peek_base64url (object, "d", 4);
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 4, data, 4);
  g_assert_null (snug_json_peek_base64url (object, "d", 3));
  g_assert_null (snug_json_peek_base64url (object, "d", 5));

  const char *wrong[] = { "+__-AQ", "-__-AQ==", "-__-AR", "-__ AQ", "-__-A", "-__-AQA", "-_=-AQ" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      json_object_set_string_member (object, "d", wrong[i]);
      g_assert_null (snug_json_peek_base64url (object, "d", 4));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/gate-refuses", test_gate_refuses);
  g_test_add_func ("/json/gate-accepts", test_gate_accepts);
  g_test_add_func ("/json/gate-survives-nesting", test_gate_survives_nesting);
  g_test_add_func ("/json/gate-limits-length", test_gate_limits_length);
  g_test_add_func ("/json/peeks-convert-nothing", test_peeks_convert_nothing);
  g_test_add_func ("/json/base64url-has-one-spelling", test_base64url_has_one_spelling);
  return g_test_run ();
}
