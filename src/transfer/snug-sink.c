/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sink-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "snug-file-name.h"

/* Names tried before giving up: "name", "name (2)", … */
#define MAX_NUMBER 1000
#define COMPARE_BYTES 65536

#define PART_SUFFIX ".part"
#define MANIFEST_SUFFIX ".manifest"

gboolean
snug_sink_fail (GError **error, int code, const char *sentence)
{
  int domain_code = code == EDQUOT ? G_IO_ERROR_NO_SPACE : (int) g_io_error_from_errno (code);

  g_set_error (error, G_IO_ERROR, domain_code, "%s (%s)", sentence, g_strerror (code));
  return FALSE;
}

gboolean
snug_sink_check_folder (GFile *folder, guint64 n_bytes, GError **error)
{
  g_autofree char *path = g_file_get_path (folder);
  struct statvfs space;

  if (path == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("Files can only be saved in a folder on this computer."));
      return FALSE;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return snug_sink_fail (error, ENOTDIR, _("The folder to save in is not there."));
  if (g_access (path, W_OK | X_OK) != 0)
    return snug_sink_fail (error, errno, _("The folder to save in cannot be written to."));
  if (statvfs (path, &space) == 0 && (guint64) space.f_bavail * space.f_frsize < n_bytes)
    {
      g_autofree char *needed = g_format_size (n_bytes);
      g_autofree char *there = g_format_size ((guint64) space.f_bavail * space.f_frsize);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("There is not enough room: %s are needed, %s are free."), needed, there);
      return FALSE;
    }
  return TRUE;
}

SnugSink *
snug_sink_alloc (guint64 size)
{
  SnugSink *self = g_new0 (SnugSink, 1);

  self->fd = SNUG_SINK_NOT_MADE;
  self->folder_fd = SNUG_SINK_NOT_MADE;
  self->tree_fd = SNUG_SINK_NOT_MADE;
  snug_beneath_init (&self->tree, SNUG_SINK_NOT_MADE);
  self->size = size;
  return self;
}

gboolean
snug_sink_open_folder (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict, GError **error)
{
  self->name = g_strdup (name);
  self->conflict = conflict;
  self->folder_path = g_file_get_path (folder);
  self->folder_fd = open (self->folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return self->folder_fd >= 0 || snug_sink_fail (error, errno, _("The folder to save in cannot be opened."));
}

void
snug_sink_set_stem (SnugSink *self, const char *stem)
{
  g_free (self->stem);
  g_free (self->part_name);
  self->stem = g_strdup (stem);
  self->part_name = g_strconcat (stem, PART_SUFFIX, NULL);
}

gboolean
snug_sink_open_tree (SnugSink *self)
{
  self->tree_fd = openat (self->folder_fd, self->part_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  snug_beneath_init (&self->tree, self->tree_fd);
  return self->tree_fd >= 0;
}

/* Mode 0644 less the person's umask: never executable, never writable to others by a sender's wish. */
gboolean
snug_sink_make_part (SnugSink *self, gboolean is_folder)
{
  if (is_folder && mkdirat (self->folder_fd, self->part_name, 0755) == 0)
    {
      int code;

      if (snug_sink_open_tree (self))
        return TRUE;
      code = errno;
      unlinkat (self->folder_fd, self->part_name, AT_REMOVEDIR);
      errno = code;
    }
  if (is_folder)
    return FALSE;
  self->fd = openat (self->folder_fd, self->part_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  return self->fd >= 0;
}

char *
snug_sink_new_stem (void)
{
  return g_strdup_printf (SNUG_SINK_STEM_PREFIX "%08x%08x", g_random_int (), g_random_int ());
}

char *
snug_sink_manifest_name (SnugSink *self)
{
  return g_strconcat (self->stem, MANIFEST_SUFFIX, NULL);
}

static gboolean
make_new_part (SnugSink *self, GError **error)
{
  gboolean made = FALSE;

  for (int tries = 0; tries < 10 && !made; tries++)
    {
      g_autofree char *stem = snug_sink_new_stem ();

      snug_sink_set_stem (self, stem);
      made = snug_sink_make_part (self, FALSE);
      if (!made && errno != EEXIST)
        break;
    }
  if (made)
    return TRUE;
  snug_sink_fail (error, errno, _("The file cannot be created."));
  /* What is not ours is not removed with us. */
  g_clear_pointer (&self->part_name, g_free);
  return FALSE;
}

/* Creates the `.part` file. */
static gboolean
open_part (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict, GError **error)
{
  return snug_sink_open_folder (self, folder, name, conflict, error) && make_new_part (self, error);
}

SnugSink *
snug_sink_new (GFile *folder, const char *name, guint64 size, SnugSinkConflict conflict, GError **error)
{
  g_autoptr (SnugSink) self = snug_sink_alloc (size);

  return open_part (self, folder, name, conflict, error) ? g_steal_pointer (&self) : NULL;
}

void
snug_sink_set_mtime (SnugSink *self, guint64 mtime)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t) mtime } };

  if (mtime != 0 && futimens (self->fd, times) != 0)
    g_debug ("no modification time set: %s", g_strerror (errno));
}

