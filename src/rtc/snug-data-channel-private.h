/* What a data channel and the set that it lives in owe each other; for these two only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-channel-set.h"
#include "snug-data-channel.h"
#include "snug-dcep.h"

G_BEGIN_DECLS

/* A message on its way out. */
typedef struct
{
  GBytes    *bytes;       /* owned */
  SnugPpid   ppid;
} SnugOutgoing;

SnugDataChannel    *snug_data_channel_new          (SnugChannelSet *set, GMainContext *context,
                                                    const SnugDcep *opening);

/* What was agreed when it was opened; borrowed. */
const SnugDcep     *snug_data_channel_get_opening  (SnugDataChannel *self);

void                snug_data_channel_set_id       (SnugDataChannel *self, guint16 id);
void                snug_data_channel_set_acked    (SnugDataChannel *self);
void                snug_data_channel_enter        (SnugDataChannel *self, SnugDataChannelState state);
void                snug_data_channel_receive      (SnugDataChannel *self, GBytes *message, gboolean is_text);

/* Puts a message of the establishment protocol before all others. */
void                snug_data_channel_push_dcep    (SnugDataChannel *self, const SnugDcep *dcep);
const SnugOutgoing *snug_data_channel_peek         (SnugDataChannel *self);   /* nullable */
void                snug_data_channel_pop          (SnugDataChannel *self);
void                snug_data_channel_drop_queue   (SnugDataChannel *self);

/* Emits buffered-amount-low if that has become due since the last call. */
gboolean            snug_data_channel_is_low_due   (SnugDataChannel *self);
void                snug_data_channel_notify_low   (SnugDataChannel *self);

/* No more set: it is over. Enters CLOSED. */
void                snug_data_channel_orphan       (SnugDataChannel *self);

/* The set's side. */
void                snug_channel_set_schedule      (SnugChannelSet *self, SnugDataChannel *channel);
void                snug_channel_set_begin_close   (SnugChannelSet *self, SnugDataChannel *channel);
gsize               snug_channel_set_get_max_message_size (SnugChannelSet *self);

G_END_DECLS
