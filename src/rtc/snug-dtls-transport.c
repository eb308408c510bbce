/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dtls-transport.h"

#include <errno.h>
#include <string.h>
#include <glib/gi18n-lib.h>
#include <gnutls/dtls.h>
#include <gnutls/x509.h>

#include "snug-bytes.h"
#include "snug-context.h"
#include "snug-dtls-order.h"
#include "snug-peer-connection.h"

/* AES-256 first; a server of ours insists on its own order, because browsers ask for AES-128 first.
 * Forward secrecy always. RSA is there for the few peers whose certificate is one. */
#define PRIORITY "NONE:+VERS-DTLS1.2:+AES-256-GCM:+AES-128-GCM:+ECDHE-ECDSA:+ECDHE-RSA:+AEAD:" \
                 "+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:+SIGN-ECDSA-SHA512:+SIGN-RSA-SHA256:" \
                 "+SIGN-RSA-SHA384:+SIGN-RSA-SHA512:+SIGN-RSA-PSS-RSAE-SHA256:" \
                 "+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+CTYPE-X509:+COMP-NULL:" \
                 "%SERVER_PRECEDENCE:%SAFE_RENEGOTIATION"

/* Fits every path during the handshake; afterwards the layer above decides by the size it sends. */
#define HANDSHAKE_MTU 1200

/* RFC 6347 section 4.1: the largest plaintext of a record, and what it may grow to on the wire. */
#define MAX_RECORD 16384

/* RFC 6347 section 4.2.4.1: a second at first, doubled by GnuTLS. */
#define RETRANSMIT_MS 1000
#define DEFAULT_TOTAL_MS (30 * 1000)

/* How long one of the handshake's datagrams may be overtaken by others; after that it counts as lost. */
#define ORDER_MS 50

/* RFC 6347 section 4.3.1. */
#define RECORD_HEADER 13
#define TYPE_CHANGE_CIPHER_SPEC 20
#define TYPE_APPLICATION_DATA 23
#define VERSION_MAJOR 254

struct _SnugDtlsTransport
{
  SnugTransport parent_instance;

  /* owned */
  SnugTransport    *below;
  SnugCertificate  *certificate;
  gnutls_session_t  session;
  GSource          *timer;
  SnugDtlsOrder    *order;               /* of what comes until the handshake is done */
  GSource          *order_timer;         /* nullable: some of that waits */

  /* borrowed: the datagram being fed to GnuTLS */
  const guint8     *incoming;
  gsize             n_incoming;

  guint8            fingerprint[SNUG_FINGERPRINT_SIZE];
  guint             total_ms;
  gboolean          is_client;
  gboolean          is_verified;         /* the fingerprint was compared, and equal */
  gboolean          has_wrong_certificate;
  gboolean          is_busy;             /* inside GnuTLS: no entry */
  guint             n_ignored;
  guint8            record[MAX_RECORD];
};

G_DEFINE_FINAL_TYPE (SnugDtlsTransport, snug_dtls_transport, SNUG_TYPE_TRANSPORT)

static void handshake (SnugDtlsTransport *self);

/* ---- What GnuTLS asks of us ---- */

/* A datagram that the layer below could not send is a lost one, and DTLS lives with these. */
static ssize_t
on_push (gnutls_transport_ptr_t pointer, const void *data, size_t n_bytes)
{
  SnugDtlsTransport *self = pointer;

  snug_transport_send (self->below, data, n_bytes);
  return (ssize_t) n_bytes;
}

static ssize_t
on_pull (gnutls_transport_ptr_t pointer, void *buffer, size_t size)
{
  SnugDtlsTransport *self = pointer;
  gsize n_bytes = MIN (size, self->n_incoming);

  if (self->incoming == NULL)
    {
      gnutls_transport_set_errno (self->session, EAGAIN);
      return -1;
    }
  memcpy (buffer, self->incoming, n_bytes);
  self->incoming = NULL;
  return (ssize_t) n_bytes;
}

static int
on_pull_timeout (gnutls_transport_ptr_t pointer, G_GNUC_UNUSED unsigned int ms)
{
  SnugDtlsTransport *self = pointer;

  return self->incoming != NULL ? 1 : 0;
}

