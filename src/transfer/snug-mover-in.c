/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-mover-private.h"

#include <glib/gi18n-lib.h>

#include "snug-bytes.h"
#include "snug-folder-entry.h"

/* To whom it comes from. */
static void
say_to_source (SnugMover *self, SnugWireMessage *message)
{
  SnugMember *holder = snug_mover_get_holder (self);

  if (self->share.holder == NULL)
    {
      snug_mover_say (self, message);
      return;
    }
  message->id = g_strdup (self->share.via);
  if (holder != NULL)
    snug_room_send (self->room, holder, message);
}

/* The disk is behind, or full: nobody's wish. */
static void
hold_up_holder (SnugMover *self, gboolean on)
{
  g_autoptr (SnugWireMessage) pause = snug_wire_message_new (SNUG_WIRE_FILE_PAUSE);

  pause->on = on;
  pause->busy = TRUE;
  if (self->share.holder != NULL)
    say_to_source (self, pause);
}

/* Of a folder it is known when its manifest is. */
static guint64
count_before (SnugMover *self, const SnugPlace *place)
{
  g_autoptr (SnugPieceMap) map = self->contents != NULL ? snug_piece_map_new (self->contents) : NULL;

  return map != NULL ? snug_piece_map_bytes_at (map, place) : place->offset;
}

static void
on_asked (SnugReceiver *receiver, guint64 entry, guint64 offset, GBytes *have, SnugMover *self)
{
  g_autoptr (SnugWireMessage) get = snug_wire_message_new (SNUG_WIRE_FILE_GET);
  const SnugPlace from = { entry, offset };
  SnugPieceMap *map = snug_mover_get_map (self);

  if (map != NULL)
    self->share.n_checked = snug_piece_map_pieces_at (map, &from);
  get->from_entry = entry;
  get->from_offset = offset;
  self->went_on = have != NULL;
  if (!self->share.has_asked)
    self->share.held_from = count_before (self, &from);
  self->share.has_asked = TRUE;
  get->have = have != NULL ? g_bytes_ref (have) : NULL;
  get->only = self->only != NULL ? g_bytes_ref (self->only) : NULL;
  say_to_source (self, get);
}

static void
on_receiver_progress (SnugReceiver *receiver, guint64 bytes, SnugMover *self)
{
  if (!snug_transfer_is_active (self->row))
    return;
  /* What was on its way still comes. */
  if (!self->paused_here && !self->paused_there && !self->full_here)
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, self->warning);
  snug_transfer_set_bytes (self->row, bytes, g_get_monotonic_time ());
}

static void
on_busy (SnugReceiver *receiver, gboolean busy, SnugMover *self)
{
  if (self->share.holder != NULL)
    hold_up_holder (self, busy);
  else
    snug_mover_say_pause (self, busy, TRUE);
}

void
snug_mover_show_full (SnugMover *self)
{
  snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, _("The disk is full. Make room: it goes on by itself then."));
}

void
snug_mover_show_asked (SnugMover *self)
{
  if (self->full_here)
    snug_mover_show_full (self);
  else
    snug_transfer_enter (self->row, SNUG_TRANSFER_ACCEPTED, NULL);
}

static void
on_full (SnugReceiver *receiver, gboolean full, SnugMover *self)
{
  self->full_here = full;
  snug_mover_say_pause (self, full || self->paused_here, self->pushed);
  hold_up_holder (self, full);
  /* Whoever was sent here does better elsewhere. What is here heirs may have all the same. */
  if (full)
    snug_mover_end_asked_passes (self);
  if (!snug_transfer_is_active (self->row))
    return;
  if (full)
    snug_mover_show_full (self);
  else if (!self->paused_here && !self->paused_there)
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, self->warning);
}

static void
show_fingerprint (SnugMover *self, GBytes *fingerprint)
{
  g_autofree char *hex = snug_bytes_to_hex (g_bytes_get_data (fingerprint, NULL), g_bytes_get_size (fingerprint));

  snug_transfer_set_fingerprint (self->row, hex);
}

