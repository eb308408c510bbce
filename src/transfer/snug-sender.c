/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sender.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-piece-reader.h"
#include "snug-pieces.h"

/* Read from the disk only while fewer bytes than this wait in the stream: the only pacing. */
#define HIGH_WATER_BYTES (2 * SNUG_FILE_STREAM_LOW_WATER_BYTES)
/* Bytes read ahead of the stream, and what one job reads. */
#define MAX_READY_BYTES (3 * SNUG_WIRE_PIECE_BYTES)
#define JOB_BYTES SNUG_WIRE_PIECE_BYTES
/* Sent in one turn of the network context, so that others get theirs: a word said beside the file waits for a turn
 * at least. With 1 MiB, and as much read in a turn, a round trip beside a file took twice as long. */
#define TURN_BYTES (64 * 1024)
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

/* The half that lives in the network context; workers see @reader only, one job at a time. */
typedef struct
{
  gatomicrefcount  ref_count;
  GMainContext    *main;
  GMainContext    *network;
  GWeakRef         owner;          /* followed in the main context only */
  SnugOffer       *offer;
  guint64          n_chosen;       /* bytes of what is sent of it */
  SnugPieceReader *reader;         /* owned by the one job under way, else of the network context */

  /* Network context */
  SnugFileStream  *stream;         /* nullable */
  GQueue           ready;          /* of SnugPiece */
  gsize            n_ready;        /* bytes of them */
  gsize            piece_sent;     /* bytes of the first of @ready that are sent */
  guint64          limit;          /* bytes of a part that are there */
  guint64          sent;           /* bytes of entries, with those before the place where it began */
  gint64           progress_us;
  gboolean         reading;
  gboolean         opened;         /* the source is open and is what was offered */
  gboolean         read_all;
  gboolean         paused;
  gboolean         all_sent;
  gboolean         ended;
  gboolean         turn_posted;
} Pump;

struct _SnugSender
{
  GObject  parent_instance;

  Pump    *pump;    /* owned, shared with the network context */
};

G_DEFINE_FINAL_TYPE (SnugSender, snug_sender, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-transfer-error-quark, snug_transfer_error)

enum
{
  PROGRESS,
  ALL_SENT,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void turn (Pump *pump);

static Pump *
pump_ref (Pump *pump)
{
  g_atomic_ref_count_inc (&pump->ref_count);
  return pump;
}

static void
pump_unref (gpointer data)
{
  Pump *pump = data;

  if (!g_atomic_ref_count_dec (&pump->ref_count))
    return;
  g_clear_pointer (&pump->reader, snug_piece_reader_free);
  g_clear_pointer (&pump->offer, snug_offer_unref);
  g_queue_clear_full (&pump->ready, snug_piece_free);
  g_weak_ref_clear (&pump->owner);
  g_main_context_unref (pump->main);
  g_main_context_unref (pump->network);
  g_free (pump);
}

/* --- to the main context --------------------------------------------------------------------------- */

typedef struct
{
  Pump    *pump;
  guint    signal;
  guint64  bytes;
  GBytes  *fingerprint;
  GError  *error;
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  pump_unref (news->pump);
  g_clear_pointer (&news->fingerprint, g_bytes_unref);
  g_clear_error (&news->error);
  g_free (news);
}

static void
deliver (gpointer data)
{
  News *news = data;
  g_autoptr (SnugSender) self = g_weak_ref_get (&news->pump->owner);

  if (self == NULL)
    return;
  if (news->signal == PROGRESS)
    g_signal_emit (self, signals[PROGRESS], 0, news->bytes);
  else if (news->signal == ALL_SENT)
    g_signal_emit (self, signals[ALL_SENT], 0, news->fingerprint);
  else
    g_signal_emit (self, signals[ENDED], 0, news->error);
}

static void
tell (Pump *pump, guint signal, guint64 bytes, GBytes *fingerprint, GError *error)
{
  News *news = g_new0 (News, 1);

  *news = (News) { pump_ref (pump), signal, bytes, fingerprint, error };
  snug_context_post (pump->main, deliver, news, news_free);
}

static void
tell_progress (Pump *pump)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->sent < pump->n_chosen)
    return;
  pump->progress_us = now_us;
  tell (pump, PROGRESS, pump->sent, NULL, NULL);
}

static void
end (Pump *pump, GError *error)
{
  if (pump->ended)
    {
      g_error_free (error);
      return;
    }
  pump->ended = TRUE;
  snug_file_stream_clear (&pump->stream);
  tell (pump, ENDED, 0, NULL, error);
}

/* --- on a worker ----------------------------------------------------------------------------------- */

typedef struct
{
  Pump           *pump;
  guint64         limit;    /* bytes of a part that are there */
  SnugPieceBatch  read;
  GError         *error;
} ReadResult;

static void
result_free (gpointer data)
{
  ReadResult *result = data;

  pump_unref (result->pump);
  snug_piece_batch_clear (&result->read);
  g_clear_error (&result->error);
  g_free (result);
}

