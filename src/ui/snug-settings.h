/* snug-settings: what a person has chosen, as properties of one object.
 *
 * Backed by the GSettings schema of the application id. Where that is not installed (a build
 * folder, a broken package) the choices live in memory and the program runs on: GSettings itself
 * would abort.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TYPE_SETTINGS (snug_settings_get_type ())
G_DECLARE_FINAL_TYPE (SnugSettings, snug_settings, SNUG, SETTINGS, GObject)

/* Properties, all writable and notifying, named as the keys of the schema: "name" (string, "" = not
 * given), "download-folder" (string, a path, "" = the desktop's folder for downloads),
 * "ask-before-receiving" (boolean), "same-name" (string: "keep-both", "skip-identical", "replace"), "server" (string, "" = built-in), "relay-policy" (string:
 * "automatic", "never", "only"), "ice-servers" (strv), "most-people" (int), "last-room" (string, see
 * snug-last-room.h), "last-room-ends" (int64), "notifications",
 * "notification-text", "show-typing", "open-rooms", "nearby", "stay-in-room" (boolean), "width", "height" (int), "maximized" (boolean). */

SnugSettings *snug_settings_new        (void);

/* Whether there is a folder that a person knows. In a Flatpak there is none until they have chosen one. */
gboolean      snug_settings_has_folder (SnugSettings *self);
/* (transfer full). Where accepted files go; without a folder that a person knows, the program's own. */
GFile        *snug_settings_get_folder (SnugSettings *self);
/* It may never have been used. If it cannot be made, accepting says why. */
void          snug_settings_make_folder (SnugSettings *self);

G_END_DECLS
