/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-copies.h"

#include "snug-file-copy.h"

/* How often one looks how far it is. What is made sooner is no long copy. */
#define LOOK_EVERY_MS 250

/* What the thread counts in: of bytes, a gint would hold no more than two gigabytes. */
#define KILOBYTE 1000

typedef struct
{
  /* Owned */
  GFile   *from;
  GFile   *to;

  gboolean may_replace;   /* what stands at @to: a person has agreed to that */

  /* Atomic */
  gint     done_kb;
  gint     size_kb;
} Copy;

struct _SnugCopies
{
  GObject       parent_instance;

  /* Owned */
  GQueue        waiting;       /* of Copy */
  GCancellable *cancellable;   /* of the current one */
  guint         look;          /* source; 0: none is made */

  Copy         *current;       /* borrowed: its task's, which holds us too; nullable */
  gboolean      is_long;
  GError       *failure;       /* owned, nullable: nobody has taken it yet */
};

G_DEFINE_FINAL_TYPE (SnugCopies, snug_copies, G_TYPE_OBJECT)

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

SnugCopies *
snug_copies_new (void)
{
  return g_object_new (SNUG_TYPE_COPIES, NULL);
}

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_object_unref (copy->from);
  g_object_unref (copy->to);
  g_free (copy);
}

/* --- In a thread --- */

static void
on_progress (goffset n_bytes, goffset size, gpointer user_data)
{
  Copy *copy = user_data;

  g_atomic_int_set (&copy->size_kb, (gint) MIN (size / KILOBYTE, G_MAXINT));
  g_atomic_int_set (&copy->done_kb, (gint) MIN (n_bytes / KILOBYTE, G_MAXINT));
}

static void
run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Copy *copy = task_data;
  GError *error = NULL;

  if (snug_file_copy (copy->from, copy->to, copy->may_replace, on_progress, copy, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* --- One after the other --- */

static gboolean
on_look (gpointer user_data)
{
  SnugCopies *self = user_data;

  self->is_long = TRUE;
  g_signal_emit (self, signals[CHANGED], 0);
  return G_SOURCE_CONTINUE;
}

static void on_copied (GObject *source, GAsyncResult *result, gpointer user_data);

static void
start (SnugCopies *self, Copy *copy)
{
  g_autoptr (GTask) task = NULL;

  self->current = copy;
  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_copied, NULL);
  g_task_set_task_data (task, copy, copy_free);
  /* One that was whole before it was cancelled is whole. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, run);
  if (self->look == 0)
    self->look = g_timeout_add (LOOK_EVERY_MS, on_look, self);
}

static void
go_on (SnugCopies *self)
{
  self->current = NULL;
  g_clear_object (&self->cancellable);
  if (!g_queue_is_empty (&self->waiting))
    {
      start (self, g_queue_pop_head (&self->waiting));
      return;
    }
  self->is_long = FALSE;
  g_clear_handle_id (&self->look, g_source_remove);
}

static void
on_copied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SnugCopies *self = SNUG_COPIES (source);
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  go_on (self);
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&self->failure);
      self->failure = g_steal_pointer (&error);
      g_signal_emit (self, signals[FAILED], 0);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

static gint
compare_to (gconstpointer copy, gconstpointer to)
{
  return g_file_equal (((const Copy *) copy)->to, (GFile *) to) ? 0 : 1;
}

static gboolean
will_be_made (SnugCopies *self, GFile *to)
{
  return (self->current != NULL && compare_to (self->current, to) == 0)
         || g_queue_find_custom (&self->waiting, to, compare_to) != NULL;
}

void
snug_copies_add (SnugCopies *self, GFile *from, GFile *to)
{
  Copy *copy;

  if (g_file_equal (from, to))
    return;
  copy = g_new0 (Copy, 1);
  copy->from = g_object_ref (from);
  copy->to = g_object_ref (to);
  /* It is the look that the chooser has just taken, before it asked. What one of ours will be was never asked about. */
  copy->may_replace = !will_be_made (self, to) && snug_file_copy_is_there (to, NULL);
  if (self->current == NULL)
    start (self, copy);
  else
    g_queue_push_tail (&self->waiting, copy);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
snug_copies_cancel (SnugCopies *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* --- What is seen of them --- */

GFile *
snug_copies_get_current (SnugCopies *self)
{
  return self->current != NULL ? self->current->to : NULL;
}

void
snug_copies_get_progress (SnugCopies *self, guint64 *n_bytes, guint64 *size)
{
  *n_bytes = self->current != NULL ? KILOBYTE * (guint64) g_atomic_int_get (&self->current->done_kb) : 0;
  *size = self->current != NULL ? KILOBYTE * (guint64) g_atomic_int_get (&self->current->size_kb) : 0;
}

guint
snug_copies_get_n_more (SnugCopies *self)
{
  return g_queue_get_length (&self->waiting);
}

gboolean
snug_copies_get_is_long (SnugCopies *self)
{
  return self->is_long;
}

GError *
snug_copies_take_failure (SnugCopies *self)
{
  return g_steal_pointer (&self->failure);
}

/* --- Life --- */

/* None is made any more: each holds us until it is through. */
static void
snug_copies_finalize (GObject *object)
{
  SnugCopies *self = SNUG_COPIES (object);

  g_queue_clear_full (&self->waiting, copy_free);
  g_clear_error (&self->failure);
  G_OBJECT_CLASS (snug_copies_parent_class)->finalize (object);
}

static void
snug_copies_class_init (SnugCopiesClass *klass)
{
  const GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = snug_copies_finalize;
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_copies_init (SnugCopies *self)
{
  g_queue_init (&self->waiting);
}
