/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-room-private.h"

#include <string.h>

#include "snug-websocket-stream.h"

/* What waits for an away member (PROTOCOL.md section 2). */
#define MAX_WAITING_FRAMES 64
#define MAX_WAITING_BYTES (256 * 1024)
#define MAX_PENDING 3
#define MAX_PENDING_OF_ADDRESS 1
/* How many a room remembers that came back after a restart. */
#define MAX_REMEMBERED 1024

#define NEVER G_MAXINT64

static gint64
later (gint64 now_us, guint ms)
{
  return now_us + (gint64) ms * 1000;
}

/* Members */

static SnugServerMember *
add_member (SnugServerRoom *room, const char *id, guint64 seq, gpointer socket, const char *address)
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

static SnugServerMember *
find_role (SnugServerRoom *room, const char *role)
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

static SnugSignalMessage *
about (SnugSignalType type, const SnugServerMember *member)
{
  SnugSignalMessage *message = snug_signal_message_new (type);

  message->peer = g_strdup (member->id);
  return message;
}

static void
tell_about (SnugServerRoom *room, SnugSignalType type, const SnugServerMember *member)
{
  g_autoptr (SnugSignalMessage) message = about (type, member);

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
static void
tell_legacy (SnugServerRoom *room, SnugServerMember *legacy, SnugSignalType type)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (type);

  if (type == SNUG_SIGNAL_PEER_JOINED)
    message->role = g_strdup (opposite (legacy->role));
  snug_server_room_send (room, legacy, message);
}

static void
tell_host_of (SnugServerRoom *room, const SnugServerMember *pending)
{
  g_autoptr (SnugSignalMessage) message = about (SNUG_SIGNAL_PEER_PENDING, pending);
  SnugServerMember *host = snug_server_room_find_host (room);

  if (host != NULL)
    snug_server_room_send (room, host, message);
}

static void
tell_host_of_all_pending (SnugServerRoom *room)
{
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      if (member->pending)
        tell_host_of (room, member);
    }
}

void
snug_server_room_announce (SnugServerRoom *room, SnugServerMember *newcomer)
{
  g_autoptr (SnugSignalMessage) joined = about (SNUG_SIGNAL_PEER_JOINED, newcomer);
  SnugServerMember *legacy = other_legacy (room, newcomer);

  joined->seq = newcomer->seq;
  joined->legacy = newcomer->role != NULL;
  joined->role = g_strdup (newcomer->role != NULL ? newcomer->role : "receiver");
  snug_server_room_tell_all (room, newcomer, joined);
  if (legacy != NULL)
    tell_legacy (room, legacy, SNUG_SIGNAL_PEER_JOINED);
}

static void
say_room (SnugServerRoom *room)
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
  say_room (room);
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

/* The host */

