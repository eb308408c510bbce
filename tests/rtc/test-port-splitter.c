/* Several associations over one layer: who is heard first, and what may wait.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-context.h"
#include "snug-fake-transport.h"
#include "snug-passing-time.h"
#include "snug-port-splitter.h"

#define WORDS 5000
#define FILES 5001
#define STRIPE 5002
#define STRANGE 5003
#define HEADER_BYTES 4
/* Longer than a turn. */
#define A_WHILE_MS 10

typedef struct
{
  GMainContext      *context;
  SnugFakeTransport *below;
  SnugFakeTransport *other;
  SnugPortSplitter  *splitter;     /* nullable */
  SnugTransport     *words;
  SnugTransport     *files;
  SnugTransport     *stripe;
  SnugTransport     *late;         /* nullable: opened by a strange packet */
  GString           *heard;        /* the last byte of each packet */
  gboolean           takes_long;   /* to hear one */
  gboolean           frees;        /* the splitter, when it hears one */
  gboolean           opens;        /* a lane for what is strange */
} Fixture;

static void
on_heard (G_GNUC_UNUSED SnugTransport *transport, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_c (fixture->heard, (char) data[n_bytes - 1]);
  if (fixture->takes_long)
    snug_let_pass (A_WHILE_MS);
  if (fixture->frees)
    g_clear_pointer (&fixture->splitter, snug_port_splitter_free);
}

static SnugTransport *
add_lane (Fixture *fixture, guint16 port)
{
  SnugTransport *lane = snug_port_splitter_add (fixture->splitter, port);

  snug_transport_set_receiver (lane, on_heard, fixture);
  return lane;
}

static void
on_strange (guint16 port, G_GNUC_UNUSED const guint8 *packet, G_GNUC_UNUSED gsize n_bytes, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_c (fixture->heard, '?');
  if (fixture->opens)
    fixture->late = add_lane (fixture, port);
}

static void
set_up (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->context = g_main_context_new ();
  snug_fake_transport_new_pair (fixture->context, &fixture->below, &fixture->other);
  fixture->heard = g_string_new (NULL);
  fixture->splitter = snug_port_splitter_new (SNUG_TRANSPORT (fixture->below));
  snug_port_splitter_set_strange_func (fixture->splitter, on_strange, fixture);
  fixture->words = add_lane (fixture, WORDS);
  fixture->files = add_lane (fixture, FILES);
  fixture->stripe = add_lane (fixture, STRIPE);
}

static void
tear_down (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_clear_pointer (&fixture->splitter, snug_port_splitter_free);
  g_assert_finalize_object (fixture->words);
  g_assert_finalize_object (fixture->files);
  g_assert_finalize_object (fixture->stripe);
  g_clear_object (&fixture->late);
  g_assert_finalize_object (fixture->below);
  g_assert_finalize_object (fixture->other);
  g_main_context_unref (fixture->context);
  g_string_free (fixture->heard, TRUE);
}

/* A packet of N_BYTES from anywhere to PORT, which ends with MARK, has been read. */
static void
read_packet_of (Fixture *fixture, guint16 port, char mark, gsize n_bytes)
{
  g_autofree guint8 *packet = g_malloc0 (n_bytes);

  packet[2] = (guint8) (port >> 8);
  packet[3] = (guint8) port;
  packet[n_bytes - 1] = (guint8) mark;
  snug_fake_transport_inject (fixture->below, packet, n_bytes);
}

static void
read_packet (Fixture *fixture, guint16 port, char mark)
{
  read_packet_of (fixture, port, mark, HEADER_BYTES + 1);
}

static void
assert_heard (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->heard->str, ==, expected);
}

static void
test_words_pass_files (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  read_packet (fixture, FILES, '1');
  read_packet (fixture, FILES, '2');
  read_packet (fixture, WORDS, 'w');
  read_packet (fixture, FILES, '3');
  read_packet (fixture, WORDS, 'x');
  assert_heard (fixture, "wx");
  snug_await_idle (fixture->context);
  assert_heard (fixture, "wx123");
}

static void
test_files_stay_in_order (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  read_packet (fixture, FILES, '1');
  read_packet (fixture, STRIPE, '2');
  read_packet (fixture, STRIPE, '3');
  read_packet (fixture, FILES, '4');
  snug_await_idle (fixture->context);
  assert_heard (fixture, "1234");
}

