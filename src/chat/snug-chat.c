/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-chat.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-context.h"
#include "snug-display-text.h"
#include "snug-message-private.h"

/* Ids remembered of each member, so that what is said again after a break is shown once. */
#define MAX_SEEN 4096
#define TYPING_INTERVAL_US (3 * G_USEC_PER_SEC)

#define UNSENT GUINT_TO_POINTER (1)
#define SENT GUINT_TO_POINTER (2)

/* An own message on its way: who has to have it. */
typedef struct
{
  SnugMessage *message;     /* owned */
  GHashTable  *awaited;     /* member id → SENT or UNSENT: who has not confirmed it */
  gboolean     unaddressed; /* said to an empty room: for the first who comes */
  gboolean     reached;     /* somebody confirmed it */
} Outgoing;

struct _SnugChat
{
  GObject      parent_instance;

  /* Owned */
  SnugRoom    *room;       /* nullable */
  GListStore  *messages;
  GPtrArray   *outgoing;   /* of Outgoing, not yet delivered to all */
  GHashTable  *seen;       /* member id → GHashTable of message ids */
  GHashTable  *to_confirm; /* member id → GPtrArray of message ids */
  GSource     *confirm_source;

  gint64       typing_us;  /* when we last said so; 0 = not typing */
};

G_DEFINE_FINAL_TYPE (SnugChat, snug_chat, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-chat-error-quark, snug_chat_error)

enum
{
  DELIVERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  g_object_unref (outgoing->message);
  g_hash_table_unref (outgoing->awaited);
  g_free (outgoing);
}

static void
append (SnugChat *self, SnugMessage *message)
{
  g_list_store_append (self->messages, message);
}

/* --- saying ---------------------------------------------------------------------------------------- */

static SnugWireMessage *
to_wire (SnugMessage *message)
{
  SnugWireMessage *wire = snug_wire_message_new (SNUG_WIRE_CHAT);

  wire->id = g_strdup (snug_message_get_id (message));
  wire->text = g_strdup (snug_message_get_text (message));
  wire->ts = (guint64) snug_message_get_time_ms (message);
  return wire;
}

static gboolean
send_to (SnugChat *self, SnugMessage *message, SnugMember *member)
{
  g_autoptr (SnugWireMessage) wire = to_wire (message);

  return snug_room_send (self->room, member, wire);
}

static void
await (Outgoing *outgoing, SnugMember *member, gboolean sent)
{
  g_hash_table_replace (outgoing->awaited, g_strdup (snug_member_get_id (member)), sent ? SENT : UNSENT);
}

static gboolean
is_unsent (gpointer key, gpointer value, gpointer user_data)
{
  return value == UNSENT;
}

static void
show_delivery (Outgoing *outgoing)
{
  SnugDelivery delivery = SNUG_DELIVERY_SENT;

  if (outgoing->unaddressed || g_hash_table_find (outgoing->awaited, is_unsent, NULL) != NULL)
    delivery = SNUG_DELIVERY_QUEUED;
  else if (g_hash_table_size (outgoing->awaited) == 0)
    delivery = SNUG_DELIVERY_DELIVERED;
  snug_message_set_delivery (outgoing->message, delivery);
}

static gboolean
is_present (SnugMember *member)
{
  SnugMemberState state = snug_member_get_state (member);

  return state != SNUG_MEMBER_LEFT && state != SNUG_MEMBER_FAILED;
}

static void
send_to_all_present (SnugChat *self, Outgoing *outgoing)
{
  GListModel *members = snug_room_get_members (self->room);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (is_present (member))
        await (outgoing, member, send_to (self, outgoing->message, member));
    }
  outgoing->unaddressed = g_hash_table_size (outgoing->awaited) == 0;
}

SnugMessage *
snug_chat_say (SnugChat *self, const char *text, GError **error)
{
  g_autofree char *trimmed = g_strstrip (snug_display_text_block (text));
  g_autofree char *id = NULL;
  Outgoing *outgoing;

  if (*trimmed == '\0')
    {
      g_set_error_literal (error, SNUG_CHAT_ERROR, SNUG_CHAT_ERROR_EMPTY, _("There is nothing to say yet."));
      return NULL;
    }
  if (strlen (trimmed) > SNUG_WIRE_MAX_TEXT_BYTES)
    {
      g_set_error_literal (error, SNUG_CHAT_ERROR, SNUG_CHAT_ERROR_TOO_LONG,
                           _("This text is too long for a message. Send it as a file."));
      return NULL;
    }

  id = g_uuid_string_random ();
  outgoing = g_new0 (Outgoing, 1);
  outgoing->message = snug_message_new (SNUG_MESSAGE_TEXT, id, "", "", trimmed, NULL);
  outgoing->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  outgoing->unaddressed = TRUE;
  if (self->room != NULL)
    send_to_all_present (self, outgoing);
  show_delivery (outgoing);
  g_ptr_array_add (self->outgoing, outgoing);
  append (self, outgoing->message);
  self->typing_us = 0;
  return outgoing->message;
}

