/* snug-emoji: whether a stranger's text is one emoji, and nothing else.
 *
 * Pure. By ranges and not by a table of names, so that an emoji of next year is one too; C and JavaScript read
 * the same tests/data/wire/emoji.json.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_EMOJI_MAX_BYTES 32

/* @text: valid UTF-8. At most %SNUG_EMOJI_MAX_BYTES, one picture as a person sees it. */
gboolean snug_emoji_is_one (const char *text);

G_END_DECLS
