/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-send-room.h"

/* What a line of 1 Gbit/s brings away in that time. */
#define BYTES_PER_MS 125000

gboolean
snug_send_room_feed (SnugSendRoom *self, gsize window_bytes, guint rtt_ms)
{
  gsize wanted;

  if (rtt_ms == 0)
    return FALSE;
  if (self->least_rtt_ms == 0 || rtt_ms < self->least_rtt_ms)
    self->least_rtt_ms = rtt_ms;

  /* twice: what is under way, and as much for the next round, for slow start doubles it */
  wanted = MIN (2 * window_bytes, (gsize) self->least_rtt_ms * BYTES_PER_MS);
  wanted = MIN (wanted, SNUG_SEND_ROOM_MOST);
  if (wanted <= self->n_bytes)
    return FALSE;
  self->n_bytes = wanted;
  return TRUE;
}
