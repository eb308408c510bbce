/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-copy.h"

#include <errno.h>

/* Moved at once: between two of them a copy is cancelled, and says how far it is. */
#define STEP (256 << 10)

gboolean
snug_file_copy_is_there (GFile *to, GCancellable *cancellable)
{
  return g_file_query_file_type (to, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, cancellable) != G_FILE_TYPE_UNKNOWN;
}

/* No name of what is received: those begin with ".snug-", and are looked for. */
static GFile *
part_of (GFile *to)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strconcat (".copy-", id, NULL);
  g_autoptr (GFile) folder = g_file_get_parent (to);

  return g_file_get_child (folder, name);
}

static GFileOutputStream *
create (GFile *to, GFile **part, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) beside = part_of (to);
  GFileOutputStream *out = g_file_create (beside, G_FILE_CREATE_NONE, cancellable, NULL);

  if (out != NULL)
    *part = g_steal_pointer (&beside);
  else
    /* No other name may be there, or nothing at all: the error then speaks of what the person named. */
    out = g_file_create (to, G_FILE_CREATE_NONE, cancellable, error);
  return out;
}

/* GIO's words would name the part, or a path, which in a Flatpak is a number. */
static void
set_exists (GFile *to, GError **error)
{
  g_autofree char *base = g_file_get_basename (to);
  g_autofree char *name = g_filename_display_name (base);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s: %s", name, g_strerror (EEXIST));
}

/* What stands at @to, a link to nothing too, stays until the new is whole: GIO writes beside it. What does not, GIO
 * would write under its own name: so it is written to @part. */
static GFileOutputStream *
open_target (GFile *to, gboolean may_replace, gboolean *is_ours, GFile **part, GCancellable *cancellable,
             GError **error)
{
  *is_ours = !snug_file_copy_is_there (to, cancellable);
  if (*is_ours)
    return create (to, part, cancellable, error);
  if (may_replace)
    return g_file_replace (to, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, cancellable, error);
  set_exists (to, error);
  return NULL;
}

static gboolean
pour (GFileInputStream *in, GFileOutputStream *out, GFileProgressCallback progress, gpointer user_data,
      GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_input_stream_query_info (in, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  goffset size = info != NULL ? g_file_info_get_size (info) : 0;
  g_autofree char *step = g_malloc (STEP);
  goffset n_done = 0;
  gssize n;

  while ((n = g_input_stream_read (G_INPUT_STREAM (in), step, STEP, cancellable, error)) > 0)
    {
      if (!g_output_stream_write_all (G_OUTPUT_STREAM (out), step, (gsize) n, NULL, cancellable, error))
        return FALSE;
      n_done += n;
      progress (n_done, MAX (size, n_done), user_data);
    }
  return n == 0;
}

/* GIO writes beside what is to be replaced. Closing puts that in its place, after an error too, and when the last
 * reference goes: unless it is cancelled, then it is let go of. */
static void
let_go (GFileOutputStream *out)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (G_OUTPUT_STREAM (out), cancelled, NULL);
}

static gboolean
put_in_place (GFile *part, GFile *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) why_not = NULL;

  if (part == NULL || g_file_move (part, to, G_FILE_COPY_NO_FALLBACK_FOR_MOVE, cancellable, NULL, NULL, &why_not))
    return TRUE;
  if (g_error_matches (why_not, G_IO_ERROR, G_IO_ERROR_EXISTS))
    set_exists (to, error);
  else
    g_propagate_error (error, g_steal_pointer (&why_not));
  return FALSE;
}

gboolean
snug_file_copy (GFile *from, GFile *to, gboolean may_replace, GFileProgressCallback progress, gpointer user_data,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) in = g_file_read (from, cancellable, error);
  g_autoptr (GFileOutputStream) out = NULL;
  g_autoptr (GFile) part = NULL;
  gboolean is_ours;

  if (in == NULL)
    return FALSE;
  out = open_target (to, may_replace, &is_ours, &part, cancellable, error);
  if (out == NULL)
    return FALSE;
  if (pour (in, out, progress, user_data, cancellable, error)
      && g_output_stream_close (G_OUTPUT_STREAM (out), cancellable, error)
      && put_in_place (part, to, cancellable, error))
    {
      /* Its time and the like, where they can be had. */
      g_file_copy_attributes (from, to, G_FILE_COPY_NONE, NULL, NULL);
      return TRUE;
    }
  let_go (out);
  if (is_ours)
    g_file_delete (part != NULL ? part : to, NULL, NULL);
  return FALSE;
}
