/* snug-unfinished: what is left in a folder of a transfer that came to no end, to be gone on with.
 *
 * An object of the main context. What is at work now, here or in another program, is not among them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_TYPE_UNFINISHED (snug_unfinished_get_type ())
G_DECLARE_FINAL_TYPE (SnugUnfinished, snug_unfinished, SNUG, UNFINISHED, GObject)

/* Looks into @folder, on a worker, once what was at work here until now is closed. */
void       snug_unfinished_find_async  (GFile *folder, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): of SnugUnfinished; empty if the folder cannot be read. */
GPtrArray *snug_unfinished_find_finish (GAsyncResult *result);

const char *snug_unfinished_get_name      (SnugUnfinished *self);
GFile      *snug_unfinished_get_folder    (SnugUnfinished *self);
guint64     snug_unfinished_get_size      (SnugUnfinished *self);    /* bytes, of what was wanted */
guint64     snug_unfinished_get_bytes     (SnugUnfinished *self);    /* that are here */
/* Returns: (nullable): of a folder, what was chosen of it, as in `file-get`; %NULL: all */
GBytes     *snug_unfinished_get_only      (SnugUnfinished *self);

/* What is offered under that name and with that size may be the same: whether it is, the content says. */
gboolean    snug_unfinished_matches       (SnugUnfinished *self, const char *name, guint64 size);
/* Removes it, if nobody is at work on it. */
void        snug_unfinished_discard       (SnugUnfinished *self);

G_END_DECLS
