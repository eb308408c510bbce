/* snug-ice-route: what one agent of libnice's has found: the pair that it has selected, and what is carried over it, most of
 * that by a fast path beside the pair's socket.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-ice-agent.h"

G_BEGIN_DECLS

typedef struct _SnugIceRoute SnugIceRoute;

typedef void (*SnugIceRouteReceiveFunc) (const guint8 *data, gsize n_bytes, gpointer user_data);

/* Takes @agent. */
SnugIceRoute *snug_ice_route_new  (GMainContext *context, SnugIceAgent *agent, SnugIceRouteReceiveFunc receive,
                                   gpointer user_data);

/* The agent retires. May be called from inside @receive, which is not called any more then. */
void          snug_ice_route_free (SnugIceRoute *self);

SnugIceAgent *snug_ice_route_get_agent (SnugIceRoute *self);

/* Returns: %FALSE if this computer has no address to begin from */
gboolean      snug_ice_route_gather     (SnugIceRoute *self, gboolean controlling);

gboolean      snug_ice_route_has_pair   (SnugIceRoute *self);

/* Its pair goes by a relay of either side. */
gboolean      snug_ice_route_is_relayed (SnugIceRoute *self);

/* The address from which it goes is not ours any more. A relay's route is not looked at. */
gboolean      snug_ice_route_is_cut_off (SnugIceRoute *self);

/* Its pair is what datagrams go by: from now on also the fast way, wherever libnice goes over to. */
void          snug_ice_route_use        (SnugIceRoute *self);

/* RFC 7675: no consent, no datagrams. Libnice sees to that for its own socket. May run twice. */
void          snug_ice_route_leave      (SnugIceRoute *self);

gboolean      snug_ice_route_send       (SnugIceRoute *self, const guint8 *data, gsize n_bytes);

/* Fills the fields of @info that are about the pair. FALSE while there is none. */
gboolean      snug_ice_route_get_path   (SnugIceRoute *self, SnugPeerConnectionInfo *info);

G_END_DECLS
