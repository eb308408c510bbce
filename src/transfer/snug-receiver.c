/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receiver.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-context.h"
#include "snug-network.h"
#include "snug-pieces.h"

/* Bytes that may wait for the disk before the sender is asked to wait, when it may go on, and when it is
 * clear that it does not listen. */
#define BUSY_BYTES (16 * SNUG_WIRE_PIECE_BYTES)
#define CALM_BYTES (4 * SNUG_WIRE_PIECE_BYTES)
#define MAX_BYTES (128 * SNUG_WIRE_PIECE_BYTES)
/* What an entry without bytes counts for among them. */
#define ITEM_BYTES 1024
/* One job's worth: then others get their turn. */
#define JOB_BYTES (4 * SNUG_WIRE_PIECE_BYTES)
/* How often it is looked whether a full disk has room again. */
#define FULL_MS 1000
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

/* A header, or a piece as it came: slices in order, hashed on a worker. */
typedef struct
{
  gboolean   is_header;
  guint64    entry;
  guint64    offset;     /* bytes */
  guint64    size;       /* bytes, of the entry */

  GPtrArray *slices;     /* of GBytes, nullable */
  gsize      n_bytes;
  gboolean   has_hash;   /* the sender's: compared with ours */
  guint8     hash[SNUG_WIRE_HASH_BYTES];
} Item;

typedef struct
{
  gatomicrefcount   ref_count;
  GMainContext     *main;
  GMainContext     *network;
  GWeakRef          owner;          /* followed in the main context only */
  SnugReceiverPlan  plan;           /* fixed */

  /* Owned by the one job under way */
  SnugSink         *sink;           /* nullable until the first job */
  gboolean          is_settled;     /* the sink is in its folder */
  SnugManifest     *manifest;       /* nullable: of a folder, until it is here */
  GByteArray       *manifest_data;  /* nullable: it is coming */
  SnugPlace         place;          /* behind what is checked and on the disk */
  gboolean          entry_open;     /* the header of the entry at @place was there */
  guint64           written;        /* bytes before @place */
  SnugFingerprint   fingerprint;

  /* Network context */
  GFile            *folder;         /* nullable: it is not decided */
  SnugSinkConflict  conflict;
  SnugFileStream   *stream;         /* nullable */
  guint             n_started;      /* which start a stream belongs to */
  Item             *piece;          /* nullable: being assembled */
  Item              header;         /* the last; @offset moves on */
  GQueue            waiting;        /* of Item, for the worker */
  gsize             n_waiting;      /* bytes of them */
  guint64           arrived;        /* bytes, in order */
  gint64            progress_us;
  GSource          *full_source;    /* nullable: the disk is full */
  gboolean          begun;
  gboolean          asking;         /* tell where to begin when the sink is there */
  gboolean          working;
  gboolean          has_news;       /* for the worker, besides items: decided, or asked */
  gboolean          busy;
  gboolean          lost;           /* the stream is gone; told when the worker is idle */
  gboolean          ended;
  gboolean          stopped;        /* nobody waits for anything: as @end says */
  SnugReceiverEnd   end;
} Pump;

struct _SnugReceiver
{
  GObject  parent_instance;

  Pump     *pump;       /* owned, shared with the network context */
  guint     n_started;   /* as in the pump, when it has heard of it */
  gboolean  stopped;
};

G_DEFINE_FINAL_TYPE (SnugReceiver, snug_receiver, G_TYPE_OBJECT)

enum
{
  ASKED,
  PROGRESS,
  BUSY,
  FULL,
  DONE,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void work (Pump *pump);
static void on_worked (gpointer data);

static void
item_free (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->slices, g_ptr_array_unref);
  g_free (item);
}

static Pump *
pump_ref (Pump *pump)
{
  g_atomic_ref_count_inc (&pump->ref_count);
  return pump;
}

static void
let_go_of_sink (Pump *pump)
{
  SnugSink *sink = g_steal_pointer (&pump->sink);

  if (sink == NULL)
    return;
  switch (pump->end)
    {
    case SNUG_RECEIVER_KEEP: snug_sink_leave (sink); break;
    case SNUG_RECEIVER_DISOWN: snug_sink_disown (sink); break;
    case SNUG_RECEIVER_DELETE:
    default: snug_sink_free (sink); break;
    }
}

