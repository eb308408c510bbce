/* snug-nearby-announcer: one room of this computer, announced on the local network until it is stopped.
 *
 * Belongs to the main context. It is announced again when Avahi comes back or changes the computer's name; Avahi
 * takes it back by itself when the program goes.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-nearby-record.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_ANNOUNCEMENT_NONE,       /* it is not wanted */
  SNUG_ANNOUNCEMENT_PENDING,
  SNUG_ANNOUNCEMENT_MADE,
  SNUG_ANNOUNCEMENT_IMPOSSIBLE  /* no Avahi now, or it refuses */
} SnugAnnouncement;

#define SNUG_TYPE_NEARBY_ANNOUNCER (snug_nearby_announcer_get_type ())
G_DECLARE_FINAL_TYPE (SnugNearbyAnnouncer, snug_nearby_announcer, SNUG, NEARBY_ANNOUNCER, GObject)

/* Property "state" (int, readable, notifying): SnugAnnouncement, never NONE. */

/* @record: borrowed during the call. @port: where its server listens, on every address of this computer. */
SnugNearbyAnnouncer *snug_nearby_announcer_new       (const SnugNearbyRecord *record, guint16 port);
/* Takes it back, at once and for good: what is under way of it may keep the object a little longer. */
void                 snug_nearby_announcer_stop      (SnugNearbyAnnouncer *self);
SnugAnnouncement     snug_nearby_announcer_get_state (SnugNearbyAnnouncer *self);

G_END_DECLS
