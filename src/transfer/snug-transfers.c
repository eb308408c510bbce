/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfers-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-transfer-private.h"

/* PROTOCOL.md section 4, limits. */
#define MAX_STANDING_OFFERS 200
/* Rows of a member's offers that came to nothing: of more, the oldest are forgotten. */
#define MAX_IN_VAIN 50
/* Bytes of a member's files that come unasked and are kept until somebody decides. */
#define MAX_UNDECIDED_BYTES (1024 * 1024 * 1024)

G_DEFINE_FINAL_TYPE (SnugTransfers, snug_transfers, G_TYPE_OBJECT)

enum
{
  OFFERED,
  OFFERING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- looking up ------------------------------------------------------------------------------------ */

static gboolean
is_with (SnugMover *mover, const char *member_id)
{
  return strcmp (snug_transfer_get_member_id (snug_mover_get_row (mover)), member_id) == 0;
}

static gboolean
goes (SnugMover *mover, SnugTransferDirection direction)
{
  return snug_transfer_get_direction (snug_mover_get_row (mover)) == direction;
}

static SnugMover *
mover_of (SnugTransfers *self, SnugTransfer *row)
{
  for (guint i = 0; i < self->movers->len; i++)
    if (snug_mover_get_row (self->movers->pdata[i]) == row)
      return self->movers->pdata[i];
  return NULL;
}

SnugMover *
snug_transfers_find (SnugTransfers *self, SnugTransferDirection direction, const char *member_id, const char *wire_id)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (goes (mover, direction) && is_with (mover, member_id)
          && strcmp (snug_transfer_get_wire_id (snug_mover_get_row (mover)), wire_id) == 0)
        return mover;
    }
  return NULL;
}

SnugMover *
snug_transfers_find_standing (SnugTransfers *self, SnugTransferDirection direction, SnugMember *member,
                              const char *wire_id)
{
  SnugMover *mover = snug_transfers_find (self, direction, snug_member_get_id (member), wire_id);

  return mover != NULL && snug_mover_is_standing (mover) ? mover : NULL;
}

guint
snug_transfers_count (SnugTransfers *self, SnugTransferDirection direction, const char *member_id,
                      gboolean (*counts) (SnugMover *mover))
{
  guint n = 0;

  for (guint i = 0; i < self->movers->len; i++)
    n += goes (self->movers->pdata[i], direction) && is_with (self->movers->pdata[i], member_id)
         && counts (self->movers->pdata[i]);
  return n;
}

/* --- whose turn it is ------------------------------------------------------------------------------ */

/* Another member's transfer of the same, which stands in the way: it was killed and came back as somebody
 * else, or two offer the same. Returns: nullable */
static SnugMover *
find_former (SnugTransfers *self, SnugMover *mover)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *former = self->movers->pdata[i];

      if (former == mover)
        return NULL;
      if (goes (former, SNUG_TRANSFER_IN) && snug_mover_can_follow (mover, former))
        return former;
    }
  return NULL;
}

static void
start (SnugTransfers *self, SnugMover *mover)
{
  const char *member_id = snug_transfer_get_member_id (snug_mover_get_row (mover));
  SnugMover *former = goes (mover, SNUG_TRANSFER_IN) ? find_former (self, mover) : NULL;

  /* While the former one runs, this one waits: it is started when that has stopped. */
  if (former != NULL && !snug_mover_is_lost (former))
    {
      snug_mover_give_up_waiting (former);
      return;
    }
  if (former != NULL)
    snug_mover_follow (mover, former);
  if (snug_mover_is_pushed (mover)
      || snug_transfers_count (self, SNUG_TRANSFER_IN, member_id, snug_mover_is_pumping) < SNUG_TRANSFERS_MAX_RUNNING)
    snug_mover_start (mover);
}

/* Accepted transfers of a member that wait for their turn, or for the member. */
static void
start_waiting (SnugTransfers *self, const char *member_id)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (is_with (mover, member_id) && snug_transfer_is_active (snug_mover_get_row (mover)))
        start (self, mover);
    }
}

