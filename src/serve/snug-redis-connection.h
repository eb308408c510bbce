/* snug-redis-connection: where a Redis is, and one connection to it on a GMainContext.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <hiredis/async.h>

G_BEGIN_DECLS

typedef struct
{
  char *socket;     /* owned; NULL: a host */
  char *host;       /* owned */
  int   port;
  char *user;       /* owned, nullable */
  char *password;   /* owned, nullable */
  int   database;
} SnugRedisPlace;

/* @uri: "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]" or "unix:///PATH" */
gboolean snug_redis_place_parse (SnugRedisPlace *place, const char *uri, GError **error);
void     snug_redis_place_clear (SnugRedisPlace *place);

/* Blocks, for a few seconds at most; for the start of a program. */
redisContext      *snug_redis_connect       (const SnugRedisPlace *place, GError **error);

/* In @context. It may be in error at once: look at err. NULL without memory. The caller sets callbacks. */
redisAsyncContext *snug_redis_connect_async (const SnugRedisPlace *place, GMainContext *context);
/* Once it is connected. */
void               snug_redis_log_in        (const SnugRedisPlace *place, redisAsyncContext *redis);

G_END_DECLS
