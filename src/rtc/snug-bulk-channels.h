/* snug-bulk-channels: SCTP associations beside the first one for what is large, in packets as large as the path takes.
 *
 * SCTP cuts a message into chunks that fit a packet, and never anew: an association keeps the size that it began
 * with. The first one has to do on every path that the connection may ever take. So this one begins when the path is
 * known, and ends when it has become narrower; its channels end with it, and whoever needs them opens others.
 *
 * There is one, or, with a peer that knows of it, up to four over which one file may be spread (snug-stripe-rule.h).
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-channel-set.h"
#include "snug-port-splitter.h"
#include "snug-stripe-rule.h"

G_BEGIN_DECLS

/* PROTOCOL.md section 4: the port of the first of them, on both sides; the others have the next ones. */
#define SNUG_BULK_PORT 5001

#define SNUG_TYPE_BULK_CHANNELS (snug_bulk_channels_get_type ())
G_DECLARE_FINAL_TYPE (SnugBulkChannels, snug_bulk_channels, SNUG, BULK_CHANNELS, GObject)

/**
 * SnugBulkChannels::data-channel: (SnugDataChannel *channel): the peer opened it
 */

/**
 * snug_bulk_channels_new:
 * @splitter: borrowed, lives longer
 * @first: the association that probes go by; connected, referenced
 * @channels: of @first, borrowed, lives longer: what the peer takes as one message is asked of it
 */
SnugBulkChannels *snug_bulk_channels_new (SnugPortSplitter *splitter, SnugSctpTransport *first, SnugChannelSet *channels,
                                          gboolean is_dtls_client);

/* The peer knows of it. Before that nothing is probed, opened or accepted. */
void              snug_bulk_channels_allow  (SnugBulkChannels *self);

/* The peer knows of more than one. */
void              snug_bulk_channels_allow_stripes (SnugBulkChannels *self);

/* Over how many of them a file that is sent is to be spread now. */
guint             snug_bulk_channels_get_n_stripes (SnugBulkChannels *self);

/* Of what was sent over the first of them, the last so many bytes at most are not acknowledged, and one message. */
gsize             snug_bulk_channels_get_send_room (SnugBulkChannels *self);

/* It may be another path now; @most: bytes of the largest packet worth a try there. */
void              snug_bulk_channels_search (SnugBulkChannels *self, gsize most);

/* @init: its @stripe says over which. Returns: (transfer full) (nullable): %NULL if it cannot go there */
SnugDataChannel  *snug_bulk_channels_create (SnugBulkChannels *self, const char *label, const SnugDataChannelInit *init);

gboolean          snug_bulk_channels_is_flushed (SnugBulkChannels *self);
guint64           snug_bulk_channels_get_bytes_sent     (SnugBulkChannels *self);
guint64           snug_bulk_channels_get_bytes_received (SnugBulkChannels *self);
/* From the peer, on all associations that there are now. */
guint64           snug_bulk_channels_get_n_packets      (SnugBulkChannels *self);

/* Bytes of the largest packet that the path is known to take. */
gsize             snug_bulk_channels_get_packet_bytes   (SnugBulkChannels *self);

/* For good; channels enter CLOSED. May be called twice. */
void              snug_bulk_channels_close  (SnugBulkChannels *self);

G_END_DECLS
