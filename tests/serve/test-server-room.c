/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who comes into a room and who is let in, what members may say, and the end. */
#include <string.h>

#include "room-in-words.h"

/* Entry */

static void
test_the_creator_comes_first (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  enter (&f, 2);
  assert_said (&f, "2!room-not-found");
  g_assert_false (snug_server_room_is_open_yet (f.room));
  enter_creator (&f);
  assert_said (&f, "1<welcome:m1(0,host=m1)");
  enter (&f, 2);
  assert_said (&f, "2<welcome:m2(1,host=m1) 1<peer-joined:m2");
  enter (&f, 3);
  assert_said (&f, "3<welcome:m3(2,host=m1) 1<peer-joined:m3 2<peer-joined:m3");
  enter (&f, 4);
  assert_said (&f, "4!room-full");
  tear_down (&f);
}

static void
test_a_creator_who_does_not_come (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  g_assert_cmpint (snug_server_room_get_deadline (f.room), ==, f.now_us + 60000000);
  pass_ms (&f, 59999);
  g_assert_false (snug_server_room_is_over (f.room));
  pass_ms (&f, 1);
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);
}

static void
test_seq_is_never_given_twice (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 3);
  say (&f, 3, "{\"type\":\"leave\"}");
  enter (&f, 4);
  assert_said (&f, "1<peer-left:m3,left 2<peer-left:m3,left 3#1000 "
                   "4<welcome:m4(2,host=m1) 1<peer-joined:m4 2<peer-joined:m4");
  tear_down (&f);
}

/* Frames */

static void
test_from_is_stamped (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 3);
  say (&f, 2, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"to\":\"m3\",\"from\":\"m1\",\"neg\":1,\"extra\":[1,\"x\"]}");
  assert_said (&f, "3<offer:m2");
  g_assert_nonnull (strstr (last_raw (&f), "\"from\":\"m2\""));
  g_assert_null (strstr (last_raw (&f), "\"from\":\"m1\""));
  g_assert_nonnull (strstr (last_raw (&f), "\"extra\":[1,\"x\"]"));
  say (&f, 2, "{\"type\":\"song\",\"to\":\"m1\",\"from\":\"m3\"}");
  assert_said (&f, "1<song:m2");
  say (&f, 2, "{\"type\":\"song\"}");
  assert_said (&f, "");
  tear_down (&f);
}

static void
test_no_such_peer (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, "{\"type\":\"restart\",\"to\":\"m9\"}");
  say (&f, 2, "{\"type\":\"restart\",\"to\":\"m2\"}");
  say (&f, 2, "{\"type\":\"restart\",\"to\":\"m1\"}");
  assert_said (&f, "2?no-such-peer 2?no-such-peer 1<restart:m2");
  tear_down (&f);
}

static void
test_nonsense_is_refused (void)
{
  const char *nonsense[] = {
    "", "hello", "[]", "{}", "{\"type\":7}", "{\"type\":\"offer\"}", "{\"type\":\"offer\",\"sdp\":\"v=0\"}",
    "{\"type\":\"offer\",\"sdp\":7,\"to\":\"m1\"}", "{\"type\":\"enter\"}", "{\"type\":\"lock\"}",
    "{\"type\":\"restart\",\"to\":\"m1\",\"x\":-1}", "{\"type\":\"restart\",\"to\":7}", "{\"type\":\"restart\"}",
    "{\"type\":\"ice-candidate\",\"to\":\"m1\",\"candidate\":\"[[[[\"}",
    /* what only a server says */
    "{\"type\":\"welcome\",\"to\":\"m1\"}", "{\"type\":\"peer-left\",\"to\":\"m1\",\"peer\":\"m1\"}",
    "{\"type\":\"host\",\"to\":\"m1\",\"peer\":\"m2\"}", "{\"type\":\"error\",\"to\":\"m1\",\"message\":\"x\"}",
    "{\"type\":\"goodbye\",\"to\":\"m1\"}", "{\"type\":\"pong\",\"to\":\"m1\"}", "{\"type\":\"room\",\"to\":\"m1\"}",
    "{\"type\":\"peer-joined\",\"to\":\"m1\",\"role\":\"receiver\"}",
    "{\"type\":\"peer-pending\",\"to\":\"m1\",\"peer\":\"m2\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      RoomInWords f;

      set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
      fill (&f, 2);
      say (&f, 2, nonsense[i]);
      g_test_message ("%s", nonsense[i]);
      assert_said (&f, "1<peer-away:m2 2!bad-message");
      tear_down (&f);
    }
}

static void
test_brackets_do_nothing (void)
{
  g_autofree char *brackets = g_strnfill (60000, '[');
  g_autofree char *inside = g_strconcat ("{\"type\":", brackets, NULL);
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, inside);
  assert_said (&f, "1<peer-away:m2 2!bad-message");
  tear_down (&f);
}

