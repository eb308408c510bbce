/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-redis.h"

#include <string.h>

#include "snug-bytes.h"
#include "snug-context.h"
#include "snug-redis-connection.h"

/* A server that has not been heard of for LEASE_MS is gone, and its rooms are anybody's. */
#define BEAT_MS 2000
#define LEASE_MS "7000"
#define MAX_UNANSWERED_BEATS 3
#define RETRY_MS 500

#define KEY "snug:key"
#define SERVER "snug:server:"
#define ROOM "snug:room:"
#define WORDS "snug:words:"

/* Each is one atomic step. ARGV[1] is this server. */
static const char look_script[] =
  "local home = redis.call('HGET', KEYS[1], 'home')\n"
  "if not home or redis.call('EXISTS', 'snug:server:' .. home) == 0 then return {'nobodys'} end\n"
  "if home == ARGV[1] then return {'ours', '0'} end\n"
  "return {'theirs', home}\n";

/* ARGV: server, instance, the highest seq that is known, expires. Each home gives seqs above a number that is reserved
 * here, a million apart from any home before it; and above the clock, in case that Redis has lost the last number. */
static const char claim_script[] =
  "if redis.call('EXISTS', 'snug:over:' .. ARGV[2]) == 1 then return {'over'} end\n"
  "local room = redis.call('HMGET', KEYS[1], 'home', 'instance', 'seq')\n"
  "local home, instance, seq = room[1], room[2], tonumber(room[3] or '0')\n"
  "if instance and instance ~= ARGV[2] then return {'over'} end\n"
  "if home == ARGV[1] then return {'ours', room[3]} end\n"
  "if home and redis.call('EXISTS', 'snug:server:' .. home) == 1 then return {'theirs', home} end\n"
  "local now = tonumber(redis.call('TIME')[1])\n"
  "seq = math.max(seq, tonumber(ARGV[3]), now * 1024)\n"
  "redis.call('HSET', KEYS[1], 'home', ARGV[1], 'instance', ARGV[2], 'seq', string.format('%.0f', seq + 1048576))\n"
  "redis.call('EXPIREAT', KEYS[1], ARGV[4])\n"
  "return {'ours', string.format('%.0f', seq)}\n";

/* ARGV: server, instance, expires. It is remembered that this life of the code is over: tokens may outlive it. */
static const char drop_script[] =
  "local room = redis.call('HMGET', KEYS[1], 'home', 'instance')\n"
  "if room[1] ~= ARGV[1] or room[2] ~= ARGV[2] then return 0 end\n"
  "redis.call('DEL', KEYS[1])\n"
  "local left = tonumber(ARGV[3]) - tonumber(redis.call('TIME')[1])\n"
  "if left > 0 then redis.call('SET', 'snug:over:' .. ARGV[2], '', 'EX', string.format('%.0f', left)) end\n"
  "return 1\n";

typedef struct
{
  SnugDirectoryAnswerFunc answer;
  gpointer                data;
} Question;

typedef struct
{
  SnugDirectory                base;
  char                        *name;          /* owned */
  char                        *key_hex;       /* owned */
  SnugRedisPlace               place;
  GMainContext                *context;       /* owned */
  const SnugDirectoryListener *listener;      /* borrowed; NULL: nobody */
  gpointer                     listener_data; /* borrowed */

  redisAsyncContext           *commands;      /* owned; NULL while there is none */
  redisAsyncContext           *words;         /* owned: subscribed to what is for us */
  gboolean                     up;            /* others can reach us */
  gboolean                     was_up;
  GHashTable                  *servers;       /* names of those we deal with */
  GQueue                       unanswered;    /* of Question, owned: asked while there was no Redis */
  GSource                     *unanswered_source;   /* owned */
  GSource                     *timer;         /* owned: the next beat, or the next try */
  guint                        n_unanswered_beats;
} SnugRedis;

static void start_connecting (SnugRedis *self);

/* Answers */

