/* Large packets on a second association: on a path that takes them, does not, or takes them no more.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-await.h"
#include "snug-dtls-transport.h"
#include "snug-middlebox.h"
#include "snug-passing-time.h"
#include "snug-path-mtu.h"
#include "snug-port-splitter.h"
#include "snug-sctp-transport.h"
#include "snug-send-room.h"
#include "snug-stripe-rule.h"

#define MESSAGE_BYTES 65536
/* Longer than a probe is waited for, or SCTP's first tries. */
#define A_WHILE_MS 1100

static const SnugDataChannelInit bulk = { .is_bulk = TRUE };

typedef struct
{
  SnugPeerPair    *pair;   /* owned */
  SnugMiddlebox   *box;    /* owned */
  SnugDataChannel *chat;   /* owned */
} Route;

static void
route_init (Route *route, gsize widest)
{
  route->pair = snug_peer_pair_new (NULL);
  route->box = snug_middlebox_new (route->pair);
  snug_middlebox_set_widest (route->box, widest);
  snug_peer_pair_connect (route->pair);
  route->chat = snug_peer_pair_open_channel (route->pair, "chat", NULL);
}

static void
route_clear (Route *route)
{
  g_object_unref (route->chat);
  snug_middlebox_free (route->box);
  snug_peer_pair_free (route->pair);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Route, route_clear)

static gsize
packet_bytes (SnugPeerSide *side)
{
  SnugPeerConnectionInfo info;

  g_assert_true (snug_peer_connection_get_info (side->connection, &info));
  return info.packet_bytes;
}

static void
allow_both (Route *route)
{
  snug_peer_connection_allow_bulk (route->pair->offerer.connection);
  snug_peer_connection_allow_bulk (route->pair->answerer.connection);
}

static void
await_packets_of (Route *route, gsize n_bytes)
{
  snug_await (route->pair->context, packet_bytes (&route->pair->offerer) == n_bytes
                                    && packet_bytes (&route->pair->answerer) == n_bytes);
}

static GBytes *
make_message (guint number)
{
  guint8 *data = g_malloc (MESSAGE_BYTES);

  for (gsize i = 0; i < MESSAGE_BYTES; i++)
    data[i] = (guint8) (number * 31 + i + i / 251);
  return g_bytes_new_take (data, MESSAGE_BYTES);
}

static void
send_messages (SnugDataChannel *channel, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) message = make_message (i);
      g_autoptr (GError) error = NULL;

      snug_data_channel_send_bytes (channel, message, &error);
      g_assert_no_error (error);
    }
}

static void
await_messages (Route *route, guint first, guint n)
{
  GPtrArray *messages = route->pair->answerer.messages;

  snug_await (route->pair->context, messages->len == first + n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) expected = make_message (i);

      g_assert_true (g_bytes_equal (messages->pdata[first + i], expected));
    }
}

static void
check_carries_bulk (Route *route, gsize largest)
{
  guint n_before = route->pair->answerer.messages->len;
  g_autoptr (SnugDataChannel) channel = NULL;

  snug_middlebox_take_largest (route->box);
  channel = snug_peer_pair_open_channel (route->pair, "file", &bulk);
  send_messages (channel, 20);
  await_messages (route, n_before, 20);
  g_assert_cmpuint (snug_middlebox_take_largest (route->box), ==, largest + SNUG_DTLS_OVERHEAD);
}

/* Time passes for both ends until @channel has ended at ours. */
static void
let_pass_until_closed (Route *route, SnugDataChannel *channel)
{
  for (guint i = 0; i < 60 && snug_data_channel_get_state (channel) != SNUG_DATA_CHANNEL_CLOSED; i++)
    {
      snug_let_pass (A_WHILE_MS);
      snug_await_idle (route->pair->context);
    }
  g_assert_cmpint (snug_data_channel_get_state (channel), ==, SNUG_DATA_CHANNEL_CLOSED);
}

static void
test_as_large_as_the_path (void)
{
  g_auto (Route) route = { 0 };
  SnugPeerConnectionInfo info;

  route_init (&route, 0);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  check_carries_bulk (&route, SNUG_PATH_MTU_NEAR);
  g_assert_true (snug_peer_connection_get_info (route.pair->offerer.connection, &info));
  g_assert_cmpuint (info.bytes_sent, >=, 20 * MESSAGE_BYTES);

  /* a word does not wait behind it, nor goes its way */
  snug_peer_pair_assert_carries (route.pair, route.chat);
}

