/* What a relay over TCP says, and what of it may not reach libnice. That it does not, past the door, is in test-relay-tunnel.c.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-turn-stream.h"

#define COOKIE_AND_ID "\x21\x12\xa4\x42" "an id of 12."

/* ERROR-CODE: nothing, the class, the number; ALTERNATE-SERVER: 192.0.2.7:3478 */
#define ERROR(class, number) "\x00\x09\x00\x04\x00\x00" class number
#define SOFTWARE "\x80\x22\x00\x05relay\x00\x00\x00"
#define ALTERNATE "\x80\x23\x00\x08\x00\x01\x0d\x96\xc0\x00\x02\x07"

#define BYTES(text) g_bytes_new_static (text, sizeof (text) - 1)

/* In one piece, and byte by byte. Takes both; @passed: (nullable): what goes on of it */
static void
assert_passed (GBytes *bytes, gboolean wanted, GBytes *passed)
{
  g_autoptr (GByteArray) of_whole = g_byte_array_new (), of_cut = g_byte_array_new ();
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);
  SnugTurnStream whole = { 0 }, cut = { 0 };
  gboolean is_taken = TRUE;

  g_assert_true (snug_turn_stream_take (&whole, data, n_bytes, of_whole) == wanted);
  for (gsize i = 0; i < n_bytes && is_taken; i++)
    is_taken = snug_turn_stream_take (&cut, data + i, 1, of_cut);
  g_assert_true (is_taken == wanted);
  g_assert_cmpmem (of_cut->data, of_cut->len, of_whole->data, of_whole->len);
  if (passed != NULL)
    {
      g_assert_cmpmem (of_whole->data, of_whole->len, g_bytes_get_data (passed, NULL), g_bytes_get_size (passed));
      g_bytes_unref (passed);
    }
  g_bytes_unref (bytes);
}

static void
assert_taken (GBytes *bytes, gboolean wanted)
{
  assert_passed (bytes, wanted, NULL);
}

static void
test_what_goes_on (void)
{
  /* A refusal for want of a login, an allocation, two bytes on a channel with their padding, and the next refusal. */
  assert_taken (BYTES ("\x01\x13\x00\x14" COOKIE_AND_ID SOFTWARE ERROR ("\x04", "\x01")
                       "\x01\x03\x00\x0c" COOKIE_AND_ID ALTERNATE
                       "\x40\x00\x00\x02" "ab\x03\x00"
                       "\x01\x13\x00\x08" COOKIE_AND_ID ERROR ("\x04", "\x26")), TRUE);
  /* Elsewhere it means nothing to libnice: a refusal of a permission. */
  assert_taken (BYTES ("\x01\x18\x00\x08" COOKIE_AND_ID ERROR ("\x03", "\x00")), TRUE);
  assert_taken (BYTES ("\x01\x13\x00\x00" COOKIE_AND_ID), TRUE);
}

#define ALLOCATED "\x01\x03\x00\x0c" COOKIE_AND_ID ALTERNATE
#define REFUSED "\x01\x13\x00\x08" COOKIE_AND_ID ERROR ("\x04", "\x01")
#define ON_CHANNEL "\x40\x00\x00\x02" "ab\x03\x00"
#define NOTHING_ON_CHANNEL "\x40\x00\x00\x00"

/* All of it as it came, but for empty datagrams. */
static void
test_empty_datagrams_are_left_out (void)
{
  assert_passed (BYTES (REFUSED ALLOCATED ON_CHANNEL), TRUE, BYTES (REFUSED ALLOCATED ON_CHANNEL));
  assert_passed (BYTES (NOTHING_ON_CHANNEL), TRUE, BYTES (""));
  assert_passed (BYTES (NOTHING_ON_CHANNEL REFUSED NOTHING_ON_CHANNEL "\x7f\xff\x00\x00" ALLOCATED ON_CHANNEL
                        NOTHING_ON_CHANNEL ON_CHANNEL), TRUE, BYTES (REFUSED ALLOCATED ON_CHANNEL ON_CHANNEL));
  /* What is only nothing so far may be something. */
  assert_passed (BYTES (ON_CHANNEL "\x40\x00\x00"), TRUE, BYTES (ON_CHANNEL));
}

static void
test_nobody_is_sent_elsewhere (void)
{
  assert_taken (BYTES ("\x01\x13\x00\x14" COOKIE_AND_ID ERROR ("\x03", "\x00") ALTERNATE), FALSE);
  assert_taken (BYTES ("\x01\x13\x00\x20" COOKIE_AND_ID ALTERNATE SOFTWARE ERROR ("\x03", "\x63")), FALSE);
  assert_taken (BYTES ("\x01\x13\x00\x08" COOKIE_AND_ID ERROR ("\x04", "\x01")
                       "\x01\x13\x00\x14" COOKIE_AND_ID ERROR ("\xfb", "\x00") ALTERNATE), FALSE);
}

static void
test_nothing_is_longer_than_the_room_for_it (void)
{
  /* Of STUN 20 bytes, of a channel four, come to what the length says. */
  assert_taken (BYTES ("\x01\x16\xff\xec"), TRUE);
  assert_taken (BYTES ("\x01\x16\xff\xed"), FALSE);
  assert_taken (BYTES ("\x01\x16\xff\xff"), FALSE);
  assert_taken (BYTES ("\x40\x00\xff\xfc"), TRUE);
  assert_taken (BYTES ("\x40\x00\xff\xfd"), FALSE);
  assert_taken (BYTES ("\x01\x13\x07\xec"), TRUE);
  assert_taken (BYTES ("\x01\x13\x07\xf0"), FALSE);
}

static void
test_nonsense_ends_it (void)
{
  assert_taken (BYTES ("\x80\x00\x00\x00"), FALSE);
  assert_taken (BYTES ("HTTP/1.1 200"), TRUE);     /* a channel with much to come */
  assert_taken (BYTES ("\xff\xff\xff\xff"), FALSE);
  /* An attribute longer than its message is read no further. */
  assert_taken (BYTES ("\x01\x13\x00\x04" COOKIE_AND_ID "\x80\x22\xff\xff"), TRUE);
  assert_taken (BYTES ("\x01\x13\x00\x04" COOKIE_AND_ID "\x00\x09\x00\x04"), TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn-stream/what-goes-on", test_what_goes_on);
  g_test_add_func ("/turn-stream/empty-datagrams-are-left-out", test_empty_datagrams_are_left_out);
  g_test_add_func ("/turn-stream/nobody-is-sent-elsewhere", test_nobody_is_sent_elsewhere);
  g_test_add_func ("/turn-stream/nothing-is-longer-than-the-room-for-it", test_nothing_is_longer_than_the_room_for_it);
  g_test_add_func ("/turn-stream/nonsense-ends-it", test_nonsense_ends_it);
  return g_test_run ();
}