static void
pump_unref (gpointer data)
{
  Pump *pump = data;

  if (!g_atomic_ref_count_dec (&pump->ref_count))
    return;
  let_go_of_sink (pump);
  snug_clear_source (&pump->full_source);
  g_clear_pointer (&pump->manifest, snug_manifest_unref);
  g_clear_pointer (&pump->manifest_data, g_byte_array_unref);
  g_clear_pointer (&pump->piece, item_free);
  g_queue_clear_full (&pump->waiting, item_free);
  snug_fingerprint_clear (&pump->fingerprint);
  g_weak_ref_clear (&pump->owner);
  g_clear_object (&pump->folder);
  g_main_context_unref (pump->main);
  g_main_context_unref (pump->network);
  g_free (pump->plan.name);
  g_clear_pointer (&pump->plan.manifest, g_bytes_unref);
  g_free (pump);
}

/* --- to the main context --------------------------------------------------------------------------- */

typedef struct
{
  Pump     *pump;
  guint     signal;
  guint64   entry;
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
    case ASKED: g_signal_emit (self, signals[ASKED], 0, news->entry, news->bytes, news->hash); break;
    case PROGRESS: g_signal_emit (self, signals[PROGRESS], 0, news->bytes); break;
    case BUSY: g_signal_emit (self, signals[BUSY], 0, news->on); break;
    case FULL: g_signal_emit (self, signals[FULL], 0, news->on); break;
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

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->arrived < pump->plan.size)
    return;
  pump->progress_us = now_us;
  news = news_new (pump, PROGRESS);
  news->bytes = pump->arrived;
  tell (news);
}

static void
tell_on (Pump *pump, guint signal, gboolean on)
{
  News *news = news_new (pump, signal);

  news->on = on;
  tell (news);
}

static void
set_busy (Pump *pump, gboolean busy)
{
  if (pump->busy == busy)
    return;
  pump->busy = busy;
  tell_on (pump, BUSY, busy);
}

static gboolean
on_look_for_room (gpointer user_data)
{
  Pump *pump = user_data;

  pump->has_news = TRUE;
  work (pump);
  return G_SOURCE_CONTINUE;
}

static void
set_full (Pump *pump, gboolean full)
{
  if ((pump->full_source != NULL) == full)
    return;
  if (full)
    pump->full_source = snug_context_timeout (pump->network, FULL_MS, on_look_for_room, pump);
  else
    snug_clear_source (&pump->full_source);
  tell_on (pump, FULL, full);
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
  snug_clear_source (&pump->full_source);
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

  if (!pump->lost || pump->working || pump->ended || !g_queue_is_empty (&pump->waiting))
    return;
  pump->lost = FALSE;
  g_clear_pointer (&pump->piece, item_free);
  pump->arrived = pump->written;
  set_busy (pump, FALSE);
  news = news_new (pump, ENDED);
  news->error = g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST, _("The connection was lost."));
  tell (news);
}

static Item *
current_piece (Pump *pump)
{
  if (pump->piece == NULL)
    {
      pump->piece = g_new0 (Item, 1);
      pump->piece->slices = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    }
  return pump->piece;
}

/* @item: (transfer full) */
static void
push (Pump *pump, Item *item)
{
  g_queue_push_tail (&pump->waiting, item);
  pump->n_waiting += item->n_bytes + ITEM_BYTES;
  if (pump->n_waiting > MAX_BYTES)
    {
      end_bad_data (pump, "a sender that does not wait");
      return;
    }
  if (pump->n_waiting >= BUSY_BYTES)
    set_busy (pump, TRUE);
  work (pump);
}

static void
on_begun (gpointer user_data, guint64 entry, guint64 offset, guint64 size)
{
  Pump *pump = user_data;
  Item *item;

  /* What was begun before must be whole. */
  if (pump->begun && (pump->piece != NULL || pump->header.offset < pump->header.size))
    {
      end_bad_data (pump, "header too early");
      return;
    }
  pump->begun = TRUE;
  pump->header = (Item) { .is_header = TRUE, .entry = entry, .offset = offset, .size = size };
  item = g_new (Item, 1);
  *item = pump->header;
  push (pump, item);
}

