/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sink-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
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

      if (entry->is_folder && snug_manifest_is_chosen (manifest, i) && snug_beneath_make_folder (&self->tree, entry->path) != 0)
        return snug_sink_fail (error, errno, _("The file cannot be created."));
    }
  return TRUE;
}

void
snug_sink_end_folders (SnugSink *self, SnugManifest *manifest)
{
  for (guint i = manifest->entries->len; i > 0; i--)
    {
      const SnugEntry *entry = snug_manifest_get (manifest, i - 1);

      if (entry->is_folder && entry->mtime != 0)
        snug_beneath_set_mtime (&self->tree, entry->path, entry->mtime);
    }
}
