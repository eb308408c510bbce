/* The frames of private rooms, on the data that JavaScript reads too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-private-message.h"

#include <string.h>

#include "snug-json.h"

static JsonParser *
load (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "wire", "private.json", NULL);
  g_autoptr (GError) error = NULL;
  JsonParser *parser = json_parser_new ();

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return parser;
}

static JsonArray *
rows_of (JsonParser *parser, const char *name)
{
  return json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), name);
}

/* Written again it is the same text; NULL for what is refused. */
static SnugSignalMessage *
read_and_write (SnugSignalMessage *frame)
{
  SnugPakeMessage pake;
  g_auto (SnugSealedMessage) sealed = { 0 };

  if (frame->type == SNUG_SIGNAL_PAKE)
    return snug_pake_message_read (frame, &pake) ? snug_pake_message_write (&pake) : NULL;
  return snug_sealed_message_read (frame, &sealed)
           ? snug_sealed_message_write (sealed.sid, sealed.n, sealed.box) : NULL;
}

static void
test_golden_frames (void)
{
  g_autoptr (JsonParser) parser = load ();
  JsonArray *rows = rows_of (parser, "frames");

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      const char *text = json_object_get_string_member (row, "text");
      g_autoptr (SnugSignalMessage) frame = snug_signal_message_decode (text, strlen (text), NULL);
      g_autoptr (SnugSignalMessage) again = NULL;

      g_assert_nonnull (frame);
      again = read_and_write (frame);
      if (json_object_get_boolean_member (row, "valid") != (again != NULL))
        g_error ("%s: %s", again != NULL ? "let through" : "refused", text);
      if (again != NULL)
        {
          g_autofree char *written = snug_signal_message_encode (again);
          g_autoptr (JsonNode) before = json_from_string (text, NULL);
          g_autoptr (JsonNode) after = json_from_string (written, NULL);

          g_assert_true (json_node_equal (before, after));
        }
    }
}

static void
test_golden_contents (void)
{
  g_autoptr (JsonParser) parser = load ();
  JsonArray *rows = rows_of (parser, "contents");

  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      const char *text = json_object_get_string_member (row, "text");
      g_autoptr (SnugSignalMessage) content = snug_sealed_content_read (text, strlen (text));

      if (json_object_get_boolean_member (row, "valid") != (content != NULL))
        g_error ("%s: %s", content != NULL ? "let through" : "refused", text);
    }
}

static void
test_keys_and_names_come_back (void)
{
  const guint8 key[SNUG_ROOM_KEY_BYTES] = "thirty-two bytes of a room's key";
  g_autoptr (SnugSignalMessage) room_key = snug_room_key_write (key);
  g_autoptr (SnugSignalMessage) knock = snug_knock_write ("Ana");
  g_autoptr (GBytes) read = snug_room_key_read (room_key);

  g_assert_cmpmem (g_bytes_get_data (read, NULL), g_bytes_get_size (read), key, sizeof key);
  g_assert_cmpstr (snug_knock_read (knock), ==, "Ana");
  g_assert_true (snug_is_room_key (room_key) && !snug_is_room_key (knock));
}

/* The largest box fits into a frame, with everything that the server adds; one byte more is refused. */
static void
test_a_box_fits_into_a_frame (void)
{
  const guint8 sid[SNUG_PAKE_SID_BYTES] = { 0 };
  g_autofree guint8 *data = g_malloc0 (SNUG_SEALED_MAX_BOX_BYTES + 1);

  for (gsize n_bytes = SNUG_SEALED_MAX_BOX_BYTES; n_bytes <= SNUG_SEALED_MAX_BOX_BYTES + 1; n_bytes++)
    {
      g_autoptr (GBytes) box = g_bytes_new (data, n_bytes);
      g_autoptr (SnugSignalMessage) frame = snug_sealed_message_write (sid, SNUG_JSON_MAX_INTEGER, box);
      g_autofree char *text = NULL;
      g_auto (SnugSealedMessage) message = { 0 };

      frame->to = g_strnfill (SNUG_SIGNAL_MAX_ID_BYTES, 'a');
      frame->from = g_strnfill (SNUG_SIGNAL_MAX_ID_BYTES, 'b');
      text = snug_signal_message_encode (frame);
      g_assert_cmpuint (strlen (text), <=, SNUG_SIGNAL_MAX_BYTES);
      g_assert_cmpint (snug_sealed_message_read (frame, &message), ==, n_bytes == SNUG_SEALED_MAX_BOX_BYTES);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/private-message/golden-frames", test_golden_frames);
  g_test_add_func ("/private-message/golden-contents", test_golden_contents);
  g_test_add_func ("/private-message/keys-and-names-come-back", test_keys_and_names_come_back);
  g_test_add_func ("/private-message/a-box-fits-into-a-frame", test_a_box_fits_into_a_frame);
  return g_test_run ();
}
