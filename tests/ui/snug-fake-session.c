/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-fake-session-private.h"

#include "snug-member-private.h"
#include "snug-message-private.h"
#include "snug-transfer-private.h"
#include "snug-unfinished-private.h"

G_DEFINE_FINAL_TYPE (SnugSession, snug_session, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-session-error-quark, snug_session_error)

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ERROR,
  PROP_TROUBLE,
  PROP_CODE,
  PROP_LINK,
  PROP_INVITE,
  PROP_NAME,
  PROP_DEVICE,
  PROP_SERVER,
  PROP_WEB_ROOT,
  PROP_LISTEN,
  PROP_CAPACITY,
  PROP_RELAY_POLICY,
  PROP_STRIPES,
  PROP_ICE_SERVERS,
  PROP_ACCEPT_POLICY,
  PROP_CONFLICT_POLICY,
  PROP_SAVE_TO,
  PROP_NEARBY,
  PROP_HAS_NEARBY,
  PROP_IS_HOST,
  PROP_LOCKED,
  PROP_PRIVATE,
  PROP_ROUNDS_PROXY,
  PROP_LACKS_RELAY,
  PROP_ANNOUNCEMENT,
  PROP_GUESSED,
  PROP_KNOCK,
  PROP_EXPIRES,
  PROP_N_CONNECTED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

void
snug_fake_session_notify_all (SnugSession *self)
{
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

SnugSession *
snug_session_new (void)
{
  return g_object_new (SNUG_TYPE_SESSION, NULL);
}

void
snug_session_create (SnugSession *self, gboolean open)
{
  snug_fake_session_play (self, "waiting");
}

gboolean
snug_session_join (SnugSession *self, const char *invite, GError **error)
{
  g_autoptr (SnugRoomLink) link = snug_room_link_parse (invite, error);

  return link != NULL && snug_fake_session_play (self, "joining");
}

gboolean
snug_session_enter_secret (SnugSession *self, const char *secret, GError **error)
{
  return snug_fake_session_play (self, g_str_equal (secret, "wrong") ? "wrong-secret" : "pending");
}

gboolean
snug_session_get_private (SnugSession *self)
{
  return self->secret != NULL;
}

gboolean
snug_session_get_shuts_browsers_out (SnugSession *self)
{
  return self->shuts_browsers_out;
}

gboolean
snug_session_get_guessed (SnugSession *self)
{
  return self->guessed;
}

void
snug_session_let_them_try (SnugSession *self)
{
  self->guessed = FALSE;
  snug_fake_session_notify_all (self);
}

const char *
snug_session_get_knock (SnugSession *self)
{
  return self->knock;
}

void
snug_session_answer_knock (SnugSession *self, gboolean let_in)
{
  self->knock = NULL;
  snug_fake_session_notify_all (self);
}

void
snug_session_leave (SnugSession *self)
{
  snug_fake_session_play (self, "start");
}

void
snug_session_retry (SnugSession *self)
{
}

void
snug_session_lock (SnugSession *self, gboolean on)
{
  self->is_locked = on;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOCKED]);
}

void
snug_session_remove_member (SnugSession *self, SnugMember *member)
{
  guint position;

  if (g_list_store_find (self->members, member, &position))
    g_list_store_remove (self->members, position);
}

/* With whoever it is, the words are these. */
void
snug_session_compare (SnugSession *self, SnugMember *member)
{
  snug_member_set_safety (member, SNUG_SAFETY_PHRASE, "scarf lyre sable ruby", FALSE);
}

void
snug_session_confirm_phrase (SnugSession *self, SnugMember *member, gboolean same)
{
  if (same)
    snug_member_set_safety (member, SNUG_SAFETY_CHECKED, snug_member_get_phrase (member), FALSE);
  else
    snug_fake_session_play (self, "not-safe");
}

SnugSessionState
snug_session_get_state (SnugSession *self)
{
  return self->state;
}

const GError *
snug_session_get_error (SnugSession *self)
{
  return self->error;
}

const char *
snug_session_get_trouble (SnugSession *self)
{
  return self->trouble;
}

const char *
snug_session_get_code (SnugSession *self)
{
  return self->code;
}

const char *
snug_session_get_link (SnugSession *self)
{
  return self->link;
}

const char *
snug_session_get_invite (SnugSession *self)
{
  return self->secret != NULL ? "BOOK23-otter-velvet-canoe" : self->code;
}