static gboolean
has_fingerprint (const gnutls_datum_t *der, const guint8 expected[SNUG_FINGERPRINT_SIZE])
{
  guint8 fingerprint[SNUG_FINGERPRINT_SIZE];
  size_t size = sizeof fingerprint;

  return gnutls_fingerprint (GNUTLS_DIG_SHA256, der, fingerprint, &size) >= 0
         && size == sizeof fingerprint && memcmp (fingerprint, expected, sizeof fingerprint) == 0;
}

/* RFC 8827 section 6.5 and RFC 8122 section 6.2: the fingerprint is all that authenticates the peer;
 * names, dates and issuers in the certificate mean nothing. A refusal ends the handshake with an
 * alert, so that the peer too learns of it at once. */
static int
on_verify (gnutls_session_t session)
{
  SnugDtlsTransport *self = gnutls_session_get_ptr (session);
  unsigned int n_certificates = 0;
  const gnutls_datum_t *certificates = gnutls_certificate_get_peers (session, &n_certificates);

  self->is_verified = certificates != NULL && n_certificates > 0
                      && has_fingerprint (&certificates[0], self->fingerprint);
  self->has_wrong_certificate = !self->is_verified;
  return self->is_verified ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* ---- Handshake ---- */

static gboolean
on_timer (gpointer data)
{
  SnugDtlsTransport *self = data;
  g_autoptr (SnugDtlsTransport) keep = g_object_ref (self);

  snug_clear_source (&self->timer);
  handshake (self);
  return G_SOURCE_REMOVE;
}

/* RFC 6347 section 4.2.4: nobody else wakes GnuTLS up to send a lost flight again. */
static void
arm_timer (SnugDtlsTransport *self)
{
  guint delay_ms = MAX (gnutls_dtls_get_timeout (self->session), 1);

  snug_clear_source (&self->timer);
  self->timer = snug_context_timeout (snug_transport_get_context (SNUG_TRANSPORT (self)), delay_ms,
                                      on_timer, self);
}

static void
fail (SnugDtlsTransport *self, int result)
{
  GError *error;

  snug_clear_source (&self->timer);
  if (self->has_wrong_certificate)
    error = g_error_new_literal (SNUG_RTC_ERROR, SNUG_RTC_ERROR_FINGERPRINT,
                                 _("The other side's certificate is not the one it promised"));
  else
    error = g_error_new (SNUG_RTC_ERROR, SNUG_RTC_ERROR_DTLS, _("The encrypted connection failed: %s"),
                         gnutls_strerror (result));

  gnutls_alert_send_appropriate (self->session, result);
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_FAILED, error);
}

static void
on_handshake_done (SnugDtlsTransport *self)
{
  snug_clear_source (&self->timer);
  /* on_verify() has run, unless GnuTLS ever finds a way around it. */
  if (!self->is_verified)
    {
      self->has_wrong_certificate = TRUE;
      fail (self, GNUTLS_E_CERTIFICATE_ERROR);
      return;
    }

  gnutls_dtls_set_mtu (self->session, MAX_RECORD + SNUG_DTLS_OVERHEAD);
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CONNECTED, NULL);
}

static void
handshake (SnugDtlsTransport *self)
{
  int result;

  if (snug_transport_get_state (SNUG_TRANSPORT (self)) != SNUG_TRANSPORT_CONNECTING)
    return;

  do
    {
      self->is_busy = TRUE;
      result = gnutls_handshake (self->session);
      self->is_busy = FALSE;
    }
  while (result == GNUTLS_E_INTERRUPTED || result == GNUTLS_E_WARNING_ALERT_RECEIVED);

  if (result == GNUTLS_E_AGAIN)
    arm_timer (self);
  else if (result < 0)
    fail (self, result);
  else
    on_handshake_done (self);
}

/* ---- Records ---- */

static void
on_end (SnugDtlsTransport *self, int result)
{
  if (result == 0)
    snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CLOSED, NULL);
  else
    fail (self, result);
}

