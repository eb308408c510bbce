/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receiver-pump-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-context.h"
#include "snug-network.h"
#include "snug-sender.h"

/* Bytes that may wait for the disk before the sender is asked to wait, when it may go on, and when it is
 * clear that it does not listen. */
#define BUSY_BYTES (4 * SNUG_WIRE_PIECE_BYTES)
#define CALM_BYTES (2 * SNUG_WIRE_PIECE_BYTES)
#define MAX_BYTES (128 * SNUG_WIRE_PIECE_BYTES)
/* What an entry without bytes counts for among them. */
#define ITEM_BYTES 1024
/* One job's worth: then others get their turn. */
#define JOB_BYTES (2 * SNUG_WIRE_PIECE_BYTES)
/* How often it is looked whether a full disk has room again: at first, and at last. */
#define FULL_MS 1000
#define MAX_FULL_MS 30000
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

typedef SnugIntakeItem Item;
typedef SnugReceiverPump Pump;

static void on_worked (gpointer data);

/* --- what is told ---------------------------------------------------------------------------------- */

static void
tell_progress (Pump *pump)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - pump->progress_us < PROGRESS_INTERVAL_US && pump->arrived < pump->size)
    return;
  pump->progress_us = now_us;
  snug_receiver_pump_tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_PROGRESS, .bytes = pump->arrived });
}

static void
set_busy (Pump *pump, gboolean busy)
{
  if (pump->busy == busy)
    return;
  pump->busy = busy;
  snug_receiver_pump_tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_BUSY, .on = busy });
}

/* The sender may go on. */
static void
calm (Pump *pump)
{
  if (pump->n_waiting <= CALM_BYTES && !pump->crowded)
    set_busy (pump, FALSE);
}

static void look_for_room_later (Pump *pump);

static gboolean
on_look_for_room (gpointer user_data)
{
  Pump *pump = user_data;

  pump->full_ms = MIN (2 * pump->full_ms, MAX_FULL_MS);
  look_for_room_later (pump);
  pump->has_news = TRUE;
  snug_receiver_pump_work (pump);
  return G_SOURCE_REMOVE;
}

/* A try may have to read a large folder. */
static void
look_for_room_later (Pump *pump)
{
  snug_clear_source (&pump->full_source);
  pump->full_source = snug_context_timeout (pump->network, pump->full_ms, on_look_for_room, pump);
}

static void
set_full (Pump *pump, gboolean full)
{
  if ((pump->full_source != NULL) == full)
    return;
  pump->full_ms = FULL_MS;
  if (full)
    look_for_room_later (pump);
  else
    snug_clear_source (&pump->full_source);
  snug_receiver_pump_tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_FULL, .on = full });
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
end (Pump *pump, GError *error)
{
  if (pump->ended)
    {
      g_error_free (error);
      return;
    }
  pump->ended = TRUE;
  snug_clear_source (&pump->full_source);
  snug_file_stream_clear (&pump->stream);
  snug_receiver_pump_tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_ENDED, .error = error });
}

/* The part of a piece that was not checked is never trusted: it comes again. */
void
snug_receiver_pump_tell_lost (SnugReceiverPump *pump)
{
  if (!pump->lost || pump->working || pump->ended || !g_queue_is_empty (&pump->waiting))
    return;
  pump->lost = FALSE;
  pump->started = FALSE;
  g_clear_pointer (&pump->piece, snug_intake_item_free);
  pump->arrived = snug_intake_get_written (pump->intake);
  pump->crowded = FALSE;
  set_busy (pump, FALSE);
  snug_receiver_pump_tell (pump, (SnugReceiverNews) {
    .kind = SNUG_RECEIVER_NEWS_ENDED,
    .error = g_error_new_literal (SNUG_TRANSFER_ERROR,
                                  pump->was_wrong ? SNUG_TRANSFER_ERROR_WRONG : SNUG_TRANSFER_ERROR_LOST,
                                  _("The connection was lost.")) });
  pump->was_wrong = FALSE;
}

/* What waits of a holder's is worth nothing without it. */
void
snug_receiver_pump_drop_stream (SnugReceiverPump *pump)
{
  snug_file_stream_clear (&pump->stream);
  if (pump->following)
    {
      g_queue_clear_full (&pump->waiting, snug_intake_item_free);
      pump->n_waiting = 0;
    }
  pump->lost = !pump->ended;
  snug_receiver_pump_tell_lost (pump);
}

