/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The frames of a room's members: those meant for the server, and those for each other. */
#include "snug-server-room-private.h"

#include <string.h>

#include "snug-json.h"
#include "snug-websocket-stream.h"

#define MAX_REMOVED 1024

/* ICE candidates of one negotiation, from one member to another. */
typedef struct
{
  guint64 neg;
  guint   n;
} CandidateCount;

void
snug_server_member_free (SnugServerMember *member)
{
  g_queue_clear_full (&member->waiting, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&member->candidates, g_hash_table_unref);
  g_free (member->challenge.address);
  g_free (member->address);
  g_free (member->id);
  g_free (member);
}

/* The socket is closed by the refusal; the member stays, away, and may come back by its token. */
static void
refuse (SnugServerRoom *room, SnugServerMember *from, SnugSignalCode code, gint64 now_us)
{
  gpointer socket = from->socket;

  snug_server_room_lost (room, socket, now_us);
  room->io->refuse (socket, code, TRUE, room->io_data);
}

static void
complain (SnugServerRoom *room, SnugServerMember *from, SnugSignalCode code)
{
  room->io->refuse (from->socket, code, FALSE, room->io_data);
}

/* To members */

/* PROTOCOL.md section 2: 100 a `neg`; version 1 has none, and starts again with each description. */
static gboolean
may_send_candidate (SnugServerRoom *room, SnugServerMember *from, const char *to, guint64 neg)
{
  CandidateCount *count;

  if (from->candidates == NULL)
    from->candidates = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  count = g_hash_table_lookup (from->candidates, to);
  if (count == NULL)
    {
      count = g_new0 (CandidateCount, 1);
      g_hash_table_insert (from->candidates, g_strdup (to), count);
    }
  if (count->neg != neg)
    *count = (CandidateCount) { .neg = neg };
  return count->n++ < room->times->max_candidates;
}

static gboolean
count_candidates (SnugServerRoom *room, SnugServerMember *from, const char *to,
                  const SnugSignalMessage *message)
{
  if (message->type == SNUG_SIGNAL_ICE_CANDIDATE)
    return may_send_candidate (room, from, to, message->neg);

  if ((message->type == SNUG_SIGNAL_OFFER || message->type == SNUG_SIGNAL_ANSWER)
      && message->neg == 0 && from->candidates != NULL)
    g_hash_table_remove (from->candidates, to);
  return TRUE;
}

/* The frame as it came, unknown fields and all, but for who it is from. */
static char *
stamp (JsonObject *frame, const char *from)
{
  g_autoptr (JsonObject) stamped = json_object_new ();
  g_autoptr (GList) names = json_object_get_members (frame);

  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (stamped, l->data, json_object_dup_member (frame, l->data));
  json_object_set_string_member (stamped, "from", from);
  return snug_json_to_text (stamped);
}

static void
pass_on (SnugServerRoom *room, SnugServerMember *to, const char *text)
{
  snug_server_room_send_text (room, to, text, strlen (text));
  if (room->io->relayed != NULL)
    room->io->relayed (room->io_data);
}

/* A pending member and the host see each other only. */
static gboolean
may_speak (SnugServerRoom *room, const SnugServerMember *a, const SnugServerMember *b)
{
  if (a == b)
    return FALSE;
  if (a->pending && b->pending)
    return FALSE;
  if (a->pending || b->pending)
    return g_strcmp0 (room->host, (a->pending ? b : a)->id) == 0;
  return TRUE;
}

/* A page cannot be asked for an offer, but makes one for whoever comes in. */
static void
ask_legacy_for_offer (SnugServerRoom *room, SnugServerMember *legacy)
{
  if (strcmp (legacy->role, "sender") == 0)
    snug_server_room_tell_legacy (room, legacy, SNUG_SIGNAL_PEER_JOINED);
}

