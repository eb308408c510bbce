/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-mover-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-bytes.h"
#include "snug-file-name.h"

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
  return self->sender != NULL || self->started || self->share.holder != NULL;
}

gboolean
snug_mover_is_pushed (SnugMover *self)
{
  return self->pushed;
}

SnugMember *
snug_mover_get_member (SnugMover *self)
{
  return snug_room_find_member (self->room, snug_transfer_get_member_id (self->row));
}

const char *
snug_mover_get_member_name (SnugMover *self)
{
  SnugMember *member = snug_mover_get_member (self);

  return member != NULL ? snug_member_get_display_name (member) : snug_transfer_get_member_name (self->row);
}

void
snug_mover_stop_pumps (SnugMover *self, SnugIntakeEnd end)
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
  snug_mover_let_go_of_holder (self);
  snug_mover_stop_seeking (self);
}

void
snug_mover_finish_with (SnugMover *self, SnugIntakeEnd end, SnugTransferState state, const char *reason)
{
  g_autoptr (SnugMover) alive = g_object_ref (self);

  snug_mover_stop_pumps (self, end);
  snug_mover_end_look_in_vain (self);
  /* What is done is passed on to those who have begun, and to heirs. */
  if (state != SNUG_TRANSFER_DONE)
    {
      snug_mover_end_passes (self);
      snug_mover_disinherit (self);
    }
  snug_mover_let_go_if_unused (self);
  self->started = FALSE;
  snug_transfer_enter (self->row, state, reason);
  snug_mover_tell_stopped (self);
}

void
snug_mover_finish (SnugMover *self, SnugTransferState state, const char *reason)
{
  snug_mover_finish_with (self, SNUG_INTAKE_DELETE, state, reason);
}

void
snug_mover_leave (SnugMover *self, SnugTransferState state, const char *reason)
{
  snug_mover_finish_with (self, SNUG_INTAKE_KEEP, state, reason);
}

void
snug_mover_tell_stopped (SnugMover *self)
{
  g_signal_emit (self, signals[STOPPED], 0);
}

/* --- saying ---------------------------------------------------------------------------------------- */

void
snug_mover_say (SnugMover *self, SnugWireMessage *message)
{
  SnugMember *member = snug_mover_get_member (self);

  if (message->id == NULL)
    message->id = g_strdup (snug_transfer_get_wire_id (self->row));
  if (member != NULL)
    snug_room_send (self->room, member, message);
}

void
snug_mover_say_plain (SnugMover *self, SnugWireType type)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (type);

  snug_mover_say (self, message);
}

void
snug_mover_say_cancel (SnugMover *self, const char *reason)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_CANCEL);

  message->reason = g_strdup (reason);
  snug_mover_say (self, message);
}

void
snug_mover_say_pause (SnugMover *self, gboolean on, gboolean busy)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_PAUSE);

  message->on = on;
  message->busy = busy;
  snug_mover_say (self, message);
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

  self->warning = warning_for (self, snug_mover_get_member (self));
  snug_transfer_set_member_name (self->row, snug_mover_get_member_name (self));
  if (snug_transfer_get_state (self->row) == SNUG_TRANSFER_OFFERED)
    snug_transfer_enter (self->row, SNUG_TRANSFER_OFFERED, self->warning);
  snug_mover_say (self, message);
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
  if (g_strcmp0 (reason, SNUG_WIRE_REASON_STALLED) == 0)
    return _("Nothing arrived for five minutes.");
  return NULL;
}

const char *
snug_mover_reason_for_them (const GError *error)
{
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED))
    return SNUG_WIRE_REASON_CHANGED;
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_DISK))
    return SNUG_WIRE_REASON_DISK;
  return SNUG_WIRE_REASON_BAD_DATA;
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

static gboolean
is_cut_off (const GError *error)
{
  return g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_LOST)
         || g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_UNSEEN);
}

static gboolean send_again (SnugMover *self, const GError *error);

