/* snug-window-step: by how many packets a congestion window grows in a round trip in which nothing is lost. Pure.
 *
 * By one it takes minutes to fill a long path again. RFC 3649 (HighSpeed TCP) lets large windows grow by more; usrsctp
 * follows it while it begins slowly and where it cuts a window, but not in between. Here it is done only while the round
 * trip is flat: where a queue fills, and others wait in it, a window grows by one packet as ever.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint least_rtt_ms;    /* 0: not known */
  guint n_packets;
} SnugWindowStep;

#define SNUG_WINDOW_STEP_INIT { .n_packets = 1 }

/* @least: packets that it grows by at least while the round trip is flat.
 * @rtt_ms: 0: less than one, or not known. Returns: whether it is another one now */
gboolean snug_window_step_feed (SnugWindowStep *self, guint window_packets, guint rtt_ms, guint least);

G_END_DECLS
