/* Two peer connections over loopback: ICE, DTLS and SCTP together.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-middlebox.h"
#include "snug-peer-pair.h"
#include "snug-sdp.h"

static SnugPeerPair *
connected_pair (SnugDataChannel **channel)
{
  SnugPeerPair *pair = snug_peer_pair_new (NULL);

  snug_peer_pair_connect (pair);
  *channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  return pair;
}

static char *
replace (const char *text, const char *what, const char *instead)
{
  g_autoptr (GString) changed = g_string_new (text);

  g_assert_cmpuint (g_string_replace (changed, what, instead, 1), ==, 1);
  return g_strdup (changed->str);
}

/* ---- The usual ---- */

static void
test_messages_both_ways (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2", 3);
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED
  };
  static const SnugPeerConnectionStage stages[] = {
    SNUG_PEER_CONNECTION_STAGE_ANSWERED, SNUG_PEER_CONNECTION_STAGE_ROUTE,
    SNUG_PEER_CONNECTION_STAGE_VERIFIED, SNUG_PEER_CONNECTION_STAGE_OPEN
  };

  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  g_assert_cmpstr (snug_data_channel_get_label (pair->answerer.channels->pdata[0]), ==, "chat");
  g_assert_true (snug_data_channel_send_bytes (channel, bytes, NULL));
  snug_await (pair->context, pair->answerer.messages->len == 1);
  g_assert_true (g_bytes_equal (pair->answerer.messages->pdata[0], bytes));
  g_assert_cmpstr (pair->answerer.kinds->pdata[0], ==, "binary");
  snug_peer_pair_assert_carries (pair, channel);

  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states));
  snug_peer_side_assert_states (&pair->answerer, states, G_N_ELEMENTS (states));
  g_assert_cmpmem (pair->offerer.stages->data, sizeof stages, stages, sizeof stages);
  g_assert_cmpmem (pair->answerer.stages->data, sizeof stages, stages, sizeof stages);
  g_assert_cmpuint (pair->offerer.n_paths, >, 0);
  g_assert_null (snug_peer_connection_get_error (pair->offerer.connection));
}

static void
test_largest_message_both_ways (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  g_autofree char *text = g_strnfill (SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE, 'x');

  snug_send_text (channel, text);
  snug_send_text (pair->answerer.channels->pdata[0], text);
  snug_await (pair->context, pair->answerer.messages->len == 1 && pair->offerer.messages->len == 1);
  snug_peer_side_assert_message (&pair->answerer, 0, "text", text);
  snug_peer_side_assert_message (&pair->offerer, 0, "text", text);
}

static void
test_info (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  SnugPeerConnectionInfo ours, theirs;

  g_assert_false (snug_peer_connection_get_info (pair->offerer.connection, &ours));
  g_assert_cmpfloat (ours.rtt_ms, <, 0);
  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  snug_peer_pair_assert_carries (pair, channel);

  g_assert_true (snug_peer_connection_get_info (pair->offerer.connection, &ours));
  g_assert_true (snug_peer_connection_get_info (pair->answerer.connection, &theirs));
  g_assert_cmpstr (ours.dtls_version, ==, "DTLS1.2");
  g_assert_cmpstr (ours.dtls_cipher, ==, "AES-256-GCM");
  g_assert_cmpint (ours.local_type, !=, SNUG_CANDIDATE_RELAYED);
  g_assert_cmpstr (ours.relay_server, ==, "");
  g_assert_true (ours.same_network);
  g_assert_true (ours.in_bulk && theirs.in_bulk);
  g_assert_cmpstr (ours.local_address, ==, theirs.remote_address);
  g_assert_cmpint (ours.ipv6, ==, ours.local_address[0] == '[');
  g_assert_cmpmem (ours.remote_fingerprint, SNUG_FINGERPRINT_SIZE,
                   snug_certificate_get_fingerprint (pair->answerer.certificate), SNUG_FINGERPRINT_SIZE);
  g_assert_cmpfloat (ours.rtt_ms, >=, 0);
  g_assert_cmpuint (ours.bytes_sent, >=, 5);
  g_assert_cmpuint (ours.bytes_received, >=, 4);
}

