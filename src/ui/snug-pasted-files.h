/* snug-pasted-files: files and pictures on the clipboard, as files that can be offered.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Whether files, or a picture and no text beside it, are what was copied. */
gboolean    snug_pasted_files_are_in      (GdkClipboard *clipboard);

/* A picture becomes a file that lives until the program ends (snug-draft-file). */
void        snug_pasted_files_read_async  (GdkClipboard *clipboard, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): of GFile */
GListModel *snug_pasted_files_read_finish (GAsyncResult *result, GError **error);

G_END_DECLS
