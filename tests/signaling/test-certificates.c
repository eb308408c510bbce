/* A server's certificate: one that is not to be trusted ends it, with words for what is wrong with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "signaling-member.h"

#define DAY_S 86400

/* Somebody who vouches for others, or for themselves only. */
typedef struct
{
  gnutls_x509_privkey_t key;           /* owned */
  gnutls_x509_crt_t     certificate;   /* owned */
} Identity;

static void
identity_clear (Identity *identity)
{
  gnutls_x509_crt_deinit (identity->certificate);
  gnutls_x509_privkey_deinit (identity->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Identity, identity_clear)

/* @address: (nullable): that of the server; without one it is an authority. @issuer: (nullable): it vouches for itself */
static void
identity_init (Identity *identity, const char *address, gint64 begins_s, const Identity *issuer)
{
  g_autoptr (GInetAddress) inet = address != NULL ? g_inet_address_new_from_string (address) : NULL;
  const Identity *by = issuer != NULL ? issuer : identity;

  gnutls_x509_privkey_init (&identity->key);
  gnutls_x509_privkey_generate (identity->key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_x509_crt_init (&identity->certificate);
  gnutls_x509_crt_set_version (identity->certificate, 3);
  gnutls_x509_crt_set_serial (identity->certificate, issuer != NULL ? "\2" : "\1", 1);
  gnutls_x509_crt_set_dn (identity->certificate, address != NULL ? "CN=server" : "CN=authority", NULL);
  gnutls_x509_crt_set_activation_time (identity->certificate, time (NULL) + begins_s);
  gnutls_x509_crt_set_expiration_time (identity->certificate, time (NULL) + begins_s + 2 * DAY_S);
  gnutls_x509_crt_set_basic_constraints (identity->certificate, address == NULL, -1);
  if (inet != NULL)
    gnutls_x509_crt_set_subject_alt_name (identity->certificate, GNUTLS_SAN_IPADDRESS, g_inet_address_to_bytes (inet),
                                          (unsigned) g_inet_address_get_native_size (inet), GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_key (identity->certificate, identity->key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (identity->certificate, by->certificate, by->key, GNUTLS_DIG_SHA256, 0), ==, 0);
}

static char *
certificate_to_pem (const Identity *identity)
{
  gnutls_datum_t pem;
  char *text;

  gnutls_x509_crt_export2 (identity->certificate, GNUTLS_X509_FMT_PEM, &pem);
  text = g_strndup ((const char *) pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

static GTlsCertificate *
certificate_with_key (const Identity *identity)
{
  g_autofree char *certificate = certificate_to_pem (identity);
  g_autofree char *both = NULL;
  GTlsCertificate *result;
  gnutls_datum_t key;

  gnutls_x509_privkey_export2 (identity->key, GNUTLS_X509_FMT_PEM, &key);
  both = g_strdup_printf ("%s%s", certificate, key.data);
  gnutls_free (key.data);
  result = g_tls_certificate_new_from_pem (both, -1, NULL);
  g_assert_nonnull (result);
  return result;
}

/* Of the authority that is trusted, read anew by every connection. */
static char *trusted_path;

/* Everybody else's certificates are no longer trusted in this process. */
static void
trust_only (const Identity *authority)
{
  g_autofree char *pem = certificate_to_pem (authority);
  g_autoptr (GTlsDatabase) database = NULL;

  g_assert_true (g_file_set_contents (trusted_path, pem, -1, NULL));
  database = g_tls_file_database_new (trusted_path, NULL);
  g_assert_nonnull (database);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

/* A server that shows its certificate, and hangs up when it is believed. */

typedef struct
{
  GSocketService  *service;       /* owned */
  GTlsCertificate *certificate;   /* owned */
  char            *url;           /* owned */
  guint            n_believed;
} Server;

static void
on_handshake (GObject *tls, GAsyncResult *result, gpointer data)
{
  Server *server = data;

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL))
    server->n_believed++;
  g_object_unref (tls);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Server *server = data;
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_server_connection_new (G_IO_STREAM (connection), server->certificate, &error);

  g_assert_no_error (error);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT, NULL, on_handshake, server);
  return TRUE;
}

static void
server_init (Server *server, const Identity *identity)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;

  *server = (Server) { g_socket_service_new (), certificate_with_key (identity) };
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (server->service), wanted, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &address, NULL));
  server->url = g_strdup_printf ("https://127.0.0.1:%u",
                                 g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  g_signal_connect (server->service, "incoming", G_CALLBACK (on_incoming), server);
}

static void
server_clear (Server *server)
{
  g_socket_service_stop (server->service);
  g_socket_listener_close (G_SOCKET_LISTENER (server->service));
  snug_await_idle (NULL);
  g_clear_object (&server->service);
  g_clear_object (&server->certificate);
  g_free (server->url);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_clear)

/* What it is refused with, both when a room is made there and when one is entered. Not tried again: it will not get
 * better, and somebody may be listening. */
static void
assert_refused (const Identity *identity, const char *words)
{
  g_auto (Server) server;
  g_autoptr (GError) error = NULL;
  g_autoptr (Member) ana = NULL;

  server_init (&server, identity);
  g_assert_null (create_room (server.url, 3, NULL, &error));
  g_assert_error (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_TLS);
  g_assert_nonnull (strstr (error->message, words));

  ana = member_new (server.url, "BOOK23", NULL, NULL, "sender");
  assert_closed_with (ana, SNUG_SIGNALING_ERROR_TLS);
  g_assert_cmpstr (snug_signaling_get_error (ana->signaling)->message, ==, error->message);
  g_assert_cmpuint (server.n_believed, ==, 0);
}

static void
test_nobody_vouches (void)
{
  g_auto (Identity) authority, stranger;

  identity_init (&authority, NULL, -DAY_S, NULL);
  identity_init (&stranger, "127.0.0.1", -DAY_S, NULL);
  trust_only (&authority);
  assert_refused (&stranger, "nobody who is known here vouches for it");
}

/* That it has expired, too, is not worth a word. */
static void
test_nobody_vouches_for_what_has_expired (void)
{
  g_auto (Identity) authority, stranger;

  identity_init (&authority, NULL, -DAY_S, NULL);
  identity_init (&stranger, "127.0.0.1", -10 * DAY_S, NULL);
  trust_only (&authority);
  assert_refused (&stranger, "nobody who is known here vouches for it");
}

static void
test_another_name (void)
{
  g_auto (Identity) authority, server;

  identity_init (&authority, NULL, -DAY_S, NULL);
  identity_init (&server, "127.0.0.2", -DAY_S, &authority);
  trust_only (&authority);
  assert_refused (&server, "is for another name");
}

static void
test_expired (void)
{
  g_auto (Identity) authority, server;

  identity_init (&authority, NULL, -DAY_S, NULL);
  identity_init (&server, "127.0.0.1", -10 * DAY_S, &authority);
  trust_only (&authority);
  assert_refused (&server, "is not valid today");
}

static void
test_not_valid_yet (void)
{
  g_auto (Identity) authority, server;

  identity_init (&authority, NULL, -DAY_S, NULL);
  identity_init (&server, "127.0.0.1", 10 * DAY_S, &authority);
  trust_only (&authority);
  assert_refused (&server, "is not valid today");
}

/* The others fail by what is wrong with them, not by how they are made; and it is the end of a connection, not of trust,
 * that somebody hangs up. */
static void
test_trusted (void)
{
  g_auto (Identity) authority, identity;
  g_auto (Server) server;
  g_autoptr (Member) ana = NULL;

  identity_init (&authority, NULL, -DAY_S, NULL);
  identity_init (&identity, "127.0.0.1", -DAY_S, &authority);
  trust_only (&authority);
  server_init (&server, &identity);
  ana = member_new (server.url, "BOOK23", NULL, NULL, "sender");
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  g_assert_error (snug_signaling_get_error (ana->signaling), SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE);
  g_assert_cmpuint (server.n_believed, >, 0);
}

int
main (int argc, char **argv)
{
  int file, status;

  g_test_init (&argc, &argv, NULL);
  file = g_file_open_tmp ("snug-authority-XXXXXX", &trusted_path, NULL);
  g_assert_cmpint (file, >=, 0);
  close (file);
#define ADD(path, func) g_test_add_func ("/certificates/" path, func)
  ADD ("nobody-vouches", test_nobody_vouches);
  ADD ("nobody-vouches-for-what-has-expired", test_nobody_vouches_for_what_has_expired);
  ADD ("another-name", test_another_name);
  ADD ("expired", test_expired);
  ADD ("not-valid-yet", test_not_valid_yet);
  ADD ("trusted", test_trusted);
  status = g_test_run ();
  g_unlink (trusted_path);
  g_free (trusted_path);
  return status;
}
