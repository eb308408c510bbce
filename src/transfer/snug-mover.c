/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-mover.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-bytes.h"
#include "snug-file-name.h"
#include "snug-folder-entry.h"
#include "snug-look.h"
#include "snug-receiver.h"
#include "snug-sender.h"
#include "snug-transfer-private.h"

struct _SnugMover
{
  GObject       parent_instance;

  /* Owned */
  SnugRoom     *room;
  GMainContext *network;
  SnugTransfer *row;
  SnugOffer    *offer;         /* nullable: of outgoing ones */
  SnugSender   *sender;        /* nullable */
  SnugReceiver *receiver;      /* nullable */
  char         *fingerprint;   /* nullable: what we sent, in hex */

  GFile        *folder;        /* nullable: where an incoming one goes */
  GBytes       *manifest;      /* nullable: of incoming folders, its hash */
  guint64       manifest_size;
  SnugLook     *look;          /* nullable: it is looked what is in it */
  GPtrArray    *lookers;       /* of GTask: they wait for that */
  SnugManifest *whole;         /* nullable: what is in it, when it was looked */
  GBytes       *whole_bytes;   /* nullable: the same as it came */
  GBytes       *only;          /* nullable: what is chosen of it; NULL: all */
  guint64       offered_bytes;

  const char   *warning;       /* borrowed from static words or the offer, nullable: what a person should know of it while it runs */
  guint64       mtime;         /* of incoming ones */
  gboolean      paused_here;
  gboolean      paused_there;
  gboolean      started;       /* incoming: the pieces are asked for, on the present connection */
  gboolean      went_on;       /* incoming: not asked for from the beginning */
  gboolean      pushed;        /* incoming: they come whether they are asked for or not */
};

G_DEFINE_FINAL_TYPE (SnugMover, snug_mover, G_TYPE_OBJECT)

enum
{
  STOPPED,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

SnugTransfer *
snug_mover_get_row (SnugMover *self)
{
  return self->row;
}

SnugOffer *
snug_mover_get_offer (SnugMover *self)
{
  return self->offer;
}

gboolean
snug_mover_is_standing (SnugMover *self)
{
  return !snug_transfer_is_finished (self->row);
}

gboolean
snug_mover_is_pumping (SnugMover *self)
{
  return self->sender != NULL || self->started;
}

gboolean
snug_mover_is_pushed (SnugMover *self)
{
  return self->pushed;
}

gboolean
snug_mover_is_folder (SnugMover *self)
{
  return self->manifest != NULL;
}

static SnugMember *
get_member (SnugMover *self)
{
  return snug_room_find_member (self->room, snug_transfer_get_member_id (self->row));
}

static const char *
get_member_name (SnugMover *self)
{
  SnugMember *member = get_member (self);

  return member != NULL ? snug_member_get_display_name (member) : snug_transfer_get_member_name (self->row);
}

static void
stop_pumps (SnugMover *self, SnugIntakeEnd end)
{
  if (self->sender != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->sender, self);
      snug_sender_stop (self->sender);
    }
  if (self->receiver != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->receiver, self);
      snug_receiver_stop (self->receiver, end);
    }
  g_clear_object (&self->sender);
  g_clear_object (&self->receiver);
}

