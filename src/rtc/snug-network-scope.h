/* snug-network-scope: are two addresses in one local network?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

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

G_END_DECLS