void
snug_mover_say_done (SnugMover *self, GBytes *fingerprint)
{
  g_autoptr (SnugWireMessage) done = snug_wire_message_new (SNUG_WIRE_FILE_DONE);
  SnugMember *member = snug_mover_get_member (self);
  g_autoptr (GBytes) unsaid = g_steal_pointer (&self->share.unsaid);

  done->fingerprint = g_bytes_ref (fingerprint);
  if (member == NULL || !snug_room_is_ready (self->room, member))
    self->share.unsaid = g_bytes_ref (fingerprint);
  snug_mover_say (self, done);
}

static void
on_receiver_done (SnugReceiver *receiver, GFile *file, GBytes *fingerprint, SnugMover *self)
{
  gboolean was_orphaned = self->share.orphaned;

  snug_mover_say_done (self, fingerprint);
  snug_transfer_set_file (self->row, file);
  show_fingerprint (self, fingerprint);
  snug_transfer_set_bytes (self->row, snug_transfer_get_size (self->row), g_get_monotonic_time ());
  snug_mover_pass_on (self, snug_transfer_get_size (self->row));
  snug_mover_finish (self, SNUG_TRANSFER_DONE, NULL);
  if (was_orphaned)
    snug_mover_tell_heirs (self);
}

static void
on_receiver_ended (SnugReceiver *receiver, GError *error, SnugMover *self)
{
  gboolean is_disk = g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK);

  gboolean was_wrong = g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_WRONG);
  gboolean is_lost = was_wrong || g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST);

  self->started = FALSE;
  if (is_lost && self->share.holder != NULL)
    {
      /* Nobody need know: the one who offers it is asked again. */
      snug_mover_end_following (self, self->share.holder, was_wrong);
      snug_mover_let_go_of_holder (self);
      if (!self->paused_there)
        snug_mover_tell_stopped (self);
      return;
    }
  if (is_lost)
    {
      if (!self->share.orphaned)
        snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, error->message);
      snug_mover_tell_stopped (self);
      return;
    }
  snug_mover_say_cancel (self, snug_mover_reason_for_them (error));
  /* What is checked and on the disk is right, whatever came behind it; but not from this member. */
  snug_mover_finish_with (self, is_disk ? SNUG_INTAKE_KEEP : SNUG_INTAKE_DELETE, SNUG_TRANSFER_FAILED, error->message);
}

void
snug_mover_start (SnugMover *self)
{
  SnugMember *member = snug_mover_get_member (self);

  if (self->started || self->receiver == NULL || self->look != NULL || self->paused_here)
    return;
  if (member == NULL || !snug_room_is_ready (self->room, member))
    {
      snug_mover_seek_heir (self);
      return;
    }
  self->started = TRUE;
  self->paused_there = FALSE;
  if (snug_transfer_is_active (self->row))
    snug_mover_show_asked (self);
  snug_receiver_start (self->receiver, snug_room_get_link (self->room, member),
                       snug_transfer_get_wire_id (self->row));
}

/* Whoever waits to see what is in the folder that comes. */
static void
answer_lookers (SnugMover *self, SnugManifest *manifest)
{
  g_autoptr (GPtrArray) lookers = g_steal_pointer (&self->lookers);

  self->lookers = g_ptr_array_new ();
  for (guint i = 0; i < lookers->len; i++)
    {
      g_autoptr (GTask) task = lookers->pdata[i];

      g_task_return_pointer (task, snug_folder_entries_new (manifest), g_object_unref);
    }
}

static void
on_contents (SnugReceiver *receiver, SnugManifest *manifest, GBytes *bytes, SnugMover *self)
{
  g_clear_pointer (&self->contents, snug_manifest_unref);
  g_clear_pointer (&self->share.map, snug_piece_map_free);
  self->contents = snug_manifest_ref (manifest);
  snug_mover_show_heirs (self);
  answer_lookers (self, manifest);
}

static void
listen_to_receiver (SnugMover *self)
{
  g_signal_connect (self->receiver, "looked", G_CALLBACK (on_contents), self);
  g_signal_connect (self->receiver, "asked", G_CALLBACK (on_asked), self);
  g_signal_connect (self->receiver, "progress", G_CALLBACK (on_receiver_progress), self);
  g_signal_connect (self->receiver, "busy", G_CALLBACK (on_busy), self);
  g_signal_connect (self->receiver, "full", G_CALLBACK (on_full), self);
  g_signal_connect (self->receiver, "lent", G_CALLBACK (snug_mover_on_lent), self);
  g_signal_connect (self->receiver, "checked", G_CALLBACK (snug_mover_on_checked), self);
  g_signal_connect (self->receiver, "done", G_CALLBACK (on_receiver_done), self);
  g_signal_connect (self->receiver, "ended", G_CALLBACK (on_receiver_ended), self);
}