static void
relay (SnugServerRoom *room, SnugServerMember *from, JsonObject *frame, const SnugSignalMessage *message,
       gint64 now_us)
{
  SnugServerMember *to = snug_server_room_find (room, message->to);
  g_autofree char *text = NULL;

  if (to == NULL || !may_speak (room, from, to))
    {
      complain (room, from, SNUG_SIGNAL_CODE_NO_SUCH_PEER);
      return;
    }
  if (!count_candidates (room, from, to->id, message))
    {
      refuse (room, from, SNUG_SIGNAL_CODE_RATE_LIMITED, now_us);
      return;
    }

  if (to->role != NULL && message->type == SNUG_SIGNAL_RESTART)
    {
      ask_legacy_for_offer (room, to);
      return;
    }

  text = stamp (frame, from->id);
  if (strlen (text) > SNUG_SIGNAL_MAX_BYTES)
    {
      refuse (room, from, SNUG_SIGNAL_CODE_TOO_LARGE, now_us);
      return;
    }
  if (to->pending)
    to->deadline_us = MAX (to->deadline_us, now_us + (gint64) room->times->asked_ms * 1000);
  pass_on (room, to, text);
}

/* To the server, from the host */

static void
send_out (SnugServerRoom *room, SnugServerMember *member, SnugSignalCode code, const char *reason,
          gint64 now_us)
{
  if (member->socket != NULL)
    room->io->refuse (member->socket, code, TRUE, room->io_data);
  snug_server_room_take_out (room, member, reason, now_us);
}

/* The last seat may have gone while they waited: both are told, and nobody waits for what cannot be. */
static void
admit (SnugServerRoom *room, SnugServerMember *member, gint64 now_us)
{
  if (snug_server_room_get_n_members (room) >= room->capacity)
    {
      complain (room, snug_server_room_find_host (room), SNUG_SIGNAL_CODE_ROOM_FULL);
      send_out (room, member, SNUG_SIGNAL_CODE_ROOM_FULL, "denied", now_us);
      return;
    }
  member->pending = FALSE;
  member->deadline_us = G_MAXINT64;
  snug_server_room_welcome (room, member, FALSE);
  snug_server_room_announce (room, member);
}

/* A room that someone was sent out of asks before it lets anyone in (PROTOCOL.md section 3). */
static void
remove_member (SnugServerRoom *room, SnugServerMember *member, gint64 now_us)
{
  if (g_hash_table_size (room->removed) < MAX_REMOVED)
    g_hash_table_add (room->removed, g_strdup (member->id));
  send_out (room, member, SNUG_SIGNAL_CODE_REMOVED, "removed", now_us);
  snug_server_room_set_locked (room, TRUE);
}

static void
handle_host_order (SnugServerRoom *room, SnugServerMember *from, const SnugSignalMessage *message,
                   gint64 now_us)
{
  SnugServerMember *peer = snug_server_room_find (room, message->peer);
  gboolean for_pending = message->type == SNUG_SIGNAL_ADMIT || message->type == SNUG_SIGNAL_DENY;

  if (g_strcmp0 (room->host, from->id) != 0)
    complain (room, from, SNUG_SIGNAL_CODE_NOT_ALLOWED);
  else if (message->type == SNUG_SIGNAL_LOCK)
    snug_server_room_set_locked (room, message->on);
  else if (peer == NULL || peer == from || peer->pending != for_pending)
    complain (room, from, SNUG_SIGNAL_CODE_NO_SUCH_PEER);
  else if (message->type == SNUG_SIGNAL_ADMIT)
    admit (room, peer, now_us);
  else if (message->type == SNUG_SIGNAL_DENY)
    send_out (room, peer, SNUG_SIGNAL_CODE_DENIED, "denied", now_us);
  else
    remove_member (room, peer, now_us);
}

/* To the server, from anyone */

static void
leave (SnugServerRoom *room, SnugServerMember *from, gint64 now_us)
{
  gpointer socket = g_steal_pointer (&from->socket);

  snug_server_room_take_out (room, from, "left", now_us);
  room->io->close (socket, SNUG_WEBSOCKET_CLOSE_NORMAL, room->io_data);
}

static void
pong (SnugServerRoom *room, SnugServerMember *from, const SnugSignalMessage *ping)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_PONG);

  message->t = ping->t;
  snug_server_room_send (room, from, message);
}

