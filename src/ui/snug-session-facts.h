/* snug-session-facts: what more than one part of the window asks about a session.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* Also on the way into one. */
gboolean snug_session_facts_is_in_room           (SnugSession *session);
/* Whether bytes move, or would if nobody had paused them. */
gboolean snug_session_facts_has_active_transfers (SnugSession *session);

G_END_DECLS