gboolean
snug_sink_note_piece (SnugSink *self, const guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  return self->journal == NULL || snug_journal_add (self->journal, hash, error);
}

int
snug_sink_dup_part (SnugSink *self)
{
  int fd = self->tree_fd >= 0 ? self->tree_fd : self->fd;

  return fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1) : -1;
}

void
snug_sink_tell_hashes (SnugSink *self, SnugPieceHashes *hashes)
{
  for (guint64 i = 0; self->journal != NULL && i < snug_journal_get_n (self->journal); i++)
    snug_piece_hashes_set (hashes, i, snug_journal_get_hash (self->journal, i));
}

/* --- before it is decided -------------------------------------------------------------------------- */

static int
open_without_name (const char *folder)
{
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *path = NULL;

  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
    return fd;
  path = g_build_filename (folder, "XXXXXX", NULL);
  fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0)
    unlink (path);
  return fd;
}

static gboolean
has_room (int fd, guint64 size)
{
  struct statvfs space;

  return fstatvfs (fd, &space) != 0 || (guint64) space.f_bavail * space.f_frsize / 2 >= size;
}

SnugSink *
snug_sink_new_undecided (guint64 size, GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "snug", NULL);
  g_autoptr (SnugSink) self = snug_sink_alloc (size);

  g_mkdir_with_parents (folder, 0700);
  self->fd = open_without_name (folder);
  if (self->fd < 0)
    {
      snug_sink_fail (error, errno, _("The file cannot be created."));
      return NULL;
    }
  if (!has_room (self->fd, size))
    {
      snug_sink_fail (error, ENOSPC, _("It is too large to be kept until somebody decides."));
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* Where both are on one file system that can, the bytes are shared and not copied. */
static gboolean
copy_bytes (int from, int to, guint64 n_bytes)
{
  off_t in = 0, out = 0;
  g_autofree char *buffer = NULL;
  ssize_t n;

  while ((guint64) in < n_bytes && (n = copy_file_range (from, &in, to, &out, n_bytes - (guint64) in, 0)) > 0)
    ;
  buffer = (guint64) in < n_bytes ? g_malloc (COMPARE_BYTES) : NULL;
  while ((guint64) in < n_bytes)
    {
      n = pread (from, buffer, MIN (COMPARE_BYTES, n_bytes - (guint64) in), in);
      if (n <= 0 || pwrite (to, buffer, (gsize) n, in) != n)
        return FALSE;
      in += n;
    }
  return TRUE;
}

gboolean
snug_sink_decide (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict, guint64 written,
                  GError **error)
{
  int undecided = self->fd;
  gboolean copied;

  self->fd = SNUG_SINK_NOT_MADE;
  copied = open_part (self, folder, name, conflict, error);
  if (copied && !copy_bytes (undecided, self->fd, written))
    copied = snug_sink_fail (error, errno, _("Writing to the disk failed."));
  close (undecided);
  return copied;
}

gboolean
snug_sink_write (SnugSink *self, guint64 offset, const guint8 *data, gsize n_bytes, GError **error)
{
  g_return_val_if_fail (offset + n_bytes <= self->size, FALSE);

  while (n_bytes > 0)
    {
      ssize_t n = pwrite (self->fd, data, n_bytes, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return snug_sink_fail (error, n < 0 ? errno : ENOSPC, _("Writing to the disk failed."));
      data += n;
      offset += (guint64) n;
      n_bytes -= (gsize) n;
    }
  return TRUE;
}

gboolean
snug_sink_has_same_content (int fd, int other, guint64 size)
{
  g_autofree guint8 *ours = g_malloc (COMPARE_BYTES);
  g_autofree guint8 *theirs = g_malloc (COMPARE_BYTES);
  struct stat info;
  gboolean same = fstat (other, &info) == 0 && S_ISREG (info.st_mode) && (guint64) info.st_size == size;

  for (guint64 offset = 0; same && offset < size; offset += COMPARE_BYTES)
    {
      ssize_t a = pread (fd, ours, COMPARE_BYTES, (off_t) offset);
      ssize_t b = pread (other, theirs, COMPARE_BYTES, (off_t) offset);

      same = a > 0 && a == b && memcmp (ours, theirs, (gsize) a) == 0;
    }
  return same;
}

/* Whether the regular file @name in the folder has exactly our content. */
static gboolean
is_identical (SnugSink *self, const char *name)
{
  int other = openat (self->folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  gboolean same = other >= 0 && snug_sink_has_same_content (self->fd, other, self->size);

  if (other >= 0)
    close (other);
  return same;
}

/* link() does not overwrite either. Returns: 0, or errno. */
static int
link_file (SnugSink *self, const char *name)
{
  if (linkat (self->folder_fd, self->part_name, self->folder_fd, name, 0) != 0)
    return errno;
  unlinkat (self->folder_fd, self->part_name, 0);
  return 0;
}

/* A folder replaces one that is empty, as one is that was made just now; if somebody fills it meanwhile, nothing of
 * theirs is lost. Returns: 0, or errno. */
static int
replace_empty_folder (SnugSink *self, const char *name)
{
  int code;

  if (mkdirat (self->folder_fd, name, 0755) != 0)
    return errno;
  if (renameat (self->folder_fd, self->part_name, self->folder_fd, name) == 0)
    return 0;
  code = errno;
  unlinkat (self->folder_fd, name, AT_REMOVEDIR);
  return code == ENOTEMPTY ? EEXIST : code;
}

/* Returns: 0, or errno. Never replaces anything. */
static int
rename_without_overwriting (SnugSink *self, const char *name)
{
  if (renameat2 (self->folder_fd, self->part_name, self->folder_fd, name, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return errno;
  /* A file system without RENAME_NOREPLACE, as some in user space and on the network are. */
  return self->tree_fd >= 0 ? replace_empty_folder (self, name) : link_file (self, name);
}

static gboolean
is_regular_file (SnugSink *self, const char *name)
{
  struct stat info;

  return fstatat (self->folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (info.st_mode);
}

static void remove_journal (SnugSink *self);

GFile *
snug_sink_named (SnugSink *self, const char *name)
{
  self->finished = TRUE;
  remove_journal (self);
  return g_file_new_build_filename (self->folder_path, name, NULL);
}

GFile *
snug_sink_finish_under_free_name (SnugSink *self, GError **error)
{
  int code = 0;

  for (guint n = 1; n <= MAX_NUMBER; n++)
    {
      g_autofree char *name = n == 1 ? g_strdup (self->name) : snug_file_name_numbered (self->name, n);

      code = rename_without_overwriting (self, name);
      if (code == 0)
        return snug_sink_named (self, name);
      if (code != EEXIST)
        break;
    }
  snug_sink_fail (error, code, _("The file cannot be given its name."));
  return NULL;
}

/* It has its name: what stood beside it has had its day. */
static void
remove_journal (SnugSink *self)
{
  g_autofree char *name = self->stem != NULL ? snug_sink_manifest_name (self) : NULL;

  if (self->journal != NULL)
    snug_journal_remove (self->journal);
  if (self->tree_fd >= 0)
    unlinkat (self->folder_fd, name, 0);
}

GFile *
snug_sink_finish (SnugSink *self, guint64 mtime, GError **error)
{
  snug_sink_set_mtime (self, mtime);
  if (self->conflict == SNUG_SINK_SKIP_IDENTICAL && is_identical (self, self->name))
    {
      unlinkat (self->folder_fd, self->part_name, 0);
      return snug_sink_named (self, self->name);
    }
  if (self->conflict == SNUG_SINK_REPLACE && is_regular_file (self, self->name)
      && renameat (self->folder_fd, self->part_name, self->folder_fd, self->name) == 0)
    return snug_sink_named (self, self->name);
  return snug_sink_finish_under_free_name (self, error);
}

static void
sink_close (SnugSink *self)
{
  snug_beneath_clear (&self->tree);
  if (self->fd >= 0)
    close (self->fd);
  if (self->tree_fd >= 0)
    close (self->tree_fd);
  g_clear_pointer (&self->journal, snug_journal_free);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  g_free (self->folder_path);
  g_free (self->name);
  g_free (self->stem);
  g_free (self->part_name);
  g_free (self);
}

void
snug_sink_free (SnugSink *self)
{
  if (!self->finished && self->part_name != NULL)
    {
      snug_remove_beneath (self->folder_fd, self->part_name);
      remove_journal (self);
    }
  sink_close (self);
}

void
snug_sink_leave (SnugSink *self)
{
  if (self->journal != NULL && snug_journal_get_n (self->journal) > 0)
    sink_close (self);
  else
    snug_sink_free (self);
}

void
snug_sink_disown (SnugSink *self)
{
  if (self->stem != NULL)
    snug_sink_remember_disowned (self->stem);
  snug_sink_leave (self);
}
