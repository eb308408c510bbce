/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-session-private.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-network.h"
#include "snug-phrase.h"
#include "snug-websocket-signaling.h"

/* So long a server may take before a person is told what they wait for. */
#define SLOW_SERVER_MS 2000

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
  PROP_ICE_SERVERS,
  PROP_ACCEPT_POLICY,
  PROP_CONFLICT_POLICY,
  PROP_SAVE_TO,
  PROP_IS_HOST,
  PROP_PRIVATE,
  PROP_GUESSED,
  PROP_KNOCK,
  PROP_LOCKED,
  PROP_EXPIRES,
  PROP_N_CONNECTED,
  N_PROPS
};

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

static void
notify (SnugSession *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_error (SnugSession *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  notify (self, PROP_ERROR);
}

static void
set_trouble (SnugSession *self, const char *sentence)
{
  if (g_strcmp0 (self->trouble, sentence) == 0)
    return;
  g_free (self->trouble);
  self->trouble = g_strdup (sentence);
  notify (self, PROP_TROUBLE);
}

static const char *
asleep_words (void)
{
  return _("The server does not answer yet. It may be waking up: this goes on trying for half a minute.");
}

static gboolean
on_slow_server (gpointer user_data)
{
  SnugSession *self = user_data;

  snug_clear_source (&self->slow);
  if (self->trouble == NULL)
    set_trouble (self, asleep_words ());
  return G_SOURCE_REMOVE;
}

static void
watch_for_slow_server (SnugSession *self, gboolean on)
{
  snug_clear_source (&self->slow);
  set_trouble (self, NULL);
  if (on)
    self->slow = snug_context_timeout (g_main_context_get_thread_default (), SLOW_SERVER_MS, on_slow_server, self);
}

static void
enter_state (SnugSession *self, SnugSessionState state)
{
  if (self->state == state)
    return;
  watch_for_slow_server (self, state == SNUG_SESSION_STARTING);
  g_debug ("session: %s → %s", snug_session_state_to_text (self->state), snug_session_state_to_text (state));
  self->state = state;
  notify (self, PROP_STATE);
}

static void
fail (SnugSession *self, SnugSessionError code, const char *sentence)
{
  set_error (self, g_error_new_literal (SNUG_SESSION_ERROR, (int) code, sentence));
  enter_state (self, SNUG_SESSION_FAILED);
}

static void
fail_as_signaling (SnugSession *self, const GError *error)
{
  SnugSessionError code;
  const char *sentence = snug_session_explain (error, &code);

  fail (self, code, sentence);
}

/* --- the state of the room ------------------------------------------------------------------------- */

static gboolean
all_members_failed (SnugSession *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->members));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      if (snug_member_get_state (member) != SNUG_MEMBER_FAILED)
        return FALSE;
    }
  return n > 0;
}

static SnugSessionState
state_among_members (SnugSession *self)
{
  if (self->n_connected > 0)
    return SNUG_SESSION_CONNECTED;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->members)) == 0)
    return SNUG_SESSION_WAITING;
  return self->was_connected ? SNUG_SESSION_RECONNECTING : SNUG_SESSION_CONNECTING;
}

/* Who was never in has nothing to keep: it is still the beginning. */
static void
enter_lost (SnugSession *self, const GError *error)
{
  if (self->was_in)
    {
      enter_state (self, SNUG_SESSION_NO_SERVER);
      return;
    }
  enter_state (self, SNUG_SESSION_STARTING);
  if (g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_RATE_LIMITED))
    set_trouble (self, _("The server asks to wait: too many tries. This goes on by itself in a few seconds."));
  else
    set_trouble (self, asleep_words ());
}

static void
fail_as_refused (SnugSession *self, const GError *refusal)
{
  SnugSessionError code;
  const char *sentence = snug_session_explain_refusal (refusal, &code);

  fail (self, code, sentence);
}

