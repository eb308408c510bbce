/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sink.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "snug-beneath.h"
#include "snug-file-name.h"

/* Names tried before giving up: "name", "name (2)", … */
#define MAX_NUMBER 1000
#define COMPARE_BYTES 65536
#define NOT_MADE (-1)

/* ".snug-" and a number: no name of a stranger begins with a dot (snug_file_name_make_safe()). */
#define STEM_PREFIX ".snug-"
#define PART_SUFFIX ".part"
#define MANIFEST_SUFFIX ".manifest"

struct _SnugSink
{
  char             *folder_path;
  char             *name;
  char             *stem;         /* of the names of part, journal and manifest */
  char             *part_name;
  int               folder_fd;
  int               fd;           /* the part; of a folder, the entry that is written */
  int               tree_fd;      /* of a folder: the part */
  SnugBeneath       tree;
  SnugJournal      *journal;      /* nullable */
  guint64           size;
  SnugSinkConflict  conflict;
  gboolean          finished;
};

static gboolean
fail (GError **error, int code, const char *sentence)
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
    return fail (error, ENOTDIR, _("The folder to save in is not there."));
  if (g_access (path, W_OK | X_OK) != 0)
    return fail (error, errno, _("The folder to save in cannot be written to."));
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

static SnugSink *
sink_alloc (guint64 size)
{
  SnugSink *self = g_new0 (SnugSink, 1);

  self->fd = NOT_MADE;
  self->folder_fd = NOT_MADE;
  self->tree_fd = NOT_MADE;
  snug_beneath_init (&self->tree, NOT_MADE);
  self->size = size;
  return self;
}

static gboolean
open_folder (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict, GError **error)
{
  self->name = g_strdup (name);
  self->conflict = conflict;
  self->folder_path = g_file_get_path (folder);
  self->folder_fd = open (self->folder_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return self->folder_fd >= 0 || fail (error, errno, _("The folder to save in cannot be opened."));
}

static void
set_stem (SnugSink *self, const char *stem)
{
  g_free (self->stem);
  g_free (self->part_name);
  self->stem = g_strdup (stem);
  self->part_name = g_strconcat (stem, PART_SUFFIX, NULL);
}

/* Returns: %FALSE if there is none that can be used. */
static gboolean
open_tree (SnugSink *self)
{
  self->tree_fd = openat (self->folder_fd, self->part_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  snug_beneath_init (&self->tree, self->tree_fd);
  return self->tree_fd >= 0;
}

/* Mode 0644 less the person's umask: never executable, never writable to others by a sender's wish. */
static gboolean
make_part (SnugSink *self, gboolean is_folder)
{
  if (is_folder && mkdirat (self->folder_fd, self->part_name, 0755) == 0)
    {
      int code;

      if (open_tree (self))
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

static char *
new_stem (void)
{
  return g_strdup_printf (STEM_PREFIX "%08x%08x", g_random_int (), g_random_int ());
}

static gboolean
make_new_part (SnugSink *self, GError **error)
{
  gboolean made = FALSE;

  for (int tries = 0; tries < 10 && !made; tries++)
    {
      g_autofree char *stem = new_stem ();

      set_stem (self, stem);
      made = make_part (self, FALSE);
      if (!made && errno != EEXIST)
        break;
    }
  if (made)
    return TRUE;
  fail (error, errno, _("The file cannot be created."));
  /* What is not ours is not removed with us. */
  g_clear_pointer (&self->part_name, g_free);
  return FALSE;
}

/* Creates the `.part` file. */
static gboolean
open_part (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict, GError **error)
{
  return open_folder (self, folder, name, conflict, error) && make_new_part (self, error);
}

SnugSink *
snug_sink_new (GFile *folder, const char *name, guint64 size, SnugSinkConflict conflict, GError **error)
{
  g_autoptr (SnugSink) self = sink_alloc (size);

  return open_part (self, folder, name, conflict, error) ? g_steal_pointer (&self) : NULL;
}

/* --- what was left behind ------------------------------------------------------------------------- */

static gboolean next_piece (SnugManifest *manifest, SnugPlace *place);

static GMutex disowned_mutex;
static GHashTable *disowned;    /* stems */

static gboolean
is_disowned (const char *stem)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&disowned_mutex);

  return disowned != NULL && g_hash_table_contains (disowned, stem);
}

static void
disown (const char *stem)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&disowned_mutex);

  if (disowned == NULL)
    disowned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (disowned, g_strdup (stem));
}

