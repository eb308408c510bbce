/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-pasted-files.h"

#include <glib/gi18n-lib.h>

#include "snug-draft-file.h"

static gboolean
has (GdkContentFormats *formats, GType type, const char *mime_type)
{
  return gdk_content_formats_contain_gtype (formats, type) || gdk_content_formats_contain_mime_type (formats, mime_type);
}

static gboolean
has_files (GdkClipboard *clipboard)
{
  return has (gdk_clipboard_get_formats (clipboard), GDK_TYPE_FILE_LIST, "text/uri-list");
}

/* Office programs put a picture of the text beside it: that is meant as text. */
gboolean
snug_pasted_files_are_in (GdkClipboard *clipboard)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gboolean has_text = has (formats, G_TYPE_STRING, "text/plain;charset=utf-8")
                      || gdk_content_formats_contain_mime_type (formats, "text/plain");

  return has_files (clipboard) || (has (formats, GDK_TYPE_TEXTURE, "image/png") && !has_text);
}

/* --- Files --- */

static void
on_files_read (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  GError *error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (clipboard), result, &error);

  if (value == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (GSList *at = g_value_get_boxed (value); at != NULL; at = at->next)
    g_list_store_append (files, at->data);
  g_task_return_pointer (task, g_steal_pointer (&files), g_object_unref);
}

/* --- A picture --- */

static char *
picture_name (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");

  /* Translators: the name of a file: "Picture 2026-11-27 15.30.12.png". */
  return g_strdup_printf (_("Picture %s.png"), time);
}

/* On a worker: packing a large one takes longer than a frame. */
static void
do_pack (GTask *task, gpointer source, gpointer texture, GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (texture), (GDestroyNotify) g_bytes_unref);
}

static void
on_packed (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree char *name = picture_name ();
  GError *error = NULL;
  g_autoptr (GFile) file = snug_draft_file_new (name, bytes, &error);

  if (file == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_list_store_append (files, file);
  g_task_return_pointer (task, g_steal_pointer (&files), g_object_unref);
}

static void
on_picture_read (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GTask) packing = NULL;
  GError *error = NULL;
  GdkTexture *texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (clipboard), result, &error);

  if (texture == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  packing = g_task_new (clipboard, NULL, on_packed, g_steal_pointer (&task));
  g_task_set_task_data (packing, texture, g_object_unref);
  g_task_run_in_thread (packing, do_pack);
}

void
snug_pasted_files_read_async (GdkClipboard *clipboard, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (clipboard, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_pasted_files_read_async);
  if (has_files (clipboard))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, on_files_read, task);
  else
    gdk_clipboard_read_texture_async (clipboard, NULL, on_picture_read, task);
}

GListModel *
snug_pasted_files_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
