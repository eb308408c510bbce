/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-rename-dialog.h"

#include <glib/gi18n-lib.h>

static void
on_answered (GtkWidget *dialog, const char *response, SnugSettings *settings)
{
  GtkEditable *entry = g_object_get_data (G_OBJECT (dialog), "entry");
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  if (g_strcmp0 (response, "change") == 0)
    g_object_set (settings, "name", name, NULL);
}

/* (transfer floating): a row as on the start page */
static GtkWidget *
list_new (GtkWidget *entry)
{
  GtkWidget *list = g_object_new (GTK_TYPE_LIST_BOX, "selection-mode", GTK_SELECTION_NONE, NULL);

  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  return list;
}

void
snug_rename_dialog_present (GtkWindow *parent, SnugSettings *settings)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, _("Change Your Name"),
                                                                         _("Everybody in the room sees it at once.")));
  GtkWidget *entry = g_object_new (ADW_TYPE_ENTRY_ROW, "title", _("Your name"), "activates-default", TRUE, NULL);
  g_autofree char *name = NULL;

  g_object_get (settings, "name", &name, NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  adw_message_dialog_set_extra_child (dialog, list_new (entry));
  adw_message_dialog_add_responses (dialog, "cancel", _("Cancel"), "change", _("Change"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "change", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "change");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_object_set_data (G_OBJECT (dialog), "entry", entry);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_answered), settings, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}
