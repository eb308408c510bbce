/* snug-send-room: how much an association may keep of what the peer has not acknowledged. Pure.
 *
 * All that is under way counts, so a long path needs much of it before it is full. What is more than that only waits
 * there: it costs memory, and whoever takes a file back waits until it has gone. So it grows with what the congestion
 * control lets go, and with the round trip, on which alone it depends where nothing is lost; but not far beyond what
 * arrives in a round trip, lest slow start lose hundreds of packets at once, more than an acknowledgement can name. It never
 * shrinks: what was sent before the last so many bytes has been acknowledged.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "snug-usrsctp.h"

G_BEGIN_DECLS

/* With what SCTP puts around each packet that is some 16 MB of memory. */
#define SNUG_SEND_ROOM_MOST (8 * 1024 * 1024)

/* usrsctp has a bit for each of 4,096 chunks behind one that is missing, and drops what comes beyond them: whoever has
 * more under way loses all that in addition to one packet, again and again until the association is given up. Some less,
 * for it moves the bits by eight, and the last chunk of a message is short. It is counted in bytes of full chunks: of
 * thousands of tiny files, whose chunks are small, more may be under way. */
#define SNUG_SEND_ROOM_MOST_CHUNKS 3800

typedef struct
{
  gsize    n_bytes;
  guint    least_rtt_ms;     /* 0: not known */

  gsize    most_arrived;     /* bytes in a round trip, of the best of them; 0: not known */
  gint64   now_ms;           /* of the last note */
  gint64   began_ms;         /* the one that is counted; 0: none is */
  guint64  arrived_before;   /* it */

  gboolean is_path_new;      /* since nothing was sent */
  gint64   settled_ms;       /* until then the smoothed round trip is in part one of another path */
} SnugSendRoom;

#define SNUG_SEND_ROOM_INIT { .n_bytes = SNUG_USRSCTP_SEND_BUFFER }

/* Before each feed: more than the line brings away is no use. A round trip is as long as it is now, not as it once was:
 * what arrives in the shortest is less than what is under way.
 * @n_arrived: bytes that the peer has acknowledged so far
 * @rtt_ms: as below */
void     snug_send_room_note     (SnugSendRoom *self, guint64 n_arrived, guint rtt_ms, gint64 now_ms);

/* @rtt_ms: 0: less than one, or not known. Returns: whether it has grown */
gboolean snug_send_room_feed     (SnugSendRoom *self, gsize window_bytes, guint rtt_ms, gsize packet_bytes);

/* It may be another path from now on. What it has it keeps. */
void     snug_send_room_forget_path (SnugSendRoom *self);

G_END_DECLS