/* @manifest, @bytes: (nullable): %NULL with @error */
static void
end_look (SnugMover *self, SnugManifest *manifest, GBytes *bytes, const GError *error)
{
  g_autoptr (GPtrArray) lookers = g_steal_pointer (&self->lookers);

  self->lookers = g_ptr_array_new ();
  g_clear_pointer (&self->look, snug_look_stop);
  if (manifest != NULL && self->whole == NULL)
    {
      self->whole = snug_manifest_ref (manifest);
      self->whole_bytes = g_bytes_ref (bytes);
    }
  for (guint i = 0; i < lookers->len; i++)
    {
      g_autoptr (GTask) task = lookers->pdata[i];

      if (manifest != NULL)
        g_task_return_pointer (task, snug_folder_entries_new (manifest), g_object_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}

static void
end_look_in_vain (SnugMover *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                  _("This file is no longer offered."));

  end_look (self, NULL, NULL, error);
}

static void
finish (SnugMover *self, SnugIntakeEnd end, SnugTransferState state, const char *reason)
{
  g_autoptr (SnugMover) alive = g_object_ref (self);

  stop_pumps (self, end);
  end_look_in_vain (self);
  self->started = FALSE;
  snug_transfer_enter (self->row, state, reason);
  g_signal_emit (self, signals[STOPPED], 0);
}

void
snug_mover_finish (SnugMover *self, SnugTransferState state, const char *reason)
{
  finish (self, SNUG_INTAKE_DELETE, state, reason);
}

void
snug_mover_leave (SnugMover *self, SnugTransferState state, const char *reason)
{
  finish (self, SNUG_INTAKE_KEEP, state, reason);
}

/* --- saying ---------------------------------------------------------------------------------------- */

static void
say (SnugMover *self, SnugWireMessage *message)
{
  SnugMember *member = get_member (self);

  if (message->id == NULL)
    message->id = g_strdup (snug_transfer_get_wire_id (self->row));
  if (member != NULL)
    snug_room_send (self->room, member, message);
}

static void
say_plain (SnugMover *self, SnugWireType type)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (type);

  say (self, message);
}

static void
say_cancel (SnugMover *self, const char *reason)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_CANCEL);

  message->reason = g_strdup (reason);
  say (self, message);
}

static void
say_pause (SnugMover *self, gboolean on, gboolean busy)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_PAUSE);

  message->on = on;
  message->busy = busy;
  say (self, message);
}

static const char *
warning_for (SnugMover *self, SnugMember *member)
{
  const SnugDialectRules *rules = snug_peer_link_get_rules (snug_room_get_link (self->room, member));

  return self->offer->size > rules->large_file_bytes ? _(rules->large_file_words) : self->offer->note;
}

void
snug_mover_say_offer (SnugMover *self)
{
  g_autoptr (SnugWireMessage) message = snug_offer_to_message (self->offer);

  self->warning = warning_for (self, get_member (self));
  snug_transfer_set_member_name (self->row, get_member_name (self));
  if (snug_transfer_get_state (self->row) == SNUG_TRANSFER_OFFERED)
    snug_transfer_enter (self->row, SNUG_TRANSFER_OFFERED, self->warning);
  say (self, message);
}

static const char *
why_there (const char *reason)
{
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_CHANGED) == 0)
    return _("The file has changed since it was offered.");
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_DISK) == 0)
    return _("Their disk is full or cannot be written to.");
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_BAD_DATA) == 0)
    return _("It arrived damaged.");
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_BAD_REQUEST) == 0)
    return _("The other side no longer offers it.");
  return NULL;
}

static const char *
reason_for_them (const GError *error)
{
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED))
    return SNUG_WIRE_REASON_CHANGED;
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK))
    return SNUG_WIRE_REASON_DISK;
  return SNUG_WIRE_REASON_BAD_DATA;
}

/* --- receiving ------------------------------------------------------------------------------------- */

static void
on_asked (SnugReceiver *receiver, guint64 entry, guint64 offset, GBytes *have, SnugMover *self)
{
  g_autoptr (SnugWireMessage) get = snug_wire_message_new (SNUG_WIRE_FILE_GET);

  get->from_entry = entry;
  get->from_offset = offset;
  self->went_on = have != NULL;
  get->have = have != NULL ? g_bytes_ref (have) : NULL;
  get->only = self->only != NULL ? g_bytes_ref (self->only) : NULL;
  say (self, get);
}

static void
on_receiver_progress (SnugReceiver *receiver, guint64 bytes, SnugMover *self)
{
  if (!snug_transfer_is_active (self->row))
    return;
  if (!self->paused_here && !self->paused_there)
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, NULL);
  snug_transfer_set_bytes (self->row, bytes, g_get_monotonic_time ());
}

static void
on_busy (SnugReceiver *receiver, gboolean busy, SnugMover *self)
{
  say_pause (self, busy, TRUE);
}

static void
on_full (SnugReceiver *receiver, gboolean full, SnugMover *self)
{
  say_pause (self, full || self->paused_here, self->pushed);
  if (!snug_transfer_is_active (self->row))
    return;
  if (full)
    snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED,
                         _("The disk is full. Make room: it goes on by itself then."));
  else if (!self->paused_here && !self->paused_there)
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, NULL);
}

