/* DTLS on a fake of the layer below, with loss at every datagram in turn.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>
#include <gnutls/dtls.h>

#include "snug-await.h"
#include "snug-context.h"
#include "snug-dtls-transport.h"
#include "snug-fake-transport.h"
#include "snug-passing-time.h"
#include "snug-peer-connection.h"

/* A handshake takes fewer datagrams a side. */
#define MANY_DATAGRAMS 12

static SnugCertificate *certificate_a;
static SnugCertificate *certificate_b;

/* Client a and server b over one pair. */
typedef struct
{
  SnugFakeTransport *below_a;
  SnugFakeTransport *below_b;
  SnugDtlsTransport *a;
  SnugDtlsTransport *b;
  GString           *heard_a;
  GString           *heard_b;
  guint              lost;        /* this datagram of one of them */
} Pair;

static void
on_receive (G_GNUC_UNUSED SnugTransport *transport, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  g_string_append_len (user_data, (const char *) data, (gssize) n_bytes);
}

/* @expected_a: what a wants to see of b; NULL: the truth */
static Pair *
pair_new (GMainContext *context, const guint8 *expected_a, const guint8 *expected_b)
{
  Pair *pair = g_new0 (Pair, 1);

  if (expected_a == NULL)
    expected_a = snug_certificate_get_fingerprint (certificate_b);
  if (expected_b == NULL)
    expected_b = snug_certificate_get_fingerprint (certificate_a);
  snug_fake_transport_new_pair (context, &pair->below_a, &pair->below_b);
  pair->a = snug_dtls_transport_new (SNUG_TRANSPORT (pair->below_a), certificate_a, TRUE, expected_a);
  pair->b = snug_dtls_transport_new (SNUG_TRANSPORT (pair->below_b), certificate_b, FALSE, expected_b);
  pair->heard_a = g_string_new (NULL);
  pair->heard_b = g_string_new (NULL);
  snug_transport_set_receiver (SNUG_TRANSPORT (pair->a), on_receive, pair->heard_a);
  snug_transport_set_receiver (SNUG_TRANSPORT (pair->b), on_receive, pair->heard_b);
  return pair;
}

static void
pair_free (Pair *pair)
{
  snug_await_idle (snug_transport_get_context (SNUG_TRANSPORT (pair->a)));
  g_assert_finalize_object (pair->a);
  g_assert_finalize_object (pair->b);
  g_assert_finalize_object (pair->below_a);
  g_assert_finalize_object (pair->below_b);
  g_string_free (pair->heard_a, TRUE);
  g_string_free (pair->heard_b, TRUE);
  g_free (pair);
}

static void
start (Pair *pair)
{
  snug_dtls_transport_start (pair->b);
  snug_dtls_transport_start (pair->a);
}

static gboolean
is (SnugDtlsTransport *transport, SnugTransportState state)
{
  return snug_transport_get_state (SNUG_TRANSPORT (transport)) == state;
}

static gboolean
are_connected (Pair *pair)
{
  return is (pair->a, SNUG_TRANSPORT_CONNECTED) && is (pair->b, SNUG_TRANSPORT_CONNECTED);
}

static void
send_text (SnugDtlsTransport *transport, const char *text)
{
  g_assert_true (snug_transport_send (SNUG_TRANSPORT (transport), (const guint8 *) text, strlen (text)));
}

static void
test_connects_and_carries (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);
  g_autofree char *large = g_strnfill (1200, 'x');

  g_assert_null (snug_dtls_transport_get_cipher (pair->a));
  start (pair);
  snug_await (context, are_connected (pair));
  g_assert_cmpuint (snug_fake_transport_get_largest (pair->below_a), <=, 1200);
  g_assert_cmpuint (snug_fake_transport_get_largest (pair->below_b), <=, 1200);
  g_assert_cmpstr (snug_dtls_transport_get_version (pair->b), ==, "DTLS1.2");
  g_assert_cmpstr (snug_dtls_transport_get_cipher (pair->b), ==, "AES-256-GCM");

  send_text (pair->a, "from a");
  send_text (pair->b, large);
  snug_await (context, pair->heard_b->len == 6 && pair->heard_a->len == 1200);
  g_assert_cmpstr (pair->heard_b->str, ==, "from a");
  g_assert_cmpstr (pair->heard_a->str, ==, large);
  /* what SCTP's packets are sized for */
  g_assert_cmpuint (snug_fake_transport_get_largest (pair->below_b), ==, 1200 + SNUG_DTLS_OVERHEAD);
  g_assert_null (strstr (pair->heard_b->str, large));
  pair_free (pair);
}

