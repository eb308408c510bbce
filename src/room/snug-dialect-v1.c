/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dialect-v1.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-page-inflow.h"
#include "snug-token-bucket.h"
#include "snug-wire-v1.h"

/* Chat as in version 2. A page sends three texts a file and one a chunk, and cannot know when we have had
 * enough: so those are many, but short. */
#define CHAT_PER_SECOND 20
#define CHAT_BURST 200
#define FILE_TEXTS_PER_SECOND 500
#define FILE_TEXTS_BURST 2000
#define MAX_FILE_TEXT_BYTES 4096

/* Bytes of files that nobody listens to yet; with more the page has to wait. */
#define MAX_KEPT (4 * 1024 * 1024)
/* Files that nobody has asked for or declined. */
#define MAX_WAITING 256

/* A page that is given another session needs up to 7 s in Chromium; Firefox does not manage at all. */
const SnugDialectRules snug_dialect_v1_rules = {
  .version = 1,
  .device = SNUG_MEMBER_DEVICE_LEGACY_PAGE,
  /* All that it can be asked for is another session: what is on its way in this one is lost then. */
  .ask_patience_ms = 15 * 1000,
  .forgets_silently = TRUE,
  .renews_certificate = TRUE,
  .restarts_once = TRUE,
  .answer_patience_ms = 15 * 1000,
  .open_patience_ms = 15 * 1000,
  .first_patience_ms = 45 * 1000,
  .again_patience_ms = 30 * 1000,
  .large_file_bytes = 300 * 1000 * 1000,
  .large_file_words = N_("The other side is an older page, which keeps all of a file in memory. "
                         "One this large may fail there."),
  .lost_words = N_("The older page does not find its way back. Reload it in its browser, and it joins again."),
};

#define SNUG_TYPE_DIALECT_V1 (snug_dialect_v1_get_type ())
G_DECLARE_FINAL_TYPE (SnugDialectV1, snug_dialect_v1, SNUG, DIALECT_V1, SnugDialect)

#define TYPE_PAGE_OUTFLOW (page_outflow_get_type ())
G_DECLARE_FINAL_TYPE (PageOutflow, page_outflow, PAGE, OUTFLOW, SnugFileStream)

/* A file that we offer. The page is sent one after the other. */
typedef struct
{
  SnugWireMessage *offer;         /* owned */
  PageOutflow     *stream;        /* owned, nullable */
  GBytes          *fingerprint;   /* owned, nullable: all of it is sent */
  guint64          mark;          /* of the connection's bytes, where it ends */
  guint64          n_chunks;      /* sent */
  gboolean         announced;     /* file-meta is said */
} Outgoing;

/* The file that the page is sending. */
typedef struct
{
  char           *page_id;        /* as the page calls it */
  char           *id;             /* as we do: the page's may come twice */
  guint64         size;
  SnugPageInflow *stream;         /* owned */
} Incoming;

/* A message of ours that may still be on its way. */
typedef struct
{
  char    *id;
  guint64  mark;
} Unconfirmed;

struct _SnugDialectV1
{
  SnugDialect      parent_instance;

  /* Owned */
  GMainContext    *network;
  GQueue           outgoing;      /* of Outgoing; the first is under way */
  Incoming        *incoming;      /* nullable */
  GHashTable      *waiting;       /* id → SnugPageInflow that nobody listens to yet */
  GQueue           unconfirmed;   /* of Unconfirmed, in order */

  SnugTokenBucket  chat_bucket;
  SnugTokenBucket  file_bucket;
  gboolean         is_busy;       /* our disk is behind */
};

G_DEFINE_FINAL_TYPE (SnugDialectV1, snug_dialect_v1, SNUG_TYPE_DIALECT)

struct _PageOutflow
{
  SnugFileStream  parent_instance;

  SnugDialectV1  *dialect;        /* borrowed; NULL: it is over */
};

G_DEFINE_FINAL_TYPE (PageOutflow, page_outflow, SNUG_TYPE_FILE_STREAM)

gboolean
snug_dialect_v1_offers (gboolean legacy, const char *role, guint64 own_seq, guint64 seq)
{
  return legacy ? g_strcmp0 (role, "receiver") == 0 : own_seq < seq;
}

