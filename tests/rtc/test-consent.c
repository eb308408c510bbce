/* A route that is lost, or seems to be: consent (RFC 7675), and what comes of its end.
 *
 * Most cases take the ten seconds and more that libnice takes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-context.h"
#include "snug-middlebox.h"
#include "snug-moving.h"

static void
test_lost_route (void)
{
  static const SnugPeerConnectionConfig impatient = { .repair_timeout_ms = 1 };
  g_autoptr (SnugDataChannel) channel = NULL, channel_for_good = NULL;
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugPeerPair) for_good = snug_peer_pair_new (&impatient);
  g_autoptr (SnugMiddlebox) box = snug_middlebox_new (pair);
  g_autoptr (SnugMiddlebox) box_for_good = snug_middlebox_new (for_good);
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED,
    SNUG_PEER_CONNECTION_DISCONNECTED, SNUG_PEER_CONNECTION_CONNECTED
  };
  SnugPeerConnectionInfo info;
  guint n_candidates;

  snug_peer_pair_connect (pair);
  snug_peer_pair_connect (for_good);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  channel_for_good = snug_peer_pair_open_channel (for_good, "chat", NULL);

  snug_middlebox_set_cut (box, TRUE);
  snug_middlebox_set_cut (box_for_good, TRUE);
  snug_send_text (channel, "said while the route was lost");
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_DISCONNECTED)
                             && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_DISCONNECTED));
  g_assert_cmpint (snug_data_channel_get_state (channel), ==, SNUG_DATA_CHANNEL_OPEN);

  /* the one that nobody mends has ended by itself meanwhile */
  snug_await (for_good->context, snug_peer_side_is (&for_good->offerer, SNUG_PEER_CONNECTION_FAILED));
  g_assert_error (snug_peer_connection_get_error (for_good->offerer.connection), SNUG_RTC_ERROR,
                  SNUG_RTC_ERROR_ICE);
  g_assert_cmpint (snug_data_channel_get_state (channel_for_good), ==, SNUG_DATA_CHANNEL_CLOSED);

  n_candidates = pair->offerer.candidates->len;
  snug_middlebox_set_cut (box, FALSE);
  snug_peer_pair_negotiate (pair, &pair->offerer, TRUE);
  snug_await (pair->context, pair->answerer.messages->len == 1);
  snug_peer_side_assert_message (&pair->answerer, 0, "text", "said while the route was lost");
  snug_peer_pair_assert_carries (pair, channel);
  g_assert_true (snug_peer_connection_get_info (pair->offerer.connection, &info) && info.in_bulk);
  g_assert_cmpuint (pair->offerer.candidates->len, >, n_candidates);   /* gathered anew: a relay would have forgotten us */
  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states));
  snug_peer_side_assert_states (&pair->answerer, states, G_N_ELEMENTS (states));
}

/* A candidate that comes late begins another check, about which the agent says CONNECTED and READY: of the pair that was
 * given up meanwhile. */
static void
test_lost_route_is_lost_until_a_restart (void)
{
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED,
    SNUG_PEER_CONNECTION_DISCONNECTED, SNUG_PEER_CONNECTION_CONNECTED
  };
  /* One of them is better than what there is, whatever that is. */
  static const char *const late[] = {
    "candidate:97 1 UDP 2130706431 192.0.2.9 9 typ host", "candidate:98 1 UDP 2130706431 2001:db8::9 9 typ host",
    "candidate:99 1 UDP 2130706431 fe80::9 9 typ host"
  };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);

  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  snug_peer_connection_lose_route (pair->offerer.connection);
  for (guint i = 0; i < G_N_ELEMENTS (late); i++)
    g_assert_true (snug_peer_connection_add_remote_candidate (pair->offerer.connection, late[i], NULL));
  snug_await_idle (pair->context);
  g_assert_true (snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_DISCONNECTED));

  snug_peer_pair_negotiate (pair, &pair->offerer, TRUE);
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
  snug_peer_pair_assert_carries (pair, channel);
  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states));
}

/* What carries after a move does so until another way is found, and is given up like any if none is. */
static void
test_lost_route_after_a_move (void)
{
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED,
    SNUG_PEER_CONNECTION_DISCONNECTED, SNUG_PEER_CONNECTION_CONNECTED
  };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugMiddlebox) box = snug_middlebox_new (pair);

  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  snug_middlebox_set_cut (box, TRUE);
  snug_move ();
  snug_peer_pair_negotiate (pair, &pair->offerer, TRUE);
  g_assert_true (snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED));
  g_assert_true (snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_CONNECTED));
  snug_send_text (channel, "said in between");
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_DISCONNECTED)
                             && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_DISCONNECTED));

  snug_middlebox_set_cut (box, FALSE);
  snug_peer_pair_negotiate (pair, &pair->offerer, TRUE);
  snug_await (pair->context, pair->answerer.messages->len == 1);
  snug_peer_side_assert_message (&pair->answerer, 0, "text", "said in between");
  snug_peer_pair_assert_carries (pair, channel);
  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states));
  snug_peer_side_assert_states (&pair->answerer, states, G_N_ELEMENTS (states));
}

