/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-negotiator-private.h"

#include <string.h>

#include "snug-context.h"
#include "snug-dialects.h"
#include "snug-wire.h"

/* How often the path and the round trip are looked at. */
#define INFO_INTERVAL_MS 2000
/* The offerer mends a lost route; the answerer asks for it if nothing came in this time. */
#define OFFERER_PATIENCE_MS 1000
#define ANSWERER_PATIENCE_MS 4000
/* An answerer that hears no offer asks for one. */
#define FIRST_OFFER_PATIENCE_MS 5000

G_DEFINE_FINAL_TYPE (SnugNegotiator, snug_negotiator, G_TYPE_OBJECT)

enum
{
  SIGNAL,
  CHANGED,
  MESSAGE,
  SESSION_OPENED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
snug_negotiator_say_signal (SnugNegotiator *self, SnugSignalMessage *message)
{
  if (self->signaling_open)
    g_signal_emit (self, signals[SIGNAL], 0, message);
  else
    self->said_in_vain = TRUE;
}

void
snug_negotiator_tell (SnugNegotiator *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

void
snug_negotiator_enter (SnugNegotiator *self, SnugPeerLinkState state, const GError *error)
{
  if (self->state == SNUG_PEER_LINK_CLOSED)
    return;

  self->state = state;
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  if (state == SNUG_PEER_LINK_CONNECTED)
    snug_negotiator_watch_silence (self);
  if (state == SNUG_PEER_LINK_FAILED)
    self->searching_us = 0;
  snug_negotiator_tell (self);
}

static void
on_local_candidate (SnugPeerConnection *connection, const char *candidate, gpointer user_data)
{
  SnugNegotiator *self = user_data;
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_ICE_CANDIDATE);

  message->candidate = g_strdup (candidate);
  message->sdp_mid = g_strdup ("0");
  message->neg = self->neg;
  snug_negotiator_say_signal (self, message);
  if (*candidate == '\0')
    snug_negotiator_tell (self);   /* only now is it known that no relay lets us in */
}

/* --- the dialect ----------------------------------------------------------------------------------- */

/* @message: (transfer full) */
static void
on_dialect_message (SnugWireMessage *message, gpointer user_data)
{
  g_signal_emit (user_data, signals[MESSAGE], 0, message);
}

static void
choose_dialect (SnugNegotiator *self, guint version)
{
  if (self->dialect != NULL && rules (self)->version == version)
    return;
  g_clear_object (&self->dialect);
  self->dialect = snug_dialects_new (version, self->network);
  snug_dialect_set_func (self->dialect, on_dialect_message, self);
  snug_dialect_set_connection (self->dialect, self->connection);
}

gboolean
snug_negotiator_is_session_open (SnugNegotiator *self)
{
  return self->session != NULL && snug_data_channel_get_state (self->session) == SNUG_DATA_CHANNEL_OPEN;
}

/* PROTOCOL.md section 4: version 2 if it shows caps or the channel's protocol, and then for ever. */
void
snug_negotiator_learn_version (SnugNegotiator *self, gboolean shows_version_2)
{
  self->speaks_version_2 |= shows_version_2;
  if (!snug_negotiator_is_session_open (self))
    choose_dialect (self, self->speaks_version_2 ? SNUG_WIRE_VERSION : 1);
}

void
snug_negotiator_set_version (SnugNegotiator *self, guint version)
{
  if (self->dialect != NULL && !self->speaks_version_2 && !snug_negotiator_is_session_open (self))
    choose_dialect (self, version);
}

/* --- the session channel ------------------------------------------------------------------------- */

static gboolean
on_info_timer (gpointer user_data)
{
  snug_negotiator_tell (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_session_open (SnugNegotiator *self)
{
  self->was_connected = TRUE;
  self->n_sessions++;
  self->trying_us = 0;
  self->restarted = FALSE;
  snug_backoff_reset (&self->backoff);
  snug_clear_source (&self->mend_timer);
  if (self->info_timer == NULL)
    self->info_timer = snug_context_timeout (self->network, INFO_INTERVAL_MS, on_info_timer, self);
  snug_negotiator_enter (self, SNUG_PEER_LINK_CONNECTED, NULL);
  g_signal_emit (self, signals[SESSION_OPENED], 0);
  snug_dialect_begin (self->dialect, self->session);
}

static void
on_session_state_changed (SnugDataChannel *channel, SnugNegotiator *self)
{
  if (channel != self->session)
    return;

  switch (snug_data_channel_get_state (channel))
    {
    case SNUG_DATA_CHANNEL_OPEN:
      on_session_open (self);
      break;

    case SNUG_DATA_CHANNEL_CLOSED:
      snug_dialect_end (self->dialect);
      /* The member closed it: it left, or its page was reloaded and a new session will come. */
      if (self->state == SNUG_PEER_LINK_CONNECTED)
        {
          snug_negotiator_enter (self, SNUG_PEER_LINK_RECONNECTING, NULL);
          snug_negotiator_mend_later (self, self->offerer ? OFFERER_PATIENCE_MS : ANSWERER_PATIENCE_MS);
        }
      break;

    case SNUG_DATA_CHANNEL_CONNECTING:
    case SNUG_DATA_CHANNEL_CLOSING:
    default:
      break;
    }
}

static void
drop_session (SnugNegotiator *self)
{
  if (self->session == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->dialect != NULL)
    snug_dialect_end (self->dialect);
  g_clear_object (&self->session);
}

static void
adopt_session (SnugNegotiator *self, SnugDataChannel *channel)
{
  drop_session (self);
  self->session = g_object_ref (channel);
  g_signal_connect (channel, "state-changed", G_CALLBACK (on_session_state_changed), self);
  if (snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_OPEN)
    on_session_open (self);
}

/* --- channels for others ------------------------------------------------------------------------- */

static void
on_data_channel (SnugPeerConnection *connection, SnugDataChannel *channel, SnugNegotiator *self)
{
  if (self->offerer || strcmp (snug_data_channel_get_label (channel), SNUG_WIRE_SESSION_LABEL) != 0)
    {
      snug_dialect_hear_channel (self->dialect, channel);
      return;
    }
  drop_session (self);
  snug_negotiator_learn_version (self, strcmp (snug_data_channel_get_protocol (channel), SNUG_WIRE_PROTOCOL) == 0);
  adopt_session (self, channel);
}

void
snug_negotiator_open_file (SnugNegotiator *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                           GDestroyNotify destroy)
{
  if (self->dialect != NULL)
    {
      snug_dialect_open_file (self->dialect, id, func, user_data, destroy);
      return;
    }
  func (NULL, user_data);
  destroy (user_data);
}

void
snug_negotiator_expect_file (SnugNegotiator *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                             GDestroyNotify destroy)
{
  if (self->dialect != NULL)
    {
      snug_dialect_expect_file (self->dialect, id, func, user_data, destroy);
      return;
    }
  func (NULL, user_data);
  destroy (user_data);
}

void
snug_negotiator_open_channel (SnugNegotiator *self, const char *label, const char *protocol,
                              SnugChannelFunc func, gpointer user_data, GDestroyNotify destroy)
{
  SnugDataChannelInit init = { .protocol = protocol };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (GError) error = NULL;

  if (self->connection != NULL)
    channel = snug_peer_connection_create_data_channel (self->connection, label, &init, &error);
  if (error != NULL)
    g_debug ("no channel: %s", error->message);

  func (channel, user_data);
  if (destroy != NULL)
    destroy (user_data);
}

/* --- the peer connection ------------------------------------------------------------------------- */

static void
on_route (SnugNegotiator *self)
{
  snug_clear_source (&self->mend_timer);
  self->restarted = FALSE;
  self->trying_us = 0;
  if (snug_negotiator_is_session_open (self))
    snug_negotiator_enter (self, SNUG_PEER_LINK_CONNECTED, NULL);
}

static void
on_connection_state_changed (SnugPeerConnection *connection, SnugNegotiator *self)
{
  switch (snug_peer_connection_get_state (connection))
    {
    case SNUG_PEER_CONNECTION_CONNECTED:
      on_route (self);
      break;

    case SNUG_PEER_CONNECTION_DISCONNECTED:
      snug_negotiator_enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING,
                             NULL);
      snug_negotiator_mend_later (self, self->offerer ? OFFERER_PATIENCE_MS : rules (self)->ask_patience_ms);
      break;

    case SNUG_PEER_CONNECTION_FAILED:
      snug_negotiator_give_up_or_try_again (self, snug_peer_connection_get_error (connection));
      break;

    case SNUG_PEER_CONNECTION_CLOSED:
      /* Closed by the member in good order: as if its channel had been closed. */
      if (self->state != SNUG_PEER_LINK_CLOSED && self->state != SNUG_PEER_LINK_RECONNECTING)
        {
          snug_negotiator_enter (self, SNUG_PEER_LINK_RECONNECTING, NULL);
          snug_negotiator_mend_later (self, self->offerer ? OFFERER_PATIENCE_MS : ANSWERER_PATIENCE_MS);
        }
      break;

    case SNUG_PEER_CONNECTION_NEW:
    case SNUG_PEER_CONNECTION_CONNECTING:
    default:
      break;
    }
}

static void
on_connection_progress (SnugPeerConnection *connection, SnugNegotiator *self)
{
  if (snug_peer_connection_get_stage (connection) >= SNUG_PEER_CONNECTION_STAGE_ROUTE)
    self->searching_us = 0;
  snug_negotiator_tell (self);
}

/* ICE that was restarted while the route was not lost, but in doubt, leads from CONNECTED to CONNECTED. With its answer, which
 * only who has the session could give, the way that was found ends the doubt. */
static void
on_path_changed (SnugPeerConnection *connection, SnugNegotiator *self)
{
  if (self->state == SNUG_PEER_LINK_RECONNECTING && !self->awaits_answer && snug_negotiator_is_session_open (self)
      && snug_peer_connection_get_state (connection) == SNUG_PEER_CONNECTION_CONNECTED)
    on_route (self);
  on_connection_progress (connection, self);
}

/* What was said before a goodbye arrives before it. */
static void
drop_connection (SnugNegotiator *self)
{
  drop_session (self);
  if (self->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->dialect != NULL)
    snug_dialect_set_connection (self->dialect, NULL);
  snug_peer_connection_finish (self->connection);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->remote_ufrag, g_free);
}

static void
renew_certificate (SnugNegotiator *self)
{
  SnugCertificate *certificate = snug_certificate_new (NULL);

  if (certificate == NULL)
    return;
  g_object_unref (self->certificate);
  self->certificate = certificate;
}

void
snug_negotiator_make_connection (SnugNegotiator *self)
{
  SnugPeerConnectionConfig config = { .ice_servers = self->ice_servers, .relay = self->relay, .by_proxy = self->by_proxy,
                                      .route_timeout_ms = snug_negotiator_get_route_patience_ms (self) };

  drop_connection (self);
  if (self->had_session && rules (self)->renews_certificate)
    renew_certificate (self);
  self->had_session = TRUE;
  self->connection = snug_peer_connection_new (self->network, self->certificate, &config);
  snug_dialect_set_connection (self->dialect, self->connection);
  g_signal_connect (self->connection, "state-changed", G_CALLBACK (on_connection_state_changed), self);
  g_signal_connect (self->connection, "stage-changed", G_CALLBACK (on_connection_progress), self);
  g_signal_connect (self->connection, "path-changed", G_CALLBACK (on_path_changed), self);
  g_signal_connect (self->connection, "local-candidate", G_CALLBACK (on_local_candidate), self);
  g_signal_connect (self->connection, "data-channel", G_CALLBACK (on_data_channel), self);
}

void
snug_negotiator_open_session (SnugNegotiator *self)
{
  SnugDataChannelInit init = { .protocol = SNUG_WIRE_PROTOCOL };
  g_autoptr (SnugDataChannel) session = NULL;

  session = snug_peer_connection_create_data_channel (self->connection, SNUG_WIRE_SESSION_LABEL, &init, NULL);
  if (session != NULL)
    adopt_session (self, session);
}

/* The offerer's first step. The counter starts again with each session: an offer with `neg` 1 and other
 * ICE credentials than before is a new session, whatever was before. */
void
snug_negotiator_begin_session (SnugNegotiator *self)
{
  snug_negotiator_make_connection (self);
  self->neg = 0;
  snug_negotiator_open_session (self);
  snug_negotiator_enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING,
                         NULL);
  snug_negotiator_say_offer (self, FALSE);
  snug_negotiator_mend_later (self, rules (self)->answer_patience_ms);
}

