/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Frames of a WebSocket that nobody should send: nonsense, too large, too many, too fast. */
#include <string.h>

#include "server-clients.h"

static void
test_fragments_make_a_message (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);

  snug_raw_client_frame (ana, FALSE, 1, "{\"type\":", 8);
  snug_raw_client_frame (ana, TRUE, 9, "in between", 10);
  snug_raw_client_frame (ana, FALSE, 0, "\"ping\",", 7);
  snug_raw_client_frame (ana, TRUE, 0, "\"t\":3}", 6);
  assert_hears (ana, "{\"type\":\"pong\",\"t\":3}");
  stop (server);
}

static void
test_garbage_hurts_nobody_else (void)
{
  const struct { guint8 opcode; const char *text; } garbage[] = {
    { 1, "hello" }, { 1, "" }, { 1, "{\"type\":\"host\",\"peer\":\"m2\"}" }, { 1, "\xff\xfe" }, { 1, "{'type':1}" },
    { 1, "{\"type\":\"peer-left\",\"to\":\"m1\"}" }, { 2, "{\"type\":\"ping\"}" }, { 3, "" }, { 0, "x" }, { 11, "" },
  };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 16, &code);

  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autoptr (SnugRawClient) bad = join (server, code);

      assert_hears (bad, "welcome");
      assert_hears (ana, "peer-joined");
      snug_raw_client_frame (bad, TRUE, garbage[i].opcode, garbage[i].text, strlen (garbage[i].text));
      assert_refused (bad, "bad-message", 1008);
      assert_hears (ana, "peer-away");
    }
  snug_raw_client_say (ana, "{\"type\":\"ping\"}");
  assert_hears (ana, "pong");
  stop (server);
}

static void
test_the_first_frame_is_enter (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  g_autoptr (SnugRawClient) bad = snug_raw_client_open (snug_server_get_port (server), path);
  g_autoptr (SnugRawClient) brackets = snug_raw_client_open (snug_server_get_port (server), path);
  g_autofree char *text = g_strnfill (65536, '[');

  snug_raw_client_say (bad, "{\"type\":\"ping\"}");
  assert_refused (bad, "bad-message", 1008);
  snug_raw_client_say (brackets, text);
  assert_refused (brackets, "bad-message", 1008);
  stop (server);
}

static void
test_brackets (void)
{
  g_autofree char *text = g_strnfill (131072, '[');
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);

  assert_hears (ben, "welcome");
  assert_hears (ana, "peer-joined");
  snug_raw_client_say (ben, text);
  assert_refused (ben, "too-large", 1009);

  /* As many as a message may hold. */
  g_autoptr (SnugRawClient) cleo = join (server, code);
  assert_hears (cleo, "welcome");
  text[65536] = '\0';
  snug_raw_client_say (cleo, text);
  assert_refused (cleo, "bad-message", 1008);
  assert_hears (ana, "peer-away");
  stop (server);
}

static void
test_a_message_too_large_by_one (void)
{
  const gsize limit = 65536 + 8192;
  g_autofree char *text = g_strnfill (limit + 1, ' ');
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 16, &code);

  for (gsize n = limit; n <= limit + 1; n++)
    for (guint n_fragments = 1; n_fragments <= 2; n_fragments++)
      {
        g_autoptr (SnugRawClient) bad = join (server, code);

        assert_hears (bad, "welcome");
        if (n_fragments == 2)
          {
            snug_raw_client_frame (bad, FALSE, 1, text, n - 100);
            snug_raw_client_frame (bad, TRUE, 0, text, 100);
          }
        else
          snug_raw_client_frame (bad, TRUE, 1, text, n);
        /* Up to the limit it is read, and then found too large for a frame. */
        assert_refused (bad, "too-large", 1009);
      }
  stop (server);
}

static void
test_fragments_too_many_by_one (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  const char *text = "{\"type\":\"ping\"}";

  for (guint i = 0; i < 16; i++)
    snug_raw_client_frame (ana, i == 15, i == 0 ? 1 : 0, i < 15 ? text + i : "", i < 15 ? 1 : 0);
  g_assert_cmpuint (strlen (text), ==, 15);
  assert_hears (ana, "pong");
  for (guint i = 0; i < 17; i++)
    snug_raw_client_frame (ana, FALSE, i == 0 ? 1 : 0, " ", 1);
  assert_refused (ana, "too-large", 1009);
  stop (server);
}