static void
test_as_large_as_the_box_lets_through (void)
{
  g_auto (Route) route = { 0 };

  route_init (&route, 1500);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_FAR);
  for (guint i = 0; i < 4; i++)
    {
      snug_let_pass (A_WHILE_MS);
      snug_await_idle (route.pair->context);
    }
  await_packets_of (&route, SNUG_PATH_MTU_FAR);
  check_carries_bulk (&route, SNUG_PATH_MTU_FAR);
}

/* Then nothing is different from a peer that knows nothing of it. */
static void
test_narrow_path (void)
{
  g_auto (Route) route = { 0 };

  route_init (&route, 1280);
  allow_both (&route);
  for (guint i = 0; i < 4; i++)
    {
      snug_let_pass (A_WHILE_MS);
      snug_await_idle (route.pair->context);
    }
  await_packets_of (&route, SNUG_SCTP_LEAST_PACKET);
  check_carries_bulk (&route, SNUG_SCTP_LEAST_PACKET);
}

/* A browser, or an older Snug. */
static void
test_peer_that_does_not_know (void)
{
  g_auto (Route) route = { 0 };

  route_init (&route, 0);
  snug_let_pass (A_WHILE_MS);
  snug_await_idle (route.pair->context);
  check_carries_bulk (&route, SNUG_SCTP_LEAST_PACKET);
  await_packets_of (&route, SNUG_SCTP_LEAST_PACKET);
}

/* One that says it knew and does not answer: its channels end, the others stay. */
static void
test_peer_that_does_not_open (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) channel = NULL;

  route_init (&route, 0);
  snug_peer_connection_allow_bulk (route.pair->offerer.connection);
  snug_await (route.pair->context, packet_bytes (&route.pair->offerer) == SNUG_PATH_MTU_NEAR);
  channel = snug_peer_connection_create_data_channel (route.pair->offerer.connection, "file", &bulk, NULL);
  let_pass_until_closed (&route, channel);
  check_carries_bulk (&route, SNUG_SCTP_LEAST_PACKET);
}

static void
test_both_open_at_once (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) ours = NULL, theirs = NULL;
  SnugPeerSide *a, *b;

  route_init (&route, 0);
  a = &route.pair->offerer;
  b = &route.pair->answerer;
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  ours = snug_peer_connection_create_data_channel (a->connection, "ours", &bulk, NULL);
  theirs = snug_peer_connection_create_data_channel (b->connection, "theirs", &bulk, NULL);
  snug_send_text (ours, "from a");
  snug_send_text (theirs, "from b");
  snug_await (route.pair->context, a->messages->len == 1 && b->messages->len == 1);
  snug_peer_side_assert_message (a, 0, "text", "from b");
  snug_peer_side_assert_message (b, 0, "text", "from a");
}

/* Its chunks cannot be cut anew: it ends, and what it carried goes on over the first. */
static void
test_path_that_becomes_narrow (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) channel = NULL;
  SnugDataChannel *at_peer;

  route_init (&route, 0);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  channel = snug_peer_pair_open_channel (route.pair, "file", &bulk);
  at_peer = route.pair->answerer.channels->pdata[1];
  send_messages (channel, 100);
  snug_await (route.pair->context, route.pair->answerer.messages->len > 10);
  snug_middlebox_set_widest (route.box, 1280);
  let_pass_until_closed (&route, channel);
  snug_await (route.pair->context, snug_data_channel_get_state (at_peer) == SNUG_DATA_CHANNEL_CLOSED);
  g_assert_cmpuint (route.pair->answerer.messages->len, <, 100);

  snug_peer_pair_assert_carries (route.pair, route.chat);
  check_carries_bulk (&route, SNUG_SCTP_LEAST_PACKET);
}

static void
on_closed_cut (SnugDataChannel *channel, SnugMiddlebox *box)
{
  if (snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_CLOSED)
    snug_middlebox_set_cut (box, TRUE);
}

