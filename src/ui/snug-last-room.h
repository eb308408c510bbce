/* snug-last-room: remembers the room that was open, so that the start page can offer the way back after
 * the program was closed, or ended badly.
 *
 * Kept in the settings: the link of an open room on a server of somebody's, without secret or token,
 * until the room must be over. A room on this computer's own server ends with the program and is not
 * kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-room-link.h"
#include "snug-session.h"
#include "snug-settings.h"

G_BEGIN_DECLS

/* For as long as both live. */
void          snug_last_room_watch  (SnugSession *session, SnugSettings *settings);

/* (transfer full) (nullable): what there is to go back to. */
SnugRoomLink *snug_last_room_get    (SnugSettings *settings);

/* The person left, or does not want to go back. */
void          snug_last_room_forget (SnugSettings *settings);

G_END_DECLS
