/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Whatever a relay says over TCP: weighed within its bytes, and the same in two pieces, cut where the first byte says. */
#include "snug-turn-stream.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  SnugTurnStream whole = { 0 }, cut = { 0 };
  gsize at;

  if (size < 1)
    return 0;
  at = MIN (data[0], size - 1);
  data++;
  g_assert_true (snug_turn_stream_take (&whole, data, size - 1)
                 == (snug_turn_stream_take (&cut, data, at) && snug_turn_stream_take (&cut, data + at, size - 1 - at)));
  return 0;
}