static void
on_bytes (gpointer user_data, GBytes *slice)
{
  Pump *pump = user_data;
  Item *piece = current_piece (pump);
  gsize n = g_bytes_get_size (slice);

  if (!pump->begun || n == 0
      || piece->n_bytes + n > snug_piece_length (pump->header.size, pump->header.offset))
    {
      end_bad_data (pump, "more bytes than the piece has");
      return;
    }
  g_ptr_array_add (piece->slices, g_bytes_ref (slice));
  piece->n_bytes += n;
  if (pump->header.entry == SNUG_WIRE_ENTRY_MANIFEST)
    return;
  pump->arrived += n;
  tell_progress (pump);
}

static void
on_piece (gpointer user_data, const guint8 *hash)
{
  Pump *pump = user_data;
  Item *piece = current_piece (pump);

  if (!pump->begun || piece->n_bytes == 0
      || piece->n_bytes != snug_piece_length (pump->header.size, pump->header.offset))
    {
      end_bad_data (pump, "piece of a wrong length");
      return;
    }
  piece->has_hash = hash != NULL;
  if (hash != NULL)
    memcpy (piece->hash, hash, sizeof piece->hash);
  pump->header.offset += piece->n_bytes;
  push (pump, g_steal_pointer (&pump->piece));
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
  tell_lost (pump);
}

/* One start waits for one stream. */
typedef struct
{
  Pump  *pump;
  guint  number;
} Start;

static void
start_free (gpointer data)
{
  pump_unref (((Start *) data)->pump);
  g_free (data);
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
  Start *start = user_data;
  Pump *pump = start->pump;
  gboolean is_late = pump->ended || start->number != pump->n_started;

  if (stream == NULL)
    {
      pump->lost |= !is_late;
      tell_lost (pump);
      return;
    }
  if (is_late)
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
  GQueue            items;        /* of Item; out: what could not be done for lack of room */
  GFile            *folder;       /* nullable: not decided */
  SnugSinkConflict  conflict;
  gboolean          full;         /* out */
  GFile            *file;         /* out, nullable */
  GError           *error;        /* out, nullable */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  pump_unref (job->pump);
  g_queue_clear_full (&job->items, item_free);
  g_clear_object (&job->folder);
  g_clear_object (&job->file);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
set_bad_data (GError **error, const char *why)
{
  g_debug ("bad data: %s", why);
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA,
                       _("What arrived is not what was offered."));
  return FALSE;
}

/* The sender's hash, if it says one, must be ours; ours goes into the fingerprint. */
static gboolean
check_hash (Item *piece, GError **error)
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

/* --- the manifest of a folder */

static gboolean
fits_offer (Pump *pump, SnugManifest *manifest, GBytes *bytes)
{
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  snug_piece_hash (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), hash);
  return manifest->n_bytes == pump->plan.size
         && memcmp (hash, g_bytes_get_data (pump->plan.manifest, NULL), sizeof hash) == 0;
}

static gboolean
take_manifest (Pump *pump, GBytes *bytes, GError **error)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_parse (bytes, NULL);

  if (manifest == NULL || !fits_offer (pump, manifest, bytes))
    return set_bad_data (error, "manifest");
  if (!snug_sink_save_manifest (pump->sink, bytes, error)
      || !snug_sink_make_folders (pump->sink, manifest, error))
    {
      as_disk_error (error);
      return FALSE;
    }
  pump->manifest = g_steal_pointer (&manifest);
  return TRUE;
}

static gboolean
end_manifest_if_all (Pump *pump, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  if (pump->manifest_data->len < pump->plan.manifest_size)
    return TRUE;
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&pump->manifest_data));
  return take_manifest (pump, bytes, error);
}

static gboolean
begin_manifest (Pump *pump, const Item *header, GError **error)
{
  if (pump->plan.manifest == NULL || pump->manifest != NULL || header->offset != 0
      || header->size != pump->plan.manifest_size)
    return set_bad_data (error, "header of a manifest");
  g_clear_pointer (&pump->manifest_data, g_byte_array_unref);
  pump->manifest_data = g_byte_array_new ();
  return end_manifest_if_all (pump, error);
}

/* --- entries */

