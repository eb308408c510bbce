/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-unfinished-private.h"

#include <string.h>

#include "snug-journal.h"
#include "snug-sink.h"

/* A piece is written and hashed in a part of that. What is open for longer is at work. */
#define CLOSING_MS 5000

struct _SnugUnfinished
{
  GObject   parent_instance;

  /* Owned */
  GFile    *folder;
  char     *stem;
  char     *name;
  GBytes   *only;        /* nullable */

  guint64   offered;     /* bytes, of all that was offered */
  guint64   size;        /* bytes, of what was wanted */
  guint64   bytes;
};

G_DEFINE_FINAL_TYPE (SnugUnfinished, snug_unfinished, G_TYPE_OBJECT)

SnugUnfinished *
snug_unfinished_new (const char *stem, const char *name, guint64 size, guint64 bytes)
{
  SnugUnfinished *self = g_object_new (SNUG_TYPE_UNFINISHED, NULL);

  self->stem = g_strdup (stem);
  self->name = g_strdup (name);
  self->size = self->offered = size;
  self->bytes = bytes;
  return self;
}

static void
on_left (const char *stem, const SnugJournalHead *head, guint64 n_bytes, guint64 n_all, gpointer user_data)
{
  SnugUnfinished *self = snug_unfinished_new (stem, head->name, n_all, n_bytes);

  self->only = head->only != NULL ? g_bytes_ref (head->only) : NULL;
  self->offered = head->size;
  g_ptr_array_add (user_data, self);
}

static void
do_find (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  /* A search holds what it reads: another one would miss that. */
  static GMutex one_at_a_time;
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&one_at_a_time);
  snug_journal_wait_until_left (CLOSING_MS);
  snug_sink_foreach_left (source, on_left, found);
  g_mutex_unlock (&one_at_a_time);
  for (guint i = 0; i < found->len; i++)
    SNUG_UNFINISHED (found->pdata[i])->folder = g_object_ref (source);
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

void
snug_unfinished_find_async (GFile *folder, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (folder, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_unfinished_find_async);
  g_task_run_in_thread (task, do_find);
}

GPtrArray *
snug_unfinished_find_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

const char *
snug_unfinished_get_name (SnugUnfinished *self)
{
  return self->name;
}

GFile *
snug_unfinished_get_folder (SnugUnfinished *self)
{
  return self->folder;
}

guint64
snug_unfinished_get_size (SnugUnfinished *self)
{
  return self->size;
}

guint64
snug_unfinished_get_bytes (SnugUnfinished *self)
{
  return self->bytes;
}

GBytes *
snug_unfinished_get_only (SnugUnfinished *self)
{
  return self->only;
}

gboolean
snug_unfinished_matches (SnugUnfinished *self, const char *name, guint64 size)
{
  return self->offered == size && strcmp (self->name, name) == 0;
}

void
snug_unfinished_discard (SnugUnfinished *self)
{
  snug_sink_discard_left (self->folder, self->stem);
}

static void
snug_unfinished_dispose (GObject *object)
{
  g_clear_object (&SNUG_UNFINISHED (object)->folder);
  G_OBJECT_CLASS (snug_unfinished_parent_class)->dispose (object);
}

static void
snug_unfinished_finalize (GObject *object)
{
  g_free (SNUG_UNFINISHED (object)->stem);
  g_free (SNUG_UNFINISHED (object)->name);
  g_clear_pointer (&SNUG_UNFINISHED (object)->only, g_bytes_unref);
  G_OBJECT_CLASS (snug_unfinished_parent_class)->finalize (object);
}

static void
snug_unfinished_class_init (SnugUnfinishedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_unfinished_dispose;
  G_OBJECT_CLASS (klass)->finalize = snug_unfinished_finalize;
}

static void
snug_unfinished_init (SnugUnfinished *self)
{
}
