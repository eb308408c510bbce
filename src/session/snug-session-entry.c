/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A session's way into a room and out of it. */
#include "snug-session-private.h"

#include <glib/gi18n-lib.h>

#include "snug-network.h"
#include "snug-phrase.h"
#include "snug-websocket-signaling.h"

void
snug_session_forget_room (SnugSession *self)
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
  snug_session_set_boolean (self, &self->rounds_proxy, FALSE, PROP_ROUNDS_PROXY);
  snug_session_set_boolean (self, &self->lacks_relay, FALSE, PROP_LACKS_RELAY);
  snug_session_set_boolean (self, &self->guessed, FALSE, PROP_GUESSED);
  snug_session_show_knock (self);
  g_hash_table_remove_all (self->announced);
  snug_session_notify (self, PROP_N_CONNECTED);
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
  snug_session_notify (self, PROP_CODE);
  snug_session_notify (self, PROP_LINK);
  snug_session_notify (self, PROP_INVITE);
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

static void
on_network_changed (SnugNetworkWatch *watch, SnugSession *self)
{
  if (self->room != NULL)
    snug_room_check (self->room);
}

static void
watch_network (SnugSession *self)
{
  if (self->network_watch != NULL)
    return;
  self->network_watch = snug_network_watch_new (NULL);
  g_signal_connect_object (self->network_watch, "changed", G_CALLBACK (on_network_changed), self, 0);
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
    .connection = { .ice_servers = self->ice_servers, .relay = self->relay_policy, .no_stripes = !self->stripes },
    .name = self->name,
    .device = self->device,
    .code = self->code,
    .secret = self->secret,
  };

  self->room_policy = self->relay_policy;
  if (certificate == NULL)
    {
      snug_session_fail (self, SNUG_SESSION_ERROR_HOSTING, error->message);
      return;
    }

  signaling = snug_websocket_signaling_new (self->entry_server, self->code, self->entry_member, self->entry_token,
                                            self->entry_role);
  if (self->secret != NULL)
    snug_websocket_signaling_set_private (signaling);
  snug_session_set_boolean (self, &self->is_private, self->secret != NULL, PROP_PRIVATE);
  self->room = snug_room_new (signaling, &config);
  snug_session_listen_to_room (self);
  snug_chat_set_room (self->chat, self->room);
  snug_transfers_set_room (self->transfers, self->room, config.network);
  watch_network (self);
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
      snug_session_fail (self, SNUG_SESSION_ERROR_HOSTING, sentence);
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
      snug_session_fail_as_signaling (self, error);
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
  snug_session_enter_state (self, SNUG_SESSION_STARTING);
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
  snug_session_forget_room (self);
  if (self->error != NULL)
    snug_session_set_error (self, NULL);
  snug_session_enter_state (self, SNUG_SESSION_STARTING);
  set_room_link (self, link);
  remember_entry (self, link->server, NULL, NULL, "receiver");
  enter_room (self);
}

void
snug_session_leave (SnugSession *self)
{
  snug_session_forget_room (self);
  if (self->local_host != NULL)
    snug_local_host_stop (self->local_host);
  g_clear_object (&self->local_host);
  remember_entry (self, NULL, NULL, NULL, NULL);
  set_room_link (self, NULL);
  snug_session_set_secret (self, NULL);
  snug_session_set_boolean (self, &self->is_private, FALSE, PROP_PRIVATE);
  if (self->error != NULL)
    snug_session_set_error (self, NULL);
  snug_session_enter_state (self, SNUG_SESSION_EMPTY);
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

  snug_session_forget_room (self);
  snug_session_set_error (self, NULL);
  if (self->entry_server == NULL)
    {
      snug_session_create (self, self->open);
      return;
    }
  snug_session_enter_state (self, SNUG_SESSION_STARTING);
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
