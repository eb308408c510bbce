/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-negotiator.h"

#include <string.h>

#include "snug-backoff.h"
#include "snug-context.h"
#include "snug-dialects.h"
#include "snug-sdp.h"
#include "snug-wire.h"

/* How often the path and the round trip are looked at. */
#define INFO_INTERVAL_MS 2000
/* The offerer mends a lost route; the answerer asks for it if nothing came in this time. */
#define OFFERER_PATIENCE_MS 1000
#define ANSWERER_PATIENCE_MS 4000
/* An answerer that hears no offer asks for one. */
#define FIRST_OFFER_PATIENCE_MS 5000
/* Restarts asked for by the member, at most one in this time: each costs a gathering. */
#define RESTART_SPACING_US (G_USEC_PER_SEC)
/* A member that lives answers a probe in this time. */
#define PROBE_DELAY_MS 1000
#define PROBE_MS 2000
/* Candidates that may wait for their description. */
#define MAX_EARLY_CANDIDATES 100

struct _SnugNegotiator
{
  GObject                  parent_instance;

  /* Owned */
  GMainContext            *network;
  SnugCertificate         *certificate;
  SnugPeerConnection      *connection;        /* nullable */
  SnugDataChannel         *session;           /* nullable */
  GPtrArray               *ice_servers;       /* nullable */
  SnugDialect             *dialect;           /* nullable once closed */
  GQueue                   early_candidates;  /* of SnugSignalMessage, of an offer still to come */
  GSource                 *mend_timer;
  GSource                 *info_timer;
  GSource                 *probe_timer;
  GError                  *error;
  char                    *remote_ufrag;
  char                    *offered_ufrag;     /* nullable: of our last offer */

  guint8                   remote_fingerprint[SNUG_FINGERPRINT_SIZE];
  SnugRelayPolicy          relay;
  SnugBackoff              backoff;
  SnugPeerLinkState        state;
  guint64                  neg;               /* of the offer in force; 0 = none */
  gint64                   last_offer_us;
  gint64                   trying_us;         /* since when it is being tried; 0 = connected */
  guint                    n_sessions;        /* opened so far */
  guint64                  n_packets;         /* from the member when it was probed */
  gboolean                 offerer;
  gboolean                 started;
  gboolean                 signaling_open;
  gboolean                 said_in_vain;      /* something was not sent while signaling was away */
  gboolean                 was_connected;
  gboolean                 had_session;       /* begun, if not opened */
  gboolean                 restarted;         /* ICE, in vain so far */
  gboolean                 speaks_version_2;  /* it has shown so */
};

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

static void begin_session (SnugNegotiator *self);
static void mend_later (SnugNegotiator *self, guint patience_ms);

static const SnugDialectRules *
rules (SnugNegotiator *self)
{
  return snug_dialect_get_rules (self->dialect);
}

static void
say (SnugNegotiator *self, SnugSignalMessage *message)
{
  if (self->signaling_open)
    g_signal_emit (self, signals[SIGNAL], 0, message);
  else
    self->said_in_vain = TRUE;
}

static void
enter (SnugNegotiator *self, SnugPeerLinkState state, const GError *error)
{
  if (self->state == SNUG_PEER_LINK_CLOSED)
    return;

  self->state = state;
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- describing ---------------------------------------------------------------------------------- */

static JsonObject *
make_caps (void)
{
  JsonObject *caps = json_object_new ();

  json_object_set_int_member (caps, "v", SNUG_WIRE_VERSION);
  json_object_set_array_member (caps, "features", json_array_new ());
  return caps;
}

static void
say_description (SnugNegotiator *self, SnugSignalType type, char *sdp)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (type);

  message->sdp = sdp;
  message->neg = self->neg;
  message->caps = make_caps ();
  if (type == SNUG_SIGNAL_ANSWER)
    message->of = g_strdup (self->remote_ufrag);
  self->last_offer_us = g_get_monotonic_time ();
  say (self, message);
}

static void
say_offer (SnugNegotiator *self, gboolean ice_restart)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugSdp) parsed = NULL;
  char *sdp;

  self->neg++;
  sdp = snug_peer_connection_create_offer (self->connection, ice_restart, &error);
  if (sdp == NULL)
    {
      g_debug ("no offer: %s", error->message);
      return;
    }
  parsed = snug_sdp_parse (sdp, NULL);
  g_free (self->offered_ufrag);
  self->offered_ufrag = parsed != NULL ? g_strdup (parsed->ice_ufrag) : NULL;
  say_description (self, SNUG_SIGNAL_OFFER, sdp);
}

