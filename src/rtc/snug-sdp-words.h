/* snug-sdp-words: the words that a session description and an ICE candidate are both made of (RFC 8839, RFC 8866).
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 8839 section 5.1, "ice-char", @min to @max of them. */
gboolean snug_sdp_is_ice_chars (const char *word, gsize min, gsize max);

/* ASCII without control characters: what may be shown and written back. */
gboolean snug_sdp_is_printable (const char *text);

/* Decimal digits and nothing else, of 0 to @max; a %FALSE leaves @out alone. */
gboolean snug_sdp_read_number  (const char *word, guint64 max, guint64 *out);

G_END_DECLS
