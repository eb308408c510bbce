/* snug-report: what a person can hand to somebody who helps: versions, states and reasons, and nothing that
 * tells who or where they are: no code, link, name, address or file name. In English whatever the
 * language: it is read by whoever looks into it, not by who sends it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* (transfer full). */
char *snug_report_new (SnugSession *session);

G_END_DECLS
