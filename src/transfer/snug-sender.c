/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sender.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-pieces.h"
#include "snug-source.h"

/* Read from the disk only while fewer bytes than this wait in the stream: the only pacing. */
#define HIGH_WATER_BYTES (2 * SNUG_FILE_STREAM_LOW_WATER_BYTES)
/* Bytes read ahead of the stream, and what one job reads. */
#define MAX_READY_BYTES (3 * SNUG_WIRE_PIECE_BYTES)
#define JOB_BYTES SNUG_WIRE_PIECE_BYTES
/* What an entry costs besides its bytes. */
#define ITEM_BYTES 1024
/* Sent in one turn of the network context, so that others get theirs: a word said beside the file waits for a turn
 * at least. With 1 MiB, and as much read in a turn, a round trip beside a file took twice as long. */
#define TURN_BYTES (128 * 1024)
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

/* A header, a piece or both. */
typedef struct
{
  gboolean  begins;     /* an entry, or what is sent of it */
  guint64   entry;
  guint64   offset;     /* bytes */
  guint64   size;       /* bytes, of the entry */
  GBytes   *data;       /* nullable */
  guint8    hash[SNUG_WIRE_HASH_BYTES];
} Piece;

/* The half that lives in the network context; workers see @source only, one job at a time. */
typedef struct
{
  gatomicrefcount  ref_count;
  GMainContext    *main;
  GMainContext    *network;
  GWeakRef         owner;          /* followed in the main context only */
  SnugOffer       *offer;
  SnugManifest    *chosen;         /* what is sent of it */

  /* Owned by the one job under way */
  SnugSource      *source;
  SnugPlace        place;          /* of the next piece to read */
  gboolean         begins;         /* its header was not read out yet */
  gboolean         compared;
  GBytes          *have;           /* nullable */
  SnugFingerprint  fingerprint;

  /* Network context */
  SnugFileStream  *stream;         /* nullable */
  GQueue           ready;          /* of Piece */
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
piece_free (gpointer data)
{
  Piece *piece = data;

  g_clear_pointer (&piece->data, g_bytes_unref);
  g_free (piece);
}

static void
pump_unref (gpointer data)
{
  Pump *pump = data;

  if (!g_atomic_ref_count_dec (&pump->ref_count))
    return;
  g_clear_pointer (&pump->source, snug_source_free);
  g_clear_pointer (&pump->offer, snug_offer_unref);
  g_clear_pointer (&pump->chosen, snug_manifest_unref);
  g_queue_clear_full (&pump->ready, piece_free);
  g_clear_pointer (&pump->have, g_bytes_unref);
  snug_fingerprint_clear (&pump->fingerprint);
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

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->sent < pump->chosen->n_bytes)
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
  Pump     *pump;
  GQueue    pieces;     /* of Piece */
  gsize     n_bytes;
  guint64   limit;      /* bytes of a part that are there */
  guint64   n_before;   /* bytes of entries before the place where it begins */
  gboolean  all;        /* nothing is behind them */
  GError   *error;
} ReadResult;

static void
set_changed (GError **error)
{
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED,
                       _("The file has changed since it was offered."));
}

static gboolean
hash_piece (Pump *pump, const SnugPlace *place, GBytes *data, guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  if (snug_offer_hash_piece (pump->offer, place, data, hash))
    return TRUE;
  set_changed (error);
  return FALSE;
}

/* Returns: %FALSE if it cannot be read */
static gboolean
read_hash (Pump *pump, const SnugPlace *place, guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  g_autoptr (GBytes) data = NULL;

  if (snug_offer_get_hash (pump->offer, place, hash))
    return TRUE;
  data = snug_source_read (pump->source, place, error);
  return data != NULL && hash_piece (pump, place, data, hash, error);
}