/* Returns: (transfer full): nullable: @file_name is no journal's. */
static char *
stem_of_journal (const char *file_name)
{
  if (!g_str_has_prefix (file_name, STEM_PREFIX) || !g_str_has_suffix (file_name, SNUG_JOURNAL_SUFFIX))
    return NULL;
  return g_strndup (file_name, strlen (file_name) - strlen (SNUG_JOURNAL_SUFFIX));
}

/* The part must be what we made: others may write to the folder too. */
static gboolean
open_left_part (SnugSink *self, gboolean is_folder)
{
  struct stat info;

  if (is_folder)
    return open_tree (self) && fstat (self->tree_fd, &info) == 0 && info.st_uid == geteuid ();
  self->fd = openat (self->folder_fd, self->part_name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  return self->fd >= 0 && fstat (self->fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_nlink == 1
         && info.st_uid == geteuid ();
}

static void
close_part (SnugSink *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->tree_fd >= 0)
    close (self->tree_fd);
  self->fd = NOT_MADE;
  self->tree_fd = NOT_MADE;
  g_clear_pointer (&self->part_name, g_free);
}

static gboolean
take_up (SnugSink *self, const char *stem, const SnugJournalHead *head)
{
  g_autoptr (SnugJournal) journal = snug_journal_open (self->folder_fd, stem, NULL);

  if (journal == NULL || !snug_journal_head_equal (snug_journal_get_head (journal), head))
    return FALSE;
  set_stem (self, stem);
  if (!open_left_part (self, head->manifest != NULL))
    {
      close_part (self);
      return FALSE;
    }
  self->journal = g_steal_pointer (&journal);
  return TRUE;
}

static gboolean
find_left_behind (SnugSink *self, const SnugJournalHead *head)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder_path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *stem = stem_of_journal (name);

      if (stem != NULL && !is_disowned (stem) && take_up (self, stem, head))
        return TRUE;
    }
  return FALSE;
}