/* The peer is a round trip ahead: its first flight is there before we start. */
static void
test_first_flight_may_come_early (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);

  snug_dtls_transport_start (pair->a);
  snug_await_idle (context);
  g_assert_cmpuint (snug_fake_transport_get_n_sent (pair->below_a), ==, 1);
  snug_dtls_transport_start (pair->b);
  /* no timer of a is due: it is the kept datagram that is answered */
  snug_await_idle (context);
  g_assert_true (are_connected (pair));
  pair_free (pair);
}

static gboolean
lose_one (G_GNUC_UNUSED SnugFakeTransport *sender, guint index,
          G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes,
          gpointer user_data)
{
  return index != *(guint *) user_data;
}

static void
test_any_one_datagram_may_be_lost (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pairs[2 * MANY_DATAGRAMS];

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      pairs[i] = pair_new (context, NULL, NULL);
      pairs[i]->lost = i / 2;
      snug_fake_transport_set_loss (i % 2 == 0 ? pairs[i]->below_a : pairs[i]->below_b, lose_one,
                                    &pairs[i]->lost);
      start (pairs[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    snug_await (context, are_connected (pairs[i]));
  /* the loss was within the handshake for the first of them, and after it for the last */
  g_assert_cmpuint (snug_fake_transport_get_n_sent (pairs[0]->below_a), >,
                    snug_fake_transport_get_n_sent (pairs[G_N_ELEMENTS (pairs) - 2]->below_a));
  g_assert_cmpuint (snug_fake_transport_get_n_sent (pairs[G_N_ELEMENTS (pairs) - 1]->below_b), <,
                    MANY_DATAGRAMS);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    pair_free (pairs[i]);
}

/* A datagram that two others of its side overtake. */
typedef struct
{
  SnugFakeTransport *receiver;   /* borrowed */
  GBytes            *bytes;      /* owned, nullable */
  guint              index;
  guint              n_turns;    /* until it comes */
} Late;

static void
on_turn (gpointer user_data)
{
  Late *late = user_data;
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (late->bytes, &n_bytes);

  if (--late->n_turns > 0)
    snug_context_post (snug_transport_get_context (SNUG_TRANSPORT (late->receiver)), on_turn, late, NULL);
  else
    snug_fake_transport_inject (late->receiver, data, n_bytes);
}

static gboolean
hold_one (G_GNUC_UNUSED SnugFakeTransport *sender, guint index, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  Late *late = user_data;

  if (index != late->index)
    return TRUE;
  late->bytes = g_bytes_new (data, n_bytes);
  late->n_turns = 3;
  snug_context_post (snug_transport_get_context (SNUG_TRANSPORT (late->receiver)), on_turn, late, NULL);
  return FALSE;
}

/* Returns: how many datagrams both have sent */
static guint
connect_with_late (gboolean is_of_a, guint index)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);
  Late late = { .receiver = is_of_a ? pair->below_b : pair->below_a, .index = index };
  guint n_sent;

  snug_fake_transport_set_loss (is_of_a ? pair->below_a : pair->below_b, hold_one, &late);
  start (pair);
  snug_await (context, are_connected (pair));
  n_sent = snug_fake_transport_get_n_sent (pair->below_a) + snug_fake_transport_get_n_sent (pair->below_b);
  pair_free (pair);
  g_clear_pointer (&late.bytes, g_bytes_unref);
  return n_sent;
}

/* It costs nothing: no flight is sent again. */
static void
test_any_one_datagram_may_be_late (void)
{
  guint n_sent = connect_with_late (TRUE, MANY_DATAGRAMS);

  for (guint i = 0; i < MANY_DATAGRAMS; i++)
    {
      g_assert_cmpuint (connect_with_late (TRUE, i), ==, n_sent);
      g_assert_cmpuint (connect_with_late (FALSE, i), ==, n_sent);
    }
}

/* How long what came early waits. */
#define ORDER_MS 50

/* RFC 6347 section 4.3.1: the last byte of a record's number. */
#define NUMBER_AT 10

static gboolean
keep_first (G_GNUC_UNUSED SnugFakeTransport *sender, guint index, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  if (index == 0)
    g_byte_array_append (user_data, data, (guint) n_bytes);
  return FALSE;
}