static void
test_unfinished_fragments_cost_nothing (void)
{
  g_autofree char *part = g_strnfill (60000, 'x');
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  gsize before, sent = 0;
  gboolean taken;

  assert_hears (ben, "welcome");
  assert_hears (ana, "peer-joined");
  before = resident_bytes ();
  taken = snug_raw_client_frame (ben, FALSE, 1, part, 60000);
  for (; sent < 200u << 20 && taken; sent += 60000)
    taken = snug_raw_client_frame (ben, FALSE, 0, part, 60000);

  g_assert_cmpuint (resident_bytes (), <, before + (8u << 20));
  assert_refused (ben, "too-large", 1009);
  assert_hears (ana, "peer-away");
  stop (server);
}

static void
test_frames_too_fast_by_one (void)
{
  SnugServerConfig config = { .max_frames_per_s = 1, .max_frame_burst = 50 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);    /* its `enter` was one */
  g_autoptr (SnugRawClient) ben = join (server, code);

  assert_hears (ben, "welcome");
  assert_hears (ana, "peer-joined");
  for (guint i = 0; i < 49; i++)
    snug_raw_client_say (ana, "{\"type\":\"ping\"}");
  for (guint i = 0; i < 49; i++)
    assert_hears (ana, "pong");
  /* A second may have passed meanwhile, and made room for one or a few more. */
  for (guint i = 0; i < 50; i++)
    snug_raw_client_say (ana, "{\"type\":\"ping\"}");
  while (ana->close_code == 0 && !ana->ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (snug_raw_client_end (ana), ==, 1008);
  g_assert_nonnull (strstr (g_queue_peek_tail (&ana->texts), "\"code\":\"rate-limited\""));

  /* Control frames count too, and so do fragments. */
  for (guint i = 0; i < 100; i++)
    snug_raw_client_frame (ben, TRUE, 9, "", 0);
  assert_hears (ben, "peer-away");
  assert_refused (ben, "rate-limited", 1008);
  stop (server);
}

static void
test_frames_that_break_the_rules (void)
{
  const struct { const char *bytes; gsize n; } rows[] = {
    { "\x81\x02hi", 4 },                                      /* not masked */
    { "\xc1\x80\x00\x00\x00\x00", 6 },                        /* a reserved bit: an extension */
    { "\x09\x80\x00\x00\x00\x00", 6 },                        /* a control frame in parts */
    { "\x89\xfe\x00\x7e\x00\x00\x00\x00", 8 },                /* a control frame of 126 bytes */
    { "\x80\x80\x00\x00\x00\x00", 6 },                        /* goes on with nothing */
    { "\x01\x80\x00\x00\x00\x00\x81\x80\x00\x00\x00\x00", 12 },   /* a message inside a message */
  };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 16, &code);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SnugRawClient) bad = join (server, code);

      assert_hears (bad, "welcome");
      snug_raw_client_write (bad, rows[i].bytes, rows[i].n);
      assert_refused (bad, "bad-message", 1008);
    }
  /* A length of 2^63 and more. */
  g_autoptr (SnugRawClient) huge = join (server, code);
  assert_hears (huge, "welcome");
  snug_raw_client_write (huge, "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", 14);
  assert_refused (huge, "too-large", 1009);
  stop (server);
}

static void
test_who_does_not_read_is_dropped (void)
{
  g_autofree char *filler = g_strnfill (60000, 'x');
  g_autofree char *frame = g_strdup_printf ("{\"type\":\"song\",\"to\":\"m2\",\"x\":\"%s\"}", filler);
  SnugServerConfig config = { .max_frames_per_s = 100000, .max_frame_burst = 100000 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  gsize before = resident_bytes ();
  guint n = 0;

  assert_hears (ben, "welcome");
  assert_hears (ana, "peer-joined");
  snug_raw_client_go_deaf (ben);
  while (ana->texts.length == 0)
    {
      snug_raw_client_say (ana, frame);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (++n, <, 2000);
    }
  assert_hears (ana, "{\"type\":\"peer-away\",\"peer\":\"m2\"}");
  g_assert_cmpuint (resident_bytes (), <, before + (64u << 20));
  stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server/" path, func)
  ADD ("fragments-make-a-message", test_fragments_make_a_message);
  ADD ("garbage-hurts-nobody-else", test_garbage_hurts_nobody_else);
  ADD ("the-first-frame-is-enter", test_the_first_frame_is_enter);
  ADD ("brackets", test_brackets);
  ADD ("a-message-too-large-by-one", test_a_message_too_large_by_one);
  ADD ("fragments-too-many-by-one", test_fragments_too_many_by_one);
  ADD ("unfinished-fragments-cost-nothing", test_unfinished_fragments_cost_nothing);
  ADD ("frames-too-fast-by-one", test_frames_too_fast_by_one);
  ADD ("frames-that-break-the-rules", test_frames_that_break_the_rules);
  ADD ("who-does-not-read-is-dropped", test_who_does_not_read_is_dropped);
  return g_test_run ();
}
