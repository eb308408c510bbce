/* snug-entry-row: what is in a folder, below its row on the Files page: name, size, and whether it is here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-folder-line.h"

G_BEGIN_DECLS

#define SNUG_TYPE_ENTRY_ROW (snug_entry_row_get_type ())
G_DECLARE_FINAL_TYPE (SnugEntryRow, snug_entry_row, SNUG, ENTRY_ROW, AdwBin)

SnugEntryRow *snug_entry_row_new      (void);
void          snug_entry_row_set_line (SnugEntryRow *self, SnugFolderLine *line);   /* nullable */

/* Returns: (transfer full): by what it is, as its name says */
GIcon        *snug_entry_row_make_icon (SnugFolderEntry *entry);

G_END_DECLS
