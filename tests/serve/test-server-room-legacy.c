/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pages of version 1, by themselves and with members of version 2. */
#include <string.h>

#include "room-in-words.h"

static void
test_a_legacy_pair (void)
{
  const char *offer = "{ \"sdp\":\"v=0\",\"type\" : \"offer\", \"odd\":{\"a\":[]} }";
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  enter_legacy (&f, 1, "a", "sender");
  assert_said (&f, "");
  enter_legacy (&f, 2, "b", "receiver");
  assert_said (&f, "1<peer-joined:receiver");
  enter_legacy (&f, 3, "c", "receiver");
  assert_said (&f, "2~");
  snug_server_room_alive (f.room, SOCKET (2));
  assert_said (&f, "3!room-full");

  say (&f, 1, offer);
  assert_said (&f, "2<offer:");
  g_assert_cmpstr (last_raw (&f), ==, offer);
  say (&f, 1, "{\"type\":\"ping\"}");
  assert_said (&f, "");
  say (&f, 1, "{\"type\":\"peer-left\"}");
  assert_said (&f, "2<peer-left: 1!bad-message");
  tear_down (&f);
}

static void
test_a_legacy_pair_is_relayed_untouched (void)
{
  const char *texts[] = {
    "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}", "{ \"type\" : \"answer\" , \"sdp\" : \"\\u0076=0\" }",
    "{\"b\":[1,2,{\"c\":null}],\"type\":\"anything-else\",\"a\":\"/\\/\"}",
    "{\"type\":\"ice-candidate\",\"candidate\":\"{\\\"candidate\\\":\\\"\\\",\\\"sdpMid\\\":null}\"}",
  };
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  enter_legacy (&f, 1, "a", "receiver");
  enter_legacy (&f, 2, "b", "sender");
  assert_said (&f, "1<peer-joined:sender 2<peer-joined:receiver");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      say (&f, 2, texts[i]);
      g_assert_cmpstr (last_raw (&f), ==, texts[i]);
    }
  tear_down (&f);
}

static void
test_the_same_role_again (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  enter_legacy (&f, 1, "a", "sender");
  enter_legacy (&f, 2, "b", "receiver");
  g_string_truncate (f.words, 0);

  enter_legacy (&f, 3, "b", "receiver");    /* same address: quietly */
  assert_said (&f, "2#1000");
  enter_legacy (&f, 4, "c", "receiver");
  pass_ms (&f, 1999);
  assert_said (&f, "3~");
  pass_ms (&f, 1);                          /* no pong: quietly too */
  assert_said (&f, "3#1000");
  say (&f, 4, "{\"type\":\"answer\",\"sdp\":\"v=0\"}");
  assert_said (&f, "1<answer:");

  lose (&f, 1);
  assert_said (&f, "4<peer-left:");
  enter_legacy (&f, 5, "a", "sender");      /* it knows already, and would start anew if told */
  assert_said (&f, "4<peer-joined:sender");
  tear_down (&f);
}

static void
test_legacy_with_version_2 (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 16, FALSE);
  fill (&f, 1);
  enter_legacy (&f, 2, "b", "receiver");
  assert_said (&f, "1<room:2 1<peer-joined:receiver");
  g_assert_nonnull (strstr (last_raw (&f), "\"legacy\":true"));
  enter (&f, 3);
  assert_said (&f, "3!room-full");
  enter_legacy (&f, 3, "c", "sender");
  assert_said (&f, "3!room-full");

  say (&f, 1, "{\"type\":\"offer\",\"to\":\"receiver\",\"sdp\":\"v=0\",\"neg\":1}");
  say (&f, 2, "{\"type\":\"answer\",\"sdp\":\"v=0\",\"from\":\"m9\"}");
  assert_said (&f, "2<offer:m1 1<answer:receiver");
  say (&f, 2, "{\"type\":\"answer\",\"sdp\":[]}");    /* not for the ears of version 2 */
  say (&f, 2, "{\"type\":\"leave\"}");
  assert_said (&f, "");

  lose (&f, 1);       /* its grace is nobody's business on the other side */
  say (&f, 2, "{\"type\":\"answer\",\"sdp\":\"v=1\"}");
  assert_said (&f, "");
  enter_again (&f, 5, 1);
  assert_said (&f, "5<welcome:m1(1,resumed,host=m1) 5<answer:receiver");
  lose (&f, 2);
  assert_said (&f, "5<peer-left:receiver,lost");
  enter_legacy (&f, 6, "b", "receiver");
  assert_said (&f, "5<peer-joined:receiver");
  tear_down (&f);
}