/* Those that would follow it, whoever offers them. */
static void
start_followers (SnugTransfers *self, SnugMover *former)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (goes (mover, SNUG_TRANSFER_IN) && snug_transfer_is_active (snug_mover_get_row (mover))
          && snug_mover_is_same (mover, former))
        start (self, mover);
    }
}

static void
update_transferring (SnugTransfers *self)
{
  gboolean on = FALSE;

  for (guint i = 0; i < self->movers->len; i++)
    on |= snug_mover_is_pumping (self->movers->pdata[i]);
  if (self->room != NULL)
    snug_room_set_transferring (self->room, on);
}

static void
on_stopped (SnugMover *mover, SnugTransfers *self)
{
  /* Who offers the same and is there comes before those who have it from somebody who is not. */
  if (snug_mover_is_orphaned (mover))
    start_followers (self, mover);
  start_waiting (self, snug_transfer_get_member_id (snug_mover_get_row (mover)));
  start_followers (self, mover);
  snug_transfers_keep_few (self);
}

static void
on_bytes (SnugTransfer *row, GParamSpec *pspec, SnugTransfers *self)
{
  SnugMover *mover = mover_of (self, row);
  SnugOffer *offer = mover != NULL ? snug_mover_get_offer (mover) : NULL;

  if (offer != NULL)
    snug_transfers_on_progress (self, offer);
}

static void
on_changed (SnugMover *mover, SnugTransfers *self)
{
  snug_transfers_offer_anew (self, mover);
}

SnugMover *
snug_transfers_add (SnugTransfers *self, SnugMover *mover)
{
  g_signal_connect (mover, "stopped", G_CALLBACK (on_stopped), self);
  g_signal_connect_object (snug_mover_get_row (mover), "notify::state", G_CALLBACK (update_transferring), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (snug_mover_get_row (mover), "notify::bytes", G_CALLBACK (on_bytes), self, (GConnectFlags) 0);
  g_signal_connect (mover, "changed", G_CALLBACK (on_changed), self);
  g_ptr_array_add (self->movers, mover);
  g_list_store_append (self->rows, snug_mover_get_row (mover));
  return mover;
}

void
snug_transfers_remove (SnugTransfers *self, SnugMover *mover)
{
  guint position;

  if (g_list_store_find (self->rows, snug_mover_get_row (mover), &position))
    g_list_store_remove (self->rows, position);
  g_signal_handlers_disconnect_by_data (mover, self);
  g_ptr_array_remove (self->movers, mover);
}

/* --- offers of others ------------------------------------------------------------------------------ */

/* Returns: %NULL with @error if it is not a member's offer that waits for us. */
static SnugMover *
offered_mover_of (SnugTransfers *self, SnugTransfer *transfer, GError **error)
{
  SnugMover *mover = mover_of (self, transfer);

  if (mover != NULL && goes (mover, SNUG_TRANSFER_IN)
      && snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED)
    return mover;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("This file is no longer offered."));
  return NULL;
}

void
snug_transfers_look_into_async (SnugTransfers *self, SnugTransfer *transfer, GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  SnugMover *mover = mover_of (self, transfer);

  g_task_set_source_tag (task, snug_transfers_look_into_async);
  if (mover == NULL)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("This file is no longer offered."));
  else if (!snug_transfer_is_folder (transfer))
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY, _("This is not a folder."));
  if (error == NULL)
    {
      snug_mover_look_into (mover, task);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

GListModel *
snug_transfers_look_into_finish (SnugTransfers *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
snug_transfers_accept (SnugTransfers *self, SnugTransfer *transfer, GFile *folder, SnugSinkConflict conflict,
                       GBytes *only, GError **error)
{
  SnugMover *mover = offered_mover_of (self, transfer, error);

  if (mover == NULL || !snug_sink_check_folder (folder, snug_mover_count_missing (mover, folder, only), error))
    return FALSE;
  snug_mover_accept (mover, folder, conflict, only);
  start (self, mover);
  return TRUE;
}

static guint64
n_undecided_bytes (SnugTransfers *self, const char *member_id)
{
  guint64 n_bytes = 0;

  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];
      SnugTransfer *row = snug_mover_get_row (mover);

      if (snug_mover_is_pushed (mover) && snug_transfer_get_state (row) == SNUG_TRANSFER_OFFERED
          && is_with (mover, member_id))
        n_bytes += MIN (snug_transfer_get_size (row), MAX_UNDECIDED_BYTES + 1);
    }
  return n_bytes;
}

