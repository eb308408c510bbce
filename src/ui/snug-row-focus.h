/* snug-row-focus: where the focus goes when the row of a list that had it goes, or goes on to another place.
 *
 * For who goes by keys: it stays with the row's item where that comes back, else with what stands at its place. A
 * pointer presses where it is, and no list moves for it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct
{
  GObject   *item;       /* owned, nullable: there is nothing to give back */
  GtkWidget *row;        /* owned, nullable: the list's own widget for it */
  guint      position;
} SnugRowFocus;

/* Before the list hears of a change. @bound: of the GtkListItems that stand for rows. */
void     snug_row_focus_remember (SnugRowFocus *self, GtkWidget *list, GPtrArray *bound);

/* After it. Forgets what is still where it was. */
gboolean snug_row_focus_is_lost  (SnugRowFocus *self);

/* The row to have it now, which is no heading (a GtkStringObject); GTK_INVALID_LIST_POSITION: there is none. */
guint    snug_row_focus_find     (SnugRowFocus *self, GListModel *rows);

/* To the row at @position, and to none of its buttons: a key that is held down would press that. FALSE: it is not
 * bound yet. */
gboolean snug_row_focus_give     (SnugRowFocus *self, GPtrArray *bound, guint position);

void     snug_row_focus_clear    (SnugRowFocus *self);

G_END_DECLS
