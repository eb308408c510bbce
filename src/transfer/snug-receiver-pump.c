/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receiver-pump.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "snug-context.h"
#include "snug-network.h"
#include "snug-sender.h"
#include "snug-told-hashes.h"

/* Bytes that may wait for the disk before the sender is asked to wait, when it may go on, and when it is
 * clear that it does not listen. */
#define BUSY_BYTES (4 * SNUG_WIRE_PIECE_BYTES)
#define CALM_BYTES (2 * SNUG_WIRE_PIECE_BYTES)
#define MAX_BYTES (128 * SNUG_WIRE_PIECE_BYTES)
/* What an entry without bytes counts for among them. */
#define ITEM_BYTES 1024
/* One job's worth: then others get their turn. */
#define JOB_BYTES (2 * SNUG_WIRE_PIECE_BYTES)
/* How often it is looked whether a full disk has room again. */
#define FULL_MS 1000
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

typedef SnugIntakeItem Item;
typedef SnugReceiverPump Pump;

struct _SnugReceiverPump
{
  gatomicrefcount       ref_count;
  GMainContext         *main;
  GMainContext         *network;
  GWeakRef              owner;          /* followed in the main context only */
  SnugReceiverNewsFunc  func;
  guint64               size;           /* bytes, of all */
  gboolean              resumable;

  /* Main context */
  guint                 n_starts_said;  /* as @n_started, when the network context has heard of it */

  SnugIntake           *intake;         /* owned by the one job under way, else of the network context */

  /* Network context */
  GFile                *folder;         /* nullable: it is not decided */
  SnugSinkConflict      conflict;
  SnugFileStream       *stream;         /* nullable */
  guint                 n_started;      /* which start a stream belongs to */
  Item                 *piece;          /* nullable: being assembled */
  Item                  header;         /* the last; @offset moves on */
  GQueue                waiting;        /* of Item, for the worker */
  gsize                 n_waiting;      /* bytes of them */
  guint64               arrived;        /* bytes, in order */
  gint64                progress_us;
  GSource              *full_source;    /* nullable: the disk is full */
  SnugToldHashes        told;           /* what the pieces of a holder must hash to */
  gboolean              following;      /* they come from a holder, not from who offers them */
  gboolean              tells_checked;
  gboolean              lends;          /* its part is asked for, and was not handed out yet */
  gboolean              begun;
  gboolean              asking;         /* tell where to begin when the sink is there */
  gboolean              working;
  gboolean              has_news;       /* for the worker, besides items: decided, or asked */
  gboolean              busy;
  gboolean              crowded;        /* much is here that waits for what is not, before it is a piece */
  gboolean              lost;           /* the stream is gone; told when the worker is idle */
  gboolean              looked;         /* what is in the folder was told */
  gboolean              ended;
  gboolean              stopped;        /* nobody waits for anything: as @end says */
  SnugIntakeEnd         end;
};

static void work (Pump *pump);
static void on_worked (gpointer data);

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
  snug_intake_release (pump->intake, pump->end);
  snug_intake_free (pump->intake);
  snug_clear_source (&pump->full_source);
  g_clear_pointer (&pump->piece, snug_intake_item_free);
  g_queue_clear_full (&pump->waiting, snug_intake_item_free);
  snug_told_hashes_clear (&pump->told);
  g_weak_ref_clear (&pump->owner);
  g_clear_object (&pump->folder);
  g_main_context_unref (pump->main);
  g_main_context_unref (pump->network);
  g_free (pump);
}

void
snug_receiver_pump_unref (SnugReceiverPump *self)
{
  pump_unref (self);
}

/* --- to the main context --------------------------------------------------------------------------- */

typedef struct
{
  Pump             *pump;
  SnugReceiverNews  news;
} Letter;

static void
letter_free (gpointer data)
{
  Letter *letter = data;

  pump_unref (letter->pump);
  g_clear_pointer (&letter->news.hash, g_bytes_unref);
  g_clear_pointer (&letter->news.manifest, snug_manifest_unref);
  g_clear_object (&letter->news.file);
  g_clear_error (&letter->news.error);
  if (letter->news.part_fd > 0)
    close (letter->news.part_fd);
  g_free (letter);
}