static void
read_records (SnugDtlsTransport *self)
{
  while (snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_CONNECTED)
    {
      self->is_busy = TRUE;
      ssize_t n_bytes = gnutls_record_recv (self->session, self->record, sizeof self->record);
      self->is_busy = FALSE;

      if (n_bytes > 0)
        snug_transport_deliver (SNUG_TRANSPORT (self), self->record, (gsize) n_bytes);
      else if (n_bytes == GNUTLS_E_AGAIN)
        break;
      else if (n_bytes == 0 || gnutls_error_is_fatal ((int) n_bytes) != 0)
        on_end (self, (int) n_bytes);
      else
        self->n_ignored++;
    }
}

/* GnuTLS keeps what is too short for a record and puts the next datagram behind it, so that a few
 * bytes from anybody would deafen it for good. Only whole records may reach it. */
static gboolean
is_records (const guint8 *data, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (data, n_bytes);

  while (snug_byte_reader_left (&reader) >= RECORD_HEADER)
    {
      guint8 type = snug_byte_reader_u8 (&reader);
      guint8 version = snug_byte_reader_u8 (&reader);

      if (type < TYPE_CHANGE_CIPHER_SPEC || type > TYPE_APPLICATION_DATA || version != VERSION_MAJOR)
        return FALSE;
      snug_byte_reader_bytes (&reader, RECORD_HEADER - 4);
      snug_byte_reader_bytes (&reader, snug_byte_reader_u16 (&reader));
    }
  return n_bytes > 0 && !reader.failed && snug_byte_reader_left (&reader) == 0;
}

static void
feed (SnugDtlsTransport *self, const guint8 *data, gsize n_bytes)
{
  self->incoming = data;
  self->n_incoming = n_bytes;
  handshake (self);
  read_records (self);
  self->incoming = NULL;
}

static gboolean on_order_timer (gpointer data);

/* Each datagram that is waited for has its own time, which does not begin again with what comes meanwhile. */
static void
feed_in_order (SnugDtlsTransport *self)
{
  guint64 expected = snug_dtls_order_get_expected (self->order);
  GBytes *datagram;

  while ((datagram = snug_dtls_order_take (self->order)) != NULL)
    {
      gsize n_bytes;
      const guint8 *data = g_bytes_get_data (datagram, &n_bytes);

      feed (self, data, n_bytes);
      g_bytes_unref (datagram);
    }
  if (!snug_dtls_order_is_waiting (self->order) || snug_dtls_order_get_expected (self->order) != expected)
    snug_clear_source (&self->order_timer);
  if (snug_dtls_order_is_waiting (self->order) && self->order_timer == NULL)
    self->order_timer = snug_context_timeout (snug_transport_get_context (SNUG_TRANSPORT (self)), ORDER_MS, on_order_timer,
                                              self);
}

static gboolean
on_order_timer (gpointer data)
{
  SnugDtlsTransport *self = data;
  g_autoptr (SnugDtlsTransport) keep = g_object_ref (self);

  snug_clear_source (&self->order_timer);
  snug_dtls_order_skip (self->order);
  feed_in_order (self);
  return G_SOURCE_REMOVE;
}

static void
on_datagram (G_GNUC_UNUSED SnugTransport *below, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  SnugDtlsTransport *self = user_data;
  g_autoptr (SnugDtlsTransport) keep = g_object_ref (self);

  /* A layer below that delivers from inside our own send would lead us into GnuTLS twice. */
  g_return_if_fail (!self->is_busy);

  if (!is_records (data, n_bytes))
    {
      g_debug ("DTLS: datagram %u that is no record", ++self->n_ignored);
      return;
    }

  if (snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_CONNECTED
      && !snug_dtls_order_is_waiting (self->order))
    {
      feed (self, data, n_bytes);
      return;
    }
  snug_dtls_order_add (self->order, data, n_bytes);
  feed_in_order (self);
}

static gboolean
snug_dtls_transport_send (SnugTransport *transport, const guint8 *data, gsize n_bytes)
{
  SnugDtlsTransport *self = SNUG_DTLS_TRANSPORT (transport);

  if (snug_transport_get_state (transport) != SNUG_TRANSPORT_CONNECTED)
    return FALSE;
  return gnutls_record_send (self->session, data, n_bytes) == (ssize_t) n_bytes;
}

/* ---- Life ---- */

