/* snug-certificate: the self-signed certificate a member shows in DTLS, one per room membership.
 *
 * Immutable after construction, so it may be used from any thread.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/* Length in bytes of a SHA-256 fingerprint. */
#define SNUG_FINGERPRINT_SIZE 32

#define SNUG_TYPE_CERTIFICATE (snug_certificate_get_type ())
G_DECLARE_FINAL_TYPE (SnugCertificate, snug_certificate, SNUG, CERTIFICATE, GObject)

/**
 * snug_certificate_new:
 *
 * Makes a fresh ECDSA P-256 key and a self-signed certificate for it (RFC 8827 section 6.5), valid
 * from a day ago for 30 days, with nothing in it that tells whose it is. Takes about a millisecond.
 *
 * Returns: (transfer full): the certificate, or %NULL with the GnuTLS error in @error
 */
SnugCertificate *snug_certificate_new (GError **error);

/* The key and certificate as GnuTLS credentials, borrowed. */
gnutls_certificate_credentials_t snug_certificate_get_credentials (SnugCertificate *self);

/* SHA-256 of the DER encoding, %SNUG_FINGERPRINT_SIZE bytes, borrowed. */
const guint8 *snug_certificate_get_fingerprint (SnugCertificate *self);

/**
 * snug_fingerprint_to_text:
 *
 * Returns: (transfer full): "AB:CD:…" as in `a=fingerprint:sha-256` (RFC 8122 section 5)
 */
char *snug_fingerprint_to_text (const guint8 fingerprint[SNUG_FINGERPRINT_SIZE]);

G_END_DECLS