static void
answer (Question *question, const SnugDirectoryAnswer *what)
{
  question->answer (what, question->data);
  g_free (question);
}

static gboolean
read_answer (const redisReply *reply, SnugDirectoryAnswer *out)
{
  const char *verdict, *detail;

  *out = (SnugDirectoryAnswer) { SNUG_DIRECTORY_UNKNOWN, NULL, 0 };
  if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || reply->elements < 1
      || reply->element[0]->type != REDIS_REPLY_STRING)
    return FALSE;
  verdict = reply->element[0]->str;
  detail = reply->elements > 1 && reply->element[1]->type == REDIS_REPLY_STRING ? reply->element[1]->str : "";
  if (strcmp (verdict, "ours") == 0)
    out->verdict = SNUG_DIRECTORY_OURS;
  else if (strcmp (verdict, "theirs") == 0)
    out->verdict = SNUG_DIRECTORY_THEIRS;
  else
    out->verdict = strcmp (verdict, "over") == 0 ? SNUG_DIRECTORY_OVER : SNUG_DIRECTORY_NOBODYS;
  out->home = detail;
  out->reserved_seq = g_ascii_strtoull (detail, NULL, 10);
  return TRUE;
}

/* Also when the connection ends, without a reply. */
static void
on_answer (redisAsyncContext *redis, gpointer reply, gpointer data)
{
  SnugDirectoryAnswer what;

  if (!read_answer (reply, &what) && reply != NULL)
    g_warning ("Redis: %s", ((redisReply *) reply)->type == REDIS_REPLY_ERROR ? ((redisReply *) reply)->str : "?");
  answer (data, &what);
}

static void
answer_unanswered (SnugRedis *self)
{
  const SnugDirectoryAnswer unknown = { SNUG_DIRECTORY_UNKNOWN, NULL, 0 };
  Question *question;

  snug_clear_source (&self->unanswered_source);
  while ((question = g_queue_pop_head (&self->unanswered)) != NULL)
    answer (question, &unknown);
}

static gboolean
on_unanswered (gpointer data)
{
  answer_unanswered (data);
  return G_SOURCE_REMOVE;
}

static Question *
question_new (SnugDirectoryAnswerFunc func, gpointer data)
{
  Question *question = g_new (Question, 1);

  *question = (Question) { func, data };
  return question;
}

/* If it could not be asked, answers later that nothing is known. */
static void
put_off_unless (SnugRedis *self, gboolean asked, Question *question)
{
  if (asked)
    return;
  g_queue_push_tail (&self->unanswered, question);
  if (self->unanswered_source == NULL)
    self->unanswered_source = snug_context_timeout (self->context, 0, on_unanswered, self);
}

/* Up and down */

static void
forget_servers (SnugRedis *self)
{
  g_hash_table_remove_all (self->servers);
  if (self->listener != NULL)
    self->listener->gone (NULL, self->listener_data);
}

static gboolean
on_retry (gpointer data)
{
  SnugRedis *self = data;

  snug_clear_source (&self->timer);
  start_connecting (self);
  return G_SOURCE_REMOVE;
}

/* One without the other is of no use. What was asked is answered by their end. */
static void
disconnect (SnugRedis *self)
{
  redisAsyncContext *commands = g_steal_pointer (&self->commands);
  redisAsyncContext *words = g_steal_pointer (&self->words);

  snug_clear_source (&self->timer);
  g_clear_pointer (&commands, redisAsyncFree);
  g_clear_pointer (&words, redisAsyncFree);
}

static void
fall (SnugRedis *self)
{
  gboolean was_up = self->up;

  self->up = FALSE;
  disconnect (self);
  if (self->listener == NULL)
    return;
  if (was_up)
    {
      g_message ("Redis is away");
      forget_servers (self);
    }
  self->timer = snug_context_timeout (self->context, RETRY_MS, on_retry, self);
}

