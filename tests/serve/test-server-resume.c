/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who comes back with a token, to the same server or to one that was started again. */
#include <glib/gstdio.h>
#include <string.h>

#include "server-clients.h"
#include "snug-temp-folder.h"

static void
test_resume (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  SnugRawClient *ben = join (server, code);
  g_autofree char *token = token_in (snug_raw_client_hear (ben));
  g_autofree char *forged = g_strdup (token);

  assert_hears (ana, "peer-joined");
  snug_raw_client_free (ben);
  assert_hears (ana, "peer-away");
  snug_raw_client_say (ana, "{\"type\":\"restart\",\"to\":\"m2\"}");
  ben = join_with_token (server, code, token);
  assert_hears (ben, "\"resumed\":true");
  assert_hears (ben, "{\"type\":\"restart\",\"to\":\"m2\",\"from\":\"m1\"}");
  assert_hears (ana, "{\"type\":\"peer-back\",\"peer\":\"m2\"}");

  /* Twice at once: the first one answers, the second is sent away. */
  g_autoptr (SnugRawClient) twin = join_with_token (server, code, token);
  assert_refused (twin, "in-use", 1008);
  /* The first one is deaf: replaced. */
  ben->answer_pings = FALSE;
  g_autoptr (SnugRawClient) heir = join_with_token (server, code, token);
  assert_hears (heir, "\"resumed\":true");
  assert_refused (ben, "replaced", 1008);

  forged[strlen (forged) - 2] = forged[strlen (forged) - 2] == 'A' ? 'B' : 'A';
  g_autoptr (SnugRawClient) thief = join_with_token (server, code, forged);
  assert_refused (thief, "bad-token", 1008);
  g_autoptr (SnugRawClient) lost = join_with_token (server, "ZZZZ99", token);
  assert_refused (lost, "bad-token", 1008);
  snug_raw_client_free (ben);
  stop (server);
}

static SnugRawClient *
join_as (SnugServer *server, const char *code, const char *token, const char *client)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  g_autofree char *enter = g_strdup_printf ("{\"type\":\"enter\",\"token\":%s%s%s,\"client\":\"%s\"}",
                                            token != NULL ? "\"" : "", token != NULL ? token : "null",
                                            token != NULL ? "\"" : "", client);
  SnugRawClient *raw = snug_raw_client_open (snug_server_get_port (server), path);

  snug_raw_client_say (raw, enter);
  return raw;
}

/* Its old socket would answer: it is not asked. */
static void
test_resume_by_the_same_client (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join_as (server, code, NULL, "one");
  g_autofree char *token = token_in (snug_raw_client_hear (ben));

  g_autoptr (SnugRawClient) again = join_as (server, code, token, "one");
  assert_hears (again, "\"resumed\":true");
  /* No `error`, after which a client stays away: it may be the later of two entries that comes first. */
  g_assert_cmpuint (snug_raw_client_end (ben), ==, 1001);
  g_autoptr (SnugRawClient) twin = join_as (server, code, token, "other");
  assert_refused (twin, "in-use", 1008);
  stop (server);
}

/* Who has a token is not stopped by the limit on guesses, but may not knock without end either: 48 times as
 * often. */