static void
deliver (gpointer data)
{
  Letter *letter = data;
  g_autoptr (GObject) owner = g_weak_ref_get (&letter->pump->owner);

  if (owner != NULL)
    letter->pump->func (owner, &letter->news);
}

/* @news: what it holds is taken over */
static void
tell (Pump *pump, SnugReceiverNews news)
{
  Letter *letter = g_new (Letter, 1);

  *letter = (Letter) { pump_ref (pump), news };
  snug_context_post (pump->main, deliver, letter, letter_free);
}

static void
tell_progress (Pump *pump)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->arrived < pump->size)
    return;
  pump->progress_us = now_us;
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_PROGRESS, .bytes = pump->arrived });
}

static void
set_busy (Pump *pump, gboolean busy)
{
  if (pump->busy == busy)
    return;
  pump->busy = busy;
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_BUSY, .on = busy });
}

/* The sender may go on. */
static void
calm (Pump *pump)
{
  if (pump->n_waiting <= CALM_BYTES && !pump->crowded)
    set_busy (pump, FALSE);
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
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_FULL, .on = full });
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
  if (pump->ended)
    {
      g_error_free (error);
      return;
    }
  pump->ended = TRUE;
  snug_clear_source (&pump->full_source);
  let_go_of_stream (pump);
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_ENDED, .error = error });
}

/* The part of a piece that was not checked is never trusted: it comes again. */
static void
tell_lost (Pump *pump)
{
  if (!pump->lost || pump->working || pump->ended || !g_queue_is_empty (&pump->waiting))
    return;
  pump->lost = FALSE;
  g_clear_pointer (&pump->piece, snug_intake_item_free);
  pump->arrived = snug_intake_get_written (pump->intake);
  pump->crowded = FALSE;
  set_busy (pump, FALSE);
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_ENDED,
                                   .error = g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST,
                                                                 _("The connection was lost.")) });
}

/* What waits of a holder's is worth nothing without it. */
static void
drop_stream (Pump *pump)
{
  let_go_of_stream (pump);
  if (pump->following)
    {
      g_queue_clear_full (&pump->waiting, snug_intake_item_free);
      pump->n_waiting = 0;
    }
  pump->lost = !pump->ended;
  tell_lost (pump);
}

static void
end_bad_data (Pump *pump, const char *why)
{
  g_debug ("bad data: %s", why);
  if (pump->following)
    {
      drop_stream (pump);
      return;
    }
  end (pump, g_error_new_literal (SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA,
                                  _("What arrived is not what was offered.")));
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
  piece->offset = pump->header.offset;
  pump->header.offset += piece->n_bytes;
  push (pump, g_steal_pointer (&pump->piece));
}

static void
on_crowded (gpointer user_data, gboolean much)
{
  Pump *pump = user_data;

  pump->crowded = much;
  if (much)
    set_busy (pump, TRUE);
  else
    calm (pump);
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
    .crowded = on_crowded,
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
  pump->crowded = FALSE;
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
  g_queue_clear_full (&job->items, snug_intake_item_free);
  g_clear_object (&job->folder);
  g_clear_object (&job->file);
  g_clear_error (&job->error);
  g_free (job);
}

static void
take_items (Job *job)
{
  Item *item;

  while (job->error == NULL && (item = g_queue_peek_head (&job->items)) != NULL)
    {
      if (!snug_intake_take (job->pump->intake, item, &job->error))
        break;
      snug_intake_item_free (g_queue_pop_head (&job->items));
    }
  /* For lack of room it is tried again; the rest is for good. */
  job->full = g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  if (job->full)
    g_clear_error (&job->error);
}

static void
do_work (gpointer data, gpointer user_data)
{
  Job *job = data;
  SnugIntake *intake = job->pump->intake;

  if (snug_intake_settle (intake, job->folder, job->conflict, &job->error))
    take_items (job);
  if (job->error == NULL && !job->full)
    job->file = snug_intake_finish_if_all (intake, &job->error);
  if (job->error != NULL && job->error->domain != SNUG_TRANSFER_ERROR)
    snug_intake_as_disk_error (&job->error);
  snug_context_post (job->pump->network, on_worked, job, job_free);
}

/* --- back in the network context ------------------------------------------------------------------- */

