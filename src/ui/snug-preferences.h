/* snug-preferences: what a person can choose.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-settings.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PREFERENCES (snug_preferences_get_type ())
G_DECLARE_FINAL_TYPE (SnugPreferences, snug_preferences, SNUG, PREFERENCES, AdwPreferencesWindow)

void snug_preferences_present (GtkWindow *parent, SnugSettings *settings);

G_END_DECLS
