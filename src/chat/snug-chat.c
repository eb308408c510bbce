/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-chat.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-display-text.h"
#include "snug-emoji.h"
#include "snug-history.h"
#include "snug-message-private.h"
#include "snug-outgoing.h"
#include "snug-receipts.h"

#define TYPING_INTERVAL_US (3 * G_USEC_PER_SEC)

struct _SnugChat
{
  GObject       parent_instance;

  /* Owned */
  SnugRoom     *room;       /* nullable */
  SnugHistory  *history;
  GPtrArray    *outgoing;   /* of SnugOutgoing, not yet delivered to all; in the order in which it was said */
  GHashTable   *hears_from; /* member id → the first own message that was for them, by its number */
  SnugReceipts *receipts;   /* of what others said */

  guint64       n_said;
  gint64        typing_us;  /* when we last said so; 0 = not typing */
};

G_DEFINE_FINAL_TYPE (SnugChat, snug_chat, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-chat-error-quark, snug_chat_error)

enum
{
  DELIVERED,
  EDITED,
  DELETED,
  REACTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- who hears what -------------------------------------------------------------------------------- */

static gboolean
is_present (SnugMember *member)
{
  SnugMemberState state = snug_member_get_state (member);

  return state != SNUG_MEMBER_LEFT && state != SNUG_MEMBER_FAILED;
}

/* Not known before they said hello: then it is asked again. */
static gboolean
reads (SnugMember *member, SnugWireType type)
{
  SnugWireFeatures features = snug_member_get_features (member);

  if (type == SNUG_WIRE_CHAT)
    return TRUE;
  return (features & (type == SNUG_WIRE_REACT ? SNUG_WIRE_FEATURE_REACT : SNUG_WIRE_FEATURE_EDIT)) != 0;
}

static void
hear_from (SnugChat *self, SnugMember *member, guint64 number)
{
  const char *id = snug_member_get_id (member);

  if (!g_hash_table_contains (self->hears_from, id))
    g_hash_table_insert (self->hears_from, g_strdup (id), g_memdup2 (&number, sizeof number));
}

static SnugOutgoing *
find_outgoing_chat (SnugChat *self, SnugMessage *message)
{
  for (guint i = 0; i < self->outgoing->len; i++)
    {
      SnugOutgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (outgoing->message == message && outgoing->wire->type == SNUG_WIRE_CHAT)
        return outgoing;
    }
  return NULL;
}

/* Whether they may have that own message: who came later has not, and who waits for it gets it as it reads then. */
static gboolean
may_have (SnugChat *self, SnugMember *member, SnugMessage *message)
{
  const char *id = snug_member_get_id (member);
  guint64 *first = g_hash_table_lookup (self->hears_from, id);
  SnugOutgoing *chat = find_outgoing_chat (self, message);

  return first != NULL && *first <= snug_message_get_number (message)
         && (chat == NULL || snug_outgoing_get_step (chat, id) != SNUG_OUTGOING_UNSENT);
}

static gboolean
is_for (SnugChat *self, SnugMember *member, SnugOutgoing *outgoing)
{
  if (!is_present (member))
    return FALSE;
  if (snug_room_is_ready (self->room, member) && !reads (member, outgoing->wire->type))
    return FALSE;
  return outgoing->wire->type == SNUG_WIRE_CHAT || outgoing->wire->type == SNUG_WIRE_REACT
         || may_have (self, member, outgoing->message);
}

/* --- saying ---------------------------------------------------------------------------------------- */

static void
send_to (SnugChat *self, SnugOutgoing *outgoing, SnugMember *member)
{
  const char *id = snug_member_get_id (member);
  SnugOutgoingStep before = snug_outgoing_get_step (outgoing, id);

  if (outgoing->wire->type == SNUG_WIRE_CHAT)
    hear_from (self, member, snug_message_get_number (outgoing->message));
  if (snug_room_send (self->room, member, outgoing->wire))
    snug_outgoing_set_step (outgoing, id, SNUG_OUTGOING_SENT);
  else if (before == SNUG_OUTGOING_NOT_AWAITED)
    snug_outgoing_set_step (outgoing, id, SNUG_OUTGOING_UNSENT);
}

static void
send_to_all_present (SnugChat *self, SnugOutgoing *outgoing)
{
  GListModel *members = snug_room_get_members (self->room);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (is_for (self, member, outgoing))
        send_to (self, outgoing, member);
    }
}

