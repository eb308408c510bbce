/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-room-private.h"

#include <glib/gi18n-lib.h>

#include "snug-dialects.h"
#include "snug-member-private.h"

/* Whatever a server says, there is an end to the connections that it can make us begin. */
#define MAX_PEERS SNUG_SIGNAL_MAX_MEMBERS

G_DEFINE_FINAL_TYPE (SnugRoom, snug_room, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-room-error-quark, snug_room_error)

enum
{
  CHANGED,
  MEMBER_READY,
  MEMBER_LOST,
  MEMBER_LEFT,
  FULL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
snug_room_tell_changed (SnugRoom *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

void
snug_room_tell_full (SnugRoom *self)
{
  g_signal_emit (self, signals[FULL], 0);
}

/* Only while there is a connection: to mend one takes the server. */
static void
update_hold (SnugRoom *self)
{
  if (self->signaling != NULL)
    snug_signaling_hold (self->signaling, self->transferring && self->n_ready > 0);
}

static SnugPeer *
peer_of (SnugRoom *self, SnugMember *member)
{
  return g_hash_table_lookup (self->peers, snug_member_get_id (member));
}

/* --- members --------------------------------------------------------------------------------------- */

static void
on_peer_signal (SnugPeer *peer, SnugSignalMessage *message, SnugRoom *self)
{
  const char *id = snug_member_get_id (snug_peer_get_member (peer));

  if (self->admission != NULL)
    {
      snug_admission_send (self->admission, id, message);
      return;
    }
  g_free (message->to);
  message->to = g_strdup (id);
  snug_signaling_send (self->signaling, message);
}

static void
on_peer_message (SnugPeer *peer, SnugWireMessage *message, SnugRoom *self)
{
  SnugRoomHandling *handler = &self->handlers[message->type];

  if (handler->func != NULL)
    handler->func (self, snug_peer_get_member (peer), message, handler->user_data);
}

static void
on_peer_ready (SnugPeer *peer, SnugRoom *self)
{
  self->n_ready++;
  update_hold (self);
  g_signal_emit (self, signals[MEMBER_READY], 0, snug_peer_get_member (peer));
  snug_room_tell_changed (self);
}

static void
on_peer_lost (SnugPeer *peer, SnugRoom *self)
{
  self->n_ready--;
  update_hold (self);
  g_signal_emit (self, signals[MEMBER_LOST], 0, snug_peer_get_member (peer));
  snug_room_tell_changed (self);
}

static void
on_peer_silence (SnugPeer *peer, SnugRoom *self)
{
  snug_room_tell_changed (self);
}

static gboolean
is_shown_as (SnugRoom *self, SnugMember *but, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->members)); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (G_LIST_MODEL (self->members), i);

      if (member != but && g_str_equal (snug_member_get_display_name (member), name))
        return TRUE;
    }
  return FALSE;
}

/* Two people called Ana are told apart: the later one is "Ana (2)", and stays so while the first one
 * comes and goes. Nor can anybody take a name like that for themselves. */
static void
on_peer_named (SnugPeer *peer, SnugRoom *self)
{
  SnugMember *named = snug_peer_get_member (peer);
  guint ordinal = 1;

  do
    snug_member_set_ordinal (named, ordinal++);
  while (is_shown_as (self, named, snug_member_get_display_name (named)));
}

void
snug_room_refuse (SnugRoom *self, const GError *error)
{
  if (self->refusal != NULL)
    return;
  self->refusal = g_error_copy (error);
  snug_room_close (self);
  snug_room_tell_changed (self);
}

/* Whoever breaks the rules of the safety phrase loses us; it is a person's word, or having nobody else, that
 * ends the room. */
static void
on_peer_unsafe (SnugPeer *peer, gboolean says_person, SnugRoom *self)
{
  g_autoptr (GError) error = g_error_new_literal (SNUG_ROOM_ERROR, SNUG_ROOM_ERROR_NOT_SAFE,
                                                  _("Not safe: somebody may be listening in between. The room was closed."));

  guint n_others = self->n_ready - (snug_peer_is_ready (peer) ? 1 : 0);

  if (says_person || n_others == 0)
    snug_room_refuse (self, error);
}

