/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-room-private.h"

#include <glib/gi18n-lib.h>

#include "snug-member-private.h"

static void
set_host (SnugRoom *self, const char *host_id)
{
  g_free (self->host_id);
  self->host_id = g_strdup (host_id);
  if (self->admission != NULL)
    snug_admission_set_host (self->admission, host_id);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);
      snug_member_set_host (member, g_strcmp0 (snug_member_get_id (member), host_id) == 0);
    }
}

static gboolean
is_among (GPtrArray *members, const char *id)
{
  for (guint i = 0; members != NULL && i < members->len; i++)
    if (g_strcmp0 (((SnugSignalPeer *) g_ptr_array_index (members, i))->id, id) == 0)
      return TRUE;
  return FALSE;
}

/* Who is not in the list any more has left meanwhile, or has yet to come back to a server that was started
 * anew: whoever we are still connected to stays until that connection is given up, too. */
static void
reconcile (SnugRoom *self, GPtrArray *members)
{
  g_autoptr (GList) peers = g_hash_table_get_values (self->peers);

  for (GList *l = peers; l != NULL; l = l->next)
    if (!is_among (members, snug_member_get_id (snug_peer_get_member (l->data))))
      snug_peer_leave (l->data, FALSE);
}

/* And nobody waits for whom to pair with. */
static void
reconcile_unpaired (SnugRoom *self, GPtrArray *members)
{
  g_autoptr (GPtrArray) ids = snug_admission_get_unpaired (self->admission);

  for (guint i = 0; i < ids->len; i++)
    if (!is_among (members, g_ptr_array_index (ids, i)))
      snug_admission_part (self->admission, g_ptr_array_index (ids, i));
}

static void
take_ice_servers (SnugRoom *self, GPtrArray *offered)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_ice_server_free);

  /* Other links may be using the old array: it is replaced, not changed. */
  for (guint i = 0; self->own_servers != NULL && i < self->own_servers->len; i++)
    {
      SnugIceServer *own = g_ptr_array_index (self->own_servers, i);
      g_ptr_array_add (servers, snug_ice_server_new (own->url, own->username, own->password));
    }
  /* Where it names none, only these are left. */
  for (guint i = 0; offered != NULL && i < offered->len; i++)
    {
      SnugSignalIceServer *server = g_ptr_array_index (offered, i);

      /* A relay sees everybody's address: not one that a server chose that is not to be trusted. */
      if (self->admission != NULL && !g_str_has_prefix (server->url, "stun:"))
        continue;
      g_ptr_array_add (servers, snug_ice_server_new (server->url, server->username, server->credential));
    }
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  self->ice_servers = g_steal_pointer (&servers);
}

/* Whoever lost a route while the server was away mends it now, and asks those whom this welcome names, by the way that led
 * to it: so they hear of these first. */
static void
tell_links_of_server (SnugRoom *self)
{
  gboolean by_proxy = snug_signaling_get_by_proxy (self->signaling);
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    {
      snug_peer_link_set_servers (snug_peer_get_link (peer), self->ice_servers, by_proxy);
      snug_peer_link_set_signaling (snug_peer_get_link (peer), TRUE);
    }
}

/* Also a server that was started anew, and resumes nothing, knows us by id and seq. */
static gboolean
is_still_us (SnugRoom *self, const SnugSignalMessage *welcome)
{
  return g_strcmp0 (self->self_id, welcome->self) == 0 && self->self_seq == welcome->seq;
}

/* It says that a secret is needed, which takes a person to enter. Whether it says so or not, who has a
 * secret is in a private room. */
static gboolean
lacks_secret (SnugRoom *self, const SnugSignalMessage *welcome)
{
  g_autoptr (GError) error = g_error_new_literal (SNUG_ADMISSION_ERROR, SNUG_ADMISSION_ERROR_SECRET_NEEDED,
                                                  _("This room is private: it has a secret."));

  if (!welcome->is_private || self->admission != NULL)
    return FALSE;
  snug_room_refuse (self, error);
  return TRUE;
}

static void
handle_welcome (SnugRoom *self, SnugSignalMessage *welcome)
{
  gboolean first = self->self_id == NULL;

  if (lacks_secret (self, welcome))
    return;

  /* Somebody else to the others than before: nothing of the old pairs holds. */
  if (!first && !is_still_us (self, welcome))
    snug_room_remove_all_peers (self);

  g_free (self->self_id);
  self->self_id = g_strdup (welcome->self);
  self->self_seq = welcome->seq;
  self->locked = welcome->locked;
  self->expires = (gint64) welcome->expires;
  if (self->admission != NULL)
    snug_admission_welcome (self->admission, welcome);
  set_host (self, welcome->host);
  take_ice_servers (self, welcome->ice_servers);
  tell_links_of_server (self);
  if (!first)
    reconcile (self, welcome->members);
  if (self->admission != NULL)
    reconcile_unpaired (self, welcome->members);

  for (guint i = 0; welcome->members != NULL && i < welcome->members->len; i++)
    {
      SnugSignalPeer *peer = g_ptr_array_index (welcome->members, i);
      snug_room_meet (self, peer->id, peer->seq, peer->legacy, peer->role, peer->away);
    }
  snug_room_tell_changed (self);
}

