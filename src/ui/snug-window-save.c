/* A copy of a file, taken to where a person says. In a Flatpak it is the way out of the program's own folder, where
 * what came before a person chose one lies, and nobody would find it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

static gboolean
has_focus (SnugWindow *self, GtkWidget *within)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  return focus != NULL && gtk_widget_is_ancestor (focus, within);
}

/* The focus goes on into the page below the strip, not to wherever the toolkit finds something. */
static void
on_copies_changed (SnugWindow *self)
{
  GtkWidget *strip = GTK_WIDGET (self->copy_strip);
  gboolean shown = snug_copies_get_is_long (self->copies);
  guint64 n_bytes, size;

  if (!shown && has_focus (self, strip))
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
  gtk_widget_set_visible (strip, shown);
  if (!shown)
    return;
  snug_copies_get_progress (self->copies, &n_bytes, &size);
  snug_copy_strip_show (self->copy_strip, snug_copies_get_current (self->copies), n_bytes, size,
                        snug_copies_get_n_more (self->copies));
}

/* It may have been asked for long ago, and nobody sits here now. */
static void
tell_failure (SnugWindow *self)
{
  g_autoptr (GError) failure = snug_copies_take_failure (self->copies);

  if (failure != NULL)
    snug_window_complain_for_good (self, failure->message);
}

void
snug_window_watch_copies (SnugWindow *self)
{
  g_signal_connect_object (self->copies, "changed", G_CALLBACK (on_copies_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->copies, "failed", G_CALLBACK (tell_failure), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->copy_strip, "cancelled", G_CALLBACK (snug_copies_cancel), self->copies,
                           G_CONNECT_SWAPPED);
  on_copies_changed (self);
  /* Of one that was made while no window was there. */
  tell_failure (self);
}

static void
on_place_chosen (GtkNativeDialog *chooser, int response, SnugWindow *self)
{
  g_autoptr (GFile) copy = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      copy = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      snug_copies_add (self->copies, g_object_get_data (G_OBJECT (chooser), "file"), copy);
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