static void
show_fingerprint (SnugMover *self, GBytes *fingerprint)
{
  g_autofree char *hex = snug_bytes_to_hex (g_bytes_get_data (fingerprint, NULL), g_bytes_get_size (fingerprint));

  snug_transfer_set_fingerprint (self->row, hex);
}

static void
on_receiver_done (SnugReceiver *receiver, GFile *file, GBytes *fingerprint, SnugMover *self)
{
  g_autoptr (SnugWireMessage) done = snug_wire_message_new (SNUG_WIRE_FILE_DONE);

  done->fingerprint = g_bytes_ref (fingerprint);
  say (self, done);
  snug_transfer_set_file (self->row, file);
  show_fingerprint (self, fingerprint);
  snug_transfer_set_bytes (self->row, snug_transfer_get_size (self->row), g_get_monotonic_time ());
  snug_mover_finish (self, SNUG_TRANSFER_DONE, NULL);
}

static void
on_receiver_ended (SnugReceiver *receiver, GError *error, SnugMover *self)
{
  self->started = FALSE;
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST))
    {
      snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, error->message);
      g_signal_emit (self, signals[STOPPED], 0);
      return;
    }
  say_cancel (self, reason_for_them (error));
  /* What is checked and on the disk is right, whatever came behind it; but not from this member. */
  finish (self, g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK) ? SNUG_INTAKE_KEEP
                                                                                    : SNUG_INTAKE_DELETE,
          SNUG_TRANSFER_FAILED, error->message);
}

void
snug_mover_start (SnugMover *self)
{
  SnugMember *member = get_member (self);

  if (self->started || self->receiver == NULL || self->look != NULL || self->paused_here || member == NULL
      || !snug_room_is_ready (self->room, member))
    return;
  self->started = TRUE;
  self->paused_there = FALSE;
  if (snug_transfer_is_active (self->row))
    snug_transfer_enter (self->row, SNUG_TRANSFER_ACCEPTED, NULL);
  snug_receiver_start (self->receiver, snug_room_get_link (self->room, member),
                       snug_transfer_get_wire_id (self->row));
}

static void
listen_to_receiver (SnugMover *self)
{
  g_signal_connect (self->receiver, "asked", G_CALLBACK (on_asked), self);
  g_signal_connect (self->receiver, "progress", G_CALLBACK (on_receiver_progress), self);
  g_signal_connect (self->receiver, "busy", G_CALLBACK (on_busy), self);
  g_signal_connect (self->receiver, "full", G_CALLBACK (on_full), self);
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

/* --- looking into a folder */

static void
on_looked (SnugManifest *manifest, GBytes *bytes, const GError *error, gpointer user_data)
{
  SnugMover *self = user_data;
  g_autoptr (SnugMover) alive = g_object_ref (self);

  end_look (self, manifest, bytes, error);
  g_signal_emit (self, signals[STOPPED], 0);
}

void
snug_mover_look_into (SnugMover *self, GTask *task)
{
  SnugMember *member = get_member (self);
  SnugIntakePlan plan = make_plan (self);

  if (self->whole != NULL)
    {
      g_task_return_pointer (task, snug_folder_entries_new (self->whole), g_object_unref);
      g_object_unref (task);
      return;
    }
  if (self->look == NULL && (member == NULL || !snug_room_is_ready (self->room, member)))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("%s cannot be reached now."),
                               get_member_name (self));
      g_object_unref (task);
      return;
    }
  g_ptr_array_add (self->lookers, task);
  if (self->look == NULL)
    self->look = snug_look_start (self->room, self->network, member, snug_transfer_get_wire_id (self->row), &plan,
                                  on_looked, self);
}

/* --- going on with what another one was receiving */

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
  SnugMember *member = get_member (self);

  if (self->receiver != NULL && self->started && (member == NULL || !snug_room_is_ready (self->room, member)))
    snug_receiver_cut (self->receiver);
}

