/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-consent.h"

#include "snug-context.h"

/* Who is there says something this often: snug-peer.c pings every five seconds, and is answered. Less than the ten
 * after which libnice gives up, so that a route that was cut is not held. */
#define SILENCE_MS 7500

/* RFC 7675 5.1: consent ends 30 s after the last answer. libnice 0.1.21 gives it up after ten, 0.1.22 after those 30: what
 * it gives up again in this time was renewed without an answer, by either. */
#define RENEWED_ONCE_MS (35 * 1000)

struct _SnugIceConsent
{
  GMainContext       *context;      /* owned */
  GSource            *silence;      /* owned: consent was renewed on trust: was anything heard since? */

  SnugIceConsentFunc  expired;
  gpointer            user_data;

  gint64              heard_us;     /* when the last datagram came */
  gint64              renewed_us;   /* when consent was last renewed on trust */
};

SnugIceConsent *
snug_ice_consent_new (GMainContext *context, SnugIceConsentFunc expired, gpointer user_data)
{
  SnugIceConsent *self = g_new0 (SnugIceConsent, 1);

  self->context = g_main_context_ref (context);
  self->expired = expired;
  self->user_data = user_data;
  return self;
}

void
snug_ice_consent_free (SnugIceConsent *self)
{
  snug_ice_consent_stop (self);
  g_main_context_unref (self->context);
  g_free (self);
}

void
snug_ice_consent_hear (SnugIceConsent *self)
{
  self->heard_us = g_get_monotonic_time ();
}

void
snug_ice_consent_stop (SnugIceConsent *self)
{
  snug_clear_source (&self->silence);
  self->renewed_us = 0;
}

static gboolean
on_silence (gpointer user_data)
{
  SnugIceConsent *self = user_data;

  snug_clear_source (&self->silence);
  if (self->heard_us < self->renewed_us)
    self->expired (self->user_data);
  return G_SOURCE_REMOVE;
}

/* libnice finds candidates by their foundation, and several may have the same. Takes the list. */
static gboolean
is_found_by_foundation (GSList *candidates, const NiceCandidate *candidate)
{
  gboolean is_it = FALSE;

  for (GSList *item = candidates; item != NULL; item = item->next)
    if (g_strcmp0 (((NiceCandidate *) item->data)->foundation, candidate->foundation) == 0)
      {
        is_it = nice_address_equal (&((NiceCandidate *) item->data)->addr, &candidate->addr);
        break;
      }
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return is_it;
}

/* From when libnice counts ten seconds (to 16, as it looks up now and then) anew. */
static gboolean
select_pair_again (NiceAgent *agent, guint stream, guint component)
{
  NiceCandidate *local, *remote;

  return nice_agent_get_selected_pair (agent, stream, component, &local, &remote)
         && is_found_by_foundation (nice_agent_get_local_candidates (agent, stream, component), local)
         && is_found_by_foundation (nice_agent_get_remote_candidates (agent, stream, component), remote)
         && nice_agent_set_selected_pair (agent, stream, component, local->foundation, remote->foundation);
}

gboolean
snug_ice_consent_renew (SnugIceConsent *self, NiceAgent *agent, guint stream, guint component)
{
  gint64 now = g_get_monotonic_time ();
  gint64 silent_ms = (now - self->heard_us) / 1000;
  gboolean is_renewed_already = self->renewed_us != 0 && now - self->renewed_us < RENEWED_ONCE_MS * 1000;

  if (is_renewed_already || silent_ms >= SILENCE_MS || !select_pair_again (agent, stream, component))
    return FALSE;

  g_debug ("ICE: no answer about consent, but the other side is heard");
  self->renewed_us = now;
  snug_clear_source (&self->silence);
  self->silence = snug_context_timeout (self->context, (guint) (SILENCE_MS - silent_ms), on_silence, self);
  g_source_set_priority (self->silence, G_PRIORITY_LOW);   /* after a standstill, what waits is heard first */
  return TRUE;
}
