/* What a server does after how long if nothing else is set, to the millisecond: the numbers of PROTOCOL.md section 2, of
 * the man page and of the settings.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "server-clients.h"
#include "snug-passing-time.h"

#define NEVER_MS G_MAXINT

/* Whoever says nothing for long is no matter here. */
#define PATIENT .ping_interval_ms = NEVER_MS, .dead_after_ms = NEVER_MS

static void
count_ended_rooms (const SnugServerEvent *event, gpointer data)
{
  *(guint *) data += event->kind == SNUG_SERVER_ROOM_OVER;
}

/* What was to happen by now has, and it was nothing that @client hears of. */
static void
assert_quiet (SnugRawClient *client)
{
  snug_await_idle (NULL);
  snug_raw_client_say (client, "{\"type\":\"ping\"}");
  assert_hears (client, "\"pong\"");
}

/* In that time, and not before @last_ms of it. */
static void
assert_over_after (guint *n_over, guint ms, guint last_ms)
{
  snug_let_pass (ms - last_ms);
  snug_await_idle (NULL);
  g_assert_cmpuint (*n_over, ==, 0);
  snug_let_pass (last_ms);
  snug_await (NULL, *n_over == 1);
}

/* --- rooms ----------------------------------------------------------------------------------------- */

static void
test_creator (void)
{
  guint n_over = 0;
  SnugServerConfig config = { .on_event = count_ended_rooms, .event_data = &n_over };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL, *member = NULL, *token = NULL;

  g_assert_true (snug_server_create_room (server, 3, FALSE, &code, &member, &token, NULL));
  assert_over_after (&n_over, 60 * 1000, 1);
  stop (server);
}

static void
test_empty_room (void)
{
  guint n_over = 0;
  SnugServerConfig config = { .on_event = count_ended_rooms, .event_data = &n_over };
  SnugServer *server = start (&config);
  g_autofree char *code = create (server, "", NULL);

  assert_over_after (&n_over, 300 * 1000, 1);
  stop (server);
}

/* Its end is said in whole seconds. */
static void
test_old_room (void)
{
  guint n_over = 0;
  SnugServerConfig config = { .empty_room_ms = NEVER_MS, .on_event = count_ended_rooms, .event_data = &n_over };
  SnugServer *server = start (&config);
  g_autofree char *code = create (server, "", NULL);

  assert_over_after (&n_over, 86400 * 1000, 2 * 1000);
  stop (server);
}

/* --- members --------------------------------------------------------------------------------------- */

static void
test_away (void)
{
  SnugServerConfig config = { PATIENT };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  SnugRawClient *ben = join (server, code);

  assert_hears (ana, "peer-joined");
  snug_raw_client_free (ben);
  assert_hears (ana, "peer-away");
  snug_let_pass (179999);
  assert_quiet (ana);
  snug_let_pass (1);
  assert_hears (ana, "{\"type\":\"peer-left\",\"peer\":\"m2\",\"reason\":\"lost\"}");
  stop (server);
}

/* A socket that does not answer, while another one comes with its token. */
static void
test_deaf (void)
{
  SnugServerConfig config = { PATIENT };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) ben = join (server, code);
  g_autofree char *token = token_in (snug_raw_client_hear (ben));
  g_autoptr (SnugRawClient) again = NULL;

  assert_hears (ana, "peer-joined");
  ben->answer_pings = FALSE;
  again = join_with_token (server, code, token);
  snug_await (NULL, ben->n_pings == 1);
  snug_let_pass (1999);
  assert_quiet (ana);
  g_assert_true (g_queue_is_empty (&ben->texts));
  snug_let_pass (1);
  assert_refused (ben, "replaced", 1008);
  assert_hears (again, "\"resumed\":true");
  stop (server);
}

/* Who waits to be let in, and who was asked for the secret. */
static void
test_pending (void)
{
  SnugServerConfig config = { PATIENT };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL, *member = NULL, *token = NULL;
  g_autoptr (SnugRawClient) ana = NULL, ben = NULL, cleo = NULL;

  g_assert_true (snug_server_create_room (server, 3, TRUE, &code, &member, &token, NULL));
  ana = join_with_token (server, code, token);
  assert_hears (ana, "welcome");
  ben = join (server, code);
  assert_hears (ana, "{\"type\":\"peer-pending\",\"peer\":\"m2\"}");
  snug_let_pass (29999);
  assert_quiet (ana);
  snug_let_pass (1);
  assert_hears (ana, "{\"type\":\"peer-left\",\"peer\":\"m2\",\"reason\":\"denied\"}");

  cleo = join (server, code);
  assert_hears (ana, "{\"type\":\"peer-pending\",\"peer\":\"m3\"}");
  assert_hears (cleo, "welcome");
  snug_raw_client_say (ana, "{\"type\":\"restart\",\"to\":\"m3\"}");
  assert_hears (cleo, "restart");
  snug_let_pass (299999);
  assert_quiet (ana);
  snug_let_pass (1);
  assert_hears (ana, "{\"type\":\"peer-left\",\"peer\":\"m3\",\"reason\":\"denied\"}");
  stop (server);
}

/* --- connections ----------------------------------------------------------------------------------- */

/* The last is what is left of a minute. */
static void
test_silent (void)
{
  static const guint looks_ms[] = { 25000, 25000, 10000 };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = NULL;

  snug_note_delays ();
  ana = make_room (server, 3, &code);
  ana->answer_pings = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (looks_ms); i++)
    {
      snug_await (NULL, ana->n_pings == i);
      g_assert_true (snug_was_armed_for (looks_ms, i + 1));
      g_assert_false (ana->ended);
      snug_let_pass (looks_ms[i]);
    }
  snug_await (NULL, ana->ended);
  stop (server);
}

/* It says nothing at all. */
static void
test_no_request (void)
{
  static const guint patience_ms[] = { 15000 };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autoptr (SnugRawClient) client = NULL;

  snug_note_delays ();
  client = snug_raw_client_new (snug_server_get_port (server));
  snug_await (NULL, snug_server_get_n_connections (server) == 1);
  g_assert_true (snug_was_armed_for (patience_ms, 1));
  snug_let_pass (patience_ms[0]);
  snug_await (NULL, client->ended);
  stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  snug_stop_clock ();
#define ADD(path, func) g_test_add_func ("/server-times/" path, func)
  ADD ("creator", test_creator);
  ADD ("empty-room", test_empty_room);
  ADD ("old-room", test_old_room);
  ADD ("away", test_away);
  ADD ("deaf", test_deaf);
  ADD ("pending", test_pending);
  ADD ("silent", test_silent);
  ADD ("no-request", test_no_request);
  return g_test_run ();
}
