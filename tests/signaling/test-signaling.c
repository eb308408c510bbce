/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-fake-signaling.h"

/* What one member heard, as "type:peer" words. */
typedef struct
{
  SnugSignaling *signaling;    /* owned */
  GString       *heard;        /* owned */
} Member;

static void
on_message (SnugSignaling *signaling, SnugSignalMessage *message, gpointer data)
{
  GString *heard = data;
  const char *who = message->from != NULL ? message->from
                    : message->self != NULL ? message->self : message->peer;

  g_string_append_printf (heard, "%s%s:%s%s", heard->len > 0 ? " " : "", message->type_name, who,
                          message->resumed ? "+" : "");
}

static Member
make_member (SnugFakeHub *hub, const char *role)
{
  Member member = { snug_fake_signaling_new (hub, role), g_string_new (NULL) };

  g_signal_connect (member.signaling, "message", G_CALLBACK (on_message), member.heard);
  snug_signaling_open (member.signaling);
  return member;
}

static void
clear_member (Member *member)
{
  g_object_unref (member->signaling);
  g_string_free (member->heard, TRUE);
}

/* Nothing here waits for a clock: when no source is ready, all has been said. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
say_offer (Member *from, const char *to)
{
  g_autoptr (SnugSignalMessage) offer = snug_signal_message_new (SNUG_SIGNAL_OFFER);

  offer->sdp = g_strdup ("v=0");
  offer->to = g_strdup (to);
  offer->from = g_strdup ("m9");
  snug_signaling_send (from->signaling, offer);
}

static void
test_three_members (void)
{
  g_autoptr (SnugFakeHub) hub = snug_fake_hub_new ();
  Member ana = make_member (hub, "sender");
  Member ben = make_member (hub, "receiver");
  Member cleo = make_member (hub, "receiver");

  settle ();
  say_offer (&ana, "m3");
  settle ();
  snug_signaling_close (ben.signaling);
  settle ();

  g_assert_cmpstr (ana.heard->str, ==, "welcome:m1 peer-joined:m2 peer-joined:m3 peer-left:m2");
  g_assert_cmpstr (ben.heard->str, ==, "welcome:m2 peer-joined:m3");
  g_assert_cmpstr (cleo.heard->str, ==, "welcome:m3 offer:m1 peer-left:m2");
  g_assert_cmpint (snug_signaling_get_state (ben.signaling), ==, SNUG_SIGNALING_CLOSED);
  g_assert_null (snug_signaling_get_error (ben.signaling));

  clear_member (&ana);
  clear_member (&ben);
  clear_member (&cleo);
}

static void
test_lost_and_back (void)
{
  g_autoptr (SnugFakeHub) hub = snug_fake_hub_new ();
  Member ana = make_member (hub, "sender");
  Member ben = make_member (hub, "receiver");

  settle ();
  snug_fake_signaling_drop (ben.signaling);
  g_assert_nonnull (snug_signaling_get_error (ben.signaling));
  say_offer (&ben, "m1");    /* dropped: it is not OPEN */
  say_offer (&ana, "m2");    /* waits */
  settle ();
  snug_signaling_retry (ben.signaling);
  settle ();

  g_assert_cmpstr (ana.heard->str, ==, "welcome:m1 peer-joined:m2 peer-away:m2 peer-back:m2");
  g_assert_cmpstr (ben.heard->str, ==, "welcome:m2 welcome:m2+ offer:m1");
  g_assert_cmpuint (snug_fake_hub_get_n_frames (hub), ==, 1);

  clear_member (&ana);
  clear_member (&ben);
}

static void
test_version_1_pair (void)
{
  g_autoptr (SnugFakeHub) hub = snug_fake_hub_new ();

  snug_fake_hub_set_version_1 (hub);
  Member ana = make_member (hub, "sender");
  Member ben = make_member (hub, "receiver");

  settle ();
  say_offer (&ana, "receiver");
  settle ();
  g_assert_cmpstr (ana.heard->str, ==, "welcome:sender peer-joined:receiver");
  g_assert_cmpstr (ben.heard->str, ==, "welcome:receiver offer:sender");

  clear_member (&ana);
  clear_member (&ben);
}

static void
test_refused (void)
{
  g_autoptr (SnugFakeHub) hub = snug_fake_hub_new ();
  Member ana = make_member (hub, "sender");

  snug_fake_signaling_refuse (ana.signaling, SNUG_SIGNALING_ERROR_ROOM_FULL, "The room is full");
  settle ();
  g_assert_cmpstr (ana.heard->str, ==, "");
  g_assert_cmpint (snug_signaling_get_state (ana.signaling), ==, SNUG_SIGNALING_CLOSED);
  g_assert_error (snug_signaling_get_error (ana.signaling), SNUG_SIGNALING_ERROR,
                  SNUG_SIGNALING_ERROR_ROOM_FULL);
  clear_member (&ana);
}

static void
test_closed_is_for_good (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (SnugFakeHub) hub = snug_fake_hub_new ();
      Member ana = make_member (hub, "sender");

      snug_signaling_close (ana.signaling);
      snug_signaling_enter_state (ana.signaling, SNUG_SIGNALING_OPEN, NULL);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*allowed_moves*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/signaling/three-members", test_three_members);
  g_test_add_func ("/signaling/lost-and-back", test_lost_and_back);
  g_test_add_func ("/signaling/version-1-pair", test_version_1_pair);
  g_test_add_func ("/signaling/refused", test_refused);
  g_test_add_func ("/signaling/closed-is-for-good", test_closed_is_for_good);
  return g_test_run ();
}