static void
tell_asked (Pump *pump)
{
  SnugPlace next;
  GBytes *have;

  if (!pump->asking || pump->ended)
    return;
  pump->asking = FALSE;
  /* What comes unasked may be on its way already. */
  if (pump->resumable)
    pump->arrived = snug_intake_get_written (pump->intake);
  have = snug_intake_get_next (pump->intake, &next);
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_ASKED,
                                   .entry = next.entry, .bytes = next.offset, .hash = have });
}

static void
tell_done (Pump *pump, Job *job)
{
  pump->ended = TRUE;
  /* A holder hears no `file-done`. */
  if (pump->following)
    let_go_of_stream (pump);
  leave_stream_to_sender (pump);
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_DONE, .file = g_steal_pointer (&job->file),
                                   .hash = snug_intake_get_fingerprint (pump->intake) });
}

/* Nobody is at work on the intake. */
static void
tell_checked (Pump *pump)
{
  int part_fd = pump->lends && !pump->ended ? snug_intake_dup_part (pump->intake) : -1;

  if (!pump->tells_checked || pump->ended)
    return;
  pump->lends &= part_fd < 0;
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_CHECKED, .bytes = snug_intake_get_written (pump->intake),
                                   .part_fd = MAX (part_fd, 0) });
}

/* Of a folder, once, as soon as its manifest is here. */
static void
tell_looked (Pump *pump)
{
  GBytes *bytes;
  SnugManifest *manifest = snug_intake_peek_manifest (pump->intake, &bytes);

  if (manifest == NULL || pump->looked)
    return;
  pump->looked = TRUE;
  tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_LOOKED, .manifest = snug_manifest_ref (manifest),
                                   .hash = bytes != NULL ? g_bytes_ref (bytes) : NULL });
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
  Pump *pump = data;

  snug_intake_release (pump->intake, pump->end);
  pump_unref (pump);
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
  if (job->error != NULL && pump->following && !pump->ended
      && g_error_matches (job->error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA))
    {
      g_debug ("bad data: %s", job->error->message);
      drop_stream (pump);
      return;
    }
  if (job->error != NULL)
    {
      end (pump, g_steal_pointer (&job->error));
      return;
    }
  if (pump->ended)
    return;
  tell_looked (pump);
  if (job->file != NULL)
    {
      tell_done (pump, job);
      return;
    }
  if (pump->looked && snug_intake_only_looks (pump->intake))
    {
      pump->ended = TRUE;
      let_go_of_stream (pump);
      return;
    }
  tell_checked (pump);
  take_back (pump, job);
  set_full (pump, job->full);
  calm (pump);
  tell_asked (pump);
  work (pump);
  tell_lost (pump);
}

/* Of a holder's pieces only those are looked at of which it is known what they must be. */
static gboolean
can_be_checked (Pump *pump, Item *item)
{
  const guint8 *hash;

  if (!pump->following || item->is_header)
    return TRUE;
  hash = snug_told_hashes_reach (&pump->told, item->offset / SNUG_WIRE_PIECE_BYTES);
  if (hash == NULL)
    return FALSE;
  memcpy (item->hash, hash, sizeof item->hash);
  item->has_hash = TRUE;
  return TRUE;
}

static gboolean
has_items (Pump *pump)
{
  return !g_queue_is_empty (&pump->waiting) && can_be_checked (pump, g_queue_peek_head (&pump->waiting));
}

