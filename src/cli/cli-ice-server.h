/* cli-ice-server: --stun and --turn as people write them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-peer-connection.h"

G_BEGIN_DECLS

/**
 * snug_cli_ice_server_parse:
 * @text: "stun:HOST[:PORT]" or "turn[s]:USER:PASSWORD@HOST[:PORT][?transport=udp|tcp]";
 *   a ":" or "@" inside USER or a "%" anywhere is written %3A, %40, %25
 *
 * Returns: (transfer full): or %NULL with words that hold no password
 */
SnugIceServer *snug_cli_ice_server_parse (const char *text, GError **error);

/* Adds the servers of a file, one a line as above; empty lines and lines that begin with "#" are
 * left out. */
gboolean snug_cli_ice_servers_load (GPtrArray *servers, const char *path, GError **error);

G_END_DECLS
