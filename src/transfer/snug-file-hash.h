/* snug-file-hash: the SHA-256 of a whole file, on a worker.
 *
 * A transfer's fingerprint is a hash over piece hashes; this is the one that other programs work out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void  snug_file_hash_async  (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): lower-case hexadecimal, or %NULL: a folder has none */
char *snug_file_hash_finish (GAsyncResult *result, GError **error);

G_END_DECLS