/* --- what the room asks -------------------------------------------------------------------------- */

void
snug_negotiator_start (SnugNegotiator *self)
{
  if (self->started)
    return;
  self->started = TRUE;
  if (self->offerer)
    snug_negotiator_begin_session (self);
  else
    snug_negotiator_mend_later (self, FIRST_OFFER_PATIENCE_MS);
}

void
snug_negotiator_set_signaling (SnugNegotiator *self, gboolean open)
{
  gboolean wants_new_session = self->wants_new_session;

  if (self->signaling_open == open)
    return;
  self->signaling_open = open;

  /* Descriptions and candidates said into the void are made again, not repeated. */
  if (!open || !self->said_in_vain)
    return;
  self->said_in_vain = self->wants_new_session = FALSE;
  if (self->state != SNUG_PEER_LINK_CONNECTED)
    snug_negotiator_mend_later (self, 0);
  else if (wants_new_session)
    snug_negotiator_begin_anew (self);
  else
    snug_negotiator_check (self);
}

void
snug_negotiator_set_servers (SnugNegotiator *self, GPtrArray *ice_servers, gboolean by_proxy)
{
  GPtrArray *before = self->ice_servers;

  self->ice_servers = ice_servers != NULL ? g_ptr_array_ref (ice_servers) : NULL;
  self->by_proxy = by_proxy;
  if (self->connection != NULL)
    snug_peer_connection_set_servers (self->connection, ice_servers, by_proxy);
  g_clear_pointer (&before, g_ptr_array_unref);
}