static void
snug_dtls_transport_close (SnugTransport *transport)
{
  SnugDtlsTransport *self = SNUG_DTLS_TRANSPORT (transport);

  snug_clear_source (&self->timer);
  snug_clear_source (&self->order_timer);
  snug_transport_set_receiver (self->below, NULL, NULL);
  if (snug_transport_get_state (transport) == SNUG_TRANSPORT_CONNECTED)
    gnutls_bye (self->session, GNUTLS_SHUT_WR);
}

static void
snug_dtls_transport_dispose (GObject *object)
{
  SnugDtlsTransport *self = SNUG_DTLS_TRANSPORT (object);

  snug_clear_source (&self->timer);
  snug_clear_source (&self->order_timer);
  if (self->below != NULL)
    snug_transport_set_receiver (self->below, NULL, NULL);
  g_clear_object (&self->below);
  g_clear_pointer (&self->session, gnutls_deinit);
  g_clear_pointer (&self->order, snug_dtls_order_free);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (snug_dtls_transport_parent_class)->dispose (object);
}

static void
snug_dtls_transport_class_init (SnugDtlsTransportClass *class)
{
  SnugTransportClass *transport_class = SNUG_TRANSPORT_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = snug_dtls_transport_dispose;
  transport_class->send = snug_dtls_transport_send;
  transport_class->close = snug_dtls_transport_close;
}

static void
snug_dtls_transport_init (SnugDtlsTransport *self)
{
  self->total_ms = DEFAULT_TOTAL_MS;
  self->order = snug_dtls_order_new ();
}

static int
make_session (SnugDtlsTransport *self)
{
  unsigned int role = self->is_client ? GNUTLS_CLIENT : GNUTLS_SERVER;
  int result = gnutls_init (&self->session, role | GNUTLS_DATAGRAM | GNUTLS_NONBLOCK);

  if (result < 0
      || (result = gnutls_priority_set_direct (self->session, PRIORITY, NULL)) < 0
      || (result = gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE,
                                           snug_certificate_get_credentials (self->certificate))) < 0)
    return result;

  gnutls_session_set_ptr (self->session, self);
  gnutls_session_set_verify_function (self->session, on_verify);
  gnutls_certificate_server_set_request (self->session, GNUTLS_CERT_REQUIRE);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, on_push);
  gnutls_transport_set_pull_function (self->session, on_pull);
  gnutls_transport_set_pull_timeout_function (self->session, on_pull_timeout);
  gnutls_dtls_set_mtu (self->session, HANDSHAKE_MTU);
  gnutls_dtls_set_timeouts (self->session, RETRANSMIT_MS, self->total_ms);
  return 0;
}

SnugDtlsTransport *
snug_dtls_transport_new (SnugTransport *below, SnugCertificate *certificate, gboolean is_client,
                         const guint8 *fingerprint)
{
  SnugDtlsTransport *self = g_object_new (SNUG_TYPE_DTLS_TRANSPORT, "context",
                                          snug_transport_get_context (below), NULL);

  self->below = g_object_ref (below);
  self->certificate = g_object_ref (certificate);
  self->is_client = is_client;
  memcpy (self->fingerprint, fingerprint, sizeof self->fingerprint);
  return self;
}

void
snug_dtls_transport_set_timeout_ms (SnugDtlsTransport *self, guint timeout_ms)
{
  self->total_ms = timeout_ms;
}

void
snug_dtls_transport_start (SnugDtlsTransport *self)
{
  g_autoptr (SnugDtlsTransport) keep = g_object_ref (self);
  int result;

  if (snug_transport_get_state (SNUG_TRANSPORT (self)) != SNUG_TRANSPORT_NEW)
    return;
  result = make_session (self);
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CONNECTING, NULL);
  if (result < 0)
    {
      fail (self, result);
      return;
    }

  handshake (self);
  /* Packets that came before us are waiting there, the peer's first flight among them. */
  snug_transport_set_receiver (self->below, on_datagram, self);
}

const char *
snug_dtls_transport_get_version (SnugDtlsTransport *self)
{
  if (self->session == NULL || !self->is_verified)
    return NULL;
  return gnutls_protocol_get_name (gnutls_protocol_get_version (self->session));
}

const char *
snug_dtls_transport_get_cipher (SnugDtlsTransport *self)
{
  if (self->session == NULL || !self->is_verified)
    return NULL;
  return gnutls_cipher_get_name (gnutls_cipher_get (self->session));
}