static void ask_for_next (SnugDialectV1 *self);

static gboolean
send_v1 (SnugDialectV1 *self, const SnugWireV1Message *message)
{
  g_autofree char *text = snug_wire_v1_encode (message);

  return snug_dialect_send_text (SNUG_DIALECT (self), text);
}

static void
tell_about (SnugDialectV1 *self, SnugWireType type, const char *id, const char *reason)
{
  SnugWireMessage *message = snug_wire_message_new (type);

  message->id = g_strdup (id);
  message->reason = g_strdup (reason);
  snug_dialect_tell (SNUG_DIALECT (self), message);
}

/* --- what has arrived there ------------------------------------------------------------------------ */

/* Where the connection's count of bytes will stand when all that is said so far has gone. */
static guint64
mark_here (SnugDialectV1 *self)
{
  return snug_peer_connection_get_bytes_sent (snug_dialect_get_connection (SNUG_DIALECT (self)))
         + snug_data_channel_get_buffered_amount (snug_dialect_get_session (SNUG_DIALECT (self)));
}

static void
unconfirmed_free (gpointer data)
{
  Unconfirmed *unconfirmed = data;

  g_free (unconfirmed->id);
  g_free (unconfirmed);
}

static void
confirm_chat (SnugDialectV1 *self, guint64 acked)
{
  SnugWireMessage *received;
  Unconfirmed *first;

  while ((first = g_queue_peek_head (&self->unconfirmed)) != NULL && first->mark <= acked)
    {
      received = snug_wire_message_new (SNUG_WIRE_CHAT_RECEIVED);
      received->ids = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (received->ids, g_steal_pointer (&first->id));
      unconfirmed_free (g_queue_pop_head (&self->unconfirmed));
      snug_dialect_tell (SNUG_DIALECT (self), received);
    }
}

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  if (outgoing->stream != NULL)
    outgoing->stream->dialect = NULL;
  g_clear_object (&outgoing->stream);
  g_clear_pointer (&outgoing->fingerprint, g_bytes_unref);
  snug_wire_message_free (outgoing->offer);
  g_free (outgoing);
}

static void
confirm_file (SnugDialectV1 *self, guint64 acked)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);
  SnugWireMessage *done;

  if (first == NULL || first->fingerprint == NULL || first->mark > acked)
    return;
  done = snug_wire_message_new (SNUG_WIRE_FILE_DONE);
  done->id = g_strdup (first->offer->id);
  done->fingerprint = g_bytes_ref (first->fingerprint);
  outgoing_free (g_queue_pop_head (&self->outgoing));
  snug_dialect_tell (SNUG_DIALECT (self), done);
  ask_for_next (self);
}

/* The page confirms nothing. That its transport has it is as much as can be known. */
static void
confirm (SnugDialectV1 *self)
{
  guint64 acked = snug_peer_connection_get_bytes_acked (snug_dialect_get_connection (SNUG_DIALECT (self)));

  confirm_chat (self, acked);
  confirm_file (self, acked);
}

static void
on_drained (SnugPeerConnection *connection, SnugDialectV1 *self)
{
  confirm (self);
}

/* --- files to the page ----------------------------------------------------------------------------- */

/* Of the file that is under way, if @outflow is its stream. */
static Outgoing *
outgoing_of (PageOutflow *outflow)
{
  Outgoing *first = outflow->dialect != NULL ? g_queue_peek_head (&outflow->dialect->outgoing) : NULL;

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

static SnugDataChannel *
session_of (SnugDialectV1 *self)
{
  return snug_dialect_get_session (SNUG_DIALECT (self));
}

static gsize
page_outflow_get_buffered (SnugFileStream *stream)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);

  return self->dialect != NULL && session_of (self->dialect) != NULL
           ? snug_data_channel_get_buffered_amount (session_of (self->dialect)) : 0;
}

static gboolean
page_outflow_begin (SnugFileStream *stream, guint64 offset, guint64 size)
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
  return send_v1 (self->dialect, &meta);
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
  return send_v1 (self->dialect, &info)
         && snug_data_channel_send_bytes (session_of (self->dialect), slice, NULL);
}

