/* snug-sctp-cut: a packet that usrsctp made larger than the path takes, in pieces that fit. Pure.
 *
 * SCTP knows chunks; which of them share a packet is nobody's business (RFC 9260 section 6.10), and no chunk is larger
 * than a packet may be.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 9260 section 3.1 */
#define SNUG_SCTP_COMMON_HEADER 12

typedef struct
{
  guint8 *packet;                            /* borrowed; overwritten */
  gsize   n_bytes;
  gsize   most_bytes;                        /* of a piece, common header included */

  gsize   offset;                            /* of what is left; 0 at first */
  guint8  header[SNUG_SCTP_COMMON_HEADER];
} SnugSctpCut;

/**
 * snug_sctp_cut_next:
 * @n_bytes: (out): of the piece
 *
 * The pieces have the checksum of the whole, which is not theirs.
 *
 * Returns: (nullable): the next piece, good until the next call; %NULL when there is none left
 */
guint8 *snug_sctp_cut_next (SnugSctpCut *self, gsize *n_bytes);

G_END_DECLS
