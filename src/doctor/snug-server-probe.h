/* snug-server-probe: the step of a check-up that does at a server what making a room does, and leaves.
 *
 * Belongs to the context that was the thread default at the call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-check.h"
#include "snug-signal-message.h"

G_BEGIN_DECLS

/**
 * snug_server_probe_async:
 * @server: "http[s]://HOST[:PORT]"
 *
 * Asks how it is, makes a private room, enters and leaves it: whoever gets that far can make rooms there.
 */
void       snug_server_probe_async  (const char *server, GCancellable *cancellable, GAsyncReadyCallback callback,
                                     gpointer user_data);

/**
 * snug_server_probe_finish:
 * @finding: (out)
 * @by_proxy: (out): a proxy carries what is said to it
 *
 * Returns: (transfer full) (nullable): of SnugSignalIceServer: those that it names
 */
GPtrArray *snug_server_probe_finish (GAsyncResult *result, SnugFinding *finding, gboolean *by_proxy);

G_END_DECLS
