/* ICE's transport alone: what becomes of a route when another one is looked for. With DTLS above it, and a route that is cut,
 * it is in test-consent.c.
 *
 * libnice's own word about a route is said for it here, as it takes ten seconds and more to come to that. What is to be
 * counted is counted on its way to libnice, and what is called a relay here is none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-ice-agent.h"
#include "snug-ice-route.h"
#include "snug-ice-transport.h"

#include "snug-await.h"
#include "snug-moving.h"
#include "snug-passing-time.h"

/* The linker puts these in front of the real ones. */
SnugIceAgent *__real_snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config);
SnugIceAgent *__wrap_snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config);
void __real_snug_ice_agent_mute (SnugIceAgent *agent);
void __wrap_snug_ice_agent_mute (SnugIceAgent *agent);
gboolean __real_nice_agent_restart (NiceAgent *agent);
gboolean __wrap_nice_agent_restart (NiceAgent *agent);
gboolean __real_nice_agent_set_remote_credentials (NiceAgent *agent, guint stream, const char *ufrag, const char *pwd);
gboolean __wrap_nice_agent_set_remote_credentials (NiceAgent *agent, guint stream, const char *ufrag, const char *pwd);
gboolean __real_snug_ice_route_is_relayed (SnugIceRoute *route);
gboolean __wrap_snug_ice_route_is_relayed (SnugIceRoute *route);

static NiceAgent *newest;          /* owned, nullable: the agent that was made last */
static NiceAgent *muted;           /* borrowed: only compared */
static NiceAgent *restarted;       /* borrowed: only compared */
static guint n_restarts;
static guint n_told;               /* agents, whom they are to check with */
static gboolean are_all_relayed;

/* Whoever wants relays only goes directly here. */
SnugIceAgent *
__wrap_snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config)
{
  SnugPeerConnectionConfig direct = *config;
  SnugIceAgent *agent;

  direct.relay = SNUG_RELAY_AUTOMATIC;
  agent = __real_snug_ice_agent_new (context, &direct);
  g_set_object (&newest, snug_ice_agent_get_nice (agent));
  return agent;
}

void
__wrap_snug_ice_agent_mute (SnugIceAgent *agent)
{
  muted = snug_ice_agent_get_nice (agent);
  __real_snug_ice_agent_mute (agent);
}

gboolean
__wrap_nice_agent_restart (NiceAgent *agent)
{
  restarted = agent;
  n_restarts++;
  return __real_nice_agent_restart (agent);
}

gboolean
__wrap_nice_agent_set_remote_credentials (NiceAgent *agent, guint stream, const char *ufrag, const char *pwd)
{
  n_told++;
  return __real_nice_agent_set_remote_credentials (agent, stream, ufrag, pwd);
}

gboolean
__wrap_snug_ice_route_is_relayed (SnugIceRoute *route)
{
  return are_all_relayed || __real_snug_ice_route_is_relayed (route);
}

typedef struct _Side Side;

struct _Side
{
  SnugIceTransport *transport;     /* owned */
  Side             *other;         /* borrowed */
  NiceAgent        *first;         /* owned: the agent that its first route is of */
  guint             n_heard;
  gboolean          is_mute;       /* its candidates get lost */
};

typedef struct
{
  Side ours;
  Side theirs;
} Fixture;

static void
on_local_candidate (G_GNUC_UNUSED SnugIceTransport *transport, const char *text, Side *side)
{
  g_autoptr (SnugCandidate) candidate = *text != '\0' ? snug_candidate_parse (text, NULL) : NULL;

  if (candidate != NULL && !side->is_mute)
    snug_ice_transport_add_remote_candidate (side->other->transport, candidate);
}

static void
on_datagram (G_GNUC_UNUSED SnugTransport *transport, G_GNUC_UNUSED const guint8 *data, G_GNUC_UNUSED gsize n_bytes,
             gpointer user_data)
{
  ((Side *) user_data)->n_heard++;
}