guint
snug_session_get_n_connected (SnugSession *self)
{
  guint n_connected = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      n_connected += snug_member_get_state (member) == SNUG_MEMBER_CONNECTED ? 1 : 0;
    }
  return n_connected;
}

GListModel *
snug_session_get_members (SnugSession *self)
{
  return G_LIST_MODEL (self->members);
}

GListModel *
snug_session_get_messages (SnugSession *self)
{
  return G_LIST_MODEL (self->messages);
}

GListModel *
snug_session_get_transfers (SnugSession *self)
{
  return G_LIST_MODEL (self->transfers);
}

void
snug_session_find_unfinished (SnugSession *self)
{
}

GListModel *
snug_session_get_unfinished (SnugSession *self)
{
  return G_LIST_MODEL (self->unfinished);
}

void
snug_session_look_nearby (SnugSession *self, gboolean on)
{
}

GListModel *
snug_session_get_nearby (SnugSession *self)
{
  return G_LIST_MODEL (self->nearby);
}

void
snug_session_resume_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
}

void
snug_session_discard_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
  guint position;

  if (g_list_store_find (self->unfinished, unfinished, &position))
    g_list_store_remove (self->unfinished, position);
}

const char *
snug_session_state_to_text (SnugSessionState state)
{
  return state == SNUG_SESSION_FAILED ? "closed" : "joined";
}

/* @original: (nullable): what it answers */
static SnugMessage *
add_own_message (SnugSession *self, SnugMessage *original, const char *text)
{
  g_autofree char *id = g_strdup_printf ("%u", g_list_model_get_n_items (G_LIST_MODEL (self->messages)));
  g_autoptr (SnugMessage) message = snug_message_new (SNUG_MESSAGE_TEXT, id, "", "Me", text, NULL);

  if (original != NULL)
    snug_message_set_original (message, original);
  snug_message_set_delivery (message, SNUG_DELIVERY_SENT);
  g_list_store_append (self->messages, message);
  return message;
}

SnugMessage *
snug_session_say (SnugSession *self, const char *text, GError **error)
{
  return add_own_message (self, NULL, text);
}

SnugMessage *
snug_session_reply (SnugSession *self, SnugMessage *original, const char *text, GError **error)
{
  return add_own_message (self, original, text);
}

gboolean
snug_session_edit (SnugSession *self, SnugMessage *message, const char *text, GError **error)
{
  snug_message_edit (message, text);
  return TRUE;
}

void
snug_session_delete (SnugSession *self, SnugMessage *message)
{
  snug_message_delete (message);
}

void
snug_session_react (SnugSession *self, SnugMessage *message, const char *emoji, gboolean on)
{
  snug_message_react (message, "", "Me", emoji, on);
}

void
snug_session_set_typing (SnugSession *self, gboolean typing)
{
}

void
snug_session_offer_file (SnugSession *self, GFile *file, SnugMember *member,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (SnugTransfer) transfer = snug_transfer_new (SNUG_TRANSFER_OUT, name, "m2", "Ana", name, NULL, 1000000);

  g_list_store_append (self->transfers, transfer);
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

gboolean
snug_session_offer_file_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
snug_session_accept (SnugSession *self, SnugTransfer *transfer, GFile *folder, GError **error)
{
  return snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
}

gboolean
snug_session_accept_with (SnugSession *self, SnugTransfer *transfer, const SnugAcceptOptions *options, GError **error)
{
  return snug_transfer_enter (transfer, SNUG_TRANSFER_ACCEPTED, NULL);
}

void
snug_session_look_into_async (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback, gpointer user_data)
{
}

GListModel *
snug_session_look_into_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return NULL;
}

void
snug_session_offer_file_to (SnugSession *self, GFile *file, GPtrArray *members, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  snug_session_offer_file (self, file, NULL, callback, user_data);
}

void
snug_session_offer_again (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

void
snug_session_pause_all (SnugSession *self)
{
}

void
snug_session_resume_all (SnugSession *self)
{
}

void
snug_session_hash_async (SnugSession *self, SnugTransfer *transfer, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
}

char *
snug_session_hash_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return NULL;
}

void
snug_session_decline (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_DECLINED, NULL);
}

void
snug_session_cancel (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_CANCELLED, NULL);
}

void
snug_session_pause (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_PAUSED, NULL);
}

void
snug_session_resume (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfer_enter (transfer, SNUG_TRANSFER_RUNNING, NULL);
}

