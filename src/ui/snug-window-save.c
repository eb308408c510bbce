/* A copy of a file, taken to where a person says: in a Flatpak the way out of the program's own folder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

#include "snug-copy-strip.h"
#include "snug-file-copy.h"

/* How often one looks how far it is. A copy that is made sooner has no strip. */
#define LOOK_EVERY_MS 250

/* What the thread counts in: of bytes, a gint would hold no more than two gigabytes. */
#define KILOBYTE 1000

typedef struct
{
  /* Owned */
  GFile      *from;
  GFile      *to;

  /* Of the window's thread */
  SnugWindow *window;      /* borrowed: held by on_copied() */
  GtkWidget  *strip;       /* borrowed, nullable */
  guint       look;        /* source */

  /* Atomic */
  gint        done_kb;
  gint        size_kb;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_object_unref (copy->from);
  g_object_unref (copy->to);
  g_free (copy);
}

/* --- In a thread --- */

static void
on_progress (goffset n_bytes, goffset size, gpointer user_data)
{
  Copy *copy = user_data;

  g_atomic_int_set (&copy->size_kb, (gint) MIN (size / KILOBYTE, G_MAXINT));
  g_atomic_int_set (&copy->done_kb, (gint) MIN (n_bytes / KILOBYTE, G_MAXINT));
}

static void
run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Copy *copy = task_data;
  GError *error = NULL;

  if (snug_file_copy (copy->from, copy->to, on_progress, copy, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- What is seen of it --- */

static GtkWidget *
add_strip (SnugWindow *self, GFile *to, GCancellable *cancellable)
{
  GtkWidget *strip = snug_copy_strip_new (to);

  g_signal_connect_object (strip, "cancelled", G_CALLBACK (g_cancellable_cancel), cancellable, G_CONNECT_SWAPPED);
  gtk_box_append (self->copies, strip);
  return strip;
}

static gboolean
on_look (gpointer user_data)
{
  GTask *task = user_data;
  Copy *copy = g_task_get_task_data (task);

  if (copy->window->session == NULL)
    return G_SOURCE_CONTINUE;
  if (copy->strip == NULL)
    copy->strip = add_strip (copy->window, copy->to, g_task_get_cancellable (task));
  snug_copy_strip_show (SNUG_COPY_STRIP (copy->strip), KILOBYTE * (guint64) g_atomic_int_get (&copy->done_kb),
                        KILOBYTE * (guint64) g_atomic_int_get (&copy->size_kb));
  return G_SOURCE_CONTINUE;
}

/* The window may be gone: its copies are made to the end nevertheless, and the program stays until then. */
static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugWindow) self = user_data;
  Copy *copy = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_source_remove (copy->look);
  g_application_release (g_application_get_default ());
  if (!g_task_propagate_boolean (G_TASK (result), &error) && self->session != NULL
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    snug_window_complain (self, error->message, NULL, NULL, NULL);
  if (self->session != NULL && copy->strip != NULL)
    gtk_box_remove (self->copies, copy->strip);
}

static void
start (SnugWindow *self, GFile *from, GFile *to)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_copied, g_object_ref (self));
  Copy *copy = g_new0 (Copy, 1);

  copy->from = g_object_ref (from);
  copy->to = g_object_ref (to);
  copy->window = self;
  copy->look = g_timeout_add (LOOK_EVERY_MS, on_look, task);
  g_task_set_task_data (task, copy, copy_free);
  /* One that was whole before it was cancelled is whole. */
  g_task_set_check_cancellable (task, FALSE);
  g_application_hold (g_application_get_default ());
  g_task_run_in_thread (task, run);
}

static void
on_place_chosen (GtkNativeDialog *chooser, int response, SnugWindow *self)
{
  g_autoptr (GFile) copy = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      copy = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      start (self, g_object_get_data (G_OBJECT (chooser), "file"), copy);
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
