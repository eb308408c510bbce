/* The way to a relay: what comes to its door goes on as TLS or not at all, if that is wanted, and what the relay does then
 * is not all told. That it goes on to a server whose certificate is trusted is in tests/lab/cells.py.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-relay-tunnel.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "snug-await.h"

/* RFC 8446 section 5.1: a handshake record, and any version of it. */
#define HANDSHAKE 0x16
#define ALLOCATE "\x00\x03\x00\x00"

typedef struct
{
  GSocketConnection *connection;   /* at the door */
  gboolean           ended;        /* found it shut */
  GByteArray        *heard;
  guint8             buffer[64];
} Visitor;

typedef struct
{
  GSocketListener *relay;
  GCancellable    *closing;        /* of the relay */
  SnugRelayTunnel   *tunnel;
  Visitor          visitors[2];
  guint            n_visitors;
  GPtrArray       *arrived;        /* at the relay */
  guint            handler;        /* of what is logged */
  guint8           first;          /* byte that the relay got of the first */
  gboolean         heard;          /* it did, or the end */
  gboolean         failed;         /* the door did */
  gboolean         has_ended;      /* the relay, for the tunnel */
  guint8           buffer[16];
} Fixture;

static void
on_heard (GObject *stream, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  if (g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL) > 0)
    f->first = f->buffer[0];
  f->heard = TRUE;
}

static void
on_arrived (GObject *listener, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *arrived = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_assert_no_error (error);
  g_ptr_array_add (f->arrived, arrived);
  if (f->arrived->len == 1)
    g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (arrived)), f->buffer, sizeof f->buffer,
                               G_PRIORITY_DEFAULT, NULL, on_heard, f);
  g_socket_listener_accept_async (f->relay, f->closing, on_arrived, f);
}

static void on_visitor_read (GObject *stream, GAsyncResult *result, gpointer data);

static void
listen_at_door (Visitor *visitor)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (visitor->connection)), visitor->buffer,
                             sizeof visitor->buffer, G_PRIORITY_DEFAULT, NULL, on_visitor_read, visitor);
}

static void
on_visitor_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Visitor *visitor = data;
  gssize n_bytes = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  /* A reset is as good an end as any. */
  visitor->ended = n_bytes <= 0;
  if (visitor->ended)
    return;
  g_byte_array_append (visitor->heard, visitor->buffer, (guint) n_bytes);
  listen_at_door (visitor);
}

static Visitor *
come_by (Fixture *f)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  Visitor *visitor = &f->visitors[f->n_visitors++];

  visitor->connection = g_socket_client_connect_to_host (client, snug_relay_tunnel_get_door (f->tunnel),
                                                         snug_relay_tunnel_get_port (f->tunnel), NULL, &error);
  g_assert_no_error (error);
  visitor->heard = g_byte_array_new ();
  listen_at_door (visitor);
  return visitor;
}

static void
on_debug (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  Fixture *f = data;

  f->failed = f->failed || strstr (message, "at the door") != NULL;
  f->has_ended = f->has_ended || strstr (message, "the relay") != NULL;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SnugIceServerAddress relay = { GPOINTER_TO_INT (data), (char *) "127.0.0.1", 0 };

  f->handler = g_log_set_handler ("snug-rtc", G_LOG_LEVEL_DEBUG, on_debug, f);
  f->closing = g_cancellable_new ();
  f->arrived = g_ptr_array_new_with_free_func (g_object_unref);
  f->relay = g_socket_listener_new ();
  relay.port = g_socket_listener_add_any_inet_port (f->relay, NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_accept_async (f->relay, f->closing, on_arrived, f);
  f->tunnel = snug_relay_tunnel_new (&relay, G_SOCKET_FAMILY_IPV4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (snug_relay_tunnel_get_door (f->tunnel), ==, "127.0.0.1");

  come_by (f);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (f->visitors[0].connection)), ALLOCATE,
                             sizeof ALLOCATE - 1, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->tunnel, snug_relay_tunnel_free);
  g_cancellable_cancel (f->closing);
  for (guint i = 0; i < f->n_visitors; i++)
    snug_await (NULL, f->visitors[i].ended);
  snug_await_idle (NULL);
  for (guint i = 0; i < f->n_visitors; i++)
    {
      g_clear_object (&f->visitors[i].connection);
      g_byte_array_unref (f->visitors[i].heard);
    }
  g_clear_pointer (&f->arrived, g_ptr_array_unref);
  g_clear_object (&f->relay);
  g_clear_object (&f->closing);
  g_log_remove_handler ("snug-rtc", f->handler);
}

