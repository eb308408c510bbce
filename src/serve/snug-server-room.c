/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-room-private.h"

#include <string.h>

#include "snug-websocket-stream.h"

gint64
snug_server_room_later (gint64 now_us, guint ms)
{
  return now_us + (gint64) ms * 1000;
}

/* Members */

SnugServerMember *
snug_server_room_add (SnugServerRoom *room, const char *id, guint64 seq, gpointer socket, const char *address)
{
  SnugServerMember *member = g_new0 (SnugServerMember, 1);

  member->id = g_strdup (id);
  member->seq = seq;
  member->socket = socket;
  member->address = g_strdup (address);
  member->deadline_us = NEVER;
  g_queue_init (&member->waiting);
  g_ptr_array_add (room->members, member);
  room->idle_us = NEVER;
  return member;
}

SnugServerMember *
snug_server_room_find (SnugServerRoom *room, const char *id)
{
  for (guint i = 0; id != NULL && i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (strcmp (member->id, id) == 0)
        return member;
    }
  return NULL;
}

SnugServerMember *
snug_server_room_find_socket (SnugServerRoom *room, gpointer socket)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->socket == socket)
        return member;
    }
  return NULL;
}

static SnugServerMember *
find_challenged (SnugServerRoom *room, gpointer challenger)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->challenge.socket == challenger)
        return member;
    }
  return NULL;
}

SnugServerMember *
snug_server_room_find_host (SnugServerRoom *room)
{
  return snug_server_room_find (room, room->host);
}

SnugServerMember *
snug_server_room_find_role (SnugServerRoom *room, const char *role)
{
  SnugServerMember *member = snug_server_room_find (room, role);

  return member != NULL && member->role != NULL ? member : NULL;
}

guint
snug_server_room_get_n_members (SnugServerRoom *room)
{
  guint n = 0;

  for (guint i = 0; i < room->members->len; i++)
    n += ((SnugServerMember *) g_ptr_array_index (room->members, i))->pending ? 0 : 1;
  return n;
}

/* The host */

void
snug_server_room_set_host (SnugServerRoom *room, const SnugServerMember *member)
{
  g_autoptr (SnugSignalMessage) message = snug_server_room_about (SNUG_SIGNAL_HOST, member);
  gboolean first = room->host == NULL;

  g_free (room->host);
  room->host = g_strdup (member->id);
  if (first)
    return;
  snug_server_room_tell_all (room, NULL, message);
  snug_server_room_tell_pending (room, message);
  snug_server_room_tell_host_of_all (room);
}

/* The lowest seq present; of those away only if nobody else is left. */
static SnugServerMember *
find_next_host (SnugServerRoom *room)
{
  SnugServerMember *best = NULL;

  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->pending)
        continue;
      if (best == NULL || (best->socket == NULL && member->socket != NULL)
          || (member->seq < best->seq && (best->socket == NULL) == (member->socket == NULL)))
        best = member;
    }
  return best;
}

/* Leaving */

static void
end_room (SnugServerRoom *room)
{
  room->over = TRUE;
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->challenge.socket != NULL)
        room->io->refuse (member->challenge.socket, SNUG_SIGNAL_CODE_EXPIRED, TRUE, room->io_data);
      if (member->socket != NULL)
        room->io->refuse (member->socket, SNUG_SIGNAL_CODE_EXPIRED, TRUE, room->io_data);
    }
  g_ptr_array_set_size (room->members, 0);
}

/* Nobody is left who could let anyone into a private or locked room. */
static void
on_empty (SnugServerRoom *room, gint64 now_us)
{
  g_clear_pointer (&room->host, g_free);
  if (room->is_private || room->locked)
    end_room (room);
  else
    room->idle_us = snug_server_room_later (now_us, room->times->empty_room_ms);
}

static void
forget (SnugServerRoom *room, SnugServerMember *member)
{
  guint index;

  if (g_ptr_array_find (room->members, member, &index))
    g_ptr_array_steal_index (room->members, index);
}