static void
test_ten_at_once (void)
{
  SnugPeerPair *pairs[10];
  SnugDataChannel *channels[10];

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      pairs[i] = snug_peer_pair_new (NULL);
      snug_peer_pair_negotiate (pairs[i], &pairs[i]->offerer, FALSE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    channels[i] = snug_peer_pair_open_channel (pairs[i], "chat", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      snug_peer_pair_assert_carries (pairs[i], channels[i]);
      g_assert_cmpuint (pairs[i]->answerer.messages->len, ==, 1);
    }
  for (guint i = G_N_ELEMENTS (pairs); i > 0; i--)
    {
      g_object_unref (channels[i - 1]);
      snug_peer_pair_free (pairs[i - 1]);
    }
}

static void
test_loss (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugMiddlebox) box = snug_middlebox_new (pair);
  g_autofree char *text = g_strnfill (200000, 'y');

  snug_middlebox_set_loss (box, 15);
  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  snug_send_text (channel, text);
  snug_await (pair->context, pair->answerer.messages->len == 1);
  snug_peer_side_assert_message (&pair->answerer, 0, "text", text);
  g_assert_cmpuint (snug_middlebox_get_n_passed (box), >, 150);
}

/* ---- Wrong order, wrong words ---- */

static void
assert_error_and_clear (GError **error, SnugRtcError code)
{
  g_assert_error (*error, SNUG_RTC_ERROR, (int) code);
  g_clear_error (error);
}