static void
test_says_nothing_but_tls (Fixture *f, gconstpointer data)
{
  snug_await (NULL, f->heard);
  g_assert_cmphex (f->first, ==, HANDSHAKE);
}

/* What answers is no TLS: the visitor hears of it by the end. */
static void
test_shuts_the_door (Fixture *f, gconstpointer data)
{
  snug_await (NULL, f->heard);
  g_output_stream_write_all (g_io_stream_get_output_stream (f->arrived->pdata[0]), "no TLS here", 11, NULL, NULL, NULL);
  snug_await (NULL, f->visitors[0].ended);
}

/* By the relay, to the first that came. */
static void
say (Fixture *f, const char *bytes, gsize n_bytes)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (f->arrived->pdata[0]), bytes, n_bytes, NULL, NULL, NULL);
}

/* ChannelData of one byte, which is padded. */
#define ON_CHANNEL(byte) "\x40\x00\x00\x01" byte "\x00\x00\x00"
#define SENT_ELSEWHERE "\x01\x13\x00\x08\x21\x12\xa4\x42" "an id of 12." "\x00\x09\x00\x04\x00\x00\x03\x00"

/* In plain words both hear each other, and the end of the relay is not told: libnice would not survive it. */
static void
test_keeps_the_end_of_the_relay_to_itself (Fixture *f, gconstpointer data)
{
  Visitor *visitor = &f->visitors[0];

  snug_await (NULL, f->heard);
  g_assert_cmphex (f->first, ==, ALLOCATE[0]);
  say (f, ON_CHANNEL ("a"), sizeof ON_CHANNEL ("a") - 1);
  snug_await (NULL, visitor->heard->len == sizeof ON_CHANNEL ("a") - 1);

  g_io_stream_close (f->arrived->pdata[0], NULL, NULL);
  snug_await (NULL, f->has_ended);
  /* What is said to nobody is no end, either. */
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (visitor->connection)), ALLOCATE,
                                                sizeof ALLOCATE - 1, NULL, NULL, NULL));
      snug_await_idle (NULL);
    }
  g_assert_false (visitor->ended);
}

#define NOTHING_ON_CHANNEL "\x40\x00\x00\x00"

/* Also if it comes alone. */
static void
test_keeps_empty_datagrams_to_itself (Fixture *f, gconstpointer data)
{
  Visitor *visitor = &f->visitors[0];

  snug_await (NULL, f->heard);
  say (f, NOTHING_ON_CHANNEL, sizeof NOTHING_ON_CHANNEL - 1);
  snug_await_idle (NULL);
  say (f, NOTHING_ON_CHANNEL ON_CHANNEL ("a"), sizeof NOTHING_ON_CHANNEL ON_CHANNEL ("a") - 1);
  snug_await (NULL, visitor->heard->len >= sizeof ON_CHANNEL ("a") - 1);
  g_assert_cmpmem (visitor->heard->data, visitor->heard->len, ON_CHANNEL ("a"), sizeof ON_CHANNEL ("a") - 1);
}

/* To where the relay sends it, libnice would go by itself. */
static void
test_is_not_sent_elsewhere (Fixture *f, gconstpointer data)
{
  Visitor *visitor = &f->visitors[0];

  snug_await (NULL, f->heard);
  say (f, ON_CHANNEL ("a"), sizeof ON_CHANNEL ("a") - 1);
  snug_await (NULL, visitor->heard->len == sizeof ON_CHANNEL ("a") - 1);
  say (f, SENT_ELSEWHERE ON_CHANNEL ("b"), sizeof SENT_ELSEWHERE ON_CHANNEL ("b") - 1);
  snug_await (NULL, f->has_ended);
  snug_await_idle (NULL);
  g_assert_cmpuint (visitor->heard->len, ==, sizeof ON_CHANNEL ("a") - 1);
  g_assert_false (visitor->ended);
}