/* `restart {neg}`: mend the session that offer @neg began; without `neg`: begin a new one. Who does not know
 * that word offers to whoever comes in: what can be done about that is up to the signaling. */
static void
ask_for_offer (SnugNegotiator *self, gboolean new_session)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_RESTART);

  message->legacy = !rules (self)->takes_requests;
  message->neg = new_session ? 0 : self->neg;
  say (self, message);
}

static void
on_local_candidate (SnugPeerConnection *connection, const char *candidate, gpointer user_data)
{
  SnugNegotiator *self = user_data;
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_ICE_CANDIDATE);

  message->candidate = g_strdup (candidate);
  message->sdp_mid = g_strdup ("0");
  message->neg = self->neg;
  say (self, message);
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

static gboolean
is_session_open (SnugNegotiator *self)
{
  return self->session != NULL && snug_data_channel_get_state (self->session) == SNUG_DATA_CHANNEL_OPEN;
}

/* PROTOCOL.md section 4: version 2 if it shows caps or the channel's protocol, and then for ever. */
static void
learn_version (SnugNegotiator *self, gboolean shows_version_2)
{
  self->speaks_version_2 |= shows_version_2;
  if (!is_session_open (self))
    choose_dialect (self, self->speaks_version_2 ? SNUG_WIRE_VERSION : 1);
}

void
snug_negotiator_set_version (SnugNegotiator *self, guint version)
{
  if (self->dialect != NULL && !self->speaks_version_2 && !is_session_open (self))
    choose_dialect (self, version);
}

/* --- the session channel ------------------------------------------------------------------------- */

static gboolean
on_info_timer (gpointer user_data)
{
  g_signal_emit (user_data, signals[CHANGED], 0);
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
  enter (self, SNUG_PEER_LINK_CONNECTED, NULL);
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
          enter (self, SNUG_PEER_LINK_RECONNECTING, NULL);
          mend_later (self, self->offerer ? OFFERER_PATIENCE_MS : ANSWERER_PATIENCE_MS);
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
  learn_version (self, strcmp (snug_data_channel_get_protocol (channel), SNUG_WIRE_PROTOCOL) == 0);
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
give_up (SnugNegotiator *self, const GError *error)
{
  snug_clear_source (&self->mend_timer);
  enter (self, SNUG_PEER_LINK_FAILED, error);
}

/* Whether it was tried long enough. The clock starts at the first question. */
static gboolean
is_patience_over (SnugNegotiator *self)
{
  gint64 now_us = g_get_monotonic_time ();
  guint patience_ms = self->was_connected ? rules (self)->again_patience_ms : rules (self)->first_patience_ms;

  if (self->trying_us == 0)
    self->trying_us = now_us;
  return now_us - self->trying_us > (gint64) patience_ms * 1000;
}

/* Where there was no route at first, there is none. What fails on a route may do so by bad luck, but a wrong
 * certificate is none. */
static gboolean
is_worth_another_try (SnugNegotiator *self, const GError *error)
{
  if (g_error_matches (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_FINGERPRINT))
    return FALSE;
  return self->was_connected || !g_error_matches (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE);
}

static void
give_up_or_try_again (SnugNegotiator *self, const GError *error)
{
  if (!is_worth_another_try (self, error) || is_patience_over (self))
    {
      give_up (self, error);
      return;
    }
  enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING, error);
  mend_later (self, snug_backoff_next_ms (&self->backoff, g_random_double ()));
}

