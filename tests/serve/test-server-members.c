/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who comes into a room over a WebSocket, who does not, who goes, and when it ends. */
#include <string.h>

#include "server-clients.h"

static void
test_three_members (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  g_autofree char *small = g_ascii_strdown (code, -1);

  assert_hears (ben, "\"self\":\"m2\",\"seq\":2");
  g_autoptr (SnugRawClient) cleo = join (server, small);
  assert_hears (cleo, "\"self\":\"m3\",\"seq\":3");
  assert_hears (ana, "{\"type\":\"peer-joined\",\"peer\":\"m2\",\"seq\":2,\"role\":\"receiver\"}");
  assert_hears (ana, "\"peer-joined\",\"peer\":\"m3\"");
  assert_hears (ben, "\"peer-joined\",\"peer\":\"m3\"");

  snug_raw_client_say (cleo, "{\"type\":\"offer\",\"sdp\":\"v=0\",\"to\":\"m2\",\"from\":\"m1\"}");
  assert_hears (ben, "\"from\":\"m3\"");
  snug_raw_client_say (cleo, "{\"type\":\"ping\",\"t\":12}");
  assert_hears (cleo, "{\"type\":\"pong\",\"t\":12}");
  snug_raw_client_say (cleo, "{\"type\":\"leave\"}");
  g_assert_cmpuint (snug_raw_client_end (cleo), ==, 1000);
  assert_hears (ana, "{\"type\":\"peer-left\",\"peer\":\"m3\",\"reason\":\"left\"}");
  assert_hears (ben, "{\"type\":\"peer-left\",\"peer\":\"m3\",\"reason\":\"left\"}");
  stop (server);
  assert_hears (ana, "{\"type\":\"goodbye\",\"reason\":\"over\"}");
}

static void
test_no_such_room (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autoptr (SnugRawClient) v2 = join (server, "ZZZZ99");
  g_autoptr (SnugRawClient) odd = join (server, "..%2f..");
  g_autoptr (SnugRawClient) old = join_legacy (server, "ZZZZ99", "receiver");

  assert_refused (v2, "room-not-found", 1008);
  assert_refused (odd, "room-not-found", 1008);
  assert_hears (old, "{\"type\":\"error\",\"message\":\"Room not found\"}");
  snug_raw_client_end (old);
  stop (server);
}

static void
test_a_full_room (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 2, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);

  assert_hears (ben, "welcome");
  g_autoptr (SnugRawClient) cleo = join (server, code);
  assert_refused (cleo, "room-full", 1008);
  g_autoptr (SnugRawClient) old = join_legacy (server, code, "receiver");
  assert_hears (old, "{\"type\":\"error\",\"message\":\"Room is full\"}");
  snug_raw_client_end (old);
  stop (server);
}

static void
test_joins_that_come_to_nothing (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 16, &code);

  /* Who gets in is not counted … */
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (SnugRawClient) guest = join (server, code);

      assert_hears (guest, "welcome");
    }
  /* … who guesses is. */
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (SnugRawClient) guess = join (server, "ZZZZ99");

      assert_refused (guess, "room-not-found", 1008);
    }
  g_autoptr (SnugRawClient) sixth = join (server, "ZZZZ99");
  assert_refused (sixth, "rate-limited", 1008);
  g_autoptr (SnugRawClient) right = join (server, code);
  assert_refused (right, "rate-limited", 1008);
  stop (server);
}

static void
test_ice_servers_for_those_they_help (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  SnugServerIceServer rows[] = {
    { (char *) "stun:stun.example.org" },
    { (char *) "turn:10.0.0.1:3478?transport=tcp", (char *) "u", (char *) "c", NULL },
    { (char *) "http://example.org" },
    { (char *) "turns:a.example.org", (char *) "u", (char *) "c", NULL },
    { (char *) "stun:b.example.org" },
    { (char *) "stun:fifth.example.org" },
  };
  SnugServerConfig config = { .ice_servers = list };
  g_autofree char *code = NULL;
  const char *welcome;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (list, &rows[i]);
  SnugServer *server = start (&config);
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  welcome = snug_raw_client_hear (ben);
  g_assert_nonnull (strstr (welcome, "\"iceServers\":[{\"urls\":\"stun:stun.example.org\"},"
                            "{\"urls\":\"turn:10.0.0.1:3478?transport=tcp\",\"username\":\"u\",\"credential\":\"c\"},"
                            "{\"urls\":\"turns:a.example.org\",\"username\":\"u\",\"credential\":\"c\"},"
                            "{\"urls\":\"stun:b.example.org\"}]"));
  stop (server);
}

