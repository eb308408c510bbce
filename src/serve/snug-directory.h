/* snug-directory: several servers behind one name: which of them has a room, and words from one to another.
 *
 * What implements it holds a SnugDirectory as its first member (snug-redis, and a fake in tests). All of it
 * belongs to the server's context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-token.h"

G_BEGIN_DECLS

/* Names of servers are single words. */
#define SNUG_DIRECTORY_MAX_NAME_BYTES 32

typedef enum
{
  SNUG_DIRECTORY_UNKNOWN,     /* the directory cannot be reached: ask again later */
  SNUG_DIRECTORY_NOBODYS,     /* no living server has it */
  SNUG_DIRECTORY_OURS,
  SNUG_DIRECTORY_THEIRS,
  SNUG_DIRECTORY_OVER         /* this life of the room has ended */
} SnugDirectoryVerdict;

typedef struct
{
  SnugDirectoryVerdict verdict;
  const char          *home;          /* of THEIRS: who has it */
  guint64              reserved_seq;  /* of OURS: above every seq that any server gave in this room */
} SnugDirectoryAnswer;

/* Once for each question, never from within it. */
typedef void (*SnugDirectoryAnswerFunc) (const SnugDirectoryAnswer *answer, gpointer data);

typedef struct
{
  /* @text is NUL-terminated after @length bytes. Words of one server come in order. */
  void (*heard) (const char *text, gsize length, gpointer data);
  /* What was told since may be lost. @server: (nullable): NULL is every other server */
  void (*gone)  (const char *server, gpointer data);
  /* After gone(NULL): the directory answers again, and may have forgotten who has what. */
  void (*back)  (gpointer data);
} SnugDirectoryListener;

typedef struct _SnugDirectory SnugDirectory;

typedef struct
{
  /* Who has the room? */
  void (*look)   (SnugDirectory *self, const char *code, SnugDirectoryAnswerFunc answer, gpointer data);
  /* The same in one step with: if no living server has it, we have. Of @claims code, instance, seq and
   * expires are read. */
  void (*claim)  (SnugDirectory *self, const SnugTokenClaims *claims, SnugDirectoryAnswerFunc answer, gpointer data);
  /* A room of ours is over. */
  void (*drop)   (SnugDirectory *self, const char *code, const char *instance, guint64 expires);
  void (*tell)   (SnugDirectory *self, const char *server, const char *text, gsize length);
  /* @listener: (nullable): NULL ends it: open questions are answered with UNKNOWN, others may claim what is ours. */
  void (*listen) (SnugDirectory *self, const SnugDirectoryListener *listener, gpointer data);
} SnugDirectoryFuncs;

struct _SnugDirectory
{
  const SnugDirectoryFuncs *funcs;
  const char               *name;     /* ours among the servers, new with each start */
  GBytes                   *key;      /* that all of them make tokens with */
};

G_END_DECLS
