/* snug-channel-set: all data channels of one peer connection over one SCTP association.
 *
 * Gives streams to channels, speaks DCEP, shares the association's room fairly among the channels and
 * closes them (RFC 8831, RFC 8832).
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-data-channel.h"
#include "snug-sctp-transport.h"

G_BEGIN_DECLS

#define SNUG_TYPE_CHANNEL_SET (snug_channel_set_get_type ())
G_DECLARE_FINAL_TYPE (SnugChannelSet, snug_channel_set, SNUG, CHANNEL_SET, GObject)

/**
 * SnugChannelSet::data-channel: (SnugDataChannel *channel): the peer opened it; already OPEN
 * SnugChannelSet::drained: the peer has acknowledged all that was sent
 */

SnugChannelSet  *snug_channel_set_new (GMainContext *context);

/**
 * snug_channel_set_create:
 * @init: (nullable): ordered and reliable
 *
 * The channel waits until there is an association.
 *
 * Returns: (transfer full): the channel; %NULL with %SNUG_RTC_ERROR_STATE if the set is closed or has no stream left,
 *   with %SNUG_RTC_ERROR_TOO_LARGE if label or protocol have more than %SNUG_DCEP_MAX_NAME_BYTES
 */
SnugDataChannel *snug_channel_set_create (SnugChannelSet *self, const char *label,
                                          const SnugDataChannelInit *init, GError **error);

/* What the peer takes as one message, in bytes; %SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE if not set. */
void             snug_channel_set_set_max_message_size (SnugChannelSet *self, gsize n_bytes);

/**
 * snug_channel_set_attach:
 * @sctp: connected, referenced
 * @is_dtls_client: RFC 8832 section 6: the client's streams are even, the server's odd
 *
 * Opens what has waited.
 */
void             snug_channel_set_attach (SnugChannelSet *self, SnugSctpTransport *sctp,
                                          gboolean is_dtls_client);

/* Whether everything that was to be sent is at the peer. */
gboolean         snug_channel_set_is_flushed (SnugChannelSet *self);

/* It is over: every channel enters CLOSED. May be called twice. */
void             snug_channel_set_close (SnugChannelSet *self);

G_END_DECLS
