/* cli-text-report: what happens, for a person: lines on a terminal, or plain ones where there is
 * none.
 *
 * Of a stranger's words it prints only what snug-display-text lets through.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-report.h"
#include "cli-terminal.h"

G_BEGIN_DECLS

#define SNUG_CLI_TYPE_TEXT_REPORT (snug_cli_text_report_get_type ())
G_DECLARE_FINAL_TYPE (SnugCliTextReport, snug_cli_text_report, SNUG_CLI, TEXT_REPORT, SnugCliReport)

/* @terminal: (nullable): without it, chat and files go to standard output, words about them to
 * standard error, and there is no progress bar. */
SnugCliReport *snug_cli_text_report_new (SnugCliTerminal *terminal);

G_END_DECLS