static void
remove_peer (SnugRoom *self, SnugPeer *peer_borrowed)
{
  g_autoptr (SnugPeer) peer = g_object_ref (peer_borrowed);
  SnugMember *member = snug_peer_get_member (peer);
  guint position;

  g_signal_handlers_disconnect_by_data (peer, self);
  if (snug_peer_is_ready (peer))
    on_peer_lost (peer, self);
  snug_peer_link_close (snug_peer_get_link (peer));
  g_hash_table_remove (self->peers, snug_member_get_id (member));

  snug_member_set_state (member, SNUG_MEMBER_LEFT);
  if (g_list_store_find (self->members, member, &position))
    g_list_store_remove (self->members, position);
  g_signal_emit (self, signals[MEMBER_LEFT], 0, member);
  snug_room_tell_changed (self);
}

static void
on_peer_ended (SnugPeer *peer, SnugRoom *self)
{
  if (self->admission != NULL)
    snug_admission_part (self->admission, snug_member_get_id (snug_peer_get_member (peer)));
  remove_peer (self, peer);
}

void
snug_room_remove_all_peers (SnugRoom *self)
{
  g_autoptr (GList) peers = g_hash_table_get_values (self->peers);

  for (GList *l = peers; l != NULL; l = l->next)
    remove_peer (self, l->data);
}

gboolean
snug_room_is_signaling_open (SnugRoom *self)
{
  return snug_signaling_get_state (self->signaling) == SNUG_SIGNALING_OPEN;
}

static gboolean
is_the_same (SnugPeer *peer, guint64 seq, const SnugDialectRules *rules)
{
  return rules->is_renumbered || snug_member_get_seq (snug_peer_get_member (peer)) == seq;
}

void
snug_room_set_transferring (SnugRoom *self, gboolean on)
{
  self->transferring = on;
  update_hold (self);
}

static void
add_peer (SnugRoom *self, const char *id, guint64 seq, gboolean legacy, const char *role, gboolean away)
{
  SnugPeerConnectionConfig config = {
    .ice_servers = self->ice_servers,
    .relay = self->relay,
    .no_stripes = self->no_stripes,
    .by_proxy = snug_signaling_get_by_proxy (self->signaling),
  };
  const SnugDialectRules *rules = snug_dialects_expect (legacy);
  g_autoptr (SnugMember) member = NULL;
  SnugPeer *peer = g_hash_table_lookup (self->peers, id);

  if (peer != NULL && is_the_same (peer, seq, rules))
    {
      snug_peer_stay (peer);
      snug_peer_set_away (peer, away);
      return;
    }
  if (peer != NULL)
    remove_peer (self, peer);
  if (g_strcmp0 (id, self->self_id) == 0 || g_hash_table_size (self->peers) >= MAX_PEERS)
    return;

  member = snug_member_new (id, seq);
  snug_member_set_legacy (member, legacy);
  snug_member_set_host (member, g_strcmp0 (id, self->host_id) == 0);

  peer = snug_peer_new (member, self->network, self->certificate, &config,
                        rules->we_offer (role, self->self_seq, seq),
                        self->name, self->device);
  g_signal_connect (peer, "signal", G_CALLBACK (on_peer_signal), self);
  g_signal_connect (peer, "message", G_CALLBACK (on_peer_message), self);
  g_signal_connect (peer, "ready", G_CALLBACK (on_peer_ready), self);
  g_signal_connect (peer, "lost", G_CALLBACK (on_peer_lost), self);
  g_signal_connect (peer, "silence", G_CALLBACK (on_peer_silence), self);
  g_signal_connect (peer, "named", G_CALLBACK (on_peer_named), self);
  g_signal_connect (peer, "unsafe", G_CALLBACK (on_peer_unsafe), self);
  g_signal_connect (peer, "ended", G_CALLBACK (on_peer_ended), self);

  g_hash_table_insert (self->peers, g_strdup (id), peer);
  g_list_store_append (self->members, member);
  snug_peer_set_away (peer, away);
  snug_peer_start (peer, snug_room_is_signaling_open (self));
  snug_room_tell_changed (self);
}

void
snug_room_meet (SnugRoom *self, const char *id, guint64 seq, gboolean legacy, const char *role, gboolean away)
{
  SnugPeer *peer = g_hash_table_lookup (self->peers, id);

  if (self->admission == NULL)
    {
      add_peer (self, id, seq, legacy, role, away);
      return;
    }
  if (legacy)
    return;
  if (peer != NULL && !is_the_same (peer, seq, snug_dialects_expect (FALSE)))
    remove_peer (self, peer);
  snug_admission_meet (self->admission, id, seq);
  if (snug_admission_is_paired (self->admission, id) && !snug_admission_is_pending (self->admission))
    add_peer (self, id, seq, FALSE, role, away);
}

