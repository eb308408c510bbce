/* snug-application: the program: one session, one window, and every door by which the desktop
 * enters.
 *
 * Command line, D-Bus activation and Open, desktop actions and notification buttons all end here.
 * Nothing that comes in by a door joins a room or sends a file: it fills a dialog that asks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-copies.h"
#include "snug-session.h"
#include "snug-settings.h"

G_BEGIN_DECLS

#define SNUG_TYPE_APPLICATION (snug_application_get_type ())
G_DECLARE_FINAL_TYPE (SnugApplication, snug_application, SNUG, APPLICATION, AdwApplication)

SnugApplication *snug_application_new          (void);

SnugSession     *snug_application_get_session  (SnugApplication *self);   /* (transfer none) */
SnugSettings    *snug_application_get_settings (SnugApplication *self);   /* (transfer none) */
SnugCopies      *snug_application_get_copies   (SnugApplication *self);   /* (transfer none) */

/* The window is out of sight and the room is not left: says so, as nothing else shows it. */
void             snug_application_tell_staying (SnugApplication *self);

G_END_DECLS
