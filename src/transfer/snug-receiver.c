/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receiver.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-context.h"
#include "snug-pieces.h"

/* Pieces that may wait for the disk before the sender is asked to wait, and when it may go on. */
#define BUSY_PIECES 16
#define CALM_PIECES 4
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

/* A piece as it came: slices in order, hashed on a worker. */
typedef struct
{
  GPtrArray *slices;     /* of GBytes */
  gsize      n_bytes;
  gboolean   has_hash;   /* the sender's: compared with ours */
  guint8     hash[SNUG_WIRE_HASH_BYTES];
} Piece;

typedef struct
{
  gatomicrefcount   ref_count;
  GMainContext     *main;
  GMainContext     *network;
  GWeakRef          owner;          /* followed in the main context only */

  /* Fixed */
  char             *name;
  guint64           size;
  guint64           mtime;

  /* Owned by the one job under way */
  SnugSink         *sink;           /* nullable until the first job */
  gboolean          is_settled;     /* the sink is in its folder */
  guint64           written;        /* bytes checked and on the disk */
  SnugFingerprint   fingerprint;

  /* Network context */
  GFile            *folder;         /* nullable: it is not decided */
  SnugSinkConflict  conflict;
  SnugFileStream   *stream;         /* nullable */
  Piece            *piece;          /* nullable: being assembled */
  GQueue            waiting;        /* of Piece, for the worker */
  guint64           arrived;        /* bytes, in order */
  gint64            progress_us;
  gboolean          begun;
  gboolean          working;
  gboolean          has_news;       /* for the worker, besides pieces: decided, or an empty file */
  gboolean          busy;
  gboolean          lost;           /* the stream is gone; told when the worker is idle */
  gboolean          ended;
} Pump;

struct _SnugReceiver
{
  GObject  parent_instance;

  Pump    *pump;    /* owned, shared with the network context */
};

G_DEFINE_FINAL_TYPE (SnugReceiver, snug_receiver, G_TYPE_OBJECT)

enum
{
  ASKED,
  PROGRESS,
  BUSY,
  DONE,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void work (Pump *pump);

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_ptr_array_unref (piece->slices);
  g_free (piece);
}

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
  g_clear_pointer (&pump->sink, snug_sink_free);
  g_clear_pointer (&pump->piece, piece_free);
  g_queue_clear_full (&pump->waiting, piece_free);
  snug_fingerprint_clear (&pump->fingerprint);
  g_weak_ref_clear (&pump->owner);
  g_clear_object (&pump->folder);
  g_main_context_unref (pump->main);
  g_main_context_unref (pump->network);
  g_free (pump->name);
  g_free (pump);
}

/* --- to the main context --------------------------------------------------------------------------- */

typedef struct
{
  Pump     *pump;
  guint     signal;
  guint64   bytes;
  gboolean  on;
  GBytes   *hash;      /* owned, nullable */
  GFile    *file;      /* owned, nullable */
  GError   *error;     /* owned, nullable */
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  pump_unref (news->pump);
  g_clear_pointer (&news->hash, g_bytes_unref);
  g_clear_object (&news->file);
  g_clear_error (&news->error);
  g_free (news);
}

static void
deliver (gpointer data)
{
  News *news = data;
  g_autoptr (SnugReceiver) self = g_weak_ref_get (&news->pump->owner);

  if (self == NULL)
    return;
  switch (news->signal)
    {
    case ASKED: g_signal_emit (self, signals[ASKED], 0, news->bytes, news->hash); break;
    case PROGRESS: g_signal_emit (self, signals[PROGRESS], 0, news->bytes); break;
    case BUSY: g_signal_emit (self, signals[BUSY], 0, news->on); break;
    case DONE: g_signal_emit (self, signals[DONE], 0, news->file, news->hash); break;
    case ENDED:
    default: g_signal_emit (self, signals[ENDED], 0, news->error); break;
    }
}

static News *
news_new (Pump *pump, guint signal)
{
  News *news = g_new0 (News, 1);

  news->pump = pump_ref (pump);
  news->signal = signal;
  return news;
}

static void
tell (News *news)
{
  snug_context_post (news->pump->main, deliver, news, news_free);
}

static void
tell_progress (Pump *pump)
{
  gint64 now_us = g_get_monotonic_time ();
  News *news;

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->arrived < pump->size)
    return;
  pump->progress_us = now_us;
  news = news_new (pump, PROGRESS);
  news->bytes = pump->arrived;
  tell (news);
}

