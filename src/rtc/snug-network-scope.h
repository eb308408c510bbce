/* snug-network-scope: are two addresses in one local network, and may one be of ours?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * snug_network_scope_is_same:
 * @local: numeric address of an interface of ours
 * @remote: numeric address of a peer
 *
 * Returns: %TRUE if both are loopback, both link-local, both private (RFC 1918, RFC 4193), or @remote
 *   lies in the prefix of the interface that has @local
 */
gboolean snug_network_scope_is_same (const char *local, const char *remote);

/* The last part by itself: do the first @prefix_bits bits of two addresses of one family agree? */
gboolean snug_network_scope_shares_prefix (const guint8 *a, const guint8 *b, gsize n_bytes,
                                           guint prefix_bits);

/**
 * snug_network_scope_is_near:
 *
 * What a name of the local network may stand for.
 *
 * Returns: %TRUE if @address is private (RFC 1918, RFC 4193), IPv4 link-local (RFC 3927), or lies in the prefix of an
 *   interface of ours. Not loopback; not IPv6 link-local, which leads nowhere without an interface; and not the shared
 *   addresses of RFC 6598, behind which are a provider's other customers.
 */
gboolean snug_network_scope_is_near (GInetAddress *address);

G_END_DECLS
