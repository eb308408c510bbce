/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-ice-server.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli-until.h"

#define MAX_SERVERS 16
#define MAX_FILE_BYTES 65536

static SnugIceServer *
refuse (const char *words, GError **error)
{
  g_set_error_literal (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE, words);
  return NULL;
}

/* HOST, HOST:PORT, [V6], [V6]:PORT */
static gboolean
is_address (const char *text)
{
  g_autoptr (GSocketConnectable) address = NULL;

  if (*text == '\0' || strpbrk (text, "/@?#% \t") != NULL)
    return FALSE;
  address = g_network_address_parse (text, 3478, NULL);
  return address != NULL
         && *g_network_address_get_hostname (G_NETWORK_ADDRESS (address)) != '\0'
         && g_network_address_get_port (G_NETWORK_ADDRESS (address)) != 0;
}

static SnugIceServer *
parse_stun (const char *text, GError **error)
{
  if (!is_address (text + strlen ("stun:")))
    return refuse (_("A STUN server is written stun:HOST or stun:HOST:PORT."), error);
  return snug_ice_server_new (text, NULL, NULL);
}

/* %3A and the like; what is no escape stays as it is, so that most passwords need none. */
static char *
unescape (const char *text, gsize n_bytes)
{
  g_autofree char *part = g_strndup (text, n_bytes);
  char *plain = g_uri_unescape_string (part, NULL);

  return plain != NULL && g_utf8_validate (plain, -1, NULL) ? plain : g_steal_pointer (&part);
}

static gboolean
is_transport (const char *query)
{
  return query == NULL
         || strcmp (query, "?transport=udp") == 0
         || strcmp (query, "?transport=tcp") == 0;
}

static SnugIceServer *
parse_turn (const char *text, GError **error)
{
  const char *user = strchr (text, ':') + 1;
  const char *colon = strchr (user, ':');
  /* A password may hold "@", a host may not. */
  const char *at = strrchr (user, '@');
  const char *query = at != NULL ? strchr (at, '?') : NULL;
  g_autofree char *host = NULL, *url = NULL, *name = NULL, *password = NULL;

  if (at != NULL)
    host = query != NULL ? g_strndup (at + 1, (gsize) (query - at - 1)) : g_strdup (at + 1);
  if (host == NULL || colon == NULL || colon > at || colon == user || !is_address (host)
      || !is_transport (query))
    return refuse (_("A TURN server is written turn:USER:PASSWORD@HOST[:PORT][?transport=udp|tcp], "
                     "or the same with turns: for TLS."), error);

  url = g_strdup_printf ("%.*s%s%s", (int) (user - text), text, host, query != NULL ? query : "");
  name = unescape (user, (gsize) (colon - user));
  password = unescape (colon + 1, (gsize) (at - colon - 1));
  return snug_ice_server_new (url, name, password);
}

SnugIceServer *
snug_cli_ice_server_parse (const char *text, GError **error)
{
  if (g_str_has_prefix (text, "stun:"))
    return parse_stun (text, error);
  if (g_str_has_prefix (text, "turn:") || g_str_has_prefix (text, "turns:"))
    return parse_turn (text, error);
  return refuse (_("A STUN or TURN server begins with stun:, turn: or turns:."), error);
}

static gboolean
load_line (GPtrArray *servers, char *line, GError **error)
{
  SnugIceServer *server = NULL;

  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return TRUE;
  if (servers->len >= MAX_SERVERS)
    {
      refuse (_("More than 16 STUN and TURN servers help nobody."), error);
      return FALSE;
    }
  server = snug_cli_ice_server_parse (line, error);
  if (server == NULL)
    return FALSE;
  g_ptr_array_add (servers, server);
  return TRUE;
}

gboolean
snug_cli_ice_servers_load (GPtrArray *servers, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gsize n_bytes = 0;
  g_autoptr (GError) local_error = NULL;

  if (!g_file_get_contents (path, &text, &n_bytes, &local_error))
    {
      g_set_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE, _("--turn-file: %s"),
                   local_error->message);
      return FALSE;
    }
  if (n_bytes > MAX_FILE_BYTES || !g_utf8_validate (text, (gssize) n_bytes, NULL))
    {
      refuse (_("--turn-file: this is not a list of TURN servers, one a line."), error);
      return FALSE;
    }
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (!load_line (servers, *line, error))
      return FALSE;
  return TRUE;
}
