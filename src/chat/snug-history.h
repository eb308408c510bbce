/* snug-history: the messages that are kept, the newest of them, and where each is.
 *
 * Belongs to the main context. In memory only, so an endless talker costs a bounded amount: above either
 * limit the oldest go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-message.h"

G_BEGIN_DECLS

#define SNUG_HISTORY_MAX_MESSAGES 10000
#define SNUG_HISTORY_MAX_TEXT_BYTES (64 * 1024 * 1024)

typedef struct _SnugHistory SnugHistory;

SnugHistory *snug_history_new   (void);
void         snug_history_free  (SnugHistory *self);

GListModel  *snug_history_get_messages (SnugHistory *self);   /* of SnugMessage; one object for life */
/* Takes a reference; the oldest go if there are too many now. */
void         snug_history_append       (SnugHistory *self, SnugMessage *message);
void         snug_history_clear        (SnugHistory *self);
/* Whatever changes a kept message's text goes through here, so that it is counted. Deleted: a line without text
 * stays. */
void         snug_history_edit         (SnugHistory *self, SnugMessage *message, const char *text);
void         snug_history_delete       (SnugHistory *self, SnugMessage *message);

/* That member's message, "" is us; nullable, borrowed. */
SnugMessage *snug_history_find         (SnugHistory *self, const char *sender_id, const char *id);
/* Anybody's, the first one if several chose the same id; nullable, borrowed. */
SnugMessage *snug_history_find_any     (SnugHistory *self, const char *id);

G_END_DECLS
