/* snug-message-private: how the chat writes a message. Each setter notifies only on a change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-message.h"

G_BEGIN_DECLS

/* @id: unique for (sender, id). @sender_id: "" for own. @attachment: nullable. */
SnugMessage *snug_message_new          (SnugMessageKind kind, const char *id, const char *sender_id,
                                        const char *sender_name, const char *text, GObject *attachment);
void         snug_message_set_delivery (SnugMessage *self, SnugDelivery delivery);
/* Before it is shown to anybody. */
void         snug_message_set_original (SnugMessage *self, SnugMessage *original);
/* Text and reactions are gone with the second. */
void         snug_message_edit         (SnugMessage *self, const char *text);
void         snug_message_delete       (SnugMessage *self);
/* Returns: whether that changed anything. */
gboolean     snug_message_react        (SnugMessage *self, const char *member_id, const char *name,
                                        const char *emoji, gboolean on);

/* Of own messages: which of all that was said here it is, from 1. */
void         snug_message_set_number   (SnugMessage *self, guint64 number);
guint64      snug_message_get_number   (SnugMessage *self);

G_END_DECLS
