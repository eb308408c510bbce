/* cli-safety: the safety phrase for a person at the terminal, and what is told of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-report.h"

G_BEGIN_DECLS

/* @name: of a member, in either case, or its id; "" is the one that it can be. Whom two may be meant by it is not
 * guessed: then it is an error. */
void snug_cli_safety_compare (SnugSession *session, SnugCliReport *report, const char *name);
void snug_cli_safety_confirm (SnugSession *session, SnugCliReport *report, const char *name, gboolean same);

/* @property: of @member, which has changed; nullable. */
void snug_cli_safety_tell    (SnugCliReport *report, SnugMember *member, const char *property);

G_END_DECLS
