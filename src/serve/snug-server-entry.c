/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How a socket gets into a room: as somebody new, by a token, or in the place of an old socket. */
#include "snug-server-room-private.h"

#include <string.h>

#include "snug-websocket-stream.h"

#define MAX_PENDING 3
#define MAX_PENDING_OF_ADDRESS 1
/* How many a room remembers that came back after a restart. */
#define MAX_REMEMBERED 1024

/* Entry */

static void
seat (SnugServerRoom *room, SnugServerMember *member)
{
  room->entered = TRUE;
  if (room->host == NULL)
    snug_server_room_set_host (room, member);
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
  member = snug_server_room_add (room, id, room->last_seq, socket, address);
  member->pending = TRUE;
  member->deadline_us = snug_server_room_later (now_us, room->times->pending_ms);
  snug_server_room_welcome (room, member, FALSE);
  snug_server_room_tell_host_of (room, member);
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
  if (room->is_private)
    {
      knock (room, socket, address, now_us);
      return;
    }
  /* There is no secret by which host and newcomer could speak first. */
  if (room->locked)
    {
      room->io->refuse (socket, SNUG_SIGNAL_CODE_LOCKED, TRUE, room->io_data);
      return;
    }

  id = g_strdup_printf ("m%" G_GUINT64_FORMAT, ++room->last_seq);
  seat (room, snug_server_room_add (room, id, room->last_seq, socket, address));
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
  member = snug_server_room_add (room, claims->member, claims->seq, socket, address);
  member->creator = claims->creator;

  seat (room, member);

  /* After a restart they come back in any order; the host is again the lowest seq. */
  if (host != NULL && member->seq < host->seq)
    snug_server_room_set_host (room, member);
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
    snug_server_room_tell_about (room, SNUG_SIGNAL_PEER_BACK, member);
  if (g_strcmp0 (room->host, member->id) == 0)
    snug_server_room_tell_host_of_all (room);
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
  member->challenge.deadline_us = snug_server_room_later (now_us, room->times->probe_ms);
  room->io->ping (member->socket, room->io_data);
}

void
snug_server_member_clear_challenge (SnugServerMember *member)
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

void
snug_server_room_challenger_wins (SnugServerRoom *room, SnugServerMember *member)
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
  snug_server_member_clear_challenge (member);
  room->io->refuse (challenger, member->role != NULL ? SNUG_SIGNAL_CODE_ROOM_FULL : SNUG_SIGNAL_CODE_IN_USE,
                    TRUE, room->io_data);
}

/* Nobody else makes up the same name for itself: it has given its old socket up, whatever that looks like from here.
 * Without an `error`, which would be the last word: of two entries on their way the one it gave up may come later, and
 * then it comes back once more. */
static void
follow (SnugServerRoom *room, SnugServerMember *member, gpointer socket, const char *address)
{
  snug_server_room_alive (room, member->socket);
  room->io->close (g_steal_pointer (&member->socket), SNUG_WEBSOCKET_CLOSE_GOING_AWAY, room->io_data);
  member->socket = socket;
  resume (room, member, socket, address);
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
  else if (member != NULL && member->socket != NULL
           && room->io->is_same_client (member->socket, socket, room->io_data))
    follow (room, member, socket, address);
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
  SnugServerMember *member = snug_server_room_add (room, role, ++room->last_seq, socket, address);
  gboolean first_sender = role[0] == 's' && !room->had_sender;

  member->role = role;
  room->entered = TRUE;
  room->had_sender |= role[0] == 's';
  if (room->host == NULL)
    snug_server_room_set_host (room, member);
  if (room->capacity != 2)
    {
      room->capacity = 2;
      snug_server_room_say (room);
    }

  snug_server_room_announce (room, member);
  /* It is the sender that offers, and only when told; one that reconnects knows already, and would
   * throw a live connection away (PROTOCOL.md section 5). */
  if (first_sender && snug_server_room_get_n_members (room) > 1)
    snug_server_room_tell_legacy (room, member, SNUG_SIGNAL_PEER_JOINED);
}

void
snug_server_room_enter_legacy (SnugServerRoom *room, gpointer socket, const char *address,
                               const char *role, gint64 now_us)
{
  const char *static_role = strcmp (role, "sender") == 0 ? "sender" : "receiver";
  SnugServerMember *same = snug_server_room_find_role (room, static_role);

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