static void
on_connection_state_changed (SnugPeerConnection *connection, SnugNegotiator *self)
{
  switch (snug_peer_connection_get_state (connection))
    {
    case SNUG_PEER_CONNECTION_CONNECTED:
      snug_clear_source (&self->mend_timer);
      self->restarted = FALSE;
      self->trying_us = 0;
      if (is_session_open (self))
        enter (self, SNUG_PEER_LINK_CONNECTED, NULL);
      break;

    case SNUG_PEER_CONNECTION_DISCONNECTED:
      enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING, NULL);
      mend_later (self, self->offerer ? OFFERER_PATIENCE_MS : rules (self)->ask_patience_ms);
      break;

    case SNUG_PEER_CONNECTION_FAILED:
      give_up_or_try_again (self, snug_peer_connection_get_error (connection));
      break;

    case SNUG_PEER_CONNECTION_CLOSED:
      /* Closed by the member in good order: as if its channel had been closed. */
      if (self->state != SNUG_PEER_LINK_CLOSED && self->state != SNUG_PEER_LINK_RECONNECTING)
        {
          enter (self, SNUG_PEER_LINK_RECONNECTING, NULL);
          mend_later (self, self->offerer ? OFFERER_PATIENCE_MS : ANSWERER_PATIENCE_MS);
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
  g_signal_emit (self, signals[CHANGED], 0);
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

static void
make_connection (SnugNegotiator *self)
{
  SnugPeerConnectionConfig config = { .ice_servers = self->ice_servers, .relay = self->relay };

  drop_connection (self);
  if (self->had_session && rules (self)->renews_certificate)
    renew_certificate (self);
  self->had_session = TRUE;
  self->connection = snug_peer_connection_new (self->network, self->certificate, &config);
  snug_dialect_set_connection (self->dialect, self->connection);
  g_signal_connect (self->connection, "state-changed", G_CALLBACK (on_connection_state_changed), self);
  g_signal_connect (self->connection, "stage-changed", G_CALLBACK (on_connection_progress), self);
  g_signal_connect (self->connection, "path-changed", G_CALLBACK (on_connection_progress), self);
  g_signal_connect (self->connection, "local-candidate", G_CALLBACK (on_local_candidate), self);
  g_signal_connect (self->connection, "data-channel", G_CALLBACK (on_data_channel), self);
}

static void
open_session (SnugNegotiator *self)
{
  SnugDataChannelInit init = { .protocol = SNUG_WIRE_PROTOCOL };
  g_autoptr (SnugDataChannel) session = NULL;

  session = snug_peer_connection_create_data_channel (self->connection, SNUG_WIRE_SESSION_LABEL, &init, NULL);
  if (session != NULL)
    adopt_session (self, session);
}

/* The offerer's first step. The counter starts again with each session: an offer with `neg` 1 and other
 * ICE credentials than before is a new session, whatever was before. */
static void
begin_session (SnugNegotiator *self)
{
  make_connection (self);
  self->neg = 0;
  open_session (self);
  enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING, NULL);
  say_offer (self, FALSE);
  mend_later (self, rules (self)->answer_patience_ms);
}

static gboolean
can_restart_ice (SnugNegotiator *self)
{
  return self->connection != NULL && !(self->restarted && rules (self)->restarts_once)
         && snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_DISCONNECTED;
}

static gboolean
on_mend_timer (gpointer user_data)
{
  SnugNegotiator *self = user_data;

  snug_clear_source (&self->mend_timer);
  if (is_patience_over (self))
    {
      g_autoptr (GError) error = g_error_new_literal (SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE, "no answer");
      give_up (self, error);
      return G_SOURCE_REMOVE;
    }

  if (self->offerer && can_restart_ice (self))
    {
      say_offer (self, TRUE);
      self->restarted = TRUE;
    }
  else if (self->offerer)
    begin_session (self);
  else
    ask_for_offer (self, !can_restart_ice (self));

  /* No answer is an answer too: ask again, more and more slowly. */
  mend_later (self, rules (self)->answer_patience_ms + snug_backoff_next_ms (&self->backoff, g_random_double ()));
  return G_SOURCE_REMOVE;
}

static void
mend_later (SnugNegotiator *self, guint patience_ms)
{
  snug_clear_source (&self->mend_timer);
  if (self->started && self->state != SNUG_PEER_LINK_CLOSED)
    self->mend_timer = snug_context_timeout (self->network, patience_ms, on_mend_timer, self);
}

/* --- the member's words -------------------------------------------------------------------------- */

/* Version 1 does not number: its words are about the offer in force. */
static gboolean
is_in_force (SnugNegotiator *self, const SnugSignalMessage *message)
{
  return message->neg == self->neg || (message->neg == 0 && message->caps == NULL && !self->speaks_version_2);
}

static void
add_candidate (SnugNegotiator *self, SnugSignalMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (!snug_peer_connection_add_remote_candidate (self->connection, message->candidate, &error))
    g_debug ("candidate dropped: %s", error->message);
}

static void
add_early_candidates (SnugNegotiator *self)
{
  SnugSignalMessage *message;

  while ((message = g_queue_pop_head (&self->early_candidates)) != NULL)
    {
      if (is_in_force (self, message))
        add_candidate (self, message);
      snug_signal_message_unref (message);
    }
}

/* Of the offer in force, or of one that is still to come: where they are not numbered, of either. */
static void
handle_candidate (SnugNegotiator *self, SnugSignalMessage *message)
{
  gboolean is_unnumbered = message->neg == 0 && is_in_force (self, message);

  if (self->connection != NULL && is_in_force (self, message))
    add_candidate (self, message);
  if (!self->offerer && (message->neg > self->neg || is_unnumbered)
      && g_queue_get_length (&self->early_candidates) < MAX_EARLY_CANDIDATES)
    g_queue_push_tail (&self->early_candidates, snug_signal_message_ref (message));
}

/* An offer without a number begins a session if it comes from another certificate: a page makes one for
 * each of its connections. Only its addresses are new when it restarts ICE. */
static gboolean
is_from_elsewhere (SnugNegotiator *self, SnugSignalMessage *message, const SnugSdp *sdp)
{
  if (message->neg == 0)
    return memcmp (self->remote_fingerprint, sdp->fingerprint, sizeof sdp->fingerprint) != 0;
  return message->neg == 1 && g_strcmp0 (self->remote_ufrag, sdp->ice_ufrag) != 0;
}

/* Whether the offer begins a session of its own, rather than going on with the one we have. */
static gboolean
is_new_session (SnugNegotiator *self, SnugSignalMessage *message, const SnugSdp *sdp)
{
  if (self->connection == NULL
      || snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_FAILED
      || snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_CLOSED)
    return TRUE;
  return is_from_elsewhere (self, message, sdp);
}

/* Descriptions are exchanged. */
static void
await_session (SnugNegotiator *self)
{
  if (rules (self)->open_patience_ms == 0 || self->state == SNUG_PEER_LINK_CONNECTED)
    snug_clear_source (&self->mend_timer);
  else
    mend_later (self, rules (self)->open_patience_ms);
}

static void
handle_offer (SnugNegotiator *self, SnugSignalMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugSdp) sdp = snug_sdp_parse (message->sdp, &error);
  gboolean is_new;
  char *answer;

  if (self->offerer || sdp == NULL)
    {
      g_debug ("offer dropped: %s", error != NULL ? error->message : "we are the offerer");
      return;
    }

  learn_version (self, message->caps != NULL);
  is_new = is_new_session (self, message, sdp);
  if (is_new && message->neg > 1)
    {
      /* It mends a session that we no longer have. */
      ask_for_offer (self, TRUE);
      return;
    }
  if (!is_new && message->neg < self->neg && !is_in_force (self, message))
    return;

  if (is_new)
    make_connection (self);
  answer = snug_peer_connection_accept_offer (self->connection, message->sdp, &error);
  if (answer == NULL)
    {
      g_debug ("offer refused: %s", error->message);
      return;
    }

  self->neg = message->neg;
  g_free (self->remote_ufrag);
  self->remote_ufrag = g_strdup (sdp->ice_ufrag);
  memcpy (self->remote_fingerprint, sdp->fingerprint, sizeof self->remote_fingerprint);
  await_session (self);
  if (is_new)
    enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING, NULL);
  say_description (self, SNUG_SIGNAL_ANSWER, answer);
  add_early_candidates (self);
}

