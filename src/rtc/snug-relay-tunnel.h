/* snug-relay-tunnel: a door on the loopback interface that leads to a TURN server over TCP or TLS.
 *
 * libnice does not speak TLS: what it calls TURN over TLS is plain TCP, which a server that means TLS refuses, and
 * so does a network that lets nothing else out. Of proxies it has to be told the address, and it looks up the server's
 * name itself. And it trusts a relay over TCP more than is good for it (snug-turn-stream.h, snug-relay-splice.h). It speaks
 * TURN over TCP to this door instead, and to nothing else.
 *
 * Belongs to the context that was the thread default when it was made.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-ice-server.h"

G_BEGIN_DECLS

/* libnice comes with one; the door is open to every program of this computer. */
#define SNUG_RELAY_TUNNEL_MAX_VISITORS 16

typedef struct _SnugRelayTunnel SnugRelayTunnel;

/**
 * snug_relay_tunnel_new:
 * @family: of the loopback address that it listens at
 *
 * Nothing is sent before somebody comes to the door; then by a proxy where one is set up (snug-proxy.h), which is asked
 * as for a web page: of HTTP proxies, few let anything else than https out. TLS is spoken if @server says so. A server
 * whose certificate is not to be trusted as that of @server gets no word of them; they find the door shut. So does who
 * comes when %SNUG_RELAY_TUNNEL_MAX_VISITORS are in.
 *
 * Returns: (transfer full): or %NULL with an error of GIO
 */
SnugRelayTunnel *snug_relay_tunnel_new        (const SnugIceServerAddress *server, GSocketFamily family,
                                               GError **error);

/* "127.0.0.1" or "::1", and where it listens there. */
const char      *snug_relay_tunnel_get_door   (SnugRelayTunnel *self);
guint16          snug_relay_tunnel_get_port   (SnugRelayTunnel *self);

/* "HOST:PORT" or "[V6]:PORT" of the server */
const char      *snug_relay_tunnel_get_server (SnugRelayTunnel *self);

/* Nothing goes out of it any more. Whose way to the server stands does not notice; who is still waiting for it is
 * closed, and so is who comes later. */
void             snug_relay_tunnel_mute       (SnugRelayTunnel *self);

/* Ends what goes through it, too. */
void             snug_relay_tunnel_free       (SnugRelayTunnel *self);

G_END_DECLS