/* We end the association, and our last word about it is lost. Returns: a channel on it that is open for the peer */
static SnugDataChannel *
end_unheard (Route *route)
{
  g_autoptr (SnugDataChannel) channel = NULL;
  SnugDataChannel *at_peer;

  route_init (route, 0);
  allow_both (route);
  await_packets_of (route, SNUG_PATH_MTU_NEAR);
  channel = snug_peer_pair_open_channel (route->pair, "file", &bulk);
  at_peer = route->pair->answerer.channels->pdata[1];
  g_signal_connect (channel, "state-changed", G_CALLBACK (on_closed_cut), route->box);
  snug_middlebox_set_widest_to (route->box, &route->pair->answerer, 1280);
  send_messages (channel, 1);
  let_pass_until_closed (route, channel);
  snug_await_idle (route->pair->context);
  g_assert_true (snug_data_channel_is_acked (channel));
  g_assert_cmpint (snug_data_channel_get_state (at_peer), ==, SNUG_DATA_CHANNEL_OPEN);
  snug_middlebox_set_cut (route->box, FALSE);
  return at_peer;
}

/* Whatever the peer says there is answered by another one. */
static void
test_the_last_word_is_lost (void)
{
  g_auto (Route) route = { 0 };
  SnugDataChannel *at_peer = end_unheard (&route);

  snug_send_text (at_peer, "still here?");
  snug_await (route.pair->context, snug_data_channel_get_state (at_peer) == SNUG_DATA_CHANNEL_CLOSED);
  snug_peer_pair_assert_carries (route.pair, route.chat);
}

static guint n_refusals;
static gint64 last_refusal_us, least_gap_us;

void __real_snug_port_splitter_send (SnugPortSplitter *self, const guint8 *packet, gsize n_bytes);
void __wrap_snug_port_splitter_send (SnugPortSplitter *self, const guint8 *packet, gsize n_bytes);

void
__wrap_snug_port_splitter_send (SnugPortSplitter *self, const guint8 *packet, gsize n_bytes)
{
  gint64 now_us = g_get_monotonic_time ();

  if (n_refusals++ > 0)
    least_gap_us = MIN (least_gap_us, now_us - last_refusal_us);
  last_refusal_us = now_us;
  __real_snug_port_splitter_send (self, packet, n_bytes);
}

/* In a second, however much of it was under way; and again if that was lost, too. */
static void
test_refused_once (void)
{
  g_auto (Route) route = { 0 };
  SnugDataChannel *at_peer = end_unheard (&route);
  guint n_passed = snug_middlebox_get_n_passed (route.box);

  n_refusals = 0;
  least_gap_us = G_MAXINT64;
  snug_middlebox_set_widest_to (route.box, &route.pair->answerer, 1);
  send_messages (at_peer, 10);
  snug_await (route.pair->context, snug_middlebox_get_n_passed (route.box) >= n_passed + 5);
  snug_await_idle (route.pair->context);
  g_assert_cmpuint (n_refusals, >=, 1);

  snug_middlebox_set_widest_to (route.box, &route.pair->answerer, 0);
  snug_let_pass (A_WHILE_MS);
  snug_await (route.pair->context, snug_data_channel_get_state (at_peer) == SNUG_DATA_CHANNEL_CLOSED);
  g_assert_cmpuint (n_refusals, >=, 2);
  /* It is a second, but whoever decides that has looked at the clock before. */
  g_assert_cmpint (least_gap_us, >, G_USEC_PER_SEC / 2);
}

/* What the peer opens there is never seen, and it can tell. */
static void
test_opened_on_what_has_ended (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) channel = NULL;
  guint n_before;

  end_unheard (&route);
  n_before = route.pair->offerer.channels->len;
  channel = snug_peer_connection_create_data_channel (route.pair->answerer.connection, "file", &bulk, NULL);
  snug_await (route.pair->context, snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_CLOSED);
  g_assert_false (snug_data_channel_is_acked (channel));
  g_assert_cmpuint (route.pair->offerer.channels->len, ==, n_before);
}

/* Whoever hears that a channel has ended may end everything. */
static void
on_closed_close_all (SnugDataChannel *channel, SnugPeerConnection *connection)
{
  if (snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_CLOSED)
    snug_peer_connection_close (connection);
}

static void
test_closed_by_what_it_hears (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) channel = NULL;

  route_init (&route, 0);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  channel = snug_peer_pair_open_channel (route.pair, "file", &bulk);
  g_signal_connect (channel, "state-changed", G_CALLBACK (on_closed_close_all), route.pair->offerer.connection);
  send_messages (channel, 20);
  snug_middlebox_set_widest (route.box, 1280);
  let_pass_until_closed (&route, channel);
  snug_await (route.pair->context, snug_peer_side_is (&route.pair->answerer, SNUG_PEER_CONNECTION_CLOSED));
}

