/* snug-room-code: the six characters that name a room to its server.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_ROOM_CODE_CHARS 6

/**
 * snug_room_code_make:
 * @is_private: a word of our list, easy to say: the secret protects the room. Otherwise four letters of
 *   24 (no I, no O), for nothing else protects it.
 *
 * Four letters and two digits of 2 … 9, by the system's randomness.
 *
 * Returns: (transfer full): "BOOK23"
 */
char    *snug_room_code_make (gboolean is_private);

/**
 * snug_room_code_fold:
 *
 * Returns: %TRUE if @text is a code, [A-Za-z0-9]{6}; @out is it in upper case
 */
gboolean snug_room_code_fold (const char *text, char out[SNUG_ROOM_CODE_CHARS + 1]);

G_END_DECLS
