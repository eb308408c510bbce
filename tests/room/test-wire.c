/* The messages of the data channels against the data that the JavaScript tests read too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-bytes.h"
#include "snug-json.h"
#include "snug-limits.h"
#include "snug-wire.h"

#include <string.h>

static JsonObject *
load (JsonParser **parser)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", "messages.json", NULL);

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

static void
test_valid (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *cases = json_object_get_array_member (load (&parser), "valid");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      JsonObject *one = json_array_get_object_element (cases, i);
      const char *text = json_object_get_string_member (one, "text");
      g_autoptr (SnugWireMessage) message = snug_wire_decode (text, strlen (text), &error);

      g_assert_no_error (error);
      g_assert_cmpstr (snug_wire_type_to_text (message->type), ==, json_object_get_string_member (one, "type"));
      if (json_object_get_boolean_member_with_default (one, "again", TRUE))
        {
          g_autofree char *again = snug_wire_encode (message);
          assert_same_json (again, text);
        }
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
      g_autoptr (SnugWireMessage) message = snug_wire_decode (text, strlen (text), &error);

      if (message != NULL)
        g_error ("let through: %s", text);
      g_assert_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD);
    }
}

static SnugWireMessage *
decode_chat_of (gsize n_bytes, GError **error)
{
  g_autofree char *text = g_strnfill (n_bytes, 'a');
  g_autofree char *json = g_strdup_printf ("{\"type\":\"chat\",\"id\":\"c\",\"text\":\"%s\"}", text);

  return snug_wire_decode (json, strlen (json), error);
}

static void
test_limits_by_one (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) ids = g_string_new ("{\"type\":\"chat-received\",\"ids\":[\"x\"");
  g_autoptr (SnugWireMessage) fits = decode_chat_of (SNUG_WIRE_MAX_TEXT_BYTES, &error);
  g_autoptr (SnugWireMessage) too_long = NULL;
  g_autoptr (SnugWireMessage) too_many = NULL;
  g_autofree char *spaces = g_strnfill (SNUG_WIRE_MAX_JSON_BYTES, ' ');
  g_autofree char *too_large = g_strconcat ("{", spaces, "}", NULL);

  g_assert_no_error (error);
  g_assert_nonnull (fits);

  too_long = decode_chat_of (SNUG_WIRE_MAX_TEXT_BYTES + 1, &error);
  g_assert_null (too_long);
  g_clear_error (&error);

  for (guint i = 0; i < SNUG_WIRE_MAX_IDS; i++)
    g_string_append (ids, ",\"x\"");
  g_string_append (ids, "]}");
  too_many = snug_wire_decode (ids->str, ids->len, &error);
  g_assert_null (too_many);
  g_clear_error (&error);

  g_assert_null (snug_wire_decode (too_large, strlen (too_large), &error));
  g_assert_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_TOO_LARGE);
}

static gboolean
takes (const char *text, gsize length)
{
  g_autoptr (SnugWireMessage) message = snug_wire_decode (text, length, NULL);

  return message != NULL;
}

static gboolean
takes_file_text (const char *text, gsize length)
{
  SnugWireFileText file_text;

  return snug_wire_decode_file_text (text, length, &file_text, NULL);
}

static void
test_every_limit_by_one (void)
{
  snug_limits_check ("wire", takes);
  snug_limits_check ("file", takes_file_text);
}

static void
test_file_texts (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *root = load (&parser);
  JsonArray *valid = json_object_get_array_member (root, "file_valid");
  JsonArray *invalid = json_object_get_array_member (root, "file_invalid");

  for (guint i = 0; i < json_array_get_length (valid); i++)
    {
      g_autoptr (GError) error = NULL;
      JsonObject *one = json_array_get_object_element (valid, i);
      const char *text = json_object_get_string_member (one, "text");
      g_autofree char *again = NULL;
      SnugWireFileText got;

      g_assert_true (snug_wire_decode_file_text (text, strlen (text), &got, &error));
      g_assert_cmpint (got.is_hash, ==, json_object_has_member (one, "sha256"));
      if (got.is_hash)
        {
          g_autofree char *hex = snug_bytes_to_hex (got.hash, sizeof got.hash);
          g_assert_cmpstr (hex, ==, json_object_get_string_member (one, "sha256"));
        }
      else
        {
          g_assert_cmpint ((gint64) got.entry, ==, json_object_get_int_member (one, "entry"));
          g_assert_cmpint ((gint64) got.offset, ==, json_object_get_int_member (one, "offset"));
          g_assert_cmpint ((gint64) got.size, ==, json_object_get_int_member (one, "size"));
        }
      again = snug_wire_encode_file_text (&got);
      assert_same_json (again, text);
    }

  for (guint i = 0; i < json_array_get_length (invalid); i++)
    {
      const char *text = json_array_get_string_element (invalid, i);
      SnugWireFileText got;

      if (snug_wire_decode_file_text (text, strlen (text), &got, NULL))
        g_error ("let through: %s", text);
    }
}

/* They go between programs only: the page refuses them. */
static void
test_file_numbers (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *numbers = json_object_get_array_member (load (&parser), "file_numbers");

  for (guint i = 0; i < json_array_get_length (numbers); i++)
    {
      JsonObject *one = json_array_get_object_element (numbers, i);
      const char *text = json_object_get_string_member (one, "text");
      gboolean is_next = json_object_has_member (one, "next");
      guint64 number = (guint64) json_object_get_int_member (one, is_next ? "next" : "stripes");
      g_autofree char *again = NULL;
      SnugWireFileText got;

      g_assert_true (snug_wire_decode_file_text (text, strlen (text), &got, NULL));
      g_assert_true (got.is_next == is_next && got.is_name == !is_next && !got.is_hash && got.number == number);
      again = snug_wire_encode_file_text (&got);
      g_assert_true (snug_wire_decode_file_text (again, strlen (again), &got, NULL));
      g_assert_true (got.is_next == is_next && got.is_name == !is_next && !got.is_hash && got.number == number);
    }
}