static void
set_host (SnugServerRoom *room, const SnugServerMember *member)
{
  g_autoptr (SnugSignalMessage) message = about (SNUG_SIGNAL_HOST, member);
  gboolean first = room->host == NULL;

  g_free (room->host);
  room->host = g_strdup (member->id);
  if (first)
    return;
  snug_server_room_tell_all (room, NULL, message);
  tell_host_of_all_pending (room);
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

/* Entry */

static void
seat (SnugServerRoom *room, SnugServerMember *member)
{
  room->entered = TRUE;
  if (room->host == NULL)
    set_host (room, member);
  snug_server_room_welcome (room, member, FALSE);
  snug_server_room_announce (room, member);
}

static void
count_pending (SnugServerRoom *room, const char *address, guint *n, guint *n_of_address)
{
  *n = *n_of_address = 0;
  for (guint i = 0; i < room->members->len; i++)
    {
      SnugServerMember *member = g_ptr_array_index (room->members, i);

      *n += member->pending ? 1 : 0;
      *n_of_address += member->pending && strcmp (member->address, address) == 0 ? 1 : 0;
    }
}

static void
knock (SnugServerRoom *room, gpointer socket, const char *address, gint64 now_us)
{
  g_autofree char *id = NULL;
  SnugServerMember *member;
  guint n, n_of_address;

  count_pending (room, address, &n, &n_of_address);
  if (n >= MAX_PENDING || n_of_address >= MAX_PENDING_OF_ADDRESS)
    {
      room->io->refuse (socket, SNUG_SIGNAL_CODE_RATE_LIMITED, TRUE, room->io_data);
      return;
    }

  id = g_strdup_printf ("m%" G_GUINT64_FORMAT, ++room->last_seq);
  member = add_member (room, id, room->last_seq, socket, address);
  member->pending = TRUE;
  member->deadline_us = later (now_us, room->times->pending_ms);
  snug_server_room_welcome (room, member, FALSE);
  tell_host_of (room, member);
}

static void
enter_as_newcomer (SnugServerRoom *room, gpointer socket, const char *address, gint64 now_us)
{
  g_autofree char *id = NULL;

  if (snug_server_room_get_n_members (room) >= room->capacity)
    {
      room->io->refuse (socket, SNUG_SIGNAL_CODE_ROOM_FULL, TRUE, room->io_data);
      return;
    }
  if (room->is_private || room->locked)
    {
      knock (room, socket, address, now_us);
      return;
    }

  id = g_strdup_printf ("m%" G_GUINT64_FORMAT, ++room->last_seq);
  seat (room, add_member (room, id, room->last_seq, socket, address));
}

/* The creator for the first time, or anybody after a restart: id and seq are those of the token. */
static void
enter_by_token (SnugServerRoom *room, gpointer socket, const char *address, const SnugTokenClaims *claims)
{
  SnugServerMember *member, *host = snug_server_room_find_host (room);

  if (snug_server_room_get_n_members (room) >= room->capacity)
    {
      room->io->refuse (socket, SNUG_SIGNAL_CODE_ROOM_FULL, TRUE, room->io_data);
      return;
    }

  g_hash_table_add (room->returned, g_strdup (claims->member));
  member = add_member (room, claims->member, claims->seq, socket, address);
  member->creator = claims->creator;

  seat (room, member);

  /* After a restart they come back in any order; the host is again the lowest seq. */
  if (host != NULL && member->seq < host->seq)
    set_host (room, member);
}

static void
flush_waiting (SnugServerRoom *room, SnugServerMember *member)
{
  GBytes *frame;

  while ((frame = g_queue_pop_head (&member->waiting)) != NULL)
    {
      gsize length;
      const char *text = g_bytes_get_data (frame, &length);

      room->io->send (member->socket, text, length, room->io_data);
      g_bytes_unref (frame);
    }
  member->n_waiting_bytes = 0;
  member->lost = FALSE;
}

static void
resume (SnugServerRoom *room, SnugServerMember *member, gpointer socket, const char *address)
{
  gboolean was_away = member->socket == NULL;

  member->socket = socket;
  member->deadline_us = NEVER;
  g_free (member->address);
  member->address = g_strdup (address);

  snug_server_room_welcome (room, member, TRUE);
  flush_waiting (room, member);
  if (was_away)
    tell_about (room, SNUG_SIGNAL_PEER_BACK, member);
  if (g_strcmp0 (room->host, member->id) == 0)
    tell_host_of_all_pending (room);
}

/* Challenge: is the old socket still alive? */

static void
challenge (SnugServerRoom *room, SnugServerMember *member, gpointer socket, const char *address,
           gint64 now_us)
{
  if (member->challenge.socket != NULL)
    {
      room->io->refuse (socket, member->role != NULL ? SNUG_SIGNAL_CODE_ROOM_FULL : SNUG_SIGNAL_CODE_IN_USE,
                        TRUE, room->io_data);
      return;
    }
  member->challenge.socket = socket;
  member->challenge.address = g_strdup (address);
  member->challenge.deadline_us = later (now_us, room->times->probe_ms);
  room->io->ping (member->socket, room->io_data);
}

static void
clear_challenge (SnugServerMember *member)
{
  member->challenge.socket = NULL;
  g_clear_pointer (&member->challenge.address, g_free);
}

static void
take_over (SnugServerRoom *room, SnugServerMember *member, gpointer socket, const char *address)
{
  gpointer old = g_steal_pointer (&member->socket);

  if (member->role != NULL)
    {
      /* Quietly: an `error` would stop an old page from ever coming back. */
      if (old != NULL)
        room->io->close (old, SNUG_WEBSOCKET_CLOSE_NORMAL, room->io_data);
      member->socket = socket;
      g_free (member->address);
      member->address = g_strdup (address);
      return;
    }

  if (old != NULL)
    room->io->refuse (old, SNUG_SIGNAL_CODE_REPLACED, TRUE, room->io_data);
  /* Never away in between: nobody was told that it is. */
  member->socket = socket;
  resume (room, member, socket, address);
}

static void
challenger_wins (SnugServerRoom *room, SnugServerMember *member)
{
  gpointer socket = member->challenge.socket;
  g_autofree char *address = g_steal_pointer (&member->challenge.address);

  member->challenge.socket = NULL;
  take_over (room, member, socket, address);
}

void
snug_server_room_alive (SnugServerRoom *room, gpointer socket)
{
  SnugServerMember *member = snug_server_room_find_socket (room, socket);
  gpointer challenger;

  if (member == NULL || member->challenge.socket == NULL)
    return;
  challenger = member->challenge.socket;
  clear_challenge (member);
  room->io->refuse (challenger, member->role != NULL ? SNUG_SIGNAL_CODE_ROOM_FULL : SNUG_SIGNAL_CODE_IN_USE,
                    TRUE, room->io_data);
}

static gboolean
may_return (SnugServerRoom *room, const SnugTokenClaims *claims)
{
  return claims->seq <= room->reserved_seq
         && !g_hash_table_contains (room->returned, claims->member)
         && g_hash_table_size (room->returned) < MAX_REMEMBERED;
}

void
snug_server_room_enter (SnugServerRoom *room, gpointer socket, const char *address,
                        const SnugTokenClaims *claims, gint64 now_us)
{
  SnugServerMember *member = claims != NULL ? snug_server_room_find (room, claims->member) : NULL;

  if (!room->entered && (claims == NULL || !claims->creator))
    room->io->refuse (socket, SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, TRUE, room->io_data);
  else if (claims != NULL && g_hash_table_contains (room->removed, claims->member))
    room->io->refuse (socket, SNUG_SIGNAL_CODE_REMOVED, TRUE, room->io_data);
  else if (member != NULL && member->socket != NULL)
    challenge (room, member, socket, address, now_us);
  else if (member != NULL)
    resume (room, member, socket, address);
  else if (claims != NULL && may_return (room, claims))
    enter_by_token (room, socket, address, claims);
  else
    enter_as_newcomer (room, socket, address, now_us);
}

static void
seat_legacy (SnugServerRoom *room, gpointer socket, const char *address, const char *role)
{
  SnugServerMember *member = add_member (room, role, ++room->last_seq, socket, address);
  gboolean first_sender = role[0] == 's' && !room->had_sender;

  member->role = role;
  room->entered = TRUE;
  room->had_sender |= role[0] == 's';
  if (room->host == NULL)
    set_host (room, member);
  if (room->capacity != 2)
    {
      room->capacity = 2;
      say_room (room);
    }

  snug_server_room_announce (room, member);
  /* It is the sender that offers, and only when told; one that reconnects knows already, and would
   * throw a live connection away (PROTOCOL.md section 5). */
  if (first_sender && snug_server_room_get_n_members (room) > 1)
    tell_legacy (room, member, SNUG_SIGNAL_PEER_JOINED);
}

void
snug_server_room_enter_legacy (SnugServerRoom *room, gpointer socket, const char *address,
                               const char *role, gint64 now_us)
{
  const char *static_role = strcmp (role, "sender") == 0 ? "sender" : "receiver";
  SnugServerMember *same = find_role (room, static_role);

  if (!room->entered)
    room->io->refuse (socket, SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, TRUE, room->io_data);
  else if (room->is_private)
    room->io->refuse (socket, SNUG_SIGNAL_CODE_PRIVATE, TRUE, room->io_data);
  else if (same != NULL && strcmp (same->address, address) == 0)
    take_over (room, same, socket, address);
  else if (same != NULL)
    challenge (room, same, socket, address, now_us);
  else if (room->locked)
    room->io->refuse (socket, SNUG_SIGNAL_CODE_LOCKED, TRUE, room->io_data);
  else if (snug_server_room_get_n_members (room) >= 2)
    room->io->refuse (socket, SNUG_SIGNAL_CODE_ROOM_FULL, TRUE, room->io_data);
  else
    seat_legacy (room, socket, address, static_role);
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
    room->idle_us = later (now_us, room->times->empty_room_ms);
}

static void
tell_left (SnugServerRoom *room, const SnugServerMember *member, const char *reason)
{
  g_autoptr (SnugSignalMessage) left = about (SNUG_SIGNAL_PEER_LEFT, member);
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
    tell_legacy (room, legacy, SNUG_SIGNAL_PEER_LEFT);
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
  tell_left (room, member, reason);
  snug_server_member_free (member);

  if (snug_server_room_get_n_members (room) == 0)
    on_empty (room, now_us);
  else if (was_host)
    set_host (room, find_next_host (room));
}

void
snug_server_room_lost (SnugServerRoom *room, gpointer socket, gint64 now_us)
{
  SnugServerMember *challenged = find_challenged (room, socket);
  SnugServerMember *member = snug_server_room_find_socket (room, socket);

  if (challenged != NULL)
    {
      clear_challenge (challenged);
      return;
    }
  if (member == NULL)
    return;

  member->socket = NULL;
  if (member->challenge.socket != NULL)
    {
      challenger_wins (room, member);
    }
  else if (member->pending || member->role != NULL)
    {
      snug_server_room_take_out (room, member, member->pending ? "left" : "lost", now_us);
    }
  else
    {
      member->deadline_us = later (now_us, room->times->resume_grace_ms);
      tell_about (room, SNUG_SIGNAL_PEER_AWAY, member);
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
      challenger_wins (room, member);
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
  gboolean legacy_receiver = find_role (room, "receiver") != NULL;

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
      room->idle_us = later (now_us, times->empty_room_ms);
      return room;
    }

  /* The creator's seq is given here, in its token. */
  room->last_seq = room->reserved_seq = 1;
  room->idle_us = later (now_us, times->creator_grace_ms);
  return room;
}

SnugServerRoom *
snug_server_room_recreate (const SnugTokenClaims *claims, guint64 reserved_seq, const SnugServerRoomIo *io,
                           gpointer io_data, const SnugServerRoomTimes *times, GBytes *key, gint64 now_us)
{
  SnugServerRoom *room = room_new (claims, io, io_data, times, key, now_us);

  room->entered = TRUE;
  room->last_seq = room->reserved_seq = MAX (claims->seq, reserved_seq);
  room->idle_us = later (now_us, times->empty_room_ms);
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
