/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whatever a relay says over TCP: weighed within its bytes, and what goes on of it is the same in two pieces, cut where the
 * first byte says. */
#include "snug-turn-stream.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) passed = g_byte_array_new (), cut_passed = g_byte_array_new ();
  SnugTurnStream whole = { 0 }, cut = { 0 };
  gsize at;

  if (size < 1)
    return 0;
  at = MIN (data[0], size - 1);
  data++;
  g_assert_true (snug_turn_stream_take (&whole, data, size - 1, passed)
                 == (snug_turn_stream_take (&cut, data, at, cut_passed)
                     && snug_turn_stream_take (&cut, data + at, size - 1 - at, cut_passed)));
  g_assert_cmpuint (passed->len, <=, size - 1);
  g_assert_cmpmem (passed->data, passed->len, cut_passed->data, cut_passed->len);
  return 0;
}
