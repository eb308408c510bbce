/* cli-hash: the SHA-256 of a whole file, on a worker.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void  snug_cli_hash_async  (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback,
                            gpointer user_data);
/* (transfer full): lower-case hexadecimal, or %NULL */
char *snug_cli_hash_finish (GAsyncResult *result, GError **error);

G_END_DECLS
