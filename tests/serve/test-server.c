/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The real server on a real socket, and clients of every kind in the same process. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "snug-address.h"
#include "snug-await.h"
#include "snug-raw-client.h"
#include "snug-server.h"
#include "snug-signal-message.h"

static SnugServer *
start (const SnugServerConfig *config)
{
  SnugServer *server = snug_server_new (config);
  g_autoptr (GError) error = NULL;

  snug_server_listen (server, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  return server;
}

/* Nothing of the server may be left but the server. */
static void
stop (SnugServer *server)
{
  snug_server_stop (server, "over");
  snug_await (NULL, snug_server_get_n_connections (server) == 0);
  g_assert_finalize_object (server);
}

static SnugRawClient *
ask (SnugServer *server, const char *method, const char *path, const char *headers, const char *body)
{
  SnugRawClient *client = snug_raw_client_new (snug_server_get_port (server));

  snug_raw_client_request (client, method, path, headers, body);
  snug_raw_client_answer (client);
  return client;
}

/* The code that create-room gave; @extra takes the whole answer. */
static char *
create (SnugServer *server, const char *body, char **answer)
{
  g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", body);
  const char *code = strstr (client->head->str, "\"code\":\"");

  g_assert_nonnull (code);
  if (answer != NULL)
    *answer = g_strdup (strstr (client->head->str, "{\"success\""));
  return g_strndup (code + strlen ("\"code\":\""), 6);
}

static SnugRawClient *
join (SnugServer *server, const char *code)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  SnugRawClient *client = snug_raw_client_open (snug_server_get_port (server), path);

  snug_raw_client_say (client, "{\"type\":\"enter\"}");
  return client;
}

static SnugRawClient *
join_with_token (SnugServer *server, const char *code, const char *token)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  g_autofree char *enter = g_strdup_printf ("{\"type\":\"enter\",\"token\":\"%s\"}", token);
  SnugRawClient *client = snug_raw_client_open (snug_server_get_port (server), path);

  snug_raw_client_say (client, enter);
  return client;
}

static SnugRawClient *
join_legacy (SnugServer *server, const char *code, const char *role)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&role=%s", code, role);

  return snug_raw_client_open (snug_server_get_port (server), path);
}

/* A room with its creator in it. */
static SnugRawClient *
make_room (SnugServer *server, guint capacity, char **code)
{
  g_autofree char *member = NULL;
  g_autofree char *token = NULL;
  SnugRawClient *client;

  g_assert_true (snug_server_create_room (server, capacity, FALSE, code, &member, &token, NULL));
  g_assert_cmpstr (member, ==, "m1");
  client = join_with_token (server, *code, token);
  g_assert_true (g_str_has_prefix (snug_raw_client_hear (client), "{\"type\":\"welcome\""));
  return client;
}

#define assert_hears(client, part)                                  \
  G_STMT_START {                                                    \
    const char *heard_ = snug_raw_client_hear (client);             \
    if (strstr (heard_, (part)) == NULL)                            \
      g_error ("%s: heard “%s”, not “%s”", G_STRLOC, heard_, part); \
  } G_STMT_END

/* Told why in a frame, then closed with @close_code. */
#define assert_refused(client, code, close_code)                    \
  G_STMT_START {                                                    \
    assert_hears (client, "\"code\":\"" code "\"");                 \
    g_assert_cmpuint (snug_raw_client_end (client), ==, close_code);\
  } G_STMT_END

static gsize
resident_bytes (void)
{
  g_autofree char *text = NULL;
  gulong total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%lu %lu", &total, &resident), ==, 2);
  return resident * 4096;
}

/* HTTP */