static void
test_wrong_order (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  SnugPeerConnection *a = pair->offerer.connection, *b = pair->answerer.connection;
  g_autoptr (GError) error = NULL;
  g_autofree char *offer = NULL, *again = NULL, *answer = NULL;

  g_assert_null (snug_peer_connection_create_offer (a, TRUE, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_false (snug_peer_connection_accept_answer (a, "v=0\r\n", &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_cmpint (snug_peer_connection_get_state (a), ==, SNUG_PEER_CONNECTION_NEW);

  offer = snug_peer_connection_create_offer (a, FALSE, &error);
  /* whoever sends the offer now is sure that it goes before the candidates */
  g_assert_cmpuint (pair->offerer.candidates->len, ==, 0);
  again = snug_peer_connection_create_offer (a, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, offer);
  g_assert_null (snug_peer_connection_accept_offer (a, offer, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);

  answer = snug_peer_connection_accept_offer (b, offer, &error);
  g_assert_no_error (error);
  g_assert_false (snug_peer_connection_accept_answer (b, answer, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_true (snug_peer_connection_accept_answer (a, answer, &error));
  g_assert_false (snug_peer_connection_accept_answer (a, answer, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
}

static void
test_everything_after_close (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  SnugPeerConnection *a = pair->offerer.connection;
  g_autoptr (GError) error = NULL;
  SnugPeerConnectionInfo info;

  snug_peer_connection_close (a);
  snug_peer_connection_close (a);
  g_assert_null (snug_peer_connection_create_offer (a, FALSE, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_null (snug_peer_connection_create_offer (a, TRUE, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_null (snug_peer_connection_accept_offer (a, "", &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_false (snug_peer_connection_accept_answer (a, "", &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_false (snug_peer_connection_add_remote_candidate (a, "", &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_null (snug_peer_connection_create_data_channel (a, "x", NULL, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_STATE);
  g_assert_false (snug_peer_connection_get_info (a, &info));
}

/* Each is refused, and then the true answer is taken as if nothing had been. */
static void
test_refused_answers_leave_no_trace (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  SnugPeerConnection *a = pair->offerer.connection;
  g_autoptr (GError) error = NULL;
  g_autofree char *offer = snug_peer_connection_create_offer (a, FALSE, NULL);
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  g_autofree char *actpass = replace (answer, "a=setup:active", "a=setup:actpass");
  g_autofree char *no_pwd = replace (answer, "a=ice-pwd:", "a=ice-xxx:");
  g_autofree char *large = g_strnfill (SNUG_SDP_MAX_BYTES + 1, 'v');
  const char *const refused[] = { actpass, no_pwd, large, "", "v=0\r\n", "nonsense" };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_false (snug_peer_connection_accept_answer (a, refused[i], &error));
      assert_error_and_clear (&error, SNUG_RTC_ERROR_BAD_REMOTE);
    }
  g_assert_cmpuint (pair->offerer.stages->len, ==, 0);
  g_assert_true (snug_peer_connection_accept_answer (a, answer, &error));
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
}

static void
test_refused_offers_leave_no_trace (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (snug_peer_connection_accept_offer (pair->answerer.connection, "nonsense", &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_BAD_REMOTE);
  g_assert_cmpint (snug_peer_connection_get_state (pair->answerer.connection), ==, SNUG_PEER_CONNECTION_NEW);
  snug_await_idle (pair->context);
  g_assert_cmpuint (pair->answerer.candidates->len, ==, 0);
  snug_peer_pair_connect (pair);
}

/* ---- The peer that is not who it says ---- */

/* Changes one digit of the fingerprint in a description. */
static char *
forge (const char *description)
{
  g_autofree char *forged = g_strdup (description);
  char *digit = strstr (forged, "sha-256 ") + strlen ("sha-256 ") + 40;

  while (!g_ascii_isxdigit (*digit))
    digit++;
  *digit = *digit == '0' ? '1' : '0';
  return g_steal_pointer (&forged);
}

static void
assert_never_verified (SnugPeerSide *side)
{
  for (guint i = 0; i < side->states->len; i++)
    g_assert_cmpint (g_array_index (side->states, SnugPeerConnectionState, i), !=,
                     SNUG_PEER_CONNECTION_CONNECTED);
  for (guint i = 0; i < side->stages->len; i++)
    g_assert_cmpint (g_array_index (side->stages, SnugPeerConnectionStage, i), <,
                     SNUG_PEER_CONNECTION_STAGE_VERIFIED);
  g_assert_cmpuint (side->channels->len, ==, 0);
  g_assert_cmpuint (side->messages->len, ==, 0);
}

static void
check_forged (gboolean in_offer)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugDataChannel) from_offerer = snug_peer_connection_create_data_channel (
    pair->offerer.connection, "x", NULL, NULL);
  g_autoptr (SnugDataChannel) from_answerer = snug_peer_connection_create_data_channel (
    pair->answerer.connection, "x", NULL, NULL);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *offer_there = in_offer ? forge (offer) : g_strdup (offer);
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer_there, NULL);
  g_autofree char *answer_there = in_offer ? g_strdup (answer) : forge (answer);
  SnugPeerSide *deceived = in_offer ? &pair->answerer : &pair->offerer;

  snug_send_text (from_offerer, "secret");
  snug_send_text (from_answerer, "secret");
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, answer_there, NULL));
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_FAILED)
                             && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_FAILED));
  g_assert_error (snug_peer_connection_get_error (deceived->connection), SNUG_RTC_ERROR,
                  SNUG_RTC_ERROR_FINGERPRINT);
  assert_never_verified (&pair->offerer);
  assert_never_verified (&pair->answerer);
  g_assert_cmpint (snug_data_channel_get_state (from_offerer), ==, SNUG_DATA_CHANNEL_CLOSED);
  g_assert_cmpint (snug_data_channel_get_state (from_answerer), ==, SNUG_DATA_CHANNEL_CLOSED);
}

static void
test_wrong_fingerprint_never_connects (void)
{
  check_forged (TRUE);
  check_forged (FALSE);
}

static void
test_changed_fingerprint_is_refused (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *forged = forge (offer);
  g_autofree char *answer = NULL, *forged_answer = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (snug_peer_connection_accept_offer (pair->answerer.connection, forged, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_FINGERPRINT);
  answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  forged_answer = forge (answer);
  g_assert_false (snug_peer_connection_accept_answer (pair->offerer.connection, forged_answer, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_FINGERPRINT);
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL));
  snug_peer_pair_assert_carries (pair, channel);
}

/* ---- Candidates ---- */

static char *
lose_candidate (G_GNUC_UNUSED SnugPeerSide *from, G_GNUC_UNUSED const char *candidate,
                G_GNUC_UNUSED gpointer user_data)
{
  return NULL;
}

static void
test_candidates_before_the_description (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *answer = NULL;

  /* all of the offerer's arrive before its offer; the answerer's do not arrive at all */
  snug_await (pair->context, pair->offerer.candidates->len > 0
                             && *(char *) pair->offerer.candidates->pdata[pair->offerer.candidates->len - 1]
                                  == '\0');
  pair->filter = lose_candidate;
  answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL));
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
}

static void
test_unusable_candidates (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  SnugPeerConnection *a = pair->offerer.connection;
  g_autoptr (GError) error = NULL;

  for (guint round = 0; round < 2; round++)
    {
      g_assert_true (snug_peer_connection_add_remote_candidate (
        a, "candidate:0 1 UDP 2122187007 95051034-12b8-4dec-a348-5288f1fd813e.local 43124 typ host", &error));
      g_assert_true (snug_peer_connection_add_remote_candidate (
        a, "candidate:2 1 TCP 2105458943 192.0.2.1 9 typ host tcptype active", &error));
      g_assert_true (snug_peer_connection_add_remote_candidate (a, "", &error));
      g_assert_false (snug_peer_connection_add_remote_candidate (a, "garbage", &error));
      assert_error_and_clear (&error, SNUG_RTC_ERROR_BAD_REMOTE);
      if (round == 0)
        snug_peer_pair_connect (pair);
    }
}

/* Far more candidates than are kept, all useless; the useful ones come with the description. */
static void
test_many_early_candidates (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_assert_true (snug_peer_connection_add_remote_candidate (
      pair->answerer.connection, "candidate:0 1 udp 1 x.local 43124 typ host", NULL));
  snug_peer_pair_connect (pair);
}

static char *
hide_behind_mdns (SnugPeerSide *from, const char *candidate, gpointer user_data)
{
  if (from == user_data)
    return g_strdup ("candidate:1 1 udp 2113942271 22a6ffa3-99b4-43b0-a348-0dde1e131ee0.local 1234 typ host");
  return g_strdup (candidate);
}

/* A browser tells names only; we learn where it is when it asks us. */
static void
test_peer_that_only_tells_names (void)
{
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
      SnugPeerSide *hidden = i == 0 ? &pair->offerer : &pair->answerer;
      SnugPeerSide *open = i == 0 ? &pair->answerer : &pair->offerer;
      SnugPeerConnectionInfo info;

      pair->filter = hide_behind_mdns;
      pair->filter_data = hidden;
      snug_peer_pair_connect (pair);
      g_assert_true (snug_peer_connection_get_info (open->connection, &info));
      g_assert_cmpint (info.remote_type, ==, SNUG_CANDIDATE_PEER_REFLEXIVE);
    }
}

static void
test_no_route (void)
{
  const SnugPeerConnectionConfig config = { .route_timeout_ms = 50 };
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (&config);
  g_autoptr (SnugDataChannel) channel = snug_peer_connection_create_data_channel (pair->offerer.connection,
                                                                                  "x", NULL, NULL);

  pair->filter = lose_candidate;
  snug_peer_pair_negotiate (pair, &pair->offerer, FALSE);
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_FAILED)
                             && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_FAILED));
  g_assert_error (snug_peer_connection_get_error (pair->offerer.connection), SNUG_RTC_ERROR,
                  SNUG_RTC_ERROR_ICE);
  g_assert_cmpint (snug_data_channel_get_state (channel), ==, SNUG_DATA_CHANNEL_CLOSED);
  assert_never_verified (&pair->offerer);
}

/* An offer that nobody answers is no failure: a person may still be on the way. */
static void
test_unanswered_offer_waits (void)
{
  const SnugPeerConnectionConfig config = { .route_timeout_ms = 1 };
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (&config);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);

  snug_await (pair->context, pair->offerer.candidates->len > 0);
  snug_await_idle (pair->context);
  g_assert_true (snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTING));
}

/* Through a relay or not at all, and there is none: not one address of ours is told. */
static void
test_relay_only_tells_nothing_else (void)
{
  const SnugPeerConnectionConfig config = { .relay = SNUG_RELAY_ONLY, .route_timeout_ms = 50 };
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (&config);

  snug_peer_pair_negotiate (pair, &pair->offerer, FALSE);
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_FAILED));
  for (guint i = 0; i < pair->offerer.candidates->len; i++)
    g_assert_cmpstr (pair->offerer.candidates->pdata[i], ==, "");
  assert_never_verified (&pair->offerer);
}

/* ---- Garbage on the socket ---- */

static void
throw_garbage (SnugPeerSide *side)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < side->candidates->len; i++)
    {
      g_autoptr (SnugCandidate) candidate = snug_candidate_parse (side->candidates->pdata[i], NULL);
      g_autoptr (GSocketAddress) address = NULL;
      g_autoptr (GSocket) socket = NULL;

      if (candidate == NULL)
        continue;
      address = g_inet_socket_address_new_from_string (candidate->address, candidate->port);
      socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_DATAGRAM,
                             G_SOCKET_PROTOCOL_UDP, NULL);
      for (int first = 0; first < 256; first++)
        {
          char bytes[100];

          for (gsize j = 1; j < sizeof bytes; j++)
            bytes[j] = (char) g_rand_int (rand);
          bytes[0] = (char) first;
          g_socket_send_to (socket, address, bytes, 1 + (gsize) first % (sizeof bytes - 1), NULL, NULL);
        }
    }
}

