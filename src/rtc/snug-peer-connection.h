/* snug-peer-connection: ICE, DTLS and SCTP composed into one WebRTC peer connection for data channels.
 *
 * Belongs to the GMainContext it was made with (the network context in the programs): all calls,
 * signals and callbacks happen there. There is one exit for failure: the state FAILED with the reason
 * in snug_peer_connection_get_error().
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-candidate.h"
#include "snug-certificate.h"
#include "snug-data-channel.h"

G_BEGIN_DECLS

#define SNUG_RTC_ERROR (snug_rtc_error_quark ())
GQuark snug_rtc_error_quark (void);

typedef enum
{
  SNUG_RTC_ERROR_STATE,          /* not now: wrong order of offer and answer, or closed */
  SNUG_RTC_ERROR_BAD_REMOTE,     /* the peer's description or candidate is unusable */
  SNUG_RTC_ERROR_ICE,            /* no route to the peer */
  SNUG_RTC_ERROR_FINGERPRINT,    /* the peer's certificate is not the one its description promised */
  SNUG_RTC_ERROR_DTLS,
  SNUG_RTC_ERROR_SCTP,
  SNUG_RTC_ERROR_TOO_LARGE       /* message larger than the peer takes */
} SnugRtcError;

typedef enum
{
  SNUG_PEER_CONNECTION_NEW,
  SNUG_PEER_CONNECTION_CONNECTING,     /* descriptions exchanged or under way */
  SNUG_PEER_CONNECTION_CONNECTED,      /* DTLS verified, SCTP up: channels open */
  SNUG_PEER_CONNECTION_DISCONNECTED,   /* route lost; DTLS and SCTP are kept, an ICE restart may mend it */
  SNUG_PEER_CONNECTION_FAILED,         /* for good; see get_error */
  SNUG_PEER_CONNECTION_CLOSED
} SnugPeerConnectionState;

/* How far it has come, for the checklist a person sees. */
typedef enum
{
  SNUG_PEER_CONNECTION_STAGE_NONE,
  SNUG_PEER_CONNECTION_STAGE_ANSWERED,   /* the peer's description is here */
  SNUG_PEER_CONNECTION_STAGE_ROUTE,      /* ICE found a pair */
  SNUG_PEER_CONNECTION_STAGE_VERIFIED,   /* DTLS done, fingerprint equal */
  SNUG_PEER_CONNECTION_STAGE_OPEN        /* SCTP up */
} SnugPeerConnectionStage;

typedef enum
{
  SNUG_RELAY_AUTOMATIC,   /* direct where possible, relayed where not */
  SNUG_RELAY_NEVER,
  SNUG_RELAY_ONLY
} SnugRelayPolicy;

typedef struct
{
  char *url;         /* stun:HOST[:PORT], turn:HOST[:PORT][?transport=udp|tcp], turns:… */
  char *username;    /* nullable */
  char *password;    /* nullable */
} SnugIceServer;

/* Copies of all three. */
SnugIceServer *snug_ice_server_new  (const char *url, const char *username, const char *password);
void           snug_ice_server_free (SnugIceServer *server);

typedef struct
{
  GPtrArray       *ice_servers;       /* nullable, of SnugIceServer, borrowed during construction */
  SnugRelayPolicy  relay;
  gboolean         by_proxy;          /* relays over TCP are asked by the system's proxy as those over TLS are; and with
                                         %SNUG_RELAY_ONLY those over UDP, which would go round it, not at all */
  gboolean         no_stripes;        /* one association for large files, also with who knows of several */
  guint            route_timeout_ms;  /* without any pair after this long: FAILED; 0 = 30 s */
  guint            repair_timeout_ms; /* DISCONNECTED for this long: FAILED; 0 = 5 minutes */
} SnugPeerConnectionConfig;