static void
advance (Pump *pump, gsize n)
{
  const SnugEntry *entry = snug_manifest_get (pump->manifest, pump->place.entry);
  guint64 before = pump->place.entry;

  snug_manifest_advance (pump->manifest, &pump->place, n);
  if (pump->place.entry == before)
    return;
  snug_sink_end_entry (pump->sink, entry);
  pump->entry_open = FALSE;
}

static gboolean
take_header (Pump *pump, const Item *header, GError **error)
{
  const SnugEntry *entry;

  if (header->entry == SNUG_WIRE_ENTRY_MANIFEST)
    return begin_manifest (pump, header, error);
  if (pump->manifest == NULL || !snug_manifest_settle (pump->manifest, &pump->place)
      || header->entry != pump->place.entry || header->offset != pump->place.offset)
    return set_bad_data (error, "header");
  entry = snug_manifest_get (pump->manifest, header->entry);
  if (header->size != entry->size)
    return set_bad_data (error, "size in a header");
  if (!snug_sink_begin_entry (pump->sink, entry, header->offset, error))
    return FALSE;
  pump->entry_open = TRUE;
  if (entry->size == 0)
    advance (pump, 0);
  return TRUE;
}

static gboolean
write_piece (Pump *pump, Item *piece, GError **error)
{
  guint64 offset = pump->place.offset;

  for (guint i = 0; i < piece->slices->len; i++)
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);

      if (!snug_sink_write (pump->sink, offset, data, n, error))
        return FALSE;
      offset += n;
    }
  return snug_sink_note_piece (pump->sink, piece->hash, error);
}

static gboolean
take_piece (Pump *pump, Item *piece, GError **error)
{
  if (!check_hash (piece, error))
    return FALSE;
  if (pump->manifest_data != NULL)
    {
      for (guint i = 0; i < piece->slices->len; i++)
        {
          gsize n;
          const guint8 *data = g_bytes_get_data (g_ptr_array_index (piece->slices, i), &n);
          g_byte_array_append (pump->manifest_data, data, (guint) n);
        }
      return end_manifest_if_all (pump, error);
    }
  if (!pump->entry_open)
    return set_bad_data (error, "a piece of nothing");
  if (!write_piece (pump, piece, error))
    return FALSE;
  pump->written += piece->n_bytes;
  snug_fingerprint_add (&pump->fingerprint, piece->hash);
  advance (pump, piece->n_bytes);
  return TRUE;
}

/* --- the job */

static gboolean
verify_what_is_there (Pump *pump, Job *job)
{
  g_autoptr (GBytes) bytes = NULL;

  if (pump->plan.manifest != NULL)
    {
      bytes = snug_sink_load_manifest (pump->sink);
      if (bytes == NULL)
        return TRUE;
      pump->manifest = snug_manifest_parse (bytes, NULL);
      if (pump->manifest != NULL && !fits_offer (pump, pump->manifest, bytes))
        g_clear_pointer (&pump->manifest, snug_manifest_unref);
    }
  if (pump->manifest == NULL)
    return TRUE;
  pump->written = snug_sink_verify (pump->sink, pump->manifest, &pump->place, &pump->fingerprint);
  return pump->plan.manifest == NULL || snug_sink_make_folders (pump->sink, pump->manifest, &job->error);
}

static gboolean
make_sink (Pump *pump, Job *job)
{
  const SnugReceiverPlan *plan = &pump->plan;
  SnugJournalHead head = { plan->name, plan->size, plan->manifest };

  if (job->folder == NULL)
    pump->sink = snug_sink_new_undecided (plan->size, &job->error);
  else if (plan->resumable)
    pump->sink = snug_sink_new_resumable (job->folder, &head, job->conflict, &job->error);
  else
    pump->sink = snug_sink_new (job->folder, plan->name, plan->size, job->conflict, &job->error);
  if (pump->sink == NULL)
    return FALSE;
  return job->folder == NULL || !plan->resumable || verify_what_is_there (pump, job);
}

/* The sink is where it shall be, as far as that is decided. */
static gboolean
prepare_sink (Pump *pump, Job *job)
{
  if (pump->is_settled)
    return TRUE;
  pump->is_settled = job->folder != NULL;
  if (pump->sink == NULL)
    return make_sink (pump, job);
  return job->folder == NULL
         || snug_sink_decide (pump->sink, job->folder, pump->plan.name, job->conflict, pump->written, &job->error);
}

