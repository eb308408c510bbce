/* snug-checklist: how far a connection has come, in four steps a person can follow.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-member.h"

G_BEGIN_DECLS

#define SNUG_TYPE_CHECKLIST (snug_checklist_get_type ())
G_DECLARE_FINAL_TYPE (SnugChecklist, snug_checklist, SNUG, CHECKLIST, AdwBin)

/* Property "member" (SnugMember, nullable, writable): whom we connect to; %NULL while the server
 * is being reached. */

void snug_checklist_set_member (SnugChecklist *self, SnugMember *member);

G_END_DECLS