void
snug_server_room_take_out (SnugServerRoom *room, SnugServerMember *member, const char *reason,
                           gint64 now_us)
{
  gboolean was_host = g_strcmp0 (member->id, room->host) == 0;

  if (member->challenge.socket != NULL)
    room->io->refuse (member->challenge.socket, SNUG_SIGNAL_CODE_IN_USE, TRUE, room->io_data);

  forget (room, member);
  snug_server_room_tell_left (room, member, reason);
  snug_server_member_free (member);

  if (snug_server_room_get_n_members (room) == 0)
    on_empty (room, now_us);
  else if (was_host)
    snug_server_room_set_host (room, find_next_host (room));
}

void
snug_server_room_lost (SnugServerRoom *room, gpointer socket, gint64 now_us)
{
  SnugServerMember *challenged = find_challenged (room, socket);
  SnugServerMember *member = snug_server_room_find_socket (room, socket);

  if (challenged != NULL)
    {
      snug_server_member_clear_challenge (challenged);
      return;
    }
  if (member == NULL)
    return;

  member->socket = NULL;
  if (member->challenge.socket != NULL)
    {
      snug_server_room_challenger_wins (room, member);
    }
  else if (member->pending || member->role != NULL)
    {
      snug_server_room_take_out (room, member, member->pending ? "left" : "lost", now_us);
    }
  else
    {
      member->deadline_us = snug_server_room_later (now_us, room->times->resume_grace_ms);
      snug_server_room_tell_about (room, SNUG_SIGNAL_PEER_AWAY, member);
    }
}

void
snug_server_room_goodbye (SnugServerRoom *room, const char *reason, guint again_after)
{
  g_autoptr (SnugSignalMessage) goodbye = snug_signal_message_new (SNUG_SIGNAL_GOODBYE);

  goodbye->reason = g_strdup (reason);
  goodbye->again_after = again_after;
  room->over = TRUE;

  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->challenge.socket != NULL)
        room->io->close (member->challenge.socket, SNUG_WEBSOCKET_CLOSE_GOING_AWAY, room->io_data);
      if (member->socket == NULL)
        continue;
      if (member->role == NULL)
        snug_server_room_send (room, member, goodbye);
      room->io->close (member->socket, SNUG_WEBSOCKET_CLOSE_GOING_AWAY, room->io_data);
    }
  g_ptr_array_set_size (room->members, 0);
}

/* Time */

static void
on_due (SnugServerRoom *room, SnugServerMember *member, gint64 now_us)
{
  if (member->challenge.socket != NULL && member->challenge.deadline_us <= now_us)
    {
      snug_server_room_challenger_wins (room, member);
      return;
    }
  if (member->pending)
    room->io->refuse (member->socket, SNUG_SIGNAL_CODE_DENIED, TRUE, room->io_data);
  snug_server_room_take_out (room, member, member->pending ? "denied" : "lost", now_us);
}

static gint64
get_member_deadline (const SnugServerMember *member)
{
  gint64 probe_us = member->challenge.socket != NULL ? member->challenge.deadline_us : NEVER;

  return MIN (member->deadline_us, probe_us);
}

static SnugServerMember *
find_due (SnugServerRoom *room, gint64 now_us)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (get_member_deadline (member) <= now_us)
        return member;
    }
  return NULL;
}

void
snug_server_room_tick (SnugServerRoom *room, gint64 now_us)
{
  SnugServerMember *member;

  if (now_us >= room->expires_us)
    snug_server_room_goodbye (room, "expired", 0);
  else if (now_us >= room->idle_us)
    end_room (room);

  while ((member = find_due (room, now_us)) != NULL)
    on_due (room, member, now_us);
}

gint64
snug_server_room_get_deadline (SnugServerRoom *room)
{
  gint64 deadline_us = MIN (room->expires_us, room->idle_us);

  for (guint i = 0; i < room->members->len; i++)
    deadline_us = MIN (deadline_us, get_member_deadline (g_ptr_array_index (room->members, i)));
  return deadline_us;
}

