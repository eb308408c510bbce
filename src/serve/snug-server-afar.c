/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-afar.h"

#include <string.h>

#include "snug-context.h"
#include "snug-server-private.h"

/* Longer than any line of words. */
#define MAX_WORDS_BYTES 256
#define MAX_WORDS 8
/* A home that does not answer in this time has ended while we asked. */
#define DESCRIBE_MS 5000

/* Here: a socket whose room is elsewhere. */
struct _SnugServerCall
{
  SnugServerAfar   *afar;       /* borrowed */
  SnugServerSocket *socket;     /* borrowed */
  void            (*on_in) (SnugServerSocket *socket);
  char             *home;       /* owned */
  guint64           id;
  gboolean          probed;     /* the home wants to know of the next frame */
};

/* Here: the room of a socket that is elsewhere. */
typedef struct
{
  SnugServerSocket  socket;
  SnugServerAfar   *afar;       /* borrowed */
  SnugServerEntry  *entry;      /* borrowed; NULL before it is in a room, and after */
  char             *from;       /* owned */
  guint64           id;
  gboolean          reached_private;
} Caller;

typedef struct
{
  SnugServerAfar      *afar;        /* borrowed */
  SnugServerDescribed  described;
  gpointer             data;
  char                *code;        /* owned */
  char                *home;        /* owned, nullable: not known yet */
  guint64              id;
  GSource             *timer;       /* owned */
} Question;

struct _SnugServerAfar
{
  SnugServer    *server;      /* borrowed */
  SnugDirectory *directory;   /* borrowed */
  GHashTable    *calls;       /* id → SnugServerCall, borrowed */
  GHashTable    *callers;     /* "FROM ID" → Caller, owned */
  GHashTable    *questions;   /* id → Question, owned */
  guint64        last_id;
};

/* Speaking */

