/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-nearby.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>

#include "cli-events.h"
#include "cli-status.h"
#include "snug-nearby.h"

typedef struct
{
  const SnugCliOptions *options;       /* borrowed */
  GMainLoop            *loop;          /* owned */
  SnugNearby           *nearby;        /* owned */
  GPtrArray            *shown;         /* owned: what the list held last */
  SnugCliStatus         status;
} Watch;

static char *
line_of (SnugNearbyRoom *room, gboolean found)
{
  g_autoptr (SnugRoomLink) link = snug_room_link_new (snug_nearby_room_get_server (room), snug_nearby_room_get_code (room),
                                                      NULL);
  g_autofree char *url = snug_room_link_to_url (link);
  const char *name = snug_nearby_room_get_name (room);

  return g_strdup_printf ("%c %s%s%s · %s · %s", found ? '+' : '-', name, *name != '\0' ? " · " : "",
                          snug_nearby_room_get_code (room),
                          snug_nearby_room_get_private (room) ? _("Private room") : _("Open room"), url);
}

static void
tell (Watch *watch, SnugNearbyRoom *room, gboolean found)
{
  g_autofree char *line = watch->options->json ? snug_cli_event_nearby (room, found) : line_of (room, found);

  printf ("%s\n", line);
  /* Who reads it may be gone. */
  if (fflush (stdout) != 0)
    g_main_loop_quit (watch->loop);
}

static void
on_rooms_changed (GListModel *rooms, guint position, guint n_removed, guint n_added, Watch *watch)
{
  for (guint i = 0; i < n_removed; i++)
    tell (watch, g_ptr_array_index (watch->shown, position + i), FALSE);
  if (n_removed > 0)
    g_ptr_array_remove_range (watch->shown, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    {
      SnugNearbyRoom *room = g_list_model_get_item (rooms, i);

      g_ptr_array_insert (watch->shown, (int) i, room);
      tell (watch, room, TRUE);
    }
}

/* It may come back, but nobody who waits would know. */
static void
on_service (Watch *watch)
{
  const char *words = _("Rooms nearby cannot be looked for: Avahi is not running on this computer.");
  g_autofree char *line = snug_cli_event_error ("no-avahi", words, NULL);

  if (snug_nearby_get_service (watch->nearby) != SNUG_NEARBY_ABSENT)
    return;
  fprintf (stderr, "snug-cli: %s\n", words);
  if (watch->options->json)
    printf ("%s\n", line);
  watch->status = SNUG_CLI_STATUS_UNREACHABLE;
  g_main_loop_quit (watch->loop);
}

static gboolean
on_end (gpointer data)
{
  g_main_loop_quit (((Watch *) data)->loop);
  return G_SOURCE_CONTINUE;
}

int
snug_cli_nearby_run (const SnugCliOptions *options)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SnugNearby) nearby = snug_nearby_new ();
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *rooms = snug_nearby_get_rooms (nearby);
  Watch watch = { options, loop, nearby, shown, SNUG_CLI_STATUS_DONE };
  guint sources[G_N_ELEMENTS (signals) + 1] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    sources[i] = g_unix_signal_add (signals[i], on_end, &watch);
  if (options->timeout_ms > 0)
    sources[G_N_ELEMENTS (signals)] = g_timeout_add (options->timeout_ms, on_end, &watch);
  g_signal_connect (rooms, "items-changed", G_CALLBACK (on_rooms_changed), &watch);
  g_signal_connect_swapped (nearby, "notify::service", G_CALLBACK (on_service), &watch);
  snug_nearby_look (nearby, TRUE);
  g_main_loop_run (loop);

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_clear_handle_id (&sources[i], g_source_remove);
  g_signal_handlers_disconnect_by_data (rooms, &watch);
  g_signal_handlers_disconnect_by_data (nearby, &watch);
  snug_nearby_look (nearby, FALSE);
  return watch.status;
}
