/* snug-own-addresses: which addresses this computer has at the moment.
 *
 * Any context. Not counted are loopback, which everybody has, and link-local IPv6, which comes and goes with every
 * interface and leads nowhere else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Those that something can be sent from: of IPv6 not before it is known that nobody else has it.
 *
 * Returns: (transfer full): all of them in one text, which is another one if they are others; "" if there are none */
char    *snug_own_addresses_to_text (void);

/* Whether what is sent from there can go out. What is not counted is taken to be there, and so is no address in
 * particular. */
gboolean snug_own_addresses_include (GSocketAddress *address);

G_END_DECLS
