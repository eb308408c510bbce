/* snug-message-row: one message, with the day above it where the day changes, what it answers, and the reactions
 * below it. Its menu comes by its button, a right click, a long press, or when it is asked for.
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
/* @needle: (nullable): shown wherever it stands in the text. @current: it is this message that one is led to. */
void            snug_message_row_set_found (SnugMessageRow *self, const char *needle, gboolean current);
/* Draws the eye for a moment. */
void            snug_message_row_point_out (SnugMessageRow *self);
void            snug_message_row_show_menu (SnugMessageRow *self);
void            snug_message_row_choose_emoji (SnugMessageRow *self);
/* What is marked in the text, or all of it (transfer full). */
char           *snug_message_row_dup_marked_text (SnugMessageRow *self);
void            snug_message_row_unbind (SnugMessageRow *self);

G_END_DECLS
