/* snug-ice-transport: the lowest layer: UDP datagrams over the route that ICE finds (RFC 8445).
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-peer-connection.h"
#include "snug-transport.h"

G_BEGIN_DECLS

#define SNUG_TYPE_ICE_TRANSPORT (snug_ice_transport_get_type ())
G_DECLARE_FINAL_TYPE (SnugIceTransport, snug_ice_transport, SNUG, ICE_TRANSPORT, SnugTransport)

/**
 * SnugIceTransport::local-candidate: (const char *candidate): "candidate:…", or "" at the end
 *
 * Always from an own dispatch of the context.
 *
 * SnugIceTransport::path-changed: another pair was selected
 */

SnugIceTransport *snug_ice_transport_new (GMainContext *context, const SnugPeerConnectionConfig *config);

/* Starts gathering at the first call. @controlling counts before that only. */
gboolean    snug_ice_transport_start (SnugIceTransport *self, gboolean controlling, GError **error);

/* Our credentials, borrowed; valid after start. */
const char *snug_ice_transport_get_ufrag (SnugIceTransport *self);
const char *snug_ice_transport_get_pwd   (SnugIceTransport *self);

/* New credentials of our own for an ICE restart (RFC 8445 section 9). The old route carries on until another one is found,
 * and what was gathered for it is told again. But if it is lost, or this computer has other addresses than when it was found,
 * that other one begins anew with the addresses and servers of now. So it does if relays only are wanted and a proxy has come:
 * the old route, which goes round that, is lost then, and does not even take leave of its relays. */
gboolean    snug_ice_transport_restart (SnugIceTransport *self, GError **error);

/* Whom to ask, and how, whenever it begins anew. With a proxy the local network is asked for names no more, from now on. */
void        snug_ice_transport_set_servers (SnugIceTransport *self, GPtrArray *ice_servers, gboolean by_proxy);

/* Whoever was at the other end of the route is gone: CONNECTED again means a new one, found after a restart. */
void        snug_ice_transport_lose_route (SnugIceTransport *self);

/* This computer has other addresses than those that were gathered from. */
gboolean    snug_ice_transport_has_moved  (SnugIceTransport *self);

/* And that from which the route goes is not among them any more. A relay's route is not looked at. */
gboolean    snug_ice_transport_is_cut_off (SnugIceTransport *self);

/**
 * snug_ice_transport_get_local_candidates:
 *
 * Returns: (transfer full): of char*, all found so far
 */
GPtrArray  *snug_ice_transport_get_local_candidates (SnugIceTransport *self);
gboolean    snug_ice_transport_is_gathering_done    (SnugIceTransport *self);

/* From here on checks run. */
gboolean    snug_ice_transport_set_remote_credentials (SnugIceTransport *self, const char *ufrag,
                                                       const char *pwd, GError **error);

/* One that we cannot use is skipped. */
void        snug_ice_transport_add_remote_candidate  (SnugIceTransport *self, const SnugCandidate *candidate);
void        snug_ice_transport_end_remote_candidates (SnugIceTransport *self);

/* Fills the fields of @info that are about the path. FALSE while there is none. */
gboolean    snug_ice_transport_get_path (SnugIceTransport *self, SnugPeerConnectionInfo *info);

G_END_DECLS
