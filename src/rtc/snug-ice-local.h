/* snug-ice-local: what this side tells of itself for ICE: its credentials, and the candidates that the agent finds, as they
 * come. Its other half is snug-ice-remote.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <nice/agent.h>

#include "snug-peer-connection.h"

G_BEGIN_DECLS

typedef struct _SnugIceLocal SnugIceLocal;

/* "candidate:…", or "" at the end. Always from an own dispatch of the context: may end the connection. */
typedef void (*SnugIceLocalFunc) (const char *candidate, gpointer user_data);

/* Whoever wants to be seen by relays only (@policy) tells of them only. */
SnugIceLocal *snug_ice_local_new  (GMainContext *context, SnugRelayPolicy policy, SnugIceLocalFunc tell, gpointer user_data);
void          snug_ice_local_free (SnugIceLocal *self);

/* @agent: (nullable): borrowed until the next call, and asked for nothing before. What was found by another, and is not told
 *   yet, is told no more. */
void          snug_ice_local_set_agent (SnugIceLocal *self, NiceAgent *agent, guint stream);

/* The agent has others: it gathers, or was restarted. */
void          snug_ice_local_read_credentials (SnugIceLocal *self);

/* Ours, borrowed; NULL before they were read. */
const char   *snug_ice_local_get_ufrag (SnugIceLocal *self);
const char   *snug_ice_local_get_pwd   (SnugIceLocal *self);

/**
 * snug_ice_local_get_candidates:
 *
 * Returns: (transfer full): of char*, all found so far, told or not
 */
GPtrArray    *snug_ice_local_get_candidates (SnugIceLocal *self);

/* The agent will find no more. */
gboolean      snug_ice_local_is_complete (SnugIceLocal *self);

/* By what families of addresses it goes out without a relay: the flags of snug-nice-candidate.h. */
guint         snug_ice_local_get_direct_families (SnugIceLocal *self);

/* Has an agent that was restarted go on under the credentials that were told. */
void          snug_ice_local_repeat (SnugIceLocal *self);

G_END_DECLS
