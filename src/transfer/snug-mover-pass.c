/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-mover-private.h"

#include <string.h>

#include "snug-choice.h"

/* PROTOCOL.md section 4, "Several holders of one file". */
#define MAX_PASSES 4
/* Who does not ask in that time was told something else meanwhile. */
#define PATIENCE_MS 15000

/* One that may have it from us. */
typedef struct
{
  SnugMover  *mover;       /* borrowed */
  char       *member_id;
  char       *via;
  GSource    *patience;    /* nullable: it has asked */
  gboolean    told;        /* that it may ask */
  gboolean    to_heir;     /* it has asked by itself */
  SnugSender *sender;      /* nullable: it has not asked yet */
} Pass;

static void
pass_free (gpointer data)
{
  Pass *pass = data;

  if (pass->sender != NULL)
    {
      g_signal_handlers_disconnect_by_data (pass->sender, pass);
      snug_sender_stop (pass->sender);
    }
  g_clear_object (&pass->sender);
  snug_clear_source (&pass->patience);
  g_free (pass->member_id);
  g_free (pass->via);
  g_free (pass);
}

static void
say_passing (SnugMover *self, const char *via, gboolean on)
{
  g_autoptr (SnugWireMessage) passing = snug_wire_message_new (SNUG_WIRE_FILE_PASSING);

  passing->via = g_strdup (via);
  passing->on = on;
  snug_mover_say (self, passing);
}

guint
snug_mover_count_passes (SnugMover *self)
{
  return self->share.passes != NULL ? self->share.passes->len : 0;
}

void
snug_mover_let_go_if_unused (SnugMover *self)
{
  if (snug_mover_count_passes (self) == 0 && self->receiver == NULL && !snug_mover_has_heirs (self))
    g_clear_pointer (&self->share.held, snug_offer_unref);
}

static void
remove_pass (SnugMover *self, Pass *pass)
{
  g_ptr_array_remove (self->share.passes, pass);
  snug_mover_let_go_if_unused (self);
}

static gboolean
on_not_asked (gpointer user_data)
{
  Pass *pass = user_data;

  remove_pass (pass->mover, pass);
  return G_SOURCE_REMOVE;
}

static Pass *
find_pass (SnugMover *self, const char *member_id, const char *via)
{
  for (guint i = 0; i < snug_mover_count_passes (self); i++)
    {
      Pass *pass = self->share.passes->pdata[i];

      if (strcmp (pass->member_id, member_id) == 0 && (via == NULL || strcmp (pass->via, via) == 0))
        return pass;
    }
  return NULL;
}

void
snug_mover_end_passes_to (SnugMover *self, const char *member_id)
{
  Pass *pass = find_pass (self, member_id, NULL);

  if (pass != NULL)
    remove_pass (self, pass);
}

void
snug_mover_end_passes (SnugMover *self)
{
  for (guint i = 0; i < snug_mover_count_passes (self); i++)
    {
      Pass *pass = self->share.passes->pdata[i];

      if (!pass->told)
        say_passing (self, pass->via, FALSE);
    }
  if (self->share.passes != NULL)
    g_ptr_array_set_size (self->share.passes, 0);
  g_clear_pointer (&self->share.held, snug_offer_unref);
}

void
snug_mover_end_asked_passes (SnugMover *self)
{
  for (guint i = snug_mover_count_passes (self); i > 0; i--)
    {
      Pass *pass = self->share.passes->pdata[i - 1];

      if (pass->to_heir)
        continue;
      if (!pass->told)
        say_passing (self, pass->via, FALSE);
      remove_pass (self, pass);
    }
}

/* To one that is paused nothing more comes that it could pass on. */
static gboolean
can_pass_to (SnugMover *self, const char *member_id)
{
  SnugMember *member = snug_room_find_member (self->room, member_id);

  return self->started && self->receiver != NULL && !self->pushed && !self->paused_here && !self->full_here
         && strcmp (member_id, snug_transfer_get_member_id (self->row)) != 0
         && member != NULL && snug_room_is_ready (self->room, member)
         && snug_mover_count_passes (self) < MAX_PASSES;
}