static void
test_create_and_info (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autofree char *old_answer = NULL;
  g_autofree char *new_answer = NULL;
  g_autofree char *old_code = create (server, "", &old_answer);
  g_autofree char *new_code = create (server, "{\"v\":2,\"capacity\":3,\"private\":false}", &new_answer);
  g_autofree char *path = g_strdup_printf ("/api/room-info?code=%s", old_code);
  g_autofree char *exact = g_strdup_printf ("{\"success\":true,\"code\":\"%s\"}", old_code);
  g_autoptr (SnugRawClient) info = ask (server, "GET", path, "", "");
  g_autoptr (SnugRawClient) none = ask (server, "GET", "/api/room-info?code=ZZZZ99", "", "");

  g_assert_cmpstr (old_answer, ==, exact);
  g_assert_nonnull (strstr (new_answer, "\"v\":2,\"member\":\"m1\",\"token\":\""));
  g_assert_nonnull (strstr (info->head->str, "\"has_sender\":false,\"has_receiver\":false,\"created_at\":1"));
  g_assert_nonnull (strstr (info->head->str, "application/json"));
  g_assert_nonnull (strstr (none->head->str, " 200 OK"));
  g_assert_nonnull (strstr (none->head->str, "{\"success\":false,\"message\":\"Room not found\"}"));

  g_free (path);
  path = g_strdup_printf ("/api/room-info?code=%s", new_code);
  g_autoptr (SnugRawClient) early = ask (server, "GET", path, "", "");
  g_assert_nonnull (strstr (early->head->str, "Room not found"));    /* its creator is not in yet */
  stop (server);
}

static void
test_create_is_strict (void)
{
  const char *bad[] = { "{\"v\":2,\"capacity\":1}", "{\"v\":2,\"capacity\":17}", "{\"v\":2,\"capacity\":\"2\"}",
                        "{\"v\":3}", "{\"v\":\"2\"}", "{\"v\":1}", "{\"v\":2,\"private\":1}" };
  const char *old[] = { "", "{}", "nonsense", "[[[[[[[[[[[[[[[[", "{\"anything\":1}" };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", bad[i]);

      g_assert_nonnull (strstr (client->head->str, " 400 "));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (old); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", old[i]);

      g_assert_nonnull (strstr (client->head->str, "{\"success\":true,\"code\":\""));
      g_assert_null (strstr (client->head->str, "token"));
    }
  stop (server);
}

static void
test_rooms_of_an_address (void)
{
  SnugServerConfig config = { .max_rooms_per_address = 3 };
  SnugServer *server = start (&config);

  for (guint i = 0; i < 3; i++)
    g_free (create (server, "", NULL));
  g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", "");
  g_assert_nonnull (strstr (client->head->str, " 429 "));
  stop (server);
}

/* The default, and not of the version-1 rooms alone. */
static void
test_twenty_rooms_of_an_address (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);

  for (guint i = 0; i <= 20; i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", i % 2 == 0 ? "" : "{\"v\":2}");

      g_assert_true ((strstr (client->head->str, " 429 ") != NULL) == (i == 20));
    }
  stop (server);
}

static void
test_room_infos_of_an_address (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);

  for (guint i = 0; i <= 20; i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "GET", "/api/room-info?code=ZZZZ99", "", "");

      g_assert_true ((strstr (client->head->str, " 429 ") != NULL) == (i == 20));
    }
  stop (server);
}

static void
test_methods_and_paths (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  const struct { const char *method, *path, *status; } rows[] = {
    { "GET", "/api/health", " 200 " },
    { "HEAD", "/api/health", " 200 " },
    { "GET", "/metrics", " 200 " },
    { "GET", "/api/create-room", " 405 " },
    { "POST", "/api/health", " 405 " },
    { "DELETE", "/", " 405 " },
    { "GET", "/api/nothing", " 404 " },
    { "GET", "/", " 404 " },                            /* no page is served here */
    { "GET", "/api/ws?code=BOOK23", " 400 " },
    { "GET", "/api/ws?code=BOOK23&role=king", " 400 " },
    { "GET", "/api/ws?role=sender", " 400 " },
    { "GET", "/api/ws?code=BOOK23&v=3", " 400 " },
    { "GET", "/api/ws?code=BOOK23&v=2", " 400 " },      /* but for no WebSocket */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, rows[i].method, rows[i].path, "Connection: close\r\n", "");

      g_test_message ("%s %s", rows[i].method, rows[i].path);
      g_assert_nonnull (strstr (client->head->str, rows[i].status));
    }
  stop (server);
}

static void
test_hosts_that_are_none (void)
{
  const char *bad[] = { "", "a b", "a'b", "a;script-src *", "a:b", "a:123456", "[::1", "[x]:1", "\xc3\xa9" };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *header = g_strdup_printf ("Host: %s\r\nConnection: close\r\n", bad[i]);
      g_autoptr (SnugRawClient) client = ask (server, "GET", "/api/health", header, "");

      g_test_message ("%s", bad[i]);
      g_assert_null (strstr (client->head->str, " 200 "));
      g_assert_null (strstr (client->head->str, "script-src *;"));
    }
  stop (server);
}

