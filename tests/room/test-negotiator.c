/* Offers and answers of a pair, and what happens when one of the two begins anew.
 *
 * Everything runs in the one context of the test, which plays the network's.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-json.h"
#include "snug-moving.h"
#include "snug-negotiator-private.h"
#include "snug-passing-time.h"
#include "snug-wire.h"

#include <string.h>

typedef struct _Side Side;

struct _Side
{
  SnugNegotiator  *negotiator;   /* owned */
  SnugCertificate *certificate;  /* owned */
  Side            *other;        /* borrowed; NULL: what is said gets lost */
  guint            n_offers;
  guint            n_asked;      /* for an offer */
  guint            n_opened;
  guint            n_said;
  char            *last_text;
  SnugSignalType   swallow;      /* this type gets lost */
  gboolean         hides;        /* names no address */
  gboolean         misleads;     /* its next answer names a port that it does not listen on */
  const char      *features;     /* JSON of what its caps say instead; NULL: as they are */
  gboolean         no_stripes;   /* as a person wants it; when it is made */
  gboolean         is_old;       /* says nothing that makes version 2 */
  SnugSignalMessage *swallowed;  /* owned: the last of them */
};

typedef struct
{
  Side offerer;
  Side answerer;
} Fixture;

typedef struct
{
  Side              *to;
  SnugNegotiator    *negotiator;
  SnugSignalMessage *message;
} Delivery;

static gboolean
deliver (gpointer data)
{
  Delivery *delivery = data;

  /* unless it has been replaced meanwhile */
  if (delivery->to->negotiator != NULL)
    snug_negotiator_handle_signal (delivery->to->negotiator, delivery->message);
  return G_SOURCE_REMOVE;
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  snug_signal_message_unref (delivery->message);
  g_free (delivery);
}

