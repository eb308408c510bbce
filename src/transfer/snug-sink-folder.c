/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sink-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/stat.h>
#include <unistd.h>

void
snug_sink_close_entry (SnugSink *self)
{
  if (self->tree_fd >= 0 && self->fd >= 0)
    {
      close (self->fd);
      self->fd = SNUG_SINK_NOT_MADE;
    }
}

gboolean
snug_sink_begin_entry (SnugSink *self, const SnugEntry *entry, guint64 offset, GError **error)
{
  int flags = O_RDWR | O_NONBLOCK | (offset == 0 ? O_CREAT | O_EXCL : 0);

  if (self->tree_fd < 0)
    return TRUE;
  snug_sink_close_entry (self);
  self->fd = snug_beneath_open (&self->tree, entry->path, flags);
  /* Begun before a break, and not one piece of it was whole. */
  if (self->fd < 0 && errno == EEXIST && snug_beneath_unlink (&self->tree, entry->path) == 0)
    self->fd = snug_beneath_open (&self->tree, entry->path, flags);
  return self->fd >= 0 || snug_sink_fail (error, errno, _("The file cannot be created."));
}

void
snug_sink_end_entry (SnugSink *self, const SnugEntry *entry)
{
  if (self->tree_fd < 0)
    return;
  snug_sink_set_mtime (self, entry->mtime);
  snug_sink_close_entry (self);
}

gboolean
snug_sink_make_folders (SnugSink *self, SnugManifest *manifest, GError **error)
{
  for (guint i = 0; i < manifest->entries->len; i++)
    {
      const SnugEntry *entry = snug_manifest_get (manifest, i);

      if (entry->is_folder && snug_manifest_is_chosen (manifest, i)
          && snug_beneath_make_folder (&self->tree, entry->path) != 0)
        return snug_sink_fail (error, errno, _("The file cannot be created."));
    }
  return TRUE;
}

static void
set_folder_times (SnugBeneath *tree, SnugManifest *manifest)
{
  for (guint i = manifest->entries->len; i > 0; i--)
    {
      const SnugEntry *entry = snug_manifest_get (manifest, i - 1);

      if (entry->is_folder && entry->mtime != 0)
        snug_beneath_set_mtime (tree, entry->path, entry->mtime);
    }
}

/* --- where a folder of the name is already --------------------------------------------------------- */

static gboolean
is_equal_there (SnugSink *self, const SnugEntry *entry, SnugBeneath *there)
{
  int theirs = snug_beneath_open (there, entry->path, O_RDONLY | O_NONBLOCK | (entry->is_folder ? O_DIRECTORY : 0));
  gboolean equal = theirs >= 0 && entry->is_folder;

  if (theirs >= 0 && !entry->is_folder)
    {
      int ours = snug_beneath_open (&self->tree, entry->path, O_RDONLY);

      equal = ours >= 0 && snug_sink_has_same_content (ours, theirs, entry->size);
      if (ours >= 0)
        close (ours);
    }
  if (theirs >= 0)
    close (theirs);
  return equal;
}

/* Whether nothing is there at that path, or the same kind of thing. */
static gboolean
fits_there (SnugSink *self, const SnugEntry *entry, SnugBeneath *there)
{
  int fd = snug_beneath_open (there, entry->path, O_PATH);
  struct stat info;
  gboolean fits;

  if (fd < 0)
    return errno == ENOENT;
  fits = fstat (fd, &info) == 0 && (entry->is_folder ? S_ISDIR (info.st_mode) : S_ISREG (info.st_mode));
  close (fd);
  return fits;
}

static gboolean
move_there (SnugSink *self, const SnugEntry *entry, SnugBeneath *there)
{
  return (entry->is_folder ? snug_beneath_make_folder (there, entry->path)
                           : snug_beneath_move (&self->tree, entry->path, there)) == 0;
}

static gboolean
all_chosen (SnugSink *self, SnugManifest *manifest, SnugBeneath *there,
            gboolean (*func) (SnugSink *self, const SnugEntry *entry, SnugBeneath *there))
{
  for (guint i = 0; i < manifest->entries->len; i++)
    if (snug_manifest_is_chosen (manifest, i) && !func (self, snug_manifest_get (manifest, i), there))
      return FALSE;
  return TRUE;
}

/* Returns: (nullable): %NULL without @error if it must have a name of its own */
static GFile *
finish_in_folder (SnugSink *self, SnugManifest *manifest, SnugBeneath *there, GError **error)
{
  if (self->conflict == SNUG_SINK_SKIP_IDENTICAL)
    {
      if (!all_chosen (self, manifest, there, is_equal_there))
        return NULL;
    }
  else
    {
      /* First it is looked: half of it in the folder and the other half beside it is no use to anybody. */
      if (!all_chosen (self, manifest, there, fits_there))
        return NULL;
      if (!all_chosen (self, manifest, there, move_there))
        {
          snug_sink_fail (error, errno, _("The file cannot be given its name."));
          return NULL;
        }
      set_folder_times (there, manifest);
    }
  snug_remove_beneath (self->folder_fd, self->part_name);
  return snug_sink_named (self, self->name);
}

GFile *
snug_sink_finish_folder (SnugSink *self, SnugManifest *manifest, GError **error)
{
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = self->conflict != SNUG_SINK_KEEP_BOTH ? openat (self->folder_fd, self->name, flags) : SNUG_SINK_NOT_MADE;
  SnugBeneath there;
  GError *failed = NULL;
  GFile *file = NULL;

  set_folder_times (&self->tree, manifest);
  if (fd >= 0)
    {
      snug_beneath_init (&there, fd);
      file = finish_in_folder (self, manifest, &there, &failed);
      snug_beneath_clear (&there);
      close (fd);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return file != NULL || failed != NULL ? file : snug_sink_finish_under_free_name (self, error);
}
