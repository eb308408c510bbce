/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-outgoing.h"

#include "snug-message-private.h"

SnugOutgoing *
snug_outgoing_new (SnugWireMessage *wire, SnugMessage *message)
{
  SnugOutgoing *self = g_new0 (SnugOutgoing, 1);

  self->wire = wire;
  self->message = g_object_ref (message);
  self->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
snug_outgoing_free (SnugOutgoing *self)
{
  snug_wire_message_free (self->wire);
  g_object_unref (self->message);
  g_hash_table_unref (self->awaited);
  g_free (self);
}

SnugOutgoingStep
snug_outgoing_get_step (SnugOutgoing *self, const char *member_id)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->awaited, member_id));
}

void
snug_outgoing_set_step (SnugOutgoing *self, const char *member_id, SnugOutgoingStep step)
{
  if (step == SNUG_OUTGOING_NOT_AWAITED)
    g_hash_table_remove (self->awaited, member_id);
  else
    g_hash_table_replace (self->awaited, g_strdup (member_id), GUINT_TO_POINTER (step));
}

gboolean
snug_outgoing_is_done (SnugOutgoing *self)
{
  return !self->unaddressed && g_hash_table_size (self->awaited) == 0;
}

static gboolean
is_held_up (gpointer key, gpointer value, gpointer user_data)
{
  return GPOINTER_TO_UINT (value) != SNUG_OUTGOING_SENT;
}

void
snug_outgoing_show (SnugOutgoing *self)
{
  SnugDelivery delivery = SNUG_DELIVERY_SENT;

  if (self->wire->type != SNUG_WIRE_CHAT)
    return;
  if (self->unaddressed || g_hash_table_find (self->awaited, is_held_up, NULL) != NULL)
    delivery = SNUG_DELIVERY_QUEUED;
  else if (g_hash_table_size (self->awaited) == 0)
    delivery = SNUG_DELIVERY_DELIVERED;
  snug_message_set_delivery (self->message, delivery);
}

gboolean
snug_outgoing_is_overtaken (SnugOutgoing *self, SnugOutgoing *later)
{
  if (self == later || self->message != later->message || self->wire->type == SNUG_WIRE_CHAT)
    return FALSE;
  if (later->wire->type == SNUG_WIRE_DELETE)
    return TRUE;
  return self->wire->type == later->wire->type && g_strcmp0 (self->wire->emoji, later->wire->emoji) == 0;
}
