/* A member whose hello does not come, or comes again: ours is said again, a session is begun anew, and not for ever. And
 * one of whom nothing comes at all: a person is told, and nothing else happens.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-context.h"
#include "snug-member-private.h"
#include "snug-passing-time.h"
#include "snug-peer.h"

/* What snug-peer.c grants a session without a hello, and how many of them. */
#define PATIENCE_MS 10000
#define MAX_SILENT 3
/* When it says its own again, and how often because it hears one again. */
#define AGAIN_MS 1500
#define MAX_ANSWERS 2
/* How often it is looked whether anything comes, and after how many looks in vain a person is told. */
#define LOOK_MS 500
#define SILENT_AFTER 10
/* More is less often. */
#define PUMP_MS 1

/* A peer, and a bare link in the place of the member: it says nothing by itself. */
typedef struct
{
  SnugCertificate *certificates[2];   /* owned */
  SnugMember      *member;            /* owned */
  SnugPeer        *peer;              /* owned */
  SnugPeerLink    *mute;              /* owned */
  GMainContext    *there;             /* owned, nullable: the mute one's network */
  GSource         *pump;              /* owned, nullable: has it run */
  guint            n_hellos;          /* that the mute one heard */
  guint            n_pongs;
  guint            n_lost;
  guint            n_silences;
  guint            n_offers;          /* of the peer's */
} Fixture;

static void
on_peer_signal (SnugPeer *peer, SnugSignalMessage *message, Fixture *f)
{
  f->n_offers += message->type == SNUG_SIGNAL_OFFER;
  snug_peer_link_handle_signal (f->mute, message);
}

static void
on_mute_signal (SnugPeerLink *link, SnugSignalMessage *message, Fixture *f)
{
  snug_peer_link_handle_signal (snug_peer_get_link (f->peer), message);
}

static void
on_mute_message (SnugPeerLink *link, SnugWireMessage *message, Fixture *f)
{
  f->n_hellos += message->type == SNUG_WIRE_HELLO;
  f->n_pongs += message->type == SNUG_WIRE_PONG;
}

static void
on_lost (SnugPeer *peer, Fixture *f)
{
  f->n_lost++;
}

static void
on_silence (SnugPeer *peer, Fixture *f)
{
  f->n_silences++;
}

/* @data: whether the peer is the one who offers, and whether the mute one has a network of its own */
enum { OFFERS = 1, APART = 2 };