static void
handle_message (SnugServerRoom *room, SnugServerMember *from, JsonObject *frame,
                const SnugSignalMessage *message, gint64 now_us)
{
  switch (message->type)
    {
    case SNUG_SIGNAL_PING:
      pong (room, from, message);
      break;
    case SNUG_SIGNAL_LEAVE:
      leave (room, from, now_us);
      break;
    case SNUG_SIGNAL_ADMIT:
    case SNUG_SIGNAL_DENY:
    case SNUG_SIGNAL_REMOVE:
    case SNUG_SIGNAL_LOCK:
      handle_host_order (room, from, message, now_us);
      break;
    case SNUG_SIGNAL_UNKNOWN:
      /* Something newer than us, for the server: it can do without. */
      if (message->to != NULL)
        relay (room, from, frame, message, now_us);
      break;
    default:
      if (message->to != NULL && message->type >= SNUG_SIGNAL_OFFER)
        relay (room, from, frame, message, now_us);
      else
        refuse (room, from, SNUG_SIGNAL_CODE_BAD_MESSAGE, now_us);
      break;
    }
}

/* From a version-1 member: to the only other one, untouched if that speaks version 1 too. */

static SnugServerMember *
find_other (SnugServerRoom *room, const SnugServerMember *from)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member != from && !member->pending)
        return member;
    }
  return NULL;
}

static gboolean
is_for_peers (SnugSignalType type)
{
  return type == SNUG_SIGNAL_UNKNOWN || type >= SNUG_SIGNAL_OFFER;
}

static void
handle_legacy_frame (SnugServerRoom *room, SnugServerMember *from, JsonObject *frame, const char *text,
                     gint64 now_us)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_from_object (frame, NULL);
  SnugServerMember *to = find_other (room, from);
  g_autofree char *stamped = NULL;

  if (to == NULL)
    return;
  if (message != NULL && !count_candidates (room, from, to->id, message))
    {
      refuse (room, from, SNUG_SIGNAL_CODE_RATE_LIMITED, now_us);
      return;
    }
  if (to->role != NULL)
    {
      pass_on (room, to, text);
      return;
    }

  /* A version-2 member hears only what its codec would take. */
  if (message == NULL || !is_for_peers (message->type))
    return;
  stamped = stamp (frame, from->id);
  if (strlen (stamped) <= SNUG_SIGNAL_MAX_BYTES)
    pass_on (room, to, stamped);
}

static gboolean
is_named (JsonObject *frame, SnugSignalType *type)
{
  const char *name;

  if (!snug_json_peek_string (frame, "type", SNUG_SIGNAL_MAX_ID_BYTES, &name))
    return FALSE;
  *type = snug_signal_type_from_name (name);
  return TRUE;
}

void
snug_server_room_handle_frame (SnugServerRoom *room, SnugServerMember *from, const char *text,
                               gsize length, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) frame = snug_json_parse (text, length, SNUG_SIGNAL_MAX_BYTES, &error);
  g_autoptr (SnugSignalMessage) message = NULL;
  SnugSignalType type = SNUG_SIGNAL_UNKNOWN;

  if (frame == NULL)
    {
      gboolean large = g_error_matches (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_TOO_LARGE);

      refuse (room, from, large ? SNUG_SIGNAL_CODE_TOO_LARGE : SNUG_SIGNAL_CODE_BAD_MESSAGE, now_us);
      return;
    }

  /* What only a server says is never relayed, not to old pages either. */
  if (!is_named (frame, &type) || snug_signal_type_is_of_server (type))
    {
      refuse (room, from, SNUG_SIGNAL_CODE_BAD_MESSAGE, now_us);
      return;
    }

  if (from->role != NULL)
    {
      if (type != SNUG_SIGNAL_PING)
        handle_legacy_frame (room, from, frame, text, now_us);
      return;
    }

  message = snug_signal_message_from_object (frame, NULL);
  if (message == NULL)
    refuse (room, from, SNUG_SIGNAL_CODE_BAD_MESSAGE, now_us);
  else
    handle_message (room, from, frame, message, now_us);
}
