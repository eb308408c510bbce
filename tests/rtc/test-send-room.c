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

static void
test_never_shrinks (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_true (snug_send_room_feed (&room, 1 * MB, 100, PACKET_BYTES));
  g_assert_false (snug_send_room_feed (&room, 3000, 100, PACKET_BYTES));
  g_assert_false (snug_send_room_feed (&room, 1 * MB, 5, PACKET_BYTES));
  g_assert_cmpuint (room.n_bytes, ==, 2 * MB);
}

static void
test_large_packets_do_not_make_it_huge (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_true (snug_send_room_feed (&room, 50 * MB, 100, 8912));
  g_assert_cmpuint (room.n_bytes, ==, SNUG_SEND_ROOM_MOST);
}

/* 12.5 MB are what such a path holds, headers and all. Nearer ones the first fills alone. */
static void
test_further_ones_share_what_is_left (void)
{
  SnugSendRoom first = SNUG_SEND_ROOM_INIT, further = SNUG_SEND_ROOM_INIT, near = SNUG_SEND_ROOM_INIT;

  further.is_further = near.is_further = TRUE;
  g_assert_true (snug_send_room_feed (&first, 50 * MB, 100, PACKET_BYTES));
  g_assert_true (snug_send_room_feed (&further, 50 * MB, 100, PACKET_BYTES));
  g_assert_cmpuint (first.n_bytes + 3 * further.n_bytes, >, 10.5 * MB);
  g_assert_cmpuint (first.n_bytes + 3 * further.n_bytes, <, 11 * MB);
  g_assert_false (snug_send_room_feed (&near, 50 * MB, 20, PACKET_BYTES));
}

static void
test_bound_by_chunks (void)
{
  SnugSendRoom room = SNUG_SEND_ROOM_INIT;

  g_assert_false (snug_send_room_is_bound (&room, 50 * MB, PACKET_BYTES));
  g_assert_true (snug_send_room_feed (&room, 50 * MB, 100, PACKET_BYTES));
  g_assert_true (snug_send_room_is_bound (&room, 50 * MB, PACKET_BYTES));
  g_assert_false (snug_send_room_is_bound (&room, 4 * MB, PACKET_BYTES));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/send-room/grows-on-a-long-path", test_grows_on_a_long_path);
  g_test_add_func ("/send-room/stays-on-a-short-one", test_stays_on_a_short_one);
  g_test_add_func ("/send-room/never-shrinks", test_never_shrinks);
  g_test_add_func ("/send-room/large-packets-do-not-make-it-huge", test_large_packets_do_not_make_it_huge);
  g_test_add_func ("/send-room/further-ones-share-what-is-left", test_further_ones_share_what_is_left);
  g_test_add_func ("/send-room/bound-by-chunks", test_bound_by_chunks);
  return g_test_run ();
}
