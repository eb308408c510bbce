/* snug-member-row: one person of the room; opens to what is known about the connection to them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_MEMBER_ROW (snug_member_row_get_type ())
G_DECLARE_FINAL_TYPE (SnugMemberRow, snug_member_row, SNUG, MEMBER_ROW, AdwExpanderRow)

GtkWidget *snug_member_row_new (SnugMember *member);

/* A row in a room of ours can remove its member. */
void       snug_member_row_watch_host (SnugMemberRow *self, SnugSession *session);

G_END_DECLS
