/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snug-json.h"

#define VERSION 1
#define MAX_HEAD_BYTES 24576
/* Two million pieces: what is behind them would come again. */
#define MAX_BYTES (64 * 1024 * 1024)

/* Of this program, whichever thread has it in hand. */
static GMutex count_lock;
static GCond count_changed;
static guint n_in_hand;

struct _SnugJournal
{
  int              folder_fd;   /* borrowed */
  int              fd;
  char            *name;
  SnugJournalHead  head;
  gsize            n_head;      /* bytes of the line before the hashes */
  GByteArray      *hashes;
};

void
snug_journal_head_clear (SnugJournalHead *head)
{
  g_clear_pointer (&head->name, g_free);
  g_clear_pointer (&head->manifest, g_bytes_unref);
  g_clear_pointer (&head->only, g_bytes_unref);
}

static gboolean
are_equal (GBytes *a, GBytes *b)
{
  return a == NULL || b == NULL ? a == b : g_bytes_equal (a, b);
}

gboolean
snug_journal_head_equal (const SnugJournalHead *a, const SnugJournalHead *b)
{
  return strcmp (a->name, b->name) == 0 && a->size == b->size && are_equal (a->manifest, b->manifest)
         && are_equal (a->only, b->only);
}

static gboolean
fail (GError **error, int code)
{
  int domain_code = code == EDQUOT ? G_IO_ERROR_NO_SPACE : (int) g_io_error_from_errno (code);

  g_set_error (error, G_IO_ERROR, domain_code, _("Writing to the disk failed. (%s)"), g_strerror (code));
  return FALSE;
}

static void
count (int difference)
{
  g_mutex_lock (&count_lock);
  n_in_hand += (guint) difference;
  g_cond_broadcast (&count_changed);
  g_mutex_unlock (&count_lock);
}

void
snug_journal_wait_until_left (guint at_most_ms)
{
  gint64 end_us = g_get_monotonic_time () + at_most_ms * G_TIME_SPAN_MILLISECOND;

  g_mutex_lock (&count_lock);
  while (n_in_hand > 0 && g_cond_wait_until (&count_changed, &count_lock, end_us))
    ;
  g_mutex_unlock (&count_lock);
}

static SnugJournal *
journal_alloc (int folder_fd, const char *stem)
{
  SnugJournal *self = g_new0 (SnugJournal, 1);

  count (1);
  self->folder_fd = folder_fd;
  self->fd = -1;
  self->name = g_strconcat (stem, SNUG_JOURNAL_SUFFIX, NULL);
  self->hashes = g_byte_array_new ();
  return self;
}

static gboolean
write_at (SnugJournal *self, const void *data, gsize length, gsize offset, GError **error)
{
  ssize_t n = pwrite (self->fd, data, length, (off_t) offset);

  if (n == (ssize_t) length)
    return TRUE;
  return fail (error, n < 0 ? errno : ENOSPC);
}

static char *
head_to_text (const SnugJournalHead *head)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_int_member (object, "snug-journal", VERSION);
  json_object_set_string_member (object, "name", head->name);
  json_object_set_int_member (object, "size", (gint64) head->size);
  if (head->manifest != NULL)
    snug_json_set_base64url (object, "manifest", g_bytes_get_data (head->manifest, NULL), SNUG_WIRE_HASH_BYTES);
  if (head->only != NULL)
    snug_json_set_base64url (object, "only", g_bytes_get_data (head->only, NULL), g_bytes_get_size (head->only));
  text = snug_json_to_text (object);
  return g_strconcat (text, "\n", NULL);
}

SnugJournal *
snug_journal_new (int folder_fd, const char *stem, const SnugJournalHead *head, GError **error)
{
  g_autoptr (SnugJournal) self = journal_alloc (folder_fd, stem);
  g_autofree char *text = head_to_text (head);
  g_autofree char *new_name = g_strconcat (stem, ".new", NULL);

  self->head = (SnugJournalHead) { g_strdup (head->name), head->size,
                                   head->manifest != NULL ? g_bytes_ref (head->manifest) : NULL,
                                   head->only != NULL ? g_bytes_ref (head->only) : NULL };
  self->n_head = strlen (text);
  self->fd = openat (folder_fd, new_name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      fail (error, errno);
      return NULL;
    }
  /* Nobody finds it before it is locked. */
  flock (self->fd, LOCK_EX | LOCK_NB);
  if (write_at (self, text, self->n_head, 0, error)
      && (renameat (folder_fd, new_name, folder_fd, self->name) == 0 || fail (error, errno)))
    return g_steal_pointer (&self);
  unlinkat (folder_fd, new_name, 0);
  return NULL;
}

