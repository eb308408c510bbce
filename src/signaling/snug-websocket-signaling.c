/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-websocket-signaling.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>

#include "snug-bytes.h"
#include "snug-context.h"
#include "snug-own-addresses.h"
#include "snug-retry.h"
#include "snug-signaling-errors.h"
#include "snug-signaling-version-1.h"
#include "snug-websocket-connect.h"
#include "snug-websocket-stream.h"

/* How long an attempt may take until the socket is open, and then until `welcome`: longer than the two
 * seconds in which a server asks our old socket whether it lives. */
#define CONNECT_MS 15000
#define WELCOME_MS 10000
/* PROTOCOL.md section 2: who says nothing in this time speaks version 1. */
#define VERSION_1_MS 1000
#define PING_MS 25000
#define DEAD_MS 60000
/* After what may have ended the connection it has to answer a ping in this time. A server that is only slow is found again
 * by our token. */
#define CHECK_MS 4000
/* As a server counts (PROTOCOL.md section 0). */
#define MAX_MESSAGE_BYTES (SNUG_SIGNAL_MAX_BYTES + SNUG_SIGNAL_MAX_BYTES / 8)
#define MAX_FRAGMENTS 16
#define STATUS_BAD_REQUEST 400
#define CLIENT_BYTES 12

struct _SnugWebsocketSignaling
{
  SnugSignaling             parent_instance;

  GMainContext             *context;        /* owned */
  GCancellable             *cancellable;    /* owned, nullable: of the attempt under way */
  SnugWebsocketStream      *stream;         /* owned, nullable */
  GSocketAddress           *own_address;    /* owned, nullable: of the stream */
  GSource                  *timer;          /* owned: of the attempt, of the wait between two, or ping */

  char                     *server;         /* owned */
  char                     *code;           /* owned */
  char                     *member;         /* owned, nullable */
  char                     *token;          /* owned, nullable */
  char                     *client;         /* owned: what our sockets have in common, and no other client's */
  SnugVersion1              version_1;
  gboolean                  speaks_version_1;
  gboolean                  welcomed;       /* on this connection */
  gboolean                  held;           /* version 1: stay away */
  gboolean                  due;            /* a try was due meanwhile */
  gboolean                  told_to_wait;   /* by the server, until the next try */

  SnugRetry                 retry;
  gint64                    heard_us;
  gint64                    checked_us;
  guint                     ping_ms;
  guint                     dead_ms;
};

G_DEFINE_FINAL_TYPE (SnugWebsocketSignaling, snug_websocket_signaling, SNUG_TYPE_SIGNALING)

static void try_now (SnugWebsocketSignaling *self);

static void
arm (SnugWebsocketSignaling *self, guint delay_ms, GSourceFunc func)
{
  snug_clear_source (&self->timer);
  self->timer = snug_context_timeout (self->context, delay_ms, func, self);
}

/* The end of a connection, and of an attempt */

static void
drop_connection (SnugWebsocketSignaling *self)
{
  snug_clear_source (&self->timer);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->stream != NULL)
    snug_websocket_stream_kill (self->stream);
  g_clear_object (&self->stream);
  g_clear_object (&self->own_address);
  self->welcomed = FALSE;
}

static void
give_up (SnugWebsocketSignaling *self, const GError *error)
{
  drop_connection (self);
  snug_signaling_enter_state (SNUG_SIGNALING (self), SNUG_SIGNALING_CLOSED, error);
}

static gboolean
on_time_to_try (gpointer data)
{
  SnugWebsocketSignaling *self = data;

  self->due = self->held && self->speaks_version_1;
  if (self->due)
    snug_clear_source (&self->timer);
  else
    try_now (self);
  return G_SOURCE_REMOVE;
}

static gboolean
same_words (const GError *a, const GError *b)
{
  return a != NULL && strcmp (a->message, b->message) == 0;
}

static void
try_later (SnugWebsocketSignaling *self, const GError *error, guint at_least_ms)
{
  SnugSignaling *signaling = SNUG_SIGNALING (self);
  guint delay_ms;

  if (!snug_retry_again (&self->retry, error, at_least_ms, g_get_monotonic_time (), g_random_double (), &delay_ms))
    {
      give_up (self, error);
      return;
    }
  drop_connection (self);

  g_debug ("%s; again in %u ms", error->message, delay_ms);
  self->told_to_wait = at_least_ms > 0;
  arm (self, delay_ms, on_time_to_try);
  if (snug_signaling_get_state (signaling) != SNUG_SIGNALING_RECONNECTING
      || !same_words (snug_signaling_get_error (signaling), error))
    snug_signaling_enter_state (signaling, SNUG_SIGNALING_RECONNECTING, error);
}