static void
set_busy (Pump *pump, gboolean busy)
{
  News *news;

  if (pump->busy == busy)
    return;
  pump->busy = busy;
  news = news_new (pump, BUSY);
  news->on = busy;
  tell (news);
}

/* --- the stream ------------------------------------------------------------------------------------ */

/* After `file-done` the sender closes (PROTOCOL.md section 4): our closing could overtake the word. */
static void
leave_stream_to_sender (Pump *pump)
{
  if (pump->stream != NULL)
    snug_file_stream_set_listener (pump->stream, NULL, NULL);
  g_clear_object (&pump->stream);
}

static void
let_go_of_stream (Pump *pump)
{
  if (pump->stream != NULL)
    snug_file_stream_close (pump->stream);
  g_clear_object (&pump->stream);
}

static void
end (Pump *pump, GError *error)
{
  News *news;

  if (pump->ended)
    {
      g_error_free (error);
      return;
    }
  pump->ended = TRUE;
  let_go_of_stream (pump);
  news = news_new (pump, ENDED);
  news->error = error;
  tell (news);
}

static void
end_bad_data (Pump *pump, const char *why)
{
  g_debug ("bad data: %s", why);
  end (pump, g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA,
                                  _("What arrived is not what was offered.")));
}

/* The part of a piece that was not checked is never trusted: it comes again. */
static void
tell_lost (Pump *pump)
{
  News *news;

  if (!pump->lost || pump->working || pump->ended)
    return;
  pump->lost = FALSE;
  g_clear_pointer (&pump->piece, piece_free);
  pump->arrived = pump->written;
  set_busy (pump, FALSE);
  news = news_new (pump, ENDED);
  news->error = g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST, _("The connection was lost."));
  tell (news);
}

static Piece *
current_piece (Pump *pump)
{
  if (pump->piece == NULL)
    {
      pump->piece = g_new0 (Piece, 1);
      pump->piece->slices = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    }
  return pump->piece;
}

static void
on_begun (gpointer user_data, guint64 entry, guint64 offset, guint64 size)
{
  Pump *pump = user_data;

  if (pump->begun || entry != 0 || offset != pump->arrived || size != pump->size)
    {
      end_bad_data (pump, "header");
      return;
    }
  pump->begun = TRUE;
  pump->has_news |= pump->size == 0;
  work (pump);
}

static void
on_bytes (gpointer user_data, GBytes *slice)
{
  Pump *pump = user_data;
  Piece *piece = current_piece (pump);
  gsize n = g_bytes_get_size (slice);
  guint64 start = pump->arrived - piece->n_bytes;

  if (!pump->begun || n == 0 || piece->n_bytes + n > snug_piece_length (pump->size, start))
    {
      end_bad_data (pump, "more bytes than the piece has");
      return;
    }
  g_ptr_array_add (piece->slices, g_bytes_ref (slice));
  piece->n_bytes += n;
  pump->arrived += n;
  tell_progress (pump);
}

static void
on_piece (gpointer user_data, const guint8 *hash)
{
  Pump *pump = user_data;
  Piece *piece = current_piece (pump);
  guint64 start = pump->arrived - piece->n_bytes;

  if (!pump->begun || piece->n_bytes == 0 || piece->n_bytes != snug_piece_length (pump->size, start))
    {
      end_bad_data (pump, "piece of a wrong length");
      return;
    }
  piece->has_hash = hash != NULL;
  if (hash != NULL)
    memcpy (piece->hash, hash, sizeof piece->hash);
  g_queue_push_tail (&pump->waiting, g_steal_pointer (&pump->piece));
  if (g_queue_get_length (&pump->waiting) >= BUSY_PIECES)
    set_busy (pump, TRUE);
  work (pump);
}

static void
on_nonsense (gpointer user_data, const char *what)
{
  end_bad_data (user_data, what);
}

static void
on_closed (gpointer user_data, const char *why)
{
  Pump *pump = user_data;

  if (why != NULL)
    {
      end (pump, g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_REFUSED, why));
      return;
    }
  leave_stream_to_sender (pump);
  pump->lost = TRUE;
  if (g_queue_is_empty (&pump->waiting))
    tell_lost (pump);
}

