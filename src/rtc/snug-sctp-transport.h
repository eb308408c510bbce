/* snug-sctp-transport: messages on streams over any datagram layer (RFC 8831, RFC 8261).
 *
 * Belongs to the network context of its peer connection. It knows streams and payload types, not
 * channels.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-sctp-tally.h"
#include "snug-transport.h"

G_BEGIN_DECLS

/* RFC 8841 section 5: what we write as `a=sctp-port`. */
#define SNUG_SCTP_PORT 5000

/* Streams in each direction that we ask for and allow. */
#define SNUG_SCTP_MAX_STREAMS 1024

/* The largest packet in bytes that fits on every path. With DTLS (37), a relay's channel header (4), UDP (8) and
 * IPv6 (40) it fits into the 1,280 bytes that every IPv6 link carries (RFC 8200 section 5). */
#define SNUG_SCTP_LEAST_PACKET 1188

#define SNUG_TYPE_SCTP_TRANSPORT (snug_sctp_transport_get_type ())
G_DECLARE_FINAL_TYPE (SnugSctpTransport, snug_sctp_transport, SNUG, SCTP_TRANSPORT, SnugTransport)

typedef struct
{
  /* A whole message. */
  void (*message)   (gpointer user_data, guint16 stream, guint32 ppid, GBytes *message);

  /* A message on @stream was larger than we take; it is thrown away. */
  void (*too_large) (gpointer user_data, guint16 stream);

  /* The peer reset its side of @stream, or, if not @by_peer, our own reset is through. */
  void (*reset)     (gpointer user_data, guint16 stream, gboolean by_peer);

  /* There may be room to send again. */
  void (*writable)  (gpointer user_data);

  /* The peer has acknowledged all that was sent. */
  void (*drained)   (gpointer user_data);
} SnugSctpListener;

typedef void (*SnugSctpProbeFunc) (guint32 number, gpointer user_data);

typedef enum
{
  SNUG_SCTP_SENT,
  SNUG_SCTP_FULL,      /* try again when writable */
  SNUG_SCTP_REFUSED    /* it never will */
} SnugSctpResult;

/* How one message goes. Zero-initialised: ordered and reliable. */
typedef struct
{
  guint16   stream;
  guint32   ppid;
  gboolean  unordered;
  gboolean  has_max_retransmits;
  gboolean  has_max_lifetime;
  guint32   reliability;   /* retransmissions or milliseconds */
} SnugSctpSend;

/**
 * snug_sctp_transport_new:
 * @below: carries the packets; referenced
 * @remote_port: the peer's `a=sctp-port`
 * @max_message_size: of messages from the peer, in bytes
 */
SnugSctpTransport *snug_sctp_transport_new (SnugTransport *below, guint16 remote_port,
                                            gsize max_message_size);

/**
 * snug_sctp_transport_set_extra:
 * @port: ours, and the peer's: an association beside the first one
 * @packet_bytes: the largest packet that we send
 * @is_further: beside another one for the same files: a stripe that is begun only while no queue fills
 *
 * Before start, for good: SCTP cannot cut its chunks anew, and they are as large as a packet. The first may hold as much
 * as a long path does. A word that waits behind that waits long.
 */
void           snug_sctp_transport_set_extra (SnugSctpTransport *self, guint16 port, gsize packet_bytes,
                                              gboolean is_further);

/* It may be another path from now on, near or far. */
void           snug_sctp_transport_forget_path (SnugSctpTransport *self);

/* Of what was sent, the last so many bytes at most are not acknowledged, and one message. Never less than before. */
gsize          snug_sctp_transport_get_send_room (SnugSctpTransport *self);

gsize          snug_sctp_transport_get_packet_bytes (SnugSctpTransport *self);

/* The one listener; %NULL ends it. */
void           snug_sctp_transport_set_listener (SnugSctpTransport *self, const SnugSctpListener *listener,
                                                 gpointer user_data);

/* Begins the association; @below is connected now. */
void           snug_sctp_transport_start (SnugSctpTransport *self);

/* Whether the peer has acknowledged all that was sent. */
gboolean       snug_sctp_transport_is_flushed (SnugSctpTransport *self);

/* @n_bytes at least 1. */
SnugSctpResult snug_sctp_transport_send_message (SnugSctpTransport *self, const SnugSctpSend *how,
                                                 const guint8 *data, gsize n_bytes);

/* RFC 8831 section 6.7: resets our side of @stream after what was sent on it. */
gboolean       snug_sctp_transport_reset_stream (SnugSctpTransport *self, guint16 stream);

/* Streams that both sides have; 0 before it is connected. */
guint          snug_sctp_transport_get_n_streams (SnugSctpTransport *self);

/* While reading is off, what comes waits in SCTP's own buffer, and the peer is told when that is full
 * (RFC 9260 section 6.2). Nothing else is heard meanwhile either. On at first. */
void           snug_sctp_transport_set_reading (SnugSctpTransport *self, gboolean on);

/* A packet of @n_bytes (see snug-sctp-probe.h) to the peer, past the queue. */
void           snug_sctp_transport_send_probe (SnugSctpTransport *self, guint32 number, gsize n_bytes);

/* The one who hears of answers; %NULL: nobody. */
void           snug_sctp_transport_set_probe_func (SnugSctpTransport *self, SnugSctpProbeFunc func, gpointer user_data);

/* Asks the peer for a sign of life at once instead of at the next try. */
void           snug_sctp_transport_probe (SnugSctpTransport *self);

double         snug_sctp_transport_get_rtt_ms (SnugSctpTransport *self);   /* < 0: not known */
guint64        snug_sctp_transport_get_bytes_sent     (SnugSctpTransport *self);
guint64        snug_sctp_transport_get_bytes_received (SnugSctpTransport *self);
/* Of all packets so far; borrowed. */
const SnugSctpTally *snug_sctp_transport_get_tally   (SnugSctpTransport *self);
/* Of what was sent, in order, at least so much has been acknowledged by the peer. */
guint64        snug_sctp_transport_get_bytes_acked    (SnugSctpTransport *self);
/* Packets from the peer so far: signs of life. */
guint64        snug_sctp_transport_get_n_packets      (SnugSctpTransport *self);

G_END_DECLS
