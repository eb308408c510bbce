/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-history.h"

#include <string.h>

#include "snug-message-private.h"

struct _SnugHistory
{
  GListStore *messages;
  GHashTable *by_sender;     /* "sender/id" → SnugMessage, borrowed from the list */
  GHashTable *by_id;         /* id → SnugMessage, the same */
  gsize       n_text_bytes;
};

/* Ids of members hold no slash. */
static char *
key_of (const char *sender_id, const char *id)
{
  return g_strconcat (sender_id, "/", id, NULL);
}

static void
enter_in_index (SnugHistory *self, SnugMessage *message)
{
  const char *id = snug_message_get_id (message);

  if (*id == '\0')
    return;
  g_hash_table_insert (self->by_sender, key_of (snug_message_get_sender_id (message), id), message);
  if (!g_hash_table_contains (self->by_id, id))
    g_hash_table_insert (self->by_id, g_strdup (id), message);
}

static void
strike_from_index (SnugHistory *self, SnugMessage *message)
{
  const char *id = snug_message_get_id (message);
  g_autofree char *key = key_of (snug_message_get_sender_id (message), id);

  if (g_hash_table_lookup (self->by_sender, key) == message)
    g_hash_table_remove (self->by_sender, key);
  if (g_hash_table_lookup (self->by_id, id) == message)
    g_hash_table_remove (self->by_id, id);
}

static void
drop_oldest (SnugHistory *self)
{
  g_autoptr (SnugMessage) oldest = g_list_model_get_item (G_LIST_MODEL (self->messages), 0);

  strike_from_index (self, oldest);
  self->n_text_bytes -= strlen (snug_message_get_text (oldest));
  g_list_store_remove (self->messages, 0);
}

/* The newest stays, however long it is. */
static void
trim (SnugHistory *self)
{
  guint n;

  while ((n = g_list_model_get_n_items (G_LIST_MODEL (self->messages))) > 1
         && (n > SNUG_HISTORY_MAX_MESSAGES || self->n_text_bytes > SNUG_HISTORY_MAX_TEXT_BYTES))
    drop_oldest (self);
}

void
snug_history_append (SnugHistory *self, SnugMessage *message)
{
  self->n_text_bytes += strlen (snug_message_get_text (message));
  enter_in_index (self, message);
  g_list_store_append (self->messages, message);
  trim (self);
}

void
snug_history_clear (SnugHistory *self)
{
  g_hash_table_remove_all (self->by_sender);
  g_hash_table_remove_all (self->by_id);
  self->n_text_bytes = 0;
  g_list_store_remove_all (self->messages);
}

static gboolean
is_kept (SnugHistory *self, SnugMessage *message)
{
  return snug_history_find (self, snug_message_get_sender_id (message), snug_message_get_id (message)) == message;
}

void
snug_history_edit (SnugHistory *self, SnugMessage *message, const char *text)
{
  if (is_kept (self, message))
    self->n_text_bytes += strlen (text) - strlen (snug_message_get_text (message));
  snug_message_edit (message, text);
  trim (self);
}

void
snug_history_delete (SnugHistory *self, SnugMessage *message)
{
  if (is_kept (self, message))
    self->n_text_bytes -= strlen (snug_message_get_text (message));
  snug_message_delete (message);
}

SnugMessage *
snug_history_find (SnugHistory *self, const char *sender_id, const char *id)
{
  g_autofree char *key = key_of (sender_id, id);

  return g_hash_table_lookup (self->by_sender, key);
}

SnugMessage *
snug_history_find_any (SnugHistory *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

GListModel *
snug_history_get_messages (SnugHistory *self)
{
  return G_LIST_MODEL (self->messages);
}

SnugHistory *
snug_history_new (void)
{
  SnugHistory *self = g_new0 (SnugHistory, 1);

  self->messages = g_list_store_new (SNUG_TYPE_MESSAGE);
  self->by_sender = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
snug_history_free (SnugHistory *self)
{
  g_object_unref (self->messages);
  g_hash_table_unref (self->by_sender);
  g_hash_table_unref (self->by_id);
  g_free (self);
}
