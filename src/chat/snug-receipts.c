/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-receipts.h"

#include "snug-context.h"

/* Ids remembered of each member. */
#define MAX_SEEN 4096
#define CONFIRM_INTERVAL_MS 10

struct _SnugReceipts
{
  /* owned */
  SnugRoom   *room;             /* nullable */
  GHashTable *seen;             /* member id → GHashTable of ids */
  GHashTable *to_confirm;       /* member id → GPtrArray of ids */
  GSource    *confirm_source;   /* nullable */
};

SnugReceipts *
snug_receipts_new (void)
{
  SnugReceipts *self = g_new0 (SnugReceipts, 1);

  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->to_confirm = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
snug_receipts_free (SnugReceipts *self)
{
  snug_receipts_set_room (self, NULL);
  g_hash_table_unref (self->seen);
  g_hash_table_unref (self->to_confirm);
  g_free (self);
}

/* --- confirming ------------------------------------------------------------------------------------ */

static void
send_confirmations (gpointer key, gpointer value, gpointer user_data)
{
  SnugReceipts *self = user_data;
  SnugMember *member = snug_room_find_member (self->room, key);
  GPtrArray *ids = value;
  g_autoptr (SnugWireMessage) received = snug_wire_message_new (SNUG_WIRE_CHAT_RECEIVED);

  received->ids = g_ptr_array_ref (ids);
  if (member != NULL)
    snug_room_send (self->room, member, received);
}

static void
confirm_now (SnugReceipts *self)
{
  if (self->room != NULL)
    g_hash_table_foreach (self->to_confirm, send_confirmations, self);
  g_hash_table_remove_all (self->to_confirm);
}

static gboolean
on_confirm_timer (gpointer user_data)
{
  SnugReceipts *self = user_data;

  if (g_hash_table_size (self->to_confirm) > 0)
    {
      confirm_now (self);
      return G_SOURCE_CONTINUE;
    }
  snug_clear_source (&self->confirm_source);
  return G_SOURCE_REMOVE;
}

/* The first at once, so that its tick does not wait; what comes close behind it goes together. */
static void
confirm_soon (SnugReceipts *self, const char *member_id, const char *id)
{
  GPtrArray *ids = g_hash_table_lookup (self->to_confirm, member_id);

  if (ids == NULL)
    {
      ids = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->to_confirm, g_strdup (member_id), ids);
    }
  g_ptr_array_add (ids, g_strdup (id));

  if (ids->len == SNUG_WIRE_MAX_IDS || self->confirm_source == NULL)
    confirm_now (self);
  if (self->confirm_source == NULL)
    self->confirm_source = snug_context_timeout (g_main_context_get_thread_default (), CONFIRM_INTERVAL_MS,
                                                 on_confirm_timer, self);
}

/* --- remembering ----------------------------------------------------------------------------------- */

static gboolean
remember (SnugReceipts *self, const char *member_id, const char *id)
{
  GHashTable *ids = g_hash_table_lookup (self->seen, member_id);

  if (ids == NULL)
    {
      ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (self->seen, g_strdup (member_id), ids);
    }
  if (g_hash_table_size (ids) >= MAX_SEEN)
    g_hash_table_remove_all (ids);
  return g_hash_table_add (ids, g_strdup (id));
}

gboolean
snug_receipts_add (SnugReceipts *self, SnugMember *member, const char *id)
{
  confirm_soon (self, snug_member_get_id (member), id);
  return remember (self, snug_member_get_id (member), id);
}

void
snug_receipts_forget (SnugReceipts *self, const char *member_id)
{
  g_hash_table_remove (self->seen, member_id);
  g_hash_table_remove (self->to_confirm, member_id);
}

void
snug_receipts_set_room (SnugReceipts *self, SnugRoom *room)
{
  confirm_now (self);
  g_hash_table_remove_all (self->seen);
  snug_clear_source (&self->confirm_source);
  g_set_object (&self->room, room);
}