/* Whatever this member has not confirmed is said (again): its old channel may have died with it. */
static void
on_member_ready (SnugRoom *room, SnugMember *member, SnugChat *self)
{
  for (guint i = 0; i < self->outgoing->len; i++)
    {
      Outgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (!outgoing->unaddressed && !g_hash_table_contains (outgoing->awaited, snug_member_get_id (member)))
        continue;
      outgoing->unaddressed = FALSE;
      await (outgoing, member, send_to (self, outgoing->message, member));
      show_delivery (outgoing);
    }
}

static void
on_member_lost (SnugRoom *room, SnugMember *member, SnugChat *self)
{
  for (guint i = 0; i < self->outgoing->len; i++)
    {
      Outgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (!g_hash_table_contains (outgoing->awaited, snug_member_get_id (member)))
        continue;
      await (outgoing, member, FALSE);
      show_delivery (outgoing);
    }
}

/* @outgoing may be gone afterwards: it is forgotten once everybody has it. */
static void
settle (SnugChat *self, Outgoing *outgoing)
{
  show_delivery (outgoing);
  if (snug_message_get_delivery (outgoing->message) == SNUG_DELIVERY_DELIVERED)
    g_ptr_array_remove (self->outgoing, outgoing);
}

/* Nobody waits for a member who is gone; what reached nobody is for the next who comes. */
static void
on_member_left (SnugRoom *room, SnugMember *member, SnugChat *self)
{
  for (guint i = self->outgoing->len; i-- > 0;)
    {
      Outgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (!g_hash_table_remove (outgoing->awaited, snug_member_get_id (member)))
        continue;
      outgoing->unaddressed = g_hash_table_size (outgoing->awaited) == 0 && !outgoing->reached;
      settle (self, outgoing);
    }
  g_hash_table_remove (self->seen, snug_member_get_id (member));
  g_hash_table_remove (self->to_confirm, snug_member_get_id (member));
}

static void
confirm_one (SnugChat *self, const char *message_id, SnugMember *member)
{
  for (guint i = 0; i < self->outgoing->len; i++)
    {
      Outgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (strcmp (snug_message_get_id (outgoing->message), message_id) != 0)
        continue;
      if (g_hash_table_remove (outgoing->awaited, snug_member_get_id (member)))
        {
          outgoing->reached = TRUE;
          g_signal_emit (self, signals[DELIVERED], 0, message_id, snug_member_get_id (member));
          settle (self, outgoing);
        }
      return;
    }
}

static void
handle_chat_received (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  for (guint i = 0; i < message->ids->len; i++)
    confirm_one (user_data, g_ptr_array_index (message->ids, i), member);
}

/* --- hearing --------------------------------------------------------------------------------------- */

static void
send_confirmations (gpointer key, gpointer value, gpointer user_data)
{
  SnugChat *self = user_data;
  SnugMember *member = snug_room_find_member (self->room, key);
  GPtrArray *ids = value;
  g_autoptr (SnugWireMessage) received = snug_wire_message_new (SNUG_WIRE_CHAT_RECEIVED);

  received->ids = g_ptr_array_ref (ids);
  if (member != NULL)
    snug_room_send (self->room, member, received);
}

static gboolean
on_confirm (gpointer user_data)
{
  SnugChat *self = user_data;

  snug_clear_source (&self->confirm_source);
  if (self->room != NULL)
    g_hash_table_foreach (self->to_confirm, send_confirmations, self);
  g_hash_table_remove_all (self->to_confirm);
  return G_SOURCE_REMOVE;
}

/* Confirmations of messages that come together go together. */
static void
confirm_soon (SnugChat *self, SnugMember *member, const char *message_id)
{
  const char *member_id = snug_member_get_id (member);
  GPtrArray *ids = g_hash_table_lookup (self->to_confirm, member_id);

  if (ids == NULL)
    {
      ids = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (self->to_confirm, g_strdup (member_id), ids);
    }
  g_ptr_array_add (ids, g_strdup (message_id));

  if (ids->len == SNUG_WIRE_MAX_IDS)
    on_confirm (self);
  else if (self->confirm_source == NULL)
    self->confirm_source = snug_context_timeout (g_main_context_get_thread_default (), 10, on_confirm, self);
}

