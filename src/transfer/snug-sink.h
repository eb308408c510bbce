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

G_BEGIN_DECLS

typedef struct _SnugSink SnugSink;

typedef enum
{
  SNUG_SINK_KEEP_BOTH,         /* a taken name becomes "name (2).ext" */
  SNUG_SINK_SKIP_IDENTICAL,    /* a file of the name with equal content is left as it is; else keep both */
  SNUG_SINK_REPLACE            /* a regular file of the name is replaced, in one step, by the whole new one */
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

/* Closes it; what was not finished is deleted. */
void      snug_sink_free     (SnugSink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSink, snug_sink_free)

G_END_DECLS
