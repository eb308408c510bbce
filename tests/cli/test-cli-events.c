/* The lines of --json are a contract: their names and values are compared letter by letter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-events.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "cli-status.h"
#include "snug-member-private.h"
#include "snug-message-private.h"
#include "snug-transfer-private.h"

static void
assert_line (char *line, const char *expected)
{
  g_assert_cmpstr (line, ==, expected);
  g_free (line);
}

static void
test_room (void)
{
  assert_line (snug_cli_event_room ("BOOK23", "BOOK23-otter", "http://h/?code=BOOK23", "waiting"),
               "{\"event\":\"room\",\"code\":\"BOOK23\",\"invite\":\"BOOK23-otter\","
               "\"link\":\"http://h/?code=BOOK23\",\"state\":\"waiting\"}");
  assert_line (snug_cli_event_room ("BOOK23", NULL, NULL, "closed"),
               "{\"event\":\"room\",\"code\":\"BOOK23\",\"state\":\"closed\"}");
}

static void
test_member (void)
{
  g_autoptr (SnugMember) member = snug_member_new ("m2", 2);

  assert_line (snug_cli_event_member (member),
               "{\"event\":\"member\",\"id\":\"m2\",\"name\":\"\",\"state\":\"connecting\",\"legacy\":false}");
  snug_member_set_name (member, "Ana");
  snug_member_set_state (member, SNUG_MEMBER_CONNECTED);
  snug_member_set_legacy (member, TRUE);
  snug_member_set_path (member, SNUG_PATH_DIRECT_LOCAL, NULL);
  snug_member_set_rtt_ms (member, 3.14);
  assert_line (snug_cli_event_member (member),
               "{\"event\":\"member\",\"id\":\"m2\",\"name\":\"Ana\",\"state\":\"connected\",\"legacy\":true,"
               "\"path\":\"direct-local\",\"rtt_ms\":3.1}");
}

static void
test_safety (void)
{
  g_autoptr (SnugMember) member = snug_member_new ("m2", 2);

  snug_member_set_safety (member, SNUG_SAFETY_ASKED, NULL, FALSE);
  assert_line (snug_cli_event_safety (member), "{\"event\":\"safety\",\"id\":\"m2\",\"state\":\"asked\"}");
  snug_member_set_safety (member, SNUG_SAFETY_PHRASE, "scarf lyre sable ruby", FALSE);
  assert_line (snug_cli_event_safety (member),
               "{\"event\":\"safety\",\"id\":\"m2\",\"state\":\"phrase\",\"phrase\":\"scarf lyre sable ruby\"}");
  snug_member_set_safety (member, SNUG_SAFETY_MISMATCH, NULL, FALSE);
  assert_line (snug_cli_event_safety (member), "{\"event\":\"safety\",\"id\":\"m2\",\"state\":\"not-safe\"}");
}

static void
test_chat (void)
{
  g_autoptr (SnugMessage) message =
    snug_message_new (SNUG_MESSAGE_TEXT, "x1", "m2", "Ana", "a\n\"b\"\\\t🙂 é", NULL);

  assert_line (snug_cli_event_chat (message),
               "{\"event\":\"chat\",\"id\":\"x1\",\"from\":\"m2\",\"text\":\"a\\n\\\"b\\\"\\\\\\t🙂 é\"}");
  assert_line (snug_cli_event_delivered ("x1", "m2"), "{\"event\":\"delivered\",\"id\":\"x1\",\"to\":\"m2\"}");
}

/* What happens to a message afterwards. */
static void
test_changes (void)
{
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_TEXT, "x1", "m2", "Ana", "a", NULL);
  g_autoptr (SnugMessage) answer = snug_message_new (SNUG_MESSAGE_TEXT, "x2", "m3", "Bo", "b", NULL);

  snug_message_set_original (answer, message);
  assert_line (snug_cli_event_chat (answer),
               "{\"event\":\"chat\",\"id\":\"x2\",\"from\":\"m3\",\"text\":\"b\",\"reply\":\"x1\"}");
  snug_message_edit (message, "c");
  assert_line (snug_cli_event_edited (message), "{\"event\":\"edited\",\"id\":\"x1\",\"from\":\"m2\",\"text\":\"c\"}");
  assert_line (snug_cli_event_reacted (message, "m3", "👍", TRUE),
               "{\"event\":\"reacted\",\"id\":\"x1\",\"from\":\"m3\",\"emoji\":\"👍\",\"on\":true}");
  snug_message_delete (message);
  assert_line (snug_cli_event_deleted (message), "{\"event\":\"deleted\",\"id\":\"x1\",\"from\":\"m2\"}");
}