/* It has taken our offer for the first: another would confuse it, so this one has to do. */
static void
go_on_with_stranger (SnugNegotiator *self, const char *answer)
{
  g_autoptr (GError) error = NULL;

  snug_peer_connection_start_over (self->connection);
  open_session (self);
  if (!snug_peer_connection_accept_answer (self->connection, answer, &error))
    g_debug ("answer refused again: %s", error->message);
  await_session (self);
}

/* Each session counts from 1: an answer that waited while we were away may be to an offer of an earlier one,
 * and would spoil this one if it were taken for its answer. Who does not say what it answers is believed. */
static gboolean
is_to_another_offer (SnugNegotiator *self, const SnugSignalMessage *answer)
{
  return answer->of != NULL && g_strcmp0 (answer->of, self->offered_ufrag) != 0;
}

static void
handle_answer (SnugNegotiator *self, SnugSignalMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (!self->offerer || self->connection == NULL || !is_in_force (self, message)
      || is_to_another_offer (self, message))
    return;
  learn_version (self, message->caps != NULL);
  if (snug_peer_connection_accept_answer (self->connection, message->sdp, &error))
    {
      await_session (self);
      return;
    }

  g_debug ("answer refused: %s", error->message);
  /* Another certificate than the session's: the member came back without its session. */
  if (!g_error_matches (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_FINGERPRINT) || is_patience_over (self))
    return;
  if (rules (self)->forgets_silently)
    go_on_with_stranger (self, message->sdp);
  else
    begin_session (self);
}

static void
handle_restart (SnugNegotiator *self, SnugSignalMessage *message)
{
  if (!self->offerer || g_get_monotonic_time () - self->last_offer_us < RESTART_SPACING_US)
    return;

  if (message->neg == 0 || self->connection == NULL)
    begin_session (self);
  else if (message->neg == self->neg)
    say_offer (self, TRUE);
}