static gboolean
on_pump (gpointer data)
{
  snug_await_idle (data);
  return G_SOURCE_CONTINUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const SnugPeerConnectionConfig config = { 0 };
  GMainContext *context = g_main_context_default ();
  gboolean offers = (GPOINTER_TO_INT (data) & OFFERS) != 0;

  for (guint i = 0; i < 2; i++)
    f->certificates[i] = snug_certificate_new (NULL);
  f->member = snug_member_new ("m2", 2);
  f->peer = snug_peer_new (f->member, context, f->certificates[0], &config, offers, "Ana",
                           SNUG_MEMBER_DEVICE_TERMINAL);
  if (GPOINTER_TO_INT (data) & APART)
    {
      f->there = g_main_context_new ();
      f->pump = snug_context_timeout (context, PUMP_MS, on_pump, f->there);
    }
  f->mute = snug_peer_link_new (f->there != NULL ? f->there : context, f->certificates[1], &config, !offers);
  g_signal_connect (f->peer, "signal", G_CALLBACK (on_peer_signal), f);
  g_signal_connect (f->mute, "signal", G_CALLBACK (on_mute_signal), f);
  g_signal_connect (f->mute, "message", G_CALLBACK (on_mute_message), f);
  snug_peer_link_set_signaling (f->mute, TRUE);
  snug_peer_link_start (f->mute);
  snug_peer_start (f->peer, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (f->mute, f);
  g_signal_handlers_disconnect_by_data (f->peer, f);
  g_object_unref (f->peer);
  g_object_unref (f->mute);
  g_object_unref (f->member);
  for (guint i = 0; i < 2; i++)
    g_object_unref (f->certificates[i]);
  snug_await_idle (NULL);
  snug_clear_source (&f->pump);
  if (f->there != NULL)
    snug_await_idle (f->there);
  g_clear_pointer (&f->there, g_main_context_unref);
}

static void
say_hello (Fixture *f, const char *name)
{
  g_autoptr (SnugWireMessage) hello = snug_wire_message_new (SNUG_WIRE_HELLO);

  hello->name = g_strdup (name);
  g_assert_true (snug_peer_link_say (f->mute, hello));
}

/* Both ends of it are open, and the peer waits for a hello. */
static void
await_session (Fixture *f, guint number)
{
  SnugPeerLink *link = snug_peer_get_link (f->peer);

  snug_await (NULL, snug_peer_link_get_n_sessions (f->mute) == number
                      && snug_peer_link_get_state (f->mute) == SNUG_PEER_LINK_CONNECTED
                      && snug_peer_link_get_n_sessions (link) == number
                      && snug_peer_link_get_state (link) == SNUG_PEER_LINK_CONNECTED);
  g_assert_cmpint (snug_member_get_state (f->member), ==, SNUG_MEMBER_CONNECTING);
}

static void
assert_is_heard (Fixture *f)
{
  say_hello (f, "Bo");
  snug_await (NULL, snug_member_get_state (f->member) == SNUG_MEMBER_CONNECTED);
  g_assert_cmpstr (snug_member_get_name (f->member), ==, "Bo");
}

/* Seen once with a page on a busy machine: its channel was open, and nothing of it ever came. */
static void
test_session_without_hello_is_begun_anew (Fixture *f, gconstpointer data)
{
  await_session (f, 1);
  snug_let_pass (PATIENCE_MS);
  await_session (f, 2);
  assert_is_heard (f);

  /* and not because of the time alone */
  snug_let_pass (PATIENCE_MS);
  snug_await_idle (NULL);
  g_assert_cmpint (snug_peer_link_get_state (f->mute), ==, SNUG_PEER_LINK_CONNECTED);
  g_assert_cmpuint (snug_peer_link_get_n_sessions (f->mute), ==, 2);
}

/* Words come in order: with the answer to a ping all of its hellos before are here, too. */
static guint
count_hellos (Fixture *f)
{
  g_autoptr (SnugWireMessage) ping = snug_wire_message_new (SNUG_WIRE_PING);
  guint n_before = f->n_pongs;

  g_assert_true (snug_peer_link_say (f->mute, ping));
  snug_await (NULL, f->n_pongs > n_before);
  return f->n_hellos;
}

static void
test_hello_is_said_again_until_theirs_is_here (Fixture *f, gconstpointer data)
{
  guint n_said;

  await_session (f, 1);
  for (guint n = 1; n <= 3; n++)
    {
      snug_await (NULL, f->n_hellos >= n);
      snug_let_pass (AGAIN_MS);
    }
  snug_await (NULL, f->n_hellos >= 4);

  assert_is_heard (f);
  n_said = count_hellos (f);
  snug_let_pass (AGAIN_MS);
  snug_await_idle (NULL);
  g_assert_cmpuint (count_hellos (f), ==, n_said);
}

/* Who says it again has not heard ours; two that answered each other would never end. */
static void
test_hello_that_comes_again_is_answered_twice (Fixture *f, gconstpointer data)
{
  guint n_said;

  await_session (f, 1);
  assert_is_heard (f);
  n_said = count_hellos (f);
  for (guint n = 1; n <= MAX_ANSWERS; n++)
    {
      say_hello (f, "Bo");
      g_assert_cmpuint (count_hellos (f), ==, n_said + n);
    }
  say_hello (f, "Bo");
  g_assert_cmpuint (count_hellos (f), ==, n_said + MAX_ANSWERS);
}

static void
test_new_name_is_no_question (Fixture *f, gconstpointer data)
{
  guint n_said;

  await_session (f, 1);
  assert_is_heard (f);
  n_said = count_hellos (f);
  say_hello (f, "Bea");
  g_assert_cmpuint (count_hellos (f), ==, n_said);
  g_assert_cmpstr (snug_member_get_name (f->member), ==, "Bea");
}

/* Who wants to be silent may be, and is not asked for ever. */
static void
test_silence_is_accepted_in_the_end (Fixture *f, gconstpointer data)
{
  for (guint i = 1; i <= MAX_SILENT; i++)
    {
      await_session (f, i);
      snug_let_pass (PATIENCE_MS);
    }
  await_session (f, MAX_SILENT + 1);
  snug_let_pass (PATIENCE_MS);
  snug_await_idle (NULL);
  assert_is_heard (f);
  g_assert_cmpuint (snug_peer_link_get_n_sessions (f->mute), ==, MAX_SILENT + 1);
}

static void
look (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      snug_let_pass (LOOK_MS);
      snug_await_idle (NULL);
    }
}

