/* snug-composer: where a message is written, answered with, or changed; and where pictures and files that are
 * pasted wait to go with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-message.h"

G_BEGIN_DECLS

#define SNUG_TYPE_COMPOSER (snug_composer_get_type ())
G_DECLARE_FINAL_TYPE (SnugComposer, snug_composer, SNUG, COMPOSER, AdwBin)

/**
 * SnugComposer::say: (const char *text, SnugMessage *original): @original is what it answers, or %NULL
 * SnugComposer::edited: (SnugMessage *message, const char *text)
 * SnugComposer::edit-last: the last own message is to be changed
 *
 * Files go by the action "chat.offer", typing by "room.set-typing".
 */

void snug_composer_focus (SnugComposer *self);

/* What is written next answers @message. */
void snug_composer_reply (SnugComposer *self, SnugMessage *message);
/* @message is changed here; what was being written comes back after that. */
void snug_composer_edit  (SnugComposer *self, SnugMessage *message);

G_END_DECLS