static void
test_bodies_are_short (void)
{
  g_autofree char *body = g_strnfill (4096, ' ');
  g_autofree char *longer = g_strnfill (4097, ' ');
  g_autofree char *chunk = g_strnfill (4000, ' ');
  g_autofree char *chunks = g_strdup_printf ("POST /api/create-room HTTP/1.1\r\nHost: a\r\n"
                                             "Transfer-Encoding: chunked\r\n\r\n"
                                             "fa0\r\n%s\r\nfa0\r\n%s\r\n", chunk, chunk);
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autoptr (SnugRawClient) good = ask (server, "POST", "/api/create-room", "", body);
  g_autoptr (SnugRawClient) bad = ask (server, "POST", "/api/create-room", "", longer);
  g_autoptr (SnugRawClient) endless = snug_raw_client_new (snug_server_get_port (server));

  g_assert_nonnull (strstr (good->head->str, " 200 "));
  g_assert_true (bad->ended);
  g_assert_cmpuint (bad->head->len, ==, 0);
  snug_raw_client_write (endless, chunks, strlen (chunks));
  snug_await (NULL, endless->ended);
  stop (server);
}

static void
test_endless_headers_cost_nothing (void)
{
  g_autofree char *line = g_strnfill (1 << 20, 'x');
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autoptr (SnugRawClient) client = snug_raw_client_new (snug_server_get_port (server));
  gsize before = resident_bytes ();
  gboolean taken = snug_raw_client_write (client, "GET / HTTP/1.1\r\nX: ", 19);

  for (guint i = 0; i < 64 && taken; i++)
    taken = snug_raw_client_write (client, line, 1 << 20);
  g_assert_false (taken);
  g_assert_cmpuint (resident_bytes (), <, before + (8u << 20));
  stop (server);
}

/* A page may not ask for one file a thousand times in one request. */
static void
test_the_page (void)
{
  g_autofree char *root = g_dir_make_tmp ("snug-web-XXXXXX", NULL);
  g_autofree char *index = g_build_filename (root, "index.html", NULL);
  g_autofree char *script = g_build_filename (root, "main.js", NULL);
  g_autofree char *packed = g_build_filename (root, "main.js.gz", NULL);
  g_autofree char *hidden = g_build_filename (root, ".secret.js", NULL);
  g_autofree char *odd = g_build_filename (root, "notes.c", NULL);
  SnugServerConfig config = { .web_root = root };
  SnugServer *server;
  const char *bad[] = { "/.secret.js", "/notes.c", "/../etc/hostname", "/%2e%2e/etc/hostname", "/..%2fmain.js",
                        "//main.js", "/main.js/", "/main.js%00.html", "/none.js" };
  const char *headers[] = {
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self' ws://10.0.0.7:2029 wss://10.0.0.7:2029; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'\r\n",
    "Referrer-Policy: no-referrer\r\n", "X-Content-Type-Options: nosniff\r\n",
    "Cross-Origin-Opener-Policy: same-origin\r\n", "Cache-Control: no-store\r\n", "X-Robots-Tag: noindex\r\n",
    "Content-Type: text/html; charset=utf-8\r\n", "\r\n\r\n<p>here", " 200 OK",
  };

  g_assert_true (g_file_set_contents (index, "<p>here", -1, NULL));
  g_assert_true (g_file_set_contents (script, "let a", -1, NULL));
  g_assert_true (g_file_set_contents (packed, "packed a", -1, NULL));
  g_assert_true (g_file_set_contents (hidden, "let b", -1, NULL));
  g_assert_true (g_file_set_contents (odd, "int c;", -1, NULL));
  server = start (&config);

  g_autoptr (SnugRawClient) page = ask (server, "GET", "/?code=BOOK23", "Host: 10.0.0.7:2029\r\n", "");
  for (gsize i = 0; i < G_N_ELEMENTS (headers); i++)
    g_assert_nonnull (strstr (page->head->str, headers[i]));

  g_autoptr (SnugRawClient) js = ask (server, "GET", "/main.js", "Range: bytes=0-0,0-0,0-0,1-1\r\n", "");
  g_assert_nonnull (strstr (js->head->str, " 200 OK"));
  g_assert_nonnull (strstr (js->head->str, "text/javascript"));
  g_assert_nonnull (strstr (js->head->str, "\r\n\r\nlet a"));

  /* What the build packed goes out packed, to whom takes it so. */
  g_autoptr (SnugRawClient) gz = ask (server, "GET", "/main.js", "Accept-Encoding: br, GZIP;q=0.5\r\n", "");
  g_assert_nonnull (strstr (gz->head->str, "Content-Encoding: gzip\r\n"));
  g_assert_nonnull (strstr (gz->head->str, "Vary: Accept-Encoding\r\n"));
  g_assert_nonnull (strstr (gz->head->str, "text/javascript"));
  g_assert_nonnull (strstr (gz->head->str, "\r\n\r\npacked a"));
  g_autoptr (SnugRawClient) not_gz = ask (server, "GET", "/main.js", "Accept-Encoding: gzip;q=0, br\r\n", "");
  g_assert_null (strstr (not_gz->head->str, "Content-Encoding"));
  g_assert_nonnull (strstr (not_gz->head->str, "\r\n\r\nlet a"));
  g_autoptr (SnugRawClient) unpacked = ask (server, "GET", "/", "Accept-Encoding: gzip\r\n", "");
  g_assert_nonnull (strstr (unpacked->head->str, "\r\n\r\n<p>here"));

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "GET", bad[i], "Connection: close\r\n", "");

      g_test_message ("%s", bad[i]);
      g_assert_nonnull (strstr (client->head->str, "HTTP/1.1 40"));
    }

  stop (server);
  g_unlink (index);
  g_unlink (script);
  g_unlink (packed);
  g_unlink (hidden);
  g_unlink (odd);
  g_rmdir (root);
}