/* The first is lost, and more comes all the while. */
static void
test_what_waits_does_so_once (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GByteArray) hello = g_byte_array_new ();
  Pair *pair = pair_new (context, NULL, NULL);

  snug_fake_transport_set_loss (pair->below_a, keep_first, hello);
  start (pair);
  for (guint8 number = 1; number <= 2; number++)
    {
      hello->data[NUMBER_AT] = number;
      snug_fake_transport_inject (pair->below_b, hello->data, hello->len);
      snug_let_pass (number == 1 ? ORDER_MS - 1 : 1);
    }
  snug_await_idle (context);
  g_assert_cmpuint (snug_fake_transport_get_n_sent (pair->below_b), >, 0);   /* it has answered */
  pair_free (pair);
}

static void
assert_nothing_heard (Pair *pair)
{
  g_assert_cmpuint (pair->heard_a->len, ==, 0);
  g_assert_cmpuint (pair->heard_b->len, ==, 0);
  g_assert_false (snug_transport_send (SNUG_TRANSPORT (pair->a), (const guint8 *) "x", 1));
  g_assert_false (snug_transport_send (SNUG_TRANSPORT (pair->b), (const guint8 *) "x", 1));
}

static void
fail_if_connected (SnugTransport *transport, G_GNUC_UNUSED gpointer user_data)
{
  g_assert_cmpint (snug_transport_get_state (transport), !=, SNUG_TRANSPORT_CONNECTED);
}

/* Each of the 64 digits, wrong in what the client (@of_client) or the server expects. */
static void
check_wrong_digit (GMainContext *context, guint digit, gboolean of_client)
{
  SnugCertificate *shown = of_client ? certificate_b : certificate_a;
  guint8 wrong[SNUG_FINGERPRINT_SIZE];
  Pair *pair;
  SnugDtlsTransport *deceived;

  memcpy (wrong, snug_certificate_get_fingerprint (shown), sizeof wrong);
  wrong[digit / 2] ^= digit % 2 == 0 ? 0x10 : 0x01;
  pair = pair_new (context, of_client ? wrong : NULL, of_client ? NULL : wrong);
  deceived = of_client ? pair->a : pair->b;
  g_signal_connect (pair->a, "state-changed", G_CALLBACK (fail_if_connected), NULL);
  g_signal_connect (pair->b, "state-changed", G_CALLBACK (fail_if_connected), NULL);
  start (pair);
  snug_await (context, is (pair->a, SNUG_TRANSPORT_FAILED) && is (pair->b, SNUG_TRANSPORT_FAILED));
  g_assert_error (snug_transport_get_error (SNUG_TRANSPORT (deceived)), SNUG_RTC_ERROR,
                  SNUG_RTC_ERROR_FINGERPRINT);
  g_assert_null (snug_dtls_transport_get_cipher (deceived));
  assert_nothing_heard (pair);
  pair_free (pair);
}

static void
test_one_wrong_digit_never_connects (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  for (guint digit = 0; digit < 2 * SNUG_FINGERPRINT_SIZE; digit++)
    {
      check_wrong_digit (context, digit, TRUE);
      check_wrong_digit (context, digit, FALSE);
    }
}

/* ---- A peer that shows no certificate ---- */

typedef struct
{
  gnutls_session_t  session;
  SnugTransport    *below;
  const guint8     *data;
  gsize             n_bytes;
} Bare;

static ssize_t
bare_push (gnutls_transport_ptr_t pointer, const void *data, size_t n_bytes)
{
  Bare *bare = pointer;

  snug_transport_send (bare->below, data, n_bytes);
  return (ssize_t) n_bytes;
}

static ssize_t
bare_pull (gnutls_transport_ptr_t pointer, void *buffer, size_t size)
{
  Bare *bare = pointer;
  gsize n_bytes = MIN (size, bare->n_bytes);

  if (bare->data == NULL)
    {
      gnutls_transport_set_errno (bare->session, EAGAIN);
      return -1;
    }
  memcpy (buffer, bare->data, n_bytes);
  bare->data = NULL;
  return (ssize_t) n_bytes;
}

static int
bare_pull_timeout (gnutls_transport_ptr_t pointer, G_GNUC_UNUSED unsigned int ms)
{
  Bare *bare = pointer;

  return bare->data != NULL;
}

