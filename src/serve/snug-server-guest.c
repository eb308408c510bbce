/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One WebSocket: what a room knows as an opaque socket. */
#include "snug-server-private.h"

#include <string.h>

#include "snug-context.h"
#include "snug-room-code.h"
#include "snug-server-guard.h"

struct _SnugServerGuest
{
  SnugServer          *server;     /* borrowed */
  SnugServerEntry     *entry;      /* borrowed; NULL before it is in a room, and after */
  SnugWebsocketStream *stream;     /* owned */
  char                *code;       /* owned: as asked for */
  char                *address;    /* owned */
  const char          *role;       /* static; NULL: version 2 */
  gboolean             reached_private;
  gboolean             gone;
  GSource             *timer;      /* owned: until it enters */
};

static const struct
{
  SnugSignalCode code;
  const char    *message;
} messages[] = {
  { SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, "Room not found" },
  { SNUG_SIGNAL_CODE_ROOM_FULL, "Room is full" },
  { SNUG_SIGNAL_CODE_LOCKED, "Room is locked" },
  { SNUG_SIGNAL_CODE_DENIED, "You were not let in" },
  { SNUG_SIGNAL_CODE_REMOVED, "You were sent out of this room" },
  { SNUG_SIGNAL_CODE_REPLACED, "You came in from elsewhere" },
  { SNUG_SIGNAL_CODE_IN_USE, "You are in this room already" },
  { SNUG_SIGNAL_CODE_BAD_TOKEN, "This is not a membership of this room" },
  { SNUG_SIGNAL_CODE_NOT_ALLOWED, "Only the host may do that" },
  { SNUG_SIGNAL_CODE_EXPIRED, "Room is over" },
  { SNUG_SIGNAL_CODE_PRIVATE, "Room is private" },
  { SNUG_SIGNAL_CODE_BAD_MESSAGE, "Message not understood" },
  { SNUG_SIGNAL_CODE_TOO_LARGE, "Message too large" },
  { SNUG_SIGNAL_CODE_RATE_LIMITED, "Too much at once" },
  { SNUG_SIGNAL_CODE_NO_SUCH_PEER, "Nobody of that name is here" },
  { SNUG_SIGNAL_CODE_VERSION, "This server speaks version 2" },
};

static const char *
message_of (SnugSignalCode code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      if (messages[i].code == code)
        return messages[i].message;
    }
  return "";
}

static void
guest_clear (gpointer data)
{
  SnugServerGuest *guest = data;

  snug_clear_source (&guest->timer);
  g_clear_object (&guest->stream);
  g_free (guest->code);
  g_free (guest->address);
}

void
snug_server_guest_release (gpointer guest)
{
  g_rc_box_release_full (guest, guest_clear);
}

/* The room has forgotten it, or never knew it. */
static void
guest_go (SnugServerGuest *guest)
{
  if (guest->gone)
    return;
  guest->gone = TRUE;
  guest->entry = NULL;
  snug_clear_source (&guest->timer);
  g_hash_table_remove (guest->server->guests, guest);
}

/* What a room asks of a socket */

static void
send_error (SnugServerGuest *guest, SnugSignalCode code)
{
  g_autoptr (SnugSignalMessage) error = snug_signal_message_new (SNUG_SIGNAL_ERROR);
  g_autofree char *text = NULL;

  guest->server->n_refused[code]++;
  snug_server_report (guest->server, SNUG_SERVER_REFUSED, guest->entry, guest->address,
                      snug_signal_code_to_text (code));
  error->message = g_strdup (message_of (code));
  /* Version 1 has no codes, and shows the words. */
  error->code = guest->role == NULL ? code : SNUG_SIGNAL_CODE_NONE;
  text = snug_signal_message_encode (error);
  snug_websocket_stream_send (guest->stream, text, strlen (text));
}

static void
close_guest (SnugServerGuest *guest, guint code, const char *reason)
{
  g_rc_box_acquire (guest);
  guest_go (guest);
  snug_websocket_stream_close (guest->stream, code, reason);
  snug_server_guest_release (guest);
}

void
snug_server_guest_dismiss (SnugServerGuest *guest, SnugSignalCode code)
{
  guint close_code = code == SNUG_SIGNAL_CODE_TOO_LARGE ? SNUG_WEBSOCKET_CLOSE_TOO_BIG
                                                        : SNUG_WEBSOCKET_CLOSE_POLICY;

  send_error (guest, code);
  close_guest (guest, close_code, snug_signal_code_to_text (code));
}