static void
update_state (SnugSession *self)
{
  SnugSignaling *signaling = snug_room_get_signaling (self->room);

  if (snug_room_get_refusal (self->room) != NULL)
    {
      fail_as_refused (self, snug_room_get_refusal (self->room));
      return;
    }

  switch (snug_signaling_get_state (signaling))
    {
    case SNUG_SIGNALING_IDLE:
    case SNUG_SIGNALING_CONNECTING:
      enter_state (self, SNUG_SESSION_STARTING);
      return;

    case SNUG_SIGNALING_RECONNECTING:
      enter_lost (self, snug_signaling_get_error (signaling));
      return;

    case SNUG_SIGNALING_CLOSED:
      fail_as_signaling (self, snug_signaling_get_error (signaling));
      return;

    case SNUG_SIGNALING_OPEN:
    default:
      break;
    }

  if (snug_session_is_pending (self))
    {
      enter_state (self, SNUG_SESSION_PENDING);
      set_trouble (self, snug_session_explain_pending (self));
      return;
    }
  self->was_in = TRUE;

  if (all_members_failed (self))
    {
      fail (self, SNUG_SESSION_ERROR_NO_ROUTE,
            _("Nobody in the room can be reached: both networks block direct links, and no relay is set up or it does not answer."));
      return;
    }
  if (self->error != NULL)
    set_error (self, NULL);
  enter_state (self, state_among_members (self));
}

static void
set_boolean (SnugSession *self, gboolean *field, gboolean value, guint prop)
{
  if (*field == value)
    return;
  *field = value;
  notify (self, prop);
}

static void
show_knock (SnugSession *self)
{
  const char *knock = snug_session_get_knock (self);

  if (g_strcmp0 (self->knock, knock) == 0)
    return;
  g_free (self->knock);
  self->knock = g_strdup (knock);
  notify (self, PROP_KNOCK);
}

static void
on_room_changed (SnugRoom *room, SnugSession *self)
{
  guint n_connected = snug_room_get_n_ready (room);
  gint64 expires = snug_room_get_expires (room);

  self->was_connected = self->was_connected || n_connected > 0;
  if (self->n_connected != n_connected)
    {
      self->n_connected = n_connected;
      notify (self, PROP_N_CONNECTED);
    }
  if (self->expires != expires)
    {
      self->expires = expires;
      notify (self, PROP_EXPIRES);
    }
  set_boolean (self, &self->guessed, snug_session_get_guessed (self), PROP_GUESSED);
  show_knock (self);
  set_boolean (self, &self->is_host, snug_room_get_is_host (room), PROP_IS_HOST);
  set_boolean (self, &self->locked, snug_room_get_locked (room), PROP_LOCKED);
  update_state (self);
}

static void
on_member_state (SnugMember *member, GParamSpec *pspec, SnugSession *self)
{
  if (self->room != NULL)
    update_state (self);
}

/* --- lines of the program in the chat --------------------------------------------------------------- */

static void
on_member_ready (SnugRoom *room, SnugMember *member, SnugSession *self)
{
  gboolean first = g_hash_table_size (self->announced) == 0;
  g_autofree char *line = NULL;

  if (!g_hash_table_insert (self->announced, g_strdup (snug_member_get_id (member)),
                            g_strdup (snug_member_get_display_name (member))))
    return;
  if (first && !self->is_host)
    snug_chat_add_system (self->chat, _("Earlier messages are not shown."));
  /* Translators: %s is a person's name. */
  line = g_strdup_printf (_("%s joined"), snug_member_get_display_name (member));
  snug_chat_add_system (self->chat, line);
}

static void
on_member_renamed (SnugMember *member, GParamSpec *pspec, SnugSession *self)
{
  const char *now = snug_member_get_display_name (member);
  const char *before = g_hash_table_lookup (self->announced, snug_member_get_id (member));
  g_autofree char *line = NULL;

  if (before == NULL || g_str_equal (before, now))
    return;
  /* Translators: the name that somebody had, and the one they have now. */
  line = g_strdup_printf (_("%s is now %s"), before, now);
  g_hash_table_insert (self->announced, g_strdup (snug_member_get_id (member)), g_strdup (now));
  snug_chat_add_system (self->chat, line);
}

static void
on_member_left (SnugRoom *room, SnugMember *member, SnugSession *self)
{
  g_autofree char *line = g_strdup_printf (_("%s left"), snug_member_get_display_name (member));

  if (g_hash_table_contains (self->announced, snug_member_get_id (member)))
    snug_chat_add_system (self->chat, line);
}

static void
on_room_full (SnugRoom *room, SnugSession *self)
{
  snug_chat_add_system (self->chat, _("The room is full."));
}

