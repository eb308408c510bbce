/* snug-reaction-bar: the emoji below a message, a chip each with its count. A click adds or takes away one's own.
 *
 * Raises "chat.react" with the key of the message and the emoji.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-message.h"

G_BEGIN_DECLS

#define SNUG_TYPE_REACTION_BAR (snug_reaction_bar_get_type ())
G_DECLARE_FINAL_TYPE (SnugReactionBar, snug_reaction_bar, SNUG, REACTION_BAR, AdwBin)

/* Hides itself if there are none. */
void snug_reaction_bar_show (SnugReactionBar *self, SnugMessage *message);

G_END_DECLS