/* Where the packets go; all strings borrowed until the next call into the connection. */
typedef struct
{
  SnugCandidateType  local_type;
  SnugCandidateType  remote_type;
  char               local_address[64];    /* "192.0.2.1:4711", "[2001:db8::1]:4711" */
  char               remote_address[64];
  char               relay_server[64];     /* of the local relay, "" if none */
  gboolean           lacks_relay;          /* those that were named do not answer, or do not let us in */
  gboolean           ipv6;
  gboolean           same_network;         /* both ends loopback, link-local, private or one on-link prefix */
  gboolean           in_bulk;              /* many datagrams a system call (snug-udp-path.h) */
  gsize              packet_bytes;         /* of the largest SCTP packet that the path is known to take */
  guint              n_stripes;            /* associations over which a large file that we send is spread */
  double             rtt_ms;               /* smoothed, of SCTP; < 0 while not known */
  char               dtls_version[16];     /* "DTLS1.2" */
  char               dtls_cipher[64];
  guint8             remote_fingerprint[SNUG_FINGERPRINT_SIZE];
  guint64            bytes_sent;           /* user data over SCTP */
  guint64            bytes_received;
} SnugPeerConnectionInfo;

#define SNUG_TYPE_PEER_CONNECTION (snug_peer_connection_get_type ())
G_DECLARE_FINAL_TYPE (SnugPeerConnection, snug_peer_connection, SNUG, PEER_CONNECTION, GObject)

/**
 * SnugPeerConnection::state-changed: read it with snug_peer_connection_get_state()
 * SnugPeerConnection::stage-changed: read it with snug_peer_connection_get_stage()
 * SnugPeerConnection::local-candidate: (const char *candidate): the value "candidate:…", or "" at the end
 * SnugPeerConnection::data-channel: (SnugDataChannel *channel): the peer opened it; already OPEN
 * SnugPeerConnection::path-changed: another candidate pair was selected
 * SnugPeerConnection::drained: the peer has acknowledged all that was sent
 */

/**
 * snug_peer_connection_new:
 * @context: where it lives
 * @certificate: what we show in DTLS
 */
SnugPeerConnection *snug_peer_connection_new (GMainContext *context, SnugCertificate *certificate,
                                              const SnugPeerConnectionConfig *config);

/**
 * snug_peer_connection_create_offer:
 * @ice_restart: new ICE credentials for a connection that lost its route; DTLS and SCTP go on
 *
 * Starts gathering; candidates follow by the local-candidate signal (RFC 8838). Without @ice_restart
 * a second call repeats the same description.
 *
 * Returns: (transfer full): SDP; %NULL with %SNUG_RTC_ERROR_STATE if the connection is over, or was never one that could
 *   be restarted, with %SNUG_RTC_ERROR_ICE if nothing can be gathered
 */
char *snug_peer_connection_create_offer (SnugPeerConnection *self, gboolean ice_restart, GError **error);

/**
 * snug_peer_connection_accept_offer:
 *
 * Takes the peer's offer and answers it. An offer with unchanged ICE credentials and fingerprint
 * changes nothing and is answered; changed credentials with the same fingerprint are an ICE restart; a
 * changed fingerprint is refused with %SNUG_RTC_ERROR_FINGERPRINT (a new session needs a new object).
 *
 * Returns: (transfer full): SDP of the answer, or %NULL
 */
char *snug_peer_connection_accept_offer (SnugPeerConnection *self, const char *sdp, GError **error);

/**
 * snug_peer_connection_set_servers:
 * @ice_servers: (nullable): of SnugIceServer, not changed any more
 *
 * Takes the place of what was said of them when it was made, from the next gathering on: an ICE restart gathers where the
 * route is lost, or this computer has moved, or with relays only a proxy has come. With a proxy the local network is asked for
 * browsers' names no more, from now on.
 */
void snug_peer_connection_set_servers (SnugPeerConnection *self, GPtrArray *ice_servers, gboolean by_proxy);

/* Takes the answer to the last offer made. A refused answer leaves the connection as it was. */
gboolean snug_peer_connection_accept_answer (SnugPeerConnection *self, const char *sdp, GError **error);

/**
 * snug_peer_connection_start_over:
 *
 * After an answer was refused with %SNUG_RTC_ERROR_FINGERPRINT: whoever answered is somebody new, who knows
 * nothing but this offer. Ends what stands on the old one's certificate, channels included, and keeps the
 * offer: the answer may be given again, channels made anew.
 */
