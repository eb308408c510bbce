/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "snug-json.h"
#include "snug-limits.h"
#include "snug-signal-message.h"

static JsonArray *
load_frames (JsonParser **parser)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", "signal.json", NULL);
  g_autoptr (GError) error = NULL;

  *parser = json_parser_new ();
  json_parser_load_from_file (*parser, path, &error);
  g_assert_no_error (error);
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (*parser)), "frames");
}

/* In `fields` a candidate is an object, on the wire a string that holds it. */
static void
unpack_candidate (JsonObject *frame)
{
  const char *text;

  if (g_str_equal (json_object_get_string_member (frame, "type"), "ice-candidate")
      && snug_json_peek_string (frame, "candidate", 4096, &text))
    {
      JsonObject *inner = snug_json_parse (text, strlen (text), 4096, NULL);

      json_object_set_object_member (frame, "candidate", inner);
    }
}

static gboolean
same_object (JsonObject *a, JsonObject *b)
{
  g_autoptr (JsonNode) node_a = json_node_init_object (json_node_alloc (), a);
  g_autoptr (JsonNode) node_b = json_node_init_object (json_node_alloc (), b);

  return json_node_equal (node_a, node_b);
}

static void
assert_keeps (const SnugSignalMessage *message, JsonObject *fields)
{
  g_autofree char *text = snug_signal_message_encode (message);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *again;

  g_assert_true (json_parser_load_from_data (parser, text, -1, NULL));
  again = json_node_get_object (json_parser_get_root (parser));
  unpack_candidate (again);
  if (!same_object (again, fields))
    {
      g_autofree char *wanted = snug_json_to_text (fields);

      g_error ("kept %s, not %s", text, wanted);
    }
}

static void
test_golden_frames (void)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonArray *frames = load_frames (&parser);

  g_assert_cmpuint (json_array_get_length (frames), >, 100);
  for (guint i = 0; i < json_array_get_length (frames); i++)
    {
      JsonObject *frame = json_array_get_object_element (frames, i);
      const char *text = json_object_get_string_member (frame, "text");
      g_autoptr (GError) error = NULL;
      g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, strlen (text), &error);

      if (json_object_get_boolean_member (frame, "valid") != (message != NULL))
        g_error ("%s: %s", message != NULL ? "let through" : "refused", text);
      if (message != NULL)
        assert_keeps (message, json_object_get_object_member (frame, "fields"));
      else
        g_assert_true (error != NULL && error->domain == SNUG_JSON_ERROR);
    }
}

static void
test_fields_land_where_they_belong (void)
{
  const char *text = "{\"type\":\"welcome\",\"v\":2,\"self\":\"m2\",\"seq\":2,\"token\":\"T\",\"host\":\"m1\","
                     "\"members\":[{\"id\":\"m1\",\"seq\":1,\"away\":true}],\"capacity\":3,\"expires\":9,"
                     "\"locked\":true,\"private\":true,"
                     "\"iceServers\":[{\"urls\":\"turn:h\",\"username\":\"u\",\"credential\":\"c\"}]}";
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, strlen (text), NULL);
  SnugSignalPeer *peer;
  SnugSignalIceServer *server;

  g_assert_cmpint (message->type, ==, SNUG_SIGNAL_WELCOME);
  g_assert_cmpstr (message->self, ==, "m2");
  g_assert_cmpstr (message->host, ==, "m1");
  g_assert_cmpstr (message->token, ==, "T");
  g_assert_cmpuint (message->version, ==, 2);
  g_assert_cmpuint (message->seq, ==, 2);
  g_assert_cmpuint (message->capacity, ==, 3);
  g_assert_cmpuint (message->expires, ==, 9);
  g_assert_true (message->locked && message->is_private && !message->resumed && !message->lost);

  peer = g_ptr_array_index (message->members, 0);
  g_assert_cmpstr (peer->id, ==, "m1");
  g_assert_true (peer->away && !peer->legacy);
  server = g_ptr_array_index (message->ice_servers, 0);
  g_assert_cmpstr (server->url, ==, "turn:h");
  g_assert_cmpstr (server->credential, ==, "c");
}

static void
test_unknown_types_keep_their_name (void)
{
  const char *text = "{\"type\":\"song\",\"to\":\"m1\"}";
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, strlen (text), NULL);

  g_assert_cmpint (message->type, ==, SNUG_SIGNAL_UNKNOWN);
  g_assert_cmpstr (message->type_name, ==, "song");
  g_assert_cmpstr (message->to, ==, "m1");
}

static void
test_a_frame_has_a_limit (void)
{
  g_autofree char *filler = g_strnfill (SNUG_SIGNAL_MAX_BYTES - strlen ("{\"type\":\"leave\",\"x\":\"\"}"), 'x');
  g_autofree char *largest = g_strdup_printf ("{\"type\":\"leave\",\"x\":\"%s\"}", filler);
  g_autofree char *too_large = g_strdup_printf ("{\"type\":\"leave\",\"x\":\"%sx\"}", filler);
  g_autoptr (SnugSignalMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  message = snug_signal_message_decode (largest, strlen (largest), &error);
  g_assert_no_error (error);
  g_assert_null (snug_signal_message_decode (too_large, strlen (too_large), &error));
  g_assert_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_TOO_LARGE);
}

static void
test_only_a_server_says_what_a_server_says (void)
{
  for (guint type = SNUG_SIGNAL_UNKNOWN; type <= SNUG_SIGNAL_SEALED; type++)
    g_assert_true (snug_signal_type_is_of_server ((SnugSignalType) type)
                   == (type >= SNUG_SIGNAL_WELCOME && type <= SNUG_SIGNAL_ERROR));
}

static gboolean
takes (const char *text, gsize length)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, length, NULL);

  return message != NULL;
}

static void
test_every_limit_by_one (void)
{
  snug_limits_check ("signal", takes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signal-message/golden-frames", test_golden_frames);
  g_test_add_func ("/signal-message/fields-land-where-they-belong", test_fields_land_where_they_belong);
  g_test_add_func ("/signal-message/unknown-types-keep-their-name", test_unknown_types_keep_their_name);
  g_test_add_func ("/signal-message/a-frame-has-a-limit", test_a_frame_has_a_limit);
  g_test_add_func ("/signal-message/only-a-server-says-what-a-server-says",
                   test_only_a_server_says_what_a_server_says);
  g_test_add_func ("/signal-message/every-limit-by-one", test_every_limit_by_one);
  return g_test_run ();
}