static void
hand_over (Pump *pump, Job *job)
{
  gsize n = 0;

  while (n < JOB_BYTES && has_items (pump))
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
  if (pump->working || pump->ended || (!pump->has_news && (!has_items (pump) || pump->full_source != NULL)))
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
do_cut (gpointer data)
{
  Pump *pump = data;

  pump->n_started++;
  drop_stream (pump);
}

void
snug_receiver_pump_cut (SnugReceiverPump *self)
{
  self->n_starts_said++;
  snug_context_post (self->network, do_cut, pump_ref (self), pump_unref);
}

static void
do_begin (gpointer data)
{
  Pump *pump = data;

  /* No job is under way, and the new stream is not known yet. */
  pump->n_started++;
  pump->following = FALSE;
  snug_intake_begin_stream (pump->intake);
  pump->asking = TRUE;
  pump->has_news = TRUE;
  work (pump);
}

/* Instead of the stream that was asked for. If that has come all the same, nothing is asked for, and nothing
 * comes of it until it is cut: whatever arrives now has to be what was told. */
static void
do_follow (gpointer data)
{
  Pump *pump = data;
  gboolean is_idle = pump->stream == NULL && !pump->working && !pump->ended && g_queue_is_empty (&pump->waiting);

  if (is_idle)
    do_begin (pump);
  else
    pump->n_started++;
  pump->following = TRUE;
  pump->tells_checked = TRUE;
  snug_told_hashes_clear (&pump->told);
}

static void
pump_start (SnugReceiverPump *self, SnugPeerLink *link, const char *wire_id, GSourceOnceFunc begin)
{
  Start *start = g_new (Start, 1);

  *start = (Start) { pump_ref (self), ++self->n_starts_said };
  /* Before the expectation: what a page pushes is there already, and would come first now and then. That we
   * are to ask is heard in this context, when the expectation is on its way. */
  snug_context_post (self->network, begin, pump_ref (self), pump_unref);
  snug_peer_link_expect_file (link, wire_id, on_stream, start, start_free);
}

void
snug_receiver_pump_start (SnugReceiverPump *self, SnugPeerLink *link, const char *wire_id)
{
  pump_start (self, link, wire_id, do_begin);
}

void
snug_receiver_pump_follow (SnugReceiverPump *self, SnugPeerLink *holder, const char *via)
{
  pump_start (self, holder, via, do_follow);
}

typedef struct
{
  Pump    *pump;
  guint64  first;
  GBytes  *hashes;
} Told;

static void
told_free (gpointer data)
{
  pump_unref (((Told *) data)->pump);
  g_bytes_unref (((Told *) data)->hashes);
  g_free (data);
}

static void
do_tell_hashes (gpointer data)
{
  Told *told = data;

  if (!snug_told_hashes_add (&told->pump->told, told->first, told->hashes))
    g_debug ("hashes that are not the next ones");
  work (told->pump);
}

void
snug_receiver_pump_tell_hashes (SnugReceiverPump *self, guint64 first, GBytes *hashes)
{
  Told *told = g_new (Told, 1);

  *told = (Told) { pump_ref (self), first, g_bytes_ref (hashes) };
  snug_context_post (self->network, do_tell_hashes, told, told_free);
}

static void
do_lend (gpointer data)
{
  Pump *pump = data;

  pump->tells_checked = TRUE;
  pump->lends = TRUE;
  if (!pump->working)
    tell_checked (pump);
}

void
snug_receiver_pump_lend (SnugReceiverPump *self)
{
  snug_context_post (self->network, do_lend, pump_ref (self), pump_unref);
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
snug_receiver_pump_decide (SnugReceiverPump *self, GFile *folder, SnugSinkConflict conflict)
{
  Decision *decision = g_new (Decision, 1);

  *decision = (Decision) { pump_ref (self), g_object_ref (folder), conflict };
  snug_context_post (self->network, do_decide, decision, decision_free);
}

typedef struct
{
  Pump            *pump;
  SnugIntakeEnd  end;
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
snug_receiver_pump_stop (SnugReceiverPump *self, SnugIntakeEnd end)
{
  Stop *stop = g_new (Stop, 1);

  *stop = (Stop) { pump_ref (self), end };
  g_weak_ref_set (&self->owner, NULL);
  snug_context_post (self->network, do_stop, stop, stop_free);
}

SnugReceiverPump *
snug_receiver_pump_new (GMainContext *network, const SnugIntakePlan *plan, GFile *folder, SnugSinkConflict conflict,
                        GObject *owner, SnugReceiverNewsFunc func)
{
  Pump *pump = g_new0 (Pump, 1);

  g_atomic_ref_count_init (&pump->ref_count);
  pump->main = g_main_context_ref_thread_default ();
  pump->network = g_main_context_ref (network);
  g_weak_ref_init (&pump->owner, owner);
  pump->func = func;
  pump->size = plan->size;
  pump->resumable = plan->resumable;
  pump->intake = snug_intake_new (plan);
  pump->folder = folder != NULL ? g_object_ref (folder) : NULL;
  pump->conflict = conflict;
  g_queue_init (&pump->waiting);
  return pump;
}