static gboolean
page_outflow_end_piece (SnugFileStream *stream, const guint8 *hash)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);

  if (outgoing_of (self) == NULL)
    return FALSE;
  confirm (self->dialect);
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
  if (!send_v1 (self->dialect, &complete))
    return FALSE;
  outgoing->fingerprint = g_bytes_ref (fingerprint);
  outgoing->mark = mark_here (self->dialect);
  return TRUE;
}

/* What has been announced and not been sent is taken back. */
static void
abandon_first (SnugDialectV1 *self)
{
  Outgoing *first = g_queue_pop_head (&self->outgoing);
  SnugWireV1Message cancel = { .type = SNUG_WIRE_V1_CANCEL, .id = first->offer->id };

  if (first->announced)
    send_v1 (self, &cancel);
  outgoing_free (first);
  ask_for_next (self);
}

static void
page_outflow_close (SnugFileStream *stream)
{
  PageOutflow *self = PAGE_OUTFLOW (stream);
  Outgoing *outgoing = outgoing_of (self);

  if (outgoing != NULL && outgoing->fingerprint == NULL)
    abandon_first (self->dialect);
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

static void
on_buffered_amount_low (SnugDataChannel *session, SnugDialectV1 *self)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);
  g_autoptr (SnugFileStream) stream = first != NULL && first->stream != NULL
                                        ? g_object_ref (SNUG_FILE_STREAM (first->stream)) : NULL;

  if (stream != NULL)
    snug_file_stream_tell_writable (stream);
}

/* The page takes whatever comes: so it asks for the next as soon as it is free. */
static void
ask_for_next (SnugDialectV1 *self)
{
  Outgoing *first = g_queue_peek_head (&self->outgoing);

  if (first != NULL)
    tell_about (self, SNUG_WIRE_FILE_GET, first->offer->id, NULL);
}

static void
offer (SnugDialectV1 *self, const SnugWireMessage *message)
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

/* Returns: FALSE if we do not offer it. */
static gboolean
take_back (SnugDialectV1 *self, const char *id)
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

static void
snug_dialect_v1_open_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);
  Outgoing *first = g_queue_peek_head (&self->outgoing);

  if (first == NULL || strcmp (first->offer->id, id) != 0 || first->stream != NULL)
    {
      func (NULL, user_data);
      return;
    }
  first->stream = g_object_new (TYPE_PAGE_OUTFLOW, NULL);
  first->stream->dialect = self;
  func (SNUG_FILE_STREAM (first->stream), user_data);
}

/* --- files from the page --------------------------------------------------------------------------- */

static void
update_reading (SnugDialectV1 *self)
{
  SnugPeerConnection *connection = snug_dialect_get_connection (SNUG_DIALECT (self));
  gsize n_kept = 0;
  GHashTableIter iter;
  gpointer stream;

  g_hash_table_iter_init (&iter, self->waiting);
  while (g_hash_table_iter_next (&iter, NULL, &stream))
    n_kept += snug_page_inflow_get_n_kept (stream);
  if (connection != NULL)
    snug_peer_connection_set_reading (connection, n_kept < MAX_KEPT && !self->is_busy);
}

static void
incoming_free (gpointer data)
{
  Incoming *incoming = data;

  g_object_unref (incoming->stream);
  g_free (incoming->page_id);
  g_free (incoming->id);
  g_free (incoming);
}

/* Whoever asked for it no longer wants it, or it has got ahead. */
static void
on_inflow_changed (SnugPageInflow *stream, SnugDialectV1 *self)
{
  if (self->incoming != NULL && self->incoming->stream == stream && snug_page_inflow_is_closed (stream))
    g_clear_pointer (&self->incoming, incoming_free);
  update_reading (self);
}

static void
forget_inflow (gpointer data)
{
  SnugPageInflow *stream = data;

  snug_page_inflow_fail (stream, _("The connection was lost."));
  g_object_unref (stream);
}