/* Who has a seat hears few errors, and of these a person wants to know one. */
static void
handle_error (SnugRoom *self, SnugSignalCode code)
{
  if (code == SNUG_SIGNAL_CODE_ROOM_FULL && self->admission != NULL && snug_admission_take_full (self->admission))
    snug_room_tell_full (self);
}

static void
handle_room (SnugRoom *self, const SnugSignalMessage *message)
{
  self->locked = message->locked;
  self->expires = (gint64) message->expires;
  if (self->admission != NULL)
    snug_admission_set_locked (self->admission, message->locked);
  snug_room_tell_changed (self);
}

static void
handle_peer_joined (SnugRoom *self, SnugPeer *peer, const SnugSignalMessage *message)
{
  if (peer != NULL)
    snug_peer_enter_again (peer);
  if (message->peer != NULL)
    snug_room_meet (self, message->peer, message->seq, message->legacy, message->role, FALSE);
}

/* Returns: %FALSE if it is about a member */
static gboolean
hear_of_room (SnugRoom *self, SnugSignalMessage *message)
{
  switch (message->type)
    {
    case SNUG_SIGNAL_WELCOME:
      handle_welcome (self, message);
      return TRUE;
    case SNUG_SIGNAL_HOST:
      set_host (self, message->peer);
      snug_room_tell_changed (self);
      return TRUE;
    case SNUG_SIGNAL_ROOM:
      handle_room (self, message);
      return TRUE;
    case SNUG_SIGNAL_ERROR:
      handle_error (self, message->code);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Who has no key yet is the admission's. Returns: %FALSE if it is for who has one */
static gboolean
hear_of_stranger (SnugRoom *self, SnugSignalMessage *message)
{
  switch (message->type)
    {
    case SNUG_SIGNAL_PEER_PENDING:
      if (self->admission != NULL && message->peer != NULL)
        snug_admission_hear_knock (self->admission, message->peer);
      return TRUE;
    case SNUG_SIGNAL_PAKE:
    case SNUG_SIGNAL_SEALED:
      if (self->admission != NULL)
        snug_admission_handle (self->admission, message);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
hear_of_member (SnugRoom *self, SnugPeer *peer, SnugSignalMessage *message)
{
  switch ((int) message->type)
    {
    case SNUG_SIGNAL_PEER_LEFT:
      snug_peer_leave (peer, g_strcmp0 (message->reason, "lost") != 0);
      break;
    case SNUG_SIGNAL_PEER_AWAY:
      snug_peer_set_away (peer, TRUE);
      break;
    case SNUG_SIGNAL_PEER_BACK:
      snug_peer_set_away (peer, FALSE);
      snug_peer_link_retry (snug_peer_get_link (peer));
      break;
    default:
      /* Unsealed, in a private room: the server's own words. */
      if (self->admission == NULL)
        snug_peer_link_handle_signal (snug_peer_get_link (peer), message);
      break;
    }
}

static void
on_signaling_message (SnugSignaling *signaling, SnugSignalMessage *message, SnugRoom *self)
{
  const char *about = message->from != NULL ? message->from : message->peer;
  SnugPeer *peer = about != NULL ? g_hash_table_lookup (self->peers, about) : NULL;

  if (hear_of_room (self, message) || hear_of_stranger (self, message))
    return;
  if (message->type == SNUG_SIGNAL_PEER_JOINED)
    handle_peer_joined (self, peer, message);
  else if (peer != NULL)
    hear_of_member (self, peer, message);
  else if (self->admission != NULL && message->type == SNUG_SIGNAL_PEER_LEFT && about != NULL)
    snug_admission_part (self->admission, about);
}

static void
on_signaling_state_changed (SnugSignaling *signaling, SnugRoom *self)
{
  GHashTableIter iter;
  gpointer peer;

  /* That it is open they hear with its welcome. */
  g_hash_table_iter_init (&iter, self->peers);
  while (!snug_room_is_signaling_open (self) && g_hash_table_iter_next (&iter, NULL, &peer))
    snug_peer_link_set_signaling (snug_peer_get_link (peer), FALSE);
  snug_room_tell_changed (self);
}

void
snug_room_listen (SnugRoom *self)
{
  g_signal_connect (self->signaling, "message", G_CALLBACK (on_signaling_message), self);
  g_signal_connect (self->signaling, "state-changed", G_CALLBACK (on_signaling_state_changed), self);
}