static void
test_garbage_before_and_after (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);

  snug_await (pair->context, pair->offerer.candidates->len > 1);
  throw_garbage (&pair->offerer);
  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  throw_garbage (&pair->offerer);
  throw_garbage (&pair->answerer);
  snug_peer_pair_assert_carries (pair, channel);
}

/* ---- Offers again ---- */

static void
test_same_offer_again_changes_nothing (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  g_autofree char *again = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  guint n_states = pair->offerer.states->len;

  g_assert_cmpstr (again, ==, answer);
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL));
  snug_peer_pair_assert_carries (pair, channel);
  g_assert_cmpuint (pair->offerer.states->len, ==, n_states);

  /* from the other side too, who is the server in DTLS and stays so */
  snug_peer_pair_negotiate (pair, &pair->answerer, FALSE);
  snug_peer_pair_assert_carries (pair, channel);
  g_assert_cmpuint (pair->answerer.states->len, ==, n_states);
}

static char *
ufrag_of (const char *description)
{
  g_autoptr (SnugSdp) sdp = snug_sdp_parse (description, NULL);

  return g_strdup (sdp->ice_ufrag);
}

static void
check_restart_by (SnugPeerPair *pair, SnugPeerSide *side, SnugDataChannel *channel)
{
  g_autofree char *before = snug_peer_connection_create_offer (side->connection, FALSE, NULL);
  g_autofree char *ufrag_before = ufrag_of (before);
  g_autofree char *after = NULL, *ufrag_after = NULL;
  guint n_states = side->states->len, n_paths = side->n_paths;

  snug_peer_pair_negotiate (pair, side, TRUE);
  after = snug_peer_connection_create_offer (side->connection, FALSE, NULL);
  ufrag_after = ufrag_of (after);
  g_assert_cmpstr (ufrag_after, !=, ufrag_before);
  /* they are not told again one by one */
  g_assert_nonnull (strstr (after, "a=candidate:"));
  snug_await (pair->context, side->n_paths > n_paths);
  snug_peer_pair_assert_carries (pair, channel);
  g_assert_cmpuint (side->states->len, ==, n_states);
  /* answered, so that the next offer may be made by either */
  snug_peer_pair_negotiate (pair, side, FALSE);
}

