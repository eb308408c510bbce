/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-certificate.h"

#include <string.h>
#include <time.h>
#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#define SECONDS_A_DAY (24 * 60 * 60)

/* A day before now, because clocks of peers differ; browsers do the same. */
#define VALID_BEFORE_S SECONDS_A_DAY
#define VALID_AFTER_S (30 * SECONDS_A_DAY)

struct _SnugCertificate
{
  GObject parent_instance;

  gnutls_certificate_credentials_t credentials;   /* owned */
  guint8                           fingerprint[SNUG_FINGERPRINT_SIZE];
};

G_DEFINE_FINAL_TYPE (SnugCertificate, snug_certificate, G_TYPE_OBJECT)

static G_DEFINE_QUARK (snug-certificate-error-quark, snug_certificate_error)

static void
snug_certificate_finalize (GObject *object)
{
  SnugCertificate *self = SNUG_CERTIFICATE (object);

  g_clear_pointer (&self->credentials, gnutls_certificate_free_credentials);
  G_OBJECT_CLASS (snug_certificate_parent_class)->finalize (object);
}

static void
snug_certificate_class_init (SnugCertificateClass *class)
{
  G_OBJECT_CLASS (class)->finalize = snug_certificate_finalize;
}

static void
snug_certificate_init (G_GNUC_UNUSED SnugCertificate *self)
{
}

/* RFC 5280 section 4.1.2.2: a positive serial number, unique for this issuer. */
static int
set_random_serial (gnutls_x509_crt_t certificate)
{
  guint8 serial[16];
  int result = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  serial[0] = (serial[0] & 0x7f) | 0x40;
  return result < 0 ? result : gnutls_x509_crt_set_serial (certificate, serial, sizeof serial);
}

/* The one name is the same for everybody: a certificate tells no one who its owner is. */
static int
fill_in (gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  static const char name[] = "WebRTC";
  time_t now = time (NULL);
  int result;

  if ((result = gnutls_x509_crt_set_version (certificate, 3)) < 0
      || (result = set_random_serial (certificate)) < 0
      || (result = gnutls_x509_crt_set_activation_time (certificate, now - VALID_BEFORE_S)) < 0
      || (result = gnutls_x509_crt_set_expiration_time (certificate, now + VALID_AFTER_S)) < 0
      || (result = gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                                  sizeof name - 1)) < 0
      || (result = gnutls_x509_crt_set_key (certificate, key)) < 0)
    return result;
  return gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
}

static int
take (SnugCertificate *self, gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
  size_t size = sizeof self->fingerprint;
  int result;

  if ((result = gnutls_x509_crt_get_fingerprint (certificate, GNUTLS_DIG_SHA256, self->fingerprint,
                                                 &size)) < 0
      || (result = gnutls_certificate_allocate_credentials (&self->credentials)) < 0)
    return result;
  return gnutls_certificate_set_x509_key (self->credentials, &certificate, 1, key);
}

static int
make (SnugCertificate *self)
{
  gnutls_x509_crt_t certificate = NULL;
  gnutls_x509_privkey_t key = NULL;
  int result;

  if ((result = gnutls_x509_crt_init (&certificate)) >= 0
      && (result = gnutls_x509_privkey_init (&key)) >= 0
      && (result = gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                                 0)) >= 0
      && (result = fill_in (certificate, key)) >= 0)
    result = take (self, certificate, key);

  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  if (certificate != NULL)
    gnutls_x509_crt_deinit (certificate);
  return result;
}

SnugCertificate *
snug_certificate_new (GError **error)
{
  g_autoptr (SnugCertificate) self = g_object_new (SNUG_TYPE_CERTIFICATE, NULL);
  int result = make (self);

  if (result < 0)
    {
      g_set_error (error, snug_certificate_error_quark (), result, _("Could not make a certificate: %s"),
                   gnutls_strerror (result));
      return NULL;
    }
  return g_steal_pointer (&self);
}

gnutls_certificate_credentials_t
snug_certificate_get_credentials (SnugCertificate *self)
{
  return self->credentials;
}

const guint8 *
snug_certificate_get_fingerprint (SnugCertificate *self)
{
  return self->fingerprint;
}

char *
snug_fingerprint_to_text (const guint8 fingerprint[SNUG_FINGERPRINT_SIZE])
{
  static const char digits[] = "0123456789ABCDEF";
  char *text = g_new (char, 3 * SNUG_FINGERPRINT_SIZE);

  for (gsize i = 0; i < SNUG_FINGERPRINT_SIZE; i++)
    {
      text[3 * i] = digits[fingerprint[i] >> 4];
      text[3 * i + 1] = digits[fingerprint[i] & 15];
      text[3 * i + 2] = ':';
    }
  text[3 * SNUG_FINGERPRINT_SIZE - 1] = '\0';
  return text;
}
