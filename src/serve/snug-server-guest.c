/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One WebSocket: what a room knows as an opaque socket. */
#include "snug-server-private.h"

#include <string.h>

#include "snug-context.h"
#include "snug-room-code.h"
#include "snug-server-guard.h"

struct _SnugServerGuest
{
  SnugServerSocket     socket;     /* what its room speaks to */
  SnugServer          *server;     /* borrowed */
  SnugServerEntry     *entry;      /* borrowed; NULL before it is in a room of ours, and after */
  SnugServerCall      *call;       /* owned; to a room of another server */
  SnugWebsocketStream *stream;     /* owned */
  char                *code;       /* owned: as asked for */
  char                *address;    /* owned */
  const char          *role;       /* static; NULL: version 2 */
  gboolean             reached_private;
  gboolean             has_token;
  gboolean             searching;  /* the directory looks for its room */
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
  g_free (guest->socket.client);
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
  g_clear_pointer (&guest->call, snug_server_call_hang_up);
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

static void
dismiss (SnugServerGuest *guest, SnugSignalCode code)
{
  guint close_code = code == SNUG_SIGNAL_CODE_TOO_LARGE ? SNUG_WEBSOCKET_CLOSE_TOO_BIG
                                                        : SNUG_WEBSOCKET_CLOSE_POLICY;

  send_error (guest, code);
  close_guest (guest, close_code, snug_signal_code_to_text (code));
}

static void
guest_send (SnugServerSocket *socket, const char *text, gsize length)
{
  snug_websocket_stream_send (((SnugServerGuest *) socket)->stream, text, length);
}

static void
guest_ping (SnugServerSocket *socket)
{
  snug_websocket_stream_ping (((SnugServerGuest *) socket)->stream);
}

static void
guest_refuse (SnugServerSocket *socket, SnugSignalCode code, gboolean fatal)
{
  if (fatal)
    dismiss ((SnugServerGuest *) socket, code);
  else
    send_error ((SnugServerGuest *) socket, code);
}

static void
guest_close (SnugServerSocket *socket, guint code)
{
  close_guest ((SnugServerGuest *) socket, code, "");
}

static gboolean
guest_reached_private (SnugServerSocket *socket)
{
  return ((SnugServerGuest *) socket)->reached_private;
}

static const SnugServerSocketFuncs guest_funcs = {
  .send = guest_send,
  .ping = guest_ping,
  .refuse = guest_refuse,
  .close = guest_close,
  .reached_private = guest_reached_private,
};

/* The same as a room has it, of sockets here and elsewhere */

static void
io_send (gpointer socket, const char *text, gsize length, gpointer data)
{
  ((SnugServerSocket *) socket)->funcs->send (socket, text, length);
}

static void
io_ping (gpointer socket, gpointer data)
{
  ((SnugServerSocket *) socket)->funcs->ping (socket);
}

static void
io_refuse (gpointer socket, SnugSignalCode code, gboolean fatal, gpointer data)
{
  ((SnugServerSocket *) socket)->funcs->refuse (socket, code, fatal);
}

static void
io_close (gpointer socket, guint code, gpointer data)
{
  ((SnugServerSocket *) socket)->funcs->close (socket, code);
}

static gboolean
io_is_same_client (gpointer socket, gpointer other, gpointer data)
{
  const char *client = ((SnugServerSocket *) socket)->client;

  return client != NULL && g_strcmp0 (client, ((SnugServerSocket *) other)->client) == 0;
}

static void
io_add_ice_servers (gpointer socket, SnugSignalMessage *welcome, gpointer data)
{
  gboolean reached_private = ((SnugServerSocket *) socket)->funcs->reached_private (socket);
  SnugServer *self = data;
  GPtrArray *all = self->ice_servers;

  welcome->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_ice_server_free);
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const SnugServerIceServer *server = g_ptr_array_index (all, i);

