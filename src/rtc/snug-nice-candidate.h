/* snug-nice-candidate: libnice's candidates and ours, each as the other.
 *
 * Pure functions.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <nice/agent.h>

#include "snug-candidate.h"

G_BEGIN_DECLS

/**
 * snug_nice_candidate_to_text:
 * @is_base_secret: nobody learns from where it was found
 *
 * Returns: (transfer full): "candidate:…"
 */
char          *snug_nice_candidate_to_text (const NiceCandidate *nice, gboolean is_base_secret);

/* Of a usable one. Returns: (transfer full) */
NiceCandidate *snug_nice_candidate_new (const SnugCandidate *candidate, guint stream, guint component);

/* Flags: the families of addresses. */
#define SNUG_NICE_CANDIDATE_IPV4 (1u << 0)
#define SNUG_NICE_CANDIDATE_IPV6 (1u << 1)
#define SNUG_NICE_CANDIDATE_ANY_FAMILY (SNUG_NICE_CANDIDATE_IPV4 | SNUG_NICE_CANDIDATE_IPV6)

/* Of which of them @candidates can be without a relay. */
guint          snug_nice_candidates_get_direct_families (GSList *candidates);

/* A pair goes by a relay of either side. */
gboolean       snug_nice_candidate_is_pair_relayed (const NiceCandidate *local, const NiceCandidate *remote);

/* Both ends of a pair are on one network, as far as their addresses tell. */
gboolean       snug_nice_candidate_is_same_network (const NiceCandidate *local, const NiceCandidate *remote);

G_END_DECLS
