/* snug-rename-dialog: asks for one's own name, also in a room: everybody sees the new one at once.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-settings.h"

G_BEGIN_DECLS

void snug_rename_dialog_present (GtkWindow *parent, SnugSettings *settings);

G_END_DECLS