static gboolean
is (Side *side, SnugTransportState state)
{
  return snug_transport_get_state (SNUG_TRANSPORT (side->transport)) == state;
}

static void
make (Side *side, Side *other, SnugRelayPolicy relay)
{
  SnugPeerConnectionConfig config = { .relay = relay };

  side->other = other;
  side->transport = snug_ice_transport_new (g_main_context_default (), &config);
  side->first = g_object_ref (newest);
  snug_transport_set_receiver (SNUG_TRANSPORT (side->transport), on_datagram, side);
  g_signal_connect (side->transport, "local-candidate", G_CALLBACK (on_local_candidate), side);
}

static void
tell_credentials (Side *side)
{
  g_assert_true (snug_ice_transport_set_remote_credentials (side->other->transport,
                                                            snug_ice_transport_get_ufrag (side->transport),
                                                            snug_ice_transport_get_pwd (side->transport), NULL));
}

static void
exchange (Fixture *f)
{
  tell_credentials (&f->ours);
  tell_credentials (&f->theirs);
}

/* @data: our relay policy. */
static void
set_up (Fixture *f, gconstpointer data)
{
  make (&f->ours, &f->theirs, (SnugRelayPolicy) GPOINTER_TO_INT (data));
  make (&f->theirs, &f->ours, SNUG_RELAY_AUTOMATIC);
  g_assert_true (snug_ice_transport_start (f->ours.transport, TRUE, NULL));
  g_assert_true (snug_ice_transport_start (f->theirs.transport, FALSE, NULL));
  exchange (f);
  snug_await (NULL, is (&f->ours, SNUG_TRANSPORT_CONNECTED) && is (&f->theirs, SNUG_TRANSPORT_CONNECTED));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  Side *sides[] = { &f->ours, &f->theirs };

  are_all_relayed = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_signal_handlers_disconnect_by_data (sides[i]->transport, sides[i]);
      snug_transport_close (SNUG_TRANSPORT (sides[i]->transport));
      g_clear_object (&sides[i]->first);
    }
  g_clear_object (&newest);
  snug_await_idle (NULL);
  g_assert_finalize_object (f->ours.transport);
  g_assert_finalize_object (f->theirs.transport);
  snug_await_idle (NULL);
}

static void
restart (Side *side)
{
  g_assert_true (snug_ice_transport_restart (side->transport, NULL));
}

static void
move_and_restart (Side *side)
{
  snug_move ();
  restart (side);
}

/* Otherwise what carries does so until there is another way. */
static void
test_nothing_goes_round_a_proxy_that_came (Fixture *f, gconstpointer data)
{
  move_and_restart (&f->ours);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));

  snug_ice_transport_set_servers (f->ours.transport, NULL, TRUE);
  move_and_restart (&f->ours);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_DISCONNECTED));
}

/* It came where we were all the time. */
static void
test_a_proxy_may_come_without_a_move (Fixture *f, gconstpointer data)
{
  muted = NULL;
  snug_ice_transport_set_servers (f->ours.transport, NULL, TRUE);
  restart (&f->ours);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_DISCONNECTED));
  g_assert_true (muted == f->ours.first);
  g_assert_true (newest != f->ours.first && newest != f->theirs.first);   /* gathered anew */

  /* what was made with the proxy carries on */
  move_and_restart (&f->theirs);
  exchange (f);
  snug_await (NULL, is (&f->ours, SNUG_TRANSPORT_CONNECTED));
  move_and_restart (&f->ours);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
}

/* Whoever goes directly is seen anyway. */
static void
test_others_are_not_cut_by_a_proxy (Fixture *f, gconstpointer data)
{
  muted = NULL;
  snug_ice_transport_set_servers (f->ours.transport, NULL, TRUE);
  move_and_restart (&f->ours);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
  g_assert_null (muted);
}