static void
test_ice_restart_keeps_channels (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);

  check_restart_by (pair, &pair->offerer, channel);
  check_restart_by (pair, &pair->answerer, channel);
  check_restart_by (pair, &pair->offerer, channel);
}

/* The answer to the offer before is still on its way when we restart. */
static void
test_stale_answer_to_a_restart_is_refused (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  SnugPeerConnection *a = pair->offerer.connection, *b = pair->answerer.connection;
  g_autofree char *offer = snug_peer_connection_create_offer (a, FALSE, NULL);
  g_autofree char *stale = snug_peer_connection_accept_offer (b, offer, NULL);
  g_autofree char *restart = snug_peer_connection_create_offer (a, TRUE, NULL);
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;
  guint n_paths = pair->offerer.n_paths;

  g_assert_false (snug_peer_connection_accept_answer (a, stale, &error));
  assert_error_and_clear (&error, SNUG_RTC_ERROR_BAD_REMOTE);
  answer = snug_peer_connection_accept_offer (b, restart, NULL);
  g_assert_true (snug_peer_connection_accept_answer (a, answer, NULL));
  snug_await (pair->context, pair->offerer.n_paths > n_paths);
  snug_peer_pair_assert_carries (pair, channel);
}

/* Firefox answers our restart with "active" though it is the server. */
static void
test_roles_in_dtls_stay (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->answerer.connection, TRUE, NULL);
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->offerer.connection, offer, NULL);
  g_autofree char *swapped = replace (answer, "a=setup:passive", "a=setup:active");
  g_autofree char *again = NULL, *answer_again = NULL;
  guint n_paths = pair->answerer.n_paths;

  g_assert_true (snug_peer_connection_accept_answer (pair->answerer.connection, swapped, NULL));
  snug_await (pair->context, pair->answerer.n_paths > n_paths);
  snug_peer_pair_assert_carries (pair, channel);
  again = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  answer_again = snug_peer_connection_accept_offer (pair->answerer.connection, again, NULL);
  g_assert_nonnull (strstr (answer_again, "a=setup:active"));
}