static void G_GNUC_PRINTF (5, 6)
tell (SnugServerAfar *afar, const char *server, const char *payload, gsize length, const char *format, ...)
{
  g_autoptr (GString) text = g_string_new (afar->directory->name);
  va_list arguments;

  g_string_append_c (text, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
  g_string_append_c (text, '\n');
  g_string_append_len (text, payload, (gssize) length);
  afar->directory->funcs->tell (afar->directory, server, text->str, text->len);
}

/* Callers: what a room of ours says to a socket elsewhere */

static char *
caller_key (const char *from, guint64 id)
{
  return g_strdup_printf ("%s %" G_GUINT64_FORMAT, from, id);
}

static void
caller_free (gpointer data)
{
  Caller *caller = data;

  g_free (caller->socket.client);
  g_free (caller->from);
  g_free (caller);
}

/* The room has forgotten it, or never knew it. */
static void
forget_caller (Caller *caller)
{
  g_autofree char *key = caller_key (caller->from, caller->id);

  g_hash_table_remove (caller->afar->callers, key);
}

static void
caller_send (SnugServerSocket *socket, const char *text, gsize length)
{
  Caller *caller = (Caller *) socket;

  tell (caller->afar, caller->from, text, length, "text %" G_GUINT64_FORMAT, caller->id);
}

static void
caller_ping (SnugServerSocket *socket)
{
  Caller *caller = (Caller *) socket;

  tell (caller->afar, caller->from, "", 0, "ping %" G_GUINT64_FORMAT, caller->id);
}

static void
caller_refuse (SnugServerSocket *socket, SnugSignalCode code, gboolean fatal)
{
  Caller *caller = (Caller *) socket;

  tell (caller->afar, caller->from, "", 0, "refuse %" G_GUINT64_FORMAT " %s %s", caller->id,
        snug_signal_code_to_text (code), fatal ? "fatal" : "mild");
  if (fatal)
    forget_caller (caller);
}

static void
caller_close (SnugServerSocket *socket, guint code)
{
  Caller *caller = (Caller *) socket;

  tell (caller->afar, caller->from, "", 0, "close %" G_GUINT64_FORMAT " %u", caller->id, code);
  forget_caller (caller);
}

static gboolean
caller_reached_private (SnugServerSocket *socket)
{
  return ((Caller *) socket)->reached_private;
}

static const SnugServerSocketFuncs caller_funcs = {
  .send = caller_send,
  .ping = caller_ping,
  .refuse = caller_refuse,
  .close = caller_close,
  .reached_private = caller_reached_private,
};

static void
lose_caller (Caller *caller)
{
  SnugServerEntry *entry = g_steal_pointer (&caller->entry);

  if (entry != NULL)
    {
      snug_server_room_lost (entry->room, caller, g_get_monotonic_time ());
      snug_server_settle (caller->afar->server, entry);
    }
  forget_caller (caller);
}

/* Words, read */

typedef struct
{
  SnugServerAfar *afar;
  char           *word[MAX_WORDS];    /* from, verb, id, … */
  guint64         id;
  const char     *payload;            /* NUL-terminated */
  gsize           length;
} Words;

static Caller *
find_caller (const Words *words)
{
  g_autofree char *key = caller_key (words->word[0], words->id);

  return g_hash_table_lookup (words->afar->callers, key);
}

/* Of words from somebody who is not the home, nothing. */
static SnugServerCall *
find_call (const Words *words)
{
  SnugServerCall *call = g_hash_table_lookup (words->afar->calls, &words->id);

  return call != NULL && strcmp (call->home, words->word[0]) == 0 ? call : NULL;
}

/* What a token says, if it is one of this room: the other server has looked already, and counted what came to
 * nothing. @code: what is wrong */
static SnugServerEntry *
find_entry (Caller *caller, const Words *words, SnugTokenClaims *claims, gboolean *has_token, SnugSignalCode *code)
{
  SnugServer *server = caller->afar->server;
  const char *room_code = words->word[3];
  g_autoptr (SnugSignalMessage) enter = NULL;

  *has_token = FALSE;
  *code = SNUG_SIGNAL_CODE_ROOM_NOT_FOUND;
  if (words->length > 0)
    enter = snug_signal_message_decode (words->payload, words->length, NULL);
  if (enter != NULL)
    caller->socket.client = g_strdup (enter->client);
  if (enter == NULL || enter->token == NULL)
    return snug_server_find_room (server, room_code);

  *has_token = TRUE;
  *code = SNUG_SIGNAL_CODE_BAD_TOKEN;
  if (!snug_token_read (server->key, enter->token, claims) || strcmp (claims->code, room_code) != 0)
    return NULL;
  return snug_server_find_room_by_token (server, room_code, claims, code);
}

static void
on_enter (const Words *words)
{
  SnugServerAfar *afar = words->afar;
  Caller *caller = g_new0 (Caller, 1);
  const char *address = words->word[4], *role = words->word[6];
  g_auto (SnugTokenClaims) claims = { 0 };
  g_autofree char *key = caller_key (words->word[0], words->id);
  SnugSignalCode code;
  gboolean has_token;
  SnugServerEntry *entry;
  gint64 now_us = g_get_monotonic_time ();

  *caller = (Caller) { { &caller_funcs, NULL }, afar, NULL, g_strdup (words->word[0]), words->id,
                       strcmp (words->word[5], "private") == 0 };
  g_hash_table_insert (afar->callers, g_strdup (key), caller);

  entry = find_entry (caller, words, &claims, &has_token, &code);
  if (entry == NULL)
    {
      caller_refuse (&caller->socket, code != SNUG_SIGNAL_CODE_NONE ? code : SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, TRUE);
      return;
    }
  caller->entry = entry;
  if (strcmp (role, "-") != 0)
    snug_server_room_enter_legacy (entry->room, caller, address, role, now_us);
  else
    snug_server_room_enter (entry->room, caller, address, has_token ? &claims : NULL, now_us);

  /* It may have been refused, and freed. */
  if (g_hash_table_lookup (afar->callers, key) == caller && snug_server_room_has_socket (entry->room, caller))
    tell (afar, words->word[0], "", 0, "in %" G_GUINT64_FORMAT, words->id);
  snug_server_settle (afar->server, entry);
}

static void
on_text (const Words *words)
{
  Caller *caller = find_caller (words);
  SnugServerCall *call = find_call (words);

  if (caller != NULL && caller->entry != NULL)
    {
      SnugServerEntry *entry = caller->entry;

      snug_server_room_receive (entry->room, caller, words->payload, words->length, g_get_monotonic_time ());
      snug_server_settle (words->afar->server, entry);
    }
  else if (call != NULL)
    {
      call->socket->funcs->send (call->socket, words->payload, words->length);
    }
}

static void
on_alive (const Words *words)
{
  Caller *caller = find_caller (words);
  SnugServerEntry *entry = caller != NULL ? caller->entry : NULL;

  if (entry == NULL)
    return;
  snug_server_room_alive (entry->room, caller);
  snug_server_settle (words->afar->server, entry);
}

static void
on_lost (const Words *words)
{
  Caller *caller = find_caller (words);

  if (caller != NULL)
    lose_caller (caller);
}

static void
on_ping (const Words *words)
{
  SnugServerCall *call = find_call (words);

  if (call == NULL)
    return;
  call->probed = TRUE;
  call->socket->funcs->ping (call->socket);
}

static void
on_refuse (const Words *words)
{
  SnugServerCall *call = find_call (words);

  if (call != NULL)
    call->socket->funcs->refuse (call->socket, snug_signal_code_from_text (words->word[3]),
                                 strcmp (words->word[4], "fatal") == 0);
}

static void
on_close (const Words *words)
{
  SnugServerCall *call = find_call (words);

  if (call != NULL)
    call->socket->funcs->close (call->socket, (guint) g_ascii_strtoull (words->word[3], NULL, 10));
}

static void
on_in (const Words *words)
{
  SnugServerCall *call = find_call (words);

  if (call != NULL)
    call->on_in (call->socket);
}

static void
on_describe (const Words *words)
{
  g_autofree char *answer = snug_server_describe_room (words->afar->server, words->word[3]);

  tell (words->afar, words->word[0], answer != NULL ? answer : "", answer != NULL ? strlen (answer) : 0,
        "described %" G_GUINT64_FORMAT, words->id);
}

/* Room-info of rooms elsewhere */

static void
question_free (gpointer data)
{
  Question *question = data;

  snug_clear_source (&question->timer);
  g_free (question->code);
  g_free (question->home);
  g_free (question);
}

static void
close_question (Question *question, const char *answer)
{
  g_hash_table_steal (question->afar->questions, &question->id);
  question->described (answer, question->data);
  question_free (question);
}

static void
on_described (const Words *words)
{
  Question *question = g_hash_table_lookup (words->afar->questions, &words->id);

  if (question != NULL && g_strcmp0 (question->home, words->word[0]) == 0)
    close_question (question, words->length > 0 ? words->payload : NULL);
}

static gboolean
on_no_description (gpointer data)
{
  close_question (data, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_home_found (const SnugDirectoryAnswer *answer, gpointer data)
{
  Question *question = data;

  if (answer->verdict != SNUG_DIRECTORY_THEIRS)
    {
      close_question (question, NULL);
      return;
    }
  question->home = g_strdup (answer->home);
  question->timer = snug_context_timeout (question->afar->server->context, DESCRIBE_MS, on_no_description, question);
  tell (question->afar, question->home, "", 0, "describe %" G_GUINT64_FORMAT " %s", question->id, question->code);
}

void
snug_server_afar_describe (SnugServerAfar *afar, const char *code, SnugServerDescribed described, gpointer data)
{
  Question *question = g_new0 (Question, 1);

  *question = (Question) { afar, described, data, g_strdup (code), NULL, ++afar->last_id, NULL };
  g_hash_table_insert (afar->questions, &question->id, question);
  afar->directory->funcs->look (afar->directory, code, on_home_found, question);
}

/* What comes from other servers */

static const struct
{
  const char *verb;
  guint       n_words;
  void      (*handle) (const Words *words);
} verbs[] = {
  { "text", 3, on_text },
  { "enter", 7, on_enter },
  { "alive", 3, on_alive },
  { "lost", 3, on_lost },
  { "ping", 3, on_ping },
  { "refuse", 5, on_refuse },
  { "close", 4, on_close },
  { "in", 3, on_in },
  { "describe", 4, on_describe },
  { "described", 3, on_described },
};

/* Cuts the line of words into its words. */
static guint
split (char *line, char *word[MAX_WORDS])
{
  guint n = 0;

  for (char *end; line != NULL && n < MAX_WORDS; line = end)
    {
      end = strchr (line, ' ');
      if (end != NULL)
        *end++ = '\0';
      word[n++] = line;
    }
  return n;
}

static void
on_heard (const char *text, gsize length, gpointer data)
{
  const char *end = memchr (text, '\n', MIN (length, MAX_WORDS_BYTES));
  g_autofree char *line = end != NULL ? g_strndup (text, (gsize) (end - text)) : NULL;
  Words words = { .afar = data };
  guint n = split (line, words.word);

  if (n < 3 || !g_ascii_string_to_unsigned (words.word[2], 10, 1, G_MAXUINT64, &words.id, NULL))
    return;
  words.payload = end + 1;
  words.length = length - (gsize) (words.payload - text);
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (strcmp (verbs[i].verb, words.word[1]) == 0 && verbs[i].n_words == n)
        {
          verbs[i].handle (&words);
          return;
        }
    }
  g_debug ("not understood: %s", words.word[1]);
}

static void
lose_callers_from (SnugServerAfar *afar, const char *server)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;

  /* By name: the loss of one may end the room, and with it others. */
  g_hash_table_iter_init (&iter, afar->callers);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, g_strdup (key));
  for (guint i = 0; i < keys->len; i++)
    {
      Caller *caller = g_hash_table_lookup (afar->callers, g_ptr_array_index (keys, i));

      if (caller != NULL && (server == NULL || strcmp (caller->from, server) == 0))
        lose_caller (caller);
    }
}

