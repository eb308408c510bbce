/* snug-dtls-transport: DTLS 1.2 over any datagram layer (RFC 8827 section 6.5, RFC 8842).
 *
 * Becomes CONNECTED only when the peer has shown, and proved to hold the key of, the certificate whose
 * fingerprint its description promised. Nothing is delivered upwards before.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-certificate.h"
#include "snug-transport.h"

G_BEGIN_DECLS

/* What DTLS adds to an SCTP packet: record header, explicit nonce, AES-GCM tag. */
#define SNUG_DTLS_OVERHEAD (13 + 8 + 16)

#define SNUG_TYPE_DTLS_TRANSPORT (snug_dtls_transport_get_type ())
G_DECLARE_FINAL_TYPE (SnugDtlsTransport, snug_dtls_transport, SNUG, DTLS_TRANSPORT, SnugTransport)

/**
 * snug_dtls_transport_new:
 * @below: carries the datagrams; referenced
 * @is_client: we open the association (`a=setup:active`)
 * @fingerprint: SHA-256 of the certificate the peer must have, %SNUG_FINGERPRINT_SIZE bytes, copied
 */
SnugDtlsTransport *snug_dtls_transport_new (SnugTransport *below, SnugCertificate *certificate,
                                            gboolean is_client, const guint8 *fingerprint);

/* For tests: how long the handshake may take in all; 30 s if not set. Before start. */
void        snug_dtls_transport_set_timeout_ms (SnugDtlsTransport *self, guint timeout_ms);

/* Begins the handshake; @below is connected now. */
void        snug_dtls_transport_start (SnugDtlsTransport *self);

/* "DTLS1.2" and the cipher's name, or NULL before the handshake. Static strings. */
const char *snug_dtls_transport_get_version (SnugDtlsTransport *self);
const char *snug_dtls_transport_get_cipher  (SnugDtlsTransport *self);

G_END_DECLS
