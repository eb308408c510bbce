/* snug-redis: a directory of servers in a Redis that all of them reach, and words between them by its channels.
 *
 * Redis is trusted as much as the servers are: it has the key of tokens, and carries what members say to each other
 * through different servers. Nothing of it needs to be on disk.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-directory.h"

G_BEGIN_DECLS

/**
 * snug_redis_new:
 * @uri: "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]" or "unix:///PATH"
 * @key: the key of tokens to use if the servers have none yet
 *
 * Blocks for a few seconds at most. Belongs to the context that is the thread default.
 *
 * Returns: (transfer full): or %NULL with an error: Redis is not there
 */
SnugDirectory *snug_redis_new  (const char *uri, GBytes *key, GError **error);
void           snug_redis_free (SnugDirectory *directory);

G_END_DECLS
