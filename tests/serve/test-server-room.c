/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "snug-server-room.h"

/* A room without a network. What it says is kept as words, one for each thing that went out:
 *   "2<peer-joined:m1"  a frame to socket 2, about m1       "2!room-full"  refused and closed
 *   "2?no-such-peer"    refused, not closed                 "2#1000"       closed
 *   "2~"                pinged                               */

static const SnugServerRoomTimes times = {
  .resume_grace_ms = 180000, .creator_grace_ms = 60000, .empty_room_ms = 300000, .probe_ms = 2000,
  .pending_ms = 30000, .asked_ms = 300000, .max_candidates = 100,
};

typedef struct
{
  SnugServerRoom *room;      /* owned */
  GString        *words;     /* owned */
  GPtrArray      *tokens;    /* owned; index: socket */
  GPtrArray      *raw;       /* owned: every text sent, whole */
  GBytes         *key;       /* owned */
  gint64          now_us;
} Fixture;

#define SOCKET(n) GUINT_TO_POINTER (n)

static void
add_word (Fixture *f, gpointer socket, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add_word (Fixture *f, gpointer socket, const char *format, ...)
{
  va_list args;

  if (f->words->len > 0)
    g_string_append_c (f->words, ' ');
  g_string_append_printf (f->words, "%u", GPOINTER_TO_UINT (socket));
  va_start (args, format);
  g_string_append_vprintf (f->words, format, args);
  va_end (args);
}

static void
keep_token (Fixture *f, gpointer socket, const char *token)
{
  guint n = GPOINTER_TO_UINT (socket);

  if (f->tokens->len <= n)
    g_ptr_array_set_size (f->tokens, (gint) n + 1);
  g_free (g_ptr_array_index (f->tokens, n));
  g_ptr_array_index (f->tokens, n) = g_strdup (token);
}

static void
add_flags (Fixture *f, const SnugSignalMessage *message)
{
  if (message->type == SNUG_SIGNAL_WELCOME)
    g_string_append_printf (f->words, "(%u", message->members->len);
  if (message->resumed)
    g_string_append (f->words, ",resumed");
  if (message->lost)
    g_string_append (f->words, ",lost");
  if (message->pending)
    g_string_append (f->words, ",pending");
  if (message->type == SNUG_SIGNAL_WELCOME)
    g_string_append_printf (f->words, ",host=%s)", message->host);
  if (message->type == SNUG_SIGNAL_ROOM)
    g_string_append_printf (f->words, "%s%u", message->locked ? "locked," : "", (guint) message->capacity);
  if (message->reason != NULL)
    g_string_append_printf (f->words, ",%s", message->reason);
}

static void
on_send (gpointer socket, const char *text, gsize length, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, length, &error);
  const char *who;

  g_assert_no_error (error);
  g_ptr_array_add (f->raw, g_strndup (text, length));
  who = message->from != NULL ? message->from : message->self != NULL ? message->self
        : message->peer != NULL ? message->peer : message->role != NULL ? message->role : "";
  add_word (f, socket, "<%s:%s", message->type_name, who);
  add_flags (f, message);
  if (message->token != NULL)
    keep_token (f, socket, message->token);
}

static void
on_ping (gpointer socket, gpointer data)
{
  add_word (data, socket, "~");
}

static void
on_refuse (gpointer socket, SnugSignalCode code, gboolean fatal, gpointer data)
{
  add_word (data, socket, "%c%s", fatal ? '!' : '?', snug_signal_code_to_text (code));
}

static void
on_close (gpointer socket, guint code, gpointer data)
{
  add_word (data, socket, "#%u", code);
}

static void
on_ice_servers (gpointer socket, SnugSignalMessage *welcome, gpointer data)
{
}

static const SnugServerRoomIo io = {
  .send = on_send, .ping = on_ping, .refuse = on_refuse, .close = on_close,
  .add_ice_servers = on_ice_servers,
};

static void
set_up_room (Fixture *f, SnugServerRoomKind kind, guint capacity, gboolean is_private)
{
  SnugTokenClaims claims = { (char *) "BOOK23", (char *) "life1", NULL, 0, capacity, is_private, FALSE,
                             4000000000 };

  f->words = g_string_new (NULL);
  f->tokens = g_ptr_array_new_with_free_func (g_free);
  f->raw = g_ptr_array_new_with_free_func (g_free);
  f->key = snug_token_load_key (NULL, NULL);
  f->now_us = 1000000;
  f->room = snug_server_room_new (kind, &claims, &io, f, &times, f->key, f->now_us);
  snug_server_room_set_expiry (f->room, f->now_us + (gint64) 86400 * G_USEC_PER_SEC);
}