/* With a space behind it a text is not in the usual spelling, for which there is a reader of its own. */
static void
assert_read_alike (const char *text)
{
  g_autofree char *unusual = g_strconcat (text, " ", NULL);
  SnugWireFileText got = { 0 }, expected = { 0 };
  gboolean is_taken = snug_wire_decode_file_text (text, strlen (text), &got, NULL);

  if (is_taken != snug_wire_decode_file_text (unusual, strlen (unusual), &expected, NULL))
    g_error ("%s: %s", is_taken ? "let through" : "refused", text);
  if (is_taken)
    g_assert_cmpmem (&got, sizeof got, &expected, sizeof expected);
}

/* Each of them, and what is one byte from it. */
static void
test_usual_file_texts_are_read_as_others (void)
{
  static const char *const usual[] = {
    "{\"entry\":0,\"offset\":0,\"size\":0}", "{\"entry\":90071,\"offset\":1048576,\"size\":9007199254740991}",
    "{\"entry\":\"manifest\",\"offset\":7,\"size\":8}", "{\"next\":90071}", "{\"stripes\":7}",
    "{\"sha256\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"}",
  };
  static const char others[] = "0129+-_/=Az.e \"\\{}:,\n\xff";

  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    for (gsize at = 0; at < strlen (usual[i]); at++)
      {
        g_autofree char *text = g_strdup (usual[i]);

        g_assert_true (takes_file_text (text, strlen (text)));
        for (const char *other = others; *other != '\0'; other++)
          {
            text[at] = *other;
            assert_read_alike (text);
          }
        text[at] = '\0';
        assert_read_alike (text);
      }
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    {
      g_autofree char *longer = g_strconcat (usual[i], "}", NULL);

      g_assert_false (takes_file_text (longer, strlen (longer)));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/valid", test_valid);
  g_test_add_func ("/wire/invalid", test_invalid);
  g_test_add_func ("/wire/limits-by-one", test_limits_by_one);
  g_test_add_func ("/wire/every-limit-by-one", test_every_limit_by_one);
  g_test_add_func ("/wire/file-texts", test_file_texts);
  g_test_add_func ("/wire/file-numbers", test_file_numbers);
  g_test_add_func ("/wire/usual-file-texts-are-read-as-others", test_usual_file_texts_are_read_as_others);
  return g_test_run ();
}