static void
test_clients_that_take_their_time (void)
{
  SnugServerConfig config = { .patience_ms = 1000 };
  SnugServer *server = start (&config);
  guint port = snug_server_get_port (server);
  g_autofree char *code = NULL;
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  g_autoptr (SnugRawClient) upgraded = snug_raw_client_open (port, "/api/ws?code=ZZZZ99&v=2");
  SnugRawClient *idle[50];

  /* Half a request each, and nothing more: nobody waits for them, and they do not stay. */
  for (gsize i = 0; i < G_N_ELEMENTS (idle); i++)
    {
      idle[i] = snug_raw_client_new (port);
      snug_raw_client_write (idle[i], "GET /api/ws?code=", i % 2 * 17);
    }
  g_autoptr (SnugRawClient) health = ask (server, "GET", "/api/health", "", "");
  g_assert_nonnull (strstr (health->head->str, " 200 "));
  for (gsize i = 0; i < G_N_ELEMENTS (idle); i++)
    {
      snug_await (NULL, idle[i]->ended);
      snug_raw_client_free (idle[i]);
    }
  assert_refused (upgraded, "bad-message", 1008);    /* upgraded, but never entered */
  snug_await (NULL, health->ended);                  /* kept alive for nothing */

  snug_raw_client_say (ana, "{\"type\":\"ping\"}");
  assert_hears (ana, "pong");
  stop (server);
}

/* Rooms */

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

/* Nonsense */

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

/* Resume */

static char *
token_in (const char *welcome)
{
  const char *start = strstr (welcome, "\"token\":\"");

  g_assert_nonnull (start);
  start += strlen ("\"token\":\"");
  return g_strndup (start, strcspn (start, "\""));
}

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
  g_autofree char *folder = g_dir_make_tmp ("snug-key-XXXXXX", NULL);
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
  g_unlink (key_file);
  g_rmdir (folder);
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

/* Version 1 */

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

/* Where others reach it, as it tells who asks under @host, or "" */
static char *
dup_told_address (SnugServer *server, const char *host)
{
  g_autofree char *headers = g_strdup_printf ("Host: %s\r\n", host);
  g_autoptr (SnugRawClient) client = ask (server, "GET", "/api/health", headers, "");
  const char *address = strstr (client->head->str, "\"address\":\"");

  g_assert_nonnull (strstr (client->head->str, " 200 "));
  if (address == NULL)
    return g_strdup ("");
  address += strlen ("\"address\":\"");
  return g_strndup (address, strcspn (address, "\""));
}

static void
assert_tells (SnugServer *server, const char *host, const char *address)
{
  g_autofree char *told = dup_told_address (server, host);

  g_assert_cmpstr (told, ==, address);
}

