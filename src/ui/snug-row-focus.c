/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-row-focus.h"

static GtkWidget *
row_of (GtkListItem *item)
{
  return gtk_widget_get_parent (gtk_list_item_get_child (item));
}

/* (nullable): the one whose row has the focus, or has it somewhere inside. */
static GtkListItem *
find_focused (GPtrArray *bound, GtkWidget *focus)
{
  for (guint i = 0; focus != NULL && i < bound->len; i++)
    {
      GtkWidget *row = row_of (bound->pdata[i]);

      if (row != NULL && (focus == row || gtk_widget_is_ancestor (focus, row)))
        return bound->pdata[i];
    }
  return NULL;
}

void
snug_row_focus_remember (SnugRowFocus *self, GtkWidget *list, GPtrArray *bound)
{
  GtkRoot *root = gtk_widget_get_root (list);
  GtkListItem *item;

  if (root == NULL || !gtk_window_get_focus_visible (GTK_WINDOW (root)))
    return;
  item = find_focused (bound, gtk_root_get_focus (root));
  if (item == NULL)
    return;
  g_set_object (&self->item, gtk_list_item_get_item (item));
  g_set_object (&self->row, row_of (item));
  self->position = gtk_list_item_get_position (item);
}

gboolean
snug_row_focus_is_lost (SnugRowFocus *self)
{
  if (self->row != NULL && gtk_widget_get_root (self->row) != NULL)
    snug_row_focus_clear (self);
  return self->item != NULL;
}

guint
snug_row_focus_find (SnugRowFocus *self, GListModel *rows)
{
  guint n = g_list_model_get_n_items (rows);
  guint found = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (rows, i);

      if (item == self->item)
        return i;
      if (!GTK_IS_STRING_OBJECT (item) && (found == GTK_INVALID_LIST_POSITION || i <= self->position))
        found = i;
    }
  return found;
}

gboolean
snug_row_focus_give (SnugRowFocus *self, GPtrArray *bound, guint position)
{
  for (guint i = 0; i < bound->len; i++)
    if (gtk_list_item_get_position (bound->pdata[i]) == position)
      {
        gtk_widget_grab_focus (row_of (bound->pdata[i]));
        snug_row_focus_clear (self);
        return TRUE;
      }
  return FALSE;
}

void
snug_row_focus_clear (SnugRowFocus *self)
{
  g_clear_object (&self->item);
  g_clear_object (&self->row);
}