/* What comes from here on belongs to nothing: it is thrown away up to the next file. */
static void
fail_incoming (SnugDialectV1 *self, const char *why)
{
  Incoming *incoming = g_steal_pointer (&self->incoming);

  if (incoming == NULL)
    return;
  snug_page_inflow_fail (incoming->stream, why);
  incoming_free (incoming);
  self->is_busy = FALSE;
  update_reading (self);
}

static void
tell_offer (SnugDialectV1 *self, const SnugWireV1Message *meta)
{
  SnugWireMessage *message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);

  message->id = g_strdup (self->incoming->id);
  message->name = g_strdup (meta->name);
  message->mime_type = g_strdup (meta->mime_type);
  message->size = meta->size;
  message->pushed = TRUE;
  snug_dialect_tell (SNUG_DIALECT (self), message);
}

static void
hear_meta (SnugDialectV1 *self, const SnugWireV1Message *meta)
{
  Incoming *incoming;

  fail_incoming (self, _("Only a part arrived: the other side went on to another file."));
  if (g_hash_table_size (self->waiting) >= MAX_WAITING)
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "more files than anybody looks at");
      return;
    }

  incoming = g_new0 (Incoming, 1);
  incoming->page_id = g_strdup (meta->id);
  incoming->id = g_uuid_string_random ();
  incoming->size = meta->size;
  incoming->stream = snug_page_inflow_new (self->network, meta->size);
  g_signal_connect_object (incoming->stream, "changed", G_CALLBACK (on_inflow_changed), self, 0);
  self->incoming = incoming;
  g_hash_table_insert (self->waiting, g_strdup (incoming->id), g_object_ref (incoming->stream));
  tell_offer (self, meta);
}

static void
hear_bytes (SnugDialectV1 *self, GBytes *bytes)
{
  Incoming *incoming = self->incoming;
  gsize n = g_bytes_get_size (bytes);

  /* Each chunk has a text of its own. */
  self->file_bucket.tokens = MIN (self->file_bucket.tokens + 1, FILE_TEXTS_BURST);
  if (incoming == NULL || n == 0)
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "a binary of no file");
      return;
    }
  if (n > incoming->size - snug_page_inflow_get_arrived (incoming->stream))
    {
      fail_incoming (self, _("More arrived than was announced."));
      return;
    }
  snug_page_inflow_push (incoming->stream, bytes);
}

static void
hear_complete (SnugDialectV1 *self, const char *page_id)
{
  Incoming *incoming = self->incoming;
  SnugPageInflow *stream;

  if (incoming == NULL || strcmp (incoming->page_id, page_id) != 0)
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "the end of no file");
      return;
    }
  if (snug_page_inflow_get_arrived (incoming->stream) != incoming->size)
    {
      fail_incoming (self, _("Only a part arrived."));
      return;
    }
  stream = g_object_ref (incoming->stream);
  g_clear_pointer (&self->incoming, incoming_free);
  snug_page_inflow_finish (stream);
  g_object_unref (stream);
}

static void
hear_cancel (SnugDialectV1 *self, const char *id)
{
  if (self->incoming != NULL && strcmp (self->incoming->page_id, id) == 0)
    {
      g_autofree char *own_id = g_strdup (self->incoming->id);

      tell_about (self, SNUG_WIRE_FILE_CANCEL, own_id, SNUG_WIRE_REASON_USER);
      g_clear_pointer (&self->incoming, incoming_free);
      g_hash_table_remove (self->waiting, own_id);
      update_reading (self);
    }
  else if (take_back (self, id))
    tell_about (self, SNUG_WIRE_FILE_CANCEL, id, SNUG_WIRE_REASON_USER);
  else
    snug_dialect_count_nonsense (SNUG_DIALECT (self), "the cancelling of no file");
}

/* The page cannot be stopped: the rest of it is thrown away as it comes. */
static void
decline (SnugDialectV1 *self, const char *id)
{
  SnugPageInflow *waiting = g_hash_table_lookup (self->waiting, id);

  if (waiting != NULL)
    snug_file_stream_close (SNUG_FILE_STREAM (waiting));
  else if (self->incoming != NULL && strcmp (self->incoming->id, id) == 0)
    snug_file_stream_close (SNUG_FILE_STREAM (self->incoming->stream));
  g_hash_table_remove (self->waiting, id);
  update_reading (self);
}

