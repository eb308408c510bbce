/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-accessible.h"

void
snug_accessible_set_label (GtkWidget *widget, const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
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

void
snug_accessible_name_lists_in (GtkWidget *widget, const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      if (GTK_IS_LIST_BOX (child))
        snug_accessible_set_label (child, label);
      snug_accessible_name_lists_in (child, label);
    }
}
