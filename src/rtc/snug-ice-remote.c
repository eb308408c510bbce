/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-remote.h"

#include <string.h>

#include "snug-ice-agent.h"
#include "snug-local-names.h"
#include "snug-nice-candidate.h"
#include "snug-sdp.h"

/* As many as a description may name, whether they stand there or are told one by one. */
#define MAX_CANDIDATES SNUG_SDP_MAX_CANDIDATES

struct _SnugIceRemote
{
  /* owned */
  char            *ufrag;        /* nullable */
  char            *pwd;
  GSList          *candidates;   /* of NiceCandidate: all that belong to these credentials */
  SnugLocalNames  *names;        /* nullable: they are never asked for */

  NiceAgent       *agent;        /* borrowed, nullable */
  guint            stream;
  guint            n_candidates; /* kept */
  guint            direct_families;
  SnugRelayPolicy  policy;
  gboolean         by_proxy;     /* and nothing is asked for */
  gboolean         is_done;      /* no more of them will be told */
};

static gboolean
is_waiting (SnugIceRemote *self)
{
  return self->names != NULL && snug_local_names_is_waiting (self->names);
}

static void
tell_end (SnugIceRemote *self)
{
  if (self->is_done && self->agent != NULL && !is_waiting (self))
    nice_agent_peer_candidate_gathering_done (self->agent, self->stream);
}

/* Whom we cannot write to may still write to us: a browser whose names are not found does. */
static guint
get_family (const SnugCandidate *candidate)
{
  if (!snug_candidate_is_usable (candidate))
    return SNUG_NICE_CANDIDATE_ANY_FAMILY;
  return strchr (candidate->address, ':') != NULL ? SNUG_NICE_CANDIDATE_IPV6 : SNUG_NICE_CANDIDATE_IPV4;
}

void
snug_ice_remote_add_candidate (SnugIceRemote *self, const SnugCandidate *candidate)
{
  GSList newest;

  if (candidate->type != SNUG_CANDIDATE_RELAYED)
    self->direct_families |= get_family (candidate);
  if (self->agent == NULL || (self->policy == SNUG_RELAY_NEVER && candidate->type == SNUG_CANDIDATE_RELAYED))
    return;
  if (self->names != NULL && !self->by_proxy && snug_candidate_is_named (candidate))
    snug_local_names_ask (self->names, candidate);
  if (!snug_candidate_is_usable (candidate))
    return;
  if (self->n_candidates == MAX_CANDIDATES)
    {
      g_debug ("ICE: more candidates than are taken");
      return;
    }

  self->n_candidates++;
  self->candidates = g_slist_prepend (self->candidates, snug_nice_candidate_new (candidate, self->stream, SNUG_ICE_COMPONENT));
  newest = (GSList) { .data = self->candidates->data };
  nice_agent_set_remote_candidates (self->agent, self->stream, SNUG_ICE_COMPONENT, &newest);
}

/* The browser may have written first meanwhile, and libnice have met its address in a check: then this tells it what kind
 * of candidate that is. */
static void
on_name (const SnugCandidate *candidate, gpointer user_data)
{
  /* What the agent says to that may end the connection. */
  SnugIceRemote *self = g_rc_box_acquire (user_data);

  if (candidate != NULL)
    snug_ice_remote_add_candidate (self, candidate);
  tell_end (self);
  g_rc_box_release (self);
}

SnugIceRemote *
snug_ice_remote_new (GMainContext *context, const SnugPeerConnectionConfig *config)
{
  SnugIceRemote *self = g_rc_box_new0 (SnugIceRemote);

  self->policy = config->relay;
  self->by_proxy = config->by_proxy;
  if (config->relay != SNUG_RELAY_ONLY)
    self->names = snug_local_names_new (context, on_name, self);
  return self;
}

void
snug_ice_remote_set_by_proxy (SnugIceRemote *self, gboolean by_proxy)
{
  gboolean was_waiting = is_waiting (self);

  self->by_proxy = by_proxy;
  if (!by_proxy || !was_waiting)
    return;
  snug_local_names_forget (self->names);
  tell_end (self);
}

void
snug_ice_remote_set_agent (SnugIceRemote *self, NiceAgent *agent, guint stream)
{
  if (agent == NULL && self->names != NULL)
    snug_local_names_forget (self->names);
  self->agent = agent;
  self->stream = stream;
}

gboolean
snug_ice_remote_set_credentials (SnugIceRemote *self, const char *ufrag, const char *pwd)
{
  if (self->agent == NULL || !nice_agent_set_remote_credentials (self->agent, self->stream, ufrag, pwd))
    return FALSE;
  g_free (self->ufrag);
  g_free (self->pwd);
  self->ufrag = g_strdup (ufrag);
  self->pwd = g_strdup (pwd);
  return TRUE;
}

void
snug_ice_remote_end_candidates (SnugIceRemote *self)
{
  self->is_done = TRUE;
  tell_end (self);
}

gboolean
snug_ice_remote_is_complete (SnugIceRemote *self)
{
  return self->is_done && !is_waiting (self);
}

guint
snug_ice_remote_get_direct_families (SnugIceRemote *self)
{
  return self->direct_families;
}

void
snug_ice_remote_repeat (SnugIceRemote *self)
{
  if (self->ufrag == NULL)
    return;
  nice_agent_set_remote_credentials (self->agent, self->stream, self->ufrag, self->pwd);
  if (self->candidates != NULL)
    nice_agent_set_remote_candidates (self->agent, self->stream, SNUG_ICE_COMPONENT, self->candidates);
  tell_end (self);
}

void
snug_ice_remote_forget (SnugIceRemote *self)
{
  g_clear_pointer (&self->ufrag, g_free);
  g_clear_pointer (&self->pwd, g_free);
  g_slist_free_full (g_steal_pointer (&self->candidates), (GDestroyNotify) nice_candidate_free);
  self->n_candidates = 0;
  self->direct_families = 0;
  self->is_done = FALSE;
  if (self->names != NULL)
    snug_local_names_forget (self->names);
}

void
snug_ice_remote_free (SnugIceRemote *self)
{
  snug_ice_remote_set_agent (self, NULL, 0);
  snug_ice_remote_forget (self);
  g_clear_pointer (&self->names, snug_local_names_free);
  g_rc_box_release (self);
}
