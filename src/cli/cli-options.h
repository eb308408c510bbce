/* cli-options: the words of the command line as a struct, or a sentence on what is wrong with them.
 *
 * Pure: reads no file but --turn-file, asks no network.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-until.h"
#include "snug-session.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_CLI_HELP,
  SNUG_CLI_VERSION,
  SNUG_CLI_CREATE,
  SNUG_CLI_JOIN,
  SNUG_CLI_DOCTOR,
  SNUG_CLI_NEARBY
} SnugCliCommand;

typedef struct
{
  SnugCliCommand      command;
  char               *help;             /* HELP: the text */

  /* The room */
  char               *invite;           /* JOIN */
  char               *server;           /* nullable: "http[s]://HOST[:PORT]" */
  char               *listen;           /* nullable: "ADDR:PORT" of the built-in server */
  char               *secret;           /* nullable: of --secret-file */
  gboolean            open;             /* CREATE: a room without a secret */
  gboolean            nearby;           /* CREATE: announce it on the local network */
  guint               capacity;         /* 0: the session's own */

  /* What to do in it */
  char               *name;             /* nullable */
  GStrv               say;              /* nullable */
  GStrv               send;             /* nullable, file names */
  char               *save_to;          /* nullable, file name */
  SnugAcceptPolicy    accept;
  SnugConflictPolicy  conflict;
  GStrv               only;             /* nullable: of folders, patterns of what is wanted */
  SnugRelayPolicy     relay;
  GPtrArray          *ice_servers;      /* of SnugIceServer */
  SnugCliUntil        until;
  guint               timeout_ms;       /* 0: none */
  gboolean            discard_unfinished;
  gboolean            addresses;        /* DOCTOR: say them too */
  gboolean            json;
  gboolean            commands;         /* lines of standard input may be commands */
  gboolean            sha256;
} SnugCliOptions;

/**
 * snug_cli_options_parse:
 * @argv: NULL-terminated, argv[0] is the program
 *
 * Returns: (transfer full): or %NULL with %SNUG_CLI_ERROR and a sentence for a person
 */
SnugCliOptions *snug_cli_options_parse (const char *const *argv, GError **error);

void            snug_cli_options_free  (SnugCliOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugCliOptions, snug_cli_options_free)

G_END_DECLS