static void
tear_down (Fixture *f)
{
  snug_server_room_free (f->room);
  g_string_free (f->words, TRUE);
  g_ptr_array_unref (f->tokens);
  g_ptr_array_unref (f->raw);
  g_bytes_unref (f->key);
}

/* Checks what was said since the last time. */
#define assert_said(f, expected)                         \
  G_STMT_START {                                         \
    g_assert_cmpstr ((f)->words->str, ==, (expected));   \
    g_string_truncate ((f)->words, 0);                   \
  } G_STMT_END

static void
enter_with (Fixture *f, guint socket, const char *address, const char *token)
{
  g_auto (SnugTokenClaims) claims = { 0 };

  if (token != NULL)
    g_assert_true (snug_token_read (f->key, token, &claims));
  snug_server_room_enter (f->room, SOCKET (socket), address, token != NULL ? &claims : NULL, f->now_us);
}

static void
enter (Fixture *f, guint socket)
{
  enter_with (f, socket, "a", NULL);
}

static void
enter_creator (Fixture *f)
{
  g_autofree char *token = snug_server_room_make_creator_token (f->room);

  enter_with (f, 1, "a", token);
}

static void
enter_again (Fixture *f, guint socket, guint old_socket)
{
  g_autofree char *token = g_strdup (g_ptr_array_index (f->tokens, old_socket));

  enter_with (f, socket, "a", token);
}

static void
enter_legacy (Fixture *f, guint socket, const char *address, const char *role)
{
  snug_server_room_enter_legacy (f->room, SOCKET (socket), address, role, f->now_us);
}

static void
say (Fixture *f, guint socket, const char *text)
{
  snug_server_room_receive (f->room, SOCKET (socket), text, strlen (text), f->now_us);
}

static void
lose (Fixture *f, guint socket)
{
  snug_server_room_lost (f->room, SOCKET (socket), f->now_us);
}

static void
pass_ms (Fixture *f, guint ms)
{
  f->now_us += (gint64) ms * 1000;
  snug_server_room_tick (f->room, f->now_us);
}

/* m1, m2 … on sockets 1, 2 …; what was said on the way is forgotten. */
static void
fill (Fixture *f, guint n)
{
  enter_creator (f);
  for (guint i = 2; i <= n; i++)
    enter (f, i);
  g_string_truncate (f->words, 0);
}

static const char *
last_raw (Fixture *f)
{
  return g_ptr_array_index (f->raw, f->raw->len - 1);
}

/* Entry */

static void
test_the_creator_comes_first (void)
{
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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
      Fixture f;

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
  Fixture f;

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
  Fixture f;

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
  Fixture f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, frame);    /* with `from` it would be more than its receiver takes */
  assert_said (&f, "1<peer-away:m2 2!too-large");
  tear_down (&f);
}

static void
say_candidates (Fixture *f, guint socket, guint n, guint neg)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"ice-candidate\",\"to\":\"m1\",\"neg\":%u,"
                                           "\"candidate\":\"{\\\"candidate\\\":\\\"\\\"}\"}", neg);

  for (guint i = 0; i < n; i++)
    say (f, socket, text);
}

static void
test_candidates_are_counted (void)
{
  Fixture f;

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
  Fixture f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  say (&f, 2, "{\"type\":\"ping\",\"t\":77}");
  assert_said (&f, "2<pong:");
  g_assert_nonnull (strstr (last_raw (&f), "\"t\":77"));
  say (&f, 1, "{\"type\":\"leave\"}");
  assert_said (&f, "2<peer-left:m1,left 2<host:m2 1#1000");
  say (&f, 2, "{\"type\":\"leave\"}");
  assert_said (&f, "2#1000");
  g_assert_false (snug_server_room_is_over (f.room));
  pass_ms (&f, 300000);
  g_assert_true (snug_server_room_is_over (f.room));
  tear_down (&f);
}

/* Resume */