void
snug_negotiator_say (SnugNegotiator *self, const SnugWireMessage *message)
{
  if (self->dialect != NULL)
    snug_dialect_say (self->dialect, message);
}

void
snug_negotiator_send_text (SnugNegotiator *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (self->session == NULL || !snug_data_channel_send_text (self->session, text, &error))
    g_debug ("text not sent: %s", error != NULL ? error->message : "no session");
}

void
snug_negotiator_close (SnugNegotiator *self)
{
  if (self->state == SNUG_PEER_LINK_CLOSED)
    return;
  snug_clear_source (&self->mend_timer);
  snug_clear_source (&self->info_timer);
  snug_clear_source (&self->probe_timer);
  snug_clear_source (&self->look_timer);
  drop_connection (self);
  g_clear_object (&self->dialect);
  snug_negotiator_enter (self, SNUG_PEER_LINK_CLOSED, NULL);
}

void
snug_negotiator_get_status (SnugNegotiator *self, SnugPeerLinkStatus *status)
{
  *status = (SnugPeerLinkStatus) { .state = self->state, .n_sessions = self->n_sessions };
  status->is_silent = self->is_silent && self->state == SNUG_PEER_LINK_CONNECTED;
  status->error = self->error != NULL ? g_error_copy (self->error) : NULL;
  status->rules = self->dialect != NULL ? rules (self) : snug_dialects_get_rules (SNUG_WIRE_VERSION);
  if (self->connection == NULL)
    return;
  status->stage = snug_peer_connection_get_stage (self->connection);
  status->has_info = snug_peer_connection_get_info (self->connection, &status->info);
}