static void
test_transfer (void)
{
  g_autoptr (SnugTransfer) transfer =
    snug_transfer_new (SNUG_TRANSFER_IN, "w1", "m2", "Ana", "a.iso", "application/x", 1000);
  g_autoptr (GFile) file = g_file_new_for_path ("/d/a.iso");
  g_autofree char *start = g_strdup_printf ("{\"event\":\"transfer\",\"id\":\"%s\",\"direction\":\"in\",\"peer\":\"m2\","
                                            "\"name\":\"a.iso\",\"size\":1000,",
                                            snug_transfer_get_id (transfer));
  g_autofree char *offered = g_strconcat (start, "\"state\":\"offered\",\"bytes\":0}", NULL);
  g_autofree char *done = g_strconcat (start, "\"state\":\"done\",\"bytes\":1000,\"mb_per_s\":92.1,\"fingerprint\":\"ab\","
                                       "\"sha256\":\"cd\",\"path\":\"/d/a.iso\"}", NULL);

  assert_line (snug_cli_event_transfer (transfer, -1, NULL), offered);
  snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
  snug_transfer_enter (transfer, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (transfer, 1000, 1);
  snug_transfer_set_fingerprint (transfer, "ab");
  snug_transfer_set_file (transfer, file);
  snug_transfer_enter (transfer, SNUG_TRANSFER_DONE, NULL);
  assert_line (snug_cli_event_transfer (transfer, 92.1, "cd"), done);
}

static void
test_transfer_reason (void)
{
  g_autoptr (SnugTransfer) transfer = snug_transfer_new (SNUG_TRANSFER_OUT, "w", "m2", "Ana", "a", NULL, 1);
  g_autofree char *line = NULL;

  snug_transfer_enter (transfer, SNUG_TRANSFER_FAILED, "disk full");
  line = snug_cli_event_transfer (transfer, -1, NULL);
  g_assert_nonnull (strstr (line, "\"direction\":\"out\""));
  g_assert_true (g_str_has_suffix (line, "\"state\":\"failed\",\"bytes\":0,\"reason\":\"disk full\"}"));
}

static void
test_check (void)
{
  g_autoptr (SnugCheck) works = snug_check_new (SNUG_CHECK_RELAY_TLS, SNUG_FINDING_WORKS, 2, "192.0.2.1:5349");
  g_autoptr (SnugCheck) silent = snug_check_new (SNUG_CHECK_STUN, SNUG_FINDING_SILENT, 0, "192.0.2.1:3478");

  assert_line (snug_cli_event_check (works, TRUE),
               "{\"event\":\"check\",\"step\":\"relay-tls\",\"number\":2,\"status\":\"ok\",\"code\":\"works\","
               "\"message\":\"It works.\",\"address\":\"192.0.2.1:5349\"}");
  assert_line (snug_cli_event_check (silent, FALSE),
               "{\"event\":\"check\",\"step\":\"stun\",\"status\":\"not\",\"code\":\"silent\","
               "\"message\":\"Nothing comes back.\","
               "\"action\":\"This network may block UDP: name a relay over TCP or TLS (TURN).\"}");
}

static void
test_nearby (void)
{
  g_autoptr (SnugNearbyRoom) room = snug_nearby_room_new ("Ana", "BOOK23", TRUE, "http://192.168.1.20:2029");
  g_autoptr (SnugNearbyRoom) open = snug_nearby_room_new ("", "QXWV23", FALSE, "http://[fd00::5]:2029");

  assert_line (snug_cli_event_nearby (room, TRUE),
               "{\"event\":\"nearby\",\"state\":\"found\",\"name\":\"Ana\",\"code\":\"BOOK23\",\"private\":true,"
               "\"link\":\"http://192.168.1.20:2029/?code=BOOK23\"}");
  assert_line (snug_cli_event_nearby (open, FALSE),
               "{\"event\":\"nearby\",\"state\":\"gone\",\"name\":\"\",\"code\":\"QXWV23\",\"private\":false,"
               "\"link\":\"http://[fd00::5]:2029/?code=QXWV23\"}");
}

static void
test_error (void)
{
  assert_line (snug_cli_event_error ("room-full", "Room is full", NULL),
               "{\"event\":\"error\",\"code\":\"room-full\",\"message\":\"Room is full\"}");
}

/* A line stays one line, and does nothing to a terminal, whatever a stranger says; and it says the same
 * to who reads it. */
static void
test_hostile_text (void)
{
  const char *const texts[] = { "\r\n\f\v\b\x7f\x1b[31m", "\xc2\x85 \xc2\x9b", "\xe2\x80\xa8\xe2\x80\xa9",
                                "\xe2\x80\xae" "exe.txt", "\xf3\xa0\x81\xa7 \xf4\x8f\xbf\xbd", "\xef\xbb\xbf", NULL };

  for (const char *const *text = texts; *text != NULL; text++)
    {
      g_autofree char *line = snug_cli_event_error ("x", *text, NULL);
      g_autoptr (JsonNode) node = json_from_string (line, NULL);

      g_assert_nonnull (node);
      g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "message"), ==, *text);
      for (const char *at = line; *at != '\0'; at = g_utf8_next_char (at))
        g_assert_true (g_unichar_isprint (g_utf8_get_char (at)));
    }
}