static gboolean
on_try_again (gpointer user_data)
{
  SnugPeerPair *pair = user_data;

  snug_peer_pair_negotiate (pair, &pair->offerer, TRUE);
  return G_SOURCE_CONTINUE;
}

/* A laptop that wakes up restarts ICE before it has noticed that the old route is gone: the old pair's
 * consent runs out while the checks of the restart run, and nothing of the restart is lost by that. */
static void
test_consent_expires_during_a_restart (void)
{
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED,
    SNUG_PEER_CONNECTION_DISCONNECTED, SNUG_PEER_CONNECTION_CONNECTED
  };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugMiddlebox) box = snug_middlebox_new (pair);
  GSource *again;

  snug_peer_pair_connect (pair);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);

  snug_middlebox_set_cut (box, TRUE);
  /* libnice gives up a check after 2 s, consent after 10 */
  again = snug_context_timeout (pair->context, 1000, on_try_again, pair);
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_DISCONNECTED)
                             && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_DISCONNECTED));

  snug_clear_source (&again);
  snug_middlebox_set_cut (box, FALSE);
  snug_await (pair->context, snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED)
                             && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_CONNECTED));
  snug_peer_pair_assert_carries (pair, channel);
  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states));
  snug_peer_side_assert_states (&pair->answerer, states, G_N_ELEMENTS (states));
}

#define CHATTER_MS 500

static gboolean
on_chatter (gpointer user_data)
{
  snug_send_text (user_data, "still here");
  return G_SOURCE_CONTINUE;
}

static gboolean
run_too (SnugPeerPair *pair)
{
  while (g_main_context_iteration (pair->context, FALSE))
    ;
  return TRUE;
}

/* Under load datagrams get lost, those of consent among them; what comes in all the while shows that the route is
 * there. Consent is not had for ever that way: where it is never given again, the route is lost. */
static void
test_lost_consent_while_the_peer_is_heard (void)
{
  static const SnugPeerConnectionState states[] = {
    SNUG_PEER_CONNECTION_CONNECTING, SNUG_PEER_CONNECTION_CONNECTED, SNUG_PEER_CONNECTION_DISCONNECTED
  };
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  g_autoptr (SnugPeerPair) refused = snug_peer_pair_new (NULL);
  g_autoptr (SnugMiddlebox) box = snug_middlebox_new (pair);
  g_autoptr (SnugMiddlebox) refusing_box = snug_middlebox_new (refused);
  g_autoptr (SnugDataChannel) channel = NULL, refused_channel = NULL;
  GSource *chatter, *refused_chatter;
  guint n_offerer_paths, n_answerer_paths;

  snug_peer_pair_connect (pair);
  snug_peer_pair_connect (refused);
  channel = snug_peer_pair_open_channel (pair, "chat", NULL);
  refused_channel = snug_peer_pair_open_channel (refused, "chat", NULL);
  chatter = snug_context_timeout (pair->context, CHATTER_MS, on_chatter, channel);
  refused_chatter = snug_context_timeout (refused->context, CHATTER_MS, on_chatter, refused_channel);
  snug_middlebox_set_stun_cut (box, TRUE);
  snug_middlebox_set_stun_cut (refusing_box, TRUE);

  n_offerer_paths = pair->offerer.n_paths;
  n_answerer_paths = pair->answerer.n_paths;
  /* the same pair, selected once more */
  snug_await (pair->context, run_too (refused) && pair->offerer.n_paths > n_offerer_paths
                             && pair->answerer.n_paths > n_answerer_paths);
  snug_middlebox_set_stun_cut (box, FALSE);

  snug_await (refused->context, run_too (pair) && snug_peer_side_is (&refused->offerer, SNUG_PEER_CONNECTION_DISCONNECTED)
                                && snug_peer_side_is (&refused->answerer, SNUG_PEER_CONNECTION_DISCONNECTED));
  snug_peer_side_assert_states (&refused->offerer, states, G_N_ELEMENTS (states));
  snug_peer_side_assert_states (&refused->answerer, states, G_N_ELEMENTS (states));

  snug_clear_source (&chatter);
  snug_clear_source (&refused_chatter);
  snug_peer_pair_assert_carries (pair, channel);
  snug_peer_side_assert_states (&pair->offerer, states, G_N_ELEMENTS (states) - 1);
  snug_peer_side_assert_states (&pair->answerer, states, G_N_ELEMENTS (states) - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consent/lost-route", test_lost_route);
  g_test_add_func ("/consent/lost-route-is-lost-until-a-restart", test_lost_route_is_lost_until_a_restart);
  if (g_test_slow ())
    g_test_add_func ("/consent/lost-route-after-a-move", test_lost_route_after_a_move);
  g_test_add_func ("/consent/expires-during-a-restart", test_consent_expires_during_a_restart);
  g_test_add_func ("/consent/lost-while-the-peer-is-heard", test_lost_consent_while_the_peer_is_heard);
  return g_test_run ();
}