static void
io_send (gpointer socket, const char *text, gsize length, gpointer data)
{
  snug_websocket_stream_send (((SnugServerGuest *) socket)->stream, text, length);
}

static void
io_ping (gpointer socket, gpointer data)
{
  snug_websocket_stream_ping (((SnugServerGuest *) socket)->stream);
}

static void
io_refuse (gpointer socket, SnugSignalCode code, gboolean fatal, gpointer data)
{
  if (fatal)
    snug_server_guest_dismiss (socket, code);
  else
    send_error (socket, code);
}

static void
io_close (gpointer socket, guint code, gpointer data)
{
  close_guest (socket, code, "");
}

static void
io_add_ice_servers (gpointer socket, SnugSignalMessage *welcome, gpointer data)
{
  SnugServerGuest *guest = socket;
  GPtrArray *all = guest->server->ice_servers;

  welcome->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_ice_server_free);
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const SnugSignalIceServer *server = g_ptr_array_index (all, i);
      SnugSignalIceServer *copy;

      if (welcome->ice_servers->len == SNUG_SIGNAL_MAX_ICE_SERVERS
          || !snug_guard_ice_url_is_allowed (server->url, guest->reached_private))
        continue;
      copy = g_new (SnugSignalIceServer, 1);
      *copy = (SnugSignalIceServer) { g_strdup (server->url), g_strdup (server->username),
                                      g_strdup (server->credential) };
      g_ptr_array_add (welcome->ice_servers, copy);
    }
}

static void
io_relayed (gpointer data)
{
  ((SnugServer *) data)->n_relayed++;
}

const SnugServerRoomIo snug_server_guest_io = {
  .send = io_send,
  .ping = io_ping,
  .refuse = io_refuse,
  .close = io_close,
  .add_ice_servers = io_add_ice_servers,
  .relayed = io_relayed,
};

/* Entry */

/* Who gets in has done nothing wrong: only tries that come to nothing use up the limit on joins. */
static gboolean
may_try (SnugServerGuest *guest, gboolean has_token)
{
  gint64 now_us = g_get_monotonic_time ();

  return snug_throttle_take (guest->server->entries, guest->address, now_us)
         && (has_token || snug_throttle_take (guest->server->joins, guest->address, now_us));
}

static void
after_try (SnugServerGuest *guest, gboolean has_token)
{
  if (guest->entry == NULL || !snug_server_room_has_socket (guest->entry->room, guest))
    return;
  guest->server->n_entered++;
  snug_server_report (guest->server, SNUG_SERVER_ENTERED, guest->entry, guest->address, NULL);
  if (!has_token)
    snug_throttle_give_back (guest->server->joins, guest->address);
}

static void
enter (SnugServerGuest *guest, SnugServerEntry *entry, const SnugTokenClaims *claims)
{
  gint64 now_us = g_get_monotonic_time ();

  guest->entry = entry;
  if (guest->role != NULL)
    snug_server_room_enter_legacy (entry->room, guest, guest->address, guest->role, now_us);
  else
    snug_server_room_enter (entry->room, guest, guest->address, claims, now_us);
  after_try (guest, claims != NULL);
  snug_server_settle (guest->server, entry);
}

static void
enter_by_code (SnugServerGuest *guest)
{
  SnugServerEntry *entry;

  if (!may_try (guest, FALSE))
    {
      snug_server_guest_dismiss (guest, SNUG_SIGNAL_CODE_RATE_LIMITED);
      return;
    }
  entry = snug_server_find_room (guest->server, guest->code);
  if (entry == NULL)
    snug_server_guest_dismiss (guest, SNUG_SIGNAL_CODE_ROOM_NOT_FOUND);
  else
    enter (guest, entry, NULL);
}

static void
enter_by_token (SnugServerGuest *guest, const SnugSignalMessage *message)
{
  g_auto (SnugTokenClaims) claims = { 0 };
  SnugSignalCode code = SNUG_SIGNAL_CODE_BAD_TOKEN;
  SnugServerEntry *entry = NULL;
  gboolean genuine = snug_token_read (guest->server->key, message->token, &claims)
                     && strcmp (claims.code, guest->code) == 0
                     && (message->peer == NULL || strcmp (claims.member, message->peer) == 0);

  if (!may_try (guest, genuine))
    {
      snug_server_guest_dismiss (guest, SNUG_SIGNAL_CODE_RATE_LIMITED);
      return;
    }
  if (genuine)
    entry = snug_server_find_room_by_token (guest->server, guest->code, &claims, &code);
  if (entry == NULL)
    snug_server_guest_dismiss (guest, code);
  else
    enter (guest, entry, &claims);
}

