/* How much an association may keep, on paths that the test tells of.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-send-room.h"

#define MB 1000000
#define PACKET_BYTES 1400
/* What usrsctp keeps account of. */
#define MAPPED_CHUNKS 4096

static void
test_grows_on_a_long_path (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_cmpuint (room.n_bytes, ==, SNUG_USRSCTP_SEND_BUFFER);
  g_assert_false (snug_send_room_feed (&room, 200000, 100, PACKET_BYTES));
  g_assert_true (snug_send_room_feed (&room, 1 * MB, 100, PACKET_BYTES));
  g_assert_cmpuint (room.n_bytes, ==, 2 * MB);
  g_assert_true (snug_send_room_feed (&room, 50 * MB, 100, PACKET_BYTES));
  g_assert_cmpuint (room.n_bytes, >, 5 * MB);
  g_assert_cmpuint (room.n_bytes, <, MAPPED_CHUNKS * (PACKET_BYTES - 28));
  g_assert_false (snug_send_room_feed (&room, 60 * MB, 100, PACKET_BYTES));
}

/* There the peer is what is slow, and what waits for it is no use. A queue is no distance. */
static void
test_stays_on_a_short_one (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_false (snug_send_room_feed (&room, 50 * MB, 0, PACKET_BYTES));
  g_assert_false (snug_send_room_feed (&room, 50 * MB, 2, PACKET_BYTES));
  g_assert_false (snug_send_room_feed (&room, 50 * MB, 80, PACKET_BYTES));
  g_assert_cmpuint (room.n_bytes, ==, SNUG_USRSCTP_SEND_BUFFER);
}

/* Bytes a millisecond from then on, looked at as the clock of usrsctp ticks. */
static void
let_arrive (SnugSendRoom *room, gint64 from_ms, guint bytes_a_ms, gsize window_bytes, guint rtt_ms)
{
  for (guint64 passed_ms = 0; passed_ms <= 100; passed_ms += 10)
    {
      snug_send_room_note (room, passed_ms * bytes_a_ms, rtt_ms, from_ms + (gint64) passed_ms);
      snug_send_room_feed (room, window_bytes, rtt_ms, PACKET_BYTES);
    }
}

/* However large the window is that slow start has left behind. */
static void
test_twice_what_arrives_is_enough (void)
{
  SnugSendRoom quick = SNUG_SEND_ROOM_INIT, slow = SNUG_SEND_ROOM_INIT, lagging = SNUG_SEND_ROOM_INIT;

  let_arrive (&quick, 5000, 37500, 200000, 20);
  let_arrive (&quick, 6000, 37500, 50 * MB, 20);
  g_assert_cmpuint (quick.n_bytes, ==, 2 * 37500 * 20);

  /* a queue may be deeper than the line is long, and a look late */
  let_arrive (&slow, 5000, 2500, 200000, 20);
  let_arrive (&slow, 6000, 2500, 50 * MB, 20);
  g_assert_cmpuint (slow.n_bytes, >, 1 * MB);
  g_assert_cmpuint (slow.n_bytes, <, 1.5 * MB);

  g_assert_false (snug_send_room_feed (&lagging, 200000, 20, PACKET_BYTES));
  snug_send_room_note (&lagging, 0, 20, 5000);
  snug_send_room_note (&lagging, 37500 * 80, 20, 5080);
  g_assert_true (snug_send_room_feed (&lagging, 50 * MB, 20, PACKET_BYTES));
  g_assert_cmpuint (lagging.n_bytes, ==, 2 * 37500 * 20);
}

/* The line was empty for a moment once, and never since. */
static void
test_round_trip_of_now (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  let_arrive (&room, 5000, 25000, 200000, 25);
  let_arrive (&room, 6000, 25000, 50 * MB, 60);
  g_assert_cmpuint (room.n_bytes, >=, 2 * 25000 * 60);
}

static void
test_never_shrinks (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_true (snug_send_room_feed (&room, 1 * MB, 100, PACKET_BYTES));
  g_assert_false (snug_send_room_feed (&room, 3000, 100, PACKET_BYTES));
  g_assert_false (snug_send_room_feed (&room, 1 * MB, 5, PACKET_BYTES));
  g_assert_cmpuint (room.n_bytes, ==, 2 * MB);
}

/* From the local network to a far one, within an association, and back. The smoothed round trip is slow to follow. */
static void
test_another_path (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  let_arrive (&room, 5000, 100000, 50 * MB, 2);
  g_assert_cmpuint (room.n_bytes, ==, SNUG_USRSCTP_SEND_BUFFER);
  snug_send_room_forget_path (&room);
  g_assert_cmpuint (room.n_bytes, ==, SNUG_USRSCTP_SEND_BUFFER);
  for (guint rtt_ms = 3; rtt_ms <= 100; rtt_ms++)
    {
      snug_send_room_note (&room, rtt_ms * 250000, rtt_ms, 10000 + rtt_ms * 10);
      snug_send_room_feed (&room, 50 * MB, rtt_ms, PACKET_BYTES);
    }
  let_arrive (&room, 20000, 25000, 50 * MB, 100);
  g_assert_cmpuint (room.n_bytes, ==, 2 * 25000 * 100);

  snug_send_room_forget_path (&room);
  let_arrive (&room, 30000, 100000, 50 * MB, 2);
  g_assert_cmpuint (room.n_bytes, ==, 2 * 25000 * 100);
}

static void
test_large_packets_do_not_make_it_huge (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_true (snug_send_room_feed (&room, 50 * MB, 100, 8912));
  g_assert_cmpuint (room.n_bytes, ==, SNUG_SEND_ROOM_MOST);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/send-room/grows-on-a-long-path", test_grows_on_a_long_path);
  g_test_add_func ("/send-room/stays-on-a-short-one", test_stays_on_a_short_one);
  g_test_add_func ("/send-room/twice-what-arrives-is-enough", test_twice_what_arrives_is_enough);
  g_test_add_func ("/send-room/round-trip-of-now", test_round_trip_of_now);
  g_test_add_func ("/send-room/never-shrinks", test_never_shrinks);
  g_test_add_func ("/send-room/another-path", test_another_path);
  g_test_add_func ("/send-room/large-packets-do-not-make-it-huge", test_large_packets_do_not_make_it_huge);
  return g_test_run ();
}
