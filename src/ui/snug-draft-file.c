/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-draft-file.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#define PREFIX "draft-"

static GPtrArray *files;     /* of GFile; nullable */

/* Shared by every Snug that runs: whoever gets it alone knows that what lies there is nobody's. */
static int lock = -1;

static char *
parent_path (void)
{
  return g_build_filename (g_get_user_cache_dir (), "snug", NULL);
}

static void
erase_folder (const char *path)
{
  g_autoptr (GDir) folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

static void
erase_leftovers (const char *parent)
{
  g_autoptr (GDir) folder = g_dir_open (parent, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (parent, name, NULL);

      if (g_str_has_prefix (name, PREFIX))
        erase_folder (path);
    }
}

static void
take_hold (const char *parent)
{
  g_autofree char *path = g_build_filename (parent, "drafts.lock", NULL);

  if (lock == -1)
    lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock == -1)
    return;
  if (flock (lock, LOCK_EX | LOCK_NB) == 0)
    erase_leftovers (parent);
  flock (lock, LOCK_SH);
}

void
snug_draft_files_begin (void)
{
  g_autofree char *parent = parent_path ();

  if (g_file_test (parent, G_FILE_TEST_IS_DIR))
    take_hold (parent);
}

static char *
make_folder (void)
{
  g_autofree char *parent = parent_path ();
  g_autofree char *pattern = g_build_filename (parent, PREFIX "XXXXXX", NULL);

  if (g_mkdir_with_parents (parent, 0700) != 0)
    return NULL;
  if (lock == -1)
    take_hold (parent);
  return g_mkdtemp (pattern) != NULL ? g_steal_pointer (&pattern) : NULL;
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
  if (lock != -1)
    close (lock);
  lock = -1;
}
