/* snug-file-copy: a copy of a file that is whole, or not there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* It is written beside @to, under a name that begins with a dot, which is what is left if the program is killed. Only
 * where no such name may be is it written under its own.
 * Blocks; @progress is called in the same thread.
 * @may_replace: whether what is at @to already is replaced once the copy is whole; else it is an error. Where nothing
 *   is, what comes there meanwhile is an error in any case
 * Returns: %FALSE with an error, also if it was cancelled: then @to is what it was, or is not there if it was not */
gboolean snug_file_copy          (GFile *from, GFile *to, gboolean may_replace, GFileProgressCallback progress,
                                  gpointer user_data, GCancellable *cancellable, GError **error);

/* Whether something stands at @to that would be replaced: a link to nothing too. */
gboolean snug_file_copy_is_there (GFile *to, GCancellable *cancellable);

G_END_DECLS