/* A peer that insists on opening DTLS itself gets a server. */
static void
test_active_offer_gets_a_passive_answer (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *active = replace (offer, "a=setup:actpass", "a=setup:active");
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, active, NULL);
  g_autoptr (SnugDataChannel) channel = NULL;

  g_assert_nonnull (strstr (answer, "a=setup:passive"));
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL));
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
  channel = snug_peer_pair_open_channel (pair, "x", NULL);
  g_assert_cmpuint (snug_data_channel_get_id (channel), ==, 0);
  g_assert_null (snug_peer_connection_accept_offer (pair->answerer.connection, "garbage", NULL));
  snug_peer_pair_assert_carries (pair, channel);
}

/* ---- The peer's limit ---- */

static gsize
limit_with (const char *line)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *changed = replace (offer, "a=max-message-size:262144\r\n", line);
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, changed, NULL);

  g_assert_nonnull (answer);
  return snug_peer_connection_get_max_message_size (pair->answerer.connection);
}

static void
test_max_message_size (void)
{
  g_assert_cmpuint (limit_with ("a=max-message-size:1000\r\n"), ==, 1000);
  g_assert_cmpuint (limit_with ("a=max-message-size:0\r\n"), ==, G_MAXSIZE);
  g_assert_cmpuint (limit_with (""), ==, 65536);
}

/* What was queued before the limit was known and is over it can never go: that channel ends. */
static void
test_early_message_over_the_limit (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugDataChannel) channel = snug_peer_connection_create_data_channel (pair->offerer.connection,
                                                                                  "x", NULL, NULL);
  g_autofree char *text = g_strnfill (1001, 'x');
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  g_autofree char *limited = replace (answer, "a=max-message-size:262144", "a=max-message-size:1000");

  snug_send_text (channel, text);
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, limited, NULL));
  snug_await (pair->context, snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_CLOSED);
  g_assert_true (snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
  g_assert_cmpuint (pair->answerer.messages->len, ==, 0);
}

/* ---- Ends ---- */

static void
append_closed (SnugDataChannel *channel, guint *n_closed)
{
  *n_closed += snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_CLOSED;
}

static void
test_close_reaches_the_peer (void)
{
  guint n_closed = 0;
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED, SNUG_PEER_CONNECTION_CLOSED
  };

  g_signal_connect (channel, "state-changed", G_CALLBACK (append_closed), &n_closed);
  g_signal_connect (pair->answerer.channels->pdata[0], "state-changed", G_CALLBACK (append_closed), &n_closed);
  snug_send_text (channel, "last words");
  snug_peer_connection_close (pair->offerer.connection);
  snug_await (pair->context, snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_CLOSED));
  snug_await_idle (pair->context);
  snug_peer_side_assert_message (&pair->answerer, 0, "text", "last words");
  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states));
  snug_peer_side_assert_states (&pair->answerer, states, G_N_ELEMENTS (states));
  g_assert_null (snug_peer_connection_get_error (pair->answerer.connection));
  g_assert_cmpuint (n_closed, ==, 2);
}

static void
on_state_close (SnugPeerConnection *connection, gpointer user_data)
{
  if (snug_peer_connection_get_state (connection) == (SnugPeerConnectionState) GPOINTER_TO_INT (user_data))
    snug_peer_connection_close (connection);
}

static void
on_stage_close (SnugPeerConnection *connection, gpointer user_data)
{
  if (snug_peer_connection_get_stage (connection) == (SnugPeerConnectionStage) GPOINTER_TO_INT (user_data))
    snug_peer_connection_close (connection);
}