void snug_peer_connection_start_over (SnugPeerConnection *self);

/**
 * snug_peer_connection_add_remote_candidate:
 * @candidate: "candidate:…" or "" (end of candidates)
 *
 * May come before the description; up to 100 wait for it. What we cannot use (TCP, names of other computers than
 * browsers') is skipped with %TRUE; %FALSE is for text that is no candidate at all.
 */
gboolean snug_peer_connection_add_remote_candidate (SnugPeerConnection *self, const char *candidate, GError **error);

/**
 * snug_peer_connection_create_data_channel:
 * @init: (nullable)
 *
 * May be called before the connection is up; the channel opens with it. One with a %stripe does not go anywhere else.
 *
 * Returns: (transfer full): the channel, or %NULL if closed, out of streams or without that stripe
 */
SnugDataChannel *snug_peer_connection_create_data_channel (SnugPeerConnection *self, const char *label,
                                                           const SnugDataChannelInit *init, GError **error);

/* The peer opens a second association for channels with %is_bulk (snug-bulk-channels.h): so may we. */
void                    snug_peer_connection_allow_bulk (SnugPeerConnection *self);
/* The peer opens several of these, too. */
void                    snug_peer_connection_allow_stripes (SnugPeerConnection *self);
gboolean                snug_peer_connection_may_stripe    (SnugPeerConnection *self);
/* Over how many a file that is sent is to be spread now. */
guint                   snug_peer_connection_get_n_stripes (SnugPeerConnection *self);
/* Of what a channel of the first of them has handed on, the last so many bytes at most are not acknowledged, and one
 * message. */
gsize                   snug_peer_connection_get_send_room (SnugPeerConnection *self);

SnugPeerConnectionState snug_peer_connection_get_state (SnugPeerConnection *self);
SnugPeerConnectionStage snug_peer_connection_get_stage (SnugPeerConnection *self);
const GError           *snug_peer_connection_get_error (SnugPeerConnection *self);   /* nullable */

/* The peer's limit in bytes for one message; what we send is capped at our own limit besides. */
gsize                   snug_peer_connection_get_max_message_size (SnugPeerConnection *self);

/* Returns: %TRUE and fills @info once a route was found. */
gboolean                snug_peer_connection_get_info (SnugPeerConnection *self, SnugPeerConnectionInfo *info);

/**
 * snug_peer_connection_finish:
 *
 * Closes it when all that was sent has arrived, or after four seconds. It keeps itself alive meanwhile, and
 * snug_network_settle() waits for it.
 */
void                    snug_peer_connection_finish (SnugPeerConnection *self);

/* Bytes of all channels that SCTP took so far; and of those, in order, at least so many the peer has
 * acknowledged. */
guint64                 snug_peer_connection_get_bytes_sent  (SnugPeerConnection *self);
guint64                 snug_peer_connection_get_bytes_acked (SnugPeerConnection *self);

/* Asks the peer for a sign of life; the count of packets from it is another one if it gives one. */
void                    snug_peer_connection_probe           (SnugPeerConnection *self);
guint64                 snug_peer_connection_get_n_packets   (SnugPeerConnection *self);

/* Whether this computer has other addresses than when the connection was begun; and not even that any more from which the
 * route goes. */
gboolean                snug_peer_connection_has_moved       (SnugPeerConnection *self);
gboolean                snug_peer_connection_is_cut_off      (SnugPeerConnection *self);

/* DISCONNECTED at once, as if ICE had noticed already. */
void                    snug_peer_connection_lose_route      (SnugPeerConnection *self);

/* While reading is off, nothing is heard from the peer, and it has to wait once a few megabytes are on
 * their way: for those who cannot be asked to wait. On at first. */
void                    snug_peer_connection_set_reading     (SnugPeerConnection *self, gboolean on);

/* Ends it in good order (SCTP, then DTLS close_notify). Signals CLOSED. May be called twice. */
void                    snug_peer_connection_close (SnugPeerConnection *self);

G_END_DECLS