void
snug_session_forget (SnugSession *self, SnugTransfer *transfer)
{
  guint position;

  if (g_list_store_find (self->transfers, transfer, &position))
    g_list_store_remove (self->transfers, position);
}

static void
snug_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugSession *self = SNUG_SESSION (object);

  switch (prop_id)
    {
    case PROP_STATE: g_value_set_int (value, (int) self->state); break;
    case PROP_ERROR: g_value_set_boxed (value, self->error); break;
    case PROP_TROUBLE: g_value_set_string (value, self->trouble); break;
    case PROP_CODE: g_value_set_string (value, self->code); break;
    case PROP_INVITE: g_value_set_string (value, snug_session_get_invite (self)); break;
    case PROP_PRIVATE: g_value_set_boolean (value, self->secret != NULL); break;
    case PROP_ROUNDS_PROXY: g_value_set_boolean (value, self->rounds_proxy); break;
    case PROP_LACKS_RELAY: g_value_set_boolean (value, self->lacks_relay); break;
    case PROP_ANNOUNCEMENT: g_value_set_int (value, (int) self->announcement); break;
    case PROP_GUESSED: g_value_set_boolean (value, self->guessed); break;
    case PROP_KNOCK: g_value_set_string (value, self->knock); break;
    case PROP_LINK: g_value_set_string (value, self->link); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_SERVER: g_value_set_string (value, self->server); break;
    case PROP_WEB_ROOT: g_value_set_string (value, self->web_root); break;
    case PROP_LISTEN: g_value_set_string (value, self->listen); break;
    case PROP_CAPACITY: g_value_set_uint (value, self->capacity); break;
    case PROP_DEVICE: g_value_set_int (value, self->numbers[0]); break;
    case PROP_STRIPES: g_value_set_boolean (value, self->stripes); break;
    case PROP_RELAY_POLICY: g_value_set_int (value, self->numbers[1]); break;
    case PROP_ACCEPT_POLICY: g_value_set_int (value, self->numbers[2]); break;
    case PROP_CONFLICT_POLICY: g_value_set_int (value, self->numbers[3]); break;
    case PROP_NEARBY: g_value_set_int (value, self->numbers[4]); break;
    case PROP_HAS_NEARBY: g_value_set_boolean (value, g_list_model_get_n_items (G_LIST_MODEL (self->nearby)) > 0); break;
    case PROP_ICE_SERVERS: g_value_set_boxed (value, self->ice_servers); break;
    case PROP_SAVE_TO: g_value_set_object (value, self->save_to); break;
    case PROP_IS_HOST: g_value_set_boolean (value, self->is_host); break;
    case PROP_LOCKED: g_value_set_boolean (value, self->is_locked); break;
    case PROP_EXPIRES: g_value_set_int64 (value, self->expires); break;
    case PROP_N_CONNECTED: g_value_set_uint (value, snug_session_get_n_connected (self)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
set_string (char **field, const GValue *value)
{
  g_free (*field);
  *field = g_value_dup_string (value);
}

static void
snug_session_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SnugSession *self = SNUG_SESSION (object);

  switch (prop_id)
    {
    case PROP_NAME: set_string (&self->name, value); break;
    case PROP_SERVER: set_string (&self->server, value); break;
    case PROP_WEB_ROOT: set_string (&self->web_root, value); break;
    case PROP_LISTEN: set_string (&self->listen, value); break;
    case PROP_CAPACITY: self->capacity = g_value_get_uint (value); break;
    case PROP_DEVICE: self->numbers[0] = g_value_get_int (value); break;
    case PROP_STRIPES: self->stripes = g_value_get_boolean (value); break;
    case PROP_RELAY_POLICY: self->numbers[1] = g_value_get_int (value); break;
    case PROP_ACCEPT_POLICY: self->numbers[2] = g_value_get_int (value); break;
    case PROP_CONFLICT_POLICY: self->numbers[3] = g_value_get_int (value); break;
    case PROP_NEARBY: self->numbers[4] = g_value_get_int (value); break;
    case PROP_ICE_SERVERS:
      g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
      self->ice_servers = g_value_dup_boxed (value);
      break;
    case PROP_SAVE_TO: g_set_object (&self->save_to, g_value_get_object (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_session_finalize (GObject *object)
{
  SnugSession *self = SNUG_SESSION (object);

  g_free (self->name);
  g_free (self->server);
  g_free (self->web_root);
  g_free (self->listen);
  g_free (self->code);
  g_free (self->link);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_object (&self->save_to);
  g_clear_error (&self->error);
  g_clear_object (&self->members);
  g_clear_object (&self->messages);
  g_clear_object (&self->transfers);
  g_clear_object (&self->unfinished);
  g_clear_object (&self->nearby);
  G_OBJECT_CLASS (snug_session_parent_class)->finalize (object);
}

static void
snug_session_class_init (SnugSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = snug_session_get_property;
  object_class->set_property = snug_session_set_property;
  object_class->finalize = snug_session_finalize;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, SNUG_SESSION_FAILED, 0, readable);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  props[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, readable);
  props[PROP_CODE] = g_param_spec_string ("code", NULL, NULL, NULL, readable);
  props[PROP_LINK] = g_param_spec_string ("link", NULL, NULL, NULL, readable);
  props[PROP_INVITE] = g_param_spec_string ("invite", NULL, NULL, NULL, readable);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", writable);
  props[PROP_DEVICE] = g_param_spec_int ("device", NULL, NULL, 0, 5, 1, writable);
  props[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, writable);
  props[PROP_WEB_ROOT] = g_param_spec_string ("web-root", NULL, NULL, NULL, writable);
  props[PROP_LISTEN] = g_param_spec_string ("listen", NULL, NULL, NULL, writable);
  props[PROP_CAPACITY] = g_param_spec_uint ("capacity", NULL, NULL, 2, 16, 10, writable);
  props[PROP_STRIPES] = g_param_spec_boolean ("stripes", NULL, NULL, TRUE, writable);
  props[PROP_RELAY_POLICY] = g_param_spec_int ("relay-policy", NULL, NULL, 0, SNUG_RELAY_ONLY, 0,
                                               writable);
  props[PROP_ICE_SERVERS] = g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_PTR_ARRAY,
                                                writable);
  props[PROP_ACCEPT_POLICY] = g_param_spec_int ("accept-policy", NULL, NULL, 0, SNUG_ACCEPT_NONE, 0,
                                                writable);
  props[PROP_CONFLICT_POLICY] = g_param_spec_int ("conflict-policy", NULL, NULL, 0,
                                                  SNUG_CONFLICT_REPLACE, 0, writable);
  props[PROP_NEARBY] = g_param_spec_int ("nearby", NULL, NULL, 0, SNUG_NEARBY_ALL_ROOMS, 0, writable);
  props[PROP_HAS_NEARBY] = g_param_spec_boolean ("has-nearby", NULL, NULL, FALSE, readable);
  props[PROP_SAVE_TO] = g_param_spec_object ("save-to", NULL, NULL, G_TYPE_FILE, writable);
  props[PROP_IS_HOST] = g_param_spec_boolean ("is-host", NULL, NULL, FALSE, readable);
  props[PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, readable);
  props[PROP_ROUNDS_PROXY] = g_param_spec_boolean ("rounds-proxy", NULL, NULL, FALSE, readable);
  props[PROP_LACKS_RELAY] = g_param_spec_boolean ("lacks-relay", NULL, NULL, FALSE, readable);
  props[PROP_ANNOUNCEMENT] = g_param_spec_int ("announcement", NULL, NULL, 0, SNUG_ANNOUNCEMENT_IMPOSSIBLE, 0, readable);
  props[PROP_GUESSED] = g_param_spec_boolean ("guessed", NULL, NULL, FALSE, readable);
  props[PROP_KNOCK] = g_param_spec_string ("knock", NULL, NULL, NULL, readable);
  props[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, readable);
  props[PROP_EXPIRES] = g_param_spec_int64 ("expires", NULL, NULL, 0, G_MAXINT64, 0, readable);
  props[PROP_N_CONNECTED] = g_param_spec_uint ("n-connected", NULL, NULL, 0, G_MAXUINT, 0,
                                               readable);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_signal_new ("offer-received", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
  g_signal_new ("delivered", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
snug_session_init (SnugSession *self)
{
  self->name = g_strdup ("");
  self->capacity = 10;
  self->members = g_list_store_new (SNUG_TYPE_MEMBER);
  self->messages = g_list_store_new (SNUG_TYPE_MESSAGE);
  self->transfers = g_list_store_new (SNUG_TYPE_TRANSFER);
  self->unfinished = g_list_store_new (SNUG_TYPE_UNFINISHED);
  self->nearby = g_list_store_new (SNUG_TYPE_NEARBY_ROOM);
}
