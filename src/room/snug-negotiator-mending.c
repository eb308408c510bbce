/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a negotiator does about a route that is lost, or an offer that nobody answers: when, how often, and when
 * no more. */
#include "snug-negotiator-private.h"

#include "snug-context.h"

/* A member that lives answers a probe in this time. */
#define PROBE_DELAY_MS 1000
#define PROBE_MS 2000

/* However late a session begins: what a route takes that exists. */
#define LEAST_ROUTE_MS 2000

static void
give_up (SnugNegotiator *self, const GError *error)
{
  snug_clear_source (&self->mend_timer);
  snug_negotiator_enter (self, SNUG_PEER_LINK_FAILED, error);
}

/* Whether it was tried long enough. The clock starts at the first question. */
gboolean
snug_negotiator_is_patience_over (SnugNegotiator *self)
{
  gint64 now_us = g_get_monotonic_time ();
  guint patience_ms = self->was_connected ? rules (self)->again_patience_ms : rules (self)->first_patience_ms;

  if (self->trying_us == 0)
    self->trying_us = now_us;
  return now_us - self->trying_us > (gint64) patience_ms * 1000;
}

guint
snug_negotiator_get_route_patience_ms (SnugNegotiator *self)
{
  gint64 searched_ms = self->searching_us != 0 ? (g_get_monotonic_time () - self->searching_us) / 1000 : 0;
  gint64 patience_ms = rules (self)->route_patience_ms;

  if (self->was_connected || patience_ms == 0)
    return 0;
  return (guint) MAX (patience_ms - searched_ms, LEAST_ROUTE_MS);
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

void
snug_negotiator_give_up_or_try_again (SnugNegotiator *self, const GError *error)
{
  if (!is_worth_another_try (self, error) || snug_negotiator_is_patience_over (self))
    {
      give_up (self, error);
      return;
    }
  snug_negotiator_enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING,
                         error);
  snug_negotiator_mend_later (self, snug_backoff_next_ms (&self->backoff, g_random_double ()));
}

static gboolean
can_restart_ice (SnugNegotiator *self)
{
  return self->connection != NULL && !(self->restarted && rules (self)->restarts_once)
         && snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_DISCONNECTED;
}

/* Who is asked sooner after its last offer does not listen, and would be asked again only when its answer is missed. */
static guint
get_ms_until_heard (SnugNegotiator *self)
{
  gint64 left_us = self->last_offer_us + SNUG_NEGOTIATOR_RESTART_SPACING_US - g_get_monotonic_time ();

  return rules (self)->takes_requests ? (guint) (MAX (left_us + 999, 0) / 1000) : 0;
}

static gboolean
on_mend_timer (gpointer user_data)
{
  SnugNegotiator *self = user_data;
  guint early_ms = self->offerer ? 0 : get_ms_until_heard (self);

  snug_clear_source (&self->mend_timer);
  if (snug_negotiator_is_patience_over (self))
    {
      g_autoptr (GError) error = g_error_new_literal (SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE, "no answer");
      give_up (self, error);
      return G_SOURCE_REMOVE;
    }

  /* What cannot be said is not gathered for: by which way the server is reached again, and what relays it names then, is
   * not known yet. */
  if (!self->signaling_open)
    self->said_in_vain = TRUE;
  else if (early_ms > 0)
    {
      snug_negotiator_mend_later (self, early_ms);
      return G_SOURCE_REMOVE;
    }
  else if (self->offerer && can_restart_ice (self))
    {
      snug_negotiator_say_offer (self, TRUE);
      self->restarted = TRUE;
    }
  else if (self->offerer)
    snug_negotiator_begin_session (self);
  else
    snug_negotiator_ask_for_offer (self, !can_restart_ice (self));

  /* No answer is an answer too: ask again, more and more slowly. */
  snug_negotiator_mend_later (self, rules (self)->answer_patience_ms
                                    + snug_backoff_next_ms (&self->backoff, g_random_double ()));
  return G_SOURCE_REMOVE;
}

void
snug_negotiator_mend_later (SnugNegotiator *self, guint patience_ms)
{
  snug_clear_source (&self->mend_timer);
  if (self->started && self->state != SNUG_PEER_LINK_CLOSED)
    self->mend_timer = snug_context_timeout (self->network, patience_ms, on_mend_timer, self);
}

