/* snug-folder-line: one thing in a folder that is on its way, below the folder's row.
 *
 * Made when a list shows it, not before: a folder may hold a hundred thousand. Main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_FOLDER_LINE (snug_folder_line_get_type ())
G_DECLARE_FINAL_TYPE (SnugFolderLine, snug_folder_line, SNUG, FOLDER_LINE, GObject)

SnugTransfer    *snug_folder_line_get_transfer (SnugFolderLine *self);   /* transfer none */
SnugFolderEntry *snug_folder_line_get_entry    (SnugFolderLine *self);   /* nullable, transfer none: it cannot be seen */
const char      *snug_folder_line_get_why      (SnugFolderLine *self);   /* nullable: and why not: a sentence */

/* Returns: (transfer full): of SnugFolderLine: what is in the folder @transfer; empty until that is known */
GListModel      *snug_folder_lines_new         (SnugSession *session, SnugTransfer *transfer);

G_END_DECLS
