/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-send-room.h"

/* What a line of 1 Gbit/s brings away in that time. */
#define BYTES_PER_MS 125000

/* RFC 9260 sections 3.1 and 3.3.1: of a packet with one chunk of data */
#define HEADERS 28

static gsize
count_most (gsize packet_bytes)
{
  return MIN (SNUG_SEND_ROOM_MOST_CHUNKS * (packet_bytes - HEADERS), SNUG_SEND_ROOM_MOST);
}

gboolean
snug_send_room_feed (SnugSendRoom *self, gsize window_bytes, guint rtt_ms, gsize packet_bytes)
{
  gsize wanted;

  if (rtt_ms == 0)
    return FALSE;
  if (self->least_rtt_ms == 0 || rtt_ms < self->least_rtt_ms)
    self->least_rtt_ms = rtt_ms;

  /* twice: what is under way, and as much for the next round, for slow start doubles it */
  wanted = MIN (2 * window_bytes, (gsize) self->least_rtt_ms * BYTES_PER_MS);
  wanted = MIN (wanted, count_most (packet_bytes));
  if (wanted <= self->n_bytes)
    return FALSE;
  self->n_bytes = wanted;
  return TRUE;
}
