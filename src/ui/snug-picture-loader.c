/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-picture-loader.h"

#include <string.h>

/* Of the file, and of the picture as it is before it is made small: what a decoder may need for it. */
#define MAX_FILE_BYTES (32 * 1024 * 1024)
#define MAX_SIDE_PX 16384
#define MAX_PIXELS (36 * 1000 * 1000)

#define READ_BYTES (64 * 1024)

/* Textures that are kept for rows that come into sight again. */
#define MAX_KEPT_BYTES (48 * 1024 * 1024)

typedef struct
{
  GFile      *file;         /* owned */
  GdkTexture *texture;      /* owned */
} Kept;

static GQueue kept = G_QUEUE_INIT;          /* newest first; main context */
static gsize kept_bytes;

/* --- What is kept --- */

static gsize
texture_bytes (GdkTexture *texture)
{
  return (gsize) gdk_texture_get_width (texture) * (gsize) gdk_texture_get_height (texture) * 4;
}

static GdkTexture *
find_kept (GFile *file)
{
  for (GList *l = kept.head; l != NULL; l = l->next)
    {
      Kept *one = l->data;

      if (!g_file_equal (one->file, file))
        continue;
      g_queue_unlink (&kept, l);
      g_queue_push_head_link (&kept, l);
      return one->texture;
    }
  return NULL;
}

static void
keep (GFile *file, GdkTexture *texture)
{
  Kept *one;

  if (find_kept (file) != NULL)
    return;
  one = g_new0 (Kept, 1);
  one->file = g_object_ref (file);
  one->texture = g_object_ref (texture);
  g_queue_push_head (&kept, one);
  kept_bytes += texture_bytes (texture);
  while (kept_bytes > MAX_KEPT_BYTES && kept.length > 1)
    {
      one = g_queue_pop_tail (&kept);
      kept_bytes -= texture_bytes (one->texture);
      g_object_unref (one->file);
      g_object_unref (one->texture);
      g_free (one);
    }
}

/* --- What a file begins with --- */

gboolean
snug_picture_is_likely (const char *name)
{
  static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".gif", ".webp" };
  g_autofree char *folded = g_utf8_casefold (name, -1);

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (folded, endings[i]))
      return TRUE;
  return FALSE;
}

/* The format that @bytes begin with, as gdk-pixbuf calls it, or %NULL. */
static const char *
sniff (const guchar *bytes, gsize n_bytes)
{
  if (n_bytes >= 8 && memcmp (bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "png";
  if (n_bytes >= 3 && memcmp (bytes, "\xff\xd8\xff", 3) == 0)
    return "jpeg";
  if (n_bytes >= 6 && (memcmp (bytes, "GIF87a", 6) == 0 || memcmp (bytes, "GIF89a", 6) == 0))
    return "gif";
  if (n_bytes >= 12 && memcmp (bytes, "RIFF", 4) == 0 && memcmp (bytes + 8, "WEBP", 4) == 0)
    return "webp";
  return NULL;
}

/* --- On the worker --- */

/* Before a pixel is decoded. Too large: a decoder gives up at sides of zero. */
static void
on_size_known (GdkPixbufLoader *loader, int width, int height, gboolean *too_large)
{
  double scale;

  *too_large = width < 1 || height < 1 || width > MAX_SIDE_PX || height > MAX_SIDE_PX
               || (gint64) width * height > MAX_PIXELS;
  scale = MIN (1.0, (double) SNUG_PICTURE_MAX_PX / MAX (width, height));
  if (*too_large)
    gdk_pixbuf_loader_set_size (loader, 0, 0);
  else if (scale < 1)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int) (width * scale)), MAX (1, (int) (height * scale)));
}

static gboolean
fail_as_unsuited (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no picture that is shown here");
  return FALSE;
}

static gboolean
feed (GdkPixbufLoader *loader, GInputStream *stream, const guchar *first, gsize n_first, const gboolean *too_large,
      GCancellable *cancellable, GError **error)
{
  g_autofree guchar *buffer = g_malloc (READ_BYTES);
  gsize n_read = n_first, n_total = n_first;

  if (!gdk_pixbuf_loader_write (loader, first, n_first, error))
    return FALSE;
  while (n_read > 0)
    {
      if (*too_large || n_total > MAX_FILE_BYTES)
        return fail_as_unsuited (error);
      if (!g_input_stream_read_all (stream, buffer, READ_BYTES, &n_read, cancellable, error)
          || (n_read > 0 && !gdk_pixbuf_loader_write (loader, buffer, n_read, error)))
        return FALSE;
      n_total += n_read;
    }
  return TRUE;
}

/* Returns: (transfer full) */
static GdkPixbuf *
decode (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  guchar first[512];
  gsize n_first;
  gboolean too_large = FALSE, fed;
  const char *format;
  g_autoptr (GdkPixbufLoader) loader = NULL;
  GdkPixbuf *pixbuf;

  if (!g_input_stream_read_all (stream, first, sizeof first, &n_first, cancellable, error))
    return NULL;
  format = sniff (first, n_first);
  if (format == NULL)
    {
      fail_as_unsuited (error);
      return NULL;
    }
  loader = gdk_pixbuf_loader_new_with_type (format, error);
  if (loader == NULL)
    return NULL;
  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_known), &too_large);
  fed = feed (loader, stream, first, n_first, &too_large, cancellable, error);
  if (!gdk_pixbuf_loader_close (loader, fed ? error : NULL) || !fed)
    return NULL;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL || too_large)
    {
      fail_as_unsuited (error);
      return NULL;
    }
  return gdk_pixbuf_apply_embedded_orientation (pixbuf);
}

static void
load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (task_data, cancellable, &error);
  g_autoptr (GdkPixbuf) pixbuf = stream != NULL ? decode (G_INPUT_STREAM (stream), cancellable, &error) : NULL;

  if (pixbuf == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, gdk_texture_new_for_pixbuf (pixbuf), g_object_unref);
}

static void
on_worker (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;

  if (!g_task_return_error_if_cancelled (task))
    load (task, NULL, g_task_get_task_data (task), g_task_get_cancellable (task));
}

/* --- The way there and back --- */

void
snug_picture_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  /* One thread: ten pictures that come together take the memory of one. */
  static GThreadPool *worker;
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  GdkTexture *texture = find_kept (file);

  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  if (texture != NULL)
    {
      g_task_return_pointer (task, g_object_ref (texture), g_object_unref);
      g_object_unref (task);
      return;
    }
  if (worker == NULL)
    worker = g_thread_pool_new (on_worker, NULL, 1, FALSE, NULL);
  g_thread_pool_push (worker, task, NULL);
}

GdkTexture *
snug_picture_load_finish (GAsyncResult *result, GError **error)
{
  GdkTexture *texture = g_task_propagate_pointer (G_TASK (result), error);

  if (texture != NULL)
    keep (g_task_get_task_data (G_TASK (result)), texture);
  return texture;
}