/* libnice, of @agent's route. */
static void
say (NiceAgent *agent, NiceComponentState state)
{
  g_signal_emit_by_name (agent, "component-state-changed", 1, SNUG_ICE_COMPONENT, state);
}

static void
say_failed (NiceAgent *agent)
{
  say (agent, NICE_COMPONENT_STATE_FAILED);
}

/* They say something, so that consent may be renewed. */
static void
hear (Fixture *f)
{
  guint n_heard = f->ours.n_heard;

  g_assert_true (snug_transport_send (SNUG_TRANSPORT (f->theirs.transport), (const guint8 *) "!", 1));
  snug_await (NULL, f->ours.n_heard > n_heard);
}

static gboolean
is_elsewhere (Side *side, const SnugPeerConnectionInfo *before)
{
  SnugPeerConnectionInfo now;

  return snug_ice_transport_get_path (side->transport, &now) && !g_str_equal (now.local_address, before->local_address);
}

/* Both go over to routes of other agents. */
static void
go_elsewhere (Fixture *f)
{
  SnugPeerConnectionInfo ours, theirs;

  g_assert_true (snug_ice_transport_get_path (f->ours.transport, &ours));
  g_assert_true (snug_ice_transport_get_path (f->theirs.transport, &theirs));
  exchange (f);
  snug_await (NULL, is_elsewhere (&f->ours, &ours) && is_elsewhere (&f->theirs, &theirs));
}

/* How long nothing may be heard after a renewal. */
#define SILENCE_MS 7500

/* What was renewed on trust is no matter of the route that came after, which may be renewed once itself. */
static void
test_renewed_consent_is_of_its_route (Fixture *f, gconstpointer data)
{
  hear (f);
  move_and_restart (&f->theirs);
  restart (&f->ours);
  say_failed (f->ours.first);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
  go_elsewhere (f);
  snug_let_pass (SILENCE_MS);
  snug_await_idle (NULL);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));

  hear (f);
  say_failed (newest);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
}

/* libnice 0.1.21 does not survive it if a check of what has failed succeeds: so none of those that were is answered. */
static void
test_a_former_route_that_failed_checks_no_more (Fixture *f, gconstpointer data)
{
  move_and_restart (&f->theirs);
  restart (&f->ours);
  n_restarts = 0;
  say_failed (f->ours.first);   /* and nothing was heard */
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_DISCONNECTED));
  g_assert_true (n_restarts == 1 && restarted == f->ours.first);
}

/* It still hears what is under way. */
static void
test_a_former_route_that_fails_in_its_farewell (Fixture *f, gconstpointer data)
{
  move_and_restart (&f->theirs);
  restart (&f->ours);
  go_elsewhere (f);
  n_restarts = 0;
  say_failed (f->ours.first);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
  g_assert_true (n_restarts == 1 && restarted == f->ours.first);
}

/* How long it does. */
#define FAREWELL_MS 3000

/* Nobody listens to @agent any more. */
static gboolean
is_gone (NiceAgent *agent)
{
  n_restarts = 0;
  say_failed (agent);
  return n_restarts == 0;
}

static void
test_a_farewell_ends (Fixture *f, gconstpointer data)
{
  move_and_restart (&f->theirs);
  restart (&f->ours);
  go_elsewhere (f);
  snug_let_pass (FAREWELL_MS);
  snug_await_idle (NULL);
  g_assert_true (is_gone (f->ours.first));
  hear (f);
}

/* There are two routes at most: what carries now is kept, and what only heard is not. */
static void
test_a_restart_ends_a_farewell (Fixture *f, gconstpointer data)
{
  g_autoptr (GObject) second = NULL;

  move_and_restart (&f->theirs);
  restart (&f->ours);
  second = g_object_ref (G_OBJECT (newest));
  go_elsewhere (f);
  move_and_restart (&f->theirs);
  restart (&f->ours);
  g_assert_true (is_gone (f->ours.first));
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
  hear (f);

  go_elsewhere (f);
  g_assert_false (is_gone (NICE_AGENT (second)));
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));
  hear (f);
}