static void
keep_aside (SnugTransfers *self, SnugMover *mover)
{
  const char *member_id = snug_transfer_get_member_id (snug_mover_get_row (mover));

  if (n_undecided_bytes (self, member_id) <= MAX_UNDECIDED_BYTES)
    snug_mover_keep_aside (mover);
  else
    snug_mover_decline (mover, SNUG_TRANSFER_FAILED,
                        _("It was too large to be kept until somebody decides. Ask for it again, and accept it at once."));
  update_transferring (self);
}

static void
decline_offer (SnugTransfers *self, SnugMember *member, const char *wire_id)
{
  g_autoptr (SnugWireMessage) decline = snug_wire_message_new (SNUG_WIRE_FILE_DECLINE);

  decline->id = g_strdup (wire_id);
  snug_room_send (self->room, member, decline);
}

static gboolean
was_in_vain (SnugMover *mover)
{
  return !snug_mover_is_standing (mover)
         && snug_transfer_get_state (snug_mover_get_row (mover)) != SNUG_TRANSFER_DONE;
}

/* Who offers and withdraws without end fills nobody's memory. */
static void
forget_in_vain (SnugTransfers *self, const char *member_id)
{
  guint n_over = snug_transfers_count (self, SNUG_TRANSFER_IN, member_id, was_in_vain);

  for (guint i = 0; i < self->movers->len && n_over >= MAX_IN_VAIN; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (!goes (mover, SNUG_TRANSFER_IN) || !is_with (mover, member_id) || !was_in_vain (mover))
        continue;
      snug_transfers_remove (self, mover);
      i--;
      n_over--;
    }
}

static void
handle_offer (SnugRoom *room, SnugMember *member, SnugWireMessage *offer, gpointer user_data)
{
  SnugTransfers *self = user_data;
  const char *member_id = snug_member_get_id (member);
  g_autoptr (SnugTransfer) row = NULL;
  SnugMover *mover;

  /* The same offer again, after a break. */
  if (snug_transfers_find (self, SNUG_TRANSFER_IN, member_id, offer->id) != NULL)
    return;
  if (snug_transfers_count (self, SNUG_TRANSFER_IN, member_id, snug_mover_is_standing) >= MAX_STANDING_OFFERS)
    {
      g_debug ("%s offers too much", member_id);
      if (offer->pushed)
        decline_offer (self, member, offer->id);
      return;
    }
  if (offer->kind == SNUG_WIRE_KIND_FOLDER
      && (offer->manifest == NULL || offer->manifest_size > SNUG_MANIFEST_MAX_BYTES))
    {
      decline_offer (self, member, offer->id);
      return;
    }

  forget_in_vain (self, member_id);
  mover = snug_transfers_add (self, snug_mover_new_in (room, self->network, member, offer));
  row = g_object_ref (snug_mover_get_row (mover));
  g_signal_emit (self, signals[OFFERED], 0, row);

  /* Whoever heard of it may have decided already. */
  mover = mover_of (self, row);
  if (mover != NULL && snug_mover_is_pushed (mover) && snug_transfer_get_state (row) == SNUG_TRANSFER_OFFERED)
    keep_aside (self, mover);
}

static void
handle_withdraw (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find_standing (user_data, SNUG_TRANSFER_IN, member, message->id);

  if (mover != NULL)
    snug_mover_finish (mover, SNUG_TRANSFER_CANCELLED, _("It is no longer offered."));
}

void
snug_transfers_tell_offering (SnugTransfers *self, SnugTransfer *row)
{
  g_signal_emit (self, signals[OFFERING], 0, row);
}

/* --- both ways ------------------------------------------------------------------------------------- */

static SnugMover *
find_either_way (SnugTransfers *self, SnugMember *member, const char *wire_id)
{
  SnugMover *mover = snug_transfers_find (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), wire_id);

  if (mover == NULL)
    mover = snug_transfers_find (self, SNUG_TRANSFER_IN, snug_member_get_id (member), wire_id);
  return mover != NULL && snug_mover_is_standing (mover) ? mover : NULL;
}