static void
on_paired (SnugAdmission *admission, const char *id, guint64 seq, SnugRoom *self)
{
  add_peer (self, id, seq, FALSE, NULL, FALSE);
}

static void
on_content (SnugAdmission *admission, const char *id, SnugSignalMessage *message, SnugRoom *self)
{
  SnugPeer *peer = g_hash_table_lookup (self->peers, id);

  if (peer != NULL)
    snug_peer_link_handle_signal (snug_peer_get_link (peer), message);
}

static void
on_admission_failed (SnugAdmission *admission, const GError *error, SnugRoom *self)
{
  snug_room_refuse (self, error);
}

/* --- what is asked of a room ----------------------------------------------------------------------- */

void
snug_room_open (SnugRoom *self)
{
  snug_signaling_open (self->signaling);
}

void
snug_room_close (SnugRoom *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  if (self->admission != NULL)
    snug_admission_close (self->admission);
  snug_signaling_close (self->signaling);
  snug_room_remove_all_peers (self);
}

void
snug_room_retry (SnugRoom *self)
{
  GHashTableIter iter;
  gpointer peer;

  snug_signaling_retry (self->signaling);
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    snug_peer_link_retry (snug_peer_get_link (peer));
}

/* The server first: to mend a route takes its word. */
void
snug_room_check (SnugRoom *self)
{
  g_autoptr (SnugRoom) keep = g_object_ref (self);
  GHashTableIter iter;
  gpointer peer;

  snug_signaling_check (self->signaling);
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    snug_peer_link_check (snug_peer_get_link (peer));
}

void
snug_room_set_handler (SnugRoom *self, SnugWireType type, SnugRoomHandler handler, gpointer user_data)
{
  self->handlers[type] = (SnugRoomHandling) { handler, user_data };
}

gboolean
snug_room_send (SnugRoom *self, SnugMember *member, const SnugWireMessage *message)
{
  SnugPeer *peer = peer_of (self, member);

  return peer != NULL && snug_peer_send (peer, message);
}

void
snug_room_send_to_all (SnugRoom *self, const SnugWireMessage *message)
{
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    snug_peer_send (peer, message);
}

GListModel *
snug_room_get_members (SnugRoom *self)
{
  return G_LIST_MODEL (self->members);
}

SnugMember *
snug_room_find_member (SnugRoom *self, const char *id)
{
  SnugPeer *peer = g_hash_table_lookup (self->peers, id);

  return peer != NULL ? snug_peer_get_member (peer) : NULL;
}

gboolean
snug_room_is_ready (SnugRoom *self, SnugMember *member)
{
  SnugPeer *peer = peer_of (self, member);

  return peer != NULL && snug_peer_is_ready (peer);
}

SnugPeerLink *
snug_room_get_link (SnugRoom *self, SnugMember *member)
{
  SnugPeer *peer = peer_of (self, member);

  return peer != NULL ? snug_peer_get_link (peer) : NULL;
}

SnugSignaling *
snug_room_get_signaling (SnugRoom *self)
{
  return self->signaling;
}

SnugAdmission *
snug_room_get_admission (SnugRoom *self)
{
  return self->admission;
}

const GError *
snug_room_get_refusal (SnugRoom *self)
{
  return self->refusal;
}

const char *
snug_room_get_self_id (SnugRoom *self)
{
  return self->self_id;
}

gboolean
snug_room_get_is_host (SnugRoom *self)
{
  return self->self_id != NULL && g_strcmp0 (self->self_id, self->host_id) == 0;
}

gboolean
snug_room_get_locked (SnugRoom *self)
{
  return self->locked;
}

gint64
snug_room_get_expires (SnugRoom *self)
{
  return self->expires;
}

guint
snug_room_get_n_ready (SnugRoom *self)
{
  return self->n_ready;
}

gboolean
snug_room_is_anybody_heard (SnugRoom *self)
{
  GHashTableIter iter;
  gpointer peer;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    if (snug_peer_is_heard (peer))
      return TRUE;
  return FALSE;
}