/* --- several of them ------------------------------------------------------------------------------- */

static void
allow_stripes_of (SnugPeerSide *side)
{
  g_assert_false (snug_peer_connection_may_stripe (side->connection));
  snug_peer_connection_allow_stripes (side->connection);
  g_assert_true (snug_peer_connection_may_stripe (side->connection));
}

static SnugDataChannel *
open_stripe (Route *route, guint stripe)
{
  const SnugDataChannelInit init = { .is_bulk = TRUE, .stripe = stripe };

  return snug_peer_pair_open_channel (route->pair, "file", &init);
}

static void
test_several (void)
{
  g_auto (Route) route = { 0 };

  route_init (&route, 0);
  allow_stripes_of (&route.pair->offerer);
  allow_stripes_of (&route.pair->answerer);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    {
      g_autoptr (SnugDataChannel) channel = open_stripe (&route, i);

      /* each is the first of an association of its own */
      g_assert_cmpuint (snug_data_channel_get_id (channel), <=, 1);
      send_messages (channel, 20);
      await_messages (&route, i * 20, 20);
    }
  snug_peer_pair_assert_carries (route.pair, route.chat);
}

/* What the rule was told by the one who sends, in all, and of the last second. */
static SnugStripeSecond told;
static guint n_told;

guint __real_snug_stripe_rule_feed (SnugStripeRule *rule, const SnugStripeSecond *second);
guint __wrap_snug_stripe_rule_feed (SnugStripeRule *rule, const SnugStripeSecond *second);

guint
__wrap_snug_stripe_rule_feed (SnugStripeRule *rule, const SnugStripeSecond *second)
{
  told.n_bytes += second->n_bytes;
  told.rtt_ms = second->rtt_ms;
  n_told++;
  return __real_snug_stripe_rule_feed (rule, second);
}

static void
let_a_second_pass (Route *route)
{
  guint n_before = n_told;

  snug_let_pass (1000);
  snug_await (route->pair->context, n_told > n_before);
}

static void
test_what_the_rule_is_told (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) first = NULL, second = NULL;
  guint64 n_opening;

  route_init (&route, 0);
  allow_stripes_of (&route.pair->offerer);
  allow_stripes_of (&route.pair->answerer);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  first = open_stripe (&route, 0);
  second = open_stripe (&route, 1);
  let_a_second_pass (&route);
  n_opening = told.n_bytes;
  let_a_second_pass (&route);
  g_assert_cmpuint (told.n_bytes, ==, n_opening);
  g_assert_cmpfloat (told.rtt_ms, ==, -1);

  /* of both */
  send_messages (first, 20);
  await_messages (&route, 0, 20);
  send_messages (second, 10);
  await_messages (&route, 20, 10);
  let_a_second_pass (&route);
  g_assert_cmpuint (told.n_bytes, ==, n_opening + 30 * MESSAGE_BYTES);
  g_assert_cmpfloat (told.rtt_ms, >=, 0);
}

static guint n_forgotten;

void __real_snug_send_room_forget_path (SnugSendRoom *room);
void __wrap_snug_send_room_forget_path (SnugSendRoom *room);

void
__wrap_snug_send_room_forget_path (SnugSendRoom *room)
{
  n_forgotten++;
  __real_snug_send_room_forget_path (room);
}

static guint n_begun_anew;

void __real_snug_stripe_rule_forget_path (SnugStripeRule *rule);
void __wrap_snug_stripe_rule_forget_path (SnugStripeRule *rule);

void
__wrap_snug_stripe_rule_forget_path (SnugStripeRule *rule)
{
  n_begun_anew++;
  __real_snug_stripe_rule_forget_path (rule);
}

/* What the old path was like says nothing of the new one. */
static void
test_another_path (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) first = NULL, second = NULL;

  route_init (&route, 0);
  allow_stripes_of (&route.pair->offerer);
  allow_stripes_of (&route.pair->answerer);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  first = open_stripe (&route, 0);
  second = open_stripe (&route, 1);
  n_forgotten = n_begun_anew = 0;
  snug_peer_pair_negotiate (route.pair, &route.pair->offerer, TRUE);
  snug_await (route.pair->context, n_forgotten >= 2);
  g_assert_cmpuint (n_begun_anew, >, 0);
}