/* Consent that has expired does not come back (RFC 7675 section 5.1), whatever libnice says when another check of it ends. */
static void
test_a_route_that_was_given_up_is_not_ready (Fixture *f, gconstpointer data)
{
  say_failed (f->ours.first);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_DISCONNECTED));
  say (f->ours.first, NICE_COMPONENT_STATE_READY);
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_DISCONNECTED));

  restart (&f->ours);
  restart (&f->theirs);
  exchange (f);
  snug_await (NULL, is (&f->ours, SNUG_TRANSPORT_CONNECTED));
}

/* How long a first route is looked for. */
#define ROUTE_TIMEOUT_MS (30 * 1000)

/* @agent looks for a route in vain. Returns: it began to look once more */
static gboolean
looks_on (NiceAgent *agent)
{
  n_restarts = n_told = 0;
  say_failed (agent);
  /* in any case the checks that were are forgotten */
  g_assert_true (n_restarts == 1 && restarted == agent);
  return n_told > 0;
}

static void
test_a_hopeless_search_ends (Fixture *f, gconstpointer data)
{
  f->ours.is_mute = f->theirs.is_mute = TRUE;
  move_and_restart (&f->theirs);
  restart (&f->ours);
  exchange (f);
  g_assert_true (looks_on (newest));
  g_assert_true (looks_on (newest));
  snug_let_pass (ROUTE_TIMEOUT_MS);
  snug_await_idle (NULL);
  g_assert_false (looks_on (newest));
  g_assert_true (is (&f->ours, SNUG_TRANSPORT_CONNECTED));

  /* the next restart has all the time again */
  restart (&f->theirs);
  restart (&f->ours);
  exchange (f);
  g_assert_true (looks_on (newest));
}

/* A relay's route that has to wait for a better one, and is lost meanwhile, is looked for again, too. */
static void
test_a_route_that_waits_may_be_lost (Fixture *f, gconstpointer data)
{
  are_all_relayed = TRUE;
  move_and_restart (&f->theirs);
  restart (&f->ours);
  exchange (f);
  say (newest, NICE_COMPONENT_STATE_CONNECTED);
  g_assert_true (looks_on (newest));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, policy, func) \
  g_test_add ("/ice-transport/" name, Fixture, GINT_TO_POINTER (SNUG_RELAY_ ## policy), set_up, func, tear_down)
  ADD ("nothing-goes-round-a-proxy-that-came", ONLY, test_nothing_goes_round_a_proxy_that_came);
  ADD ("a-proxy-may-come-without-a-move", ONLY, test_a_proxy_may_come_without_a_move);
  ADD ("others-are-not-cut-by-a-proxy", AUTOMATIC, test_others_are_not_cut_by_a_proxy);
  ADD ("renewed-consent-is-of-its-route", AUTOMATIC, test_renewed_consent_is_of_its_route);
  ADD ("a-former-route-that-failed-checks-no-more", AUTOMATIC, test_a_former_route_that_failed_checks_no_more);
  ADD ("a-former-route-that-fails-in-its-farewell", AUTOMATIC, test_a_former_route_that_fails_in_its_farewell);
  ADD ("a-farewell-ends", AUTOMATIC, test_a_farewell_ends);
  ADD ("a-restart-ends-a-farewell", AUTOMATIC, test_a_restart_ends_a_farewell);
  ADD ("a-route-that-was-given-up-is-not-ready", AUTOMATIC, test_a_route_that_was_given_up_is_not_ready);
  ADD ("a-hopeless-search-ends", AUTOMATIC, test_a_hopeless_search_ends);
  ADD ("a-route-that-waits-may-be-lost", AUTOMATIC, test_a_route_that_waits_may_be_lost);
#undef ADD
  return g_test_run ();
}
