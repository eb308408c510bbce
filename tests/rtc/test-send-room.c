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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/send-room/grows-on-a-long-path", test_grows_on_a_long_path);
  g_test_add_func ("/send-room/stays-on-a-short-one", test_stays_on_a_short_one);
  g_test_add_func ("/send-room/never-shrinks", test_never_shrinks);
  g_test_add_func ("/send-room/large-packets-do-not-make-it-huge", test_large_packets_do_not_make_it_huge);
  return g_test_run ();
}
