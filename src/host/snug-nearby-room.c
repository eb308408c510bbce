/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-nearby-room.h"

struct _SnugNearbyRoom
{
  GObject   parent_instance;

  /* Owned */
  char     *name;
  char     *code;
  char     *server;

  gboolean  is_private;
};

G_DEFINE_FINAL_TYPE (SnugNearbyRoom, snug_nearby_room, G_TYPE_OBJECT)

SnugNearbyRoom *
snug_nearby_room_new (const char *name, const char *code, gboolean is_private, const char *server)
{
  SnugNearbyRoom *self = g_object_new (SNUG_TYPE_NEARBY_ROOM, NULL);

  self->name = g_strdup (name);
  self->code = g_strdup (code);
  self->server = g_strdup (server);
  self->is_private = is_private;
  return self;
}

const char *
snug_nearby_room_get_name (SnugNearbyRoom *self)
{
  return self->name;
}

const char *
snug_nearby_room_get_code (SnugNearbyRoom *self)
{
  return self->code;
}

gboolean
snug_nearby_room_get_private (SnugNearbyRoom *self)
{
  return self->is_private;
}

const char *
snug_nearby_room_get_server (SnugNearbyRoom *self)
{
  return self->server;
}

static void
snug_nearby_room_finalize (GObject *object)
{
  SnugNearbyRoom *self = SNUG_NEARBY_ROOM (object);

  g_free (self->name);
  g_free (self->code);
  g_free (self->server);
  G_OBJECT_CLASS (snug_nearby_room_parent_class)->finalize (object);
}

static void
snug_nearby_room_class_init (SnugNearbyRoomClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_nearby_room_finalize;
}

static void
snug_nearby_room_init (SnugNearbyRoom *self)
{
}
