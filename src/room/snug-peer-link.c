/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-peer-link.h"

#include "snug-context.h"
#include "snug-dialects.h"

/* The network side's way back. Lives as long as anything may still post with it; the weak reference is
 * only ever followed in the main context. */
typedef struct
{
  gatomicrefcount  ref_count;
  GWeakRef         link;
  GMainContext    *main;
} Bridge;

struct _SnugPeerLink
{
  GObject             parent_instance;

  /* Owned */
  GMainContext       *network;
  SnugNegotiator     *negotiator;   /* used and finally unreffed in @network only */
  Bridge             *bridge;

  SnugPeerLinkStatus  status;
};

G_DEFINE_FINAL_TYPE (SnugPeerLink, snug_peer_link, G_TYPE_OBJECT)

enum
{
  SIGNAL,
  CHANGED,
  MESSAGE,
  SESSION_OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- from the main to the network context --------------------------------------------------------- */

typedef struct
{
  SnugNegotiator    *negotiator;   /* owned */
  SnugSignalMessage *message;      /* owned, nullable */
  SnugWireMessage   *wire;         /* owned, nullable */
  GPtrArray         *ice_servers;  /* owned, nullable */
  char              *text;         /* owned, nullable: a text, a label, or a transfer id */
  char              *protocol;     /* owned, nullable */
  gboolean           on;
  guint              version;
  SnugChannelFunc    func;
  SnugFileStreamFunc file_func;
  gpointer           user_data;
  GDestroyNotify     destroy;
} Call;

static void
call_free (gpointer data)
{
  Call *call = data;

  /* Runs in the network context, so the last reference is dropped where it belongs. */
  g_object_unref (call->negotiator);
  g_clear_pointer (&call->message, snug_signal_message_unref);
  g_clear_pointer (&call->wire, snug_wire_message_free);
  g_clear_pointer (&call->ice_servers, g_ptr_array_unref);
  g_free (call->text);
  g_free (call->protocol);
  g_free (call);
}

static Call *
call_new (SnugPeerLink *self)
{
  Call *call = g_new0 (Call, 1);

  call->negotiator = g_object_ref (self->negotiator);
  return call;
}

static void
post (SnugPeerLink *self, GSourceOnceFunc func, Call *call)
{
  snug_context_post (self->network, func, call, call_free);
}

static void
do_start (gpointer data)
{
  snug_negotiator_start (((Call *) data)->negotiator);
}

static void
do_set_version (gpointer data)
{
  Call *call = data;

  snug_negotiator_set_version (call->negotiator, call->version);
}

static void
do_renew (gpointer data)
{
  snug_negotiator_renew (((Call *) data)->negotiator);
}

static void
do_check (gpointer data)
{
  snug_negotiator_check (((Call *) data)->negotiator);
}

static void
do_begin_anew (gpointer data)
{
  snug_negotiator_begin_anew (((Call *) data)->negotiator);
}

static void
do_retry (gpointer data)
{
  snug_negotiator_retry (((Call *) data)->negotiator);
}

static void
do_close (gpointer data)
{
  snug_negotiator_close (((Call *) data)->negotiator);
}

static void
do_handle_signal (gpointer data)
{
  Call *call = data;

  snug_negotiator_handle_signal (call->negotiator, call->message);
}

static void
do_set_signaling (gpointer data)
{
  Call *call = data;

  snug_negotiator_set_signaling (call->negotiator, call->on);
}

static void
do_set_servers (gpointer data)
{
  Call *call = data;

  snug_negotiator_set_servers (call->negotiator, call->ice_servers, call->on);
}

static void
do_send_text (gpointer data)
{
  Call *call = data;

  snug_negotiator_send_text (call->negotiator, call->text);
}

static void
do_open_channel (gpointer data)
{
  Call *call = data;

  snug_negotiator_open_channel (call->negotiator, call->text, call->protocol, call->func, call->user_data,
                                call->destroy);
}

static void
do_say (gpointer data)
{
  Call *call = data;

  snug_negotiator_say (call->negotiator, call->wire);
}

static void
do_open_file (gpointer data)
{
  Call *call = data;

  snug_negotiator_open_file (call->negotiator, call->text, call->file_func, call->user_data, call->destroy);
}

static void
do_expect_file (gpointer data)
{
  Call *call = data;

  snug_negotiator_expect_file (call->negotiator, call->text, call->file_func, call->user_data, call->destroy);
}

void
snug_peer_link_start (SnugPeerLink *self)
{
  post (self, do_start, call_new (self));
}

void
snug_peer_link_set_version (SnugPeerLink *self, guint version)
{
  Call *call = call_new (self);

  self->status.rules = snug_dialects_get_rules (version);
  call->version = version;
  post (self, do_set_version, call);
}

void
snug_peer_link_renew (SnugPeerLink *self)
{
  post (self, do_renew, call_new (self));
}

void
snug_peer_link_check (SnugPeerLink *self)
{
  post (self, do_check, call_new (self));
}

void
snug_peer_link_begin_anew (SnugPeerLink *self)
{
  post (self, do_begin_anew, call_new (self));
}

void
snug_peer_link_retry (SnugPeerLink *self)
{
  post (self, do_retry, call_new (self));
}

void
snug_peer_link_close (SnugPeerLink *self)
{
  post (self, do_close, call_new (self));
}

void
snug_peer_link_handle_signal (SnugPeerLink *self, SnugSignalMessage *message)
{
  Call *call = call_new (self);

  call->message = snug_signal_message_ref (message);
  post (self, do_handle_signal, call);
}

void
snug_peer_link_set_signaling (SnugPeerLink *self, gboolean open)
{
  Call *call = call_new (self);

  call->on = open;
  post (self, do_set_signaling, call);
}

void
snug_peer_link_set_servers (SnugPeerLink *self, GPtrArray *ice_servers, gboolean by_proxy)
{
  Call *call = call_new (self);

  call->ice_servers = ice_servers != NULL ? g_ptr_array_ref (ice_servers) : NULL;
  call->on = by_proxy;
  post (self, do_set_servers, call);
}

gboolean
snug_peer_link_say (SnugPeerLink *self, const SnugWireMessage *message)
{
  Call *call;

  if (self->status.state != SNUG_PEER_LINK_CONNECTED)
    return FALSE;
  call = call_new (self);
  call->wire = snug_wire_message_copy (message);
  post (self, do_say, call);
  return TRUE;
}

gboolean
snug_peer_link_send_text (SnugPeerLink *self, const char *text)
{
  Call *call;

  if (self->status.state != SNUG_PEER_LINK_CONNECTED)
    return FALSE;
  call = call_new (self);
  call->text = g_strdup (text);
  post (self, do_send_text, call);
  return TRUE;
}

void
snug_peer_link_open_channel (SnugPeerLink *self, const char *label, const char *protocol,
                             SnugChannelFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Call *call = call_new (self);

  call->text = g_strdup (label);
  call->protocol = g_strdup (protocol);
  call->func = func;
  call->user_data = user_data;
  call->destroy = destroy;
  post (self, do_open_channel, call);
}

static void
post_file_call (SnugPeerLink *self, GSourceOnceFunc what, const char *id, SnugFileStreamFunc func,
                gpointer user_data, GDestroyNotify destroy)
{
  Call *call = call_new (self);

  call->text = g_strdup (id);
  call->file_func = func;
  call->user_data = user_data;
  call->destroy = destroy;
  post (self, what, call);
}

void
snug_peer_link_open_file (SnugPeerLink *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                          GDestroyNotify destroy)
{
  post_file_call (self, do_open_file, id, func, user_data, destroy);
}

void
snug_peer_link_expect_file (SnugPeerLink *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                            GDestroyNotify destroy)
{
  post_file_call (self, do_expect_file, id, func, user_data, destroy);
}

/* --- from the network to the main context --------------------------------------------------------- */

static Bridge *
bridge_ref (Bridge *bridge)
{
  g_atomic_ref_count_inc (&bridge->ref_count);
  return bridge;
}

static void
bridge_unref (gpointer data)
{
  Bridge *bridge = data;

  if (!g_atomic_ref_count_dec (&bridge->ref_count))
    return;
  g_weak_ref_clear (&bridge->link);
  g_main_context_unref (bridge->main);
  g_free (bridge);
}

static void
bridge_unref_closure (gpointer data, GClosure *closure)
{
  bridge_unref (data);
}

typedef struct
{
  Bridge             *bridge;    /* owned */
  SnugSignalMessage  *message;   /* owned, nullable */
  SnugWireMessage    *wire;      /* owned, nullable */
  SnugPeerLinkStatus  status;    /* owned */
} News;

static void
news_free (gpointer data)
{
  News *news = data;

  bridge_unref (news->bridge);
  g_clear_pointer (&news->message, snug_signal_message_unref);
  g_clear_pointer (&news->wire, snug_wire_message_free);
  snug_peer_link_status_clear (&news->status);
  g_free (news);
}

static News *
news_new (Bridge *bridge)
{
  News *news = g_new0 (News, 1);

  news->bridge = bridge_ref (bridge);
  return news;
}

static void
deliver_signal (gpointer data)
{
  News *news = data;
  g_autoptr (SnugPeerLink) self = g_weak_ref_get (&news->bridge->link);

  if (self != NULL)
    g_signal_emit (self, signals[SIGNAL], 0, news->message);
}

static void
deliver_changed (gpointer data)
{
  News *news = data;
  g_autoptr (SnugPeerLink) self = g_weak_ref_get (&news->bridge->link);

  if (self == NULL)
    return;
  snug_peer_link_status_clear (&self->status);
  self->status = news->status;
  news->status.error = NULL;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
deliver_message (gpointer data)
{
  News *news = data;
  g_autoptr (SnugPeerLink) self = g_weak_ref_get (&news->bridge->link);

  if (self != NULL)
    g_signal_emit (self, signals[MESSAGE], 0, news->wire);
}

static void
deliver_session_opened (gpointer data)
{
  News *news = data;
  g_autoptr (SnugPeerLink) self = g_weak_ref_get (&news->bridge->link);

  if (self != NULL)
    g_signal_emit (self, signals[SESSION_OPENED], 0);
}

static void
on_net_signal (SnugNegotiator *negotiator, SnugSignalMessage *message, gpointer user_data)
{
  News *news = news_new (user_data);

  news->message = snug_signal_message_ref (message);
  snug_context_post (news->bridge->main, deliver_signal, news, news_free);
}

static void
on_net_changed (SnugNegotiator *negotiator, gpointer user_data)
{
  News *news = news_new (user_data);

  snug_negotiator_get_status (negotiator, &news->status);
  snug_context_post (news->bridge->main, deliver_changed, news, news_free);
}

static void
on_net_message (SnugNegotiator *negotiator, SnugWireMessage *message, gpointer user_data)
{
  News *news = news_new (user_data);

  news->wire = message;
  snug_context_post (news->bridge->main, deliver_message, news, news_free);
}

static void
on_net_session_opened (SnugNegotiator *negotiator, gpointer user_data)
{
  News *news = news_new (user_data);

  snug_context_post (news->bridge->main, deliver_session_opened, news, news_free);
}

static void
listen (SnugNegotiator *negotiator, const char *signal, GCallback callback, Bridge *bridge)
{
  g_signal_connect_data (negotiator, signal, callback, bridge_ref (bridge), bridge_unref_closure, 0);
}

/* --- the object ------------------------------------------------------------------------------------ */

SnugPeerLink *
snug_peer_link_new (GMainContext *network, SnugCertificate *certificate,
                    const SnugPeerConnectionConfig *config, gboolean offerer)
{
  SnugPeerLink *self = g_object_new (SNUG_TYPE_PEER_LINK, NULL);

  self->network = g_main_context_ref (network);
  g_weak_ref_set (&self->bridge->link, self);
  self->negotiator = snug_negotiator_new (network, certificate, config, offerer);
  listen (self->negotiator, "signal", G_CALLBACK (on_net_signal), self->bridge);
  listen (self->negotiator, "changed", G_CALLBACK (on_net_changed), self->bridge);
  listen (self->negotiator, "message", G_CALLBACK (on_net_message), self->bridge);
  listen (self->negotiator, "session-opened", G_CALLBACK (on_net_session_opened), self->bridge);
  return self;
}

SnugPeerLinkState
snug_peer_link_get_state (SnugPeerLink *self)
{
  return self->status.state;
}

SnugPeerConnectionStage
snug_peer_link_get_stage (SnugPeerLink *self)
{
  return self->status.stage;
}

gboolean
snug_peer_link_is_silent (SnugPeerLink *self)
{
  return self->status.is_silent;
}

guint
snug_peer_link_get_n_sessions (SnugPeerLink *self)
{
  return self->status.n_sessions;
}

const GError *
snug_peer_link_get_error (SnugPeerLink *self)
{
  return self->status.error;
}

const SnugPeerConnectionInfo *
snug_peer_link_get_info (SnugPeerLink *self)
{
  return self->status.has_info ? &self->status.info : NULL;
}

const SnugDialectRules *
snug_peer_link_get_rules (SnugPeerLink *self)
{
  return self->status.rules != NULL ? self->status.rules : snug_dialects_get_rules (SNUG_WIRE_VERSION);
}

static void
snug_peer_link_dispose (GObject *object)
{
  SnugPeerLink *self = SNUG_PEER_LINK (object);

  if (self->negotiator != NULL)
    {
      snug_peer_link_close (self);
      snug_context_unref_in (self->network, g_steal_pointer (&self->negotiator));
    }
  G_OBJECT_CLASS (snug_peer_link_parent_class)->dispose (object);
}

static void
snug_peer_link_finalize (GObject *object)
{
  SnugPeerLink *self = SNUG_PEER_LINK (object);

  bridge_unref (self->bridge);
  snug_peer_link_status_clear (&self->status);
  g_clear_pointer (&self->network, g_main_context_unref);
  G_OBJECT_CLASS (snug_peer_link_parent_class)->finalize (object);
}

static void
snug_peer_link_class_init (SnugPeerLinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_PEER_LINK;

  object_class->dispose = snug_peer_link_dispose;
  object_class->finalize = snug_peer_link_finalize;

  signals[SIGNAL] = g_signal_new ("signal", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, SNUG_TYPE_SIGNAL_MESSAGE);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SESSION_OPENED] = g_signal_new ("session-opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
snug_peer_link_init (SnugPeerLink *self)
{
  self->bridge = g_new0 (Bridge, 1);
  g_atomic_ref_count_init (&self->bridge->ref_count);
  g_weak_ref_init (&self->bridge->link, NULL);
  self->bridge->main = g_main_context_ref_thread_default ();
}
