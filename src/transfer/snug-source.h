/* snug-source: what a sender reads: a file, or the files of a folder, as they were offered.
 *
 * Calls block on the disk: use it from a worker. No symbolic link below the root is followed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-manifest.h"

G_BEGIN_DECLS

/**
 * snug_source_scan:
 * @path: a folder
 * @n_skipped: (out): links, devices and the like, and what has no name in UTF-8
 *
 * Returns: (transfer full): what is in it, folders before what is in them
 */
SnugManifest *snug_source_scan (const char *path, guint *n_skipped, GError **error);

typedef struct _SnugSource SnugSource;

SnugSource *snug_source_new  (const char *path, SnugManifest *manifest, gboolean is_folder);
/* Of a file or folder that is still coming in. What is read is to be compared: nothing else is. @fd: borrowed */
SnugSource *snug_source_new_part (int fd, SnugManifest *manifest, gboolean is_folder);
void        snug_source_free (SnugSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSource, snug_source_free)

/* The entry is there, and still is what was offered. An entry without bytes needs only this. */
gboolean    snug_source_open (SnugSource *self, guint64 entry, GError **error);

/**
 * snug_source_read:
 * @place: of a piece
 *
 * Returns: (transfer full): the piece, or %NULL with a %SNUG_TRANSFER_ERROR: DISK or CHANGED
 */
GBytes     *snug_source_read (SnugSource *self, const SnugPlace *place, GError **error);

G_END_DECLS