static void
fail (SnugWebsocketSignaling *self, const GError *error)
{
  try_later (self, error, snug_retry_told_ms (&self->retry, error));
}

static void
fail_unreachable (SnugWebsocketSignaling *self, const GError *cause)
{
  g_autoptr (GError) error = snug_signaling_error_from_answer (0, 0, cause);

  fail (self, error);
}

/* Speaking */

static void
send_message (SnugWebsocketSignaling *self, const SnugSignalMessage *message)
{
  g_autofree char *text = snug_signal_message_encode (message);

  snug_websocket_stream_send (self->stream, text, strlen (text));
}

static void
send_enter (SnugWebsocketSignaling *self)
{
  g_autoptr (SnugSignalMessage) enter = snug_signal_message_new (SNUG_SIGNAL_ENTER);

  enter->peer = self->token != NULL ? g_strdup (self->member) : NULL;
  enter->token = g_strdup (self->token);
  enter->client = g_strdup (self->client);
  send_message (self, enter);
}

/* A ping of ours, answered by `pong` in version 2; in version 1 the WebSocket's own are (the stream sends
 * them at the same pace), and the message only keeps the server from closing. */
static gboolean
on_ping_time (gpointer data)
{
  SnugWebsocketSignaling *self = data;
  g_autoptr (SnugSignalMessage) ping = snug_signal_message_new (SNUG_SIGNAL_PING);
  gint64 silent_ms = (g_get_monotonic_time () - self->heard_us) / 1000;

  if (silent_ms < self->dead_ms)
    {
      send_message (self, ping);
      return G_SOURCE_CONTINUE;
    }
  fail_unreachable (self, NULL);
  return G_SOURCE_REMOVE;
}

/* Listening */

static void
enter_open (SnugWebsocketSignaling *self)
{
  self->welcomed = TRUE;
  snug_retry_came_in (&self->retry);
  arm (self, self->ping_ms, on_ping_time);
  snug_signaling_enter_state (SNUG_SIGNALING (self), SNUG_SIGNALING_OPEN, NULL);
}

static void
on_welcome (SnugWebsocketSignaling *self, SnugSignalMessage *welcome)
{
  if (welcome->version != SNUG_SIGNAL_VERSION)
    {
      g_autoptr (GError) error = snug_signaling_error_from_version (welcome->version);

      give_up (self, error);
      return;
    }

  g_free (self->member);
  self->member = g_strdup (welcome->self);
  g_free (self->token);
  self->token = g_strdup (welcome->token);
  /* A second one tells a pending member that it is in. */
  if (!self->welcomed)
    enter_open (self);
  snug_signaling_deliver (SNUG_SIGNALING (self), welcome);
}

/* Who has a seat hears "full" about somebody else; who waits for one has no token yet. */
static gboolean
is_the_end (SnugWebsocketSignaling *self, SnugSignalCode code)
{
  if (code == SNUG_SIGNAL_CODE_ROOM_FULL)
    return self->token == NULL;
  return code != SNUG_SIGNAL_CODE_NO_SUCH_PEER && code != SNUG_SIGNAL_CODE_NOT_ALLOWED;
}

static void
on_error (SnugWebsocketSignaling *self, SnugSignalMessage *message)
{
  g_autoptr (GError) error = NULL;

  /* Not about us being here. */
  if (self->welcomed && !self->speaks_version_1 && !is_the_end (self, message->code))
    {
      snug_signaling_deliver (SNUG_SIGNALING (self), message);
      return;
    }

  /* A server with another key than the one that gave it: come in as somebody new. */
  if (message->code == SNUG_SIGNAL_CODE_BAD_TOKEN && self->token != NULL)
    {
      g_clear_pointer (&self->token, g_free);
      g_clear_pointer (&self->member, g_free);
      try_now (self);
      return;
    }

  error = snug_signaling_error_from_code (message->code, message->message);
  /* We were let in, then dropped for something we said: come back. */
  if (self->welcomed && g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_PROTOCOL))
    error->code = SNUG_SIGNALING_ERROR_UNREACHABLE;
  fail (self, error);
}

