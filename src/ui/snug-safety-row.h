/* snug-safety-row: the safety phrase with one member: what it is for, the words, and what our person says of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "snug-member.h"

G_BEGIN_DECLS

#define SNUG_TYPE_SAFETY_ROW (snug_safety_row_get_type ())
G_DECLARE_FINAL_TYPE (SnugSafetyRow, snug_safety_row, SNUG, SAFETY_ROW, GtkListBoxRow)

/* It is hidden while there is nothing to compare with @member. */
void snug_safety_row_set_member (SnugSafetyRow *self, SnugMember *member);

G_END_DECLS
