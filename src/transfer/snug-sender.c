/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sender.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snug-context.h"
#include "snug-pieces.h"

/* Read from the disk only while fewer bytes than this wait in the stream: the only pacing. */
#define HIGH_WATER_BYTES (2 * SNUG_FILE_STREAM_LOW_WATER_BYTES)
/* Pieces read ahead of the stream. */
#define MAX_READY 3
/* Sent in one turn of the network context, so that others get theirs. */
#define TURN_BYTES (1024 * 1024)
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

typedef struct
{
  GBytes *data;
  guint8  hash[SNUG_WIRE_HASH_BYTES];
} Piece;

/* The half that lives in the network context; workers see @file only, one job at a time. */
typedef struct
{
  gatomicrefcount  ref_count;
  GMainContext    *main;
  GMainContext    *network;
  GWeakRef         owner;          /* followed in the main context only */

  /* Owned by the one job under way */
  char            *path;
  int              fd;
  guint64          size;
  guint64          mtime;
  guint64          offset;         /* of the next piece to read */
  GBytes          *have;           /* nullable; until it is compared */
  SnugFingerprint  fingerprint;

  /* Network context */
  SnugFileStream  *stream;         /* nullable */
  GQueue           ready;          /* of Piece */
  gsize            piece_sent;     /* bytes of the first of @ready that are sent */
  guint64          sent;
  gint64           progress_us;
  gboolean         reading;
  gboolean         opened;         /* the source is open and is what was offered */
  gboolean         begun;
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

  g_bytes_unref (piece->data);
  g_free (piece);
}

static void
pump_unref (gpointer data)
{
  Pump *pump = data;

  if (!g_atomic_ref_count_dec (&pump->ref_count))
    return;
  if (pump->fd >= 0)
    close (pump->fd);
  g_queue_clear_full (&pump->ready, piece_free);
  g_clear_pointer (&pump->have, g_bytes_unref);
  snug_fingerprint_clear (&pump->fingerprint);
  g_weak_ref_clear (&pump->owner);
  g_main_context_unref (pump->main);
  g_main_context_unref (pump->network);
  g_free (pump->path);
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

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->sent < pump->size)
    return;
  pump->progress_us = now_us;
  tell (pump, PROGRESS, pump->sent, NULL, NULL);
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
  if (pump->ended)
    {
      g_error_free (error);
      return;
    }
  pump->ended = TRUE;
  let_go_of_stream (pump);
  tell (pump, ENDED, 0, NULL, error);
}

/* --- on a worker ----------------------------------------------------------------------------------- */

typedef struct
{
  Pump   *pump;
  Piece  *piece;     /* nullable */
  GError *error;
} ReadResult;

static void
set_changed (GError **error)
{
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED,
                       _("The file has changed since it was offered."));
}

static gboolean
check_source (Pump *pump, GError **error)
{
  struct stat info;

  if (fstat (pump->fd, &info) == 0 && S_ISREG (info.st_mode) && (guint64) info.st_size == pump->size
      && (guint64) MAX (info.st_mtime, 0) == pump->mtime)
    return TRUE;
  set_changed (error);
  return FALSE;
}

static gboolean
open_source (Pump *pump, GError **error)
{
  pump->fd = open (pump->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (pump->fd < 0)
    {
      g_set_error (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK, _("The file cannot be opened (%s)."),
                   g_strerror (errno));
      return FALSE;
    }
  posix_fadvise (pump->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return check_source (pump, error);
}

static Piece *
read_piece (Pump *pump, guint64 offset, GError **error)
{
  gsize length = snug_piece_length (pump->size, offset), n_read = 0;
  g_autofree guint8 *data = g_malloc (length);
  Piece *piece;

  while (n_read < length)
    {
      ssize_t n = pread (pump->fd, data + n_read, length - n_read, (off_t) (offset + n_read));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK, _("The file cannot be read (%s)."),
                       g_strerror (errno));
          return NULL;
        }
      if (n == 0)
        {
          set_changed (error);
          return NULL;
        }
      n_read += (gsize) n;
    }

  piece = g_new (Piece, 1);
  snug_piece_hash (data, length, piece->hash);
  piece->data = g_bytes_new_take (g_steal_pointer (&data), length);
  snug_fingerprint_add (&pump->fingerprint, piece->hash);
  return piece;
}

/* PROTOCOL.md section 4, "Resume needs proof of content": what the receiver has must be ours. */
static gboolean
compare_have (Pump *pump, GError **error)
{
  g_autoptr (GBytes) ours = NULL;

  for (guint64 offset = 0; offset < pump->offset; offset += SNUG_WIRE_PIECE_BYTES)
    {
      Piece *piece = read_piece (pump, offset, error);

      if (piece == NULL)
        return FALSE;
      piece_free (piece);
    }

  ours = snug_fingerprint_value (&pump->fingerprint);
  if (pump->have != NULL && !g_bytes_equal (ours, pump->have))
    {
      set_changed (error);
      return FALSE;
    }
  g_clear_pointer (&pump->have, g_bytes_unref);
  return TRUE;
}