/* What an older change still waited for, the newer one waits for. */
static void
overtake (SnugChat *self, SnugOutgoing *later)
{
  for (guint i = self->outgoing->len; i-- > 0;)
    {
      SnugOutgoing *earlier = g_ptr_array_index (self->outgoing, i);
      GHashTableIter iter;
      gpointer id, step;

      if (!snug_outgoing_is_overtaken (earlier, later))
        continue;
      g_hash_table_iter_init (&iter, earlier->awaited);
      while (later->wire->type == earlier->wire->type && g_hash_table_iter_next (&iter, &id, &step))
        if (snug_outgoing_get_step (later, id) == SNUG_OUTGOING_NOT_AWAITED)
          snug_outgoing_set_step (later, id, GPOINTER_TO_UINT (step));
      g_ptr_array_remove_index (self->outgoing, i);
    }
}

/* @wire: (transfer full) */
static void
say (SnugChat *self, SnugWireMessage *wire, SnugMessage *about)
{
  SnugOutgoing *outgoing = snug_outgoing_new (wire, about);

  if (self->room != NULL)
    send_to_all_present (self, outgoing);
  overtake (self, outgoing);
  outgoing->unaddressed = wire->type != SNUG_WIRE_EDIT && wire->type != SNUG_WIRE_DELETE
                          && g_hash_table_size (outgoing->awaited) == 0
                          && (self->room == NULL || snug_room_get_n_ready (self->room) == 0);
  snug_outgoing_show (outgoing);
  if (snug_outgoing_is_done (outgoing))
    snug_outgoing_free (outgoing);
  else
    g_ptr_array_add (self->outgoing, outgoing);
}

/* Returns: (transfer full): as it goes out, or %NULL */
static char *
sayable (const char *text, GError **error)
{
  g_autofree char *trimmed = g_strstrip (snug_display_text_block (text));

  if (*trimmed == '\0')
    g_set_error_literal (error, SNUG_CHAT_ERROR, SNUG_CHAT_ERROR_EMPTY, _("There is nothing to say yet."));
  else if (strlen (trimmed) > SNUG_WIRE_MAX_TEXT_BYTES)
    g_set_error_literal (error, SNUG_CHAT_ERROR, SNUG_CHAT_ERROR_TOO_LONG,
                         _("This text is too long for a message. Send it as a file."));
  else
    return g_steal_pointer (&trimmed);
  return NULL;
}

static SnugWireMessage *
wire_new (SnugWireType type, SnugMessage *of)
{
  SnugWireMessage *wire = snug_wire_message_new (type);

  wire->id = g_uuid_string_random ();
  wire->of = of != NULL ? g_strdup (snug_message_get_id (of)) : NULL;
  return wire;
}

SnugMessage *
snug_chat_say (SnugChat *self, const char *text, GError **error)
{
  return snug_chat_reply (self, NULL, text, error);
}

SnugMessage *
snug_chat_reply (SnugChat *self, SnugMessage *original, const char *text, GError **error)
{
  g_autofree char *trimmed = sayable (text, error);
  g_autoptr (SnugMessage) message = NULL;
  SnugWireMessage *wire;

  if (trimmed == NULL)
    return NULL;

  wire = wire_new (SNUG_WIRE_CHAT, NULL);
  message = snug_message_new (SNUG_MESSAGE_TEXT, wire->id, "", "", trimmed, NULL);
  snug_message_set_number (message, ++self->n_said);
  if (original != NULL)
    {
      wire->reply = g_strdup (snug_message_get_id (original));
      snug_message_set_original (message, original);
    }
  wire->text = g_steal_pointer (&trimmed);
  wire->ts = (guint64) snug_message_get_time_ms (message);
  say (self, wire, message);
  snug_history_append (self->history, message);
  self->typing_us = 0;
  return message;
}

static gboolean
is_own_text (SnugMessage *message)
{
  return snug_message_get_own (message) && snug_message_get_kind (message) == SNUG_MESSAGE_TEXT
         && !snug_message_get_deleted (message);
}

gboolean
snug_chat_edit (SnugChat *self, SnugMessage *message, const char *text, GError **error)
{
  g_autofree char *trimmed = sayable (text, error);
  SnugWireMessage *wire;
  SnugOutgoing *chat;

  if (trimmed == NULL)
    return FALSE;
  if (!is_own_text (message) || strcmp (trimmed, snug_message_get_text (message)) == 0)
    return TRUE;

  chat = find_outgoing_chat (self, message);
  if (chat != NULL)
    {
      g_free (chat->wire->text);
      chat->wire->text = g_strdup (trimmed);
    }
  snug_history_edit (self->history, message, trimmed);
  wire = wire_new (SNUG_WIRE_EDIT, message);
  wire->text = g_steal_pointer (&trimmed);
  say (self, wire, message);
  g_signal_emit (self, signals[EDITED], 0, message);
  return TRUE;
}

