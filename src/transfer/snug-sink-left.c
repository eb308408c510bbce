/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sink-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static GMutex disowned_mutex;
static GHashTable *disowned;    /* stems */

static gboolean
is_disowned (const char *stem)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&disowned_mutex);

  return disowned != NULL && g_hash_table_contains (disowned, stem);
}

void
snug_sink_remember_disowned (const char *stem)
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
  if (!g_str_has_prefix (file_name, SNUG_SINK_STEM_PREFIX) || !g_str_has_suffix (file_name, SNUG_JOURNAL_SUFFIX))
    return NULL;
  return g_strndup (file_name, strlen (file_name) - strlen (SNUG_JOURNAL_SUFFIX));
}

/* The part must be what we made: others may write to the folder too. */
static gboolean
open_left_part (SnugSink *self, gboolean is_folder)
{
  struct stat info;

  if (is_folder)
    return snug_sink_open_tree (self) && fstat (self->tree_fd, &info) == 0 && info.st_uid == geteuid ();
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
  self->fd = SNUG_SINK_NOT_MADE;
  self->tree_fd = SNUG_SINK_NOT_MADE;
  g_clear_pointer (&self->part_name, g_free);
}

static gboolean
take_up (SnugSink *self, const char *stem, const SnugJournalHead *head)
{
  g_autoptr (SnugJournal) journal = snug_journal_open (self->folder_fd, stem, NULL);

  if (journal == NULL || !snug_journal_head_equal (snug_journal_get_head (journal), head))
    return FALSE;
  snug_sink_set_stem (self, stem);
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
  g_autoptr (SnugSink) self = snug_sink_alloc (0);
  SnugJournal *journal;

  if (!snug_sink_open_folder (self, folder, "", SNUG_SINK_KEEP_BOTH, NULL))
    return NULL;
  journal = snug_journal_open (self->folder_fd, stem, NULL);
  if (journal == NULL)
    return NULL;
  snug_sink_set_stem (self, stem);
  self->journal = journal;
  if (!open_left_part (self, snug_journal_get_head (journal)->manifest != NULL))
    {
      snug_journal_remove (journal);
      close_part (self);
      return NULL;
    }
  return g_steal_pointer (&self);
}

/* The next piece from @place on, past entries that have none. */
static gboolean
next_piece (SnugManifest *manifest, SnugPlace *place)
{
  while (snug_manifest_settle (manifest, place) && snug_manifest_get (manifest, place->entry)->size == 0)
    place->entry++;
  return place->entry < manifest->entries->len;
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
  g_autoptr (SnugManifest) whole = NULL;

  if (head->manifest == NULL)
    return snug_manifest_new_file (head->name, head->size, 0);
  whole = bytes != NULL ? snug_manifest_parse (bytes, NULL) : NULL;
  return whole != NULL ? snug_manifest_choose (whole, head->only) : NULL;
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
        func (stem, snug_journal_get_head (sink->journal), count_bytes (sink, manifest), manifest->n_bytes, user_data);
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
  g_autoptr (SnugSink) self = snug_sink_alloc (head->size);
  g_autofree char *stem = NULL;

  if (!snug_sink_open_folder (self, folder, head->name, conflict, error))
    return NULL;
  if (find_left_behind (self, head))
    return g_steal_pointer (&self);
  /* First the journal, which is locked: a part without one would never be found again. */
  stem = snug_sink_new_stem ();
  self->journal = snug_journal_new (self->folder_fd, stem, head, error);
  if (self->journal == NULL)
    return NULL;
  snug_sink_set_stem (self, stem);
  if (snug_sink_make_part (self, head->manifest != NULL))
    return g_steal_pointer (&self);
  snug_sink_fail (error, errno, _("The file cannot be created."));
  return NULL;
}

GBytes *
snug_sink_load_manifest (SnugSink *self)
{
  g_autofree char *name = snug_sink_manifest_name (self);
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
  g_autofree char *name = snug_sink_manifest_name (self);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  int fd;
  ssize_t n;

  unlinkat (self->folder_fd, name, 0);
  fd = openat (self->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return snug_sink_fail (error, errno, _("The file cannot be created."));
  n = pwrite (fd, data, length, 0);
  if (n != (ssize_t) length)
    snug_sink_fail (error, n < 0 ? errno : ENOSPC, _("Writing to the disk failed."));
  close (fd);
  return n == (ssize_t) length;
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
  snug_sink_close_entry (self);
  snug_journal_cut (self->journal, n, NULL);
  return n_bytes;
}
