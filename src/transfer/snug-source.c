/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snug-beneath.h"
#include "snug-pieces.h"
#include "snug-sender.h"

#define NONE G_MAXUINT64
#define MAX_COMPONENT_BYTES 255

struct _SnugSource
{
  char         *path;
  SnugManifest *manifest;
  gboolean      is_folder;
  gboolean      is_part;
  int           root;       /* of a folder; -1: not open */
  SnugBeneath   tree;
  int           fd;         /* of @entry */
  guint64       entry;
};

/* --- what is in a folder --------------------------------------------------------------------------- */

typedef struct
{
  SnugManifest *manifest;
  guint         n_skipped;
  GError       *error;      /* nullable */
} Scan;

static gboolean scan_folder (Scan *scan, int fd, const char *path, guint depth);

static int
by_bytes (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* @fd: (transfer full). The same order each time: what was sent of a folder must be found again. */
static GPtrArray *
names_in (int fd)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  DIR *dir = fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL)
    {
      close (fd);
      return names;
    }
  while ((entry = readdir (dir)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (dir);
  g_ptr_array_sort (names, by_bytes);
  return names;
}

static gboolean
is_too_much (Scan *scan, guint depth)
{
  if (depth <= SNUG_MANIFEST_MAX_DEPTH && scan->manifest->entries->len < SNUG_MANIFEST_MAX_ENTRIES)
    return FALSE;
  g_set_error (&scan->error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("The folder has more than %d files or is more than %d folders deep."),
               SNUG_MANIFEST_MAX_ENTRIES, SNUG_MANIFEST_MAX_DEPTH);
  return TRUE;
}

static gboolean
scan_entry (Scan *scan, int folder, const char *parent, const char *name, guint depth)
{
  char *path = parent != NULL ? g_strconcat (parent, "/", name, NULL) : g_strdup (name);
  struct stat info;
  guint64 mtime;
  int fd;

  if (fstatat (folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0 || !g_utf8_validate (name, -1, NULL)
      || strlen (name) > MAX_COMPONENT_BYTES || (!S_ISREG (info.st_mode) && !S_ISDIR (info.st_mode)))
    {
      scan->n_skipped++;
      g_free (path);
      return TRUE;
    }
  if (is_too_much (scan, depth))
    {
      g_free (path);
      return FALSE;
    }
  mtime = (guint64) MAX (info.st_mtime, 0);
  snug_manifest_add (scan->manifest, path, S_ISDIR (info.st_mode) ? 0 : (guint64) info.st_size, mtime,
                     S_ISDIR (info.st_mode));
  if (!S_ISDIR (info.st_mode))
    return TRUE;
  fd = openat (folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0)
    return scan_folder (scan, fd, path, depth + 1);
  scan->n_skipped++;
  return TRUE;
}

/* @fd: (transfer full) */
static gboolean
scan_folder (Scan *scan, int fd, const char *path, guint depth)
{
  g_autoptr (GPtrArray) names = names_in (fcntl (fd, F_DUPFD_CLOEXEC, 0));
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < names->len; i++)
    ok = scan_entry (scan, fd, path, names->pdata[i], depth);
  close (fd);
  return ok;
}

SnugManifest *
snug_source_scan (const char *path, guint *n_skipped, GError **error)
{
  Scan scan = { .manifest = snug_manifest_new () };
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    g_set_error (&scan.error, G_IO_ERROR, (int) g_io_error_from_errno (errno), _("The folder cannot be opened (%s)."),
                 g_strerror (errno));
  else
    scan_folder (&scan, fd, NULL, 1);
  *n_skipped = scan.n_skipped;
  if (scan.error == NULL)
    return scan.manifest;
  g_propagate_error (error, scan.error);
  snug_manifest_unref (scan.manifest);
  return NULL;
}

/* --- reading --------------------------------------------------------------------------------------- */

SnugSource *
snug_source_new (const char *path, SnugManifest *manifest, gboolean is_folder)
{
  SnugSource *self = g_new0 (SnugSource, 1);

  self->path = g_strdup (path);
  self->manifest = snug_manifest_ref (manifest);
  self->is_folder = is_folder;
  self->root = -1;
  self->fd = -1;
  self->entry = NONE;
  snug_beneath_init (&self->tree, -1);
  return self;
}

SnugSource *
snug_source_new_part (int fd, SnugManifest *manifest, gboolean is_folder)
{
  SnugSource *self = snug_source_new ("", manifest, is_folder);
  int ours = fcntl (fd, F_DUPFD_CLOEXEC, 0);

  self->is_part = TRUE;
  if (is_folder)
    {
      self->root = ours;
      snug_beneath_init (&self->tree, ours);
      return self;
    }
  self->fd = ours;
  self->entry = 0;
  return self;
}

void
snug_source_free (SnugSource *self)
{
  snug_beneath_clear (&self->tree);
  if (self->fd >= 0)
    close (self->fd);
  if (self->root >= 0)
    close (self->root);
  snug_manifest_unref (self->manifest);
  g_free (self->path);
  g_free (self);
}

static gboolean
set_changed (GError **error)
{
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED,
                       _("The file has changed since it was offered."));
  return FALSE;
}

