/* The certificate a member shows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-certificate.h"

#include <string.h>
#include <time.h>
#include <gnutls/x509.h>

static gnutls_x509_crt_t
import_own (SnugCertificate *certificate)
{
  gnutls_datum_t der;
  gnutls_x509_crt_t imported;

  g_assert_cmpint (gnutls_certificate_get_crt_raw (snug_certificate_get_credentials (certificate), 0, 0,
                                                   &der), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&imported), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (imported, &der, GNUTLS_X509_FMT_DER), ==, 0);
  return imported;
}

static void
test_fingerprint_is_that_of_the_der (void)
{
  g_autoptr (SnugCertificate) certificate = snug_certificate_new (NULL);
  gnutls_datum_t der;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *text = snug_fingerprint_to_text (snug_certificate_get_fingerprint (certificate));
  g_auto (GStrv) pairs = g_strsplit (text, ":", -1);
  g_autofree char *joined = g_strjoinv ("", pairs);
  g_autofree char *lower = g_ascii_strdown (joined, -1);

  g_assert_cmpint (gnutls_certificate_get_crt_raw (snug_certificate_get_credentials (certificate), 0, 0,
                                                   &der), ==, 0);
  bytes = g_bytes_new (der.data, der.size);
  hex = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_assert_cmpstr (lower, ==, hex);
}

static void
test_it_is_p256_and_signed_by_itself (void)
{
  g_autoptr (SnugCertificate) certificate = snug_certificate_new (NULL);
  gnutls_x509_crt_t imported = import_own (certificate);
  gnutls_ecc_curve_t curve;
  gnutls_datum_t x, y;

  g_assert_cmpint (gnutls_x509_crt_get_pk_ecc_raw (imported, &curve, &x, &y), ==, 0);
  g_assert_cmpint (curve, ==, GNUTLS_ECC_CURVE_SECP256R1);
  g_assert_cmpuint (gnutls_x509_crt_check_issuer (imported, imported), ==, 1);
  g_assert_cmpint (gnutls_x509_crt_get_signature_algorithm (imported), ==, GNUTLS_SIGN_ECDSA_SHA256);
  gnutls_free (x.data);
  gnutls_free (y.data);
  gnutls_x509_crt_deinit (imported);
}

static void
test_it_is_valid_now_and_not_for_ever (void)
{
  g_autoptr (SnugCertificate) certificate = snug_certificate_new (NULL);
  gnutls_x509_crt_t imported = import_own (certificate);
  time_t now = time (NULL), day = 24 * 60 * 60;

  g_assert_cmpint (gnutls_x509_crt_get_activation_time (imported), <=, now - day / 2);
  g_assert_cmpint (gnutls_x509_crt_get_expiration_time (imported), >, now + 29 * day);
  g_assert_cmpint (gnutls_x509_crt_get_expiration_time (imported), <, now + 31 * day);
  gnutls_x509_crt_deinit (imported);
}

/* A serial or name that two of them share, other than the one everybody has, would be a trace. */
static void
test_no_two_are_alike (void)
{
  g_autoptr (SnugCertificate) a = snug_certificate_new (NULL);
  g_autoptr (SnugCertificate) b = snug_certificate_new (NULL);
  gnutls_x509_crt_t imported_a = import_own (a), imported_b = import_own (b);
  guint8 serial_a[64], serial_b[64];
  char name_a[256], name_b[256];
  size_t n_a = sizeof serial_a, n_b = sizeof serial_b;
  size_t n_name_a = sizeof name_a, n_name_b = sizeof name_b;

  g_assert_cmpint (memcmp (snug_certificate_get_fingerprint (a), snug_certificate_get_fingerprint (b),
                           SNUG_FINGERPRINT_SIZE), !=, 0);
  g_assert_cmpint (gnutls_x509_crt_get_serial (imported_a, serial_a, &n_a), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_serial (imported_b, serial_b, &n_b), ==, 0);
  g_assert_true (n_a != n_b || memcmp (serial_a, serial_b, n_a) != 0);
  g_assert_cmpint (serial_a[0] & 0x80, ==, 0);

  g_assert_cmpint (gnutls_x509_crt_get_dn (imported_a, name_a, &n_name_a), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_get_dn (imported_b, name_b, &n_name_b), ==, 0);
  g_assert_cmpstr (name_a, ==, name_b);
  gnutls_x509_crt_deinit (imported_a);
  gnutls_x509_crt_deinit (imported_b);
}

static void
test_text_of_a_fingerprint (void)
{
  guint8 fingerprint[SNUG_FINGERPRINT_SIZE] = { 0x0a, 0xff, 0x10 };
  g_autofree char *text = NULL;

  fingerprint[SNUG_FINGERPRINT_SIZE - 1] = 0xb2;
  text = snug_fingerprint_to_text (fingerprint);
  g_assert_cmpuint (strlen (text), ==, 95);
  g_assert_true (g_str_has_prefix (text, "0A:FF:10:00:"));
  g_assert_true (g_str_has_suffix (text, ":00:B2"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate/fingerprint-is-that-of-the-der", test_fingerprint_is_that_of_the_der);
  g_test_add_func ("/certificate/p256-and-signed-by-itself", test_it_is_p256_and_signed_by_itself);
  g_test_add_func ("/certificate/valid-now-and-not-for-ever", test_it_is_valid_now_and_not_for_ever);
  g_test_add_func ("/certificate/no-two-are-alike", test_no_two_are_alike);
  g_test_add_func ("/certificate/text", test_text_of_a_fingerprint);
  return g_test_run ();
}