/* PROTOCOL.md section 4, "Resume needs proof of content": what the receiver has must be ours. */
static gboolean
compare_have (Pump *pump, guint64 *n_before, GError **error)
{
  SnugManifest *manifest = pump->chosen;
  SnugPlace place = { 0, 0 };
  g_autoptr (GBytes) ours = NULL;

  pump->compared = TRUE;
  if (pump->place.entry == SNUG_WIRE_ENTRY_MANIFEST)
    return TRUE;
  while (snug_manifest_settle (manifest, &place)
         && (place.entry < pump->place.entry
             || (place.entry == pump->place.entry && place.offset < pump->place.offset)))
    {
      gsize length = snug_piece_length (snug_manifest_get (manifest, place.entry)->size, place.offset);
      guint8 hash[SNUG_WIRE_HASH_BYTES];

      if (length > 0 && !read_hash (pump, &place, hash, error))
        return FALSE;
      if (length > 0)
        snug_fingerprint_add (&pump->fingerprint, hash);
      *n_before += length;
      snug_manifest_advance (manifest, &place, length);
    }

  ours = snug_fingerprint_value (&pump->fingerprint);
  if (pump->have == NULL ? *n_before == 0 : g_bytes_equal (ours, pump->have))
    return TRUE;
  set_changed (error);
  return FALSE;
}

/* @data: (transfer full) (nullable) */
static gboolean
add_piece (Pump *pump, ReadResult *result, guint64 size, GBytes *data)
{
  Piece *piece = g_new0 (Piece, 1);
  gsize n = data != NULL ? g_bytes_get_size (data) : 0;

  piece->begins = pump->begins;
  piece->entry = pump->place.entry;
  piece->offset = pump->place.offset;
  piece->size = size;
  piece->data = data;
  if (data != NULL && !hash_piece (pump, &pump->place, data, piece->hash, &result->error))
    {
      piece_free (piece);
      return FALSE;
    }
  pump->begins = FALSE;
  result->n_bytes += n + ITEM_BYTES;
  g_queue_push_tail (&result->pieces, piece);
  return TRUE;
}

static gboolean
read_manifest (Pump *pump, ReadResult *result)
{
  GBytes *bytes = pump->offer->manifest_bytes;
  gsize size = g_bytes_get_size (bytes), n = snug_piece_length (size, pump->place.offset);

  if (!add_piece (pump, result, size, n > 0 ? g_bytes_new_from_bytes (bytes, pump->place.offset, n) : NULL))
    return FALSE;
  pump->place.offset += n;
  if (pump->place.offset < size)
    return TRUE;
  pump->place = (SnugPlace) { 0, 0 };
  pump->begins = TRUE;
  return TRUE;
}

/* The piece at the place, which is in an entry. */
static gboolean
read_piece (Pump *pump, ReadResult *result)
{
  const SnugEntry *entry = snug_manifest_get (pump->chosen, pump->place.entry);
  guint64 before = pump->place.entry;
  GBytes *data = NULL;
  gsize n = 0;

  if (!snug_source_open (pump->source, pump->place.entry, &result->error))
    return FALSE;
  if (entry->size > pump->place.offset)
    {
      data = snug_source_read (pump->source, &pump->place, &result->error);
      if (data == NULL)
        return FALSE;
      n = g_bytes_get_size (data);
    }
  if (!add_piece (pump, result, entry->size, data))
    return FALSE;
  if (data != NULL)
    snug_fingerprint_add (&pump->fingerprint, ((Piece *) g_queue_peek_tail (&result->pieces))->hash);
  snug_manifest_advance (pump->chosen, &pump->place, n);
  pump->begins = pump->place.entry != before;
  return TRUE;
}

static void
result_free (gpointer data)
{
  ReadResult *result = data;

  pump_unref (result->pump);
  g_queue_clear_full (&result->pieces, piece_free);
  g_clear_error (&result->error);
  g_free (result);
}

static void
on_read (gpointer data)
{
  ReadResult *result = data;
  Pump *pump = result->pump;
  Piece *piece;

  pump->reading = FALSE;
  if (result->error != NULL)
    {
      end (pump, g_steal_pointer (&result->error));
      return;
    }
  if (pump->ended)
    return;
  pump->opened = TRUE;
  pump->read_all = result->all;
  pump->sent += result->n_before;
  pump->n_ready += result->n_bytes;
  while ((piece = g_queue_pop_head (&result->pieces)) != NULL)
    g_queue_push_tail (&pump->ready, piece);
  turn (pump);
}

