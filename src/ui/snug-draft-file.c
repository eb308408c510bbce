/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-draft-file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

static GPtrArray *files;     /* of GFile; nullable */

static char *
make_folder (void)
{
  g_autofree char *parent = g_build_filename (g_get_user_cache_dir (), "snug", NULL);
  g_autofree char *pattern = g_build_filename (parent, "draft-XXXXXX", NULL);

  if (g_mkdir_with_parents (parent, 0700) != 0 || g_mkdtemp (pattern) == NULL)
    return NULL;
  return g_steal_pointer (&pattern);
}

GFile *
snug_draft_file_new (const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (GFile) file = folder != NULL ? g_file_new_build_filename (folder, name, NULL) : NULL;
  gsize n_bytes;
  const char *data = g_bytes_get_data (bytes, &n_bytes);

  if (file == NULL || !g_file_set_contents_full (g_file_peek_path (file), data, (gssize) n_bytes,
                                                 G_FILE_SET_CONTENTS_NONE, 0600, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _("There is no room on the disk to keep this until it is sent."));
      return NULL;
    }
  if (files == NULL)
    files = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (files, g_object_ref (file));
  return g_steal_pointer (&file);
}

void
snug_draft_files_forget (void)
{
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      g_autoptr (GFile) folder = g_file_get_parent (g_ptr_array_index (files, i));

      g_file_delete (g_ptr_array_index (files, i), NULL, NULL);
      g_file_delete (folder, NULL, NULL);
    }
  g_clear_pointer (&files, g_ptr_array_unref);
}