void
snug_chat_delete (SnugChat *self, SnugMessage *message)
{
  if (!is_own_text (message))
    return;
  snug_history_delete (self->history, message);
  say (self, wire_new (SNUG_WIRE_DELETE, message), message);
  /* Who does not have it yet need not get it any more. */
  g_ptr_array_remove (self->outgoing, find_outgoing_chat (self, message));
  g_signal_emit (self, signals[DELETED], 0, message);
}

void
snug_chat_react (SnugChat *self, SnugMessage *message, const char *emoji, gboolean on)
{
  SnugWireMessage *wire;

  if (snug_message_get_kind (message) != SNUG_MESSAGE_TEXT || !snug_emoji_is_one (emoji)
      || !snug_message_react (message, "", _("You"), emoji, on))
    return;
  wire = wire_new (SNUG_WIRE_REACT, message);
  wire->emoji = g_strdup (emoji);
  wire->on = on;
  say (self, wire, message);
  g_signal_emit (self, signals[REACTED], 0, message, "", emoji, on);
}

/* @outgoing may be gone afterwards: it is forgotten once everybody has it. */
static void
settle (SnugChat *self, SnugOutgoing *outgoing)
{
  snug_outgoing_show (outgoing);
  if (snug_outgoing_is_done (outgoing))
    g_ptr_array_remove (self->outgoing, outgoing);
}

/* Whatever this member has not confirmed is said (again): its old channel may have died with it. */
static void
on_member_ready (SnugRoom *room, SnugMember *member, SnugChat *self)
{
  g_autoptr (GPtrArray) outgoing = g_ptr_array_copy (self->outgoing, NULL, NULL);
  const char *id = snug_member_get_id (member);

  g_ptr_array_set_free_func (outgoing, NULL);
  for (guint i = 0; i < outgoing->len; i++)
    {
      SnugOutgoing *one = g_ptr_array_index (outgoing, i);

      if (!one->unaddressed && snug_outgoing_get_step (one, id) == SNUG_OUTGOING_NOT_AWAITED)
        continue;
      one->unaddressed = FALSE;
      if (reads (member, one->wire->type))
        send_to (self, one, member);
      else
        snug_outgoing_set_step (one, id, SNUG_OUTGOING_NOT_AWAITED);
      settle (self, one);
    }
}

static void
on_member_lost (SnugRoom *room, SnugMember *member, SnugChat *self)
{
  const char *id = snug_member_get_id (member);

  for (guint i = 0; i < self->outgoing->len; i++)
    {
      SnugOutgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (snug_outgoing_get_step (outgoing, id) != SNUG_OUTGOING_SENT)
        continue;
      snug_outgoing_set_step (outgoing, id, SNUG_OUTGOING_LOST);
      snug_outgoing_show (outgoing);
    }
}

/* Nobody waits for a member who is gone; what reached nobody is for the next who comes. */
static void
on_member_left (SnugRoom *room, SnugMember *member, SnugChat *self)
{
  const char *id = snug_member_get_id (member);

  for (guint i = self->outgoing->len; i-- > 0;)
    {
      SnugOutgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (!g_hash_table_remove (outgoing->awaited, id))
        continue;
      outgoing->unaddressed = outgoing->wire->type == SNUG_WIRE_CHAT
                              && g_hash_table_size (outgoing->awaited) == 0 && !outgoing->reached;
      settle (self, outgoing);
    }
  g_hash_table_remove (self->hears_from, id);
  snug_receipts_forget (self->receipts, id);
}