static void
mislead (SnugSignalMessage *answer)
{
  g_auto (GStrv) parts = g_strsplit (answer->sdp, "a=sctp-port:5000", 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_free (answer->sdp);
  answer->sdp = g_strjoinv ("a=sctp-port:5001", parts);
}

static void
hide_addresses (SnugSignalMessage *description)
{
  g_autoptr (GRegex) candidates = g_regex_new ("a=candidate:[^\r]*\r\n", 0, 0, NULL);
  char *hidden = g_regex_replace_literal (candidates, description->sdp, -1, 0, "", 0, NULL);

  g_free (description->sdp);
  description->sdp = hidden;
}

static void
say_other_features (SnugSignalMessage *description, const char *features)
{
  g_autofree char *caps = g_strdup_printf ("{\"v\":2,\"features\":%s}", features);

  g_clear_pointer (&description->caps, json_object_unref);
  description->caps = snug_json_parse (caps, strlen (caps), 4096, NULL);
  g_assert_nonnull (description->caps);
}

static void
on_signal (SnugNegotiator *negotiator, SnugSignalMessage *message, Side *side)
{
  Delivery *delivery;

  side->n_said++;
  side->n_offers += message->type == SNUG_SIGNAL_OFFER;
  side->n_asked += message->type == SNUG_SIGNAL_RESTART;
  if (side->is_old)
    g_clear_pointer (&message->caps, json_object_unref);
  if (message->type == side->swallow)
    {
      g_clear_pointer (&side->swallowed, snug_signal_message_unref);
      side->swallowed = snug_signal_message_ref (message);
    }
  if (side->other == NULL || message->type == side->swallow
      || (side->hides && message->type == SNUG_SIGNAL_ICE_CANDIDATE))
    return;
  if (side->hides && message->sdp != NULL)
    hide_addresses (message);
  if (side->misleads && message->type == SNUG_SIGNAL_ANSWER)
    {
      side->misleads = FALSE;
      mislead (message);
    }
  if (side->features != NULL && message->caps != NULL)
    say_other_features (message, side->features);
  delivery = g_new0 (Delivery, 1);
  delivery->to = side->other;
  delivery->message = snug_signal_message_ref (message);
  g_idle_add_full (G_PRIORITY_DEFAULT, deliver, delivery, delivery_free);
}

/* The message is ours. */
static void
on_message (SnugNegotiator *negotiator, SnugWireMessage *message, Side *side)
{
  g_free (side->last_text);
  side->last_text = g_strdup (message->text);
  snug_wire_message_free (message);
}

static void
on_opened (SnugNegotiator *negotiator, Side *side)
{
  side->n_opened++;
}

static void
make (Side *side, gboolean offerer)
{
  SnugPeerConnectionConfig config = { .no_stripes = side->no_stripes };

  g_clear_object (&side->certificate);
  side->certificate = snug_certificate_new (NULL);
  side->negotiator = snug_negotiator_new (g_main_context_default (), side->certificate, &config, offerer);
  g_signal_connect (side->negotiator, "signal", G_CALLBACK (on_signal), side);
  g_signal_connect (side->negotiator, "message", G_CALLBACK (on_message), side);
  g_signal_connect (side->negotiator, "session-opened", G_CALLBACK (on_opened), side);
  snug_negotiator_set_signaling (side->negotiator, TRUE);
}

static void
drop (Side *side)
{
  if (side->negotiator == NULL)
    return;
  g_signal_handlers_disconnect_by_data (side->negotiator, side);
  snug_negotiator_close (side->negotiator);
  g_clear_object (&side->negotiator);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->offerer.other = &f->answerer;
  f->answerer.other = &f->offerer;
  f->offerer.swallow = f->answerer.swallow = SNUG_SIGNAL_UNKNOWN;
  make (&f->offerer, TRUE);
  make (&f->answerer, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  Side *sides[] = { &f->offerer, &f->answerer };

  for (guint i = 0; i < 2; i++)
    {
      drop (sides[i]);
      g_clear_object (&sides[i]->certificate);
      g_clear_pointer (&sides[i]->swallowed, snug_signal_message_unref);
      g_free (sides[i]->last_text);
    }
  snug_await_idle (NULL);
}

static gsize
packet_bytes_of (Side *side)
{
  SnugPeerLinkStatus status;

  snug_negotiator_get_status (side->negotiator, &status);
  snug_peer_link_status_clear (&status);
  return status.info.packet_bytes;
}

static SnugPeerLinkState
state_of (Side *side)
{
  SnugPeerLinkStatus status;

  snug_negotiator_get_status (side->negotiator, &status);
  snug_peer_link_status_clear (&status);
  return status.state;
}

static SnugPeerConnectionStage
stage_of (Side *side)
{
  SnugPeerLinkStatus status;

  snug_negotiator_get_status (side->negotiator, &status);
  snug_peer_link_status_clear (&status);
  return status.stage;
}

static gboolean
are_connected (Fixture *f)
{
  return state_of (&f->offerer) == SNUG_PEER_LINK_CONNECTED && state_of (&f->answerer) == SNUG_PEER_LINK_CONNECTED;
}

static void
meet (Fixture *f)
{
  snug_negotiator_start (f->offerer.negotiator);
  snug_negotiator_start (f->answerer.negotiator);
  snug_await (NULL, are_connected (f));
}

static void
assert_talks (Fixture *f, const char *text)
{
  g_autoptr (SnugWireMessage) chat = snug_wire_message_new (SNUG_WIRE_CHAT);

  chat->id = g_strdup ("c");
  chat->text = g_strdup (text);
  snug_negotiator_say (f->offerer.negotiator, chat);
  snug_await (NULL, g_strcmp0 (f->answerer.last_text, text) == 0);
  snug_negotiator_say (f->answerer.negotiator, chat);
  snug_await (NULL, g_strcmp0 (f->offerer.last_text, text) == 0);
}

static void
ask_restart (Side *to, guint64 neg)
{
  g_autoptr (SnugSignalMessage) restart = snug_signal_message_new (SNUG_SIGNAL_RESTART);

  restart->neg = neg;
  snug_negotiator_handle_signal (to->negotiator, restart);
}

static void
test_meet (Fixture *f, gconstpointer data)
{
  meet (f);
  assert_talks (f, "hi");
  g_assert_cmpuint (f->offerer.n_offers, ==, 1);
  g_assert_cmpuint (f->answerer.n_offers, ==, 0);
}

/* Between two that know of it the path is looked at; what else they may know is no matter. */
static void
test_packets_grow_between_two_of_ours (Fixture *f, gconstpointer data)
{
  f->answerer.features = "[7,\"something\",\"bulk\"]";
  meet (f);
  snug_await (NULL, packet_bytes_of (&f->offerer) > 1188 && packet_bytes_of (&f->answerer) > 1188);
}

/* An older Snug, a browser, or nonsense. */
static void
test_packets_stay_with_others (Fixture *f, gconstpointer data)
{
  static const char *const features[] = {
    "[]", "{\"bulk\":true}", "\"bulk\"", "[\"bulky\",\"bul\",7,[\"bulk\"],{}]",
    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,\"bulk\"]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      f->answerer.features = features[i];
      meet (f);
      assert_talks (f, features[i]);
      g_assert_cmpuint (packet_bytes_of (&f->offerer), ==, 1188);
      drop (&f->offerer);
      drop (&f->answerer);
      make (&f->offerer, TRUE);
      make (&f->answerer, FALSE);
    }
}

/* Both have to want it, and to know what it is about. */
static void
test_several_associations_where_both_want_them (Fixture *f, gconstpointer data)
{
  static const struct { gboolean unwanted; const char *features; gboolean is_allowed; } cases[] = {
    { FALSE, NULL, TRUE }, { TRUE, NULL, FALSE }, { FALSE, "[\"bulk\"]", FALSE },
    { FALSE, "[\"stripe\",\"bulk\",\"stripes \"]", FALSE }, { FALSE, "[\"stripes\",\"bulk\"]", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      drop (&f->offerer);
      drop (&f->answerer);
      f->offerer.no_stripes = cases[i].unwanted;
      f->answerer.features = cases[i].features;
      make (&f->offerer, TRUE);
      make (&f->answerer, FALSE);
      meet (f);
      g_assert_cmpint (snug_peer_connection_may_stripe (f->offerer.negotiator->connection), ==, cases[i].is_allowed);
      /* who answers is told the other's own words */
      g_assert_cmpint (snug_peer_connection_may_stripe (f->answerer.negotiator->connection), ==, !cases[i].unwanted);
    }
}

/* More than SCTP takes to give up, and less than the negotiator. */
#define PATIENCE_S 30

/* There is a route, and what stands on it does not come up: that is bad luck, not the end. */
static void
test_what_fails_on_a_route_is_tried_again (Fixture *f, gconstpointer data)
{
  f->answerer.misleads = TRUE;
  snug_negotiator_start (f->offerer.negotiator);
  snug_negotiator_start (f->answerer.negotiator);
  snug_await (NULL, stage_of (&f->offerer) == SNUG_PEER_CONNECTION_STAGE_VERIFIED
                      && stage_of (&f->answerer) == SNUG_PEER_CONNECTION_STAGE_VERIFIED);
  g_assert_false (f->answerer.misleads);
  for (guint i = 0; i < PATIENCE_S && f->offerer.n_offers < 2; i++)
    {
      snug_let_pass (1000);
      snug_await_idle (NULL);
    }
  g_assert_cmpuint (f->offerer.n_offers, ==, 2);
  snug_await (NULL, are_connected (f));
  assert_talks (f, "the second time");
}

/* What a browser takes until it gives up a connection; and two of those are longer than a first route is looked for. */
#define BROWSER_MS (15 * 1000)

static void
pass_without_a_route (Fixture *f)
{
  snug_await (NULL, stage_of (&f->offerer) == SNUG_PEER_CONNECTION_STAGE_ANSWERED
                      && stage_of (&f->answerer) == SNUG_PEER_CONNECTION_STAGE_ANSWERED);
  snug_let_pass (BROWSER_MS);
  snug_await_idle (NULL);
}

static void
assert_both_are (Fixture *f, SnugPeerLinkState state)
{
  g_assert_cmpint (state_of (&f->offerer), ==, state);
  g_assert_cmpint (state_of (&f->answerer), ==, state);
}

/* A page asks for another session when its browser has given up: a person is told in time all the same. */
static void
test_no_route_is_told_once_for_all_sessions (Fixture *f, gconstpointer data)
{
  f->offerer.swallow = f->answerer.swallow = SNUG_SIGNAL_ICE_CANDIDATE;
  snug_negotiator_start (f->offerer.negotiator);
  snug_negotiator_start (f->answerer.negotiator);
  pass_without_a_route (f);
  assert_both_are (f, SNUG_PEER_LINK_CONNECTING);

  ask_restart (&f->offerer, 0);
  g_assert_cmpuint (f->offerer.n_offers, ==, 2);
  pass_without_a_route (f);
  assert_both_are (f, SNUG_PEER_LINK_FAILED);

  /* who tries once more has all the time again */
  snug_negotiator_retry (f->offerer.negotiator);
  snug_await (NULL, f->offerer.n_offers == 3);
  pass_without_a_route (f);
  assert_both_are (f, SNUG_PEER_LINK_CONNECTING);
}

/* Restarts are answered once in this time only. */
#define SPACING_MS 1000

/* `restart {neg}` mends the route: the same session goes on. */
static void
test_restart_of_ice_keeps_the_session (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_let_pass (SPACING_MS);
  ask_restart (&f->offerer, 1);
  snug_await (NULL, f->offerer.n_offers == 2);
  assert_talks (f, "still here");
  g_assert_cmpuint (f->answerer.n_opened, ==, 1);
  g_assert_cmpint (f->offerer.negotiator->searching_us, ==, 0);   /* that is of the first route only */

  /* of an offer that is no longer in force: nothing */
  snug_let_pass (SPACING_MS);
  ask_restart (&f->offerer, 1);
  assert_talks (f, "and here");
  g_assert_cmpuint (f->offerer.n_offers, ==, 2);
}

static char *
dup_own_address (Side *side)
{
  SnugPeerLinkStatus status;

  snug_negotiator_get_status (side->negotiator, &status);
  snug_peer_link_status_clear (&status);
  return g_strdup (status.has_info ? status.info.local_address : "");
}

static void
check_that_side_moves (Fixture *f, Side *side)
{
  g_autofree char *before = NULL, *after = NULL;

  meet (f);
  before = dup_own_address (side);
  snug_let_pass (SPACING_MS);
  snug_move ();
  snug_set_cut_off (TRUE);
  snug_negotiator_check (side->negotiator);
  snug_set_cut_off (FALSE);
  g_assert_cmpint (state_of (side), ==, SNUG_PEER_LINK_RECONNECTING);

  snug_await (NULL, f->offerer.n_offers >= 2 && are_connected (f));
  assert_talks (f, "from elsewhere");
  g_assert_cmpuint (f->offerer.n_opened, ==, 1);
  g_assert_cmpuint (f->answerer.n_opened, ==, 1);
  after = dup_own_address (side);
  g_assert_cmpstr (after, !=, before);   /* of a socket that was made since */
}

/* Who has other addresses than before has to begin with those; the session goes on. */
static void
test_offerer_moves (Fixture *f, gconstpointer data)
{
  check_that_side_moves (f, &f->offerer);
}

static void
test_answerer_moves (Fixture *f, gconstpointer data)
{
  check_that_side_moves (f, &f->answerer);
}

/* An offer that is asked for right after the last one would not be made: it is asked for when it will be. */
static void
test_answerer_moves_at_once (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_move ();
  snug_set_cut_off (TRUE);
  snug_negotiator_check (f->answerer.negotiator);
  snug_set_cut_off (FALSE);
  snug_await_idle (NULL);
  snug_let_pass (SPACING_MS);
  snug_await (NULL, f->offerer.n_offers >= 2 && are_connected (f));
  g_assert_cmpuint (f->answerer.n_asked, ==, 1);
  assert_talks (f, "from elsewhere");
}

static gboolean
is_at (Side *side, const char *address)
{
  g_autofree char *now = dup_own_address (side);

  return g_str_equal (now, address);
}

static void
on_changed (SnugNegotiator *negotiator, guint *n_lost)
{
  SnugPeerLinkStatus status;

  snug_negotiator_get_status (negotiator, &status);
  *n_lost += status.state != SNUG_PEER_LINK_CONNECTED;
  snug_peer_link_status_clear (&status);
}

/* How long what is under way on the former route is still heard. */
#define FAREWELL_MS 3000

/* An address has come, as with a cable beside the radio: the way there was carries until there is one from the new address,
 * and nobody notices. */
static void
test_what_carries_does_so_until_there_is_another_way (Fixture *f, gconstpointer data)
{
  g_autofree char *offerer_before = NULL, *answerer_before = NULL;
  guint n_lost = 0;

  meet (f);
  offerer_before = dup_own_address (&f->offerer);
  answerer_before = dup_own_address (&f->answerer);
  g_signal_connect (f->offerer.negotiator, "changed", G_CALLBACK (on_changed), &n_lost);
  g_signal_connect (f->answerer.negotiator, "changed", G_CALLBACK (on_changed), &n_lost);
  snug_let_pass (SPACING_MS);
  snug_move ();
  ask_restart (&f->offerer, 1);
  assert_talks (f, "on the way");
  snug_await (NULL, !is_at (&f->offerer, offerer_before) && !is_at (&f->answerer, answerer_before));
  assert_talks (f, "from elsewhere");
  snug_let_pass (FAREWELL_MS);
  snug_await_idle (NULL);
  assert_talks (f, "from there alone");
  g_assert_cmpuint (n_lost, ==, 0);
  g_assert_cmpuint (f->offerer.n_opened, ==, 1);
  g_signal_handlers_disconnect_by_data (f->offerer.negotiator, &n_lost);
  g_signal_handlers_disconnect_by_data (f->answerer.negotiator, &n_lost);
}

/* What a member of version 1 has until another session is begun with it. */
#define OLD_PATIENCE_MS (15 * 1000)

/* It was not heard, and is there after all: the restart of ICE is answered, and leads from a route to a route. */
static void
test_what_was_in_doubt_goes_on (Fixture *f, gconstpointer data)
{
  f->answerer.is_old = TRUE;
  snug_negotiator_set_version (f->offerer.negotiator, 1);
  meet (f);
  for (guint i = 2; i <= 3; i++)
    {
      snug_negotiator_enter (f->offerer.negotiator, SNUG_PEER_LINK_RECONNECTING, NULL);
      f->answerer.swallow = SNUG_SIGNAL_ANSWER;
      snug_negotiator_renew (f->offerer.negotiator);
      g_assert_cmpuint (f->offerer.n_offers, ==, i);
      snug_await (NULL, f->answerer.swallowed != NULL);
      /* of whoever does not answer nothing is known */
      g_signal_emit_by_name (f->offerer.negotiator->connection, "path-changed");
      g_assert_cmpint (state_of (&f->offerer), ==, SNUG_PEER_LINK_RECONNECTING);

      f->answerer.swallow = SNUG_SIGNAL_UNKNOWN;
      snug_negotiator_handle_signal (f->offerer.negotiator, f->answerer.swallowed);
      g_clear_pointer (&f->answerer.swallowed, snug_signal_message_unref);
      snug_await (NULL, are_connected (f));
      snug_move ();   /* the next time the way is another agent's */
    }
  snug_let_pass (OLD_PATIENCE_MS);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->offerer.n_offers, ==, 3);
  g_assert_cmpuint (f->offerer.n_opened, ==, 1);
  g_assert_true (are_connected (f));
}

/* "Try Now" in a silence of a member of version 1: one offer, which waits for its answer like any other. */
static void
test_a_silent_member_of_old_is_asked_once (Fixture *f, gconstpointer data)
{
  f->answerer.is_old = TRUE;
  snug_negotiator_set_version (f->offerer.negotiator, 1);
  meet (f);
  f->offerer.negotiator->is_silent = TRUE;
  snug_negotiator_retry (f->offerer.negotiator);
  snug_let_pass (1);
  snug_await (NULL, are_connected (f));
  snug_await_idle (NULL);
  g_assert_cmpuint (f->offerer.n_offers, ==, 2);
  g_assert_cmpuint (f->offerer.n_opened, ==, 1);
}

/* What a restart has found no way with in this time is gathered once more, a little later each time. */
#define NEXT_RESTART_S 60

/* The restart is answered, and leads nowhere: as where the only relay is away. When it is back it is found. */
static void
test_a_restart_in_vain_is_followed_by_another (Fixture *f, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL;

  meet (f);
  before = dup_own_address (&f->offerer);
  f->offerer.hides = f->answerer.hides = TRUE;
  snug_peer_connection_lose_route (f->offerer.negotiator->connection);
  snug_peer_connection_lose_route (f->answerer.negotiator->connection);
  snug_let_pass (SPACING_MS);
  snug_await (NULL, f->answerer.negotiator->neg == 2);
  snug_await_idle (NULL);   /* and the last address is hidden */

  f->offerer.hides = f->answerer.hides = FALSE;
  for (guint i = 0; i < NEXT_RESTART_S && f->offerer.n_offers < 3; i++)
    {
      snug_let_pass (1000);
      snug_await_idle (NULL);
    }
  g_assert_cmpuint (f->offerer.n_offers, >=, 3);   /* if both are due, it may be asked for one more */
  snug_await (NULL, are_connected (f));
  assert_talks (f, "in the end");
  g_assert_cmpuint (f->offerer.n_opened, ==, 1);
  after = dup_own_address (&f->offerer);
  g_assert_cmpstr (after, !=, before);   /* gathered since */
}

/* What the network check allows a member for a sign of life, at most. */
#define CHECK_MS 3000

/* After a sleep, or where an address came that we do not use: what carries is left alone. */
static void
test_what_carries_is_left_alone (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_move ();
  snug_negotiator_check (f->offerer.negotiator);
  snug_negotiator_check (f->answerer.negotiator);
  snug_let_pass (1000);
  assert_talks (f, "here");
  assert_talks (f, "and there");
  snug_let_pass (CHECK_MS);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->offerer.n_offers, ==, 1);
  g_assert_true (are_connected (f));
}

/* Asked again at once, as a hostile member would: one offer a second at most. */
static void
test_restarts_are_spaced (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_let_pass (SPACING_MS);
  for (guint i = 0; i < 100; i++)
    ask_restart (&f->offerer, 0);
  snug_await (NULL, f->answerer.n_opened == 2);
  g_assert_cmpuint (f->offerer.n_offers, ==, 2);
  assert_talks (f, "calm");
}

/* A page that was reloaded has no session any more: it asks for a new one and gets it. */
static void
test_answerer_comes_back_without_its_session (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_let_pass (SPACING_MS);
  drop (&f->answerer);
  make (&f->answerer, FALSE);
  snug_negotiator_start (f->answerer.negotiator);
  ask_restart (&f->offerer, 0);
  snug_await (NULL, f->answerer.n_opened == 2 && are_connected (f));
  assert_talks (f, "back");
}

/* Signaling was away: the answer to the first offer waited, and comes when a second session has begun, whose
 * offers are counted from 1 as well. */
static void
test_answer_to_an_earlier_offer_is_not_taken (Fixture *f, gconstpointer data)
{
  f->answerer.swallow = SNUG_SIGNAL_ANSWER;
  snug_negotiator_start (f->offerer.negotiator);
  snug_negotiator_start (f->answerer.negotiator);
  snug_await (NULL, f->answerer.swallowed != NULL);

  f->answerer.swallow = SNUG_SIGNAL_UNKNOWN;
  snug_let_pass (SPACING_MS);
  ask_restart (&f->offerer, 0);
  g_assert_cmpuint (f->offerer.n_offers, ==, 2);
  snug_negotiator_handle_signal (f->offerer.negotiator, f->answerer.swallowed);
  snug_await (NULL, are_connected (f));
  assert_talks (f, "in the second session");
}

static void
test_offerer_comes_back_without_its_session (Fixture *f, gconstpointer data)
{
  meet (f);
  drop (&f->offerer);
  make (&f->offerer, TRUE);
  f->offerer.n_offers = 0;
  snug_negotiator_start (f->offerer.negotiator);
  snug_await (NULL, f->offerer.n_opened == 2 && are_connected (f));
  g_assert_cmpuint (f->offerer.n_offers, ==, 1);
  assert_talks (f, "back");
}

/* The answerer's page is gone for good and does not ask: the offerer finds out by itself. */
static void
test_offerer_finds_out_by_itself (Fixture *f, gconstpointer data)
{
  meet (f);
  drop (&f->answerer);
  make (&f->answerer, FALSE);
  snug_negotiator_start (f->answerer.negotiator);
  snug_await (NULL, f->answerer.n_opened == 2 && are_connected (f));
  assert_talks (f, "found");
}

#define INVENTED "candidate:1 1 UDP 1 192.0.2.1 9 typ host"

static int n_invented;   /* that the connection was told of; atomic */

gboolean __real_snug_peer_connection_add_remote_candidate (SnugPeerConnection *self, const char *candidate, GError **error);
gboolean __wrap_snug_peer_connection_add_remote_candidate (SnugPeerConnection *self, const char *candidate, GError **error);

gboolean
__wrap_snug_peer_connection_add_remote_candidate (SnugPeerConnection *self, const char *candidate, GError **error)
{
  if (g_strcmp0 (candidate, INVENTED) == 0)
    g_atomic_int_inc (&n_invented);
  return __real_snug_peer_connection_add_remote_candidate (self, candidate, error);
}

static void
test_candidates_before_the_offer_wait (Fixture *f, gconstpointer data)
{
  g_autoptr (SnugSignalMessage) early = snug_signal_message_new (SNUG_SIGNAL_ICE_CANDIDATE);

  early->neg = 1;
  early->candidate = g_strdup (INVENTED);
  for (guint i = 0; i < 101; i++)
    snug_negotiator_handle_signal (f->answerer.negotiator, early);
  g_atomic_int_set (&n_invented, 0);
  meet (f);
  g_assert_cmpint (g_atomic_int_get (&n_invented), ==, 100);
  assert_talks (f, "hi");
}

/* What is said while signaling is away is made again when it is back. */
static void
test_signaling_comes_late (Fixture *f, gconstpointer data)
{
  snug_negotiator_set_signaling (f->offerer.negotiator, FALSE);
  snug_negotiator_start (f->offerer.negotiator);
  snug_negotiator_start (f->answerer.negotiator);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->offerer.n_said, ==, 0);
  snug_negotiator_set_signaling (f->offerer.negotiator, TRUE);
  snug_await (NULL, are_connected (f));
  assert_talks (f, "at last");
}