/* Whoever knows a code may ask to be let in; relays are for those who are, and logins with them, made for a while or not. */
static void
test_no_relay_before_one_is_let_in (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  SnugServerIceServer rows[] = {
    { .url = (char *) "turn:old.example.org", .username = (char *) "u", .credential = (char *) "c" },
    { .url = (char *) "stun:stun.example.org" },
    { .url = (char *) "turns:bare.example.org" },
    { .url = (char *) "turn:relay.example.org", .secret = (char *) "lamp" },
  };
  const char *in = "\"iceServers\":[{\"urls\":\"turn:old.example.org\",\"username\":\"u\",\"credential\":\"c\"},"
                   "{\"urls\":\"stun:stun.example.org\"},{\"urls\":\"turns:bare.example.org\"},"
                   "{\"urls\":\"turn:relay.example.org\",\"username\":";
  SnugServerConfig config = { .ice_servers = list };
  g_autofree char *code = NULL, *member = NULL, *token = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (list, &rows[i]);
  SnugServer *server = start (&config);
  g_assert_true (snug_server_create_room (server, 3, TRUE, &code, &member, &token, NULL));
  g_autoptr (SnugRawClient) ana = join_with_token (server, code, token);
  assert_hears (ana, in);

  g_autoptr (SnugRawClient) ben = join (server, code);
  assert_hears (ben, "\"iceServers\":[{\"urls\":\"stun:stun.example.org\"}],\"private\":true,\"pending\":true}");
  assert_hears (ana, "{\"type\":\"peer-pending\",\"peer\":\"m2\"}");
  snug_raw_client_say (ana, "{\"type\":\"admit\",\"peer\":\"m2\"}");
  assert_hears (ben, in);
  stop (server);
}

static void
test_a_legacy_pair (void)
{
  const char *offer = "{ \"type\":\"offer\",\"sdp\":\"v=0\\r\\n\",\"odd\":[ {} ] }";
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = create (server, "", NULL);
  g_autoptr (SnugRawClient) page = join_legacy (server, code, "sender");
  g_autoptr (SnugRawClient) phone = join_legacy (server, code, "receiver");

  g_assert_cmpstr (snug_raw_client_hear (page), ==, "{\"type\":\"peer-joined\",\"role\":\"receiver\"}");
  snug_raw_client_say (page, "{\"type\":\"ping\"}");
  snug_raw_client_say (page, offer);
  g_assert_cmpstr (snug_raw_client_hear (phone), ==, offer);
  snug_raw_client_say (phone, "{\"type\":\"answer\",\"sdp\":{}}");
  g_assert_cmpstr (snug_raw_client_hear (page), ==, "{\"type\":\"answer\",\"sdp\":{}}");

  g_autoptr (SnugRawClient) third = join (server, code);
  assert_refused (third, "room-full", 1008);
  snug_raw_client_frame (phone, TRUE, 8, "\x03\xe8", 2);
  g_assert_cmpstr (snug_raw_client_hear (page), ==, "{\"type\":\"peer-left\"}");
  stop (server);
}

/* Time */

static void
test_the_dead_are_noticed (void)
{
  SnugServerConfig config = { .ping_interval_ms = 50, .dead_after_ms = 1000 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);

  assert_hears (ben, "welcome");
  ben->answer_pings = FALSE;
  assert_hears (ana, "peer-joined");
  assert_hears (ana, "{\"type\":\"peer-away\",\"peer\":\"m2\"}");
  snug_await (NULL, ben->ended);
  g_assert_cmpuint (ben->n_pings, >, 0);
  /* Who answers lives on. */
  snug_raw_client_say (ana, "{\"type\":\"ping\"}");
  assert_hears (ana, "pong");
  stop (server);
}

static void
test_away_for_too_long (void)
{
  SnugServerConfig config = { .resume_grace_ms = 30 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  SnugRawClient *ben = join (server, code);

  assert_hears (ben, "welcome");
  snug_raw_client_free (ben);
  assert_hears (ana, "peer-joined");
  assert_hears (ana, "{\"type\":\"peer-away\",\"peer\":\"m2\"}");
  assert_hears (ana, "{\"type\":\"peer-left\",\"peer\":\"m2\",\"reason\":\"lost\"}");
  stop (server);
}

static void
test_rooms_that_end (void)
{
  SnugServerConfig config = { .creator_grace_ms = 20, .empty_room_ms = 20 };
  SnugServerConfig short_lived = { .room_lifetime_s = 2 };
  SnugServer *server = start (&short_lived);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  gboolean empty = FALSE;

  assert_hears (ana, "{\"type\":\"goodbye\",\"reason\":\"expired\"}");
  snug_raw_client_end (ana);
  stop (server);

  /* Nobody comes into these: a creator who should would have to be quick. */
  server = start (&config);
  g_autofree char *code1 = create (server, "", NULL);
  g_autofree char *code2 = create (server, "{\"v\":2}", NULL);
  while (!empty)
    {
      g_autoptr (SnugRawClient) metrics = ask (server, "GET", "/metrics", "", "");

      empty = strstr (metrics->head->str, "\nsnug_rooms 0\n") != NULL;
    }
  stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server/" path, func)
  ADD ("three-members", test_three_members);
  ADD ("no-such-room", test_no_such_room);
  ADD ("a-full-room", test_a_full_room);
  ADD ("joins-that-come-to-nothing", test_joins_that_come_to_nothing);
  ADD ("ice-servers-for-those-they-help", test_ice_servers_for_those_they_help);
  ADD ("no-relay-before-one-is-let-in", test_no_relay_before_one_is_let_in);
  ADD ("a-legacy-pair", test_a_legacy_pair);
  ADD ("the-dead-are-noticed", test_the_dead_are_noticed);
  ADD ("away-for-too-long", test_away_for_too_long);
  ADD ("rooms-that-end", test_rooms_that_end);
  return g_test_run ();
}