static void
test_address_for_others (void)
{
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);
  g_autoptr (GInetAddress) address = snug_address_for_others ();
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  /* It listens on loopback only. */
  assert_tells (server, "127.0.0.1", "");
  stop (server);

  server = snug_server_new (&config);
  snug_server_listen (server, "0.0.0.0:0", &error);
  g_assert_no_error (error);
  url = g_inet_address_get_is_loopback (address) || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV4
        ? g_strdup ("") : snug_address_to_url (address, snug_server_get_port (server));
  assert_tells (server, "127.0.0.1", url);
  assert_tells (server, "localhost:2029", url);
  assert_tells (server, "192.168.1.5", "");
  assert_tells (server, "snug.example.org", "");
  stop (server);
}

static void
test_address_is_not_told_through_a_proxy (void)
{
  g_autoptr (GPtrArray) proxies = g_ptr_array_new_with_free_func (g_object_unref);
  SnugServerConfig config = { .proxies = proxies };
  g_autoptr (GError) error = NULL;
  SnugServer *server;

  g_ptr_array_add (proxies, g_inet_address_mask_new_from_string ("127.0.0.1", NULL));
  server = snug_server_new (&config);
  snug_server_listen (server, "0.0.0.0:0", &error);
  g_assert_no_error (error);
  assert_tells (server, "localhost", "");
  stop (server);
}

/* The built-in server */

static void
test_built_in (void)
{
  SnugServerConfig config = { .built_in = TRUE };
  SnugServer *server = start (&config);
  guint port = snug_server_get_port (server);
  g_autofree char *code = NULL;
  g_autofree char *own = g_strdup_printf ("Host: 127.0.0.1:%u\r\n", port);
  g_autofree char *origin = g_strdup_printf ("%sOrigin: http://127.0.0.1:%u\r\n", own, port);
  g_autofree char *other = g_strdup_printf ("%sOrigin: http://evil.example\r\n", own);
  g_autoptr (SnugRawClient) ana = make_room (server, 3, &code);
  const struct { const char *method, *headers, *status; } rows[] = {
    { "GET", own, " 200 " },
    { "GET", "Host: localhost\r\n", " 200 " },
    { "GET", "Host: mybox.local:2029\r\n", " 200 " },
    { "GET", "Host: [::1]:2029\r\n", " 200 " },
    { "GET", "Host: evil.example\r\n", " 403 " },
    { "GET", "Host: 127.0.0.1.evil.example\r\n", " 403 " },
    { "GET", "Host: .local\r\n", " 403 " },
    { "GET", other, " 200 " },          /* reading needs no origin: nothing lets the other page see it */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, rows[i].method, "/api/health", rows[i].headers, "");

      g_test_message ("%s", rows[i].headers);
      g_assert_nonnull (strstr (client->head->str, rows[i].status));
      g_assert_null (strstr (client->head->str, "Access-Control"));
    }

  g_autoptr (SnugRawClient) mine = ask (server, "POST", "/api/create-room", origin, "{\"v\":2}");
  g_assert_nonnull (strstr (mine->head->str, " 403 "));
  g_assert_nonnull (strstr (mine->head->str, "own room only"));

  /* A page from elsewhere may not open a WebSocket either. */
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  g_autofree char *handshake = g_strconcat (other, "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                            "Sec-WebSocket-Version: 13\r\n", NULL);
  g_autoptr (SnugRawClient) evil = ask (server, "GET", path, handshake, "");
  g_assert_nonnull (strstr (evil->head->str, " 403 "));
  g_autoptr (SnugRawClient) ben = join (server, code);
  assert_hears (ben, "welcome");
  stop (server);
}

static void
test_a_built_in_server_again (void)
{
  g_autofree char *folder = g_dir_make_tmp ("snug-key-XXXXXX", NULL);
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
  g_unlink (key_file);
  g_rmdir (folder);
}