/* The session that there is goes on until another can be begun. */
static void
test_a_new_session_waits_for_signaling (Fixture *f, gconstpointer data)
{
  meet (f);
  snug_negotiator_set_signaling (f->offerer.negotiator, FALSE);
  snug_negotiator_begin_anew (f->offerer.negotiator);
  assert_talks (f, "in the first session");
  g_assert_cmpuint (f->offerer.n_offers, ==, 1);
  snug_negotiator_set_signaling (f->offerer.negotiator, TRUE);
  snug_await (NULL, f->answerer.n_opened == 2 && are_connected (f));
  assert_talks (f, "in the second");

  snug_let_pass (SPACING_MS);
  snug_negotiator_set_signaling (f->answerer.negotiator, FALSE);
  snug_negotiator_begin_anew (f->answerer.negotiator);
  assert_talks (f, "in the second still");
  snug_negotiator_set_signaling (f->answerer.negotiator, TRUE);
  snug_await (NULL, f->answerer.n_opened == 3 && are_connected (f));
  assert_talks (f, "in the third");
  g_assert_cmpuint (f->offerer.n_offers, ==, 3);
}

static void
test_nonsense_from_the_server_is_dropped (Fixture *f, gconstpointer data)
{
  static const SnugSignalType types[] = { SNUG_SIGNAL_OFFER, SNUG_SIGNAL_ANSWER, SNUG_SIGNAL_ICE_CANDIDATE };
  static const char *const texts[] = { "", "v=0", "v=0\r\nm=audio 9 RTP/AVP 0\r\n", "\r\n\r\n", "candidate:" };

  for (guint t = 0; t < G_N_ELEMENTS (types); t++)
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
      for (guint neg = 0; neg < 3; neg++)
        {
          g_autoptr (SnugSignalMessage) message = snug_signal_message_new (types[t]);

          message->sdp = g_strdup (texts[i]);
          message->candidate = g_strdup (texts[i]);
          message->neg = neg;
          snug_negotiator_handle_signal (f->offerer.negotiator, message);
          snug_negotiator_handle_signal (f->answerer.negotiator, message);
        }
  meet (f);
  assert_talks (f, "hi");
}

