/* snug-display-text: a stranger's text, made fit to be shown.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_DISPLAY_NAME_MAX_CHARS 64

/**
 * snug_display_text_one_line:
 * @text: anything; invalid UTF-8 is replaced
 * @max_chars: longer text ends in "…"
 *
 * Removes control, format (among them direction overrides) and private characters, folds white space
 * to single spaces, trims, normalises to NFC.
 *
 * Returns: (transfer full): may be empty
 */
char *snug_display_text_one_line (const char *text, guint max_chars);

/**
 * snug_display_text_block:
 *
 * The same for a message of several lines: keeps line feeds and tabs, zero-width joiners (emoji need
 * them) and left-to-right and right-to-left marks; still removes what can reorder or hide the text around it.
 *
 * Returns: (transfer full): may be empty
 */
char *snug_display_text_block (const char *text);

G_END_DECLS