/* With `again_after` the server comes back; not all of us in the same moment. */
static void
on_goodbye (SnugWebsocketSignaling *self, SnugSignalMessage *message)
{
  guint again_ms = (guint) MIN (message->again_after, 3600) * 1000;
  g_autoptr (GError) error =
    snug_signaling_error_from_code (SNUG_SIGNAL_CODE_EXPIRED, NULL);

  g_object_ref (self);
  snug_signaling_deliver (SNUG_SIGNALING (self), message);
  if (snug_signaling_get_state (SNUG_SIGNALING (self)) != SNUG_SIGNALING_CLOSED)
    {
      if (again_ms == 0)
        {
          give_up (self, error);
        }
      else
        {
          g_clear_error (&error);
          error = g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE,
                                       _("The server is starting again"));
          try_later (self, error, again_ms / 2 + (guint) g_random_int_range (0, (gint) again_ms));
        }
    }
  g_object_unref (self);
}

static void
deliver_translated (SnugWebsocketSignaling *self, const SnugSignalMessage *message)
{
  g_autoptr (GPtrArray) messages = snug_version_1_translate (&self->version_1, message);

  for (guint i = 0; i < messages->len && self->stream != NULL; i++)
    snug_signaling_deliver (SNUG_SIGNALING (self), g_ptr_array_index (messages, i));
}

static gboolean
is_for_server (SnugSignalType type)
{
  return type >= SNUG_SIGNAL_ENTER && type <= SNUG_SIGNAL_LOCK;
}

static void
handle (SnugWebsocketSignaling *self, SnugSignalMessage *message)
{
  if (message->type == SNUG_SIGNAL_ERROR)
    on_error (self, message);
  else if (message->type == SNUG_SIGNAL_PONG || is_for_server (message->type))
    ;
  else if (self->speaks_version_1)
    deliver_translated (self, message);
  else if (message->type == SNUG_SIGNAL_WELCOME)
    on_welcome (self, message);
  else if (message->type == SNUG_SIGNAL_GOODBYE)
    on_goodbye (self, message);
  else if (self->welcomed)
    snug_signaling_deliver (SNUG_SIGNALING (self), message);
}

static void
on_text (SnugWebsocketStream *stream, const char *text, gsize length, gpointer data)
{
  g_autoptr (SnugWebsocketSignaling) self = g_object_ref (data);
  g_autoptr (SnugSignalMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  message = snug_signal_message_decode (text, length, &error);
  if (message != NULL)
    handle (self, message);
  else
    g_debug ("dropped a frame: %s", error->message);
}

static void
on_alive (SnugWebsocketStream *stream, gpointer data)
{
  ((SnugWebsocketSignaling *) data)->heard_us = g_get_monotonic_time ();
}

/* It is told, but not waited for: what else it has to say is not read. */
static void
on_refused (SnugWebsocketStream *stream, SnugWebsocketRefusal why, gpointer data)
{
  g_autoptr (SnugWebsocketSignaling) self = g_object_ref (data);
  gboolean too_large = why == SNUG_WEBSOCKET_REFUSED_TOO_LARGE;
  g_autoptr (GError) error =
    g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE,
                         too_large ? _("The server sent more than a message may hold")
                                   : _("The server sent something that cannot be read"));

  snug_websocket_stream_close (stream, too_large ? SNUG_WEBSOCKET_CLOSE_TOO_BIG : SNUG_WEBSOCKET_CLOSE_PROTOCOL, "");
  fail (self, error);
}

static void
on_lost (SnugWebsocketStream *stream, gpointer data)
{
  g_autoptr (SnugWebsocketSignaling) self = g_object_ref (data);

  fail_unreachable (self, NULL);
}

static const SnugWebsocketListener listener = {
  .text = on_text,
  .alive = on_alive,
  .refused = on_refused,
  .lost = on_lost,
};

/* Attempts */

