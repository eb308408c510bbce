/* A copy of a file, taken to where a person says: in a Flatpak the way out of the program's own folder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

static void
on_copied (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_copy_finish (G_FILE (file), result, &error) && self->session != NULL)
    snug_window_complain (self, error->message, NULL, NULL, NULL);
}

static void
on_place_chosen (GtkNativeDialog *chooser, int response, SnugWindow *self)
{
  GFile *file = g_object_get_data (G_OBJECT (chooser), "file");
  g_autoptr (GFile) copy = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      copy = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      g_file_copy_async (file, copy, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT, NULL, NULL, NULL, on_copied,
                         g_object_ref (self));
    }
  g_object_unref (chooser);
}

void
snug_window_save_copy (SnugWindow *self, GFile *file)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Save To"), GTK_WINDOW (self),
                                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("Save"), NULL);
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *name = g_filename_display_basename (path);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_object_set_data_full (G_OBJECT (chooser), "file", g_object_ref (file), g_object_unref);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_place_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
