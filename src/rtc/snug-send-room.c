/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-send-room.h"

/* What a line of 1 Gbit/s brings away in that time. */
#define BYTES_PER_MS 125000

/* A line may be slow and its queue deep. Of so much an acknowledgement can still name what is missing. */
#define LEAST_LIMIT (1280 * 1024)

/* RFC 9260 section 6.3.1: each measure moves the smoothed round trip by an eighth, and there is one in a round trip. */
#define SETTLING_MS 5000

/* RFC 9260 sections 3.1 and 3.3.1: of a packet with one chunk of data */
#define HEADERS 28

/* What usrsctp can keep account of, and what the line holds. */
static gsize
count_most (const SnugSendRoom *self, gsize packet_bytes)
{
  gsize most = MIN (SNUG_SEND_ROOM_MOST_CHUNKS * (packet_bytes - HEADERS), SNUG_SEND_ROOM_MOST);

  return MIN ((gsize) self->least_rtt_ms * BYTES_PER_MS, most);
}

void
snug_send_room_note (SnugSendRoom *self, guint64 n_arrived, guint rtt_ms, gint64 now_ms)
{
  gint64 elapsed_ms = now_ms - self->began_ms;

  if (self->is_path_new)
    self->settled_ms = now_ms + SETTLING_MS;
  self->is_path_new = FALSE;
  self->now_ms = now_ms;
  if (self->began_ms != 0 && (rtt_ms == 0 || elapsed_ms < rtt_ms))
    return;
  if (self->began_ms != 0 && n_arrived > self->arrived_before)
    self->most_arrived = MAX (self->most_arrived,
                              (gsize) ((n_arrived - self->arrived_before) * rtt_ms / (guint64) elapsed_ms));
  self->began_ms = now_ms;
  self->arrived_before = n_arrived;
}

/* Twice what is under way: as much for the next round, for slow start doubles it. */
static gsize
count_double (const SnugSendRoom *self, gsize window_bytes)
{
  if (self->most_arrived == 0)
    return 2 * window_bytes;
  return MIN (2 * window_bytes, MAX (2 * self->most_arrived, LEAST_LIMIT));
}

gboolean
snug_send_room_feed (SnugSendRoom *self, gsize window_bytes, guint rtt_ms, gsize packet_bytes)
{
  gsize wanted;

  if (rtt_ms == 0)
    return FALSE;
  if (self->least_rtt_ms == 0 || rtt_ms < self->least_rtt_ms || self->now_ms < self->settled_ms)
    self->least_rtt_ms = rtt_ms;

  wanted = MIN (count_double (self, window_bytes), count_most (self, packet_bytes));
  if (wanted <= self->n_bytes)
    return FALSE;
  self->n_bytes = wanted;
  return TRUE;
}

void
snug_send_room_forget_path (SnugSendRoom *self)
{
  self->least_rtt_ms = 0;
  self->most_arrived = 0;
  self->began_ms = 0;
  self->is_path_new = TRUE;
}
