/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-accessible.h"

#include <glib/gi18n-lib.h>

void
snug_accessible_set_label (GtkWidget *widget, const char *label)
{
  /* GTK 4.18 has a button labelled by its own words, and that goes before ours. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

GtkWidget *
snug_accessible_decoration_new (const char *icon_name)
{
  return g_object_new (GTK_TYPE_IMAGE, "icon-name", icon_name,
                       "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

void
snug_accessible_hide_pictures (GtkWidget *widget)
{
  if (GTK_IS_IMAGE (widget)
      && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) == GTK_ACCESSIBLE_ROLE_IMG)
    g_object_set (widget, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    snug_accessible_hide_pictures (child);
}

static void
on_title_changed (AdwStatusPage *page)
{
  GtkWidget *scroller = gtk_widget_get_first_child (GTK_WIDGET (page));

  if (scroller != NULL)
    snug_accessible_set_label (scroller, adw_status_page_get_title (page));
}

void
snug_accessible_name_status_page (AdwStatusPage *page)
{
  g_signal_connect (page, "notify::title", G_CALLBACK (on_title_changed), NULL);
  on_title_changed (page);
}

static void
name_lists_in (GtkWidget *widget, const char *label, const char **sentence)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_LIST_BOX (child))
        snug_accessible_set_label (child, label);
      if (gtk_widget_has_css_class (child, "expander-row-arrow"))
        snug_accessible_hide_pictures (child);
      if (GTK_IS_LIST_BOX_ROW (child) && *sentence != NULL)
        {
          snug_accessible_set_label (child, *sentence);
          *sentence = NULL;
        }
      name_lists_in (child, label, sentence);
    }
}

void
snug_accessible_name_expander (AdwExpanderRow *row, const char *label, const char *sentence)
{
  name_lists_in (GTK_WIDGET (row), label, &sentence);
}

void
snug_accessible_name_closing (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget)
      && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "window-close-symbolic") == 0)
    snug_accessible_set_label (widget, _("Close"));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    snug_accessible_name_closing (child);
}

static void
on_toasts_changed (GListModel *children, guint position, guint n_removed, guint n_added, AdwToastOverlay *overlay)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);

      if (child != adw_toast_overlay_get_child (overlay))
        snug_accessible_name_closing (child);
    }
}

/* The list lives as long as somebody holds it. */
void
snug_accessible_name_toasts (AdwToastOverlay *overlay)
{
  GListModel *children = gtk_widget_observe_children (GTK_WIDGET (overlay));

  g_signal_connect_object (children, "items-changed", G_CALLBACK (on_toasts_changed), overlay, 0);
  g_object_set_data_full (G_OBJECT (overlay), "snug-children", children, g_object_unref);
}