static void
test_peer_that_knows_one (void)
{
  const SnugDataChannelInit second = { .is_bulk = TRUE, .stripe = 1 };
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (GError) error = NULL;

  route_init (&route, 0);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  channel = snug_peer_connection_create_data_channel (route.pair->offerer.connection, "file", &second, &error);
  g_assert_null (channel);
  g_assert_error (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE);
  check_carries_bulk (&route, SNUG_PATH_MTU_NEAR);
}

/* One that says it knew several and opens one. */
static void
test_peer_that_opens_one (void)
{
  const SnugDataChannelInit second = { .is_bulk = TRUE, .stripe = 1 };
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) first = NULL, channel = NULL;

  route_init (&route, 0);
  allow_stripes_of (&route.pair->offerer);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  first = open_stripe (&route, 0);
  channel = snug_peer_connection_create_data_channel (route.pair->offerer.connection, "file", &second, NULL);
  let_pass_until_closed (&route, channel);
  g_assert_cmpint (snug_data_channel_get_state (first), ==, SNUG_DATA_CHANNEL_OPEN);
  g_assert_null (snug_peer_connection_create_data_channel (route.pair->offerer.connection, "file", &second, NULL));
  check_carries_bulk (&route, SNUG_PATH_MTU_NEAR);
}

static void
test_several_on_a_path_that_becomes_narrow (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);

  route_init (&route, 0);
  allow_stripes_of (&route.pair->offerer);
  allow_stripes_of (&route.pair->answerer);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    g_ptr_array_add (channels, open_stripe (&route, i));
  snug_middlebox_set_widest (route.box, 1280);
  /* nothing waits on the others: they end with it all the same */
  send_messages (channels->pdata[2], 20);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    let_pass_until_closed (&route, channels->pdata[i]);
  snug_peer_pair_assert_carries (route.pair, route.chat);
}

static void
test_what_was_sent_arrives_before_a_goodbye (void)
{
  g_auto (Route) route = { 0 };
  g_autoptr (SnugDataChannel) channel = NULL;

  route_init (&route, 0);
  allow_both (&route);
  await_packets_of (&route, SNUG_PATH_MTU_NEAR);
  channel = snug_peer_pair_open_channel (route.pair, "file", &bulk);
  send_messages (channel, 20);
  snug_peer_connection_finish (route.pair->offerer.connection);
  snug_await (route.pair->context, snug_peer_side_is (&route.pair->offerer, SNUG_PEER_CONNECTION_CLOSED));
  await_messages (&route, 0, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bulk-channels/as-large-as-the-path", test_as_large_as_the_path);
  g_test_add_func ("/bulk-channels/as-large-as-the-box-lets-through", test_as_large_as_the_box_lets_through);
  g_test_add_func ("/bulk-channels/narrow-path", test_narrow_path);
  g_test_add_func ("/bulk-channels/peer-that-does-not-know", test_peer_that_does_not_know);
  g_test_add_func ("/bulk-channels/peer-that-does-not-open", test_peer_that_does_not_open);
  g_test_add_func ("/bulk-channels/both-open-at-once", test_both_open_at_once);
  g_test_add_func ("/bulk-channels/path-that-becomes-narrow", test_path_that_becomes_narrow);
  g_test_add_func ("/bulk-channels/the-last-word-is-lost", test_the_last_word_is_lost);
  g_test_add_func ("/bulk-channels/refused-once", test_refused_once);
  g_test_add_func ("/bulk-channels/opened-on-what-has-ended", test_opened_on_what_has_ended);
  g_test_add_func ("/bulk-channels/closed-by-what-it-hears", test_closed_by_what_it_hears);
  g_test_add_func ("/bulk-channels/several", test_several);
  g_test_add_func ("/bulk-channels/what-the-rule-is-told", test_what_the_rule_is_told);
  g_test_add_func ("/bulk-channels/another-path", test_another_path);
  g_test_add_func ("/bulk-channels/peer-that-knows-one", test_peer_that_knows_one);
  g_test_add_func ("/bulk-channels/peer-that-opens-one", test_peer_that_opens_one);
  g_test_add_func ("/bulk-channels/several-on-a-path-that-becomes-narrow", test_several_on_a_path_that_becomes_narrow);
  g_test_add_func ("/bulk-channels/what-was-sent-arrives-before-a-goodbye", test_what_was_sent_arrives_before_a_goodbye);
  return g_test_run ();
}
