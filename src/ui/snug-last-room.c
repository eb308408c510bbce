/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-last-room.h"

/* How long a room may be gone back to if its server does not say when it ends. */
#define DEFAULT_LIFE_S (24 * 3600)

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

void
snug_last_room_forget (SnugSettings *settings)
{
  g_object_set (settings, "last-room", "", "last-room-ends", G_GINT64_CONSTANT (0), NULL);
}

/* Ours ends with us. */
static gboolean
is_hosted_here (SnugSession *session)
{
  g_autofree char *server = NULL;
  gboolean is_host;

  g_object_get (session, "server", &server, "is-host", &is_host, NULL);
  return is_host && server == NULL;
}

static void
keep (SnugSession *session, SnugSettings *settings)
{
  const char *link_text = snug_session_get_link (session);
  g_autoptr (SnugRoomLink) link = link_text != NULL ? snug_room_link_parse (link_text, NULL) : NULL;
  g_autofree char *url = NULL;
  gint64 ends_s;

  if (link == NULL || link->server == NULL || link->secret != NULL || is_hosted_here (session))
    {
      snug_last_room_forget (settings);
      return;
    }
  g_object_get (session, "expires", &ends_s, NULL);
  url = snug_room_link_to_url (link);
  g_object_set (settings, "last-room", url,
                "last-room-ends", ends_s > 0 ? ends_s : now_s () + DEFAULT_LIFE_S, NULL);
}

static gboolean
is_over (SnugSession *session)
{
  const GError *error = snug_session_get_error (session);

  return g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_ROOM_NOT_FOUND)
         || g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_EXPIRED)
         || g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_REFUSED);
}

static void
on_state (SnugSession *session, GParamSpec *pspec, SnugSettings *settings)
{
  switch (snug_session_get_state (session))
    {
    case SNUG_SESSION_WAITING:
    case SNUG_SESSION_CONNECTING:
    case SNUG_SESSION_CONNECTED:
      keep (session, settings);
      break;
    case SNUG_SESSION_FAILED:
      if (is_over (session))
        snug_last_room_forget (settings);
      break;
    /* Leaving by closing the program is what this is for. */
    case SNUG_SESSION_EMPTY:
    case SNUG_SESSION_STARTING:
    case SNUG_SESSION_PENDING:
    case SNUG_SESSION_RECONNECTING:
    case SNUG_SESSION_NO_SERVER:
    default:
      break;
    }
}

void
snug_last_room_watch (SnugSession *session, SnugSettings *settings)
{
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_state), settings, 0);
}

SnugRoomLink *
snug_last_room_get (SnugSettings *settings)
{
  g_autofree char *text = NULL;
  g_autoptr (SnugRoomLink) link = NULL;
  gint64 ends_s;

  g_object_get (settings, "last-room", &text, "last-room-ends", &ends_s, NULL);
  if (ends_s <= now_s ())
    return NULL;
  link = snug_room_link_parse (text, NULL);
  if (link == NULL || link->server == NULL || link->secret != NULL)
    return NULL;
  return g_steal_pointer (&link);
}
