/* cli-json-report: what happens as lines of JSON on standard output (--json).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-report.h"

G_BEGIN_DECLS

#define SNUG_CLI_TYPE_JSON_REPORT (snug_cli_json_report_get_type ())
G_DECLARE_FINAL_TYPE (SnugCliJsonReport, snug_cli_json_report, SNUG_CLI, JSON_REPORT, SnugCliReport)

SnugCliReport *snug_cli_json_report_new (void);

G_END_DECLS