static void
on_stream (SnugFileStream *stream, gpointer user_data)
{
  static const SnugFileListener listener = {
    .begun = on_begun,
    .bytes = on_bytes,
    .piece = on_piece,
    .nonsense = on_nonsense,
    .closed = on_closed,
  };
  Pump *pump = user_data;

  if (stream == NULL)
    {
      pump->lost = !pump->ended;
      tell_lost (pump);
      return;
    }
  if (pump->ended)
    {
      snug_file_stream_close (stream);
      return;
    }
  let_go_of_stream (pump);
  pump->stream = g_object_ref (stream);
  pump->begun = FALSE;
  snug_file_stream_set_listener (stream, &listener, pump);
}

/* --- on a worker ----------------------------------------------------------------------------------- */

typedef struct
{
  Pump             *pump;
  Piece            *piece;        /* nullable: only finish */
  GFile            *folder;       /* nullable: not decided */
  SnugSinkConflict  conflict;
  gboolean          may_finish;
  GFile            *file;         /* out, nullable */
  GError           *error;        /* out, nullable */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  pump_unref (job->pump);
  g_clear_pointer (&job->piece, piece_free);
  g_clear_object (&job->folder);
  g_clear_object (&job->file);
  g_clear_error (&job->error);
  g_free (job);
}

/* The sender's hash, if it says one, must be ours; ours goes into the fingerprint. */
static gboolean
check_hash (Piece *piece, GError **error)
{
  guint8 hash[SNUG_WIRE_HASH_BYTES];
  gnutls_hash_hd_t handle;

  gnutls_hash_init (&handle, GNUTLS_DIG_SHA256);
  for (guint i = 0; i < piece->slices->len; i++)
    {
      gsize n;
      const void *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);
      gnutls_hash (handle, data, n);
    }
  gnutls_hash_deinit (handle, hash);

  if (!piece->has_hash)
    memcpy (piece->hash, hash, sizeof hash);
  if (memcmp (hash, piece->hash, sizeof hash) == 0)
    return TRUE;
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA,
                       _("A piece arrived damaged."));
  return FALSE;
}

static void
as_disk_error (GError **error)
{
  GError *disk = g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK, (*error)->message);

  g_error_free (*error);
  *error = disk;
}

static gboolean
write_piece (Pump *pump, Piece *piece, GError **error)
{
  guint64 offset = pump->written;

  for (guint i = 0; i < piece->slices->len; i++)
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);

      if (!snug_sink_write (pump->sink, offset, data, n, error))
        {
          as_disk_error (error);
          return FALSE;
        }
      offset += n;
    }
  pump->written = offset;
  snug_fingerprint_add (&pump->fingerprint, piece->hash);
  return TRUE;
}

static void
on_worked (gpointer data)
{
  Job *job = data;
  Pump *pump = job->pump;
  News *news;

  pump->working = FALSE;
  if (job->error != NULL)
    {
      end (pump, g_steal_pointer (&job->error));
      return;
    }
  if (job->file != NULL && !pump->ended)
    {
      pump->ended = TRUE;
      leave_stream_to_sender (pump);
      news = news_new (pump, DONE);
      news->file = g_steal_pointer (&job->file);
      news->hash = snug_fingerprint_value (&pump->fingerprint);
      tell (news);
      return;
    }
  if (g_queue_get_length (&pump->waiting) <= CALM_PIECES)
    set_busy (pump, FALSE);
  work (pump);
  if (g_queue_is_empty (&pump->waiting))
    tell_lost (pump);
}

/* The sink is where it shall be, as far as that is decided. */
static gboolean
prepare_sink (Pump *pump, Job *job)
{
  if (pump->is_settled)
    return TRUE;
  pump->is_settled = job->folder != NULL;
  if (pump->sink != NULL)
    return job->folder == NULL
           || snug_sink_decide (pump->sink, job->folder, pump->name, job->conflict, pump->written, &job->error);
  pump->sink = job->folder != NULL
                 ? snug_sink_new (job->folder, pump->name, pump->size, job->conflict, &job->error)
                 : snug_sink_new_undecided (pump->size, &job->error);
  return pump->sink != NULL;
}

static void
do_work (gpointer data, gpointer user_data)
{
  Job *job = data;
  Pump *pump = job->pump;

  if (!prepare_sink (pump, job))
    as_disk_error (&job->error);
  if (job->error == NULL && job->piece != NULL && check_hash (job->piece, &job->error))
    write_piece (pump, job->piece, &job->error);
  if (job->error == NULL && job->may_finish && pump->is_settled && pump->written == pump->size)
    {
      job->file = snug_sink_finish (pump->sink, pump->mtime, &job->error);
      if (job->file == NULL)
        as_disk_error (&job->error);
    }
  snug_context_post (pump->network, on_worked, job, job_free);
}

