/* snug-proxy: the proxies that this system names, asked in a way that tells nobody else where we go.
 *
 * GIO's own resolver is asked, which knows the settings of the desktop and of most of the environment. What it passes over
 * on many systems we read ourselves: all_proxy, and no_proxy=*, which is: by no proxy at all. What it says is changed in
 * two ways: this computer is reached without a proxy, and a proxy is given names, never addresses that we looked up
 * ourselves: for one of SOCKS 4, and whenever one of SOCKS 5 fails that is called "socks://", GIO asks the DNS, which then
 * knows where somebody goes who uses Tor.
 *
 * Belongs to no context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TYPE_PROXY_RESOLVER (snug_proxy_resolver_get_type ())
G_DECLARE_FINAL_TYPE (SnugProxyResolver, snug_proxy_resolver, SNUG, PROXY_RESOLVER, GObject)

/**
 * snug_proxy_resolver_new:
 * @system: (nullable): %NULL is that of GIO
 *
 * For g_socket_client_set_proxy_resolver() and the like.
 */
GProxyResolver *snug_proxy_resolver_new (GProxyResolver *system);

G_END_DECLS
