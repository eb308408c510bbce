/* snug-sctp-tally: what of an association goes out for the first time, and what again.
 *
 * usrsctp counts that for the whole process only, so it is read off the packets that it makes. Pure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Zero-initialised before the first packet. */
typedef struct
{
  guint64  n_bytes;    /* of messages, that went out for the first time */
  guint64  n_again;    /* chunks that went out again */
  guint32  last_tsn;   /* the highest so far */
  gboolean has_tsn;
} SnugSctpTally;

/* @packet: one that goes out */
void snug_sctp_tally_add (SnugSctpTally *self, const guint8 *packet, gsize n_bytes);

G_END_DECLS