static void
test_ice_servers_for_those_they_help (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  SnugSignalIceServer rows[] = {
    { (char *) "stun:stun.example.org", NULL, NULL },
    { (char *) "turn:10.0.0.1:3478?transport=tcp", (char *) "u", (char *) "c" },
    { (char *) "http://example.org", NULL, NULL },
    { (char *) "turns:a.example.org", (char *) "u", (char *) "c" },
    { (char *) "stun:b.example.org", NULL, NULL },
    { (char *) "stun:fifth.example.org", NULL, NULL },
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

/* Many */

static void
test_a_hundred_at_once (void)
{
  SnugServerConfig config = { .max_rooms_per_address = 100 };
  SnugServer *server = start (&config);
  SnugRawClient *clients[100];
  g_autofree char *code = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = snug_raw_client_new (snug_server_get_port (server));
      snug_raw_client_request (clients[i], "POST", "/api/create-room", "", "");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_assert_nonnull (strstr (snug_raw_client_answer (clients[i]), "\"success\":true"));
      snug_raw_client_free (clients[i]);
    }
  stop (server);
}

static void
test_addresses_to_listen_on (void)
{
  const char *bad[] = { "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "nowhere:80", ":80",
                        "[::1:80" };
  SnugServerConfig config = { 0 };
  g_autoptr (SnugServer) server = snug_server_new (&config);
  g_autofree char *taken = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (snug_server_listen (server, bad[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  g_assert_true (snug_server_listen (server, "127.0.0.1:0", NULL));
  g_assert_cmpuint (snug_server_get_port (server), !=, 0);

  g_autoptr (SnugServer) other = snug_server_new (&config);
  g_autoptr (GError) error = NULL;
  taken = g_strdup_printf ("127.0.0.1:%u", snug_server_get_port (server));
  g_assert_false (snug_server_listen (other, taken, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/server/" path, func)
  ADD ("create-and-info", test_create_and_info);
  ADD ("create-is-strict", test_create_is_strict);
  ADD ("rooms-of-an-address", test_rooms_of_an_address);
  ADD ("twenty-rooms-of-an-address", test_twenty_rooms_of_an_address);
  ADD ("room-infos-of-an-address", test_room_infos_of_an_address);
  ADD ("methods-and-paths", test_methods_and_paths);
  ADD ("hosts-that-are-none", test_hosts_that_are_none);
  ADD ("bodies-are-short", test_bodies_are_short);
  ADD ("endless-headers-cost-nothing", test_endless_headers_cost_nothing);
  ADD ("the-page", test_the_page);
  ADD ("clients-that-take-their-time", test_clients_that_take_their_time);
  ADD ("three-members", test_three_members);
  ADD ("fragments-make-a-message", test_fragments_make_a_message);
  ADD ("no-such-room", test_no_such_room);
  ADD ("a-full-room", test_a_full_room);
  ADD ("joins-that-come-to-nothing", test_joins_that_come_to_nothing);
  ADD ("garbage-hurts-nobody-else", test_garbage_hurts_nobody_else);
  ADD ("the-first-frame-is-enter", test_the_first_frame_is_enter);
  ADD ("brackets", test_brackets);
  ADD ("a-message-too-large-by-one", test_a_message_too_large_by_one);
  ADD ("fragments-too-many-by-one", test_fragments_too_many_by_one);
  ADD ("unfinished-fragments-cost-nothing", test_unfinished_fragments_cost_nothing);
  ADD ("frames-too-fast-by-one", test_frames_too_fast_by_one);
  ADD ("frames-that-break-the-rules", test_frames_that_break_the_rules);
  ADD ("who-does-not-read-is-dropped", test_who_does_not_read_is_dropped);
  ADD ("the-dead-are-noticed", test_the_dead_are_noticed);
  ADD ("away-for-too-long", test_away_for_too_long);
  ADD ("rooms-that-end", test_rooms_that_end);
  ADD ("resume", test_resume);
  ADD ("entries-of-all-kinds", test_entries_of_all_kinds);
  ADD ("a-restarted-server", test_a_restarted_server);
  ADD ("a-room-that-is-over-stays-over", test_a_room_that_is_over_stays_over);
  ADD ("a-legacy-pair", test_a_legacy_pair);
  ADD ("address-for-others", test_address_for_others);
  ADD ("address-is-not-told-through-a-proxy", test_address_is_not_told_through_a_proxy);
  ADD ("built-in", test_built_in);
  ADD ("a-built-in-server-again", test_a_built_in_server_again);
  ADD ("ice-servers-for-those-they-help", test_ice_servers_for_those_they_help);
  ADD ("a-hundred-at-once", test_a_hundred_at_once);
  ADD ("addresses-to-listen-on", test_addresses_to_listen_on);
  return g_test_run ();
}
