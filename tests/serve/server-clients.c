/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server-clients.h"

#include <stdio.h>
#include <string.h>

SnugServer *
start (const SnugServerConfig *config)
{
  SnugServer *server = snug_server_new (config);
  g_autoptr (GError) error = NULL;

  snug_server_listen (server, "127.0.0.1:0", &error);
  g_assert_no_error (error);
  return server;
}

void
stop (SnugServer *server)
{
  snug_server_stop (server, "over");
  snug_await (NULL, snug_server_get_n_connections (server) == 0);
  g_assert_finalize_object (server);
}

SnugRawClient *
ask (SnugServer *server, const char *method, const char *path, const char *headers, const char *body)
{
  SnugRawClient *client = snug_raw_client_new (snug_server_get_port (server));

  snug_raw_client_request (client, method, path, headers, body);
  snug_raw_client_answer (client);
  return client;
}

char *
create (SnugServer *server, const char *body, char **answer)
{
  g_autoptr (SnugRawClient) client = ask (server, "POST", "/api/create-room", "", body);
  const char *code = strstr (client->head->str, "\"code\":\"");

  g_assert_nonnull (code);
  if (answer != NULL)
    *answer = g_strdup (strstr (client->head->str, "{\"success\""));
  return g_strndup (code + strlen ("\"code\":\""), 6);
}

SnugRawClient *
join (SnugServer *server, const char *code)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  SnugRawClient *client = snug_raw_client_open (snug_server_get_port (server), path);

  snug_raw_client_say (client, "{\"type\":\"enter\"}");
  return client;
}

SnugRawClient *
join_with_token (SnugServer *server, const char *code, const char *token)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&v=2", code);
  g_autofree char *enter = g_strdup_printf ("{\"type\":\"enter\",\"token\":\"%s\"}", token);
  SnugRawClient *client = snug_raw_client_open (snug_server_get_port (server), path);

  snug_raw_client_say (client, enter);
  return client;
}

SnugRawClient *
join_legacy (SnugServer *server, const char *code, const char *role)
{
  g_autofree char *path = g_strdup_printf ("/api/ws?code=%s&role=%s", code, role);

  return snug_raw_client_open (snug_server_get_port (server), path);
}

SnugRawClient *
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

char *
token_in (const char *welcome)
{
  const char *start = strstr (welcome, "\"token\":\"");

  g_assert_nonnull (start);
  start += strlen ("\"token\":\"");
  return g_strndup (start, strcspn (start, "\""));
}

gsize
resident_bytes (void)
{
  g_autofree char *text = NULL;
  gulong total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%lu %lu", &total, &resident), ==, 2);
  return resident * 4096;
}