      if (welcome->ice_servers->len == SNUG_SIGNAL_MAX_ICE_SERVERS
          || !snug_guard_ice_url_is_allowed (server->url, reached_private)
          || (welcome->pending && !g_str_has_prefix (server->url, "stun:")))  /* another welcome is for who is let in */
        continue;
      g_ptr_array_add (welcome->ice_servers, snug_server_ice_server_tell (server, (gint64) welcome->expires));
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
  .is_same_client = io_is_same_client,
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
on_in (SnugServerSocket *socket)
{
  SnugServerGuest *guest = (SnugServerGuest *) socket;

  guest->server->n_entered++;
  snug_server_report (guest->server, SNUG_SERVER_ENTERED, guest->entry, guest->address, NULL);
  if (!guest->has_token)
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
  if (guest->entry != NULL && snug_server_room_has_socket (entry->room, guest))
    on_in (&guest->socket);
  snug_server_settle (guest->server, entry);
}

/* A room that is not here, and there are other servers */

typedef struct
{
  SnugServerGuest *guest;       /* owned */
  SnugTokenClaims  claims;      /* owned; without a code: it has none */
  char            *text;        /* owned, nullable: its first frame */
} Search;

static void
search_free (Search *search)
{
  snug_token_claims_clear (&search->claims);
  snug_server_guest_release (search->guest);
  g_free (search->text);
  g_free (search);
}

static void
enter_found (Search *search, guint64 reserved_seq)
{
  SnugServerGuest *guest = search->guest;
  SnugSignalCode code = SNUG_SIGNAL_CODE_ROOM_NOT_FOUND;
  SnugServerEntry *entry;

  /* Another member may have made it again meanwhile. */
  if (search->claims.code == NULL)
    entry = snug_server_find_room (guest->server, guest->code);
  else
    entry = snug_server_find_room_by_token (guest->server, guest->code, &search->claims, &code);
  if (entry == NULL && code == SNUG_SIGNAL_CODE_NONE)
    entry = snug_server_make_room_again (guest->server, &search->claims, reserved_seq);

  if (entry == NULL)
    dismiss (guest, code);
  else
    enter (guest, entry, search->claims.code != NULL ? &search->claims : NULL);
}

static void
call_home (Search *search, const char *home)
{
  SnugServerGuest *guest = search->guest;
  SnugServerKnock knock = { guest->code, guest->address, guest->role, guest->reached_private, search->text };

  guest->call = snug_server_afar_call (guest->server->afar, home, &knock, &guest->socket, on_in);
}

static void
on_found (const SnugDirectoryAnswer *answer, gpointer data)
{
  Search *search = data;
  SnugServerGuest *guest = search->guest;

  guest->searching = FALSE;
  if (guest->gone)
    ;
  else if (answer->verdict == SNUG_DIRECTORY_THEIRS)
    call_home (search, answer->home);
  else if (answer->verdict == SNUG_DIRECTORY_OURS)
    enter_found (search, answer->reserved_seq);
  else if (answer->verdict == SNUG_DIRECTORY_UNKNOWN)
    close_guest (guest, SNUG_WEBSOCKET_CLOSE_GOING_AWAY, "");
  else
    dismiss (guest, answer->verdict == SNUG_DIRECTORY_OVER ? SNUG_SIGNAL_CODE_EXPIRED
                                                           : SNUG_SIGNAL_CODE_ROOM_NOT_FOUND);
  search_free (search);
}

/* @claims: (nullable) (transfer full): of a token */
static void
search (SnugServerGuest *guest, SnugTokenClaims *claims, const char *text)
{
  SnugDirectory *directory = guest->server->config.directory;
  Search *self;

  if (guest->server->stopped)
    {
      close_guest (guest, SNUG_WEBSOCKET_CLOSE_GOING_AWAY, "");
      return;
    }
  self = g_new0 (Search, 1);
  self->guest = g_rc_box_acquire (guest);
  self->text = g_strdup (text);
  guest->searching = TRUE;
  if (claims == NULL)
    {
      directory->funcs->look (directory, guest->code, on_found, self);
      return;
    }
  self->claims = *claims;
  *claims = (SnugTokenClaims) { 0 };
  directory->funcs->claim (directory, &self->claims, on_found, self);
}

static void
enter_by_code (SnugServerGuest *guest, const char *text)
{
  SnugServerEntry *entry;

  if (!may_try (guest, FALSE))
    {
      dismiss (guest, SNUG_SIGNAL_CODE_RATE_LIMITED);
      return;
    }
  entry = snug_server_find_room (guest->server, guest->code);
  if (entry != NULL)
    enter (guest, entry, NULL);
  else if (guest->server->afar != NULL && snug_room_code_fold (guest->code, guest->code))
    search (guest, NULL, text);
  else
    dismiss (guest, SNUG_SIGNAL_CODE_ROOM_NOT_FOUND);
}

static void
enter_by_token (SnugServerGuest *guest, const SnugSignalMessage *message, const char *text)
{
  g_auto (SnugTokenClaims) claims = { 0 };
  SnugSignalCode code = SNUG_SIGNAL_CODE_BAD_TOKEN;
  SnugServerEntry *entry = NULL;
  gboolean genuine = snug_token_read (guest->server->key, message->token, &claims)
                     && strcmp (claims.code, guest->code) == 0
                     && (message->peer == NULL || strcmp (claims.member, message->peer) == 0);

  if (!may_try (guest, genuine))
    {
      dismiss (guest, SNUG_SIGNAL_CODE_RATE_LIMITED);
      return;
    }
  guest->has_token = genuine;
  if (genuine)
    entry = snug_server_find_room_by_token (guest->server, guest->code, &claims, &code);
  if (entry == NULL && code != SNUG_SIGNAL_CODE_NONE)
    dismiss (guest, code);
  else if (entry == NULL && guest->server->afar != NULL)
    search (guest, &claims, text);
  else
    enter (guest, entry != NULL ? entry : snug_server_make_room_again (guest->server, &claims, 0), &claims);
}

static void
on_first_frame (SnugServerGuest *guest, const char *text, gsize length)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, length, NULL);

  if (message == NULL || message->type != SNUG_SIGNAL_ENTER)
    {
      dismiss (guest, SNUG_SIGNAL_CODE_BAD_MESSAGE);
      return;
    }
  snug_clear_source (&guest->timer);
  guest->socket.client = g_strdup (message->client);
  if (message->token != NULL)
    enter_by_token (guest, message, text);
  else
    enter_by_code (guest, text);
}

