/* cli-app: one stay in one room, from the options to the exit status.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-options.h"

G_BEGIN_DECLS

/* Runs the main loop until the room is left. Returns: the exit status. */
int snug_cli_app_run (const SnugCliOptions *options);

G_END_DECLS