static void
confirm_one (SnugChat *self, const char *message_id, SnugMember *member)
{
  const char *member_id = snug_member_get_id (member);

  for (guint i = 0; i < self->outgoing->len; i++)
    {
      SnugOutgoing *outgoing = g_ptr_array_index (self->outgoing, i);

      if (strcmp (outgoing->wire->id, message_id) != 0)
        continue;
      if (g_hash_table_remove (outgoing->awaited, member_id))
        {
          outgoing->reached = TRUE;
          if (outgoing->wire->type == SNUG_WIRE_CHAT)
            g_signal_emit (self, signals[DELIVERED], 0, message_id, member_id);
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
handle_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *wire, gpointer user_data)
{
  SnugChat *self = user_data;
  g_autofree char *text = snug_display_text_block (wire->text);
  g_autoptr (SnugMessage) message = NULL;

  if (!snug_receipts_add (self->receipts, member, wire->id) || *text == '\0')
    return;

  message = snug_message_new (SNUG_MESSAGE_TEXT, wire->id, snug_member_get_id (member),
                              snug_member_get_display_name (member), text, NULL);
  if (wire->reply != NULL && snug_history_find_any (self->history, wire->reply) != NULL)
    snug_message_set_original (message, snug_history_find_any (self->history, wire->reply));
  snug_history_append (self->history, message);
}

/* Nobody changes the words of somebody else: they are looked for among their own. */
static SnugMessage *
find_own_of (SnugChat *self, SnugMember *member, SnugWireMessage *wire)
{
  SnugMessage *message = snug_history_find (self->history, snug_member_get_id (member), wire->of);

  return message != NULL && !snug_message_get_deleted (message) ? message : NULL;
}

static void
handle_edit (SnugRoom *room, SnugMember *member, SnugWireMessage *wire, gpointer user_data)
{
  SnugChat *self = user_data;
  g_autofree char *text = snug_display_text_block (wire->text);
  SnugMessage *message = find_own_of (self, member, wire);

  if (!snug_receipts_add (self->receipts, member, wire->id) || message == NULL || *text == '\0'
      || strcmp (text, snug_message_get_text (message)) == 0)
    return;
  g_object_ref (message);
  snug_history_edit (self->history, message, text);
  g_signal_emit (self, signals[EDITED], 0, message);
  g_object_unref (message);
}

static void
handle_delete (SnugRoom *room, SnugMember *member, SnugWireMessage *wire, gpointer user_data)
{
  SnugChat *self = user_data;
  SnugMessage *message = find_own_of (self, member, wire);

  if (!snug_receipts_add (self->receipts, member, wire->id) || message == NULL)
    return;
  snug_history_delete (self->history, message);
  g_signal_emit (self, signals[DELETED], 0, message);
}

static void
handle_react (SnugRoom *room, SnugMember *member, SnugWireMessage *wire, gpointer user_data)
{
  SnugChat *self = user_data;
  const char *member_id = snug_member_get_id (member);
  SnugMessage *message = snug_history_find_any (self->history, wire->of);

  if (!snug_receipts_add (self->receipts, member, wire->id) || message == NULL
      || !snug_message_react (message, member_id, snug_member_get_display_name (member), wire->emoji, wire->on))
    return;
  g_signal_emit (self, signals[REACTED], 0, message, member_id, wire->emoji, wire->on);
}

/* --- lines and cards of the program ---------------------------------------------------------------- */

void
snug_chat_add_system (SnugChat *self, const char *text)
{
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_SYSTEM, "", "", "", text, NULL);

  snug_history_append (self->history, message);
}

void
snug_chat_add_card (SnugChat *self, const char *sender_id, const char *sender_name, const char *text,
                    GObject *attachment)
{
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_CARD, "", sender_id, sender_name, text,
                                                      attachment);
  snug_history_append (self->history, message);
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
  return snug_history_get_messages (self->history);
}

static const struct
{
  SnugWireType    type;
  SnugRoomHandler handle;
} handlers[] = {
  { SNUG_WIRE_CHAT, handle_chat },
  { SNUG_WIRE_CHAT_RECEIVED, handle_chat_received },
  { SNUG_WIRE_EDIT, handle_edit },
  { SNUG_WIRE_DELETE, handle_delete },
  { SNUG_WIRE_REACT, handle_react },
};

static void
let_go_of_room (SnugChat *self)
{
  if (self->room == NULL)
    return;
  snug_receipts_set_room (self->receipts, NULL);
  g_signal_handlers_disconnect_by_data (self->room, self);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    snug_room_set_handler (self->room, handlers[i].type, NULL, NULL);
  g_clear_object (&self->room);
}

void
snug_chat_set_room (SnugChat *self, SnugRoom *room)
{
  let_go_of_room (self);
  if (room == NULL)
    return;

  g_ptr_array_set_size (self->outgoing, 0);
  g_hash_table_remove_all (self->hears_from);
  snug_history_clear (self->history);
  self->typing_us = 0;

  self->room = g_object_ref (room);
  snug_receipts_set_room (self->receipts, room);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    snug_room_set_handler (room, handlers[i].type, handlers[i].handle, self);
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
  G_OBJECT_CLASS (snug_chat_parent_class)->dispose (object);
}

static void
snug_chat_finalize (GObject *object)
{
  SnugChat *self = SNUG_CHAT (object);

  g_clear_pointer (&self->history, snug_history_free);
  g_clear_pointer (&self->hears_from, g_hash_table_unref);
  g_clear_pointer (&self->outgoing, g_ptr_array_unref);
  g_clear_pointer (&self->receipts, snug_receipts_free);
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
  signals[EDITED] = g_signal_new ("edited", SNUG_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, SNUG_TYPE_MESSAGE);
  signals[DELETED] = g_signal_new ("deleted", SNUG_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, SNUG_TYPE_MESSAGE);
  signals[REACTED] = g_signal_new ("reacted", SNUG_TYPE_CHAT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 4, SNUG_TYPE_MESSAGE, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_BOOLEAN);
}

static void
snug_chat_init (SnugChat *self)
{
  self->history = snug_history_new ();
  self->hears_from = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->outgoing = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_outgoing_free);
  self->receipts = snug_receipts_new ();
}
