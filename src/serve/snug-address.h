/* snug-address: which of this computer's addresses another device can reach.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * snug_address_for_others:
 *
 * The address that packets to the outside would leave from; without a route to the outside, the first
 * usable address of an interface that is up; without one, loopback. Sends nothing.
 *
 * Returns: (transfer full): never NULL
 */
GInetAddress *snug_address_for_others (void);

/* "http://1.2.3.4:80" or "http://[::1]:80" (transfer full) */
char         *snug_address_to_url     (GInetAddress *address, guint port);

G_END_DECLS
