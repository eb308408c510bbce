/* snug-relay-splice: two connections joined, from a relay tunnel's door to the relay.
 *
 * libnice 0.1.21 may abort the process if the TCP connection of the selected pair's relay ends while another nominated pair is
 * there (conn_check_prune_socket; a second relay, or a second address of ours, is enough). So it never hears of that end: the
 * relay only falls silent, like one that is asked over UDP, and consent runs out. Nor does it hear what it takes for that end:
 * snug-turn-stream.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * snug_relay_splice:
 * @inside: from libnice; when it ends both are closed
 * @outside: to the relay, of which nothing is passed on any more when it has ended, or said what snug-turn-stream refuses
 * @cancellable: to end it
 * @gone: called with @user_data when it has ended
 */
void snug_relay_splice (GSocketConnection *inside, GSocketConnection *outside, GCancellable *cancellable,
                        GDestroyNotify gone, gpointer user_data);

G_END_DECLS
