/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-redis-connection.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/time.h>

#include "snug-context.h"

#define DEFAULT_PORT 6379
#define START_S 5

/* Where */

static gboolean
read_database (SnugRedisPlace *place, const char *path)
{
  guint64 number;

  if (path == NULL || *path == '\0' || strcmp (path, "/") == 0)
    return TRUE;
  if (!g_ascii_string_to_unsigned (path + 1, 10, 0, G_MAXINT16, &number, NULL))
    return FALSE;
  place->database = (int) number;
  return TRUE;
}

static gboolean
read_uri (SnugRedisPlace *place, GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  const char *user = g_uri_get_user (uri);

  if (strcmp (g_uri_get_scheme (uri), "unix") == 0)
    {
      place->socket = g_strdup (g_uri_get_path (uri));
      return *place->socket == '/';
    }
  if (strcmp (g_uri_get_scheme (uri), "redis") != 0 || host == NULL || *host == '\0')
    return FALSE;
  place->host = g_strdup (host);
  place->port = g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : DEFAULT_PORT;
  place->user = user != NULL && *user != '\0' ? g_strdup (user) : NULL;
  place->password = g_strdup (g_uri_get_password (uri));
  return read_database (place, g_uri_get_path (uri));
}

gboolean
snug_redis_place_parse (SnugRedisPlace *place, const char *text, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);

  *place = (SnugRedisPlace) { 0 };
  if (uri != NULL && read_uri (place, uri))
    return TRUE;
  snug_redis_place_clear (place);
  /* Not the text: a password may be in it. */
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("A Redis is named by redis://HOST[:PORT] or unix:///PATH"));
  return FALSE;
}

void
snug_redis_place_clear (SnugRedisPlace *place)
{
  g_clear_pointer (&place->socket, g_free);
  g_clear_pointer (&place->host, g_free);
  g_clear_pointer (&place->user, g_free);
  g_clear_pointer (&place->password, g_free);
}

/* Blocking */

static gboolean
succeeds (redisContext *redis, redisReply *reply, GError **error)
{
  gboolean ok = reply != NULL && reply->type != REDIS_REPLY_ERROR;

  if (!ok)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Redis: %s", reply != NULL ? reply->str : redis->errstr);
  g_clear_pointer (&reply, freeReplyObject);
  return ok;
}

static gboolean
log_in_now (const SnugRedisPlace *place, redisContext *redis, GError **error)
{
  if (place->password != NULL && place->user != NULL
      && !succeeds (redis, redisCommand (redis, "AUTH %s %s", place->user, place->password), error))
    return FALSE;
  if (place->password != NULL && place->user == NULL
      && !succeeds (redis, redisCommand (redis, "AUTH %s", place->password), error))
    return FALSE;
  return succeeds (redis, redisCommand (redis, "SELECT %d", place->database), error);
}

redisContext *
snug_redis_connect (const SnugRedisPlace *place, GError **error)
{
  struct timeval patience = { .tv_sec = START_S };
  redisContext *redis = place->socket != NULL ? redisConnectUnixWithTimeout (place->socket, patience)
                                              : redisConnectWithTimeout (place->host, place->port, patience);

  if (redis == NULL || redis->err != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Redis: %s", redis != NULL ? redis->errstr : "");
      g_clear_pointer (&redis, redisFree);
      return NULL;
    }
  redisSetTimeout (redis, patience);
  if (!log_in_now (place, redis, error))
    g_clear_pointer (&redis, redisFree);
  return redis;
}

/* On a GMainContext. hiredis brings an adapter, but that goes on with a connection that its own write has ended. */

typedef struct
{
  redisAsyncContext *redis;     /* borrowed: it ends us */
  GMainContext      *context;   /* owned */
  GSource           *readable;  /* owned */
  GSource           *writable;  /* owned */
} Watch;

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  redisAsyncHandleRead (((Watch *) data)->redis);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
  redisAsyncHandleWrite (((Watch *) data)->redis);
  return G_SOURCE_CONTINUE;
}

static GSource *
watch_for (Watch *watch, GIOCondition condition, GUnixFDSourceFunc on_ready)
{
  GSource *source = g_unix_fd_source_new (watch->redis->c.fd, condition | G_IO_HUP | G_IO_ERR);

  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), watch, NULL);
  g_source_attach (source, watch->context);
  return source;
}

static void
add_read (void *data)
{
  Watch *watch = data;

  if (watch->readable == NULL)
    watch->readable = watch_for (watch, G_IO_IN, on_readable);
}

static void
add_write (void *data)
{
  Watch *watch = data;

  if (watch->writable == NULL)
    watch->writable = watch_for (watch, G_IO_OUT, on_writable);
}

static void
del_read (void *data)
{
  snug_clear_source (&((Watch *) data)->readable);
}

static void
del_write (void *data)
{
  snug_clear_source (&((Watch *) data)->writable);
}

static void
clean_up (void *data)
{
  Watch *watch = data;

  del_read (watch);
  del_write (watch);
  g_main_context_unref (watch->context);
  g_free (watch);
}

redisAsyncContext *
snug_redis_connect_async (const SnugRedisPlace *place, GMainContext *context)
{
  redisAsyncContext *redis = place->socket != NULL ? redisAsyncConnectUnix (place->socket)
                                                   : redisAsyncConnect (place->host, place->port);
  Watch *watch;

  if (redis == NULL || redis->err != 0)
    return redis;
  watch = g_new0 (Watch, 1);
  *watch = (Watch) { redis, g_main_context_ref (context), NULL, NULL };
  redis->ev.data = watch;
  redis->ev.addRead = add_read;
  redis->ev.delRead = del_read;
  redis->ev.addWrite = add_write;
  redis->ev.delWrite = del_write;
  redis->ev.cleanup = clean_up;
  return redis;
}

void
snug_redis_log_in (const SnugRedisPlace *place, redisAsyncContext *redis)
{
  if (place->password != NULL && place->user != NULL)
    redisAsyncCommand (redis, NULL, NULL, "AUTH %s %s", place->user, place->password);
  else if (place->password != NULL)
    redisAsyncCommand (redis, NULL, NULL, "AUTH %s", place->password);
  redisAsyncCommand (redis, NULL, NULL, "SELECT %d", place->database);
}