/* Whoever hears of a step may end it all from there. */
static void
test_close_from_every_signal (void)
{
  for (int state = SNUG_PEER_CONNECTION_CONNECTING; state <= SNUG_PEER_CONNECTION_CONNECTED; state++)
    {
      g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
      g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
      g_autofree char *answer = NULL;

      g_signal_connect (pair->answerer.connection, "state-changed", G_CALLBACK (on_state_close),
                        GINT_TO_POINTER (state));
      answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
      if (answer != NULL)
        snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL);
      snug_await (pair->context, snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_CLOSED));
      snug_await_idle (pair->context);
      g_signal_handlers_disconnect_by_func (pair->answerer.connection, on_state_close,
                                            GINT_TO_POINTER (state));
    }
  for (int stage = SNUG_PEER_CONNECTION_STAGE_ANSWERED; stage <= SNUG_PEER_CONNECTION_STAGE_OPEN; stage++)
    {
      g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
      g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
      g_autofree char *answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);

      g_signal_connect (pair->offerer.connection, "stage-changed", G_CALLBACK (on_stage_close),
                        GINT_TO_POINTER (stage));
      snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL);
      snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CLOSED));
      snug_await_idle (pair->context);
      g_signal_handlers_disconnect_by_func (pair->offerer.connection, on_stage_close,
                                            GINT_TO_POINTER (stage));
    }
}

static void
on_message_close (G_GNUC_UNUSED SnugDataChannel *channel, G_GNUC_UNUSED GBytes *message,
                  G_GNUC_UNUSED gboolean is_text, gpointer user_data)
{
  snug_peer_connection_close (user_data);
}

static void
test_close_from_a_message (void)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = connected_pair (&channel);

  snug_data_channel_set_message_func (pair->answerer.channels->pdata[0], on_message_close,
                                      pair->answerer.connection, NULL);
  snug_send_text (channel, "1");
  snug_send_text (channel, "2");
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CLOSED));
}

#define ADD(name, func) g_test_add_func ("/peer-connection/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("messages-both-ways", test_messages_both_ways);
  ADD ("largest-message-both-ways", test_largest_message_both_ways);
  ADD ("info", test_info);
  ADD ("ten-at-once", test_ten_at_once);
  ADD ("loss", test_loss);
  ADD ("wrong-order", test_wrong_order);
  ADD ("everything-after-close", test_everything_after_close);
  ADD ("refused-answers-leave-no-trace", test_refused_answers_leave_no_trace);
  ADD ("refused-offers-leave-no-trace", test_refused_offers_leave_no_trace);
  ADD ("wrong-fingerprint-never-connects", test_wrong_fingerprint_never_connects);
  ADD ("changed-fingerprint-is-refused", test_changed_fingerprint_is_refused);
  ADD ("candidates-before-the-description", test_candidates_before_the_description);
  ADD ("unusable-candidates", test_unusable_candidates);
  ADD ("many-early-candidates", test_many_early_candidates);
  ADD ("peer-that-only-tells-names", test_peer_that_only_tells_names);
  ADD ("no-route", test_no_route);
  ADD ("unanswered-offer-waits", test_unanswered_offer_waits);
  ADD ("relay-only-tells-nothing-else", test_relay_only_tells_nothing_else);
  ADD ("garbage-before-and-after", test_garbage_before_and_after);
  ADD ("same-offer-again-changes-nothing", test_same_offer_again_changes_nothing);
  ADD ("ice-restart-keeps-channels", test_ice_restart_keeps_channels);
  ADD ("stale-answer-to-a-restart-is-refused", test_stale_answer_to_a_restart_is_refused);
  ADD ("roles-in-dtls-stay", test_roles_in_dtls_stay);
  ADD ("active-offer-gets-a-passive-answer", test_active_offer_gets_a_passive_answer);
  ADD ("max-message-size", test_max_message_size);
  ADD ("early-message-over-the-limit", test_early_message_over_the_limit);
  ADD ("close-reaches-the-peer", test_close_reaches_the_peer);
  ADD ("close-from-every-signal", test_close_from_every_signal);
  ADD ("close-from-a-message", test_close_from_a_message);
  return g_test_run ();
}