/* As a computer that is without power from one moment to the next. Nothing ends by our saying so, and what is said
 * meanwhile is there afterwards. */
static void
test_silence_is_told_and_ends_nothing (Fixture *f, gconstpointer data)
{
  SnugPeerLink *link = snug_peer_get_link (f->peer);
  guint n_hellos;

  await_session (f, 1);
  assert_is_heard (f);
  g_signal_connect (f->peer, "lost", G_CALLBACK (on_lost), f);
  g_signal_connect (f->peer, "silence", G_CALLBACK (on_silence), f);
  n_hellos = f->n_hellos;

  snug_clear_source (&f->pump);
  look (SILENT_AFTER + 1);   /* the first may have heard something */
  g_assert_cmpint (snug_member_get_state (f->member), ==, SNUG_MEMBER_RECONNECTING);
  g_assert_false (snug_peer_is_heard (f->peer));
  snug_peer_set_own_name (f->peer, "Anna");

  f->pump = snug_context_timeout (NULL, PUMP_MS, on_pump, f->there);
  snug_await (NULL, f->n_hellos > n_hellos);
  snug_await (NULL, (look (1), snug_member_get_state (f->member) == SNUG_MEMBER_CONNECTED));
  g_assert_true (snug_peer_is_heard (f->peer));
  g_assert_cmpuint (f->n_silences, ==, 2);
  g_assert_cmpuint (f->n_lost, ==, 0);
  g_assert_cmpuint (snug_peer_link_get_n_sessions (link), ==, 1);
}

/* "Try Now" in a silence: a new way to the member is asked for, and the old one stays, in case that it carries after all.
 * While the member is heard there is nothing to try. */
static void
test_silence_is_tried_to_be_mended (Fixture *f, gconstpointer data)
{
  SnugPeerLink *link = snug_peer_get_link (f->peer);

  await_session (f, 1);
  assert_is_heard (f);
  snug_peer_link_retry (link);
  snug_await_idle (NULL);
  g_assert_cmpuint (f->n_offers, ==, 1);

  snug_clear_source (&f->pump);
  look (SILENT_AFTER + 1);   /* the first may have heard something */
  g_assert_true (snug_peer_link_is_silent (link));
  snug_peer_link_retry (link);
  snug_await (NULL, f->n_offers == 2);
  g_assert_cmpint (snug_peer_link_get_state (link), ==, SNUG_PEER_LINK_CONNECTED);

  f->pump = snug_context_timeout (NULL, PUMP_MS, on_pump, f->there);
  snug_await (NULL, (look (1), !snug_peer_link_is_silent (link)));
  assert_is_heard (f);
  g_assert_cmpuint (snug_peer_link_get_n_sessions (link), ==, 1);
}

#define ADD(name, func, flags) \
  g_test_add ("/peer/" name, Fixture, GINT_TO_POINTER (flags), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("session-without-hello-is-begun-anew-by-the-offerer", test_session_without_hello_is_begun_anew, TRUE);
  ADD ("session-without-hello-is-begun-anew-by-the-answerer", test_session_without_hello_is_begun_anew, FALSE);
  ADD ("hello-is-said-again-until-theirs-is-here-by-the-offerer", test_hello_is_said_again_until_theirs_is_here, TRUE);
  ADD ("hello-is-said-again-until-theirs-is-here-by-the-answerer", test_hello_is_said_again_until_theirs_is_here, FALSE);
  ADD ("hello-that-comes-again-is-answered-twice", test_hello_that_comes_again_is_answered_twice, TRUE);
  ADD ("new-name-is-no-question", test_new_name_is_no_question, TRUE);
  ADD ("silence-is-accepted-in-the-end-by-the-offerer", test_silence_is_accepted_in_the_end, TRUE);
  ADD ("silence-is-accepted-in-the-end-by-the-answerer", test_silence_is_accepted_in_the_end, FALSE);
  ADD ("silence-is-told-and-ends-nothing", test_silence_is_told_and_ends_nothing, OFFERS | APART);
  ADD ("silence-is-tried-to-be-mended", test_silence_is_tried_to_be_mended, OFFERS | APART);
  return g_test_run ();
}