void
snug_peer_link_status_clear (SnugPeerLinkStatus *status)
{
  g_clear_error (&status->error);
}

/* --- life ---------------------------------------------------------------------------------------- */

SnugNegotiator *
snug_negotiator_new (GMainContext *network, SnugCertificate *certificate,
                     const SnugPeerConnectionConfig *config, gboolean offerer)
{
  SnugNegotiator *self = g_object_new (SNUG_TYPE_NEGOTIATOR, NULL);

  self->network = g_main_context_ref (network);
  self->certificate = g_object_ref (certificate);
  self->ice_servers = config->ice_servers != NULL ? g_ptr_array_ref (config->ice_servers) : NULL;
  self->relay = config->relay;
  self->by_proxy = config->by_proxy;
  self->no_stripes = config->no_stripes;
  self->offerer = offerer;
  return self;
}

static void
snug_negotiator_dispose (GObject *object)
{
  SnugNegotiator *self = SNUG_NEGOTIATOR (object);

  snug_clear_source (&self->mend_timer);
  snug_clear_source (&self->info_timer);
  snug_clear_source (&self->probe_timer);
  snug_clear_source (&self->look_timer);
  drop_connection (self);
  g_clear_object (&self->dialect);
  g_queue_clear_full (&self->early_candidates, (GDestroyNotify) snug_signal_message_unref);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (snug_negotiator_parent_class)->dispose (object);
}

static void
snug_negotiator_finalize (GObject *object)
{
  SnugNegotiator *self = SNUG_NEGOTIATOR (object);

  g_clear_pointer (&self->ice_servers, g_ptr_array_unref);
  g_clear_pointer (&self->network, g_main_context_unref);
  g_clear_error (&self->error);
  g_free (self->remote_ufrag);
  g_free (self->offered_ufrag);
  G_OBJECT_CLASS (snug_negotiator_parent_class)->finalize (object);
}

static void
snug_negotiator_class_init (SnugNegotiatorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = SNUG_TYPE_NEGOTIATOR;

  object_class->dispose = snug_negotiator_dispose;
  object_class->finalize = snug_negotiator_finalize;

  signals[SIGNAL] = g_signal_new ("signal", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, SNUG_TYPE_SIGNAL_MESSAGE);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE] = g_signal_new ("message", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SESSION_OPENED] = g_signal_new ("session-opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
snug_negotiator_init (SnugNegotiator *self)
{
  choose_dialect (self, SNUG_WIRE_VERSION);
  self->backoff = (SnugBackoff) { .first_ms = 1000, .most_ms = 30000 };
  g_queue_init (&self->early_candidates);
}