/* A page that was loaded anew has forgotten us, and offers only to somebody who comes in. */
static void
test_a_legacy_sender_is_asked_for_an_offer (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  enter_legacy (&f, 1, "a", "sender");
  enter (&f, 2);
  g_string_truncate (f.words, 0);
  say (&f, 2, "{\"type\":\"restart\",\"to\":\"sender\"}");
  assert_said (&f, "1<peer-joined:receiver");
  g_assert_cmpstr (last_raw (&f), ==, "{\"type\":\"peer-joined\",\"role\":\"receiver\"}");

  lose (&f, 1);
  enter_legacy (&f, 3, "c", "receiver");
  g_string_truncate (f.words, 0);
  say (&f, 2, "{\"type\":\"restart\",\"to\":\"receiver\"}");    /* to it, version 2 offers */
  assert_said (&f, "");
  tear_down (&f);
}

static void
test_legacy_never_displaces_version_2 (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 16, FALSE);
  fill (&f, 2);
  enter_legacy (&f, 3, "a", "sender");
  assert_said (&f, "3!room-full");
  pass_ms (&f, 10000);
  assert_said (&f, "");
  tear_down (&f);

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 16, TRUE);
  fill (&f, 1);
  enter_legacy (&f, 3, "a", "receiver");
  assert_said (&f, "3!private");
  tear_down (&f);
}

static void
test_roles_for_room_info (void)
{
  gboolean sender, receiver;
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  snug_server_room_get_roles (f.room, &sender, &receiver);
  g_assert_true (!sender && !receiver);
  enter_legacy (&f, 1, "a", "receiver");
  snug_server_room_get_roles (f.room, &sender, &receiver);
  g_assert_true (!sender && receiver);
  enter (&f, 2);
  snug_server_room_get_roles (f.room, &sender, &receiver);
  g_assert_true (sender && receiver);
  lose (&f, 1);
  snug_server_room_get_roles (f.room, &sender, &receiver);
  g_assert_true (sender && !receiver);
  tear_down (&f);
}

/* However often it is used meanwhile. */
static void
test_a_room_of_version_1_that_is_not_used (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  for (guint socket = 1; socket <= 2; socket++)
    {
      pass_ms (&f, 299999);
      g_assert_false (snug_server_room_is_over (f.room));
      enter_legacy (&f, socket, "a", "receiver");
      pass_ms (&f, 1000000);
      lose (&f, socket);
    }
  pass_ms (&f, 299999);
  g_assert_false (snug_server_room_is_over (f.room));
  pass_ms (&f, 1);
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server-room/" path, func)
  ADD ("a-legacy-pair", test_a_legacy_pair);
  ADD ("a-legacy-pair-is-relayed-untouched", test_a_legacy_pair_is_relayed_untouched);
  ADD ("the-same-role-again", test_the_same_role_again);
  ADD ("a-room-of-version-1-that-is-not-used", test_a_room_of_version_1_that_is_not_used);
  ADD ("legacy-with-version-2", test_legacy_with_version_2);
  ADD ("a-legacy-sender-is-asked-for-an-offer", test_a_legacy_sender_is_asked_for_an_offer);
  ADD ("legacy-never-displaces-version-2", test_legacy_never_displaces_version_2);
  ADD ("roles-for-room-info", test_roles_for_room_info);
  return g_test_run ();
}