typedef struct
{
  SnugDataChannel *channel;
  SnugFileStream  *stream;
  guint            n_calls;
  gboolean         destroyed;
} Got;

static void
on_channel (SnugDataChannel *channel, gpointer user_data)
{
  Got *got = user_data;

  got->n_calls++;
  g_set_object (&got->channel, channel);
}

static void
on_stream (SnugFileStream *stream, gpointer user_data)
{
  Got *got = user_data;

  got->n_calls++;
  g_set_object (&got->stream, stream);
}

static void
on_destroyed (gpointer data)
{
  ((Got *) data)->destroyed = TRUE;
}

static gboolean
is_closed (Got *got)
{
  return got->channel != NULL && snug_data_channel_get_state (got->channel) == SNUG_DATA_CHANNEL_CLOSED;
}

static void
test_files_are_expected_or_closed (Fixture *f, gconstpointer data)
{
  Got unasked = { 0 }, unknown = { 0 }, asked = { 0 }, here = { 0 }, never = { 0 };

  meet (f);
  snug_negotiator_open_channel (f->offerer.negotiator, "file", "unasked", on_channel, &unasked, NULL);
  snug_negotiator_open_channel (f->offerer.negotiator, "unknown", "asked", on_channel, &unknown, NULL);
  snug_await (NULL, is_closed (&unasked) && is_closed (&unknown));

  snug_negotiator_expect_file (f->answerer.negotiator, "asked", on_stream, &here, on_destroyed);
  snug_negotiator_expect_file (f->answerer.negotiator, "never", on_stream, &never, on_destroyed);
  snug_negotiator_open_file (f->offerer.negotiator, "asked", on_stream, &asked, on_destroyed);
  g_assert_nonnull (asked.stream);
  g_assert_true (asked.destroyed);
  snug_await (NULL, here.stream != NULL);
  g_assert_true (here.destroyed);
  g_assert_cmpuint (here.n_calls, ==, 1);

  /* what never came is told so at the end */
  g_assert_cmpuint (never.n_calls, ==, 0);
  snug_negotiator_close (f->answerer.negotiator);
  g_assert_cmpuint (never.n_calls, ==, 1);
  g_assert_null (never.stream);
  g_assert_true (never.destroyed);

  g_clear_object (&unasked.channel);
  g_clear_object (&unknown.channel);
  g_clear_object (&asked.stream);
  g_clear_object (&here.stream);
}

