/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Members of a room who are away, and come back; and a room that is made again from their tokens. */
#include <string.h>

#include "room-in-words.h"

static void
test_away_and_back (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  lose (&f, 2);
  assert_said (&f, "1<peer-away:m2");
  say (&f, 1, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"to\":\"m2\"}");
  say (&f, 1, "{\"type\":\"restart\",\"to\":\"m2\"}");
  enter (&f, 3);
  assert_said (&f, "3<welcome:m3(2,host=m1) 1<peer-joined:m3");
  enter (&f, 4);
  assert_said (&f, "4!room-full");    /* its seat is kept */

  pass_ms (&f, 179999);
  enter_again (&f, 5, 2);
  assert_said (&f, "5<welcome:m2(2,resumed,host=m1) 5<offer:m1 5<restart:m1 1<peer-back:m2 3<peer-back:m2");
  pass_ms (&f, 1000000);
  assert_said (&f, "");
  tear_down (&f);
}

static void
test_away_too_long (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 3);
  lose (&f, 1);
  assert_said (&f, "2<peer-away:m1 3<peer-away:m1");
  pass_ms (&f, 179999);
  assert_said (&f, "");
  pass_ms (&f, 1);
  assert_said (&f, "2<peer-left:m1,lost 3<peer-left:m1,lost 2<host:m2 3<host:m2");
  enter_again (&f, 4, 1);    /* late: somebody new */
  assert_said (&f, "4<welcome:m4(2,host=m2) 2<peer-joined:m4 3<peer-joined:m4");
  tear_down (&f);
}

static void
say_restarts (RoomInWords *f, guint n)
{
  for (guint i = 0; i < n; i++)
    say (f, 1, "{\"type\":\"restart\",\"to\":\"m2\"}");
}

static void
test_what_waits_is_limited (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  lose (&f, 2);
  say_restarts (&f, 64);
  g_string_truncate (f.words, 0);
  enter_again (&f, 3, 2);
  g_assert_true (g_str_has_prefix (f.words->str, "3<welcome:m2(1,resumed,host=m1) 3<restart:m1 "));
  g_assert_cmpuint (f.raw->len, >=, 64);

  lose (&f, 3);
  say_restarts (&f, 65);
  g_string_truncate (f.words, 0);
  enter_again (&f, 4, 3);
  assert_said (&f, "4<welcome:m2(1,resumed,lost,host=m1) 1<peer-back:m2");

  lose (&f, 4);
  g_string_truncate (f.words, 0);
  enter_again (&f, 5, 4);    /* once said, no longer lost */
  assert_said (&f, "5<welcome:m2(1,resumed,host=m1) 1<peer-back:m2");
  tear_down (&f);
}

/* Of @n_bytes as it waits: with the server's `from` */
static void
say_offer (RoomInWords *f, gsize n_bytes)
{
  static const char form[] = "{\"type\":\"offer\",\"sdp\":\"%s\",\"to\":\"m2\"}";
  g_autofree char *sdp = g_strnfill (n_bytes - strlen (form) + strlen ("%s") - strlen (",\"from\":\"m1\""), 'x');
  g_autofree char *offer = g_strdup_printf (form, sdp);

  say (f, 1, offer);
}

static void
test_what_waits_is_limited_in_bytes (void)
{
  const gsize eighth = 256 * 1024 / 8;
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  for (guint more = 0; more <= 1; more++)
    {
      lose (&f, more == 0 ? 2 : 3);
      for (guint i = 0; i < 8; i++)
        say_offer (&f, eighth + (i == 7 ? more : 0));
      g_string_truncate (f.words, 0);
      enter_again (&f, more == 0 ? 3 : 4, 2);
      g_assert_true ((strstr (f.words->str, "lost") != NULL) == (more == 1));
      if (more == 0)
        g_assert_cmpuint (strlen (g_ptr_array_index (f.raw, f.raw->len - 2)), ==, eighth);
    }
  tear_down (&f);
}

