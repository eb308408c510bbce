/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-ice-server.h"

#include <glib/gi18n-lib.h>

#include "cli-until.h"
#include "snug-ice-words.h"

#define MAX_FILE_BYTES 65536

static gboolean
refuse (const char *words, GError **error)
{
  g_set_error_literal (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE, words);
  return FALSE;
}

SnugIceServer *
snug_cli_ice_server_parse (const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  SnugIceServer *server = snug_ice_server_from_words (text, &local_error);

  if (server == NULL)
    refuse (local_error->message, error);
  return server;
}

static gboolean
load_line (GPtrArray *servers, char *line, GError **error)
{
  SnugIceServer *server = NULL;

  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return TRUE;
  if (servers->len >= SNUG_ICE_SERVERS_MAX)
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
