/* snug-sink: where a received file grows, and how it gets its name.
 *
 * One directory descriptor for the life of a transfer; every name is used relative to it with O_NOFOLLOW
 * and O_EXCL, so that nothing outside the folder is touched and nothing in it is overwritten. Calls
 * block on the disk: use it from a worker. Not thread-safe; one owner at a time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-journal.h"
#include "snug-manifest.h"
#include "snug-piece-hashes.h"
#include "snug-pieces.h"

G_BEGIN_DECLS

typedef struct _SnugSink SnugSink;

/* What becomes of a name that is taken. A link is never followed, and a file and a folder never take each other's
 * place: then both are kept. */
typedef enum
{
  SNUG_SINK_KEEP_BOTH,         /* it becomes "name (2).ext" */
  SNUG_SINK_SKIP_IDENTICAL,    /* a file with equal content, or a folder that has all of it, stays; else keep both */
  SNUG_SINK_REPLACE            /* a file is replaced in one step; so is each file in a folder, and what else is in
                                * there stays */
} SnugSinkConflict;

/**
 * snug_sink_check_folder:
 * @n_bytes: how much will be written
 *
 * Returns: %TRUE if @folder is a local folder that we may write to and that has @n_bytes free; else
 *   %FALSE with a sentence for a person
 */
gboolean  snug_sink_check_folder (GFile *folder, guint64 n_bytes, GError **error);

/**
 * snug_sink_new:
 * @name: a safe name
 *
 * Creates the `.part` file.
 */
SnugSink *snug_sink_new      (GFile *folder, const char *name, guint64 size, SnugSinkConflict conflict, GError **error);

/**
 * snug_sink_new_resumable:
 * @head: what it is; of a folder, "manifest" is set and entries go below the part
 *
 * What was left behind of the same, or a new one, with a journal beside it. snug_sink_verify() must be
 * called before anything is written.
 */
SnugSink *snug_sink_new_resumable (GFile *folder, const SnugJournalHead *head, SnugSinkConflict conflict,
                                   GError **error);

/* What was left behind in @folder and nobody is at work on; @n_bytes of @n_all are there. What has not one piece
 * is cleaned away. */
typedef void (*SnugSinkLeftFunc) (const char *stem, const SnugJournalHead *head, guint64 n_bytes, guint64 n_all,
                                  gpointer user_data);
void      snug_sink_foreach_left  (GFile *folder, SnugSinkLeftFunc func, gpointer user_data);
void      snug_sink_discard_left  (GFile *folder, const char *stem);

/* Of a folder: the manifest in its own words, kept for going on. Returns: nullable: none is there. */
GBytes   *snug_sink_load_manifest (SnugSink *self);
gboolean  snug_sink_save_manifest (SnugSink *self, GBytes *bytes, GError **error);

/**
 * snug_sink_verify:
 * @place: (out): behind the last piece that is on the disk as the journal says
 * @fingerprint: takes the hashes before @place
 *
 * Reads what was left behind. At least one piece is left to ask for, so that there is somebody to say
 * that it is the same.
 *
 * Returns: bytes before @place
 */
guint64   snug_sink_verify        (SnugSink *self, SnugManifest *manifest, SnugPlace *place,
                                   SnugFingerprint *fingerprint);

/* Of a folder: what is written from here on is @entry; a new file if @offset is 0. */
gboolean  snug_sink_begin_entry   (SnugSink *self, const SnugEntry *entry, guint64 offset, GError **error);
void      snug_sink_end_entry     (SnugSink *self, const SnugEntry *entry);
/* Of a folder: makes those among @manifest's chosen entries that are folders. */
gboolean  snug_sink_make_folders  (SnugSink *self, SnugManifest *manifest, GError **error);

/* The piece with that hash is written, behind all others. Without a journal: nothing. */
gboolean  snug_sink_note_piece    (SnugSink *self, const guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error);

/* Another descriptor of the file, or the folder, to be read; -1: there is none. */
int       snug_sink_dup_part      (SnugSink *self);
/* @hashes: takes those of the pieces that are noted */
void      snug_sink_tell_hashes   (SnugSink *self, SnugPieceHashes *hashes);

/* Closes it. What has a journal with pieces in it stays, to be gone on with. */
void      snug_sink_leave         (SnugSink *self);
/* As snug_sink_leave(), and it is not found again in this process: it is not the same after all. */
void      snug_sink_disown        (SnugSink *self);

/**
 * snug_sink_new_undecided:
 *
 * A file without a name in the person's cache, for bytes that come before it is known whether and where
 * they are wanted. Nothing of it stays, whatever happens.
 *
 * Returns: %NULL also if it would leave less than as much room on that disk
 */
SnugSink *snug_sink_new_undecided (guint64 size, GError **error);

/**
 * snug_sink_decide:
 * @written: bytes, all from the beginning, that move along
 *
 * What snug_sink_new_undecided() made is wanted, in @folder and under @name.
 */
gboolean  snug_sink_decide   (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict,
                              guint64 written, GError **error);

gboolean  snug_sink_write    (SnugSink *self, guint64 offset, const guint8 *data, gsize n_bytes, GError **error);

/**
 * snug_sink_finish:
 * @mtime: unix seconds, 0 = leave it
 *
 * Gives the whole file its name, without overwriting.
 *
 * Returns: (transfer full): the file under the name that it got
 */
GFile    *snug_sink_finish   (SnugSink *self, guint64 mtime, GError **error);

/* The same of a folder: times of folders are set, and the whole gets its name. */
GFile    *snug_sink_finish_folder (SnugSink *self, SnugManifest *manifest, GError **error);

/* Closes it; what was not finished is deleted. */
void      snug_sink_free     (SnugSink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSink, snug_sink_free)

G_END_DECLS
