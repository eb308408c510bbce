/* snug-probe: the steps of a check-up that ask STUN and TURN servers and this computer.
 *
 * Each blocks, some seconds at most: for a worker thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-check.h"
#include "snug-peer-connection.h"

G_BEGIN_DECLS

typedef struct
{
  SnugFinding     finding;
  GSocketAddress *server;    /* nullable: of STUN, and of TURN over UDP: who answered by IPv4 */
  char           *address;   /* nullable: for who asks for addresses */
} SnugProbe;

/* Whether a STUN server answers. */
SnugProbe *snug_probe_stun  (const SnugIceServer *server, GCancellable *cancellable);

/* Whether a TURN server gives us a place, which is given back at once. */
SnugProbe *snug_probe_relay (const SnugIceServer *server, GCancellable *cancellable);

/**
 * snug_probe_router:
 * @servers: of GSocketAddress, IPv4: STUN servers that answered
 *
 * From one socket: a router that maps it to the same address whomever it writes to lets others in by that address
 * (RFC 4787 section 4.1); one that does not is strict.
 */
SnugProbe *snug_probe_router (GPtrArray *servers, GCancellable *cancellable);

/* @stun: of SnugIceServer: may have an IPv6 address that answers. */
SnugProbe *snug_probe_ipv6 (GPtrArray *stun, GCancellable *cancellable);

/* Whether Avahi looks up names that end with .local; it is asked over D-Bus for that of this computer. */
SnugProbe *snug_probe_local_names (GCancellable *cancellable);

void snug_probe_free (SnugProbe *probe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugProbe, snug_probe_free)

/* What an error of GIO says about whom we wanted to reach. */
SnugFinding snug_finding_from_error (const GError *error);

G_END_DECLS
