/* snug-receipts: what the members said and we have: each thing is shown once, and each is confirmed (`chat-received`).
 *
 * Belongs to the main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-room.h"

G_BEGIN_DECLS

typedef struct _SnugReceipts SnugReceipts;

SnugReceipts *snug_receipts_new  (void);
void          snug_receipts_free (SnugReceipts *self);

/* Begins with nothing. What the room before has not been told yet is said to it first: who reads and leaves at once has
 * read all the same.
 * @room: (nullable), a reference is taken */
void          snug_receipts_set_room (SnugReceipts *self, SnugRoom *room);

/* @member said something with that id: it is confirmed, also when it is said again after a break.
 * Returns: %TRUE the first time */
gboolean      snug_receipts_add    (SnugReceipts *self, SnugMember *member, const char *id);

/* The member is gone, and all that was said with them. */
void          snug_receipts_forget (SnugReceipts *self, const char *member_id);

G_END_DECLS