static void
snug_dialect_v1_expect_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data,
                             GDestroyNotify destroy)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);
  g_autoptr (SnugPageInflow) stream = NULL;
  g_autofree char *key = NULL;

  if (!g_hash_table_steal_extended (self->waiting, id, (gpointer *) &key, (gpointer *) &stream))
    {
      /* Its session was over before anybody could ask. */
      stream = snug_page_inflow_new (self->network, 0);
      snug_page_inflow_fail (stream, _("The connection was lost."));
    }
  func (SNUG_FILE_STREAM (stream), user_data);
  if (destroy != NULL)
    destroy (user_data);
}

static gboolean
snug_dialect_v1_hear_channel (SnugDialect *dialect, SnugDataChannel *channel)
{
  return FALSE;
}

/* --- words ----------------------------------------------------------------------------------------- */

static void
say_chat (SnugDialectV1 *self, const SnugWireMessage *message)
{
  SnugWireV1Message chat = { .type = SNUG_WIRE_V1_CHAT, .text = message->text, .ts = message->ts };
  Unconfirmed *unconfirmed;

  if (!send_v1 (self, &chat))
    return;
  unconfirmed = g_new (Unconfirmed, 1);
  *unconfirmed = (Unconfirmed) { g_strdup (message->id), mark_here (self) };
  g_queue_push_tail (&self->unconfirmed, unconfirmed);
}

static gboolean
is_incoming (SnugDialectV1 *self, const char *id)
{
  return self->incoming != NULL && g_strcmp0 (self->incoming->id, id) == 0;
}

static void
snug_dialect_v1_say (SnugDialect *dialect, const SnugWireMessage *message)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);

  switch ((int) message->type)
    {
    case SNUG_WIRE_CHAT:
      say_chat (self, message);
      break;
    case SNUG_WIRE_FILE_OFFER:
      offer (self, message);
      break;
    case SNUG_WIRE_FILE_WITHDRAW:
      take_back (self, message->id);
      break;
    case SNUG_WIRE_FILE_CANCEL:
      if (!take_back (self, message->id))
        decline (self, message->id);
      break;
    case SNUG_WIRE_FILE_DECLINE:
      decline (self, message->id);
      break;
    case SNUG_WIRE_FILE_PAUSE:
      if (message->busy && is_incoming (self, message->id))
        {
          self->is_busy = message->on;
          update_reading (self);
        }
      break;
    default:
      /* There is no word for it. */
      break;
    }
}

static void
hear_chat (SnugDialectV1 *self, const SnugWireV1Message *chat)
{
  SnugWireMessage *message;

  if (!snug_token_bucket_take (&self->chat_bucket, g_get_monotonic_time ()))
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "more messages than may be");
      return;
    }
  message = snug_wire_message_new (SNUG_WIRE_CHAT);
  message->id = g_uuid_string_random ();
  message->text = g_strdup (chat->text);
  message->ts = chat->ts;
  snug_dialect_tell (SNUG_DIALECT (self), message);
}

static void
hear_text (SnugDialectV1 *self, GBytes *text)
{
  g_autoptr (SnugWireV1Message) message = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  SnugTokenBucket *bucket = length > MAX_FILE_TEXT_BYTES ? &self->chat_bucket : &self->file_bucket;

  if (!snug_token_bucket_take (bucket, g_get_monotonic_time ()))
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), "more than may be");
      return;
    }
  message = snug_wire_v1_decode (data, length, &error);
  if (message == NULL)
    {
      snug_dialect_count_nonsense (SNUG_DIALECT (self), error->message);
      return;
    }

  switch ((int) message->type)
    {
    case SNUG_WIRE_V1_CHAT:
      hear_chat (self, message);
      break;
    case SNUG_WIRE_V1_FILE_META:
      hear_meta (self, message);
      break;
    case SNUG_WIRE_V1_COMPLETE:
      hear_complete (self, message->id);
      break;
    case SNUG_WIRE_V1_CANCEL:
      hear_cancel (self, message->id);
      break;
    default:
      break;
    }
}