static gboolean
on_no_welcome (gpointer data)
{
  SnugWebsocketSignaling *self = data;

  fail_unreachable (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
fall_back (SnugWebsocketSignaling *self)
{
  g_autoptr (GError) error = NULL;

  if (self->retry.is_private)
    {
      error = g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_NOT_PRIVATE,
                                   _("This server cannot carry private rooms"));
      give_up (self, error);
      return;
    }
  g_debug ("the server speaks version 1");
  self->speaks_version_1 = TRUE;
  try_now (self);
}

static gboolean
on_version_1_time (gpointer data)
{
  fall_back (data);
  return G_SOURCE_REMOVE;
}

static void
on_socket_open (SnugWebsocketSignaling *self)
{
  g_autoptr (SnugSignalMessage) welcome = NULL;
  gboolean resumed = self->retry.was_in;

  self->heard_us = g_get_monotonic_time ();
  if (!self->speaks_version_1)
    {
      /* Who holds a token has met a server of version 2. */
      arm (self, self->token != NULL ? WELCOME_MS : VERSION_1_MS,
           self->token != NULL ? on_no_welcome : on_version_1_time);
      send_enter (self);
      return;
    }

  enter_open (self);
  welcome = snug_version_1_welcome (&self->version_1, resumed);
  snug_signaling_deliver (SNUG_SIGNALING (self), welcome);
}

/* Version 2 has a ping of its own. */
static void
listen (SnugWebsocketSignaling *self, GSocketConnection *connection)
{
  SnugWebsocketLimits limits = {
    .max_message_bytes = MAX_MESSAGE_BYTES,
    .max_fragments = MAX_FRAGMENTS,
    .ping_interval_ms = self->speaks_version_1 ? self->ping_ms : 0,
    .dead_after_ms = self->dead_ms,
    .is_client = TRUE,
  };

  g_clear_object (&self->cancellable);
  self->own_address = g_socket_connection_get_local_address (connection, NULL);
  self->stream = snug_websocket_stream_new (G_IO_STREAM (connection), connection, &limits, &listener, self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (SnugWebsocketSignaling) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) reason = NULL;
  SnugWebsocketAnswer answer;
  g_autoptr (GSocketConnection) connection = snug_websocket_connect_finish (result, &answer, &error);

  /* An attempt that we gave up: somebody else's business by now. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (connection != NULL)
    {
      snug_signaling_set_by_proxy (SNUG_SIGNALING (self), answer.by_proxy);
      listen (self, connection);
      on_socket_open (self);
      return;
    }

  /* Version 1 asks for a role (PROTOCOL.md section 1). */
  if (answer.status == STATUS_BAD_REQUEST && !self->speaks_version_1 && self->token == NULL)
    {
      fall_back (self);
      return;
    }
  reason = snug_signaling_error_from_answer (answer.status, answer.certificate_errors, error);
  fail (self, reason);
}

static gboolean
on_connect_time_over (gpointer data)
{
  SnugWebsocketSignaling *self = data;
  g_autoptr (GError) cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                                  g_strerror (ETIMEDOUT));

  fail_unreachable (self, cause);
  return G_SOURCE_REMOVE;
}

static char *
make_url (SnugWebsocketSignaling *self)
{
  if (self->speaks_version_1)
    return g_strdup_printf ("%s/api/ws?code=%s&role=%s", self->server, self->code, self->version_1.role);
  return g_strdup_printf ("%s/api/ws?code=%s&v=2", self->server, self->code);
}

static void
try_now (SnugWebsocketSignaling *self)
{
  g_autofree char *url = make_url (self);

  self->due = FALSE;
  self->told_to_wait = FALSE;
  drop_connection (self);
  self->cancellable = g_cancellable_new ();
  arm (self, CONNECT_MS, on_connect_time_over);
  snug_websocket_connect_async (url, self->cancellable, on_connected, g_object_ref (self));
}

/* The class */

static void
websocket_open (SnugSignaling *signaling)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);

  self->retry.first_try_us = g_get_monotonic_time ();
  snug_signaling_enter_state (signaling, SNUG_SIGNALING_CONNECTING, NULL);
  try_now (self);
}

static void
come_in_again (SnugWebsocketSignaling *self)
{
  g_autoptr (SnugWebsocketSignaling) keep = g_object_ref (self);

  drop_connection (self);
  snug_signaling_enter_state (SNUG_SIGNALING (self), SNUG_SIGNALING_RECONNECTING, NULL);
  if (snug_signaling_get_state (SNUG_SIGNALING (self)) == SNUG_SIGNALING_RECONNECTING)
    try_now (self);
}

static void
websocket_send (SnugSignaling *signaling, SnugSignalMessage *message)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);
  g_autoptr (SnugSignalMessage) translated = NULL;

  /* A page of version 1 offers to whoever comes in, and cannot be asked in another way. A server of version 2
   * does that for us. */
  if (message->type == SNUG_SIGNAL_RESTART && message->legacy && self->speaks_version_1)
    {
      if (!self->held)
        come_in_again (self);
      return;
    }
  if (!self->speaks_version_1)
    {
      send_message (self, message);
      return;
    }
  translated = snug_version_1_from_room (message);
  if (translated != NULL)
    send_message (self, translated);
}

/* Written now, as the program may end in the next moment. */
static void
say_leave (SnugWebsocketSignaling *self)
{
  g_autoptr (SnugSignalMessage) leave = snug_signal_message_new (SNUG_SIGNAL_LEAVE);

  if (!self->speaks_version_1)
    send_message (self, leave);
  snug_websocket_stream_close (self->stream, SNUG_WEBSOCKET_CLOSE_NORMAL, "");
  g_clear_object (&self->stream);
}