/* If not, there is nothing to ask for behind the manifest, and somebody must say that this is all. */
static gboolean
has_chosen_file (SnugMover *self)
{
  g_autoptr (SnugManifest) chosen = self->whole != NULL ? snug_manifest_choose (self->whole, self->only) : NULL;
  SnugPlace first = { 0, 0 };

  return chosen != NULL && snug_manifest_settle (chosen, &first);
}

/* What is in the plan is borrowed. */
static SnugIntakePlan
make_plan (SnugMover *self)
{
  return (SnugIntakePlan) {
    .name = (char *) snug_transfer_get_name (self->row),
    .size = self->offered_bytes,
    .mtime = self->mtime,
    .manifest = self->manifest,
    .manifest_size = self->manifest_size,
    .manifest_bytes = has_chosen_file (self) ? self->whole_bytes : NULL,
    .only = self->only,
    .resumable = !self->pushed,
  };
}

static void
make_receiver (SnugMover *self, GFile *folder, SnugSinkConflict conflict)
{
  const SnugIntakePlan plan = make_plan (self);

  self->receiver = snug_receiver_new (self->network, &plan, folder, conflict);
  listen_to_receiver (self);
}

/* --- looking into a folder ------------------------------------------------------------------------- */

/* @manifest, @bytes: (nullable): %NULL with @error */
static void
end_look (SnugMover *self, SnugManifest *manifest, GBytes *bytes, const GError *error)
{
  g_autoptr (GPtrArray) lookers = NULL;

  g_clear_pointer (&self->look, snug_look_stop);
  if (manifest != NULL && self->whole == NULL)
    {
      self->whole = snug_manifest_ref (manifest);
      self->whole_bytes = g_bytes_ref (bytes);
    }
  if (manifest != NULL)
    {
      answer_lookers (self, manifest);
      return;
    }
  lookers = g_steal_pointer (&self->lookers);
  self->lookers = g_ptr_array_new ();
  for (guint i = 0; i < lookers->len; i++)
    {
      g_autoptr (GTask) task = lookers->pdata[i];

      g_task_return_error (task, g_error_copy (error));
    }
}

void
snug_mover_end_look_in_vain (SnugMover *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                  _("This file is no longer offered."));

  end_look (self, NULL, NULL, error);
}

static void
on_looked (SnugManifest *manifest, GBytes *bytes, const GError *error, gpointer user_data)
{
  SnugMover *self = user_data;
  g_autoptr (SnugMover) alive = g_object_ref (self);

  end_look (self, manifest, bytes, error);
  snug_mover_tell_stopped (self);
}

/* (nullable): as far as it is known here */
static SnugManifest *
get_contents (SnugMover *self)
{
  if (self->contents != NULL)
    return self->contents;
  return self->offer != NULL ? self->offer->manifest : self->whole;
}

static gboolean
set_cannot_look (SnugMover *self, GError **error)
{
  SnugMember *member = snug_mover_get_member (self);

  if (snug_transfer_is_finished (self->row))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("This file is no longer offered."));
  else if (self->receiver == NULL && self->look == NULL && (member == NULL || !snug_room_is_ready (self->room, member)))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("%s cannot be reached now."),
                 snug_mover_get_member_name (self));
  return *error != NULL;
}