static void
on_room_members_changed (GListModel *room_members, guint position, guint n_removed, guint n_added, SnugSession *self)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_removed; i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), position + i);

      g_signal_handlers_disconnect_by_func (member, on_member_state, self);
      g_signal_handlers_disconnect_by_func (member, on_member_renamed, self);
    }
  for (guint i = 0; i < n_added; i++)
    {
      SnugMember *member = g_list_model_get_item (room_members, position + i);

      g_signal_connect_object (member, "notify::state", G_CALLBACK (on_member_state), self, 0);
      g_signal_connect_object (member, "notify::display-name", G_CALLBACK (on_member_renamed), self, 0);
      g_ptr_array_add (added, member);
    }
  g_list_store_splice (self->members, position, n_removed, added->pdata, added->len);
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

/* --- into a room and out of it ---------------------------------------------------------------------- */

static void
forget_room (SnugSession *self)
{
  g_cancellable_cancel (self->creating);
  g_clear_object (&self->creating);
  if (self->room != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->room, self);
      snug_transfers_set_room (self->transfers, NULL, NULL);
      snug_chat_set_room (self->chat, NULL);
      snug_room_close (self->room);
      g_signal_handlers_disconnect_by_data (snug_room_get_members (self->room), self);
      g_list_store_remove_all (self->members);
      g_clear_object (&self->room);
    }
  self->n_connected = 0;
  self->was_connected = FALSE;
  self->was_in = FALSE;
  self->is_host = FALSE;
  set_boolean (self, &self->guessed, FALSE, PROP_GUESSED);
  show_knock (self);
  g_hash_table_remove_all (self->announced);
  notify (self, PROP_N_CONNECTED);
}

static void
set_room_link (SnugSession *self, const SnugRoomLink *link)
{
  g_free (self->code);
  snug_wipe_string (&self->link);
  snug_wipe_string (&self->invite);
  self->code = link != NULL ? g_strdup (link->code) : NULL;
  self->link = link != NULL ? snug_room_link_to_url (link) : NULL;
  self->invite = link != NULL ? snug_room_link_to_invite (link) : NULL;
  notify (self, PROP_CODE);
  notify (self, PROP_LINK);
  notify (self, PROP_INVITE);
}

static void
remember_entry (SnugSession *self, const char *server, const char *member, const char *token, const char *role)
{
  g_free (self->entry_server);
  g_free (self->entry_member);
  g_free (self->entry_token);
  self->entry_server = g_strdup (server);
  self->entry_member = g_strdup (member);
  self->entry_token = g_strdup (token);
  self->entry_role = role;
}

/* Goes in by what remember_entry() and set_room_link() noted. */
static void
enter_room (SnugSession *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCertificate) certificate = snug_certificate_new (&error);
  g_autoptr (SnugSignaling) signaling = NULL;
  SnugRoomConfig config = {
    .network = snug_network_get_context (),
    .certificate = certificate,
    .connection = { .ice_servers = self->ice_servers, .relay = self->relay_policy },
    .name = self->name,
    .device = self->device,
    .code = self->code,
    .secret = self->secret,
  };

  if (certificate == NULL)
    {
      fail (self, SNUG_SESSION_ERROR_HOSTING, error->message);
      return;
    }

  signaling = snug_websocket_signaling_new (self->entry_server, self->code, self->entry_member, self->entry_token,
                                            self->entry_role);
  if (self->secret != NULL)
    snug_websocket_signaling_set_private (signaling);
  set_boolean (self, &self->is_private, self->secret != NULL, PROP_PRIVATE);
  self->room = snug_room_new (signaling, &config);
  g_signal_connect (self->room, "changed", G_CALLBACK (on_room_changed), self);
  g_signal_connect (self->room, "member-ready", G_CALLBACK (on_member_ready), self);
  g_signal_connect (self->room, "member-left", G_CALLBACK (on_member_left), self);
  g_signal_connect (self->room, "full", G_CALLBACK (on_room_full), self);
  g_signal_connect (snug_room_get_members (self->room), "items-changed", G_CALLBACK (on_room_members_changed), self);
  snug_chat_set_room (self->chat, self->room);
  snug_transfers_set_room (self->transfers, self->room, config.network);
  snug_room_open (self->room);
}

static SnugRoomLink *
make_link (SnugSession *self, const char *server, const char *code)
{
  gsize n_bytes = 0;
  const guint8 *bytes = self->secret != NULL ? snug_secret_peek (self->secret, &n_bytes) : NULL;
  char *secret = bytes != NULL ? g_strndup ((const char *) bytes, n_bytes) : NULL;
  SnugRoomLink *link = snug_room_link_new (server, code, secret);

  snug_wipe_string (&secret);
  return link;
}