static void
work (Pump *pump)
{
  Job *job;

  if (pump->working || pump->ended || (g_queue_is_empty (&pump->waiting) && !pump->has_news))
    return;
  pump->working = TRUE;
  pump->has_news = FALSE;
  job = g_new0 (Job, 1);
  job->pump = pump_ref (pump);
  job->piece = g_queue_pop_head (&pump->waiting);
  job->folder = pump->folder != NULL ? g_object_ref (pump->folder) : NULL;
  job->conflict = pump->conflict;
  /* An empty file is whole when it has begun. */
  job->may_finish = pump->size > 0 || pump->begun;
  snug_pieces_run (do_work, job);
}

/* --- in the main context --------------------------------------------------------------------------- */

static void
do_begin (gpointer data)
{
  Pump *pump = data;
  News *news = news_new (pump, ASKED);

  news->bytes = pump->arrived = pump->written;
  news->hash = pump->written > 0 ? snug_fingerprint_value (&pump->fingerprint) : NULL;
  tell (news);
}

void
snug_receiver_start (SnugReceiver *self, SnugPeerLink *link, const char *wire_id)
{
  snug_peer_link_expect_file (link, wire_id, on_stream, pump_ref (self->pump), pump_unref);
  /* How far it has come is known where the pieces are; the expectation was posted there before this. */
  snug_context_post (self->pump->network, do_begin, pump_ref (self->pump), pump_unref);
}

typedef struct
{
  Pump             *pump;
  GFile            *folder;
  SnugSinkConflict  conflict;
} Decision;

static void
decision_free (gpointer data)
{
  Decision *decision = data;

  pump_unref (decision->pump);
  g_object_unref (decision->folder);
  g_free (decision);
}

static void
do_decide (gpointer data)
{
  Decision *decision = data;
  Pump *pump = decision->pump;

  g_set_object (&pump->folder, decision->folder);
  pump->conflict = decision->conflict;
  pump->has_news = TRUE;
  work (pump);
}

void
snug_receiver_decide (SnugReceiver *self, GFile *folder, SnugSinkConflict conflict)
{
  Decision *decision = g_new (Decision, 1);

  *decision = (Decision) { pump_ref (self->pump), g_object_ref (folder), conflict };
  snug_context_post (self->pump->network, do_decide, decision, decision_free);
}

static void
do_stop (gpointer data)
{
  Pump *pump = data;

  pump->ended = TRUE;
  let_go_of_stream (pump);
}

void
snug_receiver_stop (SnugReceiver *self)
{
  g_weak_ref_set (&self->pump->owner, NULL);
  snug_context_post (self->pump->network, do_stop, pump_ref (self->pump), pump_unref);
}

SnugReceiver *
snug_receiver_new (GMainContext *network, GFile *folder, const char *name, guint64 size, guint64 mtime,
                   SnugSinkConflict conflict)
{
  SnugReceiver *self = g_object_new (SNUG_TYPE_RECEIVER, NULL);
  Pump *pump = self->pump;

  pump->main = g_main_context_ref_thread_default ();
  pump->network = g_main_context_ref (network);
  g_weak_ref_init (&pump->owner, self);
  pump->folder = folder != NULL ? g_object_ref (folder) : NULL;
  pump->name = g_strdup (name);
  pump->size = size;
  pump->mtime = mtime;
  pump->conflict = conflict;
  return self;
}

static void
snug_receiver_dispose (GObject *object)
{
  SnugReceiver *self = SNUG_RECEIVER (object);

  if (self->pump != NULL)
    {
      snug_receiver_stop (self);
      g_clear_pointer (&self->pump, pump_unref);
    }
  G_OBJECT_CLASS (snug_receiver_parent_class)->dispose (object);
}

static void
snug_receiver_class_init (SnugReceiverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_RECEIVER;

  object_class->dispose = snug_receiver_dispose;
  signals[ASKED] = g_signal_new ("asked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_BYTES);
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[BUSY] = g_signal_new ("busy", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 2, G_TYPE_FILE, G_TYPE_BYTES);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
snug_receiver_init (SnugReceiver *self)
{
  self->pump = g_new0 (Pump, 1);
  g_atomic_ref_count_init (&self->pump->ref_count);
  g_queue_init (&self->pump->waiting);
  snug_fingerprint_init (&self->pump->fingerprint);
}