static void
take_items (Pump *pump, Job *job)
{
  Item *item;

  while (job->error == NULL && (item = g_queue_peek_head (&job->items)) != NULL)
    {
      if (!(item->is_header ? take_header (pump, item, &job->error) : take_piece (pump, item, &job->error)))
        break;
      item_free (g_queue_pop_head (&job->items));
    }
  /* For lack of room it is tried again; the rest is for good. */
  job->full = g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  if (job->full)
    g_clear_error (&job->error);
}

static void
finish_if_all (Pump *pump, Job *job)
{
  if (!pump->is_settled || pump->manifest == NULL || pump->manifest_data != NULL
      || snug_manifest_settle (pump->manifest, &pump->place))
    return;
  if (pump->plan.manifest != NULL)
    snug_sink_end_folders (pump->sink, pump->manifest);
  job->file = snug_sink_finish (pump->sink, pump->plan.mtime, &job->error);
}

static void
do_work (gpointer data, gpointer user_data)
{
  Job *job = data;
  Pump *pump = job->pump;

  if (prepare_sink (pump, job))
    take_items (pump, job);
  if (job->error == NULL && !job->full)
    finish_if_all (pump, job);
  if (job->error != NULL && job->error->domain != SNUG_TRANSFER_ERROR)
    as_disk_error (&job->error);
  snug_context_post (pump->network, on_worked, job, job_free);
}

/* --- back in the network context */

static void
tell_asked (Pump *pump)
{
  News *news;

  if (!pump->asking || pump->ended)
    return;
  pump->asking = FALSE;
  /* What comes unasked may be on its way already. */
  if (pump->plan.resumable)
    pump->arrived = pump->written;
  news = news_new (pump, ASKED);
  news->entry = pump->manifest != NULL ? pump->place.entry : SNUG_WIRE_ENTRY_MANIFEST;
  news->bytes = pump->place.offset;
  if (pump->place.entry > 0 || pump->place.offset > 0)
    news->hash = snug_fingerprint_value (&pump->fingerprint);
  tell (news);
}

static void
tell_done (Pump *pump, Job *job)
{
  News *news = news_new (pump, DONE);

  pump->ended = TRUE;
  leave_stream_to_sender (pump);
  news->file = g_steal_pointer (&job->file);
  news->hash = snug_fingerprint_value (&pump->fingerprint);
  tell (news);
}

static void
take_back (Pump *pump, Job *job)
{
  Item *item;

  while ((item = g_queue_pop_tail (&job->items)) != NULL)
    {
      g_queue_push_head (&pump->waiting, item);
      pump->n_waiting += item->n_bytes + ITEM_BYTES;
    }
}

static void
do_release (gpointer data, gpointer user_data)
{
  let_go_of_sink (data);
  pump_unref (data);
  snug_network_release ();
}

/* At once, and not when the last one who knows the pump forgets it. */
static void
release_if_stopped (Pump *pump)
{
  if (!pump->stopped || pump->working)
    return;
  snug_network_hold ();
  snug_pieces_run (do_release, pump_ref (pump));
}

static void
on_worked (gpointer data)
{
  Job *job = data;
  Pump *pump = job->pump;

  pump->working = FALSE;
  release_if_stopped (pump);
  if (job->error != NULL)
    {
      end (pump, g_steal_pointer (&job->error));
      return;
    }
  if (pump->ended)
    return;
  if (job->file != NULL)
    {
      tell_done (pump, job);
      return;
    }
  take_back (pump, job);
  set_full (pump, job->full);
  if (pump->n_waiting <= CALM_BYTES)
    set_busy (pump, FALSE);
  tell_asked (pump);
  work (pump);
  tell_lost (pump);
}

static void
hand_over (Pump *pump, Job *job)
{
  gsize n = 0;

  while (n < JOB_BYTES && !g_queue_is_empty (&pump->waiting))
    {
      Item *item = g_queue_pop_head (&pump->waiting);

      n += item->n_bytes + ITEM_BYTES;
      g_queue_push_tail (&job->items, item);
    }
  pump->n_waiting -= n;
}

