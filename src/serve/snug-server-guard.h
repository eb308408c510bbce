/* snug-server-guard: who may speak to the server, and what a request may claim.
 *
 * Pure, but for the list of the machine's own networks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) An IPv4 address that came mapped into IPv6 (RFC 4291 2.5.5.2) as itself, any other as it is. */
GInetAddress *snug_guard_unmap         (GInetAddress *address);
/* Loopback, link-local, RFC 1918, RFC 4193 (unique local), RFC 6598 (shared): not the open internet. */
gboolean snug_guard_address_is_private (GInetAddress *address);
/* Private, or on a network that this machine has an address of. */
gboolean snug_guard_address_is_near    (GInetAddress *address);

/* TRUE for "name", "name:port", "1.2.3.4", "[::1]:80": nothing that could say more inside a header. */
gboolean snug_guard_host_is_well_formed (const char *host);
/* TRUE for an IP literal, "localhost" or a ".local" name: what no public DNS name can be rebound to. */
gboolean snug_guard_host_is_local       (const char *host);
/* TRUE for "localhost" and the addresses of a computer to itself. */
gboolean snug_guard_host_is_loopback    (const char *host);
/* @origin: (nullable): absent from what is no browser */
gboolean snug_guard_origin_matches      (const char *origin, const char *host);

/**
 * snug_guard_ice_url_is_allowed:
 * @reached_private: the client reached the server on a private address
 *
 * "stun:", "turn:", "turns:" only, and a private host only for those who are there too.
 */
gboolean snug_guard_ice_url_is_allowed  (const char *url, gboolean reached_private);

G_END_DECLS
