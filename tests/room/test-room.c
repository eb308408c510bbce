/* A room of members over real peer connections, the server faked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-dropped.h"
#include "snug-passing-time.h"
#include "snug-room-mates.h"

#include <string.h>

static void
test_two_meet (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;
  SnugMember *member;

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);

  member = snug_mate_sees (bo, "Ana");
  g_assert_nonnull (member);
  g_assert_cmpint (snug_member_get_state (member), ==, SNUG_MEMBER_CONNECTED);
  g_assert_cmpint (snug_member_get_device (member), ==, SNUG_MEMBER_DEVICE_TERMINAL);
  g_assert_true (snug_member_get_host (member));
  g_assert_false (snug_member_get_host (snug_mate_sees (ana, "Bo")));
  g_assert_true (snug_room_get_is_host (ana->room));
  g_assert_false (snug_room_get_is_host (bo->room));
  for (guint step = 0; step < SNUG_N_STEPS; step++)
    g_assert_cmpint (snug_member_get_step (member, step), ==, SNUG_STEP_DONE);
  snug_await (NULL, snug_member_get_path (member) == SNUG_PATH_DIRECT_LOCAL);
  snug_mates_clear (&mates);
}

static void
test_five_make_a_mesh (void)
{
  static const char *const names[] = { "Ana", "Bo", "Chi", "Dag", "Eve" };
  SnugMates mates;

  snug_mates_init (&mates);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    snug_mates_add (&mates, names[i]);
  snug_mates_await (&mates);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
      g_assert_true ((snug_mate_sees (&mates.mates[i], names[j]) != NULL) == (i != j));
  snug_mates_clear (&mates);
}

static void
test_namesakes_are_told_apart (void)
{
  SnugMates mates;
  SnugMate *first;

  snug_mates_init (&mates);
  first = snug_mates_add (&mates, "Bo");
  snug_mates_add (&mates, "Ana");
  snug_mates_await (&mates);   /* else it is by chance who of them is heard of first */
  snug_mates_add (&mates, "Ana");
  snug_mates_await (&mates);

  g_assert_nonnull (snug_mate_sees (first, "Ana"));
  g_assert_nonnull (snug_mate_sees (first, "Ana (2)"));

  snug_room_set_name (mates.mates[2].room, "Chi");
  snug_await (NULL, snug_mate_sees (first, "Chi") != NULL);
  g_assert_null (snug_mate_sees (first, "Ana (2)"));
  snug_mates_clear (&mates);
}

static const char *
id_of (SnugMate *mate, const char *name)
{
  SnugMember *member = snug_mate_sees (mate, name);

  return member != NULL ? snug_member_get_id (member) : NULL;
}

/* Nobody is suddenly called what somebody else was called, and nobody can take such a name. */
static void
test_namesakes_stay_apart (void)
{
  SnugMates mates;
  SnugMate *first;
  g_autofree char *second_ana = NULL;

  snug_mates_init (&mates);
  first = snug_mates_add (&mates, "Bo");
  snug_mates_add (&mates, "Ana");
  snug_mates_await (&mates);
  snug_mates_add (&mates, "Ana");
  snug_mates_await (&mates);
  second_ana = g_strdup (id_of (first, "Ana (2)"));
  g_assert_nonnull (second_ana);

  snug_room_set_name (mates.mates[1].room, "Chi");
  snug_await (NULL, snug_mate_sees (first, "Chi") != NULL);
  snug_mates_add (&mates, "Ana");
  snug_mates_await (&mates);
  g_assert_cmpstr (id_of (first, "Ana (2)"), ==, second_ana);
  g_assert_nonnull (snug_mate_sees (first, "Ana"));

  snug_room_set_name (mates.mates[1].room, "Ana (2)");
  snug_await (NULL, snug_mate_sees (first, "Ana (2) (2)") != NULL);
  g_assert_cmpstr (id_of (first, "Ana (2)"), ==, second_ana);
  snug_mates_clear (&mates);
}

typedef struct
{
  char     *text;
  guint     n;
  gboolean  fenced;
} Heard;

static void
on_chat (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  Heard *heard = user_data;

  heard->n++;
  g_free (heard->text);
  heard->text = g_strdup (message->text);
}

static gboolean
say (SnugMate *mate, const char *to, const char *text)
{
  g_autoptr (SnugWireMessage) chat = snug_wire_message_new (SNUG_WIRE_CHAT);

  chat->id = g_strdup ("c1");
  chat->text = g_strdup (text);
  return snug_room_send (mate->room, snug_mate_sees (mate, to), chat);
}

static void
test_messages_reach_their_handler (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;
  Heard heard = { 0 };

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_room_set_handler (bo->room, SNUG_WIRE_CHAT, on_chat, &heard);
  snug_mates_await (&mates);

  g_assert_true (say (ana, "Bo", "Hi Bo"));
  snug_await (NULL, heard.n == 1);
  g_assert_cmpstr (heard.text, ==, "Hi Bo");
  g_free (heard.text);
  snug_mates_clear (&mates);
}