static void
websocket_close (SnugSignaling *signaling)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);

  if (self->stream != NULL)
    say_leave (self);
  give_up (self, NULL);
}

static void
websocket_retry (SnugSignaling *signaling)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);

  /* An attempt under way is as good as a new one. */
  if (self->cancellable == NULL && self->stream == NULL)
    try_now (self);
}

static gboolean
on_check_time (gpointer data)
{
  SnugWebsocketSignaling *self = data;

  if (self->heard_us >= self->checked_us)
    arm (self, self->ping_ms, on_ping_time);
  else
    come_in_again (self);
  return G_SOURCE_REMOVE;
}

/* In version 1 a ping has no answer that would say so. */
static void
ask_for_sign_of_life (SnugWebsocketSignaling *self)
{
  g_autoptr (SnugSignalMessage) ping = snug_signal_message_new (SNUG_SIGNAL_PING);

  if (!self->welcomed || self->speaks_version_1 || self->checked_us > self->heard_us)
    return;
  self->checked_us = g_get_monotonic_time ();
  send_message (self, ping);
  arm (self, CHECK_MS, on_check_time);
}

/* An attempt that is under way may be one on a way that is gone. */
static void
websocket_check (SnugSignaling *signaling)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);

  if (self->held && self->speaks_version_1)
    return;
  if (self->stream == NULL && self->told_to_wait)
    return;
  snug_retry_hasten (&self->retry);
  if (self->stream == NULL)
    try_now (self);
  else if (self->own_address != NULL && !snug_own_addresses_include (self->own_address))
    come_in_again (self);
  else
    ask_for_sign_of_life (self);
}

static void
websocket_hold (SnugSignaling *signaling, gboolean on)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);

  self->held = on;
  if (!on && self->due && snug_signaling_get_state (signaling) == SNUG_SIGNALING_RECONNECTING)
    try_now (self);
}

gboolean
snug_websocket_signaling_is_held (SnugSignaling *signaling)
{
  return SNUG_WEBSOCKET_SIGNALING (signaling)->due;
}

void
snug_websocket_signaling_set_private (SnugSignaling *signaling)
{
  SNUG_WEBSOCKET_SIGNALING (signaling)->retry.is_private = TRUE;
}

void
snug_websocket_signaling_set_ping (SnugSignaling *signaling, guint ping_ms, guint dead_ms)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (signaling);

  self->ping_ms = ping_ms;
  self->dead_ms = dead_ms;
}

SnugSignaling *
snug_websocket_signaling_new (const char *server, const char *code, const char *member, const char *token,
                              const char *role)
{
  SnugWebsocketSignaling *self = g_object_new (SNUG_TYPE_WEBSOCKET_SIGNALING, NULL);

  self->server = g_strdup (server);
  self->code = g_strdup (code);
  self->member = g_strdup (member);
  self->token = g_strdup (token);
  self->version_1.role = strcmp (role, "sender") == 0 ? "sender" : "receiver";
  return SNUG_SIGNALING (self);
}

static void
snug_websocket_signaling_dispose (GObject *object)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (object);

  drop_connection (self);
  G_OBJECT_CLASS (snug_websocket_signaling_parent_class)->dispose (object);
}

static void
snug_websocket_signaling_finalize (GObject *object)
{
  SnugWebsocketSignaling *self = SNUG_WEBSOCKET_SIGNALING (object);

  g_free (self->server);
  g_free (self->code);
  g_free (self->member);
  g_free (self->token);
  g_free (self->client);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (snug_websocket_signaling_parent_class)->finalize (object);
}

static void
snug_websocket_signaling_class_init (SnugWebsocketSignalingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SnugSignalingClass *signaling_class = SNUG_SIGNALING_CLASS (klass);

  object_class->dispose = snug_websocket_signaling_dispose;
  object_class->finalize = snug_websocket_signaling_finalize;
  signaling_class->open = websocket_open;
  signaling_class->send = websocket_send;
  signaling_class->close = websocket_close;
  signaling_class->retry = websocket_retry;
  signaling_class->hold = websocket_hold;
  signaling_class->check = websocket_check;
}

static void
snug_websocket_signaling_init (SnugWebsocketSignaling *self)
{
  guint8 name[CLIENT_BYTES];

  gnutls_rnd (GNUTLS_RND_NONCE, name, sizeof name);
  self->client = snug_bytes_to_hex (name, sizeof name);
  self->context = g_main_context_ref_thread_default ();
  self->retry = (SnugRetry) SNUG_RETRY_INIT;
  self->ping_ms = PING_MS;
  self->dead_ms = DEAD_MS;
}
