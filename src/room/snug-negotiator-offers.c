/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a negotiator says of offers, answers and candidates, and what it makes of the member's. */
#include "snug-negotiator-private.h"

#include <string.h>

#include "snug-context.h"
#include "snug-json.h"
#include "snug-sdp.h"
#include "snug-wire.h"

/* Checks take a second or two, a relay far away over TLS some more. */
#define ROUTE_PATIENCE_MS (15 * 1000)
/* Candidates that may wait for their description. */
#define MAX_EARLY_CANDIDATES 100

/* PROTOCOL.md section 4: words of `caps`, and how many are looked at. */
#define FEATURE_BULK "bulk"
#define FEATURE_STRIPES "stripes"
#define MAX_FEATURES 32

static JsonObject *
make_caps (SnugNegotiator *self)
{
  JsonObject *caps = json_object_new ();
  JsonArray *features = json_array_new ();

  json_array_add_string_element (features, FEATURE_BULK);
  if (!self->no_stripes)
    json_array_add_string_element (features, FEATURE_STRIPES);
  json_object_set_int_member (caps, "v", SNUG_WIRE_VERSION);
  json_object_set_array_member (caps, "features", features);
  return caps;
}

static gboolean
names (JsonArray *features, const char *word)
{
  const char *feature;

  for (guint i = 0; i < json_array_get_length (features); i++)
    if (snug_json_peek_element_string (features, i, strlen (word), &feature) && strcmp (feature, word) == 0)
      return TRUE;
  return FALSE;
}

static void
learn_features (SnugNegotiator *self, JsonObject *caps)
{
  JsonArray *features;

  if (caps == NULL || !snug_json_peek_array (caps, "features", MAX_FEATURES, &features))
    return;
  if (names (features, FEATURE_STRIPES) && !self->no_stripes)
    snug_peer_connection_allow_stripes (self->connection);
  if (names (features, FEATURE_BULK))
    snug_peer_connection_allow_bulk (self->connection);
}

static void
say_description (SnugNegotiator *self, SnugSignalType type, char *sdp)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (type);

  message->sdp = sdp;
  message->neg = self->neg;
  message->caps = make_caps (self);
  if (type == SNUG_SIGNAL_ANSWER)
    message->of = g_strdup (self->remote_ufrag);
  self->last_offer_us = g_get_monotonic_time ();
  snug_negotiator_say_signal (self, message);
}

void
snug_negotiator_say_offer (SnugNegotiator *self, gboolean ice_restart)
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
  self->awaits_answer = TRUE;
  say_description (self, SNUG_SIGNAL_OFFER, sdp);
}

/* `restart {neg}`: mend the session that offer @neg began; without `neg`: begin a new one. Who does not know
 * that word offers to whoever comes in: what can be done about that is up to the signaling. */
void
snug_negotiator_ask_for_offer (SnugNegotiator *self, gboolean new_session)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (SNUG_SIGNAL_RESTART);

  message->legacy = !rules (self)->takes_requests;
  message->neg = new_session ? 0 : self->neg;
  snug_negotiator_say_signal (self, message);
}

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

static gboolean
has_lost_route (SnugNegotiator *self)
{
  return snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_DISCONNECTED;
}

/* Descriptions are exchanged. In place of a lost route another one is looked for with what was gathered for that: a relay
 * that comes back later is found by the next restart. */
static void
await_session (SnugNegotiator *self)
{
  self->awaits_answer = FALSE;
  if (self->searching_us == 0 && !self->was_connected)
    self->searching_us = g_get_monotonic_time ();
  if (rules (self)->open_patience_ms != 0 && self->state != SNUG_PEER_LINK_CONNECTED)
    snug_negotiator_mend_later (self, rules (self)->open_patience_ms);
  else if (has_lost_route (self))
    snug_negotiator_mend_later (self, ROUTE_PATIENCE_MS + snug_backoff_next_ms (&self->backoff, g_random_double ()));
  else
    snug_clear_source (&self->mend_timer);
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

  snug_negotiator_learn_version (self, message->caps != NULL);
  is_new = is_new_session (self, message, sdp);
  if (is_new && message->neg > 1)
    {
      /* It mends a session that we no longer have. */
      snug_negotiator_ask_for_offer (self, TRUE);
      return;
    }
  if (!is_new && message->neg < self->neg && !is_in_force (self, message))
    return;

  if (is_new)
    snug_negotiator_make_connection (self);
  answer = snug_peer_connection_accept_offer (self->connection, message->sdp, &error);
  if (answer == NULL)
    {
      g_debug ("offer refused: %s", error->message);
      return;
    }

  learn_features (self, message->caps);
  self->neg = message->neg;
  g_free (self->remote_ufrag);
  self->remote_ufrag = g_strdup (sdp->ice_ufrag);
  memcpy (self->remote_fingerprint, sdp->fingerprint, sizeof self->remote_fingerprint);
  await_session (self);
  if (is_new)
    snug_negotiator_enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING,
                           NULL);
  say_description (self, SNUG_SIGNAL_ANSWER, answer);
  add_early_candidates (self);
}

/* It has taken our offer for the first: another would confuse it, so this one has to do. */
static void
go_on_with_stranger (SnugNegotiator *self, const char *answer)
{
  g_autoptr (GError) error = NULL;

  snug_peer_connection_start_over (self->connection);
  snug_negotiator_open_session (self);
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
  snug_negotiator_learn_version (self, message->caps != NULL);
  if (snug_peer_connection_accept_answer (self->connection, message->sdp, &error))
    {
      learn_features (self, message->caps);
      await_session (self);
      return;
    }

  g_debug ("answer refused: %s", error->message);
  /* Another certificate than the session's: the member came back without its session. */
  if (!g_error_matches (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_FINGERPRINT)
      || snug_negotiator_is_patience_over (self))
    return;
  if (rules (self)->forgets_silently)
    go_on_with_stranger (self, message->sdp);
  else
    snug_negotiator_begin_session (self);
}

static void
handle_restart (SnugNegotiator *self, SnugSignalMessage *message)
{
  if (!self->offerer || g_get_monotonic_time () - self->last_offer_us < SNUG_NEGOTIATOR_RESTART_SPACING_US)
    return;

  if (message->neg == 0 || self->connection == NULL)
    snug_negotiator_begin_session (self);
  else if (message->neg == self->neg)
    snug_negotiator_say_offer (self, TRUE);
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