static SnugSink *
open_left (GFile *folder, const char *stem)
{
  g_autoptr (SnugSink) self = sink_alloc (0);
  SnugJournal *journal;

  if (!open_folder (self, folder, "", SNUG_SINK_KEEP_BOTH, NULL))
    return NULL;
  journal = snug_journal_open (self->folder_fd, stem, NULL);
  if (journal == NULL)
    return NULL;
  set_stem (self, stem);
  self->journal = journal;
  if (!open_left_part (self, snug_journal_get_head (journal)->manifest != NULL))
    {
      snug_journal_remove (journal);
      close_part (self);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* How much of it the journal speaks of; that it is so is looked at when it is gone on with. */
static guint64
count_bytes (SnugSink *self, SnugManifest *manifest)
{
  guint64 n_bytes = 0;
  SnugPlace place = { 0, 0 };

  for (guint64 n = 0; n < snug_journal_get_n (self->journal) && next_piece (manifest, &place); n++)
    {
      gsize length = snug_piece_length (snug_manifest_get (manifest, place.entry)->size, place.offset);

      snug_manifest_advance (manifest, &place, length);
      n_bytes += length;
    }
  return n_bytes;
}

static SnugManifest *
manifest_of_left (SnugSink *self, const SnugJournalHead *head)
{
  g_autoptr (GBytes) bytes = head->manifest != NULL ? snug_sink_load_manifest (self) : NULL;

  if (head->manifest == NULL)
    return snug_manifest_new_file (head->name, head->size, 0);
  return bytes != NULL ? snug_manifest_parse (bytes, NULL) : NULL;
}

void
snug_sink_foreach_left (GFile *folder, SnugSinkLeftFunc func, gpointer user_data)
{
  g_autofree char *path = g_file_get_path (folder);
  g_autoptr (GDir) dir = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  const char *file_name;

  while (dir != NULL && (file_name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *stem = stem_of_journal (file_name);
      SnugSink *sink = stem != NULL ? open_left (folder, stem) : NULL;
      g_autoptr (SnugManifest) manifest = NULL;

      if (sink == NULL)
        continue;
      manifest = manifest_of_left (sink, snug_journal_get_head (sink->journal));
      if (manifest != NULL && snug_journal_get_n (sink->journal) > 0)
        func (stem, snug_journal_get_head (sink->journal), count_bytes (sink, manifest), user_data);
      snug_sink_leave (sink);
    }
}

void
snug_sink_discard_left (GFile *folder, const char *stem)
{
  g_autoptr (SnugSink) sink = open_left (folder, stem);
}

SnugSink *
snug_sink_new_resumable (GFile *folder, const SnugJournalHead *head, SnugSinkConflict conflict, GError **error)
{
  g_autoptr (SnugSink) self = sink_alloc (head->size);
  g_autofree char *stem = NULL;

  if (!open_folder (self, folder, head->name, conflict, error))
    return NULL;
  if (find_left_behind (self, head))
    return g_steal_pointer (&self);
  /* First the journal, which is locked: a part without one would never be found again. */
  stem = new_stem ();
  self->journal = snug_journal_new (self->folder_fd, stem, head, error);
  if (self->journal == NULL)
    return NULL;
  set_stem (self, stem);
  if (make_part (self, head->manifest != NULL))
    return g_steal_pointer (&self);
  fail (error, errno, _("The file cannot be created."));
  return NULL;
}

static char *
manifest_name (SnugSink *self)
{
  return g_strconcat (self->stem, MANIFEST_SUFFIX, NULL);
}

GBytes *
snug_sink_load_manifest (SnugSink *self)
{
  g_autofree char *name = manifest_name (self);
  int fd = openat (self->folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  struct stat info;
  guint8 *data;
  ssize_t n = -1;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > SNUG_MANIFEST_MAX_BYTES)
    {
      close (fd);
      return NULL;
    }
  data = g_malloc ((gsize) info.st_size + 1);
  n = pread (fd, data, (gsize) info.st_size, 0);
  close (fd);
  return g_bytes_new_take (data, (gsize) MAX (n, 0));
}

gboolean
snug_sink_save_manifest (SnugSink *self, GBytes *bytes, GError **error)
{
  g_autofree char *name = manifest_name (self);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  int fd;
  gboolean written;

  unlinkat (self->folder_fd, name, 0);
  fd = openat (self->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail (error, errno, _("The file cannot be created."));
  written = pwrite (fd, data, length, 0) == (ssize_t) length;
  if (!written)
    fail (error, errno != 0 ? errno : ENOSPC, _("Writing to the disk failed."));
  close (fd);
  return written;
}

static gboolean
read_piece (int fd, guint64 offset, guint8 *data, gsize length)
{
  gsize n_read = 0;

  while (n_read < length)
    {
      ssize_t n = pread (fd, data + n_read, length - n_read, (off_t) (offset + n_read));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      n_read += (gsize) n;
    }
  return TRUE;
}

/* Whether the piece at @place is on the disk with that hash. @entry_fd keeps the entry open. */
static gboolean
is_there (SnugSink *self, const SnugEntry *entry, const SnugPlace *place, const guint8 *hash, guint8 *buffer)
{
  gsize length = snug_piece_length (entry->size, place->offset);
  guint8 found[SNUG_WIRE_HASH_BYTES];

  if (self->tree_fd >= 0 && place->offset == 0)
    {
      if (self->fd >= 0)
        close (self->fd);
      self->fd = snug_beneath_open (&self->tree, entry->path, O_RDONLY | O_NONBLOCK);
    }
  if (self->fd < 0 || !read_piece (self->fd, place->offset, buffer, length))
    return FALSE;
  snug_piece_hash (buffer, length, found);
  return memcmp (found, hash, sizeof found) == 0;
}

static void
close_entry (SnugSink *self)
{
  if (self->tree_fd >= 0 && self->fd >= 0)
    {
      close (self->fd);
      self->fd = NOT_MADE;
    }
}

/* The next piece from @place on, past entries that have none. */
static gboolean
next_piece (SnugManifest *manifest, SnugPlace *place)
{
  while (snug_manifest_settle (manifest, place) && snug_manifest_get (manifest, place->entry)->size == 0)
    place->entry++;
  return place->entry < manifest->entries->len;
}

guint64
snug_sink_verify (SnugSink *self, SnugManifest *manifest, SnugPlace *place, SnugFingerprint *fingerprint)
{
  g_autofree guint8 *buffer = g_malloc (SNUG_WIRE_PIECE_BYTES);
  guint64 n_bytes = 0, n = 0;
  SnugPlace next = { 0, 0 };

  *place = next;
  for (; n < snug_journal_get_n (self->journal) && next_piece (manifest, &next); n++)
    {
      const SnugEntry *entry = snug_manifest_get (manifest, next.entry);
      gsize length = snug_piece_length (entry->size, next.offset);

      if (n_bytes + length >= manifest->n_bytes
          || !is_there (self, entry, &next, snug_journal_get_hash (self->journal, n), buffer))
        break;
      snug_fingerprint_add (fingerprint, snug_journal_get_hash (self->journal, n));
      snug_manifest_advance (manifest, &next, length);
      n_bytes += length;
      *place = next;
    }
  close_entry (self);
  snug_journal_cut (self->journal, n, NULL);
  return n_bytes;
}

/* --- the entries of a folder ----------------------------------------------------------------------- */

gboolean
snug_sink_begin_entry (SnugSink *self, const SnugEntry *entry, guint64 offset, GError **error)
{
  int flags = O_RDWR | O_NONBLOCK | (offset == 0 ? O_CREAT | O_EXCL : 0);

  if (self->tree_fd < 0)
    return TRUE;
  close_entry (self);
  self->fd = snug_beneath_open (&self->tree, entry->path, flags);
  /* Begun before a break, and not one piece of it was whole. */
  if (self->fd < 0 && errno == EEXIST && snug_beneath_unlink (&self->tree, entry->path) == 0)
    self->fd = snug_beneath_open (&self->tree, entry->path, flags);
  return self->fd >= 0 || fail (error, errno, _("The file cannot be created."));
}

static void
set_mtime (SnugSink *self, guint64 mtime)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t) mtime } };

  if (mtime != 0 && futimens (self->fd, times) != 0)
    g_debug ("no modification time set: %s", g_strerror (errno));
}