static void
on_chat_until_fence (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  Heard *heard = user_data;

  if (strcmp (message->text, "fence") == 0)
    heard->fenced = TRUE;
  else
    heard->n++;
}

/* For some messages at the rate that is taken. */
#define A_WHILE_MS 1000

/* More than the rate is not heard, and who keeps to it afterwards is. */
static void
test_who_says_too_much_is_not_heard (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;
  SnugPeerLink *link;
  Heard heard = { 0 };
  SnugDropped dropped;

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_room_set_handler (bo->room, SNUG_WIRE_CHAT, on_chat_until_fence, &heard);
  snug_mates_await (&mates);

  /* past our own restraint: straight onto the link, as a stranger would */
  link = snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo"));
  snug_dropped_begin (&dropped);
  for (guint i = 0; i < 1000; i++)
    snug_peer_link_send_text (link, "{\"type\":\"chat\",\"id\":\"x\",\"text\":\"spam\"}");
  snug_await (NULL, heard.n + snug_dropped_count (&dropped) >= 1000);
  snug_dropped_end (&dropped);
  snug_let_pass (A_WHILE_MS);
  snug_peer_link_send_text (link, "{\"type\":\"chat\",\"id\":\"f\",\"text\":\"fence\"}");
  snug_await (NULL, heard.fenced);
  g_assert_cmpuint (heard.n, >=, 150);
  g_assert_cmpuint (heard.n, <, 900);
  snug_mates_clear (&mates);
}

static void
test_nonsense_is_dropped (void)
{
  static const char *const nonsense[] = {
    "", "x", "{", "[]", "{\"type\":\"chat\"}", "{\"type\":\"hello\",\"v\":1}", "{\"type\":\"file-get\",\"id\":\"q\"}",
    "{\"type\":\"chat\",\"id\":\"c\",\"text\":\"\\u0000\"}", "{\"type\":\"later\"}",
  };
  SnugMates mates;
  SnugMate *ana, *bo;
  Heard heard = { 0 };

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_room_set_handler (bo->room, SNUG_WIRE_CHAT, on_chat, &heard);
  snug_mates_await (&mates);

  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    snug_peer_link_send_text (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), nonsense[i]);
  say (ana, "Bo", "sense");
  snug_await (NULL, heard.n > 0);
  g_assert_cmpstr (heard.text, ==, "sense");
  g_assert_cmpuint (heard.n, ==, 1);
  g_free (heard.text);
  snug_mates_clear (&mates);
}

static void
test_who_leaves_is_gone_at_once (void)
{
  SnugMates mates;
  SnugMate *ana;
  g_autoptr (SnugMember) bo = NULL;

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  snug_mates_add (&mates, "Bo");
  snug_mates_await (&mates);

  bo = g_object_ref (snug_mate_sees (ana, "Bo"));
  snug_room_close (mates.mates[1].room);
  /* whichever is first, the server's word or the link's end: nobody waits for it to come back */
  snug_await (NULL, g_list_model_get_n_items (snug_room_get_members (ana->room)) == 0);
  g_assert_cmpint (snug_member_get_state (bo), ==, SNUG_MEMBER_LEFT);
  g_assert_cmpuint (snug_room_get_n_ready (ana->room), ==, 0);
  snug_mates_clear (&mates);
}

/* The signaling socket may die without touching live members, and comes back to the same room. */
static void
test_members_outlive_the_signaling (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;
  Heard heard = { 0 };

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_room_set_handler (bo->room, SNUG_WIRE_CHAT, on_chat, &heard);
  snug_mates_await (&mates);

  snug_fake_signaling_drop (ana->signaling);
  snug_await (NULL, snug_signaling_get_state (ana->signaling) == SNUG_SIGNALING_RECONNECTING);
  g_assert_true (say (ana, "Bo", "without a server"));
  snug_await (NULL, heard.n == 1);

  snug_fake_signaling_restore (ana->signaling);
  snug_await (NULL, snug_signaling_get_state (ana->signaling) == SNUG_SIGNALING_OPEN);
  g_assert_cmpuint (snug_room_get_n_ready (ana->room), ==, 1);
  g_free (heard.text);
  snug_mates_clear (&mates);
}

static void
hear_of (SnugMate *mate, SnugSignalType type, guint64 seq)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_new (type);

  message->peer = g_strdup_printf ("x%" G_GUINT64_FORMAT, seq);
  message->seq = seq;
  message->reason = g_strdup ("left");
  snug_signaling_deliver (mate->signaling, message);
}