static void
on_bare_datagram (G_GNUC_UNUSED SnugTransport *transport, const guint8 *data, gsize n_bytes, gpointer user_data)
{
  Bare *bare = user_data;

  bare->data = data;
  bare->n_bytes = n_bytes;
  gnutls_handshake (bare->session);
  bare->data = NULL;
}

static void
bare_open (Bare *bare, SnugTransport *below, const char *priority,
           gnutls_certificate_credentials_t credentials)
{
  bare->below = below;
  gnutls_init (&bare->session, GNUTLS_CLIENT | GNUTLS_DATAGRAM | GNUTLS_NONBLOCK);
  g_assert_cmpint (gnutls_priority_set_direct (bare->session, priority, NULL), ==, 0);
  gnutls_credentials_set (bare->session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_transport_set_ptr (bare->session, bare);
  gnutls_transport_set_push_function (bare->session, bare_push);
  gnutls_transport_set_pull_function (bare->session, bare_pull);
  gnutls_transport_set_pull_timeout_function (bare->session, bare_pull_timeout);
  snug_transport_set_receiver (below, on_bare_datagram, bare);
  gnutls_handshake (bare->session);
}

static void
bare_close (Bare *bare)
{
  snug_transport_set_receiver (bare->below, NULL, NULL);
  gnutls_deinit (bare->session);
}

static void
test_no_certificate_never_connects (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);
  gnutls_certificate_credentials_t nothing;
  Bare bare = { 0 };

  gnutls_certificate_allocate_credentials (&nothing);
  g_signal_connect (pair->b, "state-changed", G_CALLBACK (fail_if_connected), NULL);
  snug_dtls_transport_start (pair->b);
  bare_open (&bare, SNUG_TRANSPORT (pair->below_a), "NORMAL", nothing);
  snug_await (context, is (pair->b, SNUG_TRANSPORT_FAILED));
  assert_nothing_heard (pair);
  bare_close (&bare);
  gnutls_certificate_free_credentials (nothing);
  pair_free (pair);
}

static const char *
cipher_with (const char *ciphers)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autofree char *priority = g_strdup_printf ("NORMAL:-VERS-ALL:+VERS-DTLS1.2:-CIPHER-ALL:%s", ciphers);
  Pair *pair = pair_new (context, NULL, NULL);
  const char *cipher;
  Bare bare = { 0 };

  snug_dtls_transport_start (pair->b);
  bare_open (&bare, SNUG_TRANSPORT (pair->below_a), priority,
             snug_certificate_get_credentials (certificate_a));
  snug_await (context, !is (pair->b, SNUG_TRANSPORT_CONNECTING));
  cipher = snug_dtls_transport_get_cipher (pair->b);
  bare_close (&bare);
  pair_free (pair);
  return cipher;
}

/* Browsers put AES-128 first; ours is taken where they have both. */
static void
test_our_order_of_ciphers (void)
{
  g_assert_cmpstr (cipher_with ("+AES-128-GCM:+AES-256-GCM"), ==, "AES-256-GCM");
  g_assert_cmpstr (cipher_with ("+AES-128-GCM"), ==, "AES-128-GCM");
  g_assert_cmpstr (cipher_with ("+AES-256-CBC:+AES-128-CBC:+3DES-CBC:+CHACHA20-POLY1305"), ==, NULL);
}

/* ---- Garbage ---- */

static void
inject_garbage (SnugFakeTransport *transport, guint32 seed)
{
  static const guint8 alert_of_nobody[] = { 21, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 bytes[64];

  snug_fake_transport_inject (transport, "", 0);
  snug_fake_transport_inject (transport, alert_of_nobody, sizeof alert_of_nobody);
  for (int first = 0; first < 256; first++)
    {
      for (gsize i = 1; i < sizeof bytes; i++)
        bytes[i] = (guint8) g_rand_int (rand);
      bytes[0] = (guint8) first;
      snug_fake_transport_inject (transport, bytes, 1 + (gsize) first % (sizeof bytes - 1));
    }
}

/* Whole records of every type, plain or as if encrypted: goodbyes and greetings of nobody. */
static void
inject_records (SnugFakeTransport *transport, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint8 type = 20; type <= 23; type++)
    for (guint8 epoch = 0; epoch < 3; epoch++)
      for (guint8 first = 0; first < 64; first++)
        {
          guint8 record[13 + 40] = { type, 0xfe, 0xfd, 0, epoch, 0, 0, 0, 0, 1, first, 0, 40 };

          for (gsize i = 13; i < sizeof record; i++)
            record[i] = (guint8) g_rand_int (rand);
          record[13] = first % 32;
          snug_fake_transport_inject (transport, record, sizeof record);
        }
  /* close_notify and a fatal alert, plain */
  snug_fake_transport_inject (transport, "\x15\xfe\xfd\0\0\0\0\0\0\0\x63\0\2\1\0", 15);
  snug_fake_transport_inject (transport, "\x15\xfe\xfd\0\0\0\0\0\0\0\x64\0\2\2\x28", 15);
}

