/* snug-network: the thread and GMainContext of everything that touches packets.
 *
 * libnice's receive callback loops until its socket is empty and starves the context it runs in, so
 * ICE, DTLS, SCTP and the pumps of transfers live on a context of their own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * snug_network_get_context:
 *
 * Starts the process's network thread at the first call. It runs until the process ends.
 *
 * Returns: (transfer none): its context
 */
GMainContext *snug_network_get_context (void);

/* Something in the network context must still end in good order before the process does. */
void snug_network_hold    (void);
void snug_network_release (void);

/**
 * snug_network_settle:
 *
 * For the end of a program: blocks until whatever was posted to the network context has happened and
 * nothing is held any more, or @most_ms have passed. Not to be called from the network context.
 */
void snug_network_settle  (guint most_ms);

G_END_DECLS
