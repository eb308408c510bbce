/* snug-own-address: an address of this computer that libnice can reach: it leaves by the network of each of its addresses.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full): of IPv4, in text; that of loopback if there is no other */
char *snug_own_address_find (void);

G_END_DECLS