void
snug_mover_follow (SnugMover *self, SnugMover *former)
{
  g_signal_handlers_disconnect_by_data (former->receiver, former);
  stop_pumps (self, SNUG_INTAKE_KEEP);
  self->receiver = g_steal_pointer (&former->receiver);
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
  say_plain (self, SNUG_WIRE_FILE_DECLINE);
  snug_mover_finish (self, state, reason);
}

/* --- sending --------------------------------------------------------------------------------------- */

static void
on_sender_progress (SnugSender *sender, guint64 bytes, SnugMover *self)
{
  if (!self->paused_here && !self->paused_there)
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, self->warning);
  snug_transfer_set_bytes (self->row, bytes, g_get_monotonic_time ());
}

static void
on_all_sent (SnugSender *sender, GBytes *fingerprint, SnugMover *self)
{
  g_free (self->fingerprint);
  self->fingerprint = snug_bytes_to_hex (g_bytes_get_data (fingerprint, NULL), g_bytes_get_size (fingerprint));
}

static void
on_sender_ended (SnugSender *sender, GError *error, SnugMover *self)
{
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST))
    {
      stop_pumps (self, SNUG_INTAKE_KEEP);
      snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, error->message);
      return;
    }
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED))
    {
      stop_pumps (self, SNUG_INTAKE_KEEP);
      g_signal_emit (self, signals[CHANGED], 0);
      return;
    }
  say_cancel (self, reason_for_them (error));
  snug_mover_finish (self, SNUG_TRANSFER_FAILED, error->message);
}

void
snug_mover_end_changed (SnugMover *self)
{
  if (!snug_mover_is_standing (self))
    return;
  say_cancel (self, SNUG_WIRE_REASON_CHANGED);
  snug_mover_finish (self, SNUG_TRANSFER_FAILED, _("The file has changed since it was offered."));
}

static gboolean
is_look (const SnugWireMessage *get)
{
  return get->only != NULL && snug_manifest_only_none (get->only);
}

gboolean
snug_mover_is_in (SnugMover *self, const SnugWireMessage *get)
{
  SnugOffer *offer = self->offer;
  g_autoptr (SnugManifest) chosen = NULL;

  if (get->only != NULL && !offer->is_folder)
    return FALSE;
  if (is_look (get) && snug_transfer_get_state (self->row) != SNUG_TRANSFER_OFFERED)
    return FALSE;
  chosen = snug_manifest_choose (offer->manifest, get->only);
  if (chosen == NULL)
    return FALSE;
  if (get->from_entry == SNUG_WIRE_ENTRY_MANIFEST)
    return offer->is_folder && get->from_offset == 0;
  return snug_manifest_is_chosen (chosen, get->from_entry)
         && get->from_offset <= snug_manifest_get (chosen, get->from_entry)->size;
}

/* They have seen what is in the folder, or could not: the offer stands as it did. */
static void
on_look_ended (SnugSender *sender, GError *error, SnugMover *self)
{
  stop_pumps (self, SNUG_INTAKE_KEEP);
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST))
    return;
  say_cancel (self, reason_for_them (error));
  snug_mover_finish (self, SNUG_TRANSFER_FAILED, error->message);
}

static void
begin_sending (SnugMover *self, SnugWireMessage *get, SnugManifest *chosen)
{
  const SnugPlace from = { get->from_entry, get->from_offset };

  stop_pumps (self, SNUG_INTAKE_KEEP);
  g_clear_pointer (&self->fingerprint, g_free);
  self->sender = snug_sender_new (self->network, self->offer, chosen, &from, get->have);
}

static void
show_look (SnugMover *self, SnugWireMessage *get, SnugManifest *chosen)
{
  begin_sending (self, get, chosen);
  g_signal_connect (self->sender, "ended", G_CALLBACK (on_look_ended), self);
  snug_sender_start (self->sender, snug_room_get_link (self->room, get_member (self)), get->id);
}