static void
test_away_and_back (void)
{
  Fixture f;

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
  Fixture f;

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
say_restarts (Fixture *f, guint n)
{
  for (guint i = 0; i < n; i++)
    say (f, 1, "{\"type\":\"restart\",\"to\":\"m2\"}");
}

static void
test_what_waits_is_limited (void)
{
  Fixture f;

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

static void
test_what_waits_is_limited_in_bytes (void)
{
  g_autofree char *sdp = g_strnfill (32000, 'x');
  g_autofree char *offer = g_strdup_printf ("{\"type\":\"offer\",\"to\":\"m2\",\"sdp\":\"%s\"}", sdp);
  Fixture f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 3, FALSE);
  fill (&f, 2);
  for (guint n = 8; n <= 9; n++)
    {
      lose (&f, n == 8 ? 2 : 3);
      for (guint i = 0; i < n; i++)
        say (&f, 1, offer);
      g_string_truncate (f.words, 0);
      enter_again (&f, n == 8 ? 3 : 4, 2);
      g_assert_true ((strstr (f.words->str, "lost") != NULL) == (n == 9));
    }
  tear_down (&f);
}

static void
test_a_second_socket_asks_the_first (void)
{
  Fixture f;

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

static void
test_a_restarted_server (void)
{
  g_auto (SnugTokenClaims) claims = { 0 };
  Fixture f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_2, 4, FALSE);
  fill (&f, 3);
  g_assert_true (snug_token_read (f.key, g_ptr_array_index (f.tokens, 2), &claims));
  snug_server_room_free (f.room);
  f.room = snug_server_room_recreate (&claims, 1000, &io, &f, &times, f.key, f.now_us);
  snug_server_room_set_expiry (f.room, f.now_us + (gint64) 86400 * G_USEC_PER_SEC);

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

/* Version 1 */

static void
test_a_legacy_pair (void)
{
  const char *offer = "{ \"sdp\":\"v=0\",\"type\" : \"offer\", \"odd\":{\"a\":[]} }";
  Fixture f;

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
  Fixture f;

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
  Fixture f;

  set_up_room (&f, SNUG_SERVER_ROOM_VERSION_1, 2, FALSE);
  enter_legacy (&f, 1, "a", "sender");
  enter_legacy (&f, 2, "b", "receiver");
  g_string_truncate (f.words, 0);

  enter_legacy (&f, 3, "b", "receiver");    /* same address: quietly */
  assert_said (&f, "2#1000");
  enter_legacy (&f, 4, "c", "receiver");
  pass_ms (&f, 2000);                       /* no pong: quietly too */
  assert_said (&f, "3~ 3#1000");
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
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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

/* Admission */

static void
test_a_private_room_asks (void)
{
  Fixture f;

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
  Fixture f;

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
  pass_ms (&f, 30000);
  assert_said (&f, "2!denied 1<peer-left:m2,denied");
  pass_ms (&f, 270000);
  assert_said (&f, "4!denied 1<peer-left:m3,denied");
  tear_down (&f);
}

static void
test_lock_and_remove (void)
{
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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
  Fixture f;

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
  ADD ("away-and-back", test_away_and_back);
  ADD ("away-too-long", test_away_too_long);
  ADD ("what-waits-is-limited", test_what_waits_is_limited);
  ADD ("what-waits-is-limited-in-bytes", test_what_waits_is_limited_in_bytes);
  ADD ("a-second-socket-asks-the-first", test_a_second_socket_asks_the_first);
  ADD ("a-restarted-server", test_a_restarted_server);
  ADD ("a-legacy-pair", test_a_legacy_pair);
  ADD ("a-legacy-pair-is-relayed-untouched", test_a_legacy_pair_is_relayed_untouched);
  ADD ("the-same-role-again", test_the_same_role_again);
  ADD ("legacy-with-version-2", test_legacy_with_version_2);
  ADD ("a-legacy-sender-is-asked-for-an-offer", test_a_legacy_sender_is_asked_for_an_offer);
  ADD ("legacy-never-displaces-version-2", test_legacy_never_displaces_version_2);
  ADD ("roles-for-room-info", test_roles_for_room_info);
  ADD ("a-private-room-asks", test_a_private_room_asks);
  ADD ("few-may-wait-at-the-door", test_few_may_wait_at_the_door);
  ADD ("lock-and-remove", test_lock_and_remove);
  ADD ("the-next-host-hears-who-waits", test_the_next_host_hears_who_waits);
  ADD ("a-full-room-admits-nobody", test_a_full_room_admits_nobody);
  ADD ("expiry-and-goodbye", test_expiry_and_goodbye);
  return g_test_run ();
}
