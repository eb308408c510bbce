/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A session and the local network: its own room announced there, if its person wants that, and those of others
 * found. */
#include "snug-session-private.h"

#include "snug-context.h"

/* A name that is being typed is not announced letter by letter. */
#define RENAMED_MS 2000

static void
set_announcement (SnugSession *self, SnugAnnouncement announcement)
{
  if (self->announcement == announcement)
    return;
  self->announcement = announcement;
  snug_session_notify (self, PROP_ANNOUNCEMENT);
}

static void
on_announcer_state (SnugSession *self)
{
  set_announcement (self, snug_nearby_announcer_get_state (self->announcer));
}

static void
stop_announcing (SnugSession *self)
{
  if (self->announcer == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->announcer, self);
  snug_nearby_announcer_stop (self->announcer);
  g_clear_object (&self->announcer);
}

/* Only a server of our own, while our room is there: an open one has to be asked for by name. */
static gboolean
is_wanted (SnugSession *self)
{
  if (self->local_host == NULL || self->code == NULL || !self->was_in || self->state == SNUG_SESSION_FAILED)
    return FALSE;
  return self->nearby_policy == SNUG_NEARBY_ALL_ROOMS
         || (self->nearby_policy == SNUG_NEARBY_PRIVATE_ROOMS && self->secret != NULL);
}

static void
start_announcing (SnugSession *self)
{
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_new (self->name, self->code, self->secret != NULL);
  guint port = snug_local_host_get_port_on_all (self->local_host);

  if (port == 0)
    {
      set_announcement (self, SNUG_ANNOUNCEMENT_IMPOSSIBLE);
      return;
    }
  self->announcer = snug_nearby_announcer_new (record, (guint16) port);
  g_signal_connect_swapped (self->announcer, "notify::state", G_CALLBACK (on_announcer_state), self);
  on_announcer_state (self);
}

void
snug_session_update_announcement (SnugSession *self)
{
  if (!is_wanted (self))
    {
      snug_clear_source (&self->renamed);
      stop_announcing (self);
      set_announcement (self, SNUG_ANNOUNCEMENT_NONE);
    }
  else if (self->announcer == NULL && self->renamed == NULL)
    {
      start_announcing (self);
    }
}

static gboolean
on_named (gpointer user_data)
{
  SnugSession *self = user_data;

  snug_clear_source (&self->renamed);
  snug_session_update_announcement (self);
  return G_SOURCE_REMOVE;
}

/* The old name is taken back at once. */
void
snug_session_announce_new_name (SnugSession *self)
{
  if (self->announcer == NULL && self->renamed == NULL)
    return;
  stop_announcing (self);
  snug_clear_source (&self->renamed);
  self->renamed = snug_context_timeout (g_main_context_get_thread_default (), RENAMED_MS, on_named, self);
  set_announcement (self, SNUG_ANNOUNCEMENT_PENDING);
}

static void
on_service (SnugSession *self)
{
  snug_session_set_boolean (self, &self->has_nearby, snug_nearby_get_service (self->nearby) == SNUG_NEARBY_PRESENT,
                            PROP_HAS_NEARBY);
}

void
snug_session_look_nearby (SnugSession *self, gboolean on)
{
  snug_nearby_look (self->nearby, on);
}

GListModel *
snug_session_get_nearby (SnugSession *self)
{
  return snug_nearby_get_rooms (self->nearby);
}

void
snug_session_nearby_init (SnugSession *self)
{
  self->nearby = snug_nearby_new ();
  g_signal_connect_object (self->nearby, "notify::service", G_CALLBACK (on_service), self, G_CONNECT_SWAPPED);
}

void
snug_session_nearby_clear (SnugSession *self)
{
  snug_clear_source (&self->renamed);
  stop_announcing (self);
  if (self->nearby != NULL)
    snug_nearby_look (self->nearby, FALSE);
  g_clear_object (&self->nearby);
}