/* hiredis frees it after this. */
static void
on_end_of (SnugRedis *self, const redisAsyncContext *redis)
{
  if (self->commands != redis && self->words != redis)
    return;
  if (self->commands == redis)
    self->commands = NULL;
  if (self->words == redis)
    self->words = NULL;
  fall (self);
}

static void
on_disconnected (const redisAsyncContext *redis, int status)
{
  on_end_of (redis->data, redis);
}

static void
on_connected (const redisAsyncContext *redis, int status)
{
  if (status != REDIS_OK)
    on_end_of (redis->data, redis);
}

/* Beats */

static void
rise (SnugRedis *self)
{
  gboolean again = self->was_up;

  self->up = self->was_up = TRUE;
  if (!again)
    return;
  g_message ("Redis is back");
  if (self->listener != NULL)
    self->listener->back (self->listener_data);
}

static void
set_lease (SnugRedis *self)
{
  redisAsyncCommand (self->commands, NULL, NULL, "SET %s%s 1 PX %s", SERVER, self->name, LEASE_MS);
}

/* Nil if the lease ran out, as we were stopped for so long: others have counted us as gone. */
static void
on_beat_answered (redisAsyncContext *redis, gpointer data, gpointer unused)
{
  SnugRedis *self = redis->data;
  const redisReply *reply = data;

  if (reply == NULL || self->commands != redis)
    return;
  self->n_unanswered_beats = 0;
  if (reply->type != REDIS_REPLY_NIL)
    return;
  set_lease (self);
  forget_servers (self);
  rise (self);
}

static void
lose_server (SnugRedis *self, const char *name)
{
  g_autofree char *server = g_strdup (name);

  if (g_hash_table_remove (self->servers, server) && self->listener != NULL)
    self->listener->gone (server, self->listener_data);
}

static gboolean
is_zero (const redisReply *reply)
{
  return reply != NULL && reply->type == REDIS_REPLY_INTEGER && reply->integer == 0;
}

/* Of EXISTS: the lease has run out. @name: owned */
static void
on_lease_counted (redisAsyncContext *redis, gpointer reply, gpointer name)
{
  if (is_zero (reply))
    lose_server (redis->data, name);
  g_free (name);
}

/* Of PUBLISH: nobody of that name listens. Nobody need wait for the rest of its lease. @name: owned */
static void
on_listeners_counted (redisAsyncContext *redis, gpointer reply, gpointer name)
{
  if (is_zero (reply))
    {
      redisAsyncCommand (redis, NULL, NULL, "DEL %s%s", SERVER, (char *) name);
      lose_server (redis->data, name);
    }
  g_free (name);
}

static void
publish (SnugRedis *self, const char *server, const char *text, gsize length)
{
  char *copy = g_strdup (server);

  if (redisAsyncCommand (self->commands, on_listeners_counted, copy, "PUBLISH %s%s %b", WORDS, copy, text, length)
      != REDIS_OK)
    g_free (copy);
}

/* A server that was killed listens no more; one that hangs lets its lease run out. */
static void
look_after (SnugRedis *self, const char *server)
{
  char *copy = g_strdup (server);

  if (redisAsyncCommand (self->commands, on_lease_counted, copy, "EXISTS %s%s", SERVER, copy) != REDIS_OK)
    g_free (copy);
  /* Only our name: it says nothing, and is not answered. */
  publish (self, server, self->name, strlen (self->name));
}

static gboolean
on_beat (gpointer data)
{
  SnugRedis *self = data;
  GHashTableIter iter;
  gpointer name;

  if (self->n_unanswered_beats++ >= MAX_UNANSWERED_BEATS)
    {
      fall (self);
      return G_SOURCE_REMOVE;
    }
  redisAsyncCommand (self->commands, on_beat_answered, NULL, "SET %s%s 1 PX %s XX", SERVER, self->name, LEASE_MS);
  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    look_after (self, name);
  return G_SOURCE_CONTINUE;
}

