/* snug-message-menu: what can be done with one message, as a menu at it.
 *
 * Raises the actions of the chat: "chat.reply", "chat.copy", "chat.edit", "chat.delete" and "chat.choose-emoji"
 * with the key of the message, "chat.react" with the emoji too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-message.h"

G_BEGIN_DECLS

/* Whether there is anything to do with it. */
gboolean snug_message_menu_is_for (SnugMessage *message);

/* @at: (nullable): in the coordinates of @parent; %NULL is all of it. @link: (nullable): what stands there.
 * The menu goes when it is closed. */
void     snug_message_menu_popup  (GtkWidget *parent, SnugMessage *message, const GdkRectangle *at,
                                   const char *link);

/* Every emoji there is, to react with. */
void     snug_message_menu_choose_emoji (GtkWidget *parent, SnugMessage *message);

G_END_DECLS
