/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfers-private.h"

#include <glib/gi18n-lib.h>

#include "snug-transfer-private.h"

/* While nobody is there an offer stands as a row to nobody. */
static SnugMover *
row_to_nobody (SnugTransfers *self, SnugOffer *offer)
{
  return snug_transfers_find (self, SNUG_TRANSFER_OUT, "", offer->wire_id);
}

void
snug_transfers_offer_to (SnugTransfers *self, SnugOffer *offer, SnugMember *member)
{
  SnugMover *mover = snug_transfers_find (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), offer->wire_id);
  SnugMover *nobody = row_to_nobody (self, offer);

  if (nobody != NULL && !snug_mover_is_standing (nobody))
    return;
  if (mover == NULL)
    mover = snug_transfers_add (self, snug_mover_new_out (self->room, self->network, offer, member));
  if (nobody != NULL)
    snug_transfers_remove (self, nobody);
  if (snug_mover_is_standing (mover))
    snug_mover_say_offer (mover);
}

/* They cannot be reached now. */
static void
offer_later (SnugTransfers *self, SnugOffer *offer, SnugMember *member)
{
  SnugMover *mover = snug_transfers_add (self, snug_mover_new_out (self->room, self->network, offer, member));
  g_autofree char *reason = g_strdup_printf (_("It is offered as soon as %s can be reached."),
                                             snug_member_get_display_name (member));

  snug_transfer_enter (snug_mover_get_row (mover), SNUG_TRANSFER_OFFERED, reason);
}

static void
add_offer (SnugTransfers *self, SnugOffer *offer)
{
  GListModel *members = snug_room_get_members (self->room);
  guint n_before = self->movers->len;

  g_ptr_array_add (self->offers, snug_offer_ref (offer));
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (!snug_offer_is_for (offer, snug_member_get_id (member)))
        continue;
      if (snug_room_is_ready (self->room, member))
        snug_transfers_offer_to (self, offer, member);
      else
        offer_later (self, offer, member);
    }
  if (self->movers->len == n_before)
    snug_transfers_add (self, snug_mover_new_out (self->room, self->network, offer, NULL));
  snug_transfers_tell_offering (self, snug_mover_get_row (self->movers->pdata[n_before]));
}

static void
on_looked_at (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SnugTransfers *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (SnugOffer) offer = snug_offer_new_finish (result, &error);

  if (offer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->room == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("Files can be sent in a room only."));
      return;
    }
  add_offer (self, offer);
  g_task_return_boolean (task, TRUE);
}

void
snug_transfers_offer_async (SnugTransfers *self, GFile *file, const char *const *member_ids,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_transfers_offer_async);
  snug_offer_new_async (file, member_ids, on_looked_at, task);
}

void
snug_transfers_offer_again_async (SnugTransfers *self, SnugTransfer *transfer, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GFile *file = snug_transfer_get_file (transfer);
  const char *const member_ids[] = { snug_transfer_get_member_id (transfer), NULL };
  gboolean to_everybody = *member_ids[0] == '\0';
  GTask *task;

  if (file != NULL && snug_transfer_get_direction (transfer) == SNUG_TRANSFER_OUT && snug_transfer_is_finished (transfer)
      && self->room != NULL && (to_everybody || snug_room_find_member (self->room, member_ids[0]) != NULL))
    {
      snug_transfers_offer_async (self, file, to_everybody ? NULL : member_ids, callback,
                                  user_data);
      return;
    }
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, snug_transfers_offer_async);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, _("%s is not in the room."),
                           snug_transfer_get_member_name (transfer));
  g_object_unref (task);
}

gboolean
snug_transfers_offer_finish (SnugTransfers *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  SnugTransfers *self;     /* owned */
  SnugMover     *mover;    /* owned */
} Anew;

static void
on_looked_at_anew (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Anew *anew = user_data;
  g_autoptr (SnugTransfers) self = anew->self;
  g_autoptr (SnugMover) mover = anew->mover;
  g_autoptr (SnugOffer) offer = snug_offer_new_finish (result, NULL);

  if (offer != NULL && self->room != NULL && snug_mover_is_standing (mover))
    {
      offer->is_anew = TRUE;
      add_offer (self, offer);
    }
  snug_mover_end_changed (mover);
}

/* Once: what changes all the time is not offered again and again. The new offer goes first, so that who
 * waits for the file knows that it still comes. */
void
snug_transfers_offer_anew (SnugTransfers *self, SnugMover *mover)
{
  SnugOffer *offer = snug_mover_get_offer (mover);
  const char *const member_ids[] = { snug_transfer_get_member_id (snug_mover_get_row (mover)), NULL };
  Anew *anew;

  if (offer->is_anew)
    {
      snug_mover_end_changed (mover);
      return;
    }
  anew = g_new (Anew, 1);
  *anew = (Anew) { g_object_ref (self), g_object_ref (mover) };
  snug_offer_new_async (offer->file, member_ids, on_looked_at_anew, anew);
}

static void
refuse_get (SnugTransfers *self, SnugMember *member, const char *wire_id)
{
  g_autoptr (SnugWireMessage) cancel = snug_wire_message_new (SNUG_WIRE_FILE_CANCEL);

  cancel->id = g_strdup (wire_id);
  cancel->reason = g_strdup (SNUG_WIRE_REASON_BAD_REQUEST);
  snug_room_send (self->room, member, cancel);
}

/* One that runs already may be asked for again. */
static gboolean
has_a_place (SnugTransfers *self, SnugMover *mover, SnugMember *member)
{
  return snug_mover_is_pumping (mover)
         || snug_transfers_count (self, SNUG_TRANSFER_OUT, snug_member_get_id (member), snug_mover_is_pumping)
              < SNUG_TRANSFERS_MAX_RUNNING;
}

void
snug_transfers_handle_get (SnugRoom *room, SnugMember *member, SnugWireMessage *get, gpointer user_data)
{
  SnugTransfers *self = user_data;
  SnugMover *mover = snug_transfers_find_standing (self, SNUG_TRANSFER_OUT, member, get->id);

  if (mover == NULL && snug_transfers_hear_via (self, member, get))
    return;
  if (mover == NULL || !snug_mover_is_in (mover, get) || !has_a_place (self, mover, member))
    refuse_get (self, member, get->id);
  else
    snug_transfers_answer_get (self, mover, get);
}

void
snug_transfers_handle_done (SnugRoom *room, SnugMember *member, SnugWireMessage *done, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find_standing (user_data, SNUG_TRANSFER_OUT, member, done->id);

  if (mover == NULL)
    return;
  snug_transfers_believe_done (user_data, mover);
  snug_mover_hear_done (mover, done);
}

void
snug_transfers_handle_decline (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find (user_data, SNUG_TRANSFER_OUT, snug_member_get_id (member), message->id);

  if (mover != NULL)
    snug_mover_finish (mover, SNUG_TRANSFER_DECLINED, NULL);
}
