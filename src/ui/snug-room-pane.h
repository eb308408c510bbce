/* snug-room-pane: the door: getting in, getting others in, who is here, getting out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"
#include "snug-settings.h"

G_BEGIN_DECLS

#define SNUG_TYPE_ROOM_PANE (snug_room_pane_get_type ())
G_DECLARE_FINAL_TYPE (SnugRoomPane, snug_room_pane, SNUG, ROOM_PANE, AdwBin)

/* Properties "session" (SnugSession) and "settings" (SnugSettings), writable. */

void snug_room_pane_focus_join      (SnugRoomPane *self);
void snug_room_pane_show_secret_error (SnugRoomPane *self, const char *text);
void snug_room_pane_show_join_error (SnugRoomPane *self, const char *text);

G_END_DECLS