/* Returns: TRUE the first time. */
static gboolean
remember (SnugChat *self, SnugMember *member, const char *message_id)
{
  GHashTable *ids = g_hash_table_lookup (self->seen, snug_member_get_id (member));

  if (ids == NULL)
    {
      ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (self->seen, g_strdup (snug_member_get_id (member)), ids);
    }
  if (g_hash_table_size (ids) >= MAX_SEEN)
    g_hash_table_remove_all (ids);
  return g_hash_table_add (ids, g_strdup (message_id));
}

static void
handle_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *wire, gpointer user_data)
{
  SnugChat *self = user_data;
  g_autofree char *text = snug_display_text_block (wire->text);
  g_autoptr (SnugMessage) message = NULL;

  confirm_soon (self, member, wire->id);
  if (*text == '\0' || !remember (self, member, wire->id))
    return;

  message = snug_message_new (SNUG_MESSAGE_TEXT, wire->id, snug_member_get_id (member),
                              snug_member_get_display_name (member), text, NULL);
  append (self, message);
}

/* --- lines and cards of the program ---------------------------------------------------------------- */

void
snug_chat_add_system (SnugChat *self, const char *text)
{
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_SYSTEM, "", "", "", text, NULL);

  append (self, message);
}

void
snug_chat_add_card (SnugChat *self, const char *sender_id, const char *sender_name, const char *text,
                    GObject *attachment)
{
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_CARD, "", sender_id, sender_name, text,
                                                      attachment);
  append (self, message);
}

void
snug_chat_set_typing (SnugChat *self, gboolean typing)
{
  g_autoptr (SnugWireMessage) wire = snug_wire_message_new (SNUG_WIRE_TYPING);
  gint64 now_us = g_get_monotonic_time ();

  if (self->room == NULL || (typing ? now_us - self->typing_us < TYPING_INTERVAL_US && self->typing_us != 0
                                    : self->typing_us == 0))
    return;
  self->typing_us = typing ? now_us : 0;
  wire->on = typing;
  snug_room_send_to_all (self->room, wire);
}

/* --- the object ------------------------------------------------------------------------------------ */

GListModel *
snug_chat_get_messages (SnugChat *self)
{
  return G_LIST_MODEL (self->messages);
}

static void
let_go_of_room (SnugChat *self)
{
  if (self->room == NULL)
    return;
  /* Who reads and leaves at once has read all the same. */
  g_hash_table_foreach (self->to_confirm, send_confirmations, self);
  g_hash_table_remove_all (self->to_confirm);
  g_signal_handlers_disconnect_by_data (self->room, self);
  snug_room_set_handler (self->room, SNUG_WIRE_CHAT, NULL, NULL);
  snug_room_set_handler (self->room, SNUG_WIRE_CHAT_RECEIVED, NULL, NULL);
  snug_clear_source (&self->confirm_source);
  g_clear_object (&self->room);
}

void
snug_chat_set_room (SnugChat *self, SnugRoom *room)
{
  let_go_of_room (self);
  if (room == NULL)
    return;

  g_ptr_array_set_size (self->outgoing, 0);
  g_hash_table_remove_all (self->seen);
  g_hash_table_remove_all (self->to_confirm);
  g_list_store_remove_all (self->messages);
  self->typing_us = 0;

  self->room = g_object_ref (room);
  snug_room_set_handler (room, SNUG_WIRE_CHAT, handle_chat, self);
  snug_room_set_handler (room, SNUG_WIRE_CHAT_RECEIVED, handle_chat_received, self);
  g_signal_connect (room, "member-ready", G_CALLBACK (on_member_ready), self);
  g_signal_connect (room, "member-lost", G_CALLBACK (on_member_lost), self);
  g_signal_connect (room, "member-left", G_CALLBACK (on_member_left), self);
}

SnugChat *
snug_chat_new (void)
{
  return g_object_new (SNUG_TYPE_CHAT, NULL);
}

static void
snug_chat_dispose (GObject *object)
{
  SnugChat *self = SNUG_CHAT (object);

  let_go_of_room (self);
  snug_clear_source (&self->confirm_source);
  G_OBJECT_CLASS (snug_chat_parent_class)->dispose (object);
}

static void
snug_chat_finalize (GObject *object)
{
  SnugChat *self = SNUG_CHAT (object);

  g_clear_object (&self->messages);
  g_clear_pointer (&self->outgoing, g_ptr_array_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_pointer (&self->to_confirm, g_hash_table_unref);
  G_OBJECT_CLASS (snug_chat_parent_class)->finalize (object);
}

static void
snug_chat_class_init (SnugChatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = snug_chat_dispose;
  object_class->finalize = snug_chat_finalize;

  signals[DELIVERED] = g_signal_new ("delivered", SNUG_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
snug_chat_init (SnugChat *self)
{
  self->messages = g_list_store_new (SNUG_TYPE_MESSAGE);
  self->outgoing = g_ptr_array_new_with_free_func (outgoing_free);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  self->to_confirm = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
}