/* Who leaves by the door has left the relay, too. */
static void
test_takes_leave (Fixture *f, gconstpointer data)
{
  Visitor *visitor = &f->visitors[0];

  snug_await (NULL, f->heard);
  f->heard = FALSE;
  g_input_stream_read_async (g_io_stream_get_input_stream (f->arrived->pdata[0]), f->buffer, sizeof f->buffer,
                             G_PRIORITY_DEFAULT, NULL, on_heard, f);
  g_socket_shutdown (g_socket_connection_get_socket (visitor->connection), FALSE, TRUE, NULL);
  snug_await (NULL, f->heard && visitor->ended);
}

/* The relay hears the end; who is inside does not, whatever is said. */
static void
test_mute (Fixture *f, gconstpointer data)
{
  Visitor *visitor = &f->visitors[0], *late;
  GOutputStream *words = g_io_stream_get_output_stream (G_IO_STREAM (visitor->connection));

  snug_await (NULL, f->heard);
  f->heard = FALSE;
  f->first = 0xff;
  g_input_stream_read_async (g_io_stream_get_input_stream (f->arrived->pdata[0]), f->buffer, sizeof f->buffer,
                             G_PRIORITY_DEFAULT, NULL, on_heard, f);
  snug_relay_tunnel_mute (f->tunnel);
  g_assert_true (g_output_stream_write_all (words, ALLOCATE, sizeof ALLOCATE - 1, NULL, NULL, NULL));
  snug_await (NULL, f->heard);
  g_assert_cmphex (f->first, ==, 0xff);

  g_assert_true (g_output_stream_write_all (words, ALLOCATE, sizeof ALLOCATE - 1, NULL, NULL, NULL));
  late = come_by (f);
  snug_await (NULL, late->ended);
  snug_await_idle (NULL);
  g_assert_false (visitor->ended);
  g_assert_cmpuint (f->arrived->len, ==, 1);
}

static void
test_goes_with_who_is_in_it (Fixture *f, gconstpointer data)
{
  snug_await (NULL, f->heard);
  g_clear_pointer (&f->tunnel, snug_relay_tunnel_free);
  snug_await (NULL, f->visitors[0].ended);
}

/* While this program may open no further file, nobody is let in. */
static void
test_opens_again (Fixture *f, gconstpointer data)
{
  struct rlimit limit, none;
  int next;

  snug_await (NULL, f->heard);
  come_by (f);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  next = dup (STDERR_FILENO);
  close (next);
  none = (struct rlimit) { .rlim_cur = (rlim_t) next, .rlim_max = limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  snug_await (NULL, f->failed);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  snug_await (NULL, f->arrived->len == 2);
}

static void
test_names_the_server (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugIceServerAddress) server = snug_ice_server_address_parse ("turns:[2001:db8::1]:443");
  SnugRelayTunnel *tunnel = snug_relay_tunnel_new (server, G_SOCKET_FAMILY_IPV4, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (snug_relay_tunnel_get_server (tunnel), ==, "[2001:db8::1]:443");
  snug_relay_tunnel_free (tunnel);
}

#define ADD(name, kind, func)                                                                                            \
  g_test_add ("/relay-tunnel/" name, Fixture, GINT_TO_POINTER (SNUG_ICE_SERVER_TURN_ ## kind), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("says-nothing-but-tls", TLS, test_says_nothing_but_tls);
  ADD ("shuts-the-door", TLS, test_shuts_the_door);
  ADD ("keeps-the-end-of-the-relay-to-itself", TCP, test_keeps_the_end_of_the_relay_to_itself);
  ADD ("keeps-empty-datagrams-to-itself", TCP, test_keeps_empty_datagrams_to_itself);
  ADD ("is-not-sent-elsewhere", TCP, test_is_not_sent_elsewhere);
  ADD ("takes-leave", TCP, test_takes_leave);
  ADD ("mute", TCP, test_mute);
  ADD ("goes-with-who-is-in-it", TLS, test_goes_with_who_is_in_it);
  ADD ("opens-again", TLS, test_opens_again);
  g_test_add_func ("/relay-tunnel/names-the-server", test_names_the_server);
  return g_test_run ();
}
