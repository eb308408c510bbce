/* snug-message-words: what the window says of one message, as text made from the model. Like snug-words: nothing
 * here keeps state or touches a widget, and all results are plain text, never markup.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-message.h"

G_BEGIN_DECLS

/* (transfer full). By which the chat's actions name it. */
char       *snug_words_message_key     (SnugMessage *message);
/* (transfer full). The row as a sentence: "Ana, 14:02, text, edited, 👍 2". */
char       *snug_words_message         (SnugMessage *message);
const char *snug_words_delivery        (SnugDelivery delivery);
/* (transfer full). "Ana, Ben and you". */
char       *snug_words_reaction        (const SnugReaction *reaction);
/* "You", or a name. */
const char *snug_words_sender          (SnugMessage *message);
/* (transfer full). A message in one short line, for where it is quoted. */
char       *snug_words_excerpt         (SnugMessage *message);
/* (transfer full). The whole chat as a person would write it down. */
char       *snug_words_chat_as_text    (GListModel *messages);

G_END_DECLS
