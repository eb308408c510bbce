/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-local.h"

#include "snug-context.h"
#include "snug-ice-agent.h"
#include "snug-nice-candidate.h"

struct _SnugIceLocal
{
  /* owned */
  GMainContext     *context;
  char             *ufrag;          /* nullable */
  char             *pwd;
  GQueue            outbox;         /* of char*: candidates to be told */

  NiceAgent        *agent;          /* borrowed, nullable */
  guint             stream;
  SnugRelayPolicy   policy;
  SnugIceLocalFunc  tell;
  gpointer          user_data;
  gboolean          is_complete;
  gboolean          flush_posted;
};

static void
clear (gpointer data)
{
  g_main_context_unref (((SnugIceLocal *) data)->context);
}

static void
release (gpointer data)
{
  g_rc_box_release_full (data, clear);
}

/* ---- Telling ---- */

static void
flush_outbox (gpointer data)
{
  SnugIceLocal *self = data;

  self->flush_posted = FALSE;
  while (!g_queue_is_empty (&self->outbox))
    {
      g_autofree char *candidate = g_queue_pop_head (&self->outbox);

      self->tell (candidate, self->user_data);
    }
}

/* libnice finds host candidates inside our own call; nobody may hear of them before it has returned
 * and the description is on its way. */
static void
tell_later (SnugIceLocal *self, char *candidate)
{
  g_queue_push_tail (&self->outbox, candidate);
  if (self->flush_posted)
    return;
  self->flush_posted = TRUE;
  snug_context_post (self->context, flush_outbox, g_rc_box_acquire (self), release);
}

static char *
candidate_to_text (SnugIceLocal *self, const NiceCandidate *candidate)
{
  return snug_nice_candidate_to_text (candidate, self->policy == SNUG_RELAY_ONLY);
}

static gboolean
may_tell (SnugIceLocal *self, const NiceCandidate *candidate)
{
  if (candidate->transport != NICE_CANDIDATE_TRANSPORT_UDP)
    return FALSE;
  return self->policy != SNUG_RELAY_ONLY || candidate->type == NICE_CANDIDATE_TYPE_RELAYED;
}

static void
on_new_candidate (G_GNUC_UNUSED NiceAgent *agent, NiceCandidate *candidate, SnugIceLocal *self)
{
  if (may_tell (self, candidate))
    tell_later (self, candidate_to_text (self, candidate));
}

static void
on_gathering_done (G_GNUC_UNUSED NiceAgent *agent, G_GNUC_UNUSED guint stream, SnugIceLocal *self)
{
  if (self->is_complete)
    return;
  self->is_complete = TRUE;
  tell_later (self, g_strdup (""));
}

/* ---- The agent ---- */

void
snug_ice_local_set_agent (SnugIceLocal *self, NiceAgent *agent, guint stream)
{
  if (self->agent != NULL)
    g_signal_handlers_disconnect_by_data (self->agent, self);
  g_queue_clear_full (&self->outbox, g_free);
  self->agent = agent;
  self->stream = stream;
  if (agent == NULL)
    return;
  self->is_complete = FALSE;
  g_signal_connect (agent, "new-candidate-full", G_CALLBACK (on_new_candidate), self);
  g_signal_connect (agent, "candidate-gathering-done", G_CALLBACK (on_gathering_done), self);
}

void
snug_ice_local_read_credentials (SnugIceLocal *self)
{
  g_clear_pointer (&self->ufrag, g_free);
  g_clear_pointer (&self->pwd, g_free);
  nice_agent_get_local_credentials (self->agent, self->stream, &self->ufrag, &self->pwd);
}

void
snug_ice_local_repeat (SnugIceLocal *self)
{
  nice_agent_set_local_credentials (self->agent, self->stream, self->ufrag, self->pwd);
}

/* ---- What there is to be told ---- */

const char *
snug_ice_local_get_ufrag (SnugIceLocal *self)
{
  return self->ufrag;
}

const char *
snug_ice_local_get_pwd (SnugIceLocal *self)
{
  return self->pwd;
}

static GSList *
find_candidates (SnugIceLocal *self)
{
  return self->agent != NULL ? nice_agent_get_local_candidates (self->agent, self->stream, SNUG_ICE_COMPONENT) : NULL;
}

GPtrArray *
snug_ice_local_get_candidates (SnugIceLocal *self)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  GSList *candidates = find_candidates (self);

  for (GSList *item = candidates; item != NULL; item = item->next)
    if (may_tell (self, item->data))
      g_ptr_array_add (texts, candidate_to_text (self, item->data));
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return texts;
}

gboolean
snug_ice_local_is_complete (SnugIceLocal *self)
{
  return self->is_complete;
}

guint
snug_ice_local_get_direct_families (SnugIceLocal *self)
{
  GSList *candidates = find_candidates (self);
  guint families = snug_nice_candidates_get_direct_families (candidates);

  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return families;
}

/* ---- Life ---- */

SnugIceLocal *
snug_ice_local_new (GMainContext *context, SnugRelayPolicy policy, SnugIceLocalFunc tell, gpointer user_data)
{
  SnugIceLocal *self = g_rc_box_new0 (SnugIceLocal);

  self->context = g_main_context_ref (context);
  self->policy = policy;
  self->tell = tell;
  self->user_data = user_data;
  g_queue_init (&self->outbox);
  return self;
}

void
snug_ice_local_free (SnugIceLocal *self)
{
  snug_ice_local_set_agent (self, NULL, 0);
  g_clear_pointer (&self->ufrag, g_free);
  g_clear_pointer (&self->pwd, g_free);
  release (self);
}
