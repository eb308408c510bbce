/* cli-nearby: `snug-cli nearby`: the rooms that others announce on the local network, a line as each comes or goes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-options.h"

G_BEGIN_DECLS

/* Until --timeout or a signal. Returns: how the program ends */
int snug_cli_nearby_run (const SnugCliOptions *options);

G_END_DECLS