static void
work (Pump *pump)
{
  Job *job;

  /* While the disk is full it is the clock's turn. */
  if (pump->working || pump->ended || (!pump->has_news && (g_queue_is_empty (&pump->waiting) || pump->full_source != NULL)))
    return;
  pump->working = TRUE;
  pump->has_news = FALSE;
  job = g_new0 (Job, 1);
  job->pump = pump_ref (pump);
  g_queue_init (&job->items);
  hand_over (pump, job);
  job->folder = pump->folder != NULL ? g_object_ref (pump->folder) : NULL;
  job->conflict = pump->conflict;
  snug_pieces_run (do_work, job);
}

/* --- in the main context --------------------------------------------------------------------------- */

static void
do_count_start (gpointer data)
{
  ((Pump *) data)->n_started++;
}

static void
do_cut (gpointer data)
{
  Pump *pump = data;

  pump->n_started++;
  let_go_of_stream (pump);
  pump->lost = !pump->ended;
  tell_lost (pump);
}

void
snug_receiver_cut (SnugReceiver *self)
{
  self->n_started++;
  snug_context_post (self->pump->network, do_cut, pump_ref (self->pump), pump_unref);
}

static void
do_begin (gpointer data)
{
  Pump *pump = data;

  /* No job is under way, and nothing has come on the new stream. */
  pump->entry_open = FALSE;
  g_clear_pointer (&pump->manifest_data, g_byte_array_unref);
  pump->asking = TRUE;
  pump->has_news = TRUE;
  work (pump);
}

void
snug_receiver_start (SnugReceiver *self, SnugPeerLink *link, const char *wire_id)
{
  Start *start = g_new (Start, 1);

  *start = (Start) { pump_ref (self->pump), ++self->n_started };
  snug_context_post (self->pump->network, do_count_start, pump_ref (self->pump), pump_unref);
  snug_peer_link_expect_file (link, wire_id, on_stream, start, start_free);
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

typedef struct
{
  Pump            *pump;
  SnugReceiverEnd  end;
} Stop;

static void
stop_free (gpointer data)
{
  pump_unref (((Stop *) data)->pump);
  g_free (data);
}

static void
do_stop (gpointer data)
{
  Stop *stop = data;
  Pump *pump = stop->pump;

  pump->ended = TRUE;
  pump->stopped = TRUE;
  pump->end = stop->end;
  snug_clear_source (&pump->full_source);
  let_go_of_stream (pump);
  release_if_stopped (pump);
}

void
snug_receiver_stop (SnugReceiver *self, SnugReceiverEnd end)
{
  Stop *stop = g_new (Stop, 1);

  *stop = (Stop) { pump_ref (self->pump), end };
  self->stopped = TRUE;
  g_weak_ref_set (&self->pump->owner, NULL);
  snug_context_post (self->pump->network, do_stop, stop, stop_free);
}

SnugReceiver *
snug_receiver_new (GMainContext *network, const SnugReceiverPlan *plan, GFile *folder, SnugSinkConflict conflict)
{
  SnugReceiver *self = g_object_new (SNUG_TYPE_RECEIVER, NULL);
  Pump *pump = self->pump;

  pump->main = g_main_context_ref_thread_default ();
  pump->network = g_main_context_ref (network);
  g_weak_ref_init (&pump->owner, self);
  pump->folder = folder != NULL ? g_object_ref (folder) : NULL;
  pump->conflict = conflict;
  pump->plan = *plan;
  pump->plan.name = g_strdup (plan->name);
  if (plan->manifest != NULL)
    g_bytes_ref (pump->plan.manifest);
  else
    pump->manifest = snug_manifest_new_file (plan->name, plan->size, plan->mtime);
  return self;
}

static void
snug_receiver_dispose (GObject *object)
{
  SnugReceiver *self = SNUG_RECEIVER (object);

  if (self->pump != NULL)
    {
      if (!self->stopped)
        snug_receiver_stop (self, SNUG_RECEIVER_KEEP);
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
                                 G_TYPE_NONE, 3, G_TYPE_UINT64, G_TYPE_UINT64, G_TYPE_BYTES);
  signals[PROGRESS] = g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[BUSY] = g_signal_new ("busy", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[FULL] = g_signal_new ("full", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
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
