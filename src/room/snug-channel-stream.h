/* snug-channel-stream: a file on the data channels of version 2 (PROTOCOL.md section 4): one, or, where both sides can,
 * several over which its messages are spread and put in order again.
 *
 * Belongs to the network context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-file-stream.h"
#include "snug-peer-connection.h"

G_BEGIN_DECLS

#define SNUG_TYPE_CHANNEL_STREAM (snug_channel_stream_get_type ())
G_DECLARE_FINAL_TYPE (SnugChannelStream, snug_channel_stream, SNUG, CHANNEL_STREAM, SnugFileStream)

/* To send. @connection: (nullable): over which it may be spread; borrowed, may go. @name: no other in this session
 * has it */
SnugChannelStream *snug_channel_stream_new          (SnugDataChannel *channel, SnugPeerConnection *connection,
                                                     guint64 name);

/* To receive. @may_be_spread: other channels may be added */
SnugChannelStream *snug_channel_stream_new_incoming (SnugDataChannel *channel, gboolean may_be_spread);

/* Of one that comes: more of it comes by @channel. Returns: %FALSE if it does not want that */
gboolean           snug_channel_stream_add_stripe   (SnugChannelStream *self, SnugDataChannel *channel);

/* @name: as the protocol of a channel says it */
gboolean           snug_channel_stream_is_called    (SnugChannelStream *self, const char *name);

/* The channel that it began on has closed. */
gboolean           snug_channel_stream_is_over      (SnugChannelStream *self);

G_END_DECLS