void
snug_mover_hear_get (SnugMover *self, SnugWireMessage *get)
{
  g_autoptr (SnugManifest) chosen = snug_manifest_choose (self->offer->manifest, get->only);

  if (is_look (get))
    {
      show_look (self, get, chosen);
      return;
    }
  begin_sending (self, get, chosen);
  g_signal_connect (self->sender, "progress", G_CALLBACK (on_sender_progress), self);
  g_signal_connect (self->sender, "all-sent", G_CALLBACK (on_all_sent), self);
  g_signal_connect (self->sender, "ended", G_CALLBACK (on_sender_ended), self);

  snug_transfer_set_size (self->row, chosen->n_bytes);
  self->paused_there = FALSE;
  snug_transfer_enter (self->row, SNUG_TRANSFER_ACCEPTED, self->warning);
  if (!self->offer->is_folder)
    snug_transfer_set_bytes (self->row, get->from_offset, g_get_monotonic_time ());
  if (self->paused_here)
    snug_sender_set_paused (self->sender, TRUE);
  snug_sender_start (self->sender, snug_room_get_link (self->room, get_member (self)), get->id);
}

void
snug_mover_hear_done (SnugMover *self, SnugWireMessage *done)
{
  g_autofree char *theirs = NULL;

  if (!snug_mover_is_standing (self) || self->fingerprint == NULL)
    return;

  theirs = snug_bytes_to_hex (g_bytes_get_data (done->fingerprint, NULL), g_bytes_get_size (done->fingerprint));
  if (g_strcmp0 (theirs, self->fingerprint) != 0)
    {
      snug_mover_finish (self, SNUG_TRANSFER_FAILED, _("It arrived damaged."));
      return;
    }
  snug_transfer_set_fingerprint (self->row, theirs);
  snug_transfer_set_file (self->row, self->offer->file);
  snug_transfer_set_bytes (self->row, snug_transfer_get_size (self->row), g_get_monotonic_time ());
  snug_mover_finish (self, SNUG_TRANSFER_DONE, NULL);
}

/* --- both ways ------------------------------------------------------------------------------------- */

/* What becomes of what is here when the sender ends it. */
static SnugIntakeEnd
end_for (SnugMover *self, const char *reason)
{
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_CHANGED) == 0)
    return self->went_on ? SNUG_INTAKE_DISOWN : SNUG_INTAKE_DELETE;
  return g_strcmp0 (reason, SNUG_WIRE_REASON_BAD_DATA) == 0 ? SNUG_INTAKE_DELETE : SNUG_INTAKE_KEEP;
}

void
snug_mover_hear_cancel (SnugMover *self, SnugWireMessage *cancel)
{
  const char *why = why_there (cancel->reason);
  g_autofree char *by = NULL;

  if (why != NULL)
    {
      finish (self, end_for (self, cancel->reason), SNUG_TRANSFER_FAILED, why);
      return;
    }
  by = g_strdup_printf (_("Cancelled by %s."), get_member_name (self));
  snug_mover_finish (self, SNUG_TRANSFER_CANCELLED, by);
}

void
snug_mover_hear_pause (SnugMover *self, SnugWireMessage *pause)
{
  g_autofree char *by = NULL;

  if (!snug_transfer_is_active (self->row))
    return;
  if (self->sender != NULL)
    snug_sender_set_paused (self->sender, pause->on || self->paused_here);
  if (pause->busy)
    return;

  self->paused_there = pause->on;
  by = g_strdup_printf (_("Paused by %s."), get_member_name (self));
  if (pause->on)
    snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, by);
  else if (!self->paused_here && snug_mover_is_pumping (self))
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, NULL);
}

void
snug_mover_pause (SnugMover *self)
{
  if (!snug_transfer_is_active (self->row) || self->paused_here)
    return;
  self->paused_here = TRUE;
  if (self->sender != NULL)
    snug_sender_set_paused (self->sender, TRUE);
  say_pause (self, TRUE, FALSE);
  snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, _("Paused."));
}

gboolean
snug_mover_resume (SnugMover *self)
{
  if (snug_transfer_get_state (self->row) != SNUG_TRANSFER_PAUSED || !self->paused_here)
    return FALSE;
  self->paused_here = FALSE;
  if (self->sender != NULL)
    snug_sender_set_paused (self->sender, self->paused_there);
  say_pause (self, FALSE, FALSE);
  if (!snug_mover_is_pumping (self) || self->paused_there)
    return TRUE;
  snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, NULL);
  return FALSE;
}

