/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-page-outbox.h"

#include <string.h>

#include "snug-dialect-v1-private.h"

#define TYPE_PAGE_OUTFLOW (page_outflow_get_type ())
G_DECLARE_FINAL_TYPE (PageOutflow, page_outflow, PAGE, OUTFLOW, SnugFileStream)

/* A file that we offer. */
typedef struct
{
  SnugWireMessage *offer;         /* owned */
  PageOutflow     *stream;        /* owned, nullable */
  GBytes          *fingerprint;   /* owned, nullable: all of it is sent */
  guint64          mark;          /* of the connection's bytes, where it ends */
  guint64          n_chunks;      /* sent */
  gboolean         announced;     /* file-meta is said */
} Outgoing;

struct _SnugPageOutbox
{
  GObject      parent_instance;

  SnugDialect *dialect;           /* borrowed: it owns us */
  GQueue       outgoing;          /* owned Outgoing; the first is under way */
};

G_DEFINE_FINAL_TYPE (SnugPageOutbox, snug_page_outbox, G_TYPE_OBJECT)

struct _PageOutflow
{
  SnugFileStream  parent_instance;

  SnugPageOutbox *outbox;         /* borrowed; NULL: it is over */
};

G_DEFINE_FINAL_TYPE (PageOutflow, page_outflow, SNUG_TYPE_FILE_STREAM)

enum
{
  PIECE_SENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static SnugDataChannel *
session_of (SnugPageOutbox *self)
{
  return snug_dialect_get_session (self->dialect);
}

/* The page takes whatever comes: so it asks for the next as soon as it is free. */
static void
ask_for_next (SnugPageOutbox *self)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);

  if (first != NULL)
    snug_dialect_v1_tell_about (self->dialect, SNUG_WIRE_FILE_GET, first->offer->id, NULL);
}

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  if (outgoing->stream != NULL)
    outgoing->stream->outbox = NULL;
  g_clear_object (&outgoing->stream);
  g_clear_pointer (&outgoing->fingerprint, g_bytes_unref);
  snug_wire_message_free (outgoing->offer);
  g_free (outgoing);
}

/* What has been announced and not been sent is taken back. */
static void
abandon_first (SnugPageOutbox *self)
{
  Outgoing *first = g_queue_pop_head (&self->outgoing);
  SnugWireV1Message cancel = { .type = SNUG_WIRE_V1_CANCEL, .id = first->offer->id };

  if (first->announced)
    snug_dialect_v1_send (self->dialect, &cancel);
  outgoing_free (first);
  ask_for_next (self);
}

/* --- the bytes of one ------------------------------------------------------------------------------ */

/* Of the file that is under way, if @outflow is its stream. */
static Outgoing *
outgoing_of (PageOutflow *outflow)
{
  Outgoing *first = outflow->outbox != NULL ? g_queue_peek_head (&outflow->outbox->outgoing) : NULL;

  return first != NULL && first->stream == outflow ? first : NULL;
}

static void
page_outflow_listen (SnugFileStream *stream)
{
}

static gboolean
page_outflow_is_open (SnugFileStream *stream)
{
  return outgoing_of (PAGE_OUTFLOW (stream)) != NULL;
}

static gsize
page_outflow_get_buffered (SnugFileStream *stream)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);

  return self->outbox != NULL && session_of (self->outbox) != NULL
           ? snug_data_channel_get_buffered_amount (session_of (self->outbox)) : 0;
}

static gboolean
page_outflow_begin (SnugFileStream *stream, guint64 entry, guint64 offset, guint64 size)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);
  Outgoing *outgoing = outgoing_of (self);
  SnugWireV1Message meta = { .type = SNUG_WIRE_V1_FILE_META };

  if (outgoing == NULL)
    return FALSE;
  meta.id = outgoing->offer->id;
  meta.name = outgoing->offer->name;
  meta.size = outgoing->offer->size;
  meta.mime_type = outgoing->offer->mime_type;
  outgoing->announced = TRUE;
  return snug_dialect_v1_send (self->outbox->dialect, &meta);
}

static gboolean
page_outflow_send (SnugFileStream *stream, GBytes *slice)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);
  Outgoing *outgoing = outgoing_of (self);
  SnugWireV1Message info = { .type = SNUG_WIRE_V1_CHUNK_INFO };

  if (outgoing == NULL)
    return FALSE;
  info.id = outgoing->offer->id;
  info.index = outgoing->n_chunks++;
  info.total = (outgoing->offer->size + SNUG_WIRE_V1_CHUNK_BYTES - 1) / SNUG_WIRE_V1_CHUNK_BYTES;
  return snug_dialect_v1_send (self->outbox->dialect, &info)
         && snug_data_channel_send_bytes (session_of (self->outbox), slice, NULL);
}

static gboolean
page_outflow_end_piece (SnugFileStream *stream, const guint8 *hash)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);

  if (outgoing_of (self) == NULL)
    return FALSE;
  g_signal_emit (self->outbox, signals[PIECE_SENT], 0);
  return TRUE;
}

