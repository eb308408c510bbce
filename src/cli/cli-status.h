/* cli-status: how the program ends, and the words of "code" in an error event.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* Scripts rely on these numbers. */
typedef enum
{
  SNUG_CLI_STATUS_DONE = 0,
  SNUG_CLI_STATUS_USAGE = 1,
  SNUG_CLI_STATUS_UNREACHABLE = 2,
  SNUG_CLI_STATUS_NO_ROOM = 3,
  SNUG_CLI_STATUS_SECRET = 4,
  SNUG_CLI_STATUS_TRANSFER = 5,
  SNUG_CLI_STATUS_TIMEOUT = 6,
  SNUG_CLI_STATUS_NO_ROUTE = 7,
  SNUG_CLI_STATUS_NOT_SAFE = 8
} SnugCliStatus;

/* @error: of the session. */
SnugCliStatus  snug_cli_status_from_error (const GError *error);
const char    *snug_cli_error_code        (const GError *error);

/**
 * snug_cli_room_state:
 * @was_connected: somebody was connected before in this room
 *
 * Returns: "waiting", "joined", "reconnecting" or "closed", or %NULL while there is no room
 */
const char    *snug_cli_room_state        (SnugSessionState state, gboolean was_connected);

G_END_DECLS
