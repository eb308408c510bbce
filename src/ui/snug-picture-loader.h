/* snug-picture-loader: a picture of a file that came from a stranger, small, or none.
 *
 * Belongs to the main context; reads and decodes on a worker, one picture at a time. A file is looked into only if
 * its first bytes say PNG, JPEG, GIF or WebP, and then by the decoder of that format and no other. Files, sides and
 * the memory for what is shown are bounded.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Longest side of what comes out, in pixels. */
#define SNUG_PICTURE_MAX_PX 640

/* Whether a name looks like one of a picture: nobody waits for the others. */
gboolean    snug_picture_is_likely   (const char *name);

void        snug_picture_load_async  (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);
/* Returns: (transfer full): or %NULL with an error: it is no picture, or too large a one */
GdkTexture *snug_picture_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
