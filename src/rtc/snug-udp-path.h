/* snug-udp-path: many datagrams a system call, between two addresses that ICE has chosen.
 *
 * libnice sends and receives one datagram at a time, and its receive loop starves its context. So a second
 * socket of ours shares the address of libnice's own (SO_REUSEPORT); the kernel hands us what begins like DTLS
 * (RFC 7983: 20 to 63) and libnice the rest, which is STUN and TURN. Ours sends with UDP_SEGMENT and receives
 * with UDP_GRO, where the kernel knows them, and one by one where it does not.
 *
 * Belongs to the context it was made with.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SnugUdpPath SnugUdpPath;

typedef void     (*SnugUdpPathReceiveFunc) (const guint8 *data, gsize n_bytes, gpointer user_data);

/* Whether datagrams may come from there as well as from the remote address. */
typedef gboolean (*SnugUdpPathKnowsFunc)   (GSocketAddress *source, gpointer user_data);

/**
 * snug_udp_path_new:
 * @socket: bound; not kept
 * @remote: whom snug_udp_path_send() sends to
 *
 * While the path is there, @socket receives no DTLS.
 *
 * Returns: (transfer full) (nullable): %NULL where the system cannot do it; use @socket then
 */
SnugUdpPath *snug_udp_path_new (GMainContext *context, GSocket *socket, GSocketAddress *remote,
                                SnugUdpPathReceiveFunc receive, SnugUdpPathKnowsFunc knows, gpointer user_data);

/* Sends to another address of the same family from now on. What still comes from the one before is heard. */
void         snug_udp_path_turn_to (SnugUdpPath *self, GSocketAddress *remote);

/* May be called from inside the callbacks, which come no more then. What was not sent yet is sent. */
void         snug_udp_path_free (SnugUdpPath *self);

/**
 * snug_udp_path_send:
 *
 * The datagram goes out together with others, at the latest when the context gets to its next source.
 *
 * Returns: %FALSE if it cannot be a datagram; whether it arrives is not known
 */
gboolean     snug_udp_path_send (SnugUdpPath *self, const guint8 *data, gsize n_bytes);

/* The socket, for tests that take abilities from it. */
int          snug_udp_path_get_fd (SnugUdpPath *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugUdpPath, snug_udp_path_free)

G_END_DECLS