static void
test_a_second_socket_asks_the_first (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  enter_again (&f, 3, 2);
  assert_said (&f, "2~");
  say (&f, 3, "{\"type\":\"leave\"}");    /* not yet anybody */
  enter_again (&f, 4, 2);
  assert_said (&f, "4!in-use");           /* one at a time */
  snug_server_room_alive (f.room, SOCKET (2));
  assert_said (&f, "3!in-use");

  enter_again (&f, 5, 2);
  pass_ms (&f, 1999);
  assert_said (&f, "2~");
  pass_ms (&f, 1);
  assert_said (&f, "2!replaced 5<welcome:m2(1,resumed,host=m1)");
  snug_server_room_alive (f.room, SOCKET (5));
  say (&f, 5, "{\"type\":\"restart\",\"to\":\"m1\"}");
  assert_said (&f, "1<restart:m2");

  /* The old one goes while it is being asked. */
  enter_again (&f, 6, 2);
  lose (&f, 5);
  assert_said (&f, "5~ 6<welcome:m2(1,resumed,host=m1)");
  /* And the new one goes. */
  enter_again (&f, 7, 2);
  lose (&f, 7);
  pass_ms (&f, 5000);
  assert_said (&f, "6~");
  tear_down (&f);
}

/* A client that lost its network comes on another socket, before the old one looks dead from here. */
static void
test_the_same_client_is_not_asked (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  enter_again (&f, 102, 2);
  assert_said (&f, "2#1001 102<welcome:m2(1,resumed,host=m1)");
  say (&f, 102, "{\"type\":\"restart\",\"to\":\"m1\"}");
  assert_said (&f, "1<restart:m2");

  /* Somebody else with its token is sent away, now and later. */
  enter_again (&f, 3, 2);
  assert_said (&f, "102~");
  enter_again (&f, 202, 2);
  assert_said (&f, "3!in-use 102#1001 202<welcome:m2(1,resumed,host=m1)");
  pass_ms (&f, 5000);
  assert_said (&f, "");

  /* Nor does a former owner get its seat back like that. */
  enter_again (&f, 4, 2);
  pass_ms (&f, 2000);
  assert_said (&f, "202~ 202!replaced 4<welcome:m2(1,resumed,host=m1)");
  enter_again (&f, 302, 2);
  assert_said (&f, "4~");
  tear_down (&f);
}

static void
test_a_restarted_server (void)
{
  RoomInWords f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 4, FALSE);
  fill (&f, 3);
  make_again (&f, 2, 1000);

  enter_again (&f, 12, 2);
  assert_said (&f, "12<welcome:m2(0,host=m2)");
  enter_again (&f, 13, 3);
  assert_said (&f, "13<welcome:m3(1,host=m2) 12<peer-joined:m3");
  enter (&f, 14);
  assert_said (&f, "14<welcome:m1001(2,host=m2) 12<peer-joined:m1001 13<peer-joined:m1001");
  enter_again (&f, 11, 1);
  assert_said (&f, "11<welcome:m1(3,host=m2) 12<peer-joined:m1 13<peer-joined:m1 14<peer-joined:m1 "
                   "12<host:m1 13<host:m1 14<host:m1 11<host:m1");

  /* A token opens the door once in this life; after grace its owner is somebody new. */
  say (&f, 13, "{\"type\":\"leave\"}");
  g_string_truncate (f.words, 0);
  enter_again (&f, 15, 3);
  g_assert_true (g_str_has_prefix (f.words->str, "15<welcome:m1002("));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server-room/" path, func)
  ADD ("away-and-back", test_away_and_back);
  ADD ("away-too-long", test_away_too_long);
  ADD ("what-waits-is-limited", test_what_waits_is_limited);
  ADD ("what-waits-is-limited-in-bytes", test_what_waits_is_limited_in_bytes);
  ADD ("a-second-socket-asks-the-first", test_a_second_socket_asks_the_first);
  ADD ("the-same-client-is-not-asked", test_the_same_client_is_not_asked);
  ADD ("a-restarted-server", test_a_restarted_server);
  return g_test_run ();
}