static void
on_posted (gpointer user_data)
{
  Fixture *fixture = user_data;

  read_packet (fixture, WORDS, 'w');
  if (strlen (fixture->heard->str) < 5)
    snug_context_post (fixture->context, on_posted, fixture, NULL);
}

/* However much waits: what is read or posted meanwhile has its turn after each of theirs. */
static void
test_turns_end (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->takes_long = TRUE;
  for (char mark = '1'; mark <= '3'; mark++)
    read_packet (fixture, FILES, mark);
  snug_context_post (fixture->context, on_posted, fixture, NULL);
  snug_await_idle (fixture->context);
  assert_heard (fixture, "1w2w3w");
}

/* A peer that sends without waiting for an answer does not fill our memory: what is too much is heard at once. */
static void
test_little_may_wait (Fixture *fixture, gconstpointer data)
{
  gsize n_bytes = GPOINTER_TO_SIZE (data);
  guint n_read = 0;

  while (fixture->heard->len < 3)
    {
      read_packet_of (fixture, FILES, (char) ('a' + n_read % 26), n_bytes);
      /* one that is small costs memory, too */
      g_assert_cmpuint (++n_read * (n_bytes + 100), <=, 2 * 1024 * 1024);
    }
  assert_heard (fixture, "abc");
  snug_await_idle (fixture->context);
  g_assert_cmpuint (fixture->heard->len, ==, n_read);
  for (guint i = 0; i < n_read; i++)
    g_assert_cmpint (fixture->heard->str[i], ==, 'a' + (int) (i % 26));
}

static void
test_strange_packets (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  read_packet (fixture, STRANGE, '1');
  snug_await_idle (fixture->context);
  assert_heard (fixture, "?");
  fixture->opens = TRUE;
  read_packet (fixture, FILES, '2');
  read_packet (fixture, STRANGE, '3');
  read_packet (fixture, STRANGE, '4');
  snug_await_idle (fixture->context);
  assert_heard (fixture, "?2?34");
}

/* What still waits for it then is as strange as what comes later. */
static void
test_a_lane_that_is_removed (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  read_packet (fixture, FILES, '1');
  read_packet (fixture, STRIPE, '2');
  snug_port_splitter_remove (fixture->splitter, FILES);
  snug_await_idle (fixture->context);
  assert_heard (fixture, "?2");
}

static void
test_freed_by_what_it_brings (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  for (char mark = '1'; mark <= '3'; mark++)
    read_packet (fixture, FILES, mark);
  fixture->frees = TRUE;
  snug_await_idle (fixture->context);
  assert_heard (fixture, "1");
  g_assert_null (fixture->splitter);
}

static void
test_freed_while_too_much_waits (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->frees = TRUE;
  while (fixture->splitter != NULL)
    read_packet_of (fixture, FILES, '1', 64 * 1024);
  assert_heard (fixture, "1");
}

static void
test_what_is_no_packet (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  snug_fake_transport_inject (fixture->below, "abc", 3);
  snug_await_idle (fixture->context);
  assert_heard (fixture, "");
}

static void
add (const char *path, void (*test) (Fixture *fixture, gconstpointer data), gsize data)
{
  g_test_add (path, Fixture, GSIZE_TO_POINTER (data), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/port-splitter/words-pass-files", test_words_pass_files, 0);
  add ("/port-splitter/files-stay-in-order", test_files_stay_in_order, 0);
  add ("/port-splitter/turns-end", test_turns_end, 0);
  add ("/port-splitter/little-may-wait/large-packets", test_little_may_wait, 8912);
  add ("/port-splitter/little-may-wait/small-packets", test_little_may_wait, HEADER_BYTES + 1);
  add ("/port-splitter/strange-packets", test_strange_packets, 0);
  add ("/port-splitter/a-lane-that-is-removed", test_a_lane_that_is_removed, 0);
  add ("/port-splitter/freed-by-what-it-brings", test_freed_by_what_it_brings, 0);
  add ("/port-splitter/freed-while-too-much-waits", test_freed_while_too_much_waits, 0);
  add ("/port-splitter/what-is-no-packet", test_what_is_no_packet, 0);
  return g_test_run ();
}