static void
test_entries_of_all_kinds (void)
{
  SnugServerConfig config = { .max_joins_per_minute = 1 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  g_autofree char *token = token_in (snug_raw_client_hear (ben));
  guint n = 2;    /* their own */

  for (gboolean limited = FALSE; !limited;)
    {
      g_autoptr (SnugRawClient) knock = join_with_token (server, code, token);
      const char *heard = snug_raw_client_hear (knock);

      limited = strstr (heard, "\"code\":\"rate-limited\"") != NULL;
      g_assert_true (limited || strstr (heard, "\"code\":\"in-use\"") != NULL);
      g_assert_cmpuint (snug_raw_client_end (knock), ==, 1008);
      n += limited ? 0 : 1;
    }
  /* A moment may have passed meanwhile, and made room for some more. */
  g_assert_cmpuint (n, >=, 48);
  g_assert_cmpuint (n, <, 480);
  snug_raw_client_say (ben, "{\"type\":\"restart\",\"to\":\"m1\"}");
  assert_hears (ana, "peer-joined");
  assert_hears (ana, "restart");
  stop (server);
}

static void
test_a_restarted_server (void)
{
  g_autoptr (SnugTempFolder) folder = snug_temp_folder_new ();
  g_autofree char *key_file = g_build_filename (folder, "key", NULL);
  SnugServerConfig config = { .key_file = key_file };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autofree char *token = NULL;
  GStatBuf status;

  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  token = token_in (snug_raw_client_hear (ben));
  snug_server_stop (server, "restart");
  assert_hears (ben, "{\"type\":\"goodbye\",\"reason\":\"restart\",\"again_after\":5}");
  g_assert_cmpuint (snug_raw_client_end (ben), ==, 1001);
  stop (server);

  g_assert_cmpint (g_stat (key_file, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  server = start (&config);
  g_autoptr (SnugRawClient) early = join (server, code);
  assert_refused (early, "room-not-found", 1008);
  g_autoptr (SnugRawClient) again = join_with_token (server, code, token);
  assert_hears (again, "\"self\":\"m2\",\"seq\":2");
  g_autoptr (SnugRawClient) cleo = join (server, code);
  assert_hears (cleo, "\"members\":[{\"id\":\"m2\",\"seq\":2}]");
  stop (server);

  /* Another key: another server. */
  g_unlink (key_file);
  server = start (&config);
  g_autoptr (SnugRawClient) stranger = join_with_token (server, code, token);
  assert_refused (stranger, "bad-token", 1008);
  stop (server);
}

static void
test_a_room_that_is_over_stays_over (void)
{
  SnugServerConfig config = { .empty_room_ms = 1 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autofree char *token = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  gboolean over = FALSE;

  token = token_in (snug_raw_client_hear (ben));
  snug_raw_client_say (ben, "{\"type\":\"leave\"}");
  snug_raw_client_say (ana, "{\"type\":\"leave\"}");
  snug_raw_client_end (ben);
  snug_raw_client_end (ana);
  while (!over)
    {
      g_autoptr (SnugRawClient) metrics = ask (server, "GET", "/metrics", "", "");

      over = strstr (metrics->head->str, "\nsnug_rooms 0\n") != NULL;
    }
  g_autoptr (SnugRawClient) again = join_with_token (server, code, token);
  assert_refused (again, "expired", 1008);
  stop (server);
}

static void
test_a_built_in_server_again (void)
{
  g_autoptr (SnugTempFolder) folder = snug_temp_folder_new ();
  g_autofree char *key_file = g_build_filename (folder, "key", NULL);
  SnugServerConfig config = { .built_in = TRUE, .key_file = key_file };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autofree char *member = NULL;
  g_autofree char *own = NULL;
  g_autofree char *guest = NULL;

  g_assert_true (snug_server_create_room (server, 3, FALSE, &code, &member, &own, NULL));
  g_autoptr (SnugRawClient) ana = join_with_token (server, code, own);
  assert_hears (ana, "welcome");
  g_autoptr (SnugRawClient) ben = join (server, code);
  guest = token_in (snug_raw_client_hear (ben));
  stop (server);

  /* It carries its own room only: not one that a guest remembers, but the one its owner does. */
  server = start (&config);
  g_autoptr (SnugRawClient) early = join_with_token (server, code, guest);
  assert_refused (early, "expired", 1008);
  g_autoptr (SnugRawClient) owner = join_with_token (server, code, own);
  assert_hears (owner, "\"self\":\"m1\"");
  g_autoptr (SnugRawClient) late = join_with_token (server, code, guest);
  assert_hears (late, "\"self\":\"m2\"");
  stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server/" path, func)
  ADD ("resume", test_resume);
  ADD ("resume-by-the-same-client", test_resume_by_the_same_client);
  ADD ("entries-of-all-kinds", test_entries_of_all_kinds);
  ADD ("a-restarted-server", test_a_restarted_server);
  ADD ("a-room-that-is-over-stays-over", test_a_room_that_is_over_stays_over);
  ADD ("a-built-in-server-again", test_a_built_in_server_again);
  return g_test_run ();
}
