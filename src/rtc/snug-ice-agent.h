/* snug-ice-agent: libnice's agent with the STUN and TURN servers that it asks, from its making until it has taken leave.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <nice/agent.h>

#include "snug-peer-connection.h"

G_BEGIN_DECLS

/* One stream with one component: all goes over one pair (RFC 8843). */
#define SNUG_ICE_COMPONENT NICE_COMPONENT_TYPE_RTP

typedef struct _SnugIceAgent SnugIceAgent;

/* Of @config its servers, and how they may be asked. */
SnugIceAgent *snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config);

/* Takes @self: nothing is received any more, and the agent ends when it has given back its relays. */
void          snug_ice_agent_retire (SnugIceAgent *self);

/* Nothing that it says leaves this computer from now on: a proxy has come of which it does not know. It retires next. What
 * still leaves is that a connection to a relay over TCP is at its end. */
void          snug_ice_agent_mute   (SnugIceAgent *self);

/* Its relays are asked as a proxy wants it. */
gboolean      snug_ice_agent_is_by_proxy (SnugIceAgent *self);

NiceAgent    *snug_ice_agent_get_nice   (SnugIceAgent *self);
guint         snug_ice_agent_get_stream (SnugIceAgent *self);

/* Returns: %FALSE if this computer has no address to begin from */
gboolean      snug_ice_agent_gather (SnugIceAgent *self, gboolean controlling);

/* nice_agent_restart() alone would let a member end the program by a STUN error. */
gboolean      snug_ice_agent_restart (NiceAgent *nice);

/* Once all is gathered: relays were asked, and none let us in. */
gboolean      snug_ice_agent_lacks_relay (SnugIceAgent *self);

/* As far as can be told, UDP does not get out: STUN owes its answer although a relay over TCP, which takes longer and is asked
 * later, has let us in. */
gboolean      snug_ice_agent_lacks_udp (SnugIceAgent *self);

/* The address and port of the relay that a relayed candidate of ours is at. */
void          snug_ice_agent_write_relay (SnugIceAgent *self, char *out, gsize size, const NiceCandidate *local);

/* "192.0.2.1:4711", "[2001:db8::1]:4711" */
void          snug_ice_agent_write_address (char *out, gsize size, const NiceAddress *address);

G_END_DECLS
