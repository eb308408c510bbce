/* What all layers have in common, and the network thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-context.h"
#include "snug-fake-transport.h"
#include "snug-network.h"
#include "snug-peer-connection.h"

typedef struct
{
  GMainContext      *context;
  SnugFakeTransport *a;
  SnugFakeTransport *b;
  GString           *heard;
} Fixture;

static void
set_up (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->context = g_main_context_new ();
  snug_fake_transport_new_pair (fixture->context, &fixture->a, &fixture->b);
  fixture->heard = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  snug_await_idle (fixture->context);
  g_assert_finalize_object (fixture->a);
  g_assert_finalize_object (fixture->b);
  g_main_context_unref (fixture->context);
  g_string_free (fixture->heard, TRUE);
}

static void
on_receive (G_GNUC_UNUSED SnugTransport *transport, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  g_string_append_len (user_data, (const char *) data, (gssize) n_bytes);
}

static void
send_text (SnugFakeTransport *transport, const char *text)
{
  g_assert_true (snug_transport_send (SNUG_TRANSPORT (transport), (const guint8 *) text, strlen (text)));
}

static void
test_early_datagrams_are_replayed_in_order (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  send_text (fixture->a, "1");
  send_text (fixture->a, "2");
  snug_await_idle (fixture->context);
  snug_transport_set_receiver (SNUG_TRANSPORT (fixture->b), on_receive, fixture->heard);
  g_assert_cmpstr (fixture->heard->str, ==, "12");
  send_text (fixture->a, "3");
  snug_await_idle (fixture->context);
  g_assert_cmpstr (fixture->heard->str, ==, "123");
}

/* A stranger cannot fill our memory before we listen. */
static void
test_early_datagrams_are_few (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  for (int i = 0; i < SNUG_TRANSPORT_MAX_EARLY + 1; i++)
    send_text (fixture->a, i < SNUG_TRANSPORT_MAX_EARLY ? "x" : "y");
  snug_await_idle (fixture->context);
  snug_transport_set_receiver (SNUG_TRANSPORT (fixture->b), on_receive, fixture->heard);
  g_assert_cmpuint (fixture->heard->len, ==, SNUG_TRANSPORT_MAX_EARLY);
  g_assert_null (strchr (fixture->heard->str, 'y'));
}

static void
on_first (SnugTransport *transport, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  on_receive (transport, data, n_bytes, user_data);
  snug_transport_set_receiver (transport, NULL, NULL);
}

/* A receiver that leaves during the replay leaves the rest for the next. */
static void
test_replay_stops_with_the_receiver (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  send_text (fixture->a, "1");
  send_text (fixture->a, "2");
  snug_await_idle (fixture->context);
  snug_transport_set_receiver (SNUG_TRANSPORT (fixture->b), on_first, fixture->heard);
  g_assert_cmpstr (fixture->heard->str, ==, "1");
  snug_transport_set_receiver (SNUG_TRANSPORT (fixture->b), on_receive, fixture->heard);
  g_assert_cmpstr (fixture->heard->str, ==, "12");
}

static void
count (G_GNUC_UNUSED SnugTransport *transport, guint *n)
{
  (*n)++;
}

static GError *
an_error (const char *message)
{
  return g_error_new_literal (SNUG_RTC_ERROR, SNUG_RTC_ERROR_DTLS, message);
}

static void
test_moves_that_are_allowed (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  SnugTransport *transport = SNUG_TRANSPORT (fixture->a);
  guint n = 0;

  g_signal_connect (transport, "state-changed", G_CALLBACK (count), &n);
  g_assert_false (snug_transport_enter (transport, SNUG_TRANSPORT_CONNECTED, NULL));
  g_assert_false (snug_transport_enter (transport, SNUG_TRANSPORT_CONNECTING, NULL));
  g_assert_false (snug_transport_enter (transport, SNUG_TRANSPORT_NEW, NULL));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (snug_transport_enter (transport, SNUG_TRANSPORT_DISCONNECTED, NULL));
  g_assert_true (snug_transport_enter (transport, SNUG_TRANSPORT_CONNECTED, NULL));
  g_assert_true (snug_transport_enter (transport, SNUG_TRANSPORT_FAILED, an_error ("first")));
  g_assert_cmpuint (n, ==, 3);

  /* the dead stay dead, and the first reason is the reason */
  g_assert_false (snug_transport_enter (transport, SNUG_TRANSPORT_CONNECTED, NULL));
  g_assert_false (snug_transport_enter (transport, SNUG_TRANSPORT_FAILED, an_error ("second")));
  g_assert_cmpstr (snug_transport_get_error (transport)->message, ==, "first");
  snug_transport_close (transport);
  snug_transport_close (transport);
  g_assert_cmpint (snug_transport_get_state (transport), ==, SNUG_TRANSPORT_CLOSED);
  g_assert_cmpuint (n, ==, 4);
}

static void
note_thread (gpointer data)
{
  GThread **thread = data;

  g_assert_true (g_main_context_is_owner (snug_network_get_context ()));
  g_assert_true (g_main_context_get_thread_default () == snug_network_get_context ());
  g_atomic_pointer_set (thread, g_thread_self ());
}

static void
wake (gpointer data)
{
  g_main_context_wakeup (data);
}

static void
test_network_thread (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GThread *thread = NULL;

  g_assert_true (snug_network_get_context () == snug_network_get_context ());
  g_assert_false (g_main_context_is_owner (snug_network_get_context ()));
  snug_context_post (snug_network_get_context (), note_thread, &thread, NULL);
  snug_context_post (snug_network_get_context (), wake, context, NULL);
  snug_await (context, g_atomic_pointer_get (&thread) != NULL);
  g_assert_true (thread != g_thread_self ());
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/transport/early-datagrams-are-replayed-in-order", test_early_datagrams_are_replayed_in_order);
  ADD ("/transport/early-datagrams-are-few", test_early_datagrams_are_few);
  ADD ("/transport/replay-stops-with-the-receiver", test_replay_stops_with_the_receiver);
  ADD ("/transport/moves-that-are-allowed", test_moves_that_are_allowed);
  g_test_add_func ("/network/thread", test_network_thread);
  return g_test_run ();
}
