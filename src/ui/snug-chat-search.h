/* snug-chat-search: a bar that looks for a word in the chat, counts where it stands and leads from one to the next,
 * newest first.
 *
 * Looks in pieces while the loop is idle: ten thousand messages hold up nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-message.h"

G_BEGIN_DECLS

#define SNUG_TYPE_CHAT_SEARCH (snug_chat_search_get_type ())
G_DECLARE_FINAL_TYPE (SnugChatSearch, snug_chat_search, SNUG, CHAT_SEARCH, AdwBin)

/**
 * SnugChatSearch::changed: another word, or another message that one is led to
 * SnugChatSearch::led-to: (SnugMessage *message): to be brought into sight
 * SnugChatSearch::closed
 */

void         snug_chat_search_set_messages (SnugChatSearch *self, GListModel *messages);
void         snug_chat_search_open         (SnugChatSearch *self);

/* As snug-find wants it; "" while nothing is looked for. */
const char  *snug_chat_search_get_needle   (SnugChatSearch *self);
/* (nullable): the message that one is led to. */
SnugMessage *snug_chat_search_get_current  (SnugChatSearch *self);

G_END_DECLS