static void
snug_dialect_v1_hear (SnugDialect *dialect, GBytes *message, gboolean is_text)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);

  if (is_text)
    hear_text (self, message);
  else
    hear_bytes (self, message);
}

/* --- a session ------------------------------------------------------------------------------------- */

static void
snug_dialect_v1_begin (SnugDialect *dialect)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);
  SnugDataChannel *session = session_of (self);

  snug_data_channel_set_buffered_amount_low_threshold (session, SNUG_FILE_STREAM_LOW_WATER_BYTES);
  g_signal_connect (session, "buffered-amount-low", G_CALLBACK (on_buffered_amount_low), self);
  g_signal_connect (snug_dialect_get_connection (dialect), "drained", G_CALLBACK (on_drained), self);

  /* It has no name; that it can be talked to is all that there is to say. */
  snug_dialect_tell (dialect, snug_wire_message_new (SNUG_WIRE_HELLO));
}

static void
lose_outgoing (SnugDialectV1 *self)
{
  g_autoptr (SnugFileStream) stream = NULL;
  Outgoing *first = g_queue_peek_head (&self->outgoing);

  if (first != NULL && first->stream != NULL)
    stream = g_object_ref (SNUG_FILE_STREAM (first->stream));
  g_queue_clear_full (&self->outgoing, outgoing_free);
  if (stream != NULL)
    snug_file_stream_tell_closed (stream, NULL);
}

static void
snug_dialect_v1_end (SnugDialect *dialect)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (dialect);
  SnugPeerConnection *connection = snug_dialect_get_connection (dialect);

  g_signal_handlers_disconnect_by_data (session_of (self), self);
  if (connection != NULL)
    g_signal_handlers_disconnect_by_data (connection, self);
  lose_outgoing (self);
  fail_incoming (self, _("The connection was lost."));
  g_queue_clear_full (&self->unconfirmed, unconfirmed_free);
  self->is_busy = FALSE;
}

static void
snug_dialect_v1_dispose (GObject *object)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (object);

  G_OBJECT_CLASS (snug_dialect_v1_parent_class)->dispose (object);
  g_queue_clear_full (&self->outgoing, outgoing_free);
  g_clear_pointer (&self->incoming, incoming_free);
  g_hash_table_remove_all (self->waiting);
}

static void
snug_dialect_v1_finalize (GObject *object)
{
  SnugDialectV1 *self = SNUG_DIALECT_V1 (object);

  g_hash_table_unref (self->waiting);
  g_clear_pointer (&self->network, g_main_context_unref);
  G_OBJECT_CLASS (snug_dialect_v1_parent_class)->finalize (object);
}

static void
snug_dialect_v1_class_init (SnugDialectV1Class *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SnugDialectClass *dialect_class = SNUG_DIALECT_CLASS (klass);

  object_class->dispose = snug_dialect_v1_dispose;
  object_class->finalize = snug_dialect_v1_finalize;
  dialect_class->rules = &snug_dialect_v1_rules;
  dialect_class->begin = snug_dialect_v1_begin;
  dialect_class->end = snug_dialect_v1_end;
  dialect_class->say = snug_dialect_v1_say;
  dialect_class->hear = snug_dialect_v1_hear;
  dialect_class->hear_channel = snug_dialect_v1_hear_channel;
  dialect_class->open_file = snug_dialect_v1_open_file;
  dialect_class->expect_file = snug_dialect_v1_expect_file;
}

static void
snug_dialect_v1_init (SnugDialectV1 *self)
{
  g_queue_init (&self->outgoing);
  g_queue_init (&self->unconfirmed);
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, forget_inflow);
  self->chat_bucket = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (CHAT_PER_SECOND, CHAT_BURST);
  self->file_bucket = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (FILE_TEXTS_PER_SECOND, FILE_TEXTS_BURST);
}

SnugDialect *
snug_dialect_v1_new (GMainContext *network)
{
  SnugDialectV1 *self = g_object_new (SNUG_TYPE_DIALECT_V1, NULL);

  self->network = network != NULL ? g_main_context_ref (network) : NULL;
  return SNUG_DIALECT (self);
}