static Pass *
add_pass (SnugMover *self, const char *member_id, const char *via)
{
  Pass *pass = g_new0 (Pass, 1);

  if (self->share.passes == NULL)
    self->share.passes = g_ptr_array_new_with_free_func (pass_free);
  *pass = (Pass) { .mover = self, .member_id = g_strdup (member_id), .via = g_strdup (via) };
  g_ptr_array_add (self->share.passes, pass);
  return pass;
}

/* One member has it from us once. */
void
snug_mover_hear_pass (SnugMover *self, const SnugWireMessage *message)
{
  Pass *pass;

  snug_mover_end_passes_to (self, message->peer);
  if (!can_pass_to (self, message->peer))
    {
      say_passing (self, message->via, FALSE);
      return;
    }
  pass = add_pass (self, message->peer, message->via);
  pass->patience = snug_context_timeout (g_main_context_get_thread_default (), PATIENCE_MS, on_not_asked, pass);
  if (self->share.held == NULL)
    snug_receiver_lend (self->receiver);
  else
    snug_mover_pass_on (self, self->share.checked);
}

/* Nobody may want it any more. */
void
snug_mover_on_lent (SnugReceiver *receiver, SnugOffer *part, SnugMover *self)
{
  if (self->share.held != NULL || (snug_mover_count_passes (self) == 0 && !snug_mover_has_heirs (self)))
    return;
  self->share.held = snug_offer_ref (part);
}

void
snug_mover_pass_on (SnugMover *self, guint64 n_bytes)
{
  self->share.checked = n_bytes;
  for (guint i = 0; i < snug_mover_count_passes (self); i++)
    {
      Pass *pass = self->share.passes->pdata[i];

      if (pass->sender != NULL)
        snug_sender_let_read (pass->sender, n_bytes);
      if (self->share.held != NULL && !pass->told)
        say_passing (self, pass->via, TRUE);
      pass->told |= self->share.held != NULL;
    }
}

static void
on_pass_ended (SnugSender *sender, GError *error, Pass *pass)
{
  g_debug ("%s has it no longer from here: %s", pass->member_id, error->message);
  remove_pass (pass->mover, pass);
}

static void
refuse (SnugMover *self, SnugMember *member, const char *via, const char *reason)
{
  g_autoptr (SnugWireMessage) cancel = snug_wire_message_new (SNUG_WIRE_FILE_CANCEL);

  cancel->id = g_strdup (via);
  cancel->reason = g_strdup (reason);
  snug_room_send (self->room, member, cancel);
}

/* What was here before we asked for it ourselves may be somebody else's, and goes to nobody. Of a file without bytes
 * there is nothing to have. */
static gboolean
is_held (SnugMover *self, SnugManifest *wanted, const SnugPlace *from)
{
  SnugOffer *held = self->share.held;

  if (from->entry == SNUG_WIRE_ENTRY_MANIFEST)
    return held->is_folder && from->offset == 0 && self->share.held_from == 0;
  return snug_manifest_is_chosen (wanted, from->entry)
         && from->offset <= snug_manifest_get (wanted, from->entry)->size
         && (snug_manifest_is_chosen (held->manifest, from->entry) || snug_manifest_get (wanted, from->entry)->size == 0)
         && snug_piece_map_bytes_at (held->map, from) >= self->share.held_from;
}

/* Returns: (transfer full) (nullable): what can be sent of what @get asks for: %NULL if it is not to be had here */
static SnugManifest *
choose_held (SnugMover *self, const SnugWireMessage *get)
{
  SnugOffer *held = self->share.held;
  const SnugPlace from = { get->from_entry, get->from_offset };
  g_autoptr (SnugManifest) wanted = NULL;

  if (get->only != NULL && (!held->is_folder || snug_manifest_only_none (get->only)))
    return NULL;
  wanted = snug_manifest_choose (held->manifest, get->only);
  return wanted != NULL && is_held (self, wanted, &from) ? snug_choice_cut (held->manifest, wanted, &from) : NULL;
}

