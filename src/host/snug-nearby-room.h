/* snug-nearby-room: a room that somebody on the local network announces, as a person sees it.
 *
 * Belongs to the main context. Does not change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TYPE_NEARBY_ROOM (snug_nearby_room_get_type ())
G_DECLARE_FINAL_TYPE (SnugNearbyRoom, snug_nearby_room, SNUG, NEARBY_ROOM, GObject)

SnugNearbyRoom *snug_nearby_room_new         (const char *name, const char *code, gboolean is_private,
                                              const char *server);

/* Who made it, in their own word, fit to be shown; "" if they do not say. */
const char     *snug_nearby_room_get_name    (SnugNearbyRoom *self);
const char     *snug_nearby_room_get_code    (SnugNearbyRoom *self);
gboolean        snug_nearby_room_get_private (SnugNearbyRoom *self);
/* "http://ADDRESS:PORT" */
const char     *snug_nearby_room_get_server  (SnugNearbyRoom *self);

G_END_DECLS
