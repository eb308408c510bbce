/* The messages of version 1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-json.h"
#include "snug-wire-v1.h"
#include "snug-wire.h"

#include <string.h>

static JsonObject *
load (JsonParser **parser)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", "messages-v1.json", NULL);

  *parser = json_parser_new ();
  json_parser_load_from_file (*parser, path, &error);
  g_assert_no_error (error);
  return json_node_get_object (json_parser_get_root (*parser));
}

static void
assert_same_json (const char *a, const char *b)
{
  g_autoptr (JsonNode) first = json_from_string (a, NULL);
  g_autoptr (JsonNode) second = json_from_string (b, NULL);

  if (!json_node_equal (first, second))
    g_error ("%s is not %s", a, b);
}

static SnugWireV1Message *
decode (const char *text)
{
  return snug_wire_v1_decode (text, strlen (text), NULL);
}

static void
test_valid (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *cases = json_object_get_array_member (load (&parser), "valid");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *one = json_array_get_object_element (cases, i);
      const char *text = json_object_get_string_member (one, "text");
      g_autoptr (SnugWireV1Message) message = decode (text);
      g_autofree char *again = NULL;

      if (message == NULL)
        g_error ("refused: %s", text);
      if (!json_object_get_boolean_member_with_default (one, "again", TRUE))
        continue;
      again = snug_wire_v1_encode (message);
      assert_same_json (again, text);
    }
}

static void
test_invalid (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *cases = json_object_get_array_member (load (&parser), "invalid");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      const char *text = json_array_get_string_element (cases, i);
      g_autoptr (SnugWireV1Message) message = snug_wire_v1_decode (text, strlen (text), &error);

      if (message != NULL)
        g_error ("let through: %s", text);
      g_assert_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD);
    }
}

static SnugWireV1Message *
decode_with (const char *before, gsize n_bytes)
{
  g_autofree char *filler = g_strnfill (n_bytes, 'a');
  g_autofree char *text = g_strconcat (before, filler, "\"}", NULL);

  return decode (text);
}

/* Each limit holds to the byte. */
static void
test_limits (void)
{
  static const struct { const char *before; gsize limit; } rows[] = {
    { "{\"type\":\"chat\",\"text\":\"", SNUG_WIRE_MAX_TEXT_BYTES },
    { "{\"type\":\"complete\",\"id\":\"", SNUG_WIRE_V1_MAX_ID_BYTES },
    { "{\"type\":\"file-meta\",\"id\":\"a\",\"size\":1,\"name\":\"", SNUG_WIRE_MAX_NAME_BYTES },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SnugWireV1Message) fits = decode_with (rows[i].before, rows[i].limit);
      g_autoptr (SnugWireV1Message) too_long = decode_with (rows[i].before, rows[i].limit + 1);

      g_assert_nonnull (fits);
      g_assert_null (too_long);
    }
}

/* A page that is told of 100 MiB or less keeps them in memory and loses nothing. */
static void
test_a_large_file_is_said_to_be_smaller (void)
{
  SnugWireV1Message meta = { .type = SNUG_WIRE_V1_FILE_META, .id = (char *) "a", .name = (char *) "x" };
  g_autofree char *at = NULL, *above = NULL;

  meta.size = SNUG_WIRE_V1_MAX_SAID_BYTES;
  at = snug_wire_v1_encode (&meta);
  assert_same_json (at, "{\"type\":\"file-meta\",\"id\":\"a\",\"name\":\"x\",\"size\":104857600,"
                        "\"mimeType\":\"application/octet-stream\"}");
  meta.size = SNUG_WIRE_V1_MAX_SAID_BYTES + 1;
  above = snug_wire_v1_encode (&meta);
  assert_same_json (above, "{\"type\":\"file-meta\",\"id\":\"a\",\"name\":\"x\",\"size\":104857600,"
                           "\"realSize\":104857601,\"mimeType\":\"application/octet-stream\"}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire-v1/valid", test_valid);
  g_test_add_func ("/wire-v1/invalid", test_invalid);
  g_test_add_func ("/wire-v1/limits", test_limits);
  g_test_add_func ("/wire-v1/a-large-file-is-said-to-be-smaller", test_a_large_file_is_said_to_be_smaller);
  return g_test_run ();
}