void
snug_sink_end_entry (SnugSink *self, const SnugEntry *entry)
{
  if (self->tree_fd < 0)
    return;
  set_mtime (self, entry->mtime);
  close_entry (self);
}

gboolean
snug_sink_make_folders (SnugSink *self, SnugManifest *manifest, GError **error)
{
  for (guint i = 0; i < manifest->entries->len; i++)
    {
      const SnugEntry *entry = snug_manifest_get (manifest, i);

      if (entry->is_folder && snug_beneath_make_folder (&self->tree, entry->path) != 0)
        return fail (error, errno, _("The file cannot be created."));
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

gboolean
snug_sink_note_piece (SnugSink *self, const guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  return self->journal == NULL || snug_journal_add (self->journal, hash, error);
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
  g_autoptr (SnugSink) self = sink_alloc (size);

  g_mkdir_with_parents (folder, 0700);
  self->fd = open_without_name (folder);
  if (self->fd < 0)
    {
      fail (error, errno, _("The file cannot be created."));
      return NULL;
    }
  if (!has_room (self->fd, size))
    {
      fail (error, ENOSPC, _("It is too large to be kept until somebody decides."));
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

  self->fd = NOT_MADE;
  copied = open_part (self, folder, name, conflict, error);
  if (copied && !copy_bytes (undecided, self->fd, written))
    copied = fail (error, errno, _("Writing to the disk failed."));
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
        return fail (error, n < 0 ? errno : ENOSPC, _("Writing to the disk failed."));
      data += n;
      offset += (guint64) n;
      n_bytes -= (gsize) n;
    }
  return TRUE;
}

/* Whether the regular file @name in the folder has exactly our content. */
static gboolean
is_identical (SnugSink *self, const char *name)
{
  int other = openat (self->folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  g_autofree guint8 *ours = g_malloc (COMPARE_BYTES);
  g_autofree guint8 *theirs = g_malloc (COMPARE_BYTES);
  struct stat info;
  gboolean same = other >= 0 && fstat (other, &info) == 0 && S_ISREG (info.st_mode)
                  && (guint64) info.st_size == self->size;

  for (guint64 offset = 0; same && offset < self->size; offset += COMPARE_BYTES)
    {
      ssize_t a = pread (self->fd, ours, COMPARE_BYTES, (off_t) offset);
      ssize_t b = pread (other, theirs, COMPARE_BYTES, (off_t) offset);

      same = a > 0 && a == b && memcmp (ours, theirs, (gsize) a) == 0;
    }
  if (other >= 0)
    close (other);
  return same;
}

/* Returns: 0, or errno. Never replaces anything. */
static int
rename_without_overwriting (SnugSink *self, const char *name)
{
  if (renameat2 (self->folder_fd, self->part_name, self->folder_fd, name, RENAME_NOREPLACE) == 0)
    return 0;
  if ((errno != EINVAL && errno != ENOSYS) || self->tree_fd >= 0)
    return errno;

  /* A file system without RENAME_NOREPLACE: link() does not overwrite either. */
  if (linkat (self->folder_fd, self->part_name, self->folder_fd, name, 0) != 0)
    return errno;
  unlinkat (self->folder_fd, self->part_name, 0);
  return 0;
}

static gboolean
is_regular_file (SnugSink *self, const char *name)
{
  struct stat info;

  return fstatat (self->folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (info.st_mode);
}

static void remove_journal (SnugSink *self);

static GFile *
named (SnugSink *self, const char *name)
{
  self->finished = TRUE;
  remove_journal (self);
  return g_file_new_build_filename (self->folder_path, name, NULL);
}

static GFile *
finish_under_free_name (SnugSink *self, GError **error)
{
  int code = 0;

  for (guint n = 1; n <= MAX_NUMBER; n++)
    {
      g_autofree char *name = n == 1 ? g_strdup (self->name) : snug_file_name_numbered (self->name, n);

      code = rename_without_overwriting (self, name);
      if (code == 0)
        return named (self, name);
      if (code != EEXIST)
        break;
    }
  fail (error, code, _("The file cannot be given its name."));
  return NULL;
}

/* It has its name: what stood beside it has had its day. */
static void
remove_journal (SnugSink *self)
{
  g_autofree char *name = self->stem != NULL ? manifest_name (self) : NULL;

  if (self->journal != NULL)
    snug_journal_remove (self->journal);
  if (self->tree_fd >= 0)
    unlinkat (self->folder_fd, name, 0);
}

GFile *
snug_sink_finish (SnugSink *self, guint64 mtime, GError **error)
{
  gboolean is_file = self->tree_fd < 0;

  if (is_file)
    set_mtime (self, mtime);
  if (is_file && self->conflict == SNUG_SINK_SKIP_IDENTICAL && is_identical (self, self->name))
    {
      unlinkat (self->folder_fd, self->part_name, 0);
      return named (self, self->name);
    }
  if (is_file && self->conflict == SNUG_SINK_REPLACE && is_regular_file (self, self->name)
      && renameat (self->folder_fd, self->part_name, self->folder_fd, self->name) == 0)
    return named (self, self->name);
  return finish_under_free_name (self, error);
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
    disown (self->stem);
  snug_sink_leave (self);
}