/* The one who offers it has named the two of us to each other: nobody need be asked. Returns: (nullable): not now */
static Pass *
pass_to_heir (SnugMover *self, const char *member_id, const char *via)
{
  Pass *pass;

  snug_mover_end_passes_to (self, member_id);
  if (self->share.held == NULL && self->receiver != NULL)
    snug_receiver_lend (self->receiver);
  if (self->share.held == NULL || snug_mover_count_passes (self) >= MAX_PASSES)
    return NULL;
  pass = add_pass (self, member_id, via);
  pass->told = TRUE;
  pass->to_heir = TRUE;
  return pass;
}

static void
send_pass (SnugMover *self, SnugMember *member, Pass *pass, const SnugWireMessage *get, SnugManifest *chosen)
{
  const SnugPlace from = { get->from_entry, get->from_offset };

  snug_clear_source (&pass->patience);
  pass->sender = snug_sender_new (self->network, self->share.held, chosen, &from, NULL);
  g_signal_connect (pass->sender, "ended", G_CALLBACK (on_pass_ended), pass);
  snug_sender_let_read (pass->sender, self->share.checked);
  snug_sender_start (pass->sender, snug_room_get_link (self->room, member), pass->via);
}

gboolean
snug_mover_hear_via_get (SnugMover *self, SnugMember *member, const SnugWireMessage *get)
{
  const char *member_id = snug_member_get_id (member);
  gboolean is_heir = snug_mover_is_heir (self, member_id, get->id);
  Pass *pass = is_heir ? pass_to_heir (self, member_id, get->id) : find_pass (self, member_id, get->id);
  g_autoptr (SnugManifest) chosen = NULL;

  if (pass == NULL && is_heir)
    refuse (self, member, get->id, SNUG_WIRE_REASON_STALLED);
  if (pass == NULL)
    return is_heir;
  if (pass->told && pass->sender == NULL)
    chosen = choose_held (self, get);
  if (chosen != NULL)
    {
      send_pass (self, member, pass, get, chosen);
      return TRUE;
    }
  refuse (self, member, get->id, SNUG_WIRE_REASON_BAD_REQUEST);
  remove_pass (self, pass);
  return TRUE;
}

gboolean
snug_mover_hear_via_pause (SnugMover *self, SnugMember *member, const SnugWireMessage *pause)
{
  Pass *pass = find_pass (self, snug_member_get_id (member), pause->id);

  if (pass != NULL && pass->sender != NULL)
    snug_sender_set_paused (pass->sender, pause->on);
  return pass != NULL;
}

gboolean
snug_mover_hear_via_cancel (SnugMover *self, SnugMember *member, const SnugWireMessage *cancel)
{
  const char *member_id = snug_member_get_id (member);
  Pass *pass = find_pass (self, member_id, cancel->id);
  gboolean is_holder = self->receiver != NULL && g_strcmp0 (self->share.holder, member_id) == 0
                       && g_strcmp0 (self->share.via, cancel->id) == 0;

  if (pass != NULL)
    remove_pass (self, pass);
  if (is_holder)
    {
      snug_mover_hear_heir_refuse (self, member_id, cancel->reason);
      snug_mover_leave_holder (self);
    }
  return pass != NULL || is_holder;
}

void
snug_mover_clear_share (SnugMover *self)
{
  snug_mover_let_go_of_holder (self);
  snug_mover_end_passes (self);
  snug_mover_stop_seeking (self);
  g_clear_pointer (&self->share.passes, g_ptr_array_unref);
  g_clear_pointer (&self->share.heirs, g_ptr_array_unref);
  g_clear_pointer (&self->share.named, g_hash_table_unref);
  g_clear_pointer (&self->share.unsaid, g_bytes_unref);
  g_clear_pointer (&self->share.map, snug_piece_map_free);
  g_clear_pointer (&self->share.chosen, snug_manifest_unref);
  g_clear_pointer (&self->share.get, snug_wire_message_free);
  g_clear_pointer (&self->share.not_from, g_ptr_array_unref);
}
