/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-status.h"

static const struct
{
  SnugSessionError  error;
  SnugCliStatus     status;
  const char       *code;
} meanings[] = {
  { SNUG_SESSION_ERROR_BUSY, SNUG_CLI_STATUS_USAGE, "busy" },
  { SNUG_SESSION_ERROR_BAD_INVITE, SNUG_CLI_STATUS_USAGE, "bad-invite" },
  { SNUG_SESSION_ERROR_NO_SERVER_NAMED, SNUG_CLI_STATUS_USAGE, "no-server-named" },
  { SNUG_SESSION_ERROR_UNREACHABLE, SNUG_CLI_STATUS_UNREACHABLE, "server-unreachable" },
  { SNUG_SESSION_ERROR_ROOM_NOT_FOUND, SNUG_CLI_STATUS_NO_ROOM, "room-not-found" },
  { SNUG_SESSION_ERROR_ROOM_FULL, SNUG_CLI_STATUS_NO_ROOM, "room-full" },
  { SNUG_SESSION_ERROR_REFUSED, SNUG_CLI_STATUS_NO_ROOM, "refused" },
  { SNUG_SESSION_ERROR_EXPIRED, SNUG_CLI_STATUS_NO_ROOM, "expired" },
  { SNUG_SESSION_ERROR_SECRET, SNUG_CLI_STATUS_SECRET, "secret" },
  { SNUG_SESSION_ERROR_SECRET_NEEDED, SNUG_CLI_STATUS_SECRET, "secret-needed" },
  { SNUG_SESSION_ERROR_VERSION, SNUG_CLI_STATUS_UNREACHABLE, "version" },
  { SNUG_SESSION_ERROR_NO_ROUTE, SNUG_CLI_STATUS_NO_ROUTE, "peer-unreachable" },
  { SNUG_SESSION_ERROR_NOT_SAFE, SNUG_CLI_STATUS_NOT_SAFE, "not-safe" },
  { SNUG_SESSION_ERROR_HOSTING, SNUG_CLI_STATUS_UNREACHABLE, "hosting" },
};

SnugCliStatus
snug_cli_status_from_error (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_error_matches (error, SNUG_SESSION_ERROR, (int) meanings[i].error))
      return meanings[i].status;
  return SNUG_CLI_STATUS_USAGE;
}

const char *
snug_cli_error_code (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_error_matches (error, SNUG_SESSION_ERROR, (int) meanings[i].error))
      return meanings[i].code;
  return "failed";
}

const char *
snug_cli_room_state (SnugSessionState state, gboolean was_connected)
{
  switch (state)
    {
    case SNUG_SESSION_WAITING:
      return "waiting";
    case SNUG_SESSION_CONNECTING:
      /* Somebody is there, but nothing can be said or sent yet. */
      return was_connected ? "reconnecting" : "waiting";
    case SNUG_SESSION_CONNECTED:
      return "joined";
    case SNUG_SESSION_RECONNECTING:
    case SNUG_SESSION_NO_SERVER:
      return "reconnecting";
    case SNUG_SESSION_FAILED:
      return "closed";
    case SNUG_SESSION_EMPTY:
    case SNUG_SESSION_STARTING:
    case SNUG_SESSION_PENDING:
    default:
      return NULL;
    }
}