/* What comes on a socket */

static void
on_text (SnugWebsocketStream *stream, const char *text, gsize length, gpointer data)
{
  SnugServerGuest *guest = g_rc_box_acquire (data);
  SnugServerEntry *entry = guest->entry;

  /* While its room is searched for, a client has nothing to say yet. */
  if (guest->gone || guest->searching)
    ;
  else if (guest->call != NULL)
    snug_server_call_text (guest->call, text, length);
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

  if (guest->call != NULL)
    snug_server_call_alive (guest->call);
  if (guest->gone || entry == NULL)
    return;
  snug_server_room_alive (entry->room, guest);
  snug_server_settle (guest->server, entry);
}

static void
leave_room (SnugServerGuest *guest)
{
  SnugServerEntry *entry = g_steal_pointer (&guest->entry);

  g_clear_pointer (&guest->call, snug_server_call_hang_up);
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
      dismiss (guest, codes[why]);
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
  dismiss (data, SNUG_SIGNAL_CODE_BAD_MESSAGE);
  return G_SOURCE_REMOVE;
}

void
snug_server_guest_new (SnugServer *server, SnugServerDoor *door, GIOStream *stream, const char *client,
                       const char *code, const char *role)
{
  SnugServerGuest *guest = g_rc_box_new0 (SnugServerGuest);

  guest->socket.funcs = &guest_funcs;
  guest->server = server;
  guest->code = g_strdup (code);
  guest->address = g_strdup (client);
  guest->reached_private = door->reached_private;
  guest->role = role;
  guest->stream = snug_websocket_stream_new (stream, door->connection, &server->limits, &listener, guest);
  g_hash_table_add (server->guests, guest);

  g_rc_box_acquire (guest);
  if (role != NULL)
    enter_by_code (guest, NULL);
  else
    guest->timer = snug_context_timeout (server->context, server->config.patience_ms,
                                         on_enter_time_over, guest);
  snug_server_guest_release (guest);
}

/* What its room would say, if that were here. */
static void
say_goodbye (SnugServerGuest *guest)
{
  g_autoptr (SnugSignalMessage) goodbye = snug_signal_message_new (SNUG_SIGNAL_GOODBYE);
  g_autofree char *text = NULL;

  goodbye->reason = g_strdup ("restart");
  goodbye->again_after = SNUG_SERVER_AGAIN_AFTER_S;
  text = snug_signal_message_encode (goodbye);
  snug_websocket_stream_send (guest->stream, text, strlen (text));
}

void
snug_server_guest_goodbye (SnugServerGuest *guest)
{
  if (guest->call != NULL && guest->role == NULL)
    say_goodbye (guest);
  close_guest (guest, SNUG_WEBSOCKET_CLOSE_GOING_AWAY, "");
}

void
snug_server_guest_kill (SnugServerGuest *guest)
{
  g_autoptr (SnugWebsocketStream) stream = g_object_ref (guest->stream);

  guest_go (guest);
  snug_websocket_stream_kill (stream);
}