static void
on_sender_ended (SnugSender *sender, GError *error, SnugMover *self)
{
  if (send_again (self, error))
    return;
  if (is_cut_off (error))
    {
      snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
      snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, error->message);
      return;
    }
  if (g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED))
    {
      snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
      g_signal_emit (self, signals[CHANGED], 0);
      return;
    }
  snug_mover_say_cancel (self, snug_mover_reason_for_them (error));
  snug_mover_finish (self, SNUG_TRANSFER_FAILED, error->message);
}

void
snug_mover_end_changed (SnugMover *self)
{
  if (!snug_mover_is_standing (self))
    return;
  snug_mover_say_cancel (self, SNUG_WIRE_REASON_CHANGED);
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
  if (send_again (self, error))
    return;
  snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
  if (is_cut_off (error))
    return;
  snug_mover_say_cancel (self, snug_mover_reason_for_them (error));
  snug_mover_finish (self, SNUG_TRANSFER_FAILED, error->message);
}

static void
begin_sending (SnugMover *self, SnugWireMessage *get, SnugManifest *chosen)
{
  const SnugPlace from = { get->from_entry, get->from_offset };

  snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
  self->sender = snug_sender_new (self->network, self->offer, chosen, &from, get->have);
  if (is_look (get))
    {
      g_signal_connect (self->sender, "ended", G_CALLBACK (on_look_ended), self);
      return;
    }
  g_signal_connect (self->sender, "progress", G_CALLBACK (on_sender_progress), self);
  g_signal_connect (self->sender, "all-sent", G_CALLBACK (on_all_sent), self);
  g_signal_connect (self->sender, "ended", G_CALLBACK (on_sender_ended), self);
}

/* Each of the three who can have it paused lets go for itself alone. */
static gboolean
shall_wait (SnugMover *self)
{
  return self->paused_here || self->paused_there || self->busy_there;
}

static void
start_sending (SnugMover *self, SnugWireMessage *get)
{
  if (shall_wait (self))
    snug_sender_set_paused (self->sender, TRUE);
  snug_sender_start (self->sender, snug_room_get_link (self->room, snug_mover_get_member (self)), get->id);
}

/* The member had ended the association that the channel was opened on, and we had not heard of it: it still waits, and
 * does not ask again. Once: now we have heard. */
static gboolean
send_again (SnugMover *self, const GError *error)
{
  SnugWireMessage *get = self->share.get;
  g_autoptr (SnugManifest) chosen = NULL;

  if (!g_error_matches (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_UNSEEN) || self->sent_again
      || snug_mover_get_member (self) == NULL)
    return FALSE;
  g_debug ("%s: opened once more, as the member did not see it", get->id);
  chosen = snug_manifest_choose (self->offer->manifest, get->only);
  self->sent_again = TRUE;
  begin_sending (self, get, chosen);
  start_sending (self, get);
  return TRUE;
}

static void
begin_row (SnugMover *self, SnugWireMessage *get, SnugManifest *chosen)
{
  const SnugPlace from = { get->from_entry, get->from_offset };
  SnugPieceMap *map = self->share.chosen != NULL ? self->share.map : self->offer->map;

  g_clear_pointer (&self->contents, snug_manifest_unref);
  self->contents = snug_manifest_ref (chosen);
  snug_transfer_set_size (self->row, chosen->n_bytes);
  self->paused_there = FALSE;
  self->busy_there = FALSE;
  snug_transfer_enter (self->row, SNUG_TRANSFER_ACCEPTED, self->warning);
  snug_transfer_set_bytes (self->row, snug_piece_map_bytes_at (map, &from), g_get_monotonic_time ());
}

void
snug_mover_let_others_send (SnugMover *self, SnugWireMessage *get)
{
  snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
  g_clear_pointer (&self->fingerprint, g_free);
  begin_row (self, get, self->share.chosen != NULL ? self->share.chosen : self->offer->manifest);
}