static void
on_read (gpointer data)
{
  ReadResult *result = data;
  Pump *pump = result->pump;
  SnugPiece *piece;

  pump->reading = FALSE;
  if (result->error != NULL)
    {
      end (pump, g_steal_pointer (&result->error));
      return;
    }
  if (pump->ended)
    return;
  pump->opened = TRUE;
  pump->read_all = result->read.all;
  pump->sent += result->read.n_before;
  pump->n_ready += result->read.n_bytes;
  while ((piece = g_queue_pop_head (&result->read.pieces)) != NULL)
    g_queue_push_tail (&pump->ready, piece);
  turn (pump);
}

static void
do_read (gpointer job, gpointer user_data)
{
  ReadResult *result = job;
  Pump *pump = result->pump;

  snug_piece_reader_read (pump->reader, result->limit, JOB_BYTES, &result->read, &result->error);
  snug_context_post (pump->network, on_read, result, result_free);
}

static void
read_ahead (Pump *pump)
{
  ReadResult *result;

  if (pump->reading || pump->ended || pump->read_all || pump->n_ready >= MAX_READY_BYTES
      || !snug_piece_reader_is_there (pump->reader, pump->limit))
    return;

  pump->reading = TRUE;
  result = g_new0 (ReadResult, 1);
  result->pump = pump_ref (pump);
  result->limit = pump->limit;
  snug_pieces_run (do_read, result);
}

/* --- in the network context ------------------------------------------------------------------------ */

static gboolean
begin_entry (Pump *pump, SnugPiece *piece)
{
  piece->begins = FALSE;
  return snug_file_stream_begin (pump->stream, piece->entry, piece->offset, piece->size);
}

/* The first ready piece has gone out, or had no bytes. */
static gboolean
end_piece (Pump *pump)
{
  SnugPiece *piece = g_queue_pop_head (&pump->ready);
  gboolean sent = piece->data == NULL || snug_file_stream_end_piece (pump->stream, piece->hash);

  pump->n_ready -= SNUG_PIECE_ITEM_BYTES + (piece->data != NULL ? g_bytes_get_size (piece->data) : 0);
  pump->piece_sent = 0;
  snug_piece_free (piece);
  return sent;
}

/* Sends the next slice of the first ready piece, and ends the piece behind the last one. */
static gboolean
send_slice (Pump *pump, gsize *n_turn)
{
  SnugPiece *piece = g_queue_peek_head (&pump->ready);
  gsize length = piece->data != NULL ? g_bytes_get_size (piece->data) : 0;
  gsize n = MIN (length - pump->piece_sent, snug_file_stream_get_slice_bytes (pump->stream));
  g_autoptr (GBytes) slice = NULL;

  *n_turn += n + SNUG_PIECE_ITEM_BYTES;
  if (piece->begins && !begin_entry (pump, piece))
    return FALSE;
  if (n == 0)
    return end_piece (pump);

  slice = g_bytes_new_from_bytes (piece->data, pump->piece_sent, n);
  if (!snug_file_stream_send (pump->stream, slice))
    return FALSE;
  pump->piece_sent += n;
  if (piece->entry != SNUG_WIRE_ENTRY_MANIFEST)
    pump->sent += n;
  return pump->piece_sent < length || end_piece (pump);
}

static void
on_turn (gpointer data)
{
  Pump *pump = data;

  pump->turn_posted = FALSE;
  turn (pump);
}

static void
post_turn (Pump *pump)
{
  if (pump->turn_posted)
    return;
  pump->turn_posted = TRUE;
  snug_context_post (pump->network, on_turn, pump_ref (pump), pump_unref);
}

static gboolean
may_send (Pump *pump)
{
  return !pump->ended && !pump->paused && pump->stream != NULL && snug_file_stream_is_open (pump->stream)
         && snug_file_stream_get_buffered (pump->stream) < HIGH_WATER_BYTES;
}

static gboolean
end_if_all (Pump *pump)
{
  g_autoptr (GBytes) fingerprint = NULL;

  if (!pump->read_all || !g_queue_is_empty (&pump->ready))
    return TRUE;
  fingerprint = snug_piece_reader_get_fingerprint (pump->reader);
  pump->all_sent = TRUE;
  return snug_file_stream_end (pump->stream, fingerprint);
}

static gboolean
send_some (Pump *pump)
{
  gsize n_turn = 0;

  while (may_send (pump) && n_turn < TURN_BYTES && !g_queue_is_empty (&pump->ready))
    if (!send_slice (pump, &n_turn))
      return FALSE;
  if (n_turn >= TURN_BYTES)
    post_turn (pump);
  return end_if_all (pump);
}

/* For tests, which count what is sent: what still waits here is not. */
static void
log_sent (Pump *pump)
{
  gsize waiting = pump->stream != NULL ? snug_file_stream_get_buffered (pump->stream) : 0;

  g_debug ("%s: %" G_GUINT64_FORMAT " bytes are out", pump->offer->wire_id,
           pump->sent > waiting ? pump->sent - waiting : 0);
}

