/* A route by a relay waits for a direct one, for a while: the rule, and two connections that keep it. That two members come
 * together directly with a relay at hand is in tests/lab/cells.py and page_cells.py.
 *
 * The while does not end by itself here, but when a test says so.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-agent.h"
#include "snug-ice-head-start.h"

#include <string.h>

#include "snug-await.h"
#include "snug-context.h"
#include "snug-peer-pair.h"

/* What snug-ice-head-start.c arms its timer with; no other of that length counts here. */
#define HEAD_START_MS 1000

/* The linker puts this in front of the real one. */
GSource *__real_snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data);
GSource *__wrap_snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data);

gboolean __wrap_snug_ice_agent_lacks_udp (SnugIceAgent *agent);

static GPtrArray *held;   /* of GSource */
static gboolean lacks_udp;

gboolean
__wrap_snug_ice_agent_lacks_udp (G_GNUC_UNUSED SnugIceAgent *agent)
{
  return lacks_udp;
}

GSource *
__wrap_snug_context_timeout (GMainContext *context, guint delay_ms, GSourceFunc func, gpointer data)
{
  GSource *source = __real_snug_context_timeout (context, delay_ms, func, data);

  if (delay_ms == HEAD_START_MS)
    {
      g_source_set_ready_time (source, -1);
      g_ptr_array_add (held, g_source_ref (source));
    }
  return source;
}

static void
let_it_end (void)
{
  for (guint i = 0; i < held->len; i++)
    g_source_set_ready_time (held->pdata[i], 0);
  g_ptr_array_set_size (held, 0);
}

/* ---- The rule ---- */

typedef struct
{
  SnugIceHeadStart *head_start;
  guint             n_over;
} Fixture;

static void
on_over (gpointer user_data)
{
  ((Fixture *) user_data)->n_over++;
}

static void
set_up (Fixture *f, gconstpointer policy)
{
  f->head_start = snug_ice_head_start_new (g_main_context_default (), (SnugRelayPolicy) GPOINTER_TO_INT (policy), on_over,
                                           f);
}

static void
tear_down (Fixture *f, G_GNUC_UNUSED gconstpointer policy)
{
  snug_ice_head_start_free (f->head_start);
  let_it_end ();
  snug_await_idle (NULL);
}

static void
test_relayed_route_waits (Fixture *f, G_GNUC_UNUSED gconstpointer policy)
{
  snug_ice_head_start_begin (f->head_start);
  g_assert_false (snug_ice_head_start_may_use (f->head_start, TRUE));
  g_assert_true (snug_ice_head_start_has_waiting (f->head_start));
  let_it_end ();
  snug_await (NULL, f->n_over == 1);
  g_assert_false (snug_ice_head_start_has_waiting (f->head_start));
  g_assert_true (snug_ice_head_start_may_use (f->head_start, TRUE));
}

static void
test_direct_route_ends_it (Fixture *f, G_GNUC_UNUSED gconstpointer policy)
{
  snug_ice_head_start_begin (f->head_start);
  g_assert_false (snug_ice_head_start_may_use (f->head_start, TRUE));
  g_assert_true (snug_ice_head_start_may_use (f->head_start, FALSE));
  snug_ice_head_start_stop (f->head_start);
  let_it_end ();
  snug_await_idle (NULL);
  g_assert_cmpuint (f->n_over, ==, 0);
}

/* Then a relayed one that is found later is used at once. */
static void
test_nothing_is_said_if_nothing_waits (Fixture *f, G_GNUC_UNUSED gconstpointer policy)
{
  snug_ice_head_start_begin (f->head_start);
  let_it_end ();
  snug_await_idle (NULL);
  g_assert_cmpuint (f->n_over, ==, 0);
  g_assert_true (snug_ice_head_start_may_use (f->head_start, TRUE));
}

static void
test_nothing_better_can_come (Fixture *f, G_GNUC_UNUSED gconstpointer policy)
{
  snug_ice_head_start_begin (f->head_start);
  g_assert_false (snug_ice_head_start_may_use (f->head_start, TRUE));
  snug_ice_head_start_end (f->head_start);
  g_assert_cmpuint (f->n_over, ==, 1);
  g_assert_true (snug_ice_head_start_may_use (f->head_start, TRUE));

  /* known before a route is found */
  snug_ice_head_start_begin (f->head_start);
  snug_ice_head_start_end (f->head_start);
  g_assert_true (snug_ice_head_start_may_use (f->head_start, TRUE));
  let_it_end ();
  snug_await_idle (NULL);
  g_assert_cmpuint (f->n_over, ==, 1);
}

static void
test_other_policies_do_not_wait (Fixture *f, G_GNUC_UNUSED gconstpointer policy)
{
  snug_ice_head_start_begin (f->head_start);
  g_assert_true (snug_ice_head_start_may_use (f->head_start, TRUE));
  g_assert_cmpuint (held->len, ==, 0);
}

/* ---- Two connections ---- */

static char *
call_it_relayed (G_GNUC_UNUSED SnugPeerSide *from, const char *candidate, G_GNUC_UNUSED gpointer user_data)
{
  const char *type = strstr (candidate, "typ ");

  g_assert_nonnull (type);
  return g_strdup_printf ("%.*styp relay raddr 0.0.0.0 rport 9", (int) (type - candidate), candidate);
}

