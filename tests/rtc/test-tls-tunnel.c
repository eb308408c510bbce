/* The way to a relay over TLS: what comes to its door goes on as TLS or not at all. That it goes on to a server whose
 * certificate is trusted is in tests/lab/cells.py.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-tls-tunnel.h"

#include <string.h>

#include "snug-await.h"

/* RFC 8446 section 5.1: a handshake record, and any version of it. */
#define HANDSHAKE 0x16
#define ALLOCATE "\x00\x03\x00\x00"

typedef struct
{
  GSocketListener   *relay;
  SnugTlsTunnel     *tunnel;
  GSocketConnection *visitor;     /* at the door */
  GSocketConnection *arrived;     /* nullable: at the relay */
  guint8             first;       /* byte that the relay got */
  gboolean           heard;       /* the relay did, or the end */
  gboolean           ended;       /* the visitor found the door shut */
  guint8             buffer[16];
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

  f->arrived = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL, NULL);
  g_assert_nonnull (f->arrived);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (f->arrived)), f->buffer, sizeof f->buffer,
                             G_PRIORITY_DEFAULT, NULL, on_heard, f);
}

static void
on_visitor_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  /* A reset is as good an end as any. */
  g_assert_cmpint (g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL), <=, 0);
  f->ended = TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  guint16 port;
  static guint8 unused[1];

  f->relay = g_socket_listener_new ();
  port = g_socket_listener_add_any_inet_port (f->relay, NULL, &error);
  g_assert_no_error (error);
  g_socket_listener_accept_async (f->relay, NULL, on_arrived, f);
  f->tunnel = snug_tls_tunnel_new ("127.0.0.1", port, G_SOCKET_FAMILY_IPV4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (snug_tls_tunnel_get_door (f->tunnel), ==, "127.0.0.1");

  f->visitor = g_socket_client_connect_to_host (client, snug_tls_tunnel_get_door (f->tunnel),
                                                snug_tls_tunnel_get_port (f->tunnel), NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (f->visitor)), ALLOCATE, sizeof ALLOCATE - 1, NULL,
                             NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (f->visitor)), unused, sizeof unused,
                             G_PRIORITY_DEFAULT, NULL, on_visitor_read, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_pointer (&f->tunnel, snug_tls_tunnel_free);
  snug_await (NULL, f->ended);
  snug_await_idle (NULL);
  g_clear_object (&f->arrived);
  g_clear_object (&f->visitor);
  g_clear_object (&f->relay);
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
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (f->arrived)), "no TLS here", 11, NULL, NULL,
                             NULL);
  snug_await (NULL, f->ended);
}

static void
test_goes_with_who_is_in_it (Fixture *f, gconstpointer data)
{
  snug_await (NULL, f->heard);
  g_clear_pointer (&f->tunnel, snug_tls_tunnel_free);
  snug_await (NULL, f->ended);
}

static void
test_names_the_server (void)
{
  g_autoptr (GError) error = NULL;
  SnugTlsTunnel *tunnel = snug_tls_tunnel_new ("2001:db8::1", 443, G_SOCKET_FAMILY_IPV4, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (snug_tls_tunnel_get_server (tunnel), ==, "[2001:db8::1]:443");
  snug_tls_tunnel_free (tunnel);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/tls-tunnel/says-nothing-but-tls", Fixture, NULL, set_up, test_says_nothing_but_tls, tear_down);
  g_test_add ("/tls-tunnel/shuts-the-door", Fixture, NULL, set_up, test_shuts_the_door, tear_down);
  g_test_add ("/tls-tunnel/goes-with-who-is-in-it", Fixture, NULL, set_up, test_goes_with_who_is_in_it, tear_down);
  g_test_add_func ("/tls-tunnel/names-the-server", test_names_the_server);
  return g_test_run ();
}