void
snug_negotiator_handle_signal (SnugNegotiator *self, SnugSignalMessage *message)
{
  if (self->state == SNUG_PEER_LINK_CLOSED)
    return;

  switch ((int) message->type)
    {
    case SNUG_SIGNAL_OFFER:
      handle_offer (self, message);
      break;
    case SNUG_SIGNAL_ANSWER:
      handle_answer (self, message);
      break;
    case SNUG_SIGNAL_ICE_CANDIDATE:
      handle_candidate (self, message);
      break;
    case SNUG_SIGNAL_RESTART:
      handle_restart (self, message);
      break;
    default:
      break;
    }
}

/* --- what the room asks -------------------------------------------------------------------------- */

void
snug_negotiator_start (SnugNegotiator *self)
{
  if (self->started)
    return;
  self->started = TRUE;
  if (self->offerer)
    begin_session (self);
  else
    mend_later (self, FIRST_OFFER_PATIENCE_MS);
}

void
snug_negotiator_set_signaling (SnugNegotiator *self, gboolean open)
{
  if (self->signaling_open == open)
    return;
  self->signaling_open = open;

  /* Descriptions and candidates said into the void are made again, not repeated. */
  if (!open || !self->said_in_vain)
    return;
  self->said_in_vain = FALSE;
  if (self->state != SNUG_PEER_LINK_CONNECTED)
    mend_later (self, 0);
}

void
snug_negotiator_retry (SnugNegotiator *self)
{
  if (self->state == SNUG_PEER_LINK_CLOSED || self->state == SNUG_PEER_LINK_CONNECTED)
    return;
  self->trying_us = 0;
  snug_backoff_reset (&self->backoff);
  enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING, NULL);
  mend_later (self, 0);
}

void
snug_negotiator_begin_anew (SnugNegotiator *self)
{
  if (self->state != SNUG_PEER_LINK_CONNECTED)
    return;
  g_debug ("a new session: the member is not heard in this one, after %" G_GUINT64_FORMAT " packets",
           snug_peer_connection_get_n_packets (self->connection));
  if (self->offerer)
    begin_session (self);
  else
    ask_for_offer (self, TRUE);
}

/* An offer that who was there takes for a restart of ICE, and who is new for the first. */
static void
offer_to_whoever_is_there (SnugNegotiator *self)
{
  if (!is_session_open (self) || snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_FAILED)
    {
      begin_session (self);
      return;
    }
  enter (self, SNUG_PEER_LINK_RECONNECTING, NULL);
  self->restarted = TRUE;
  say_offer (self, TRUE);
  mend_later (self, rules (self)->answer_patience_ms);
}

static gboolean
on_probe_timer (gpointer user_data)
{
  SnugNegotiator *self = user_data;

  snug_clear_source (&self->probe_timer);
  if (self->state == SNUG_PEER_LINK_CONNECTED
      && snug_peer_connection_get_n_packets (self->connection) == self->n_packets)
    offer_to_whoever_is_there (self);
  return G_SOURCE_REMOVE;
}

/* What was on its way from somebody who is gone has come by now. */
static gboolean
on_probe_time (gpointer user_data)
{
  SnugNegotiator *self = user_data;

  snug_clear_source (&self->probe_timer);
  if (self->state != SNUG_PEER_LINK_CONNECTED)
    return G_SOURCE_REMOVE;
  self->n_packets = snug_peer_connection_get_n_packets (self->connection);
  snug_peer_connection_probe (self->connection);
  self->probe_timer = snug_context_timeout (self->network, PROBE_MS, on_probe_timer, self);
  return G_SOURCE_REMOVE;
}

/* A socket was lost, or a page was loaded anew: only a sign of life on the old connection tells. */
static void
probe (SnugNegotiator *self)
{
  snug_clear_source (&self->probe_timer);
  self->probe_timer = snug_context_timeout (self->network, PROBE_DELAY_MS, on_probe_time, self);
}

void
snug_negotiator_renew (SnugNegotiator *self)
{
  if (self->dialect == NULL || !self->started || !self->offerer || !rules (self)->forgets_silently)
    return;
  if (self->state == SNUG_PEER_LINK_CONNECTED)
    {
      probe (self);
      return;
    }
  self->trying_us = 0;
  offer_to_whoever_is_there (self);
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
  drop_connection (self);
  g_clear_object (&self->dialect);
  enter (self, SNUG_PEER_LINK_CLOSED, NULL);
}

void
snug_negotiator_get_status (SnugNegotiator *self, SnugPeerLinkStatus *status)
{
  *status = (SnugPeerLinkStatus) { .state = self->state, .n_sessions = self->n_sessions };
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