/* Words */

static void
remember (SnugRedis *self, const char *name, gsize length)
{
  if (length > 0 && length <= SNUG_DIRECTORY_MAX_NAME_BYTES)
    g_hash_table_add (self->servers, g_strndup (name, length));
}

static void
on_subscribed (SnugRedis *self)
{
  set_lease (self);
  self->n_unanswered_beats = 0;
  snug_clear_source (&self->timer);
  self->timer = snug_context_timeout (self->context, BEAT_MS, on_beat, self);
  rise (self);
}

/* ["subscribe", channel, n] or ["message", channel, text] */
static void
on_words (redisAsyncContext *redis, gpointer data, gpointer unused)
{
  SnugRedis *self = redis->data;
  const redisReply *reply = data;

  if (reply == NULL || self->words != redis || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3)
    return;
  if (strcmp (reply->element[0]->str, "subscribe") == 0)
    on_subscribed (self);
  else if (self->listener != NULL && reply->element[2]->type == REDIS_REPLY_STRING)
    {
      const char *text = reply->element[2]->str;

      remember (self, text, strcspn (text, " "));
      self->listener->heard (text, (gsize) reply->element[2]->len, self->listener_data);
    }
}

/* Connecting */

static redisAsyncContext *
connect_one (SnugRedis *self)
{
  redisAsyncContext *redis = snug_redis_connect_async (&self->place, self->context);

  if (redis != NULL && redis->err != 0)
    g_clear_pointer (&redis, redisAsyncFree);
  if (redis == NULL)
    return NULL;
  redis->data = self;
  redisAsyncSetConnectCallback (redis, on_connected);
  redisAsyncSetDisconnectCallback (redis, on_disconnected);
  snug_redis_log_in (&self->place, redis);
  return redis;
}

static void
start_connecting (SnugRedis *self)
{
  self->commands = connect_one (self);
  self->words = connect_one (self);
  if (self->commands == NULL || self->words == NULL)
    {
      fall (self);
      return;
    }
  /* Not there any more if Redis was emptied: then ours is as good as it was. */
  redisAsyncCommand (self->commands, NULL, NULL, "SET %s %s NX", KEY, self->key_hex);
  redisAsyncCommand (self->words, on_words, NULL, "SUBSCRIBE %s%s", WORDS, self->name);
}

/* The directory */

static void
redis_look (SnugDirectory *directory, const char *code, SnugDirectoryAnswerFunc func, gpointer data)
{
  SnugRedis *self = (SnugRedis *) directory;
  Question *question = question_new (func, data);

  put_off_unless (self, self->up && redisAsyncCommand (self->commands, on_answer, question, "EVAL %s 1 %s%s %s",
                                                       look_script, ROOM, code, self->name) == REDIS_OK,
                  question);
}

static void
redis_claim (SnugDirectory *directory, const SnugTokenClaims *claims, SnugDirectoryAnswerFunc func, gpointer data)
{
  SnugRedis *self = (SnugRedis *) directory;
  Question *question = question_new (func, data);
  g_autofree char *seq = g_strdup_printf ("%" G_GUINT64_FORMAT, claims->seq);
  g_autofree char *expires = g_strdup_printf ("%" G_GUINT64_FORMAT, claims->expires);

  put_off_unless (self, self->up && redisAsyncCommand (self->commands, on_answer, question,
                                                       "EVAL %s 1 %s%s %s %s %s %s", claim_script, ROOM, claims->code,
                                                       self->name, claims->instance, seq, expires) == REDIS_OK,
                  question);
}

static void
redis_drop (SnugDirectory *directory, const char *code, const char *instance, guint64 expires)
{
  SnugRedis *self = (SnugRedis *) directory;
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, expires);

  if (self->up)
    redisAsyncCommand (self->commands, NULL, NULL, "EVAL %s 1 %s%s %s %s %s", drop_script, ROOM, code, self->name,
                       instance, text);
}

