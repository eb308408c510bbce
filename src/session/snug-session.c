/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-session-private.h"

#include "snug-context.h"

G_DEFINE_FINAL_TYPE (SnugSession, snug_session, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-session-error-quark, snug_session_error)

enum
{
  OFFER_RECEIVED,
  DELIVERED,
  MESSAGE_EDITED,
  MESSAGE_DELETED,
  MESSAGE_REACTED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

SnugSession *
snug_session_new (void)
{
  return g_object_new (SNUG_TYPE_SESSION, NULL);
}

void
snug_session_notify (SnugSession *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
on_delivered (SnugChat *chat, const char *message_id, const char *member_id, SnugSession *self)
{
  g_signal_emit (self, signals[DELIVERED], 0, message_id, member_id);
}

static void
on_edited (SnugChat *chat, SnugMessage *message, SnugSession *self)
{
  g_signal_emit (self, signals[MESSAGE_EDITED], 0, message);
}

static void
on_deleted (SnugChat *chat, SnugMessage *message, SnugSession *self)
{
  g_signal_emit (self, signals[MESSAGE_DELETED], 0, message);
}

static void
on_reacted (SnugChat *chat, SnugMessage *message, const char *member_id, const char *emoji, gboolean on,
            SnugSession *self)
{
  g_signal_emit (self, signals[MESSAGE_REACTED], 0, message, member_id, emoji, on);
}

void
snug_session_emit_offer_received (SnugSession *self, SnugTransfer *transfer)
{
  g_signal_emit (self, signals[OFFER_RECEIVED], 0, transfer);
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
  return self->invite;
}

guint
snug_session_get_n_connected (SnugSession *self)
{
  return self->n_connected;
}

GListModel *
snug_session_get_members (SnugSession *self)
{
  return G_LIST_MODEL (self->members);
}

GListModel *
snug_session_get_messages (SnugSession *self)
{
  return snug_chat_get_messages (self->chat);
}

SnugMessage *
snug_session_say (SnugSession *self, const char *text, GError **error)
{
  return snug_chat_say (self->chat, text, error);
}

SnugMessage *
snug_session_reply (SnugSession *self, SnugMessage *original, const char *text, GError **error)
{
  return snug_chat_reply (self->chat, original, text, error);
}

gboolean
snug_session_edit (SnugSession *self, SnugMessage *message, const char *text, GError **error)
{
  return snug_chat_edit (self->chat, message, text, error);
}

void
snug_session_delete (SnugSession *self, SnugMessage *message)
{
  snug_chat_delete (self->chat, message);
}

void
snug_session_react (SnugSession *self, SnugMessage *message, const char *emoji, gboolean on)
{
  snug_chat_react (self->chat, message, emoji, on);
}

void
snug_session_set_typing (SnugSession *self, gboolean typing)
{
  snug_chat_set_typing (self->chat, typing);
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
    case PROP_LINK: g_value_set_string (value, self->link); break;
    case PROP_INVITE: g_value_set_string (value, self->invite); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_DEVICE: g_value_set_int (value, (int) self->device); break;
    case PROP_SERVER: g_value_set_string (value, self->server); break;
    case PROP_WEB_ROOT: g_value_set_string (value, self->web_root); break;
    case PROP_LISTEN: g_value_set_string (value, self->listen); break;
    case PROP_CAPACITY: g_value_set_uint (value, self->capacity); break;
    case PROP_STRIPES: g_value_set_boolean (value, self->stripes); break;
    case PROP_RELAY_POLICY: g_value_set_int (value, (int) self->relay_policy); break;
    case PROP_ICE_SERVERS: g_value_set_boxed (value, self->ice_servers); break;
    case PROP_ACCEPT_POLICY: g_value_set_int (value, (int) self->accept_policy); break;
    case PROP_CONFLICT_POLICY: g_value_set_int (value, (int) self->conflict_policy); break;
    case PROP_SAVE_TO: g_value_set_object (value, self->save_to); break;
    case PROP_NEARBY: g_value_set_int (value, (int) self->nearby_policy); break;
    case PROP_ANNOUNCEMENT: g_value_set_int (value, (int) self->announcement); break;
    case PROP_HAS_NEARBY: g_value_set_boolean (value, self->has_nearby); break;
    case PROP_PRIVATE: g_value_set_boolean (value, self->is_private); break;
    case PROP_ROUNDS_PROXY: g_value_set_boolean (value, self->rounds_proxy); break;
    case PROP_LACKS_RELAY: g_value_set_boolean (value, self->lacks_relay); break;
    case PROP_GUESSED: g_value_set_boolean (value, self->guessed); break;
    case PROP_KNOCK: g_value_set_string (value, self->knock); break;
    case PROP_IS_HOST: g_value_set_boolean (value, self->is_host); break;
    case PROP_LOCKED: g_value_set_boolean (value, self->locked); break;
    case PROP_EXPIRES: g_value_set_int64 (value, self->expires); break;
    case PROP_N_CONNECTED: g_value_set_uint (value, self->n_connected); break;
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
    case PROP_NAME:
      set_string (&self->name, value);
      if (self->room != NULL)
        snug_room_set_name (self->room, self->name);
      snug_session_announce_new_name (self);
      break;
    case PROP_DEVICE: self->device = (SnugMemberDevice) g_value_get_int (value); break;
    case PROP_SERVER: set_string (&self->server, value); break;
    case PROP_WEB_ROOT: set_string (&self->web_root, value); break;
    case PROP_LISTEN: set_string (&self->listen, value); break;
    case PROP_CAPACITY: self->capacity = g_value_get_uint (value); break;
    case PROP_STRIPES: self->stripes = g_value_get_boolean (value); break;
    case PROP_RELAY_POLICY: self->relay_policy = (SnugRelayPolicy) g_value_get_int (value); break;
    case PROP_ICE_SERVERS:
      g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
      self->ice_servers = g_value_dup_boxed (value);
      break;
    case PROP_ACCEPT_POLICY: self->accept_policy = (SnugAcceptPolicy) g_value_get_int (value); break;
    case PROP_CONFLICT_POLICY: self->conflict_policy = (SnugConflictPolicy) g_value_get_int (value); break;
    case PROP_NEARBY:
      self->nearby_policy = (SnugNearbyPolicy) g_value_get_int (value);
      snug_session_update_announcement (self);
      break;
    case PROP_SAVE_TO: g_set_object (&self->save_to, g_value_get_object (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_session_dispose (GObject *object)
{
  SnugSession *self = SNUG_SESSION (object);

  snug_session_forget_room (self);
  snug_clear_source (&self->slow);
  snug_session_nearby_clear (self);
  g_clear_object (&self->local_host);
  g_clear_object (&self->network_watch);
  G_OBJECT_CLASS (snug_session_parent_class)->dispose (object);
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
  snug_wipe_string (&self->link);
  snug_wipe_string (&self->invite);
  snug_session_set_secret (self, NULL);
  g_free (self->knock);
  g_clear_error (&self->error);
  g_free (self->trouble);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_object (&self->save_to);
  g_clear_object (&self->members);
  g_clear_object (&self->chat);
  snug_session_files_clear (self);
  g_clear_pointer (&self->announced, g_hash_table_unref);
  g_free (self->entry_server);
  g_free (self->entry_member);
  g_free (self->entry_token);
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
  object_class->dispose = snug_session_dispose;
  object_class->finalize = snug_session_finalize;

  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, SNUG_SESSION_FAILED, 0, readable);
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  props[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, readable);
  props[PROP_CODE] = g_param_spec_string ("code", NULL, NULL, NULL, readable);
  props[PROP_LINK] = g_param_spec_string ("link", NULL, NULL, NULL, readable);
  props[PROP_INVITE] = g_param_spec_string ("invite", NULL, NULL, NULL, readable);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", writable);
  props[PROP_DEVICE] = g_param_spec_int ("device", NULL, NULL, 0, SNUG_MEMBER_DEVICE_LEGACY_PAGE,
                                         SNUG_MEMBER_DEVICE_DESKTOP, writable);
  props[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, writable);
  props[PROP_WEB_ROOT] = g_param_spec_string ("web-root", NULL, NULL, NULL, writable);
  props[PROP_LISTEN] = g_param_spec_string ("listen", NULL, NULL, NULL, writable);
  props[PROP_CAPACITY] = g_param_spec_uint ("capacity", NULL, NULL, 2, 16, 10, writable);
  props[PROP_STRIPES] = g_param_spec_boolean ("stripes", NULL, NULL, TRUE, writable);
  props[PROP_RELAY_POLICY] = g_param_spec_int ("relay-policy", NULL, NULL, 0, SNUG_RELAY_ONLY, 0, writable);
  props[PROP_ICE_SERVERS] = g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_PTR_ARRAY, writable);
  props[PROP_ACCEPT_POLICY] = g_param_spec_int ("accept-policy", NULL, NULL, 0, SNUG_ACCEPT_NONE, 0, writable);
  props[PROP_CONFLICT_POLICY] = g_param_spec_int ("conflict-policy", NULL, NULL, 0, SNUG_CONFLICT_REPLACE, 0, writable);
  props[PROP_SAVE_TO] = g_param_spec_object ("save-to", NULL, NULL, G_TYPE_FILE, writable);
  props[PROP_NEARBY] = g_param_spec_int ("nearby", NULL, NULL, 0, SNUG_NEARBY_ALL_ROOMS, 0, writable);
  props[PROP_ANNOUNCEMENT] = g_param_spec_int ("announcement", NULL, NULL, 0, SNUG_ANNOUNCEMENT_IMPOSSIBLE, 0, readable);
  props[PROP_HAS_NEARBY] = g_param_spec_boolean ("has-nearby", NULL, NULL, FALSE, readable);
  props[PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, readable);
  props[PROP_ROUNDS_PROXY] = g_param_spec_boolean ("rounds-proxy", NULL, NULL, FALSE, readable);
  props[PROP_LACKS_RELAY] = g_param_spec_boolean ("lacks-relay", NULL, NULL, FALSE, readable);
  props[PROP_GUESSED] = g_param_spec_boolean ("guessed", NULL, NULL, FALSE, readable);
  props[PROP_KNOCK] = g_param_spec_string ("knock", NULL, NULL, NULL, readable);
  props[PROP_IS_HOST] = g_param_spec_boolean ("is-host", NULL, NULL, FALSE, readable);
  props[PROP_LOCKED] = g_param_spec_boolean ("locked", NULL, NULL, FALSE, readable);
  props[PROP_EXPIRES] = g_param_spec_int64 ("expires", NULL, NULL, 0, G_MAXINT64, 0, readable);
  props[PROP_N_CONNECTED] = g_param_spec_uint ("n-connected", NULL, NULL, 0, G_MAXUINT, 0, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[OFFER_RECEIVED] = g_signal_new ("offer-received", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, SNUG_TYPE_TRANSFER);
  signals[DELIVERED] = g_signal_new ("delivered", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[MESSAGE_EDITED] = g_signal_new ("message-edited", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, SNUG_TYPE_MESSAGE);
  signals[MESSAGE_DELETED] = g_signal_new ("message-deleted", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, SNUG_TYPE_MESSAGE);
  signals[MESSAGE_REACTED] = g_signal_new ("message-reacted", SNUG_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 4, SNUG_TYPE_MESSAGE, G_TYPE_STRING, G_TYPE_STRING,
                                           G_TYPE_BOOLEAN);
}

static void
snug_session_init (SnugSession *self)
{
  self->name = g_strdup ("");
  self->device = SNUG_MEMBER_DEVICE_DESKTOP;
  self->capacity = 10;
  self->stripes = TRUE;
  self->members = g_list_store_new (SNUG_TYPE_MEMBER);
  self->announced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->chat = snug_chat_new ();
  g_signal_connect_object (self->chat, "delivered", G_CALLBACK (on_delivered), self, 0);
  g_signal_connect_object (self->chat, "edited", G_CALLBACK (on_edited), self, 0);
  g_signal_connect_object (self->chat, "deleted", G_CALLBACK (on_deleted), self, 0);
  g_signal_connect_object (self->chat, "reacted", G_CALLBACK (on_reacted), self, 0);
  snug_session_files_init (self);
  snug_session_nearby_init (self);
}