/* --- one that was left behind ---------------------------------------------------------------------- */

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("There is nothing to go on with."));
  return FALSE;
}

static gboolean
read_head (SnugJournal *self, const char *line, GError **error)
{
  g_autoptr (JsonObject) object = snug_json_parse (line, self->n_head - 1, MAX_HEAD_BYTES, error);
  guint64 version;
  const char *name;

  if (object == NULL)
    return FALSE;
  if (!snug_json_peek_integer (object, "snug-journal", VERSION, &version) || version != VERSION
      || !snug_json_peek_string (object, "name", SNUG_WIRE_MAX_NAME_BYTES, &name)
      || !snug_json_peek_integer (object, "size", SNUG_JSON_MAX_INTEGER, &self->head.size))
    return refuse (error);
  self->head.name = g_strdup (name);
  self->head.manifest = snug_json_peek_base64url (object, "manifest", SNUG_WIRE_HASH_BYTES);
  self->head.only = snug_json_peek_base64url_up_to (object, "only", SNUG_WIRE_MAX_ONLY_BYTES);
  return (self->head.manifest != NULL || !json_object_has_member (object, "manifest") || refuse (error))
         && (self->head.only != NULL || !json_object_has_member (object, "only") || refuse (error));
}

static gboolean
read_all (SnugJournal *self, gsize length, GError **error)
{
  g_autofree char *data = g_malloc (length + 1);
  ssize_t n = pread (self->fd, data, length, 0);
  char *end = n > 0 ? memchr (data, '\n', (gsize) MIN (n, MAX_HEAD_BYTES)) : NULL;
  gsize n_hashes;

  if (end == NULL)
    return refuse (error);
  self->n_head = (gsize) (end + 1 - data);
  /* A last hash that was cut off is none. */
  n_hashes = ((gsize) n - self->n_head) / SNUG_WIRE_HASH_BYTES * SNUG_WIRE_HASH_BYTES;
  g_byte_array_append (self->hashes, (const guint8 *) end + 1, (guint) n_hashes);
  return read_head (self, data, error);
}

SnugJournal *
snug_journal_open (int folder_fd, const char *stem, GError **error)
{
  g_autoptr (SnugJournal) self = journal_alloc (folder_fd, stem);
  struct stat info;

  self->fd = openat (folder_fd, self->name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (self->fd < 0 || fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_uid != geteuid ()
      || info.st_nlink != 1 || flock (self->fd, LOCK_EX | LOCK_NB) != 0
      || !read_all (self, (gsize) MIN (info.st_size, MAX_BYTES), error))
    {
      if (error != NULL && *error == NULL)
        refuse (error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
snug_journal_free (SnugJournal *self)
{
  if (self->fd >= 0)
    close (self->fd);
  snug_journal_head_clear (&self->head);
  g_byte_array_unref (self->hashes);
  g_free (self->name);
  g_free (self);
  count (-1);
}

const SnugJournalHead *
snug_journal_get_head (SnugJournal *self)
{
  return &self->head;
}

guint64
snug_journal_get_n (SnugJournal *self)
{
  return self->hashes->len / SNUG_WIRE_HASH_BYTES;
}

const guint8 *
snug_journal_get_hash (SnugJournal *self, guint64 i)
{
  return self->hashes->data + i * SNUG_WIRE_HASH_BYTES;
}

gboolean
snug_journal_add (SnugJournal *self, const guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  gsize offset = self->n_head + self->hashes->len;

  if (offset + SNUG_WIRE_HASH_BYTES > MAX_BYTES)
    return TRUE;
  if (!write_at (self, hash, SNUG_WIRE_HASH_BYTES, offset, error))
    return FALSE;
  g_byte_array_append (self->hashes, hash, SNUG_WIRE_HASH_BYTES);
  return TRUE;
}

gboolean
snug_journal_cut (SnugJournal *self, guint64 n, GError **error)
{
  g_byte_array_set_size (self->hashes, (guint) n * SNUG_WIRE_HASH_BYTES);
  return ftruncate (self->fd, (off_t) (self->n_head + self->hashes->len)) == 0 || fail (error, errno);
}

void
snug_journal_remove (SnugJournal *self)
{
  unlinkat (self->folder_fd, self->name, 0);
}
