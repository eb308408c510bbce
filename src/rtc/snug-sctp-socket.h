/* snug-sctp-socket: one association of usrsctp, behind the sockets API of RFC 6458.
 *
 * What it is told before it connects, how a message goes out, and what else is asked of it. What comes in, and what
 * becomes of it, is the transport's. In the network context, as all that uses usrsctp.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <usrsctp.h>

#include "snug-sctp-transport.h"

G_BEGIN_DECLS

typedef struct
{
  guintptr address;        /* of snug_usrsctp_add(): of both ends, for usrsctp */
  guint16  local_port;
  guint16  remote_port;
  gsize    packet_bytes;   /* the largest packet that is sent, with its common header */
  gboolean is_extra;       /* an association beside the first one, which receives as much as a long path holds */
} SnugSctpSocketConfig;

/**
 * snug_sctp_socket_open:
 * @upcall: called by usrsctp, from inside, when there is something new
 *
 * Binds and connects, without waiting for the peer.
 *
 * Returns: (nullable): to be closed by usrsctp_close(); %NULL if usrsctp refuses
 */
struct socket  *snug_sctp_socket_open (const SnugSctpSocketConfig *config,
                                       void (*upcall) (struct socket *, void *, int), gpointer user_data);

SnugSctpResult  snug_sctp_socket_send (struct socket *socket, const SnugSctpSend *how, const guint8 *data,
                                       gsize n_bytes);

/* Bytes that it takes before the peer has acknowledged any of them. */
void            snug_sctp_socket_set_send_buffer (struct socket *socket, gsize n_bytes);

/* RFC 6525, 5.1: of our side. */
gboolean        snug_sctp_socket_reset_stream (struct socket *socket, guint16 stream);

/* Sends a heartbeat now. */
void            snug_sctp_socket_demand_heartbeat (struct socket *socket, const SnugSctpSocketConfig *config);

/* @socket: (nullable). Returns: %FALSE if there is no association */
gboolean        snug_sctp_socket_get_status (struct socket *socket, struct sctp_status *status);

G_END_DECLS