void
snug_negotiator_begin_anew (SnugNegotiator *self)
{
  if (self->state != SNUG_PEER_LINK_CONNECTED)
    return;
  /* Until it can be said, the session that there is goes on. */
  if (!self->signaling_open)
    {
      self->said_in_vain = self->wants_new_session = TRUE;
      return;
    }
  g_debug ("a new session: the member is not heard in this one, after %" G_GUINT64_FORMAT " packets",
           snug_peer_connection_get_n_packets (self->connection));
  if (self->offerer)
    snug_negotiator_begin_session (self);
  else
    snug_negotiator_ask_for_offer (self, TRUE);
}

/* An offer that who was there takes for a restart of ICE, and who is new for the first. */
static void
offer_to_whoever_is_there (SnugNegotiator *self)
{
  if (!snug_negotiator_is_session_open (self)
      || snug_peer_connection_get_state (self->connection) == SNUG_PEER_CONNECTION_FAILED)
    {
      snug_negotiator_begin_session (self);
      return;
    }
  snug_negotiator_enter (self, SNUG_PEER_LINK_RECONNECTING, NULL);
  self->restarted = TRUE;
  snug_negotiator_say_offer (self, TRUE);
  snug_negotiator_mend_later (self, rules (self)->answer_patience_ms);
}

/* The route does not carry, as far as we know, but it is not lost: if it does after all, nothing is heard of this. What
 * cannot be said now is looked into again when signaling is back. */
static void
mend_in_place (SnugNegotiator *self)
{
  if (!self->signaling_open)
    self->said_in_vain = TRUE;
  else if (self->offerer && rules (self)->forgets_silently)
    offer_to_whoever_is_there (self);
  else if (self->offerer)
    snug_negotiator_say_offer (self, TRUE);
  else if (rules (self)->takes_requests)
    snug_negotiator_ask_for_offer (self, FALSE);
}

void
snug_negotiator_retry (SnugNegotiator *self)
{
  if (self->state == SNUG_PEER_LINK_CLOSED)
    return;
  if (self->state == SNUG_PEER_LINK_CONNECTED)
    {
      if (self->is_silent)
        mend_in_place (self);
      return;
    }
  self->trying_us = 0;
  self->searching_us = 0;
  snug_backoff_reset (&self->backoff);
  snug_negotiator_enter (self, self->was_connected ? SNUG_PEER_LINK_RECONNECTING : SNUG_PEER_LINK_CONNECTING,
                         NULL);
  snug_negotiator_mend_later (self, 0);
}

static gboolean
on_probe_timer (gpointer user_data)
{
  SnugNegotiator *self = user_data;

  snug_clear_source (&self->probe_timer);
  if (self->state == SNUG_PEER_LINK_CONNECTED
      && snug_peer_connection_get_n_packets (self->connection) == self->n_packets)
    mend_in_place (self);
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

/* What it goes from is not ours any more. Who cannot be asked for an offer has the time that a lost route has. */
static void
mend_at_once (SnugNegotiator *self)
{
  snug_peer_connection_lose_route (self->connection);
  if (self->offerer || rules (self)->takes_requests)
    snug_negotiator_mend_later (self, 0);
}

/* An attempt that began where we are no longer is in vain; what waits for its turn to be tried again has it now. Where
 * there was no way there may be one; a wrong certificate is another matter, and up to a person. */
static gboolean
is_worth_a_retry (SnugNegotiator *self)
{
  if (self->state == SNUG_PEER_LINK_FAILED)
    return g_error_matches (self->error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE);
  return self->state == SNUG_PEER_LINK_RECONNECTING || self->connection == NULL
         || snug_peer_connection_has_moved (self->connection);
}

void
snug_negotiator_check (SnugNegotiator *self)
{
  if (!self->started || self->state == SNUG_PEER_LINK_CLOSED)
    return;
  if (self->state != SNUG_PEER_LINK_CONNECTED)
    {
      if (is_worth_a_retry (self))
        snug_negotiator_retry (self);
    }
  else if (snug_peer_connection_is_cut_off (self->connection))
    mend_at_once (self);
  else
    probe (self);
}
