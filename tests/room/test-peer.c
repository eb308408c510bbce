/* A member whose hello does not come: its session is begun anew, and not for ever.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-member-private.h"
#include "snug-passing-time.h"
#include "snug-peer.h"

/* What snug-peer.c grants a session without a hello, and how many of them. */
#define PATIENCE_MS 10000
#define MAX_SILENT 3

/* A peer, and a bare link in the place of the member: it says nothing by itself. */
typedef struct
{
  SnugCertificate *certificates[2];   /* owned */
  SnugMember      *member;            /* owned */
  SnugPeer        *peer;              /* owned */
  SnugPeerLink    *mute;              /* owned */
} Fixture;

static void
on_peer_signal (SnugPeer *peer, SnugSignalMessage *message, Fixture *f)
{
  snug_peer_link_handle_signal (f->mute, message);
}

static void
on_mute_signal (SnugPeerLink *link, SnugSignalMessage *message, Fixture *f)
{
  snug_peer_link_handle_signal (snug_peer_get_link (f->peer), message);
}

/* @data: whether the peer is the one who offers */
static void
set_up (Fixture *f, gconstpointer data)
{
  const SnugPeerConnectionConfig config = { 0 };
  GMainContext *context = g_main_context_default ();
  gboolean offers = GPOINTER_TO_INT (data);

  for (guint i = 0; i < 2; i++)
    f->certificates[i] = snug_certificate_new (NULL);
  f->member = snug_member_new ("m2", 2);
  f->peer = snug_peer_new (f->member, context, f->certificates[0], &config, offers, "Ana",
                           SNUG_MEMBER_DEVICE_TERMINAL);
  f->mute = snug_peer_link_new (context, f->certificates[1], &config, !offers);
  g_signal_connect (f->peer, "signal", G_CALLBACK (on_peer_signal), f);
  g_signal_connect (f->mute, "signal", G_CALLBACK (on_mute_signal), f);
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
}

static void
say_hello (Fixture *f)
{
  g_autoptr (SnugWireMessage) hello = snug_wire_message_new (SNUG_WIRE_HELLO);

  hello->name = g_strdup ("Bo");
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
  say_hello (f);
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

#define ADD(name, func, offers) \
  g_test_add ("/peer/" name, Fixture, GINT_TO_POINTER (offers), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("session-without-hello-is-begun-anew-by-the-offerer", test_session_without_hello_is_begun_anew, TRUE);
  ADD ("session-without-hello-is-begun-anew-by-the-answerer", test_session_without_hello_is_begun_anew, FALSE);
  ADD ("silence-is-accepted-in-the-end-by-the-offerer", test_silence_is_accepted_in_the_end, TRUE);
  ADD ("silence-is-accepted-in-the-end-by-the-answerer", test_silence_is_accepted_in_the_end, FALSE);
  return g_test_run ();
}