static void
handle_cancel (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugMover *mover = find_either_way (user_data, member, message->id);

  if (mover != NULL)
    snug_mover_hear_cancel (mover, message);
  else
    snug_transfers_hear_via (user_data, member, message);
}

static void
handle_pause (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugMover *mover = find_either_way (user_data, member, message->id);

  if (mover != NULL)
    snug_mover_hear_pause (mover, message);
  else
    snug_transfers_hear_via (user_data, member, message);
}

void
snug_transfers_pause (SnugTransfers *self, SnugTransfer *transfer)
{
  SnugMover *mover = mover_of (self, transfer);

  if (mover != NULL)
    snug_mover_pause (mover);
}

void
snug_transfers_resume (SnugTransfers *self, SnugTransfer *transfer)
{
  SnugMover *mover = mover_of (self, transfer);

  if (mover != NULL && snug_mover_resume (mover))
    start (self, mover);
}

void
snug_transfers_decline (SnugTransfers *self, SnugTransfer *transfer)
{
  SnugMover *mover = mover_of (self, transfer);

  if (mover != NULL && goes (mover, SNUG_TRANSFER_IN)
      && snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED)
    snug_mover_decline (mover, SNUG_TRANSFER_DECLINED, NULL);
}

void
snug_transfers_cancel (SnugTransfers *self, SnugTransfer *transfer)
{
  SnugMover *mover = mover_of (self, transfer);

  if (mover != NULL)
    snug_mover_cancel (mover);
}

void
snug_transfers_forget (SnugTransfers *self, SnugTransfer *transfer)
{
  SnugMover *mover = mover_of (self, transfer);

  if (mover != NULL && snug_transfer_is_finished (transfer))
    snug_transfers_remove (self, mover);
}

/* --- members --------------------------------------------------------------------------------------- */

static void
on_member_ready (SnugRoom *room, SnugMember *member, SnugTransfers *self)
{
  for (guint i = 0; i < self->offers->len; i++)
    {
      SnugOffer *offer = self->offers->pdata[i];
      if (snug_offer_is_for (offer, snug_member_get_id (member)))
        snug_transfers_offer_to (self, offer, member);
    }
  snug_transfers_heir_found (self, snug_member_get_id (member));
  start_waiting (self, snug_member_get_id (member));
}

static void
on_member_lost (SnugRoom *room, SnugMember *member, SnugTransfers *self)
{
  g_autofree char *reason = g_strdup_printf (_("The connection to %s was lost."), snug_member_get_display_name (member));

  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];
      SnugTransfer *row = snug_mover_get_row (mover);

      if (is_with (mover, snug_member_get_id (member)) && snug_transfer_is_active (row))
        {
          snug_transfer_enter (row, SNUG_TRANSFER_PAUSED, reason);
          snug_mover_leave_holder (mover);
          snug_mover_end_asked_passes (mover);
          start_followers (self, mover);
          snug_mover_lose_offerer (mover);
        }
    }
  snug_transfers_heir_lost (self, snug_member_get_id (member));
  snug_transfers_holder_gone (self, snug_member_get_id (member));
}

static void
on_member_left (SnugRoom *room, SnugMember *member, SnugTransfers *self)
{
  g_autofree char *reason = g_strdup_printf (_("%s has left."), snug_member_get_display_name (member));

  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];
      gboolean offered = snug_transfer_get_state (snug_mover_get_row (mover)) == SNUG_TRANSFER_OFFERED;

      if (snug_mover_is_standing (mover) && is_with (mover, snug_member_get_id (member))
          && !snug_mover_lose_offerer (mover))
        snug_mover_leave (mover, offered ? SNUG_TRANSFER_CANCELLED : SNUG_TRANSFER_FAILED, reason);
    }
  snug_transfers_heir_left (self, snug_member_get_id (member));
  snug_transfers_holder_gone (self, snug_member_get_id (member));
}

/* --- the object ------------------------------------------------------------------------------------ */

GListModel *
snug_transfers_get_list (SnugTransfers *self)
{
  return G_LIST_MODEL (self->rows);
}

