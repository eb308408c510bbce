/* snug-composer: where a message is written.
 *
 * Enter sends, Shift+Enter breaks the line; grows to six lines. Raises room.say, room.set-typing
 * and room.choose-files.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_COMPOSER (snug_composer_get_type ())
G_DECLARE_FINAL_TYPE (SnugComposer, snug_composer, SNUG, COMPOSER, AdwBin)

void snug_composer_focus (SnugComposer *self);

G_END_DECLS