static void
redis_tell (SnugDirectory *directory, const char *server, const char *text, gsize length)
{
  SnugRedis *self = (SnugRedis *) directory;

  if (!self->up)
    return;
  remember (self, server, strlen (server));
  publish (self, server, text, length);
}

/* What is still to be said goes out; others need not wait until our lease runs out. */
static void
give_up_lease (SnugRedis *self)
{
  if (!self->up)
    return;
  self->up = FALSE;
  redisAsyncCommand (self->commands, NULL, NULL, "DEL %s%s", SERVER, self->name);
  redisAsyncHandleWrite (self->commands);
}

static void
redis_listen (SnugDirectory *directory, const SnugDirectoryListener *listener, gpointer data)
{
  SnugRedis *self = (SnugRedis *) directory;

  self->listener = listener;
  self->listener_data = data;
  if (listener != NULL)
    {
      start_connecting (self);
      return;
    }
  give_up_lease (self);
  disconnect (self);
  answer_unanswered (self);
}

static const SnugDirectoryFuncs funcs = {
  .look = redis_look,
  .claim = redis_claim,
  .drop = redis_drop,
  .tell = redis_tell,
  .listen = redis_listen,
};

/* Life */

static gboolean
read_key (const char *hex, guint8 key[SNUG_TOKEN_KEY_BYTES])
{
  if (strlen (hex) != 2 * SNUG_TOKEN_KEY_BYTES || strspn (hex, "0123456789abcdef") != strlen (hex))
    return FALSE;
  for (guint i = 0; i < SNUG_TOKEN_KEY_BYTES; i++)
    key[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return TRUE;
}

/* What all servers make tokens with: the first one's. */
static GBytes *
agree_on_key (const SnugRedisPlace *place, GBytes *ours, GError **error)
{
  redisContext *redis = snug_redis_connect (place, error);
  g_autofree char *hex = snug_bytes_to_hex (g_bytes_get_data (ours, NULL), g_bytes_get_size (ours));
  guint8 bytes[SNUG_TOKEN_KEY_BYTES];
  redisReply *reply;
  gboolean ok;

  if (redis == NULL)
    return NULL;
  reply = redisCommand (redis, "SET %s %s NX", KEY, hex);
  g_clear_pointer (&reply, freeReplyObject);
  reply = redisCommand (redis, "GET %s", KEY);
  ok = reply != NULL && reply->type == REDIS_REPLY_STRING && read_key (reply->str, bytes);
  if (!ok)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Redis: %s",
                 reply != NULL && reply->type == REDIS_REPLY_ERROR ? reply->str : KEY);
  g_clear_pointer (&reply, freeReplyObject);
  redisFree (redis);
  return ok ? g_bytes_new (bytes, sizeof bytes) : NULL;
}

SnugDirectory *
snug_redis_new (const char *uri, GBytes *ours, GError **error)
{
  SnugRedisPlace place;
  SnugRedis *self;
  GBytes *key;

  if (!snug_redis_place_parse (&place, uri, error))
    return NULL;
  key = agree_on_key (&place, ours, error);
  if (key == NULL)
    {
      snug_redis_place_clear (&place);
      return NULL;
    }

  self = g_new0 (SnugRedis, 1);
  self->name = snug_random_hex (8);
  self->key_hex = snug_bytes_to_hex (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  self->base = (SnugDirectory) { &funcs, self->name, key };
  self->place = place;
  self->context = g_main_context_ref_thread_default ();
  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->unanswered);
  return &self->base;
}

void
snug_redis_free (SnugDirectory *directory)
{
  SnugRedis *self = (SnugRedis *) directory;

  redis_listen (directory, NULL, NULL);
  g_hash_table_unref (self->servers);
  g_main_context_unref (self->context);
  g_bytes_unref (self->base.key);
  snug_redis_place_clear (&self->place);
  g_free (self->name);
  g_free (self->key_hex);
  g_free (self);
}
