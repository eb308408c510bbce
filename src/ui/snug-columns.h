/* snug-columns: two children beside each other where there is room, else below each other. A third stands below the
 * second there, and is the last here.
 *
 * A layout manager. libadwaita 1.2 has no breakpoints, and a pane is as often half a screen as a
 * phone.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define SNUG_TYPE_COLUMNS (snug_columns_get_type ())
G_DECLARE_FINAL_TYPE (SnugColumns, snug_columns, SNUG, COLUMNS, GtkLayoutManager)

/* Properties, all writable: "least" (int, px at normal text size): beside each other as long as the
 * first column gets this much; "whole" (boolean): as long as the first gets all the width it would like, so that
 * words which are broken into lines anyway have that of both; "second-first" (boolean): where they are below each other, the second
 * stands above; "spacing" (int, px) between columns; "row-spacing" (int, px) between rows; "split"
 * (boolean): TRUE gives both columns the same width, FALSE gives the second its natural one. */

G_END_DECLS
