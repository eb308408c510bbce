/* cli-doctor: `snug-cli doctor`: a check-up, a line a step.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-options.h"

G_BEGIN_DECLS

/* Returns: how the program ends */
int snug_cli_doctor_run (const SnugCliOptions *options);

G_END_DECLS
