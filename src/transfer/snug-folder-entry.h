/* snug-folder-entry: one line of an offered folder, as a person sees it who chooses from it.
 *
 * An object of the main context. Names are safe; a folder comes before what is in it, unless its sender left
 * it out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-manifest.h"

G_BEGIN_DECLS

#define SNUG_TYPE_FOLDER_ENTRY (snug_folder_entry_get_type ())
G_DECLARE_FINAL_TYPE (SnugFolderEntry, snug_folder_entry, SNUG, FOLDER_ENTRY, GObject)

/* Properties: "path" (string, below the folder, components joined by "/"), "size" (guint64 bytes), "is-folder"
 * (boolean), and "chosen" (boolean, writable, notifying: whether it is wanted; at first what @manifest says). Each entry
 * stands for itself: whoever shows a tree chooses what is in a folder with it. */
const char *snug_folder_entry_get_path   (SnugFolderEntry *self);
const char *snug_folder_entry_get_name   (SnugFolderEntry *self);    /* the last component of the path */
guint64     snug_folder_entry_get_size   (SnugFolderEntry *self);
gboolean    snug_folder_entry_is_folder  (SnugFolderEntry *self);
gboolean    snug_folder_entry_get_chosen (SnugFolderEntry *self);
void        snug_folder_entry_set_chosen (SnugFolderEntry *self, gboolean chosen);
/* When it begins to come, and when it is whole: bytes of the transfer, which brings the chosen in order. */
guint64     snug_folder_entry_get_begin  (SnugFolderEntry *self);
guint64     snug_folder_entry_get_end    (SnugFolderEntry *self);

/* Returns: (transfer full): of SnugFolderEntry, one for each of @manifest's, in order. */
GListModel *snug_folder_entries_new      (SnugManifest *manifest);

/**
 * snug_folder_entries_to_only:
 * @entries: as snug_folder_entries_new() gave them
 *
 * Returns: (transfer full) (nullable): what is chosen, as in `file-get`, without zero bytes at its end; %NULL if
 *   all is
 */
GBytes     *snug_folder_entries_to_only  (GListModel *entries);

G_END_DECLS