void
snug_server_room_receive (SnugServerRoom *room, gpointer socket, const char *text, gsize length,
                          gint64 now_us)
{
  SnugServerMember *from = snug_server_room_find_socket (room, socket);

  /* A challenger has nothing to say yet. */
  if (from != NULL)
    snug_server_room_handle_frame (room, from, text, length, now_us);
}

/* Looking */

gboolean
snug_server_room_is_over (SnugServerRoom *room)
{
  return room->over;
}

gboolean
snug_server_room_is_private (SnugServerRoom *room)
{
  return room->is_private;
}

gboolean
snug_server_room_is_open_yet (SnugServerRoom *room)
{
  return room->entered;
}

const char *
snug_server_room_get_code (SnugServerRoom *room)
{
  return room->code;
}

const char *
snug_server_room_get_instance (SnugServerRoom *room)
{
  return room->instance;
}

guint64
snug_server_room_get_last_seq (SnugServerRoom *room)
{
  return room->last_seq;
}

gboolean
snug_server_room_has_socket (SnugServerRoom *room, gpointer socket)
{
  SnugServerMember *member = snug_server_room_find_socket (room, socket);

  return member != NULL && !member->pending;
}

void
snug_server_room_get_roles (SnugServerRoom *room, gboolean *has_sender, gboolean *has_receiver)
{
  guint n = snug_server_room_get_n_members (room);
  gboolean legacy_receiver = snug_server_room_find_role (room, "receiver") != NULL;

  *has_receiver = n >= 2 || legacy_receiver;
  *has_sender = n >= 2 || (n == 1 && !legacy_receiver);
}

/* Life */

static SnugServerRoom *
room_new (const SnugTokenClaims *claims, const SnugServerRoomIo *io, gpointer io_data,
          const SnugServerRoomTimes *times, GBytes *key, gint64 now_us)
{
  SnugServerRoom *room = g_new0 (SnugServerRoom, 1);

  room->io = io;
  room->io_data = io_data;
  room->times = times;
  room->key = g_bytes_ref (key);
  room->code = g_strdup (claims->code);
  room->instance = g_strdup (claims->instance);
  room->capacity = claims->capacity;
  room->is_private = claims->is_private;
  room->expires = claims->expires;
  room->expires_us = NEVER;
  room->members = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_server_member_free);
  room->returned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  room->removed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return room;
}

SnugServerRoom *
snug_server_room_new (SnugServerRoomKind kind, const SnugTokenClaims *claims, const SnugServerRoomIo *io,
                      gpointer io_data, const SnugServerRoomTimes *times, GBytes *key, gint64 now_us)
{
  SnugServerRoom *room = room_new (claims, io, io_data, times, key, now_us);

  if (kind == SNUG_SERVER_ROOM_VERSION_1)
    {
      room->entered = TRUE;
      room->idle_us = snug_server_room_later (now_us, times->empty_room_ms);
      return room;
    }

  /* The creator's seq is given here, in its token. */
  room->last_seq = room->reserved_seq = 1;
  room->idle_us = snug_server_room_later (now_us, times->creator_grace_ms);
  return room;
}

SnugServerRoom *
snug_server_room_recreate (const SnugTokenClaims *claims, guint64 reserved_seq, const SnugServerRoomIo *io,
                           gpointer io_data, const SnugServerRoomTimes *times, GBytes *key, gint64 now_us)
{
  SnugServerRoom *room = room_new (claims, io, io_data, times, key, now_us);

  room->entered = TRUE;
  room->last_seq = room->reserved_seq = MAX (claims->seq, reserved_seq);
  room->idle_us = snug_server_room_later (now_us, times->empty_room_ms);
  return room;
}

void
snug_server_room_set_expiry (SnugServerRoom *room, gint64 expires_us)
{
  room->expires_us = expires_us;
}

void
snug_server_room_free (SnugServerRoom *room)
{
  g_ptr_array_unref (room->members);
  g_hash_table_unref (room->returned);
  g_hash_table_unref (room->removed);
  g_bytes_unref (room->key);
  g_free (room->code);
  g_free (room->instance);
  g_free (room->host);
  g_free (room);
}