static gboolean
has_told_all (const SnugPeerSide *side)
{
  return side->candidates->len > 0
         && g_str_equal (g_ptr_array_index (side->candidates, side->candidates->len - 1), "");
}

/* Each knows what the other's candidates are before the first of its checks is answered. */
static void
negotiate (SnugPeerPair *pair)
{
  g_autofree char *offer = snug_peer_connection_create_offer (pair->offerer.connection, FALSE, NULL);
  g_autofree char *answer = NULL;

  snug_await (pair->context, has_told_all (&pair->offerer));
  answer = snug_peer_connection_accept_offer (pair->answerer.connection, offer, NULL);
  snug_await (pair->context, has_told_all (&pair->answerer));
  g_assert_true (snug_peer_connection_accept_answer (pair->offerer.connection, answer, NULL));
}

/* One that is worth waiting for, and does not work. */
static void
tell_direct_candidates (SnugPeerPair *pair)
{
  SnugPeerSide *sides[] = { &pair->offerer, &pair->answerer };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    g_assert_true (snug_peer_connection_add_remote_candidate (sides[i]->connection,
                                                              "candidate:99 1 UDP 1 192.0.2.9 9 typ host", NULL));
}

static gboolean
are_connected (SnugPeerPair *pair)
{
  return snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTED)
         && snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_CONNECTED);
}

static void
test_relayed_route_is_used_late (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);
  SnugPeerConnectionInfo info;

  pair->filter = call_it_relayed;
  tell_direct_candidates (pair);
  negotiate (pair);
  snug_await (pair->context, pair->offerer.n_paths > 0 && pair->answerer.n_paths > 0);
  snug_await_idle (pair->context);
  g_assert_true (snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CONNECTING));
  g_assert_true (snug_peer_side_is (&pair->answerer, SNUG_PEER_CONNECTION_CONNECTING));

  let_it_end ();
  snug_await (pair->context, are_connected (pair));
  g_assert_true (snug_peer_connection_get_info (pair->offerer.connection, &info));
  g_assert_cmpint (info.remote_type, ==, SNUG_CANDIDATE_RELAYED);
}

/* Each has told all that it has, and there is no direct candidate. */
static void
test_relayed_route_is_used_at_once_if_no_other_can_come (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);

  pair->filter = call_it_relayed;
  negotiate (pair);
  snug_await (pair->context, are_connected (pair));
}

/* As far as we can tell, though the other side names an address. */
static void
test_relayed_route_is_used_at_once_without_udp (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);

  lacks_udp = TRUE;
  pair->filter = call_it_relayed;
  tell_direct_candidates (pair);
  negotiate (pair);
  snug_await (pair->context, are_connected (pair));
  lacks_udp = FALSE;
}

static void
test_direct_route_is_used_at_once (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);

  negotiate (pair);
  snug_await (pair->context, are_connected (pair));
}

/* The end comes when nobody waits for it any more. */
static void
test_closed_while_a_route_waits (void)
{
  g_autoptr (SnugPeerPair) pair = snug_peer_pair_new (NULL);

  pair->filter = call_it_relayed;
  tell_direct_candidates (pair);
  negotiate (pair);
  snug_await (pair->context, pair->offerer.n_paths > 0 && pair->answerer.n_paths > 0);
  snug_peer_connection_close (pair->offerer.connection);
  let_it_end ();
  snug_await_idle (pair->context);
  g_assert_true (snug_peer_side_is (&pair->offerer, SNUG_PEER_CONNECTION_CLOSED));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  held = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
#define ADD(name, policy, func) \
  g_test_add ("/ice-head-start/" name, Fixture, GINT_TO_POINTER (policy), set_up, func, tear_down)
  ADD ("relayed-route-waits", SNUG_RELAY_AUTOMATIC, test_relayed_route_waits);
  ADD ("direct-route-ends-it", SNUG_RELAY_AUTOMATIC, test_direct_route_ends_it);
  ADD ("nothing-is-said-if-nothing-waits", SNUG_RELAY_AUTOMATIC, test_nothing_is_said_if_nothing_waits);
  ADD ("nothing-better-can-come", SNUG_RELAY_AUTOMATIC, test_nothing_better_can_come);
  ADD ("relays-only-do-not-wait", SNUG_RELAY_ONLY, test_other_policies_do_not_wait);
  ADD ("without-relays-nobody-waits", SNUG_RELAY_NEVER, test_other_policies_do_not_wait);
#undef ADD
  g_test_add_func ("/ice-head-start/relayed-route-is-used-late", test_relayed_route_is_used_late);
  g_test_add_func ("/ice-head-start/relayed-route-is-used-at-once-if-no-other-can-come",
                   test_relayed_route_is_used_at_once_if_no_other_can_come);
  g_test_add_func ("/ice-head-start/relayed-route-is-used-at-once-without-udp",
                   test_relayed_route_is_used_at_once_without_udp);
  g_test_add_func ("/ice-head-start/direct-route-is-used-at-once", test_direct_route_is_used_at_once);
  g_test_add_func ("/ice-head-start/closed-while-a-route-waits", test_closed_while_a_route_waits);
  status = g_test_run ();
  g_ptr_array_unref (held);
  return status;
}