/* A server may invent people, but not without end; nobody who is there notices. */
static void
test_a_server_that_invents_members (void)
{
  SnugMates mates;
  SnugMate *ana, *bo;
  GListModel *members;
  Heard heard = { 0 };

  snug_mates_init (&mates);
  ana = snug_mates_add (&mates, "Ana");
  bo = snug_mates_add (&mates, "Bo");
  snug_room_set_handler (bo->room, SNUG_WIRE_CHAT, on_chat, &heard);
  snug_mates_await (&mates);
  members = snug_room_get_members (ana->room);

  for (guint i = 1; i < SNUG_SIGNAL_MAX_MEMBERS; i++)
    hear_of (ana, SNUG_SIGNAL_PEER_JOINED, 100 + i);
  g_assert_cmpuint (g_list_model_get_n_items (members), ==, SNUG_SIGNAL_MAX_MEMBERS);
  hear_of (ana, SNUG_SIGNAL_PEER_JOINED, 200);
  g_assert_cmpuint (g_list_model_get_n_items (members), ==, SNUG_SIGNAL_MAX_MEMBERS);
  g_assert_null (snug_room_find_member (ana->room, "x200"));

  /* The same id is one member, by whatever number; and a seat that is free is free. */
  hear_of (ana, SNUG_SIGNAL_PEER_JOINED, 101);
  g_assert_cmpuint (g_list_model_get_n_items (members), ==, SNUG_SIGNAL_MAX_MEMBERS);
  hear_of (ana, SNUG_SIGNAL_PEER_LEFT, 101);
  snug_await (NULL, g_list_model_get_n_items (members) == SNUG_SIGNAL_MAX_MEMBERS - 1);
  hear_of (ana, SNUG_SIGNAL_PEER_JOINED, 200);
  g_assert_nonnull (snug_room_find_member (ana->room, "x200"));

  g_assert_true (say (ana, "Bo", "undisturbed"));
  snug_await (NULL, heard.n == 1);
  g_assert_cmpstr (heard.text, ==, "undisturbed");
  g_free (heard.text);
  snug_mates_clear (&mates);
}

static gboolean
change_fingerprint (SnugSignalMessage *message, gpointer data)
{
  char *digits = message->sdp != NULL ? strstr (message->sdp, "a=fingerprint:sha-256 ") : NULL;

  if (digits != NULL)
    {
      digits += strlen ("a=fingerprint:sha-256 ");
      *digits = *digits == '0' ? '1' : '0';
    }
  return TRUE;
}

/* One wrong digit must never connect, and the person is told why. */
static void
test_wrong_fingerprint_never_connects (void)
{
  SnugMates mates;
  SnugMember *member;

  snug_mates_init (&mates);
  snug_fake_hub_set_tap (mates.hub, change_fingerprint, NULL);
  snug_mates_add (&mates, "Ana");
  snug_mates_add (&mates, "Bo");
  snug_await (NULL, g_list_model_get_n_items (snug_room_get_members (mates.mates[1].room)) == 1);
  member = g_list_model_get_item (snug_room_get_members (mates.mates[1].room), 0);
  snug_await (NULL, snug_member_get_state (member) == SNUG_MEMBER_FAILED);
  g_assert_cmpuint (snug_room_get_n_ready (mates.mates[0].room), ==, 0);
  g_assert_cmpuint (snug_room_get_n_ready (mates.mates[1].room), ==, 0);
  g_assert_cmpstr (snug_member_get_name (member), ==, "");
  g_object_unref (member);
  snug_mates_clear (&mates);
}

static void
on_state_leave (SnugMember *member, GParamSpec *pspec, SnugMate *mate)
{
  if (snug_member_get_state (member) == SNUG_MEMBER_FAILED)
    snug_room_close (mate->room);
}

/* What snug-cli does when nobody can be reached: it leaves in the middle of being told. */
static void
test_failure_may_close_the_room (void)
{
  SnugMates mates;
  GListModel *members;
  SnugMember *member;

  snug_mates_init (&mates);
  snug_fake_hub_set_tap (mates.hub, change_fingerprint, NULL);
  snug_mates_add (&mates, "Ana");
  members = snug_room_get_members (snug_mates_add (&mates, "Bo")->room);
  snug_await (NULL, g_list_model_get_n_items (members) == 1);
  member = g_list_model_get_item (members, 0);
  g_signal_connect (member, "notify::state", G_CALLBACK (on_state_leave), &mates.mates[1]);
  snug_await (NULL, g_list_model_get_n_items (members) == 0);
  g_object_unref (member);
  snug_mates_clear (&mates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room/two-meet", test_two_meet);
  g_test_add_func ("/room/five-make-a-mesh", test_five_make_a_mesh);
  g_test_add_func ("/room/namesakes-are-told-apart", test_namesakes_are_told_apart);
  g_test_add_func ("/room/namesakes-stay-apart", test_namesakes_stay_apart);
  g_test_add_func ("/room/messages-reach-their-handler", test_messages_reach_their_handler);
  g_test_add_func ("/room/who-says-too-much-is-not-heard", test_who_says_too_much_is_not_heard);
  g_test_add_func ("/room/nonsense-is-dropped", test_nonsense_is_dropped);
  g_test_add_func ("/room/who-leaves-is-gone-at-once", test_who_leaves_is_gone_at_once);
  g_test_add_func ("/room/members-outlive-the-signaling", test_members_outlive_the_signaling);
  g_test_add_func ("/room/a-server-that-invents-members", test_a_server_that_invents_members);
  g_test_add_func ("/room/wrong-fingerprint-never-connects", test_wrong_fingerprint_never_connects);
  g_test_add_func ("/room/failure-may-close-the-room", test_failure_may_close_the_room);
  return g_test_run ();
}