static void
on_first_frame (SnugServerGuest *guest, const char *text, gsize length)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, length, NULL);

  if (message == NULL || message->type != SNUG_SIGNAL_ENTER)
    {
      snug_server_guest_dismiss (guest, SNUG_SIGNAL_CODE_BAD_MESSAGE);
      return;
    }
  snug_clear_source (&guest->timer);
  if (message->token != NULL)
    enter_by_token (guest, message);
  else
    enter_by_code (guest);
}

/* What comes on a socket */

static void
on_text (SnugWebsocketStream *stream, const char *text, gsize length, gpointer data)
{
  SnugServerGuest *guest = g_rc_box_acquire (data);
  SnugServerEntry *entry = guest->entry;

  if (guest->gone)
    ;
  else if (entry == NULL)
    on_first_frame (guest, text, length);
  else
    {
      snug_server_room_receive (entry->room, guest, text, length, g_get_monotonic_time ());
      snug_server_settle (guest->server, entry);
    }
  snug_server_guest_release (guest);
}

static void
on_alive (SnugWebsocketStream *stream, gpointer data)
{
  SnugServerGuest *guest = data;
  SnugServerEntry *entry = guest->entry;

  if (guest->gone || entry == NULL)
    return;
  snug_server_room_alive (entry->room, guest);
  snug_server_settle (guest->server, entry);
}

static void
leave_room (SnugServerGuest *guest)
{
  SnugServerEntry *entry = g_steal_pointer (&guest->entry);

  if (entry == NULL)
    return;
  snug_server_room_lost (entry->room, guest, g_get_monotonic_time ());
  snug_server_settle (guest->server, entry);
}

static void
on_refused (SnugWebsocketStream *stream, SnugWebsocketRefusal why, gpointer data)
{
  static const SnugSignalCode codes[] = {
    [SNUG_WEBSOCKET_REFUSED_BAD_FRAME] = SNUG_SIGNAL_CODE_BAD_MESSAGE,
    [SNUG_WEBSOCKET_REFUSED_TOO_LARGE] = SNUG_SIGNAL_CODE_TOO_LARGE,
    [SNUG_WEBSOCKET_REFUSED_TOO_FAST] = SNUG_SIGNAL_CODE_RATE_LIMITED,
  };
  SnugServerGuest *guest = g_rc_box_acquire (data);

  if (!guest->gone)
    {
      leave_room (guest);
      snug_server_guest_dismiss (guest, codes[why]);
    }
  snug_server_guest_release (guest);
}

static void
on_lost (SnugWebsocketStream *stream, gpointer data)
{
  SnugServerGuest *guest = g_rc_box_acquire (data);

  if (!guest->gone)
    {
      leave_room (guest);
      guest_go (guest);
    }
  snug_server_guest_release (guest);
}

static const SnugWebsocketListener listener = {
  .text = on_text,
  .alive = on_alive,
  .refused = on_refused,
  .lost = on_lost,
};

static gboolean
on_enter_time_over (gpointer data)
{
  snug_server_guest_dismiss (data, SNUG_SIGNAL_CODE_BAD_MESSAGE);
  return G_SOURCE_REMOVE;
}

void
snug_server_guest_new (SnugServer *server, SnugServerDoor *door, GIOStream *stream, const char *client,
                       const char *code, const char *role)
{
  SnugServerGuest *guest = g_rc_box_new0 (SnugServerGuest);

  guest->server = server;
  guest->code = g_strdup (code);
  guest->address = g_strdup (client);
  guest->reached_private = door->reached_private;
  guest->role = role;
  guest->stream = snug_websocket_stream_new (stream, door->connection, &server->limits, &listener, guest);
  g_hash_table_add (server->guests, guest);

  g_rc_box_acquire (guest);
  if (role != NULL)
    enter_by_code (guest);
  else
    guest->timer = snug_context_timeout (server->context, server->config.patience_ms,
                                         on_enter_time_over, guest);
  snug_server_guest_release (guest);
}

void
snug_server_guest_goodbye (SnugServerGuest *guest)
{
  close_guest (guest, SNUG_WEBSOCKET_CLOSE_GOING_AWAY, "");
}

void
snug_server_guest_kill (SnugServerGuest *guest)
{
  g_autoptr (SnugWebsocketStream) stream = g_object_ref (guest->stream);

  guest_go (guest);
  snug_websocket_stream_kill (stream);
}
