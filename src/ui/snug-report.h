/* snug-report: what a person can hand to somebody who helps: versions, states and reasons, and nothing that
 * tells who or where they are: no code, link, name, address or file name. In English whatever the
 * language: it is read by whoever looks into it, not by who sends it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-check.h"
#include "snug-session.h"

G_BEGIN_DECLS

/* (transfer full). */
char *snug_report_new             (SnugSession *session);
/* @checks: of SnugCheck: what the doctor found goes to its end. @addresses: %TRUE if the person wants those in it */
char *snug_report_new_with_checks (SnugSession *session, GListModel *checks, gboolean addresses);

G_END_DECLS
