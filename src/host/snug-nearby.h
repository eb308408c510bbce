/* snug-nearby: the rooms that others announce on the local network (PROTOCOL.md section 7), found through Avahi.
 *
 * Belongs to the main context. Asks nobody and nothing before it is told to look.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-nearby-room.h"

G_BEGIN_DECLS

/* More than these are passed over until one of them goes. */
#define SNUG_NEARBY_MAX_ROOMS 64

/* Whether there is an Avahi to ask. */
typedef enum
{
  SNUG_NEARBY_UNKNOWN,
  SNUG_NEARBY_ABSENT,
  SNUG_NEARBY_PRESENT
} SnugNearbyService;

#define SNUG_TYPE_NEARBY (snug_nearby_get_type ())
G_DECLARE_FINAL_TYPE (SnugNearby, snug_nearby, SNUG, NEARBY, GObject)

/* Property "service" (int, readable, notifying): SnugNearbyService, UNKNOWN while it is not told to look. */

SnugNearby        *snug_nearby_new         (void);

/* While it does not look, nothing is found. */
void               snug_nearby_look        (SnugNearby *self, gboolean on);
SnugNearbyService  snug_nearby_get_service (SnugNearby *self);
/* Of SnugNearbyRoom; one object for life. */
GListModel        *snug_nearby_get_rooms   (SnugNearby *self);

G_END_DECLS
