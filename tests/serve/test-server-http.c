/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the server says over HTTP: the page, its headers, its interface, and to whom. */
#include <string.h>

#include "snug-address.h"
#include "server-clients.h"
#include "snug-temp-folder.h"

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
                        "{\"v\":2,\"capacity\":0}", "{\"v\":3}", "{\"v\":\"2\"}", "{\"v\":1}", "{\"v\":2,\"private\":1}" };
  const char *good[] = { "{\"v\":2}", "{\"v\":2,\"capacity\":2}", "{\"v\":2,\"capacity\":16,\"private\":true}" };
  const char *old[] = { "", "{}", "nonsense", "[[[[[[[[[[[[[[[[", "{\"anything\":1}" };
  SnugServerConfig config = { 0 };
  SnugServer *server = start (&config);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", bad[i]);

      g_assert_nonnull (strstr (client->head->str, " 400 "));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", good[i]);

      g_assert_nonnull (strstr (client->head->str, "\"token\":"));
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
  g_autoptr (SnugTempFolder) root = snug_temp_folder_new ();
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
    "Content-Security-Policy: default-src 'none'; script-src 'self' 'sha256-",
    "='; style-src 'self'; img-src 'self' blob:; "
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

/* Which address it tells */

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
  ADD ("a-hundred-at-once", test_a_hundred_at_once);
  ADD ("addresses-to-listen-on", test_addresses_to_listen_on);
  ADD ("address-for-others", test_address_for_others);
  ADD ("address-is-not-told-through-a-proxy", test_address_is_not_told_through_a_proxy);
  ADD ("built-in", test_built_in);
  return g_test_run ();
}