static void
end_lost (Pump *pump)
{
  gboolean is_unseen = pump->stream != NULL && !snug_file_stream_was_seen (pump->stream);

  end (pump, g_error_new_literal (SNUG_TRANSFER_ERROR, is_unseen ? SNUG_TRANSFER_ERROR_UNSEEN : SNUG_TRANSFER_ERROR_LOST,
                                  _("The connection was lost.")));
}

static void
turn (Pump *pump)
{
  read_ahead (pump);
  /* The source is open and compared before the first word is said. */
  if (pump->all_sent || !pump->opened || !may_send (pump)
      || (g_queue_is_empty (&pump->ready) && !pump->read_all))
    return;

  log_sent (pump);
  if (!send_some (pump))
    {
      end_lost (pump);
      return;
    }
  log_sent (pump);
  tell_progress (pump);
  read_ahead (pump);
  if (pump->all_sent)
    tell (pump, ALL_SENT, pump->sent, snug_piece_reader_get_fingerprint (pump->reader), NULL);
}

static void
on_writable (gpointer user_data)
{
  turn (user_data);
}

static void
on_closed (gpointer user_data, const char *why)
{
  if (why == NULL)
    end_lost (user_data);
  else
    end (user_data, g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_REFUSED, why));
}

static void
on_stream (SnugFileStream *stream, gpointer user_data)
{
  static const SnugFileListener listener = { .writable = on_writable, .closed = on_closed };
  Pump *pump = user_data;

  if (stream == NULL)
    {
      end_lost (pump);
      return;
    }
  if (pump->ended)
    {
      snug_file_stream_close (stream);
      return;
    }
  pump->stream = g_object_ref (stream);
  snug_file_stream_set_listener (stream, &listener, pump);
  turn (pump);
}

static void
do_pause (gpointer data)
{
  ((Pump *) data)->paused = TRUE;
}

static void
do_resume (gpointer data)
{
  Pump *pump = data;

  pump->paused = FALSE;
  turn (pump);
}

static void
do_stop (gpointer data)
{
  Pump *pump = data;

  pump->ended = TRUE;
  snug_file_stream_clear (&pump->stream);
}

typedef struct
{
  Pump    *pump;
  guint64  limit;
} Limit;

static void
limit_free (gpointer data)
{
  pump_unref (((Limit *) data)->pump);
  g_free (data);
}

static void
do_limit (gpointer data)
{
  Limit *limit = data;

  limit->pump->limit = MAX (limit->pump->limit, limit->limit);
  turn (limit->pump);
}

/* --- in the main context --------------------------------------------------------------------------- */

void
snug_sender_let_read (SnugSender *self, guint64 n_bytes)
{
  Limit *limit = g_new (Limit, 1);

  *limit = (Limit) { pump_ref (self->pump), n_bytes };
  snug_context_post (self->pump->network, do_limit, limit, limit_free);
}

void
snug_sender_start (SnugSender *self, SnugPeerLink *link, const char *wire_id)
{
  snug_peer_link_open_file (link, wire_id, on_stream, pump_ref (self->pump), pump_unref);
}

void
snug_sender_set_paused (SnugSender *self, gboolean paused)
{
  snug_context_post (self->pump->network, paused ? do_pause : do_resume, pump_ref (self->pump), pump_unref);
}

void
snug_sender_stop (SnugSender *self)
{
  g_weak_ref_set (&self->pump->owner, NULL);
  snug_context_post (self->pump->network, do_stop, pump_ref (self->pump), pump_unref);
}

SnugSender *
snug_sender_new (GMainContext *network, SnugOffer *offer, SnugManifest *chosen, const SnugPlace *from, GBytes *have)
{
  SnugSender *self = g_object_new (SNUG_TYPE_SENDER, NULL);
  Pump *pump = self->pump;

  pump->main = g_main_context_ref_thread_default ();
  pump->network = g_main_context_ref (network);
  g_weak_ref_init (&pump->owner, self);
  pump->offer = snug_offer_ref (offer);
  pump->n_chosen = chosen->n_bytes;
  pump->reader = snug_piece_reader_new (offer, chosen, from, have);
  pump->limit = offer->part_fd >= 0 ? 0 : G_MAXUINT64;
  return self;
}

static void
snug_sender_dispose (GObject *object)
{
  SnugSender *self = SNUG_SENDER (object);

  if (self->pump != NULL)
    {
      snug_sender_stop (self);
      g_clear_pointer (&self->pump, pump_unref);
    }
  G_OBJECT_CLASS (snug_sender_parent_class)->dispose (object);
}

static void
snug_sender_class_init (SnugSenderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_SENDER;

  object_class->dispose = snug_sender_dispose;
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[ALL_SENT] = g_signal_new ("all-sent", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_BYTES);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
snug_sender_init (SnugSender *self)
{
  self->pump = g_new0 (Pump, 1);
  g_atomic_ref_count_init (&self->pump->ref_count);
  g_queue_init (&self->pump->ready);
}
