/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-nice-candidate.h"

#include "snug-network-scope.h"

static char *
address_to_string (const NiceAddress *address)
{
  char text[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (address, text);
  return g_strdup (text);
}

/* Of a relay it is an address of our own, which nobody learns who wants relays only (RFC 8839 5.1). */
static void
add_related_address (SnugCandidate *candidate, const NiceCandidate *nice, gboolean is_secret)
{
  const char *nowhere = nice_address_ip_version (&nice->base_addr) == 6 ? "::" : "0.0.0.0";

  candidate->related_address = is_secret ? g_strdup (nowhere) : address_to_string (&nice->base_addr);
  candidate->related_port = is_secret ? 9 : (guint16) nice_address_get_port (&nice->base_addr);
}

char *
snug_nice_candidate_to_text (const NiceCandidate *nice, gboolean is_base_secret)
{
  g_autoptr (SnugCandidate) candidate = g_new0 (SnugCandidate, 1);

  candidate->foundation = g_strdup (nice->foundation);
  candidate->component = nice->component_id;
  candidate->is_udp = nice->transport == NICE_CANDIDATE_TRANSPORT_UDP;
  candidate->priority = nice->priority;
  candidate->address = address_to_string (&nice->addr);
  candidate->port = (guint16) nice_address_get_port (&nice->addr);
  candidate->type = (SnugCandidateType) nice->type;
  if (nice->type != NICE_CANDIDATE_TYPE_HOST && nice_address_is_valid (&nice->base_addr))
    add_related_address (candidate, nice, is_base_secret);
  return snug_candidate_to_text (candidate);
}

NiceCandidate *
snug_nice_candidate_new (const SnugCandidate *candidate, guint stream, guint component)
{
  NiceCandidate *nice = nice_candidate_new ((NiceCandidateType) candidate->type);

  nice->transport = NICE_CANDIDATE_TRANSPORT_UDP;
  nice->stream_id = stream;
  nice->component_id = component;
  nice->priority = candidate->priority;
  g_strlcpy (nice->foundation, candidate->foundation, sizeof nice->foundation);
  nice_address_set_from_string (&nice->addr, candidate->address);
  nice_address_set_port (&nice->addr, candidate->port);
  nice->base_addr = nice->addr;
  return nice;
}

guint
snug_nice_candidates_get_direct_families (GSList *candidates)
{
  guint families = 0;

  for (GSList *item = candidates; item != NULL; item = item->next)
    {
      const NiceCandidate *candidate = item->data;

      if (candidate->type != NICE_CANDIDATE_TYPE_RELAYED)
        families |= nice_address_ip_version (&candidate->addr) == 6 ? SNUG_NICE_CANDIDATE_IPV6 : SNUG_NICE_CANDIDATE_IPV4;
    }
  return families;
}

gboolean
snug_nice_candidate_is_pair_relayed (const NiceCandidate *local, const NiceCandidate *remote)
{
  return local->type == NICE_CANDIDATE_TYPE_RELAYED || remote->type == NICE_CANDIDATE_TYPE_RELAYED;
}

gboolean
snug_nice_candidate_is_same_network (const NiceCandidate *local, const NiceCandidate *remote)
{
  g_autofree char *local_text = address_to_string (&local->base_addr);
  g_autofree char *remote_text = address_to_string (&remote->addr);

  return !snug_nice_candidate_is_pair_relayed (local, remote) && snug_network_scope_is_same (local_text, remote_text);
}
