/* snug-message-row: one message, with the day above it where the day changes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-message.h"

G_BEGIN_DECLS

#define SNUG_TYPE_MESSAGE_ROW (snug_message_row_get_type ())
G_DECLARE_FINAL_TYPE (SnugMessageRow, snug_message_row, SNUG, MESSAGE_ROW, AdwBin)

SnugMessageRow *snug_message_row_new    (void);

/**
 * snug_message_row_bind:
 * @before: (nullable): the message above, for the day and the grouping
 */
void            snug_message_row_bind   (SnugMessageRow *self, SnugMessage *message,
                                         SnugMessage *before);
/* With a line above it: what one has not read begins here. */
void            snug_message_row_set_first_unread (SnugMessageRow *self, gboolean first_unread);
void            snug_message_row_unbind (SnugMessageRow *self);

G_END_DECLS
