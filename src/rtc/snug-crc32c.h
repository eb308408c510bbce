/* snug-crc32c: the checksum of SCTP (RFC 9260 appendix A), by the processor where it can.
 *
 * usrsctp's own table costs a CPU second a gigabyte; this one is hidden behind DTLS's cost.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC32C of @data as a number; SCTP puts its least significant byte first on the wire. */
guint32 snug_crc32c (const guint8 *data, gsize n_bytes);

/* The same by a table, for processors without the instruction (and for the test of the other). */
guint32 snug_crc32c_by_table (const guint8 *data, gsize n_bytes);

/* Writes the checksum into an SCTP packet of at least 12 bytes. */
void    snug_crc32c_seal_packet (guint8 *packet, gsize n_bytes);

G_END_DECLS
