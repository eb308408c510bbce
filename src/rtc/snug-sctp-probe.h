/* snug-sctp-probe: packets of SCTP that usrsctp does not make for us.
 *
 * A probe is of a chosen size, says nothing and is answered (RFC 8899 section 6.2.1, RFC 4820): a HEARTBEAT, which every SCTP answers with what is in it, and a PAD chunk behind it, which nobody reads. So the
 * answer is small, whatever the size of the probe. Pure functions.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_SCTP_PROBE_MIN_BYTES 36

/* From the common header of a packet to the same peer (RFC 9260 section 3.1). */
typedef struct
{
  guint16 source_port;
  guint16 destination_port;
  guint32 verification_tag;
} SnugSctpAddress;

/* Returns: %FALSE if @packet has no common header */
gboolean    snug_sctp_address_read (SnugSctpAddress *address, const guint8 *packet, gsize n_bytes);

/**
 * snug_sctp_probe_make:
 * @number: comes back in the answer
 * @n_bytes: of the packet: a multiple of 4, at least %SNUG_SCTP_PROBE_MIN_BYTES
 *
 * Returns: (transfer full): the packet, with its checksum
 */
GByteArray *snug_sctp_probe_make (guint32 number, const SnugSctpAddress *to, gsize n_bytes);

/**
 * snug_sctp_probe_find_answer:
 * @number: (out): of the probe
 *
 * Returns: where in @packet the chunk is that answers a probe of ours, or 0
 */
gsize       snug_sctp_probe_find_answer (guint32 *number, const guint8 *packet, gsize n_bytes);

/**
 * snug_sctp_refusal_make:
 *
 * What is said to a packet of an association that is not there any more (RFC 9260 section 8.4).
 *
 * Returns: (transfer full) (nullable): the packet; %NULL for one that is not to be answered
 */
GByteArray *snug_sctp_refusal_make (const guint8 *packet, gsize n_bytes);

/* Makes of the chunk at @offset one that nobody reads. */
void        snug_sctp_probe_hide_answer (guint8 *packet, gsize offset);

G_END_DECLS