static gboolean
page_outflow_end (SnugFileStream *stream, GBytes *fingerprint)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);
  Outgoing *outgoing = outgoing_of (self);
  SnugWireV1Message complete = { .type = SNUG_WIRE_V1_COMPLETE };

  if (outgoing == NULL)
    return FALSE;
  complete.id = outgoing->offer->id;
  if (!snug_dialect_v1_send (self->outbox->dialect, &complete))
    return FALSE;
  outgoing->fingerprint = g_bytes_ref (fingerprint);
  outgoing->mark = snug_dialect_v1_mark_here (self->outbox->dialect);
  return TRUE;
}

static void
page_outflow_close (SnugFileStream *stream)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);
  Outgoing *outgoing = outgoing_of (self);

  if (outgoing != NULL && outgoing->fingerprint == NULL)
    abandon_first (self->outbox);
}

static void
page_outflow_class_init (PageOutflowClass *klass)
{
  SnugFileStreamClass *stream_class = SNUG_FILE_STREAM_CLASS (klass);

  stream_class->slice_bytes = SNUG_WIRE_V1_CHUNK_BYTES;
  stream_class->listen = page_outflow_listen;
  stream_class->is_open = page_outflow_is_open;
  stream_class->get_buffered = page_outflow_get_buffered;
  stream_class->begin = page_outflow_begin;
  stream_class->send = page_outflow_send;
  stream_class->end_piece = page_outflow_end_piece;
  stream_class->end = page_outflow_end;
  stream_class->close = page_outflow_close;
}

static void
page_outflow_init (PageOutflow *self)
{
}

/* --- what the dialect asks -------------------------------------------------------------------------- */

void
snug_page_outbox_tell_writable (SnugPageOutbox *self)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);
  g_autoptr (SnugFileStream) stream = first != NULL && first->stream != NULL
                                        ? g_object_ref (SNUG_FILE_STREAM (first->stream)) : NULL;

  if (stream != NULL)
    snug_file_stream_tell_writable (stream);
}

void
snug_page_outbox_offer (SnugPageOutbox *self, const SnugWireMessage *message)
{
  Outgoing *outgoing = g_new0 (Outgoing, 1);

  outgoing->offer = snug_wire_message_copy (message);
  g_queue_push_tail (&self->outgoing, outgoing);
  if (g_queue_get_length (&self->outgoing) == 1)
    ask_for_next (self);
}

static gint
compare_id (gconstpointer data, gconstpointer id)
{
  return strcmp (((const Outgoing *) data)->offer->id, id);
}

gboolean
snug_page_outbox_take_back (SnugPageOutbox *self, const char *id)
{
  GList *link = g_queue_find_custom (&self->outgoing, id, compare_id);

  if (link == NULL)
    return FALSE;
  if (link == self->outgoing.head)
    {
      abandon_first (self);
      return TRUE;
    }
  outgoing_free (link->data);
  g_queue_delete_link (&self->outgoing, link);
  return TRUE;
}

void
snug_page_outbox_open (SnugPageOutbox *self, const char *id, SnugFileStreamFunc func, gpointer user_data)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);

  if (first == NULL || strcmp (first->offer->id, id) != 0 || first->stream != NULL)
    {
      func (NULL, user_data);
      return;
    }
  first->stream = g_object_new (TYPE_PAGE_OUTFLOW, NULL);
  first->stream->outbox = self;
  func (SNUG_FILE_STREAM (first->stream), user_data);
}

void
snug_page_outbox_confirm (SnugPageOutbox *self, guint64 acked)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);
  SnugWireMessage *done;

  if (first == NULL || first->fingerprint == NULL || first->mark > acked)
    return;
  done = snug_wire_message_new (SNUG_WIRE_FILE_DONE);
  done->id = g_strdup (first->offer->id);
  done->fingerprint = g_bytes_ref (first->fingerprint);
  outgoing_free (g_queue_pop_head (&self->outgoing));
  snug_dialect_tell (self->dialect, done);
  ask_for_next (self);
}

void
snug_page_outbox_lose_all (SnugPageOutbox *self)
{
  g_autoptr (SnugFileStream) stream = NULL;
  Outgoing *first = g_queue_peek_head (&self->outgoing);

  if (first != NULL && first->stream != NULL)
    stream = g_object_ref (SNUG_FILE_STREAM (first->stream));
  g_queue_clear_full (&self->outgoing, outgoing_free);
  if (stream != NULL)
    snug_file_stream_tell_closed (stream, NULL);
}

/* --- life ------------------------------------------------------------------------------------------ */

static void
snug_page_outbox_dispose (GObject *object)
{
  g_queue_clear_full (&SNUG_PAGE_OUTBOX (object)->outgoing, outgoing_free);
  G_OBJECT_CLASS (snug_page_outbox_parent_class)->dispose (object);
}

static void
snug_page_outbox_class_init (SnugPageOutboxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_page_outbox_dispose;
  signals[PIECE_SENT] = g_signal_new ("piece-sent", SNUG_TYPE_PAGE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 0);
}

static void
snug_page_outbox_init (SnugPageOutbox *self)
{
  g_queue_init (&self->outgoing);
}

SnugPageOutbox *
snug_page_outbox_new (SnugDialect *dialect)
{
  SnugPageOutbox *self = g_object_new (SNUG_TYPE_PAGE_OUTBOX, NULL);

  self->dialect = dialect;
  return self;
}
