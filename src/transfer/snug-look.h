/* snug-look: asks a member what is in the folder that it offers, before anything is accepted.
 *
 * Belongs to the main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-intake.h"
#include "snug-room.h"

G_BEGIN_DECLS

typedef struct _SnugLook SnugLook;

/* Called once, unless it was stopped before. @manifest, @bytes: (nullable): %NULL with @error */
typedef void (*SnugLookFunc) (SnugManifest *manifest, GBytes *bytes, const GError *error, gpointer user_data);

/* @member: is there; @plan: of the folder */
SnugLook *snug_look_start (SnugRoom *room, GMainContext *network, SnugMember *member, const char *wire_id,
                           const SnugIntakePlan *plan, SnugLookFunc func, gpointer user_data);
void      snug_look_stop  (SnugLook *self);

G_END_DECLS
