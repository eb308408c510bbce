/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-events.h"

#include "snug-room-link.h"

/* Written here and not by json-glib, which prints 92.1 as 92.099999999999994 and leaves
 * characters as they are that a terminal or a line reader takes for something else. */

static GString *
begin (const char *event)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "{\"event\":\"%s\"", event);
  return line;
}

static char *
end (GString *line)
{
  g_string_append_c (line, '}');
  return g_string_free (line, FALSE);
}

static gboolean
needs_escape (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
      return TRUE;
    default:
      return c == '"' || c == '\\';
    }
}

/* RFC 8259 section 7: beyond U+FFFF as a surrogate pair. */
static void
append_escape (GString *line, gunichar c)
{
  if (c == '"' || c == '\\')
    g_string_append_printf (line, "\\%c", (char) c);
  else if (c == '\n')
    g_string_append (line, "\\n");
  else if (c == '\t')
    g_string_append (line, "\\t");
  else if (c > 0xffff)
    g_string_append_printf (line, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                            0xdc00 + ((c - 0x10000) & 0x3ff));
  else
    g_string_append_printf (line, "\\u%04x", c);
}

static void
append_string (GString *line, const char *name, const char *value)
{
  g_autofree char *valid = NULL;

  if (value == NULL)
    return;
  valid = g_utf8_make_valid (value, -1);
  g_string_append_printf (line, ",\"%s\":\"", name);
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (needs_escape (c))
        append_escape (line, c);
      else
        g_string_append_unichar (line, c);
    }
  g_string_append_c (line, '"');
}

static void
append_integer (GString *line, const char *name, guint64 value)
{
  g_string_append_printf (line, ",\"%s\":%" G_GUINT64_FORMAT, name, value);
}

static void
append_tenths (GString *line, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!(value >= 0 && value < 1e12))
    return;
  g_ascii_formatd (text, sizeof text, "%.1f", value);
  g_string_append_printf (line, ",\"%s\":%s", name, text);
}

static void
append_boolean (GString *line, const char *name, gboolean value)
{
  g_string_append_printf (line, ",\"%s\":%s", name, value ? "true" : "false");
}

char *
snug_cli_event_room (const char *code, const char *invite, const char *link, const char *state)
{
  GString *line = begin ("room");

  append_string (line, "code", code);
  append_string (line, "invite", invite);
  append_string (line, "link", link);
  append_string (line, "state", state);
  return end (line);
}

char *
snug_cli_event_member (SnugMember *member)
{
  GString *line = begin ("member");

  append_string (line, "id", snug_member_get_id (member));
  append_string (line, "name", snug_member_get_name (member));
  append_string (line, "state", snug_member_state_to_text (snug_member_get_state (member)));
  append_boolean (line, "legacy", snug_member_get_legacy (member));
  append_string (line, "path", snug_path_to_text (snug_member_get_path (member)));
  append_tenths (line, "rtt_ms", snug_member_get_rtt_ms (member));
  return end (line);
}

char *
snug_cli_event_safety (SnugMember *member)
{
  GString *line = begin ("safety");

  append_string (line, "id", snug_member_get_id (member));
  append_string (line, "state", snug_safety_state_to_text (snug_member_get_safety (member)));
  append_string (line, "phrase", snug_member_get_phrase (member));
  return end (line);
}

char *
snug_cli_event_chat (SnugMessage *message)
{
  GString *line = begin ("chat");
  g_autoptr (SnugMessage) original = snug_message_dup_original (message);

  append_string (line, "id", snug_message_get_id (message));
  append_string (line, "from", snug_message_get_sender_id (message));
  append_string (line, "text", snug_message_get_text (message));
  append_string (line, "reply", original != NULL ? snug_message_get_id (original) : NULL);
  return end (line);
}

char *
snug_cli_event_edited (SnugMessage *message)
{
  GString *line = begin ("edited");

  append_string (line, "id", snug_message_get_id (message));
  append_string (line, "from", snug_message_get_sender_id (message));
  append_string (line, "text", snug_message_get_text (message));
  return end (line);
}