/* Its guest comes back, and finds a home again. */
static void
lose_calls_to (SnugServerAfar *afar, const char *server)
{
  g_autoptr (GList) calls = g_hash_table_get_values (afar->calls);

  for (GList *l = calls; l != NULL; l = l->next)
    {
      SnugServerCall *call = l->data;

      if (server == NULL || strcmp (call->home, server) == 0)
        call->socket->funcs->close (call->socket, SNUG_WEBSOCKET_CLOSE_GOING_AWAY);
    }
}

static void
on_gone (const char *server, gpointer data)
{
  lose_calls_to (data, server);
  lose_callers_from (data, server);
}

static void
on_back (gpointer data)
{
  snug_server_claim_all_rooms (((SnugServerAfar *) data)->server);
}

static const SnugDirectoryListener listener = {
  .heard = on_heard,
  .gone = on_gone,
  .back = on_back,
};

/* Calls */

SnugServerCall *
snug_server_afar_call (SnugServerAfar *afar, const char *home, const SnugServerKnock *knock,
                       SnugServerSocket *socket, void (*on_call_in) (SnugServerSocket *socket))
{
  SnugServerCall *call = g_new0 (SnugServerCall, 1);

  *call = (SnugServerCall) { afar, socket, on_call_in, g_strdup (home), ++afar->last_id, FALSE };
  g_hash_table_insert (afar->calls, &call->id, call);
  tell (afar, home, knock->text != NULL ? knock->text : "", knock->text != NULL ? strlen (knock->text) : 0,
        "enter %" G_GUINT64_FORMAT " %s %s %s %s", call->id, knock->code, knock->address,
        knock->reached_private ? "private" : "public", knock->role != NULL ? knock->role : "-");
  return call;
}

