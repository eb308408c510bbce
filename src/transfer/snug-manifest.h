/* snug-manifest: what a transfer consists of: entries in order. A file is a manifest of one entry.
 *
 * A pure codec beside the arithmetic of places in it (PROTOCOL.md section 4, "Folders"). What a stranger
 * wrote is safe when it is parsed: paths are made of safe names, stay beneath their root and are distinct.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_MANIFEST_MAX_ENTRIES 100000
#define SNUG_MANIFEST_MAX_DEPTH 32            /* components of a path */
#define SNUG_MANIFEST_MAX_BYTES (16 * 1024 * 1024)

typedef struct
{
  char     *path;        /* below the root, components joined by "/" */
  guint64   size;        /* bytes */
  guint64   mtime;       /* unix seconds, 0 = unknown */
  gboolean  is_folder;
} SnugEntry;

typedef struct
{
  gatomicrefcount  ref_count;
  GPtrArray       *entries;     /* of SnugEntry; shared with what is chosen of it */
  GBytes          *only;        /* nullable: which entries are chosen, as in `file-get`; %NULL: all */
  guint64          n_bytes;     /* of the chosen entries */
} SnugManifest;

SnugManifest *snug_manifest_new      (void);
/* Of one file. */
SnugManifest *snug_manifest_new_file (const char *name, guint64 size, guint64 mtime);
SnugManifest *snug_manifest_ref      (SnugManifest *self);
void          snug_manifest_unref    (SnugManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugManifest, snug_manifest_unref)

/**
 * snug_manifest_choose:
 * @self: what is chosen of it does not matter
 * @only: (nullable): as in `file-get`
 *
 * Returns: (transfer full): the same entries, of which those in @only are chosen; %NULL if @only has one that is
 *   not there
 */
SnugManifest    *snug_manifest_choose    (SnugManifest *self, GBytes *only);
gboolean         snug_manifest_is_chosen (SnugManifest *self, guint64 entry);
/* Whether @only chooses nothing, which asks for the manifest alone. */
gboolean         snug_manifest_only_none (GBytes *only);

/* @path: (transfer full). */
void             snug_manifest_add  (SnugManifest *self, char *path, guint64 size, guint64 mtime, gboolean is_folder);
const SnugEntry *snug_manifest_get  (SnugManifest *self, guint64 entry);

/* Returns: (transfer full): one JSON object a line. */
GBytes       *snug_manifest_to_bytes (SnugManifest *self);
SnugManifest *snug_manifest_parse    (GBytes *bytes, GError **error);

/* 1980 … tomorrow; anything else is 0, "now" (PROTOCOL.md section 4, limits). */
guint64       snug_manifest_believable_mtime (guint64 mtime);

/* A place between two pieces. */
typedef struct
{
  guint64 entry;
  guint64 offset;     /* bytes */
} SnugPlace;

/* Steps over folders, and over what is not chosen. Returns: %FALSE behind the last entry. */
gboolean snug_manifest_settle  (SnugManifest *self, SnugPlace *place);
/* Steps over @n_bytes of the entry at @place, into the next one if that was all. */
void     snug_manifest_advance (SnugManifest *self, SnugPlace *place, guint64 n_bytes);

G_END_DECLS