void
snug_mover_cancel (SnugMover *self)
{
  gboolean offered = snug_transfer_get_state (self->row) == SNUG_TRANSFER_OFFERED;

  if (!snug_mover_is_standing (self))
    return;
  if (offered && self->offer == NULL)
    {
      snug_mover_decline (self, SNUG_TRANSFER_DECLINED, NULL);
      return;
    }
  if (offered)
    say_plain (self, SNUG_WIRE_FILE_WITHDRAW);
  else
    say_cancel (self, SNUG_WIRE_REASON_USER);
  snug_mover_finish (self, SNUG_TRANSFER_CANCELLED, NULL);
}

/* --- the object ------------------------------------------------------------------------------------ */

static SnugMover *
mover_new (SnugRoom *room, GMainContext *network)
{
  SnugMover *self = g_object_new (SNUG_TYPE_MOVER, NULL);

  self->room = g_object_ref (room);
  self->network = g_main_context_ref (network);
  return self;
}

SnugMover *
snug_mover_new_in (SnugRoom *room, GMainContext *network, SnugMember *member, const SnugWireMessage *offer)
{
  SnugMover *self = mover_new (room, network);
  g_autofree char *name = snug_file_name_make_safe (offer->name);
  g_autofree char *mime_type = offer->kind == SNUG_WIRE_KIND_FOLDER ? g_strdup ("inode/directory")
                                                                    : g_content_type_guess (name, NULL, 0, NULL);

  self->row = snug_transfer_new (SNUG_TRANSFER_IN, offer->id, snug_member_get_id (member),
                                 snug_member_get_display_name (member), name, mime_type, offer->size);
  self->offered_bytes = offer->size;
  if (offer->kind == SNUG_WIRE_KIND_FOLDER)
    snug_transfer_set_folder (self->row, (guint) MIN (offer->count, SNUG_MANIFEST_MAX_ENTRIES));
  self->mtime = snug_manifest_believable_mtime (offer->mtime);
  self->manifest = offer->manifest != NULL ? g_bytes_ref (offer->manifest) : NULL;
  self->manifest_size = offer->manifest_size;
  self->pushed = offer->pushed;
  return self;
}

SnugMover *
snug_mover_new_out (SnugRoom *room, GMainContext *network, SnugOffer *offer, SnugMember *member)
{
  SnugMover *self = mover_new (room, network);
  const char *member_id = member != NULL ? snug_member_get_id (member) : "";
  const char *member_name = member != NULL ? snug_member_get_display_name (member) : "";

  self->offer = snug_offer_ref (offer);
  self->row = snug_transfer_new (SNUG_TRANSFER_OUT, offer->wire_id, member_id, member_name, offer->name,
                                 offer->mime_type, offer->size);
  if (offer->is_folder)
    snug_transfer_set_folder (self->row, offer->manifest->entries->len);
  snug_transfer_set_file (self->row, offer->file);
  return self;
}

static void
snug_mover_dispose (GObject *object)
{
  SnugMover *self = SNUG_MOVER (object);

  stop_pumps (self, SNUG_INTAKE_KEEP);
  if (self->row != NULL)
    end_look_in_vain (self);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  g_clear_pointer (&self->whole, snug_manifest_unref);
  g_clear_pointer (&self->whole_bytes, g_bytes_unref);
  g_clear_pointer (&self->only, g_bytes_unref);
  g_clear_object (&self->folder);
  g_clear_object (&self->room);
  g_clear_object (&self->row);
  g_clear_pointer (&self->offer, snug_offer_unref);
  g_clear_pointer (&self->network, g_main_context_unref);
  G_OBJECT_CLASS (snug_mover_parent_class)->dispose (object);
}

static void
snug_mover_finalize (GObject *object)
{
  g_free (SNUG_MOVER (object)->fingerprint);
  g_ptr_array_unref (SNUG_MOVER (object)->lookers);
  G_OBJECT_CLASS (snug_mover_parent_class)->finalize (object);
}

static void
snug_mover_class_init (SnugMoverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_mover_dispose;
  object_class->finalize = snug_mover_finalize;
  signals[STOPPED] = g_signal_new ("stopped", SNUG_TYPE_MOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", SNUG_TYPE_MOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
snug_mover_init (SnugMover *self)
{
  self->lookers = g_ptr_array_new ();
}