static void
test_a_frame_too_large_by_one (void)
{
  g_autofree char *filler = g_strnfill (65536 - strlen ("{\"type\":\"x\",\"x\":\"\"}"), 'x');
  g_autofree char *largest = g_strdup_printf ("{\"type\":\"x\",\"x\":\"%s\"}", filler);
  g_autofree char *too_large = g_strdup_printf ("{\"type\":\"x\",\"x\":\"%sx\"}", filler);
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, largest);
  assert_said (&f, "");
  say (&f, 2, too_large);
  assert_said (&f, "1<peer-away:m2 2!too-large");
  tear_down (&f);
}

static void
test_a_relayed_frame_is_no_larger_either (void)
{
  g_autofree char *filler = g_strnfill (65536 - strlen ("{\"type\":\"x\",\"to\":\"m1\",\"x\":\"\"}"), 'x');
  g_autofree char *frame = g_strdup_printf ("{\"type\":\"x\",\"to\":\"m1\",\"x\":\"%s\"}", filler);
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, frame);    /* with `from` it would be more than its receiver takes */
  assert_said (&f, "1<peer-away:m2 2!too-large");
  tear_down (&f);
}

static void
say_candidates (RoomInWords *f, guint socket, guint n, guint neg)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"ice-candidate\",\"to\":\"m1\",\"neg\":%u,"
                                           "\"candidate\":\"{\\\"candidate\\\":\\\"\\\"}\"}", neg);

  for (guint i = 0; i < n; i++)
    say (f, socket, text);
}

static void
test_candidates_are_counted (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say_candidates (&f, 2, 100, 1);
  say_candidates (&f, 2, 100, 2);
  g_assert_null (strchr (f.words->str, '!'));
  g_string_truncate (f.words, 0);
  say_candidates (&f, 2, 1, 2);
  assert_said (&f, "1<peer-away:m2 2!rate-limited");
  tear_down (&f);
}

static void
test_ping_and_leave (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, "{\"type\":\"ping\",\"t\":77}");
  assert_said (&f, "2<pong:");
  g_assert_nonnull (strstr (last_raw (&f), "\"t\":77"));
  say (&f, 1, "{\"type\":\"leave\"}");
  assert_said (&f, "2<peer-left:m1,left 2<host:m2 1#1000");
  say (&f, 2, "{\"type\":\"leave\"}");
  assert_said (&f, "2#1000");
  /* It stays for five minutes: who comes meanwhile is host. */
  pass_ms (&f, 299999);
  g_assert_false (snug_server_room_is_over (f.room));
  enter (&f, 3);
  assert_said (&f, "3<welcome:m3(0,host=m3)");
  say (&f, 3, "{\"type\":\"leave\"}");
  pass_ms (&f, 299999);
  g_assert_false (snug_server_room_is_over (f.room));
  pass_ms (&f, 1);
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);
}

/* Admission */

static void
test_a_private_room_asks (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, TRUE);
  fill (&f, 1);
  enter_with (&f, 2, "b", NULL);
  assert_said (&f, "2<welcome:m2(1,pending,host=m1) 1<peer-pending:m2");
  g_assert_null (strstr (g_ptr_array_index (f.raw, f.raw->len - 2), "token"));
  say (&f, 2, "{\"type\":\"pake\",\"to\":\"m1\",\"step\":1}");
  say (&f, 1, "{\"type\":\"admit\",\"peer\":\"m2\"}");
  assert_said (&f, "1<pake:m2 2<welcome:m2(1,host=m1) 1<peer-joined:m2");

  enter_with (&f, 3, "c", NULL);
  assert_said (&f, "3<welcome:m3(1,pending,host=m1) 1<peer-pending:m3");
  say (&f, 3, "{\"type\":\"restart\",\"to\":\"m2\"}");
  say (&f, 2, "{\"type\":\"restart\",\"to\":\"m3\"}");
  assert_said (&f, "3?no-such-peer 2?no-such-peer");
  say (&f, 2, "{\"type\":\"admit\",\"peer\":\"m3\"}");
  assert_said (&f, "2?not-allowed");
  say (&f, 1, "{\"type\":\"deny\",\"peer\":\"m3\"}");
  assert_said (&f, "3!denied 1<peer-left:m3,denied");
  tear_down (&f);
}

static void
test_few_may_wait_at_the_door (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 9, TRUE);
  fill (&f, 1);
  enter_with (&f, 2, "b", NULL);
  enter_with (&f, 3, "b", NULL);
  enter_with (&f, 4, "c", NULL);
  enter_with (&f, 5, "d", NULL);
  enter_with (&f, 6, "e", NULL);
  assert_said (&f, "2<welcome:m2(1,pending,host=m1) 1<peer-pending:m2 3!rate-limited "
                   "4<welcome:m3(1,pending,host=m1) 1<peer-pending:m3 "
                   "5<welcome:m4(1,pending,host=m1) 1<peer-pending:m4 6!rate-limited");
  say (&f, 1, "{\"type\":\"restart\",\"to\":\"m3\"}");    /* spoken to: may wait longer */
  lose (&f, 5);
  assert_said (&f, "4<restart:m1 1<peer-left:m4,left");
  pass_ms (&f, 29999);
  assert_said (&f, "");
  pass_ms (&f, 1);
  assert_said (&f, "2!denied 1<peer-left:m2,denied");
  pass_ms (&f, 269999);
  assert_said (&f, "");
  pass_ms (&f, 1);
  assert_said (&f, "4!denied 1<peer-left:m3,denied");
  tear_down (&f);
}

