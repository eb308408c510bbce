/* snug-outgoing: something said that is on its way, and who has to have it yet.
 *
 * A value of the main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-message.h"
#include "snug-wire.h"

G_BEGIN_DECLS

/* How far it came to one member. */
typedef enum
{
  SNUG_OUTGOING_NOT_AWAITED,
  SNUG_OUTGOING_UNSENT,          /* they cannot have it */
  SNUG_OUTGOING_LOST,            /* it was handed to a channel that is gone: they may have it */
  SNUG_OUTGOING_SENT             /* it was handed to their channel */
} SnugOutgoingStep;

typedef struct
{
  SnugWireMessage *wire;         /* owned: a chat, edit, delete or react */
  SnugMessage     *message;      /* owned: the own message itself, or what the change is about */
  GHashTable      *awaited;      /* member id → step: who has not confirmed it */
  gboolean         unaddressed;  /* said to an empty room: for the first who comes */
  gboolean         reached;      /* somebody confirmed it */
} SnugOutgoing;

/* @wire: (transfer full). @message: a reference is taken. */
SnugOutgoing    *snug_outgoing_new       (SnugWireMessage *wire, SnugMessage *message);
void             snug_outgoing_free      (SnugOutgoing *self);

/* NOT_AWAITED also of who has confirmed it. */
SnugOutgoingStep snug_outgoing_get_step  (SnugOutgoing *self, const char *member_id);
void             snug_outgoing_set_step  (SnugOutgoing *self, const char *member_id, SnugOutgoingStep step);
/* Nobody waits for it any more. */
gboolean         snug_outgoing_is_done   (SnugOutgoing *self);
/* Of a chat: sets the tick of its message. */
void             snug_outgoing_show      (SnugOutgoing *self);

/* Whether @later says what is left of @self: the same change of the same message. */
gboolean         snug_outgoing_is_overtaken (SnugOutgoing *self, SnugOutgoing *later);

G_END_DECLS
