/* snug-stun-line: one question after the other to a STUN or TURN server, each with its answer.
 *
 * Blocks: for a worker thread. Belongs to whoever opened it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-ice-server.h"
#include "snug-stun.h"

G_BEGIN_DECLS

typedef struct _SnugStunLine SnugStunLine;

/**
 * snug_stun_line_open:
 * @family: which kind of addresses to use; %G_SOCKET_FAMILY_INVALID: any
 *
 * By UDP, TCP or TLS, as @server says; of these the last two by a proxy where one is set up, as snug-relay-tunnel does.
 *
 * Returns: (transfer full): or %NULL with an error of GIO
 */
SnugStunLine *snug_stun_line_open (const SnugIceServerAddress *server, GSocketFamily family,
                                   GCancellable *cancellable, GError **error);

/**
 * snug_stun_line_ask:
 * @login: (nullable)
 *
 * Returns: (transfer full): or %NULL with an error of GIO; %G_IO_ERROR_INVALID_DATA: what came back was not STUN
 */
SnugStunAnswer *snug_stun_line_ask (SnugStunLine *self, SnugStunMethod method, const SnugStunLogin *login,
                                    GCancellable *cancellable, GError **error);

/* (transfer full) (nullable): of a line by UDP, whom it leads to */
GSocketAddress *snug_stun_line_dup_remote (SnugStunLine *self);

void snug_stun_line_free (SnugStunLine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugStunLine, snug_stun_line_free)

/**
 * snug_stun_ask_datagram:
 * @socket: of datagrams
 * @to: (nullable): %NULL if the socket is connected
 *
 * The same by a socket of the caller's own.
 */
SnugStunAnswer *snug_stun_ask_datagram (GSocket *socket, GSocketAddress *to, SnugStunMethod method,
                                        const SnugStunLogin *login, GCancellable *cancellable, GError **error);

G_END_DECLS