void
snug_server_call_text (SnugServerCall *call, const char *text, gsize length)
{
  tell (call->afar, call->home, text, length, "text %" G_GUINT64_FORMAT, call->id);
}

void
snug_server_call_alive (SnugServerCall *call)
{
  if (!call->probed)
    return;
  call->probed = FALSE;
  tell (call->afar, call->home, "", 0, "alive %" G_GUINT64_FORMAT, call->id);
}

void
snug_server_call_hang_up (SnugServerCall *call)
{
  tell (call->afar, call->home, "", 0, "lost %" G_GUINT64_FORMAT, call->id);
  g_hash_table_remove (call->afar->calls, &call->id);
  g_free (call->home);
  g_free (call);
}

guint
snug_server_afar_count_calls (SnugServerAfar *afar)
{
  return g_hash_table_size (afar->calls);
}

/* Life */

SnugServerAfar *
snug_server_afar_new (SnugServer *server, SnugDirectory *directory)
{
  SnugServerAfar *afar = g_new0 (SnugServerAfar, 1);

  afar->server = server;
  afar->directory = directory;
  afar->calls = g_hash_table_new (g_int64_hash, g_int64_equal);
  afar->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, caller_free);
  afar->questions = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, question_free);
  directory->funcs->listen (directory, &listener, afar);
  return afar;
}

void
snug_server_afar_free (SnugServerAfar *afar)
{
  g_autoptr (GList) questions = NULL;

  afar->directory->funcs->listen (afar->directory, NULL, NULL);
  questions = g_hash_table_get_values (afar->questions);
  for (GList *l = questions; l != NULL; l = l->next)
    close_question (l->data, NULL);
  g_hash_table_unref (afar->calls);
  g_hash_table_unref (afar->callers);
  g_hash_table_unref (afar->questions);
  g_free (afar);
}
