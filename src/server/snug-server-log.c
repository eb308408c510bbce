/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-log.h"

#include "snug-json.h"

static const char *const names[] = {
  [SNUG_SERVER_ROOM_MADE] = "room-made",
  [SNUG_SERVER_ROOM_OVER] = "room-over",
  [SNUG_SERVER_ENTERED] = "entered",
  [SNUG_SERVER_REFUSED] = "refused",
};

static void
add (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

static JsonObject *
begin (const char *event)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  JsonObject *object = json_object_new ();

  add (object, "time", time);
  add (object, "event", event);
  return object;
}

static void
write_line (JsonObject *object)
{
  g_autofree char *text = snug_json_to_text (object);

  g_printerr ("%s\n", text);
}

void
snug_server_log_event (const SnugServerEvent *event, gpointer data)
{
  const SnugServerLog *log = data;
  g_autoptr (JsonObject) object = NULL;

  /* Who was refused by whom tells nothing without addresses, and strangers could fill a disk with it. */
  if (log->quiet || (event->kind == SNUG_SERVER_REFUSED && !log->addresses))
    return;

  object = begin (names[event->kind]);
  add (object, "room", event->room);
  add (object, "why", event->why);
  if (log->addresses)
    add (object, "address", event->address);
  write_line (object);
}

void
snug_server_log_say (const SnugServerLog *log, const char *event, const char *detail)
{
  g_autoptr (JsonObject) object = NULL;

  if (log->quiet)
    return;
  object = begin (event);
  add (object, "detail", detail);
  write_line (object);
}