static void
test_lock_and_remove (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 9, FALSE);
  fill (&f, 3);
  say (&f, 2, "{\"type\":\"lock\",\"on\":true}");
  say (&f, 2, "{\"type\":\"remove\",\"peer\":\"m3\"}");
  say (&f, 1, "{\"type\":\"remove\",\"peer\":\"m1\"}");
  say (&f, 1, "{\"type\":\"admit\",\"peer\":\"m3\"}");
  assert_said (&f, "2?not-allowed 2?not-allowed 1?no-such-peer 1?no-such-peer");

  say (&f, 1, "{\"type\":\"remove\",\"peer\":\"m3\"}");
  assert_said (&f, "3!removed 1<peer-left:m3,removed 2<peer-left:m3,removed 1<room:locked,9 2<room:locked,9");
  enter_again (&f, 4, 3);
  assert_said (&f, "4!removed");
  enter_with (&f, 5, "b", NULL);
  enter_legacy (&f, 6, "c", "receiver");
  assert_said (&f, "5!locked 6!locked");

  /* Nobody is left who could unlock it. */
  say (&f, 1, "{\"type\":\"leave\"}");
  say (&f, 2, "{\"type\":\"leave\"}");
  assert_said (&f, "2<peer-left:m1,left 2<host:m2 1#1000 2#1000");
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);
}

static void
test_the_next_host_hears_who_waits (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 9, TRUE);
  fill (&f, 1);
  enter_with (&f, 2, "b", NULL);
  say (&f, 1, "{\"type\":\"admit\",\"peer\":\"m2\"}");
  enter_with (&f, 3, "c", NULL);
  g_string_truncate (f.words, 0);

  say (&f, 1, "{\"type\":\"leave\"}");
  assert_said (&f, "2<peer-left:m1,left 2<host:m2 3<host:m2 2<peer-pending:m3 1#1000");
  /* And nobody is left to answer. */
  say (&f, 2, "{\"type\":\"leave\"}");
  assert_said (&f, "3!expired 2#1000");
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);
}

static void
test_a_full_room_admits_nobody (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 2, TRUE);
  fill (&f, 1);
  enter_with (&f, 2, "b", NULL);
  enter_with (&f, 3, "c", NULL);
  say (&f, 1, "{\"type\":\"admit\",\"peer\":\"m2\"}");
  g_string_truncate (f.words, 0);
  say (&f, 1, "{\"type\":\"admit\",\"peer\":\"m3\"}");
  assert_said (&f, "1?room-full 3!room-full 1<peer-left:m3,denied");
  tear_down (&f);
}

/* The end */

static void
test_expiry_and_goodbye (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  pass_ms (&f, 86399999);
  assert_said (&f, "");
  pass_ms (&f, 1);
  assert_said (&f, "1<goodbye:,expired 1#1001 2<goodbye:,expired 2#1001");
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 1);
  enter_legacy (&f, 2, "b", "receiver");
  g_string_truncate (f.words, 0);
  snug_server_room_goodbye (f.room, "restart", 5);
  assert_said (&f, "1<goodbye:,restart 1#1001 2#1001");
  g_assert_nonnull (strstr (last_raw (&f), "\"again_after\":5"));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server-room/" path, func)
  ADD ("the-creator-comes-first", test_the_creator_comes_first);
  ADD ("a-creator-who-does-not-come", test_a_creator_who_does_not_come);
  ADD ("seq-is-never-given-twice", test_seq_is_never_given_twice);
  ADD ("from-is-stamped", test_from_is_stamped);
  ADD ("no-such-peer", test_no_such_peer);
  ADD ("nonsense-is-refused", test_nonsense_is_refused);
  ADD ("brackets-do-nothing", test_brackets_do_nothing);
  ADD ("a-frame-too-large-by-one", test_a_frame_too_large_by_one);
  ADD ("a-relayed-frame-is-no-larger-either", test_a_relayed_frame_is_no_larger_either);
  ADD ("candidates-are-counted", test_candidates_are_counted);
  ADD ("ping-and-leave", test_ping_and_leave);
  ADD ("a-private-room-asks", test_a_private_room_asks);
  ADD ("few-may-wait-at-the-door", test_few_may_wait_at_the_door);
  ADD ("lock-and-remove", test_lock_and_remove);
  ADD ("the-next-host-hears-who-waits", test_the_next_host_hears_who_waits);
  ADD ("a-full-room-admits-nobody", test_a_full_room_admits_nobody);
  ADD ("expiry-and-goodbye", test_expiry_and_goodbye);
  return g_test_run ();
}
