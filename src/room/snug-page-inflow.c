/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-page-inflow.h"

#include "snug-context.h"
#include "snug-wire.h"

struct _SnugPageInflow
{
  SnugFileStream  parent_instance;

  /* Owned */
  GMainContext   *network;
  GQueue          kept;           /* of GBytes that nobody has heard of */
  char           *why;            /* nullable: failed */

  guint64         size;
  guint64         arrived;
  gsize           n_kept;         /* bytes */
  gsize           n_piece;        /* bytes told of the present piece */
  gboolean        begun;
  gboolean        finished;
  gboolean        is_over;        /* the listener knows the end */
  gboolean        is_closed;
  gboolean        flush_posted;
};

G_DEFINE_FINAL_TYPE (SnugPageInflow, snug_page_inflow, SNUG_TYPE_FILE_STREAM)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
tell_piece_if_any (SnugPageInflow *self)
{
  if (self->n_piece == 0)
    return;
  self->n_piece = 0;
  snug_file_stream_tell_piece (SNUG_FILE_STREAM (self), NULL);
}

/* A piece ends when the next one begins, or at the end: that a file is whole is known only then. */
static void
tell_bytes (SnugPageInflow *self, GBytes *bytes)
{
  gsize length = g_bytes_get_size (bytes);

  for (gsize told = 0; told < length && snug_file_stream_has_listener (SNUG_FILE_STREAM (self));)
    {
      g_autoptr (GBytes) slice = NULL;
      gsize n;

      if (self->n_piece == SNUG_WIRE_PIECE_BYTES)
        tell_piece_if_any (self);
      n = MIN (length - told, SNUG_WIRE_PIECE_BYTES - self->n_piece);
      slice = g_bytes_new_from_bytes (bytes, told, n);
      told += n;
      self->n_piece += n;
      snug_file_stream_tell_bytes (SNUG_FILE_STREAM (self), slice);
    }
}

static void
begin (SnugPageInflow *self)
{
  if (self->begun)
    return;
  self->begun = TRUE;
  snug_file_stream_tell_begun (SNUG_FILE_STREAM (self), 0, 0, self->size);
}

static void
tell_end (SnugPageInflow *self)
{
  if (self->is_over || (!self->finished && self->why == NULL))
    return;
  self->is_over = TRUE;
  if (self->why != NULL)
    {
      snug_file_stream_tell_closed (SNUG_FILE_STREAM (self), self->why);
      return;
    }
  begin (self);
  tell_piece_if_any (self);
}

static gboolean
is_heard (SnugPageInflow *self)
{
  return snug_file_stream_has_listener (SNUG_FILE_STREAM (self));
}

static void
flush (SnugPageInflow *self)
{
  g_autoptr (SnugPageInflow) keep = g_object_ref (self);

  /* An empty file is whole as soon as it begins: not before the page says so. */
  if (is_heard (self) && self->size > 0 && self->why == NULL)
    begin (self);
  while (is_heard (self) && !g_queue_is_empty (&self->kept))
    {
      g_autoptr (GBytes) bytes = g_queue_pop_head (&self->kept);

      self->n_kept -= g_bytes_get_size (bytes);
      tell_bytes (self, bytes);
    }
  if (is_heard (self))
    tell_end (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_flush (gpointer data)
{
  SnugPageInflow *self = data;

  self->flush_posted = FALSE;
  flush (self);
}

static void
snug_page_inflow_listen (SnugFileStream *stream)
{
  SnugPageInflow *self = SNUG_PAGE_INFLOW (stream);

  if (!is_heard (self) || self->flush_posted)
    return;
  self->flush_posted = TRUE;
  snug_context_post (self->network, on_flush, g_object_ref (self), g_object_unref);
}

void
snug_page_inflow_push (SnugPageInflow *self, GBytes *bytes)
{
  self->arrived += g_bytes_get_size (bytes);
  if (self->is_closed)
    return;
  g_queue_push_tail (&self->kept, g_bytes_ref (bytes));
  self->n_kept += g_bytes_get_size (bytes);
  if (!self->flush_posted)
    flush (self);
}

void
snug_page_inflow_finish (SnugPageInflow *self)
{
  self->finished = TRUE;
  if (!self->flush_posted)
    flush (self);
}

void
snug_page_inflow_fail (SnugPageInflow *self, const char *why)
{
  if (self->finished || self->why != NULL)
    return;
  self->why = g_strdup (why);
  g_queue_clear_full (&self->kept, (GDestroyNotify) g_bytes_unref);
  self->n_kept = 0;
  if (!self->flush_posted)
    flush (self);
}

gsize
snug_page_inflow_get_n_kept (SnugPageInflow *self)
{
  return self->n_kept;
}

guint64
snug_page_inflow_get_arrived (SnugPageInflow *self)
{
  return self->arrived;
}

gboolean
snug_page_inflow_is_closed (SnugPageInflow *self)
{
  return self->is_closed;
}

static void
snug_page_inflow_close (SnugFileStream *stream)
{
  SnugPageInflow *self = SNUG_PAGE_INFLOW (stream);

  self->is_closed = TRUE;
  g_queue_clear_full (&self->kept, (GDestroyNotify) g_bytes_unref);
  self->n_kept = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Nothing is sent on it. */

static gboolean
snug_page_inflow_is_open (SnugFileStream *stream)
{
  return FALSE;
}

static gsize
snug_page_inflow_get_buffered (SnugFileStream *stream)
{
  return 0;
}

static void
snug_page_inflow_finalize (GObject *object)
{
  SnugPageInflow *self = SNUG_PAGE_INFLOW (object);

  g_queue_clear_full (&self->kept, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->network, g_main_context_unref);
  g_free (self->why);
  G_OBJECT_CLASS (snug_page_inflow_parent_class)->finalize (object);
}

static void
snug_page_inflow_class_init (SnugPageInflowClass *klass)
{
  SnugFileStreamClass *stream_class = SNUG_FILE_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = snug_page_inflow_finalize;
  stream_class->listen = snug_page_inflow_listen;
  stream_class->close = snug_page_inflow_close;
  stream_class->is_open = snug_page_inflow_is_open;
  stream_class->get_buffered = snug_page_inflow_get_buffered;
  signals[CHANGED] = g_signal_new ("changed", SNUG_TYPE_PAGE_INFLOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
snug_page_inflow_init (SnugPageInflow *self)
{
  g_queue_init (&self->kept);
}

SnugPageInflow *
snug_page_inflow_new (GMainContext *network, guint64 size)
{
  SnugPageInflow *self = g_object_new (SNUG_TYPE_PAGE_INFLOW, NULL);

  self->network = network != NULL ? g_main_context_ref (network) : NULL;
  self->size = size;
  return self;
}