static void
create_here (SnugSession *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugRoomLink) link = NULL;

  self->local_host = snug_local_host_new (self->web_root, self->listen, self->capacity, self->secret != NULL, &error);
  if (self->local_host == NULL)
    {
      g_autofree char *sentence = g_strdup_printf (_("The room cannot be hosted on this computer: %s"), error->message);
      fail (self, SNUG_SESSION_ERROR_HOSTING, sentence);
      return;
    }

  link = make_link (self, snug_local_host_get_public_url (self->local_host),
                    snug_local_host_get_code (self->local_host));
  set_room_link (self, link);
  remember_entry (self, snug_local_host_get_own_url (self->local_host),
                  snug_local_host_get_member (self->local_host), snug_local_host_get_token (self->local_host),
                  "sender");
  enter_room (self);
}

static void
on_room_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCreatedRoom) created = snug_websocket_signaling_create_room_finish (result, &error);
  g_autoptr (SnugRoomLink) link = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->creating);
  if (created != NULL && !created->v2 && self->secret != NULL)
    error = g_error_new_literal (SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_NOT_PRIVATE, "version 1");
  if (error != NULL)
    {
      fail_as_signaling (self, error);
      return;
    }

  link = make_link (self, self->server, created->code);
  set_room_link (self, link);
  remember_entry (self, self->server, created->member, created->token, "sender");
  enter_room (self);
}

/* @secret: nullable */
static void
create_room (SnugSession *self, const char *secret)
{
  g_return_if_fail (self->state == SNUG_SESSION_EMPTY || self->state == SNUG_SESSION_FAILED);

  snug_session_leave (self);
  self->open = secret == NULL;
  snug_session_set_secret (self, secret);
  enter_state (self, SNUG_SESSION_STARTING);
  if (self->server == NULL)
    {
      create_here (self);
      return;
    }
  self->creating = g_cancellable_new ();
  snug_websocket_signaling_create_room_async (self->server, self->capacity, secret != NULL, self->creating, on_room_created,
                                              g_object_ref (self));
}

void
snug_session_create (SnugSession *self, gboolean open)
{
  char *secret = open ? NULL : snug_phrase_make (SNUG_SECRET_WORDS);

  create_room (self, secret);
  snug_wipe_string (&secret);
}

void
snug_session_create_with_secret (SnugSession *self, const char *secret)
{
  create_room (self, secret);
}

gboolean
snug_session_join (SnugSession *self, const char *invite, GError **error)
{
  return snug_session_join_with_secret (self, invite, NULL, error);
}

gboolean
snug_session_join_with_secret (SnugSession *self, const char *invite, const char *secret, GError **error)
{
  g_autoptr (SnugRoomLink) link = NULL;

  if (self->state != SNUG_SESSION_EMPTY && self->state != SNUG_SESSION_FAILED)
    {
      g_set_error_literal (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_BUSY,
                           _("You are in a room already. Leave it first."));
      return FALSE;
    }

  link = snug_room_link_parse (invite, error);
  if (link == NULL)
    {
      if (error != NULL)
        {
          (*error)->domain = SNUG_SESSION_ERROR;
          (*error)->code = SNUG_SESSION_ERROR_BAD_INVITE;
        }
      return FALSE;
    }
  if (secret != NULL)
    {
      snug_wipe_string (&link->secret);
      link->secret = g_strdup (secret);
    }
  if (link->server == NULL)
    link->server = g_strdup (self->server);
  if (link->server == NULL)
    {
      g_set_error_literal (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_NO_SERVER_NAMED,
                           _("A code alone does not say which server the room is on. Paste the whole link."));
      return FALSE;
    }

  snug_session_leave (self);
  snug_session_set_secret (self, link->secret);
  snug_session_enter_again (self, link);
  return TRUE;
}

void
snug_session_enter_again (SnugSession *self, const SnugRoomLink *link)
{
  forget_room (self);
  if (self->error != NULL)
    set_error (self, NULL);
  enter_state (self, SNUG_SESSION_STARTING);
  set_room_link (self, link);
  remember_entry (self, link->server, NULL, NULL, "receiver");
  enter_room (self);
}