#define ADD(name, func) g_test_add ("/negotiator/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("meet", test_meet);
  ADD ("packets-grow-between-two-of-ours", test_packets_grow_between_two_of_ours);
  ADD ("packets-stay-with-others", test_packets_stay_with_others);
  ADD ("several-associations-where-both-want-them", test_several_associations_where_both_want_them);
  ADD ("what-fails-on-a-route-is-tried-again", test_what_fails_on_a_route_is_tried_again);
  ADD ("no-route-is-told-once-for-all-sessions", test_no_route_is_told_once_for_all_sessions);
  ADD ("restart-of-ice-keeps-the-session", test_restart_of_ice_keeps_the_session);
  ADD ("offerer-moves", test_offerer_moves);
  ADD ("answerer-moves", test_answerer_moves);
  ADD ("answerer-moves-at-once", test_answerer_moves_at_once);
  ADD ("what-carries-does-so-until-there-is-another-way", test_what_carries_does_so_until_there_is_another_way);
  ADD ("what-was-in-doubt-goes-on", test_what_was_in_doubt_goes_on);
  ADD ("a-silent-member-of-old-is-asked-once", test_a_silent_member_of_old_is_asked_once);
  ADD ("a-restart-in-vain-is-followed-by-another", test_a_restart_in_vain_is_followed_by_another);
  ADD ("what-carries-is-left-alone", test_what_carries_is_left_alone);
  ADD ("restarts-are-spaced", test_restarts_are_spaced);
  ADD ("answerer-comes-back-without-its-session", test_answerer_comes_back_without_its_session);
  ADD ("answer-to-an-earlier-offer-is-not-taken", test_answer_to_an_earlier_offer_is_not_taken);
  ADD ("offerer-comes-back-without-its-session", test_offerer_comes_back_without_its_session);
  ADD ("offerer-finds-out-by-itself", test_offerer_finds_out_by_itself);
  ADD ("candidates-before-the-offer-wait", test_candidates_before_the_offer_wait);
  ADD ("signaling-comes-late", test_signaling_comes_late);
  ADD ("a-new-session-waits-for-signaling", test_a_new_session_waits_for_signaling);
  ADD ("nonsense-from-the-server-is-dropped", test_nonsense_from_the_server_is_dropped);
  ADD ("files-are-expected-or-closed", test_files_are_expected_or_closed);
  return g_test_run ();
}
