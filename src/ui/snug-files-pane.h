/* snug-files-pane: every file on its way, sorted by what it waits for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_FILES_PANE (snug_files_pane_get_type ())
G_DECLARE_FINAL_TYPE (SnugFilesPane, snug_files_pane, SNUG, FILES_PANE, AdwBin)

/* Property "session" (SnugSession, writable). */

G_END_DECLS