/* Of one that is coming already nothing is asked: it begins with what is in it. */
void
snug_mover_look_into (SnugMover *self, GTask *task)
{
  SnugIntakePlan plan = make_plan (self);
  GError *error = NULL;

  if (get_contents (self) != NULL)
    {
      g_task_return_pointer (task, snug_folder_entries_new (get_contents (self)), g_object_unref);
      g_object_unref (task);
      return;
    }
  if (set_cannot_look (self, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_ptr_array_add (self->lookers, task);
  if (self->look == NULL && self->receiver == NULL)
    self->look = snug_look_start (self->room, self->network, snug_mover_get_member (self),
                                  snug_transfer_get_wire_id (self->row), &plan, on_looked, self);
}

/* --- going on with what another one was receiving -------------------------------------------------- */

static SnugJournalHead
head_of (SnugMover *self, GBytes *only)
{
  return (SnugJournalHead) { (char *) snug_transfer_get_name (self->row), self->offered_bytes, self->manifest, only };
}

gboolean
snug_mover_is_same (SnugMover *self, SnugMover *other)
{
  const SnugJournalHead ours = head_of (self, self->only), theirs = head_of (other, other->only);

  return self != other && snug_journal_head_equal (&ours, &theirs);
}

gboolean
snug_mover_can_follow (SnugMover *self, SnugMover *former)
{
  return self != former && former->receiver != NULL && snug_transfer_is_active (former->row)
         && !former->pushed && !self->pushed && !former->paused_here && !former->paused_there
         && g_file_equal (self->folder, former->folder) && snug_mover_is_same (self, former);
}
gboolean
snug_mover_is_lost (SnugMover *self)
{
  return self->receiver != NULL && !self->started && snug_transfer_is_active (self->row);
}

void
snug_mover_give_up_waiting (SnugMover *self)
{
  SnugMember *member = snug_mover_get_member (self);

  if (self->receiver != NULL && self->started && (member == NULL || !snug_room_is_ready (self->room, member)))
    snug_receiver_cut (self->receiver);
}

void
snug_mover_follow (SnugMover *self, SnugMover *former)
{
  g_signal_handlers_disconnect_by_data (former->receiver, former);
  snug_mover_end_passes (former);
  snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
  self->receiver = g_steal_pointer (&former->receiver);
  self->full_here = former->full_here;
  snug_receiver_forget_hashes (self->receiver);
  self->contents = g_steal_pointer (&former->contents);
  listen_to_receiver (self);
  snug_transfer_set_bytes (self->row, snug_transfer_get_bytes (former->row), g_get_monotonic_time ());
  snug_mover_finish (former, SNUG_TRANSFER_CANCELLED, _("It goes on from where it was offered again."));
}

typedef struct
{
  SnugJournalHead  head;      /* borrowed */
  guint64          n_bytes;   /* of these there are */
  guint64          n_all;
} Left;

static void
on_left (const char *stem, const SnugJournalHead *head, guint64 n_bytes, guint64 n_all, gpointer user_data)
{
  Left *left = user_data;

  if (!snug_journal_head_equal (head, &left->head))
    return;
  left->n_bytes = MAX (left->n_bytes, n_bytes);
  left->n_all = n_all;
}

static guint64
count_chosen (SnugMover *self, GBytes *only)
{
  g_autoptr (SnugManifest) chosen = self->whole != NULL ? snug_manifest_choose (self->whole, only) : NULL;

  return chosen != NULL ? chosen->n_bytes : self->offered_bytes;
}

static Left
find_left (SnugMover *self, GFile *folder, GBytes *only)
{
  Left left = { head_of (self, only), 0, count_chosen (self, only) };

  if (!self->pushed)
    snug_sink_foreach_left (folder, on_left, &left);
  return left;
}

guint64
snug_mover_count_missing (SnugMover *self, GFile *folder, GBytes *only)
{
  const Left left = find_left (self, folder, only);

  return left.n_all - MIN (left.n_bytes, left.n_all);
}

void
snug_mover_accept (SnugMover *self, GFile *folder, SnugSinkConflict conflict, GBytes *only)
{
  snug_transfer_enter (self->row, SNUG_TRANSFER_ACCEPTED, NULL);
  g_set_object (&self->folder, folder);
  if (only != NULL)
    {
      self->only = g_bytes_ref (only);
      snug_transfer_set_size (self->row, find_left (self, folder, only).n_all);
    }
  if (self->receiver != NULL)
    snug_receiver_decide (self->receiver, folder, conflict);
  else
    make_receiver (self, folder, conflict);
}

void
snug_mover_keep_aside (SnugMover *self)
{
  make_receiver (self, NULL, SNUG_SINK_KEEP_BOTH);
  snug_mover_start (self);
}

void
snug_mover_decline (SnugMover *self, SnugTransferState state, const char *reason)
{
  snug_mover_say_plain (self, SNUG_WIRE_FILE_DECLINE);
  snug_mover_finish (self, state, reason);
}