static const struct
{
  SnugWireType    type;
  SnugRoomHandler handler;
} handled[] = {
  { SNUG_WIRE_FILE_OFFER, handle_offer },
  { SNUG_WIRE_FILE_WITHDRAW, handle_withdraw },
  { SNUG_WIRE_FILE_DECLINE, snug_transfers_handle_decline },
  { SNUG_WIRE_FILE_GET, snug_transfers_handle_get },
  { SNUG_WIRE_FILE_DONE, snug_transfers_handle_done },
  { SNUG_WIRE_FILE_PAUSE, handle_pause },
  { SNUG_WIRE_FILE_CANCEL, handle_cancel },
};

static void
forget_movers (SnugTransfers *self)
{
  for (guint i = 0; i < self->movers->len; i++)
    g_signal_handlers_disconnect_by_data (self->movers->pdata[i], self);
  g_ptr_array_set_size (self->movers, 0);
}

void
snug_transfers_leave_room (SnugTransfers *self, const char *reason)
{
  if (self->room == NULL)
    return;
  for (guint i = 0; i < self->movers->len; i++)
    if (snug_mover_is_standing (self->movers->pdata[i]))
      snug_mover_leave (self->movers->pdata[i], SNUG_TRANSFER_CANCELLED, reason);
  for (guint i = 0; i < self->movers->len; i++)
    {
      snug_mover_end_passes (self->movers->pdata[i]);
      snug_mover_disinherit (self->movers->pdata[i]);
    }
  snug_transfers_hear_of_holders (self, FALSE);
  snug_transfers_hear_of_heirs (self, FALSE);
  g_signal_handlers_disconnect_by_data (self->room, self);
  for (gsize i = 0; i < G_N_ELEMENTS (handled); i++)
    snug_room_set_handler (self->room, handled[i].type, NULL, NULL);
  g_clear_object (&self->room);
  g_clear_pointer (&self->network, g_main_context_unref);
}

void
snug_transfers_set_room (SnugTransfers *self, SnugRoom *room, GMainContext *network)
{
  snug_transfers_leave_room (self, _("The room was left."));
  if (room == NULL)
    return;

  g_list_store_remove_all (self->rows);
  forget_movers (self);
  g_ptr_array_set_size (self->offers, 0);

  self->room = g_object_ref (room);
  self->network = g_main_context_ref (network);
  for (gsize i = 0; i < G_N_ELEMENTS (handled); i++)
    snug_room_set_handler (room, handled[i].type, handled[i].handler, self);
  snug_transfers_hear_of_holders (self, TRUE);
  snug_transfers_hear_of_heirs (self, TRUE);
  g_signal_connect (room, "member-ready", G_CALLBACK (on_member_ready), self);
  g_signal_connect (room, "member-lost", G_CALLBACK (on_member_lost), self);
  g_signal_connect (room, "member-left", G_CALLBACK (on_member_left), self);
}

SnugTransfers *
snug_transfers_new (void)
{
  return g_object_new (SNUG_TYPE_TRANSFERS, NULL);
}

static void
snug_transfers_dispose (GObject *object)
{
  snug_transfers_leave_room (SNUG_TRANSFERS (object), _("The room was left."));
  forget_movers (SNUG_TRANSFERS (object));
  G_OBJECT_CLASS (snug_transfers_parent_class)->dispose (object);
}

static void
snug_transfers_finalize (GObject *object)
{
  SnugTransfers *self = SNUG_TRANSFERS (object);

  g_clear_pointer (&self->movers, g_ptr_array_unref);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_object (&self->rows);
  G_OBJECT_CLASS (snug_transfers_parent_class)->finalize (object);
}

static void
snug_transfers_class_init (SnugTransfersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_transfers_dispose;
  object_class->finalize = snug_transfers_finalize;

  signals[OFFERED] = g_signal_new ("offered", SNUG_TYPE_TRANSFERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
  signals[OFFERING] = g_signal_new ("offering", SNUG_TYPE_TRANSFERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
}

static void
snug_transfers_init (SnugTransfers *self)
{
  self->rows = g_list_store_new (SNUG_TYPE_TRANSFER);
  self->movers = g_ptr_array_new_with_free_func (g_object_unref);
  self->offers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_offer_unref);
}
