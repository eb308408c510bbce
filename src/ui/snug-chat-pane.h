/* snug-chat-pane: what was said, and where to say more.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_CHAT_PANE (snug_chat_pane_get_type ())
G_DECLARE_FINAL_TYPE (SnugChatPane, snug_chat_pane, SNUG, CHAT_PANE, AdwBin)

/* Property "session" (SnugSession, writable). */

/* (transfer none): those of the session, told of in batches (snug-calm-list). */
GListModel *snug_chat_pane_get_messages (SnugChatPane *self);

void snug_chat_pane_go_to_end        (SnugChatPane *self);
/* The people of the room stand beside the chat. */
void snug_chat_pane_set_roomy        (SnugChatPane *self, gboolean roomy);
/* @message: (nullable): what was not read yet begins with it. */
void snug_chat_pane_set_first_unread (SnugChatPane *self, SnugMessage *message);

/* Opens the bar that looks for a word. */
void       snug_chat_pane_find             (SnugChatPane *self);
/* Asks for a file and writes the chat into it. */
void       snug_chat_pane_save             (SnugChatPane *self);

G_END_DECLS
