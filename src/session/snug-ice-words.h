/* snug-ice-words: STUN and TURN servers as people write them, on the command line and in the preferences.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-peer-connection.h"

G_BEGIN_DECLS

/* More help nobody. */
#define SNUG_ICE_SERVERS_MAX 16

/**
 * snug_ice_server_from_words:
 * @text: "stun:HOST[:PORT]" or "turn[s]:USER:PASSWORD@HOST[:PORT][?transport=udp|tcp]";
 *   a ":" or "@" inside USER or a "%" anywhere is written %3A, %40, %25
 *
 * Returns: (transfer full): or %NULL with words that hold no password
 */
SnugIceServer *snug_ice_server_from_words (const char *text, GError **error);

G_END_DECLS