static void
result_free (gpointer data)
{
  ReadResult *result = data;

  pump_unref (result->pump);
  g_clear_pointer (&result->piece, piece_free);
  g_clear_error (&result->error);
  g_free (result);
}

static void
on_read (gpointer data)
{
  ReadResult *result = data;
  Pump *pump = result->pump;

  pump->reading = FALSE;
  if (result->error != NULL)
    {
      end (pump, g_steal_pointer (&result->error));
      return;
    }
  if (pump->ended)
    return;
  pump->opened = TRUE;
  if (result->piece != NULL)
    {
      pump->offset += g_bytes_get_size (result->piece->data);
      g_queue_push_tail (&pump->ready, g_steal_pointer (&result->piece));
    }
  turn (pump);
}

static void
do_read (gpointer job, gpointer user_data)
{
  ReadResult *result = job;
  Pump *pump = result->pump;
  gboolean ok = TRUE;

  if (pump->fd < 0)
    ok = open_source (pump, &result->error) && compare_have (pump, &result->error);
  if (ok && pump->offset < pump->size)
    result->piece = read_piece (pump, pump->offset, &result->error);
  snug_context_post (pump->network, on_read, result, result_free);
}

static void
read_ahead (Pump *pump)
{
  ReadResult *result;

  if (pump->reading || pump->ended || g_queue_get_length (&pump->ready) >= MAX_READY
      || (pump->opened && pump->offset >= pump->size))
    return;

  pump->reading = TRUE;
  result = g_new0 (ReadResult, 1);
  result->pump = pump_ref (pump);
  snug_pieces_run (do_read, result);
}

/* --- in the network context ------------------------------------------------------------------------ */

/* Sends the next slice of the first ready piece, and ends the piece behind the last one. */
static gboolean
send_slice (Pump *pump, gsize *n_turn)
{
  Piece *piece = g_queue_peek_head (&pump->ready);
  gsize length = g_bytes_get_size (piece->data);
  gsize n = MIN (length - pump->piece_sent, snug_file_stream_get_slice_bytes (pump->stream));
  g_autoptr (GBytes) slice = g_bytes_new_from_bytes (piece->data, pump->piece_sent, n);
  gboolean sent;

  if (!snug_file_stream_send (pump->stream, slice))
    return FALSE;
  *n_turn += n;
  pump->piece_sent += n;
  pump->sent += n;
  if (pump->piece_sent < length)
    return TRUE;

  sent = snug_file_stream_end_piece (pump->stream, piece->hash);
  piece_free (g_queue_pop_head (&pump->ready));
  pump->piece_sent = 0;
  return sent;
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

  if (pump->sent < pump->size)
    return TRUE;
  fingerprint = snug_fingerprint_value (&pump->fingerprint);
  pump->all_sent = TRUE;
  return snug_file_stream_end (pump->stream, fingerprint);
}

static gboolean
send_some (Pump *pump)
{
  gsize n_turn = 0;

  if (!pump->begun && !snug_file_stream_begin (pump->stream, pump->sent, pump->size))
    return FALSE;
  pump->begun = TRUE;
  while (may_send (pump) && n_turn < TURN_BYTES && !g_queue_is_empty (&pump->ready))
    if (!send_slice (pump, &n_turn))
      return FALSE;
  if (n_turn >= TURN_BYTES)
    post_turn (pump);
  return end_if_all (pump);
}

static void
end_lost (Pump *pump)
{
  end (pump, g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST, _("The connection was lost.")));
}

static void
turn (Pump *pump)
{
  read_ahead (pump);
  /* The source is open and compared before the first word is said. */
  if (pump->all_sent || !pump->opened || !may_send (pump)
      || (g_queue_is_empty (&pump->ready) && pump->sent < pump->size))
    return;

  if (!send_some (pump))
    {
      end_lost (pump);
      return;
    }
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
  let_go_of_stream (pump);
}

/* --- in the main context --------------------------------------------------------------------------- */

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
snug_sender_new (GMainContext *network, GFile *file, guint64 size, guint64 mtime, guint64 offset, GBytes *have)
{
  SnugSender *self = g_object_new (SNUG_TYPE_SENDER, NULL);
  Pump *pump = self->pump;

  pump->main = g_main_context_ref_thread_default ();
  pump->network = g_main_context_ref (network);
  g_weak_ref_init (&pump->owner, self);
  pump->path = g_file_get_path (file);
  pump->size = size;
  pump->mtime = mtime;
  pump->offset = offset;
  pump->sent = offset;
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
  self->pump->fd = -1;
  g_queue_init (&self->pump->ready);
  snug_fingerprint_init (&self->pump->fingerprint);
}
