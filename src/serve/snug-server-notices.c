/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a room says, and to whom: every frame of a server is made here. */
#include "snug-server-room-private.h"

#include <string.h>

/* What waits for an away member (PROTOCOL.md section 2). */
#define MAX_WAITING_FRAMES 64
#define MAX_WAITING_BYTES (256 * 1024)

/* Speaking */

static void
wait_for (SnugServerMember *to, const char *text, gsize length)
{
  if (to->lost)
    return;
  if (g_queue_get_length (&to->waiting) >= MAX_WAITING_FRAMES
      || to->n_waiting_bytes + length > MAX_WAITING_BYTES)
    {
      /* In order or not at all. */
      to->lost = TRUE;
      g_queue_clear_full (&to->waiting, (GDestroyNotify) g_bytes_unref);
      return;
    }
  g_queue_push_tail (&to->waiting, g_bytes_new (text, length));
  to->n_waiting_bytes += length;
}

void
snug_server_room_send_text (SnugServerRoom *room, SnugServerMember *to, const char *text, gsize length)
{
  if (to->socket != NULL)
    room->io->send (to->socket, text, length, room->io_data);
  else
    wait_for (to, text, length);
}

void
snug_server_room_send (SnugServerRoom *room, SnugServerMember *to, const SnugSignalMessage *message)
{
  g_autofree char *text = NULL;

  if (to->socket == NULL)
    return;
  text = snug_signal_message_encode (message);
  room->io->send (to->socket, text, strlen (text), room->io_data);
}

void
snug_server_room_tell_all (SnugServerRoom *room, const SnugServerMember *except,
                           const SnugSignalMessage *message)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member != except && member->role == NULL && !member->pending)
        snug_server_room_send (room, member, message);
    }
}

/* They see only the host, so they hear who that is. */
void
snug_server_room_tell_pending (SnugServerRoom *room, const SnugSignalMessage *message)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->pending)
        snug_server_room_send (room, member, message);
    }
}

SnugSignalMessage *
snug_server_room_about (SnugSignalType type, const SnugServerMember *member)
{
  SnugSignalMessage *message = snug_signal_message_new (type);

  message->peer = g_strdup (member->id);
  return message;
}

void
snug_server_room_tell_about (SnugServerRoom *room, SnugSignalType type, const SnugServerMember *member)
{
  g_autoptr (SnugSignalMessage) message = snug_server_room_about (type, member);

  snug_server_room_tell_all (room, member, message);
}

/* In a room with a version-1 member there are two seats: the other one. */
static SnugServerMember *
other_legacy (SnugServerRoom *room, const SnugServerMember *member)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *other = g_ptr_array_index (room->members, i);

      if (other != member && other->role != NULL)
        return other;
    }
  return NULL;
}

static const char *
opposite (const char *role)
{
  return role[0] == 's' ? "receiver" : "sender";
}

/* Version 1 knows peers by role only (PROTOCOL.md section 1). */
void
snug_server_room_tell_legacy (SnugServerRoom *room, SnugServerMember *legacy, SnugSignalType type)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (type);

  if (type == SNUG_SIGNAL_PEER_JOINED)
    message->role = g_strdup (opposite (legacy->role));
  snug_server_room_send (room, legacy, message);
}

void
snug_server_room_tell_host_of (SnugServerRoom *room, const SnugServerMember *pending)
{
  g_autoptr (SnugSignalMessage) message = snug_server_room_about (SNUG_SIGNAL_PEER_PENDING, pending);
  SnugServerMember *host = snug_server_room_find_host (room);

  if (host != NULL)
    snug_server_room_send (room, host, message);
}

void
snug_server_room_tell_host_of_all (SnugServerRoom *room)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->pending)
        snug_server_room_tell_host_of (room, member);
    }
}

void
snug_server_room_announce (SnugServerRoom *room, SnugServerMember *newcomer)
{
  g_autoptr (SnugSignalMessage) joined = snug_server_room_about (SNUG_SIGNAL_PEER_JOINED, newcomer);
  SnugServerMember *legacy = other_legacy (room, newcomer);

  joined->seq = newcomer->seq;
  joined->legacy = newcomer->role != NULL;
  joined->role = g_strdup (newcomer->role != NULL ? newcomer->role : "receiver");
  snug_server_room_tell_all (room, newcomer, joined);
  if (legacy != NULL)
    snug_server_room_tell_legacy (room, legacy, SNUG_SIGNAL_PEER_JOINED);
}

void
snug_server_room_say (SnugServerRoom *room)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_ROOM);

  message->locked = room->locked;
  message->capacity = room->capacity;
  message->expires = room->expires;
  snug_server_room_tell_all (room, NULL, message);
}

void
snug_server_room_set_locked (SnugServerRoom *room, gboolean locked)
{
  if (room->locked == locked)
    return;
  room->locked = locked;
  snug_server_room_say (room);
}

void
snug_server_room_tell_left (SnugServerRoom *room, const SnugServerMember *member,
                            const char *reason)
{
  g_autoptr (SnugSignalMessage) left = snug_server_room_about (SNUG_SIGNAL_PEER_LEFT, member);
  SnugServerMember *host = snug_server_room_find_host (room);
  SnugServerMember *legacy = other_legacy (room, member);

  left->reason = g_strdup (reason);
  if (member->pending)
    {
      if (host != NULL)
        snug_server_room_send (room, host, left);
      return;
    }
  snug_server_room_tell_all (room, member, left);
  if (legacy != NULL)
    snug_server_room_tell_legacy (room, legacy, SNUG_SIGNAL_PEER_LEFT);
}

/* Welcome */

static char *
make_token (SnugServerRoom *room, const char *id, guint64 seq, gboolean creator)
{
  SnugTokenClaims claims = { room->code, room->instance, (char *) id, seq, room->capacity,
                             room->is_private, creator, room->expires };

  return snug_token_write (room->key, &claims);
}

char *
snug_server_room_make_creator_token (SnugServerRoom *room)
{
  return make_token (room, SNUG_SERVER_ROOM_CREATOR, 1, TRUE);
}

static void
add_peers (SnugServerRoom *room, const SnugServerMember *self, SnugSignalMessage *welcome)
{
  welcome->members = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_peer_free);

  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);
      SnugSignalPeer *peer;

      if (member == self || member->pending
          || (self->pending && g_strcmp0 (member->id, room->host) != 0))
        continue;
      peer = g_new0 (SnugSignalPeer, 1);
      peer->id = g_strdup (member->id);
      peer->seq = member->seq;
      peer->role = g_strdup (member->role);
      peer->legacy = member->role != NULL;
      peer->away = member->socket == NULL;
      g_ptr_array_add (welcome->members, peer);
    }
}

void
snug_server_room_welcome (SnugServerRoom *room, SnugServerMember *member, gboolean resumed)
{
  g_autoptr (SnugSignalMessage) welcome = snug_signal_message_new (SNUG_SIGNAL_WELCOME);

  welcome->version = 2;
  welcome->self = g_strdup (member->id);
  welcome->seq = member->seq;
  welcome->token = member->pending ? NULL : make_token (room, member->id, member->seq, member->creator);
  welcome->host = g_strdup (room->host);
  welcome->capacity = room->capacity;
  welcome->locked = room->locked;
  welcome->expires = room->expires;
  welcome->is_private = room->is_private;
  welcome->pending = member->pending;
  welcome->resumed = resumed;
  welcome->lost = member->lost;
  add_peers (room, member, welcome);
  room->io->add_ice_servers (member->socket, welcome, room->io_data);
  snug_server_room_send (room, member, welcome);
}
