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

G_END_DECLS