void
snug_mover_hear_get (SnugMover *self, SnugWireMessage *get)
{
  g_autoptr (SnugManifest) chosen = snug_manifest_choose (self->offer->manifest, get->only);

  self->sent_again = FALSE;
  g_clear_pointer (&self->fingerprint, g_free);
  begin_sending (self, get, chosen);
  if (!is_look (get))
    begin_row (self, get, chosen);
  start_sending (self, get);
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
      snug_mover_finish_with (self, end_for (self, cancel->reason), SNUG_TRANSFER_FAILED, why);
      return;
    }
  by = g_strdup_printf (_("Cancelled by %s."), snug_mover_get_member_name (self));
  snug_mover_finish (self, SNUG_TRANSFER_CANCELLED, by);
}

/* Who waits to hear from whom it comes does not ask again. */
void
snug_mover_introduce_nobody (SnugMover *self)
{
  if (self->offer != NULL && self->share.holder != NULL && !self->share.introduced
      && snug_mover_get_member (self) != NULL)
    snug_mover_hear_get (self, self->share.get);
}

/* Nobody waits for one that is paused, and it asks anew when it goes on. What is here heirs may have all the same. */
static void
leave_others (SnugMover *self)
{
  snug_mover_end_asked_passes (self);
  if (self->receiver != NULL)
    snug_mover_leave_holder (self);
  else
    snug_mover_let_go_of_holder (self);
}

static void
pause_sender (SnugMover *self)
{
  if (self->sender != NULL)
    snug_sender_set_paused (self->sender, shall_wait (self));
}

void
snug_mover_hear_pause (SnugMover *self, SnugWireMessage *pause)
{
  g_autofree char *by = NULL;

  if (!snug_transfer_is_active (self->row))
    return;
  if (pause->on)
    snug_mover_introduce_nobody (self);
  if (pause->busy)
    self->busy_there = pause->on;
  else
    self->paused_there = pause->on;
  pause_sender (self);
  if (pause->busy)
    return;

  if (pause->on)
    leave_others (self);
  by = g_strdup_printf (_("Paused by %s."), snug_mover_get_member_name (self));
  if (pause->on)
    snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, by);
  else if (!self->paused_here && self->full_here)
    snug_mover_show_full (self);
  else if (!self->paused_here && snug_mover_is_pumping (self))
    snug_transfer_enter (self->row, SNUG_TRANSFER_RUNNING, NULL);
  else if (!self->paused_here && self->receiver != NULL)
    snug_mover_tell_stopped (self);
}

void
snug_mover_pause (SnugMover *self)
{
  if (!snug_transfer_is_active (self->row) || self->paused_here)
    return;
  self->paused_here = TRUE;
  snug_mover_introduce_nobody (self);
  pause_sender (self);
  leave_others (self);
  snug_mover_say_pause (self, TRUE, FALSE);
  snug_mover_tell_heirs_at_once (self);
  snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, _("Paused."));
}

gboolean
snug_mover_resume (SnugMover *self)
{
  if (snug_transfer_get_state (self->row) != SNUG_TRANSFER_PAUSED || !self->paused_here)
    return FALSE;
  self->paused_here = FALSE;
  pause_sender (self);
  snug_mover_say_pause (self, self->full_here, FALSE);
  snug_mover_tell_heirs_at_once (self);
  if (!snug_mover_is_pumping (self) || self->paused_there)
    return TRUE;
  if (self->full_here)
    snug_mover_show_full (self);
  else
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
    snug_mover_say_plain (self, SNUG_WIRE_FILE_WITHDRAW);
  else
    snug_mover_say_cancel (self, SNUG_WIRE_REASON_USER);
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

  snug_mover_stop_pumps (self, SNUG_INTAKE_KEEP);
  snug_mover_clear_share (self);
  if (self->row != NULL)
    snug_mover_end_look_in_vain (self);
  g_clear_pointer (&self->manifest, g_bytes_unref);
  g_clear_pointer (&self->whole, snug_manifest_unref);
  g_clear_pointer (&self->whole_bytes, g_bytes_unref);
  g_clear_pointer (&self->only, g_bytes_unref);
  g_clear_pointer (&self->contents, snug_manifest_unref);
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