static void
test_not_utf8 (void)
{
  g_autofree char *line = snug_cli_event_error ("x", "a\xff" "b", NULL);

  g_assert_true (g_utf8_validate (line, -1, NULL));
}

static void
test_numbers_in_any_locale (void)
{
  g_autoptr (SnugMember) member = snug_member_new ("m2", 2);
  g_autofree char *line = NULL;

  snug_member_set_rtt_ms (member, 1234.56);
  line = snug_cli_event_member (member);
  g_assert_true (g_str_has_suffix (line, "\"rtt_ms\":1234.6}"));
}

static void
test_room_states (void)
{
  g_assert_null (snug_cli_room_state (SNUG_SESSION_EMPTY, FALSE));
  g_assert_null (snug_cli_room_state (SNUG_SESSION_STARTING, FALSE));
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_WAITING, TRUE), ==, "waiting");
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_CONNECTING, FALSE), ==, "waiting");
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_CONNECTING, TRUE), ==, "reconnecting");
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_CONNECTED, TRUE), ==, "joined");
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_RECONNECTING, TRUE), ==, "reconnecting");
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_NO_SERVER, FALSE), ==, "reconnecting");
  g_assert_cmpstr (snug_cli_room_state (SNUG_SESSION_FAILED, TRUE), ==, "closed");
}

static void
test_exit_statuses (void)
{
  static const struct { SnugSessionError error; int status; } expected[] = {
    { SNUG_SESSION_ERROR_BUSY, 1 }, { SNUG_SESSION_ERROR_BAD_INVITE, 1 }, { SNUG_SESSION_ERROR_NO_SERVER_NAMED, 1 },
    { SNUG_SESSION_ERROR_UNREACHABLE, 2 }, { SNUG_SESSION_ERROR_ROOM_NOT_FOUND, 3 },
    { SNUG_SESSION_ERROR_ROOM_FULL, 3 }, { SNUG_SESSION_ERROR_REFUSED, 3 }, { SNUG_SESSION_ERROR_EXPIRED, 3 },
    { SNUG_SESSION_ERROR_SECRET, 4 }, { SNUG_SESSION_ERROR_VERSION, 2 }, { SNUG_SESSION_ERROR_HOSTING, 2 },
    { SNUG_SESSION_ERROR_NO_ROUTE, 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (SNUG_SESSION_ERROR, (int) expected[i].error, "words");

      g_assert_cmpint (snug_cli_status_from_error (error), ==, expected[i].status);
      g_assert_cmpstr (snug_cli_error_code (error), !=, "failed");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-events/room", test_room);
  g_test_add_func ("/cli-events/member", test_member);
  g_test_add_func ("/cli-events/safety", test_safety);
  g_test_add_func ("/cli-events/chat", test_chat);
  g_test_add_func ("/cli-events/changes", test_changes);
  g_test_add_func ("/cli-events/transfer", test_transfer);
  g_test_add_func ("/cli-events/transfer-reason", test_transfer_reason);
  g_test_add_func ("/cli-events/check", test_check);
  g_test_add_func ("/cli-events/nearby", test_nearby);
  g_test_add_func ("/cli-events/error", test_error);
  g_test_add_func ("/cli-events/hostile-text", test_hostile_text);
  g_test_add_func ("/cli-events/not-utf8", test_not_utf8);
  g_test_add_func ("/cli-events/numbers", test_numbers_in_any_locale);
  g_test_add_func ("/cli-events/room-states", test_room_states);
  g_test_add_func ("/cli-events/exit-statuses", test_exit_statuses);
  return g_test_run ();
}