void
snug_session_leave (SnugSession *self)
{
  forget_room (self);
  if (self->local_host != NULL)
    snug_local_host_stop (self->local_host);
  g_clear_object (&self->local_host);
  remember_entry (self, NULL, NULL, NULL, NULL);
  set_room_link (self, NULL);
  snug_session_set_secret (self, NULL);
  set_boolean (self, &self->is_private, FALSE, PROP_PRIVATE);
  if (self->error != NULL)
    set_error (self, NULL);
  enter_state (self, SNUG_SESSION_EMPTY);
}

void
snug_session_retry (SnugSession *self)
{
  if (self->room != NULL
      && (self->state != SNUG_SESSION_FAILED
          || g_error_matches (self->error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_NO_ROUTE)))
    {
      snug_room_retry (self->room);
      return;
    }
  if (self->state != SNUG_SESSION_FAILED)
    return;

  forget_room (self);
  set_error (self, NULL);
  if (self->entry_server == NULL)
    {
      snug_session_create (self, self->open);
      return;
    }
  enter_state (self, SNUG_SESSION_STARTING);
  enter_room (self);
}

void
snug_session_lock (SnugSession *self, gboolean on)
{
  if (self->room != NULL)
    snug_room_lock (self->room, on);
}

void
snug_session_remove_member (SnugSession *self, SnugMember *member)
{
  if (self->room != NULL)
    snug_room_remove_member (self->room, member);
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
    case PROP_RELAY_POLICY: g_value_set_int (value, (int) self->relay_policy); break;
    case PROP_ICE_SERVERS: g_value_set_boxed (value, self->ice_servers); break;
    case PROP_ACCEPT_POLICY: g_value_set_int (value, (int) self->accept_policy); break;
    case PROP_CONFLICT_POLICY: g_value_set_int (value, (int) self->conflict_policy); break;
    case PROP_SAVE_TO: g_value_set_object (value, self->save_to); break;
    case PROP_PRIVATE: g_value_set_boolean (value, self->is_private); break;
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
      break;
    case PROP_DEVICE: self->device = (SnugMemberDevice) g_value_get_int (value); break;
    case PROP_SERVER: set_string (&self->server, value); break;
    case PROP_WEB_ROOT: set_string (&self->web_root, value); break;
    case PROP_LISTEN: set_string (&self->listen, value); break;
    case PROP_CAPACITY: self->capacity = g_value_get_uint (value); break;
    case PROP_RELAY_POLICY: self->relay_policy = (SnugRelayPolicy) g_value_get_int (value); break;
    case PROP_ICE_SERVERS:
      g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
      self->ice_servers = g_value_dup_boxed (value);
      break;
    case PROP_ACCEPT_POLICY: self->accept_policy = (SnugAcceptPolicy) g_value_get_int (value); break;
    case PROP_CONFLICT_POLICY: self->conflict_policy = (SnugConflictPolicy) g_value_get_int (value); break;
    case PROP_SAVE_TO: g_set_object (&self->save_to, g_value_get_object (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_session_dispose (GObject *object)
{
  SnugSession *self = SNUG_SESSION (object);

  forget_room (self);
  snug_clear_source (&self->slow);
  g_clear_object (&self->local_host);
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
  props[PROP_RELAY_POLICY] = g_param_spec_int ("relay-policy", NULL, NULL, 0, SNUG_RELAY_ONLY, 0, writable);
  props[PROP_ICE_SERVERS] = g_param_spec_boxed ("ice-servers", NULL, NULL, G_TYPE_PTR_ARRAY, writable);
  props[PROP_ACCEPT_POLICY] = g_param_spec_int ("accept-policy", NULL, NULL, 0, SNUG_ACCEPT_NONE, 0, writable);
  props[PROP_CONFLICT_POLICY] = g_param_spec_int ("conflict-policy", NULL, NULL, 0, SNUG_CONFLICT_REPLACE, 0, writable);
  props[PROP_SAVE_TO] = g_param_spec_object ("save-to", NULL, NULL, G_TYPE_FILE, writable);
  props[PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, readable);
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
  self->members = g_list_store_new (SNUG_TYPE_MEMBER);
  self->announced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->chat = snug_chat_new ();
  g_signal_connect_object (self->chat, "delivered", G_CALLBACK (on_delivered), self, 0);
  g_signal_connect_object (self->chat, "edited", G_CALLBACK (on_edited), self, 0);
  g_signal_connect_object (self->chat, "deleted", G_CALLBACK (on_deleted), self, 0);
  g_signal_connect_object (self->chat, "reacted", G_CALLBACK (on_reacted), self, 0);
  snug_session_files_init (self);
}
