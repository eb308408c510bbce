/* The way to a relay over TLS: what comes to its door goes on as TLS or not at all. That it goes on to a server whose
 * certificate is trusted is in tests/lab/cells.py.
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
  guint8             unused[1];
} Visitor;

typedef struct
{
  GSocketListener *relay;
  GCancellable    *closing;        /* of the relay */
  SnugRelayTunnel   *tunnel;
  Visitor          visitors[2];
  guint            n_visitors;
  GPtrArray       *arrived;        /* at the relay */
  guint8           first;          /* byte that the relay got of the first */
  gboolean         heard;          /* it did, or the end */
  gboolean         failed;         /* the door did */
  guint8           buffer[16];
} Fixture;

static void
on_heard (GObject *stream, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);
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

static void
on_visitor_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Visitor *visitor = data;

  /* A reset is as good an end as any. */
  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL), <=, 0);
  visitor->ended = TRUE;
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
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (visitor->connection)), visitor->unused,
                             sizeof visitor->unused, G_PRIORITY_DEFAULT, NULL, on_visitor_read, visitor);
  return visitor;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SnugIceServerAddress relay = { SNUG_ICE_SERVER_TURN_TLS, (char *) "127.0.0.1", 0 };

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
    g_clear_object (&f->visitors[i].connection);
  g_clear_pointer (&f->arrived, g_ptr_array_unref);
  g_clear_object (&f->relay);
  g_clear_object (&f->closing);
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

static void
test_goes_with_who_is_in_it (Fixture *f, gconstpointer data)
{
  snug_await (NULL, f->heard);
  g_clear_pointer (&f->tunnel, snug_relay_tunnel_free);
  snug_await (NULL, f->visitors[0].ended);
}

static void
on_debug (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  Fixture *f = data;

  f->failed = f->failed || strstr (message, "at the door") != NULL;
}

/* While this program may open no further file, nobody is let in. */
static void
test_opens_again (Fixture *f, gconstpointer data)
{
  guint handler = g_log_set_handler ("snug-rtc", G_LOG_LEVEL_DEBUG, on_debug, f);
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
  g_log_remove_handler ("snug-rtc", handler);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/relay-tunnel/says-nothing-but-tls", Fixture, NULL, set_up, test_says_nothing_but_tls, tear_down);
  g_test_add ("/relay-tunnel/shuts-the-door", Fixture, NULL, set_up, test_shuts_the_door, tear_down);
  g_test_add ("/relay-tunnel/goes-with-who-is-in-it", Fixture, NULL, set_up, test_goes_with_who_is_in_it, tear_down);
  g_test_add ("/relay-tunnel/opens-again", Fixture, NULL, set_up, test_opens_again, tear_down);
  g_test_add_func ("/relay-tunnel/names-the-server", test_names_the_server);
  return g_test_run ();
}