void
snug_room_lock (SnugRoom *self, gboolean on)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_LOCK);

  if (self->admission != NULL)
    snug_admission_ask_first (self->admission, on);
  message->on = on;
  snug_signaling_send (self->signaling, message);
}

void
snug_room_remove_member (SnugRoom *self, SnugMember *member)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_REMOVE);

  if (self->admission != NULL)
    {
      snug_admission_remove (self->admission, snug_member_get_id (member));
      return;
    }
  message->peer = g_strdup (snug_member_get_id (member));
  snug_signaling_send (self->signaling, message);
}

void
snug_room_compare (SnugRoom *self, SnugMember *member)
{
  SnugPeer *peer = peer_of (self, member);

  if (peer != NULL)
    snug_peer_compare (peer);
}

void
snug_room_confirm (SnugRoom *self, SnugMember *member, gboolean same)
{
  SnugPeer *peer = peer_of (self, member);

  if (peer != NULL)
    snug_peer_confirm (peer, same);
}

void
snug_room_set_name (SnugRoom *self, const char *name)
{
  GHashTableIter iter;
  gpointer peer;

  g_free (self->name);
  self->name = g_strdup (name);
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, &peer))
    snug_peer_set_own_name (peer, name);
}

static void
become_private (SnugRoom *self, const SnugRoomConfig *config)
{
  self->admission = snug_admission_new (self->signaling, config->code, config->secret, config->name);
  g_signal_connect (self->admission, "paired", G_CALLBACK (on_paired), self);
  g_signal_connect (self->admission, "content", G_CALLBACK (on_content), self);
  g_signal_connect (self->admission, "failed", G_CALLBACK (on_admission_failed), self);
  g_signal_connect_swapped (self->admission, "changed", G_CALLBACK (snug_room_tell_changed), self);
}

SnugRoom *
snug_room_new (SnugSignaling *signaling, const SnugRoomConfig *config)
{
  SnugRoom *self = g_object_new (SNUG_TYPE_ROOM, NULL);

  self->signaling = g_object_ref (signaling);
  self->network = g_main_context_ref (config->network);
  self->certificate = g_object_ref (config->certificate);
  self->own_servers = config->connection.ice_servers != NULL
                        ? g_ptr_array_ref (config->connection.ice_servers) : NULL;
  self->ice_servers = self->own_servers != NULL ? g_ptr_array_ref (self->own_servers) : NULL;
  self->relay = config->connection.relay;
  self->no_stripes = config->connection.no_stripes;
  self->name = g_strdup (config->name);
  self->device = config->device;
  if (config->secret != NULL)
    become_private (self, config);
  snug_room_listen (self);
  return self;
}

static void
snug_room_dispose (GObject *object)
{
  SnugRoom *self = SNUG_ROOM (object);

  if (self->signaling != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->signaling, self);
      snug_room_close (self);
    }
  if (self->admission != NULL)
    g_signal_handlers_disconnect_by_data (self->admission, self);
  g_clear_object (&self->admission);
  g_clear_object (&self->signaling);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (snug_room_parent_class)->dispose (object);
}

static void
snug_room_finalize (GObject *object)
{
  SnugRoom *self = SNUG_ROOM (object);

  g_clear_error (&self->refusal);
  g_clear_object (&self->members);
  g_clear_pointer (&self->peers, g_hash_table_unref);
  g_clear_pointer (&self->own_servers, g_ptr_array_unref);
  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&self->network, g_main_context_unref);
  g_free (self->name);
  g_free (self->self_id);
  g_free (self->host_id);
  G_OBJECT_CLASS (snug_room_parent_class)->finalize (object);
}

static void
snug_room_class_init (SnugRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_ROOM;

  object_class->dispose = snug_room_dispose;
  object_class->finalize = snug_room_finalize;

  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MEMBER_READY] = g_signal_new ("member-ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, SNUG_TYPE_MEMBER);
  signals[MEMBER_LOST] = g_signal_new ("member-lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, SNUG_TYPE_MEMBER);
  signals[MEMBER_LEFT] = g_signal_new ("member-left", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 1, SNUG_TYPE_MEMBER);
  signals[FULL] = g_signal_new ("full", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_room_init (SnugRoom *self)
{
  self->members = g_list_store_new (SNUG_TYPE_MEMBER);
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}