static void
end_bad_data (Pump *pump, const char *why)
{
  g_debug ("bad data: %s", why);
  if (pump->following)
    {
      pump->was_wrong = TRUE;
      snug_receiver_pump_drop_stream (pump);
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
  snug_receiver_pump_work (pump);
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
  piece->entry = pump->header.entry;
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
  snug_receiver_pump_tell_lost (pump);
}

void
snug_receiver_pump_listen (SnugReceiverPump *pump, SnugFileStream *stream)
{
  static const SnugFileListener listener = {
    .begun = on_begun,
    .bytes = on_bytes,
    .piece = on_piece,
    .crowded = on_crowded,
    .nonsense = on_nonsense,
    .closed = on_closed,
  };

  snug_file_stream_clear (&pump->stream);
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
  gboolean          fills;
  gboolean          full;         /* out */
  GFile            *file;         /* out, nullable */
  GError           *error;        /* out, nullable */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  snug_receiver_pump_unref (job->pump);
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
}

/* For lack of room it is tried again; the rest is for good. */
static void
wait_for_room (Job *job)
{
  job->full = g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  if (job->full)
    g_clear_error (&job->error);
}

static void
do_work (gpointer data, gpointer user_data)
{
  Job *job = data;
  SnugIntake *intake = job->pump->intake;

  snug_intake_set_fills (intake, job->fills);
  if (snug_intake_settle (intake, job->folder, job->conflict, &job->error))
    {
      take_items (job);
      if (job->error == NULL)
        snug_intake_fill_end (intake, &job->error);
      wait_for_room (job);
    }
  else if (snug_intake_can_settle_again (intake))
    wait_for_room (job);
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
  snug_receiver_pump_tell (pump, (SnugReceiverNews) {
    .kind = SNUG_RECEIVER_NEWS_ASKED, .entry = next.entry, .bytes = next.offset, .hash = have });
}

static void
tell_done (Pump *pump, Job *job)
{
  pump->ended = TRUE;
  /* A holder hears no `file-done`. */
  if (pump->following)
    snug_file_stream_clear (&pump->stream);
  leave_stream_to_sender (pump);
  snug_receiver_pump_tell (pump, (SnugReceiverNews) {
    .kind = SNUG_RECEIVER_NEWS_DONE, .file = g_steal_pointer (&job->file),
    .hash = snug_intake_get_fingerprint (pump->intake) });
}

void
snug_receiver_pump_tell_checked (SnugReceiverPump *pump)
{
  SnugOffer *part = pump->lends && !pump->ended ? snug_intake_lend (pump->intake) : NULL;

  if (!pump->tells_checked || pump->ended)
    return;
  if (part != NULL)
    snug_receiver_pump_tell (pump, (SnugReceiverNews) { .kind = SNUG_RECEIVER_NEWS_LENT, .part = part });
  pump->lends &= part == NULL;
  pump->n_checked = snug_intake_count_pieces (pump->intake);
  snug_receiver_pump_tell (pump, (SnugReceiverNews) {
    .kind = SNUG_RECEIVER_NEWS_CHECKED, .bytes = snug_intake_get_written (pump->intake),
    .n_pieces = pump->n_checked });
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
  snug_receiver_pump_tell (pump, (SnugReceiverNews) {
    .kind = SNUG_RECEIVER_NEWS_LOOKED, .manifest = snug_manifest_ref (manifest),
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
  snug_receiver_pump_unref (pump);
  snug_network_release ();
}

void
snug_receiver_pump_release_if_stopped (SnugReceiverPump *pump)
{
  if (!pump->stopped || pump->working)
    return;
  snug_network_hold ();
  snug_pieces_run (do_release, snug_receiver_pump_ref (pump));
}

static void
on_worked (gpointer data)
{
  Job *job = data;
  Pump *pump = job->pump;

  pump->working = FALSE;
  snug_receiver_pump_release_if_stopped (pump);
  if (job->error != NULL && pump->following && !pump->ended
      && g_error_matches (job->error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_BAD_DATA))
    {
      g_debug ("bad data: %s", job->error->message);
      pump->was_wrong = TRUE;
      snug_receiver_pump_drop_stream (pump);
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
      snug_file_stream_clear (&pump->stream);
      return;
    }
  snug_receiver_pump_tell_checked (pump);
  take_back (pump, job);
  set_full (pump, job->full);
  calm (pump);
  if (!job->full)
    tell_asked (pump);
  snug_receiver_pump_work (pump);
  snug_receiver_pump_tell_lost (pump);
}

static gboolean
is_piece_of_file (const Item *item)
{
  return !item->is_header && item->entry != SNUG_WIRE_ENTRY_MANIFEST;
}

/* Of a holder's pieces only those are looked at of which it is known what they must be. Of a manifest that is known from
 * the offer. What is told of a piece is forgotten when the next one is reached: one that is tried again, for there was
 * no room for it, has it with it. @number: of the piece */
static gboolean
can_be_checked (Pump *pump, Item *item, guint64 number)
{
  const guint8 *hash;

  if (!pump->following || !is_piece_of_file (item) || item->is_told)
    return TRUE;
  hash = snug_told_hashes_reach (&pump->told, number);
  if (hash == NULL)
    return FALSE;
  memcpy (item->hash, hash, sizeof item->hash);
  item->has_hash = TRUE;
  item->is_told = TRUE;
  return TRUE;
}

/* The next pieces of files are taken behind those that are there, wherever they say that they belong. @n_before: of them
 * are on their way. Nobody is at work on the intake. */
static gboolean
has_items (Pump *pump, guint64 n_before)
{
  return !g_queue_is_empty (&pump->waiting)
         && can_be_checked (pump, g_queue_peek_head (&pump->waiting), snug_intake_count_pieces (pump->intake) + n_before);
}

static void
hand_over (Pump *pump, Job *job)
{
  gsize n = 0;
  guint64 n_pieces = 0;

  while (n < JOB_BYTES && has_items (pump, n_pieces))
    {
      Item *item = g_queue_pop_head (&pump->waiting);

      n_pieces += is_piece_of_file (item);
      n += item->n_bytes + ITEM_BYTES;
      g_queue_push_tail (&job->items, item);
    }
  pump->n_waiting -= n;
}

void
snug_receiver_pump_work (SnugReceiverPump *pump)
{
  Job *job;

  /* While the disk is full it is the clock's turn. */
  if (pump->working || pump->ended || (!pump->has_news && (!has_items (pump, 0) || pump->full_source != NULL)))
    return;
  pump->working = TRUE;
  pump->has_news = FALSE;
  job = g_new0 (Job, 1);
  job->pump = snug_receiver_pump_ref (pump);
  g_queue_init (&job->items);
  hand_over (pump, job);
  job->folder = pump->folder != NULL ? g_object_ref (pump->folder) : NULL;
  job->conflict = pump->conflict;
  job->fills = pump->following || pump->completes;
  snug_pieces_run (do_work, job);
}
