/* The clock of usrsctp: how often it ticks. That it does is seen by whoever has timers in it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <usrsctp.h>

#include "snug-usrsctp.h"

/* The linker puts this in front of the real one: what the ticks are armed with. */
GSource *__real_snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data);
GSource *__wrap_snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data);

static guint armed_ms;

GSource *
__wrap_snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data)
{
  armed_ms = delay_ms;
  return __real_snug_context_timeout (context, delay_ms, func, data);
}

static void
on_output (gpointer user_data, G_GNUC_UNUSED guint8 *packet, G_GNUC_UNUSED gsize n_bytes)
{
  (*(guint *) user_data)++;
}

static void
on_ticked (G_GNUC_UNUSED gpointer user_data)
{
}

/* Sends the first packet of an association to nobody. */
static struct socket *
begin_association (guintptr address)
{
  struct sockaddr_conn to = { .sconn_family = AF_CONN, .sconn_port = GUINT16_TO_BE (5000), .sconn_addr = (void *) address };
  struct socket *socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);

  g_assert_nonnull (socket);
  usrsctp_set_non_blocking (socket, 1);
  g_assert_cmpint (usrsctp_bind (socket, (struct sockaddr *) &to, sizeof to), ==, 0);
  usrsctp_connect (socket, (struct sockaddr *) &to, sizeof to);
  return socket;
}

/* The tick that was under way may end first. */
#define MAX_TICKS 10

static void
iterate_while_armed_with (GMainContext *context, guint tick_ms)
{
  for (guint i = 0; i < MAX_TICKS && armed_ms == tick_ms; i++)
    g_main_context_iteration (context, TRUE);
}

static void
test_silence (void)
{
  static const SnugUsrsctpUser user = { on_output, on_ticked };
  GMainContext *context = g_main_context_new ();
  guint n_sent = 0, busy_ms, silent_ms;
  guintptr address = snug_usrsctp_add (context, &user, &n_sent);
  struct socket *socket;

  busy_ms = armed_ms;
  iterate_while_armed_with (context, busy_ms);
  silent_ms = armed_ms;
  g_assert_cmpuint (silent_ms, >, busy_ms);

  socket = begin_association (address);
  g_assert_cmpuint (n_sent, >, 0);
  iterate_while_armed_with (context, silent_ms);
  g_assert_cmpuint (armed_ms, ==, busy_ms);

  usrsctp_close (socket);
  snug_usrsctp_remove (address);
  g_main_context_unref (context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/usrsctp/ticks-less-often-while-nothing-is-sent", test_silence);
  return g_test_run ();
}
