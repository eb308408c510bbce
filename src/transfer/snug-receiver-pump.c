/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receiver-pump-private.h"

#include "snug-context.h"

typedef SnugReceiverPump Pump;

SnugReceiverPump *
snug_receiver_pump_ref (SnugReceiverPump *pump)
{
  g_atomic_ref_count_inc (&pump->ref_count);
  return pump;
}

void
snug_receiver_pump_unref (SnugReceiverPump *pump)
{
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

static void
pump_unref (gpointer data)
{
  snug_receiver_pump_unref (data);
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
  g_clear_pointer (&letter->news.part, snug_offer_unref);
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

void
snug_receiver_pump_tell (SnugReceiverPump *pump, SnugReceiverNews news)
{
  Letter *letter = g_new (Letter, 1);

  *letter = (Letter) { snug_receiver_pump_ref (pump), news };
  snug_context_post (pump->main, deliver, letter, letter_free);
}

/* --- from the main context: what is said there is done in the network context ---------------------- */

static void
do_cut (gpointer data)
{
  Pump *pump = data;

  pump->n_started++;
  if (pump->started)
    snug_receiver_pump_drop_stream (pump);
}

void
snug_receiver_pump_cut (SnugReceiverPump *self)
{
  self->n_starts_said++;
  snug_context_post (self->network, do_cut, snug_receiver_pump_ref (self), pump_unref);
}

static void
do_begin (gpointer data)
{
  Pump *pump = data;

  /* No job is under way, and the new stream is not known yet. */
  pump->n_started++;
  pump->started = TRUE;
  pump->following = FALSE;
  snug_intake_begin_stream (pump->intake);
  pump->asking = TRUE;
  pump->has_news = TRUE;
  snug_receiver_pump_work (pump);
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
  pump->started = TRUE;
  pump->following = TRUE;
  pump->tells_checked = TRUE;
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
  Start *start = user_data;
  Pump *pump = start->pump;
  gboolean is_late = pump->ended || start->number != pump->n_started;

  if (stream == NULL)
    {
      pump->lost |= !is_late;
      snug_receiver_pump_tell_lost (pump);
      return;
    }
  if (is_late)
    {
      snug_file_stream_close (stream);
      return;
    }
  snug_receiver_pump_listen (pump, stream);
}

static void
pump_start (SnugReceiverPump *self, SnugPeerLink *link, const char *wire_id, GSourceOnceFunc begin)
{
  Start *start = g_new (Start, 1);

  *start = (Start) { snug_receiver_pump_ref (self), ++self->n_starts_said };
  /* Before the expectation: what a page pushes is there already, and would come first now and then. That we
   * are to ask is heard in this context, when the expectation is on its way. */
  snug_context_post (self->network, begin, snug_receiver_pump_ref (self), pump_unref);
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

  snug_told_hashes_forget (&told->pump->told, told->pump->n_checked);
  if (!snug_told_hashes_add (&told->pump->told, told->first, told->hashes))
    g_debug ("hashes that are not the next ones");
  snug_receiver_pump_work (told->pump);
}

void
snug_receiver_pump_tell_hashes (SnugReceiverPump *self, guint64 first, GBytes *hashes)
{
  Told *told = g_new (Told, 1);

  *told = (Told) { snug_receiver_pump_ref (self), first, g_bytes_ref (hashes) };
  snug_context_post (self->network, do_tell_hashes, told, told_free);
}

static void
do_forget_hashes (gpointer data)
{
  snug_told_hashes_clear (&((Pump *) data)->told);
}

void
snug_receiver_pump_forget_hashes (SnugReceiverPump *self)
{
  snug_context_post (self->network, do_forget_hashes, snug_receiver_pump_ref (self), pump_unref);
}

static void
do_lend (gpointer data)
{
  Pump *pump = data;

  pump->tells_checked = TRUE;
  pump->lends = TRUE;
  if (!pump->working)
    snug_receiver_pump_tell_checked (pump);
}

void
snug_receiver_pump_lend (SnugReceiverPump *self)
{
  snug_context_post (self->network, do_lend, snug_receiver_pump_ref (self), pump_unref);
}

static void
do_complete (gpointer data)
{
  Pump *pump = data;

  pump->completes = TRUE;
  pump->has_news = TRUE;
  snug_receiver_pump_work (pump);
}

void
snug_receiver_pump_complete (SnugReceiverPump *self)
{
  snug_context_post (self->network, do_complete, snug_receiver_pump_ref (self), pump_unref);
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
  snug_receiver_pump_work (pump);
}

void
snug_receiver_pump_decide (SnugReceiverPump *self, GFile *folder, SnugSinkConflict conflict)
{
  Decision *decision = g_new (Decision, 1);

  *decision = (Decision) { snug_receiver_pump_ref (self), g_object_ref (folder), conflict };
  snug_context_post (self->network, do_decide, decision, decision_free);
}

typedef struct
{
  Pump          *pump;
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
  snug_file_stream_clear (&pump->stream);
  snug_receiver_pump_release_if_stopped (pump);
}

void
snug_receiver_pump_stop (SnugReceiverPump *self, SnugIntakeEnd end)
{
  Stop *stop = g_new (Stop, 1);

  *stop = (Stop) { snug_receiver_pump_ref (self), end };
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