static int
open_entry (SnugSource *self, const SnugEntry *entry)
{
  if (!self->is_folder)
    return open (self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (self->root < 0)
    {
      self->root = open (self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      snug_beneath_init (&self->tree, self->root);
    }
  return self->root >= 0 ? snug_beneath_open (&self->tree, entry->path, O_RDONLY | O_NONBLOCK) : -1;
}

static gboolean
is_as_offered (const struct stat *info, const SnugEntry *entry)
{
  return (guint64) info->st_size == entry->size && (guint64) MAX (info->st_mtime, 0) == entry->mtime;
}

gboolean
snug_source_open (SnugSource *self, guint64 entry_number, GError **error)
{
  const SnugEntry *entry = snug_manifest_get (self->manifest, entry_number);
  struct stat info;

  /* Of a part, what has no bytes need not be there yet. */
  if (self->entry == entry_number || (self->is_part && entry->size == 0))
    return TRUE;
  if (self->fd >= 0)
    close (self->fd);
  self->entry = NONE;
  self->fd = open_entry (self, entry);
  /* Gone from a folder is changed; the one file that was offered is missed by name. */
  if (self->fd < 0 && self->is_folder && (errno == ENOENT || errno == ELOOP || errno == ENOTDIR))
    return set_changed (error);
  if (self->fd < 0)
    {
      g_set_error (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK, _("The file cannot be opened (%s)."),
                   g_strerror (errno));
      return FALSE;
    }
  if (fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode)
      || (!self->is_part && !is_as_offered (&info, entry)))
    return set_changed (error);
  if (entry->size > SNUG_WIRE_PIECE_BYTES)
    posix_fadvise (self->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  self->entry = entry_number;
  return TRUE;
}

static gboolean
read_all (SnugSource *self, guint8 *data, gsize length, guint64 offset, GError **error)
{
  gsize n_read = 0;

  while (n_read < length)
    {
      ssize_t n = pread (self->fd, data + n_read, length - n_read, (off_t) (offset + n_read));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK, _("The file cannot be read (%s)."),
                       g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        return set_changed (error);
      n_read += (gsize) n;
    }
  return TRUE;
}

GBytes *
snug_source_read (SnugSource *self, const SnugPlace *place, GError **error)
{
  const SnugEntry *entry = snug_manifest_get (self->manifest, place->entry);
  gsize length = snug_piece_length (entry->size, place->offset);
  g_autofree guint8 *data = g_malloc (length);

  if (!snug_source_open (self, place->entry, error) || !read_all (self, data, length, place->offset, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&data), length);
}