/* Whether the piece at the place is, of something that is still coming in. */
static gboolean
is_there (Pump *pump, guint64 limit)
{
  return limit >= pump->chosen->n_bytes || pump->place.entry == SNUG_WIRE_ENTRY_MANIFEST
         || snug_piece_map_bytes_at (pump->offer->map, &pump->place) < limit;
}

static void
do_read (gpointer job, gpointer user_data)
{
  ReadResult *result = job;
  Pump *pump = result->pump;
  gboolean ok = pump->compared || compare_have (pump, &result->n_before, &result->error);

  while (ok && result->n_bytes < JOB_BYTES && !result->all && is_there (pump, result->limit))
    if (pump->place.entry == SNUG_WIRE_ENTRY_MANIFEST)
      ok = read_manifest (pump, result);
    else if (snug_manifest_settle (pump->chosen, &pump->place))
      ok = read_piece (pump, result);
    else
      result->all = TRUE;
  snug_context_post (pump->network, on_read, result, result_free);
}

static void
read_ahead (Pump *pump)
{
  ReadResult *result;

  if (pump->reading || pump->ended || pump->read_all || pump->n_ready >= MAX_READY_BYTES
      || !is_there (pump, pump->limit))
    return;

  pump->reading = TRUE;
  result = g_new0 (ReadResult, 1);
  result->pump = pump_ref (pump);
  result->limit = pump->limit;
  g_queue_init (&result->pieces);
  snug_pieces_run (do_read, result);
}

/* --- in the network context ------------------------------------------------------------------------ */

static gboolean
begin_entry (Pump *pump, Piece *piece)
{
  piece->begins = FALSE;
  return snug_file_stream_begin (pump->stream, piece->entry, piece->offset, piece->size);
}

/* The first ready piece has gone out, or had no bytes. */
static gboolean
end_piece (Pump *pump)
{
  Piece *piece = g_queue_pop_head (&pump->ready);
  gboolean sent = piece->data == NULL || snug_file_stream_end_piece (pump->stream, piece->hash);

  pump->n_ready -= ITEM_BYTES + (piece->data != NULL ? g_bytes_get_size (piece->data) : 0);
  pump->piece_sent = 0;
  piece_free (piece);
  return sent;
}

/* Sends the next slice of the first ready piece, and ends the piece behind the last one. */
static gboolean
send_slice (Pump *pump, gsize *n_turn)
{
  Piece *piece = g_queue_peek_head (&pump->ready);
  gsize length = piece->data != NULL ? g_bytes_get_size (piece->data) : 0;
  gsize n = MIN (length - pump->piece_sent, snug_file_stream_get_slice_bytes (pump->stream));
  g_autoptr (GBytes) slice = NULL;

  *n_turn += n + ITEM_BYTES;
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
  fingerprint = snug_fingerprint_value (&pump->fingerprint);
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
    tell (pump, ALL_SENT, pump->sent, snug_fingerprint_value (&pump->fingerprint), NULL);
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
  pump->chosen = snug_manifest_ref (chosen);
  if (offer->part_fd >= 0)
    pump->source = snug_source_new_part (offer->part_fd, offer->manifest, offer->is_folder);
  else
    pump->source = snug_source_new (g_file_peek_path (offer->file), offer->manifest, offer->is_folder);
  /* Who gets a part compares with what the one who offers it says. */
  pump->compared = offer->part_fd >= 0;
  pump->limit = offer->part_fd >= 0 ? 0 : G_MAXUINT64;
  pump->place = *from;
  pump->begins = TRUE;
  pump->have = have != NULL ? g_bytes_ref (have) : NULL;
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
  snug_fingerprint_init (&self->pump->fingerprint);
}