char *
snug_cli_event_deleted (SnugMessage *message)
{
  GString *line = begin ("deleted");

  append_string (line, "id", snug_message_get_id (message));
  append_string (line, "from", snug_message_get_sender_id (message));
  return end (line);
}

char *
snug_cli_event_reacted (SnugMessage *message, const char *member_id, const char *emoji, gboolean on)
{
  GString *line = begin ("reacted");

  append_string (line, "id", snug_message_get_id (message));
  append_string (line, "from", member_id);
  append_string (line, "emoji", emoji);
  append_boolean (line, "on", on);
  return end (line);
}

char *
snug_cli_event_delivered (const char *message_id, const char *member_id)
{
  GString *line = begin ("delivered");

  append_string (line, "id", message_id);
  append_string (line, "to", member_id);
  return end (line);
}

char *
snug_cli_event_transfer (SnugTransfer *transfer, double mb_per_s, const char *sha256)
{
  GString *line = begin ("transfer");
  gboolean in = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;
  GFile *file = snug_transfer_get_file (transfer);

  append_string (line, "id", snug_transfer_get_id (transfer));
  append_string (line, "direction", in ? "in" : "out");
  append_string (line, "peer", snug_transfer_get_member_id (transfer));
  append_string (line, "name", snug_transfer_get_name (transfer));
  append_integer (line, "size", snug_transfer_get_size (transfer));
  append_string (line, "state", snug_transfer_state_to_text (snug_transfer_get_state (transfer)));
  append_integer (line, "bytes", snug_transfer_get_bytes (transfer));
  append_tenths (line, "mb_per_s", mb_per_s);
  append_string (line, "fingerprint", snug_transfer_get_fingerprint (transfer));
  append_string (line, "sha256", sha256);
  append_string (line, "path", file != NULL ? g_file_peek_path (file) : NULL);
  append_string (line, "reason", snug_transfer_get_reason (transfer));
  return end (line);
}

char *
snug_cli_event_unfinished (SnugUnfinished *unfinished)
{
  GString *line = begin ("unfinished");

  append_string (line, "name", snug_unfinished_get_name (unfinished));
  append_integer (line, "size", snug_unfinished_get_size (unfinished));
  append_integer (line, "bytes", snug_unfinished_get_bytes (unfinished));
  append_string (line, "folder", g_file_peek_path (snug_unfinished_get_folder (unfinished)));
  return end (line);
}

char *
snug_cli_event_check (SnugCheck *check, gboolean with_address)
{
  GString *line = begin ("check");

  append_string (line, "step", snug_check_step_to_text (snug_check_get_step (check)));
  if (snug_check_get_number (check) > 0)
    append_integer (line, "number", snug_check_get_number (check));
  append_string (line, "status", snug_check_status_to_text (snug_check_get_status (check)));
  append_string (line, "code", snug_finding_to_text (snug_check_get_finding (check)));
  append_string (line, "message", snug_check_get_reason (check));
  append_string (line, "action", snug_check_get_action (check));
  append_string (line, "address", with_address ? snug_check_get_address (check) : NULL);
  return end (line);
}

char *
snug_cli_event_nearby (SnugNearbyRoom *room, gboolean found)
{
  g_autoptr (SnugRoomLink) link = snug_room_link_new (snug_nearby_room_get_server (room), snug_nearby_room_get_code (room),
                                                      NULL);
  g_autofree char *url = snug_room_link_to_url (link);
  GString *line = begin ("nearby");

  append_string (line, "state", found ? "found" : "gone");
  append_string (line, "name", snug_nearby_room_get_name (room));
  append_string (line, "code", snug_nearby_room_get_code (room));
  append_boolean (line, "private", snug_nearby_room_get_private (room));
  append_string (line, "link", url);
  return end (line);
}

char *
snug_cli_event_error (const char *code, const char *message, const char *member_id)
{
  GString *line = begin ("error");

  append_string (line, "code", code);
  append_string (line, "message", message);
  append_string (line, "member", member_id);
  return end (line);
}
