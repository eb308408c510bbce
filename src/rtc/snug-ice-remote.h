/* snug-ice-remote: what the other side has told of itself for ICE, as the agent hears it: its credentials and the
 * candidates that belong to them. All of it is kept, because libnice forgets it when it begins anew.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <nice/agent.h>

#include "snug-peer-connection.h"

G_BEGIN_DECLS

typedef struct _SnugIceRemote SnugIceRemote;

/* Of @config how the other side may be reached, and whether its names may be asked for: whoever wants to be seen by relays
 * only, or has a proxy, asks the local network nothing. */
SnugIceRemote *snug_ice_remote_new  (GMainContext *context, const SnugPeerConnectionConfig *config);
void           snug_ice_remote_free (SnugIceRemote *self);

/* The network may be another one than at first. What is being asked for when there is a proxy comes no more. */
void           snug_ice_remote_set_by_proxy (SnugIceRemote *self, gboolean by_proxy);

/* @agent: (nullable): borrowed until the next call */
void           snug_ice_remote_set_agent (SnugIceRemote *self, NiceAgent *agent, guint stream);

/* Returns: %FALSE without an agent that takes them */
gboolean       snug_ice_remote_set_credentials (SnugIceRemote *self, const char *ufrag, const char *pwd);

/* One that we cannot use is skipped, and what is more than a description may name; one with a name comes when that is
 * found. */
void           snug_ice_remote_add_candidate   (SnugIceRemote *self, const SnugCandidate *candidate);
/* The agent hears of it after those that are still looked for. */
void           snug_ice_remote_end_candidates  (SnugIceRemote *self);

/* Until the next credentials no candidate will be told, nor found by its name, that is not known already. */
gboolean       snug_ice_remote_is_complete (SnugIceRemote *self);

/* By what families of addresses it may be reached without a relay, as far as it has told: the
 * flags of snug-nice-candidate.h. */
guint          snug_ice_remote_get_direct_families (SnugIceRemote *self);

/* Tells an agent that has forgotten all of it once more. */
void           snug_ice_remote_repeat (SnugIceRemote *self);

/* New credentials will come. */
void           snug_ice_remote_forget (SnugIceRemote *self);

G_END_DECLS