static void
test_garbage_changes_nothing (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);

  start (pair);
  inject_garbage (pair->below_a, 1);
  inject_garbage (pair->below_b, 2);
  snug_await (context, are_connected (pair));
  inject_records (pair->below_a, 3);
  inject_records (pair->below_b, 4);
  inject_garbage (pair->below_a, 5);
  inject_garbage (pair->below_b, 6);
  send_text (pair->a, "still");
  send_text (pair->b, "here");
  snug_await (context, pair->heard_b->len > 0 && pair->heard_a->len > 0);
  g_assert_cmpstr (pair->heard_b->str, ==, "still");
  g_assert_cmpstr (pair->heard_a->str, ==, "here");
  pair_free (pair);
}

/* ---- Ends ---- */

static void
test_goodbye_reaches_the_peer (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);

  start (pair);
  snug_await (context, are_connected (pair));
  snug_transport_close (SNUG_TRANSPORT (pair->a));
  snug_await (context, is (pair->b, SNUG_TRANSPORT_CLOSED));
  g_assert_null (snug_transport_get_error (SNUG_TRANSPORT (pair->b)));
  assert_nothing_heard (pair);
  pair_free (pair);
}

static gboolean
lose_all (G_GNUC_UNUSED SnugFakeTransport *sender, G_GNUC_UNUSED guint index,
          G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes,
          G_GNUC_UNUSED gpointer user_data)
{
  return FALSE;
}

static void
test_silence_fails (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Pair *pair = pair_new (context, NULL, NULL);

  snug_fake_transport_set_loss (pair->below_a, lose_all, NULL);
  snug_dtls_transport_set_timeout_ms (pair->a, 1);
  snug_dtls_transport_start (pair->a);
  snug_await (context, is (pair->a, SNUG_TRANSPORT_FAILED));
  g_assert_error (snug_transport_get_error (SNUG_TRANSPORT (pair->a)), SNUG_RTC_ERROR, SNUG_RTC_ERROR_DTLS);
  pair_free (pair);
}

static void
test_freed_in_the_middle (void)
{
  for (guint n_turns = 0; n_turns < 12; n_turns++)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      Pair *pair = pair_new (context, NULL, NULL);

      start (pair);
      for (guint i = 0; i < n_turns; i++)
        g_main_context_iteration (context, FALSE);
      pair_free (pair);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  certificate_a = snug_certificate_new (NULL);
  certificate_b = snug_certificate_new (NULL);
  g_test_add_func ("/dtls/connects-and-carries", test_connects_and_carries);
  g_test_add_func ("/dtls/first-flight-may-come-early", test_first_flight_may_come_early);
  g_test_add_func ("/dtls/any-one-datagram-may-be-lost", test_any_one_datagram_may_be_lost);
  g_test_add_func ("/dtls/any-one-datagram-may-be-late", test_any_one_datagram_may_be_late);
  g_test_add_func ("/dtls/what-waits-does-so-once", test_what_waits_does_so_once);
  g_test_add_func ("/dtls/one-wrong-digit-never-connects", test_one_wrong_digit_never_connects);
  g_test_add_func ("/dtls/no-certificate-never-connects", test_no_certificate_never_connects);
  g_test_add_func ("/dtls/our-order-of-ciphers", test_our_order_of_ciphers);
  g_test_add_func ("/dtls/garbage-changes-nothing", test_garbage_changes_nothing);
  g_test_add_func ("/dtls/goodbye-reaches-the-peer", test_goodbye_reaches_the_peer);
  g_test_add_func ("/dtls/silence-fails", test_silence_fails);
  g_test_add_func ("/dtls/freed-in-the-middle", test_freed_in_the_middle);
  result = g_test_run ();
  g_clear_object (&certificate_a);
  g_clear_object (&certificate_b);
  return result;
}
