/* cli-commands: what a line typed on a terminal means: chat, or a command that begins with "/".
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_CLI_COMMAND_NOTHING,     /* a blank line */
  SNUG_CLI_COMMAND_SAY,
  SNUG_CLI_COMMAND_REPLY,       /* to the last message heard: the text */
  SNUG_CLI_COMMAND_REACT,       /* to the same: the emoji */
  SNUG_CLI_COMMAND_EDIT,        /* the last message said: the new text */
  SNUG_CLI_COMMAND_DELETE,      /* the same */
  SNUG_CLI_COMMAND_SEND,        /* a path */
  SNUG_CLI_COMMAND_WHO,
  SNUG_CLI_COMMAND_LINK,
  SNUG_CLI_COMMAND_NAME,        /* the new name */
  SNUG_CLI_COMMAND_CANCEL,
  SNUG_CLI_COMMAND_LET,         /* whoever guesses, or knocks */
  SNUG_CLI_COMMAND_REFUSE,      /* whoever knocks */
  SNUG_CLI_COMMAND_COMPARE,     /* the safety phrase: with whom, "" if there is one only, as the next two */
  SNUG_CLI_COMMAND_SAME,
  SNUG_CLI_COMMAND_DIFFERENT,
  SNUG_CLI_COMMAND_LEAVE,
  SNUG_CLI_COMMAND_HELP,
  SNUG_CLI_COMMAND_UNKNOWN      /* the word that nobody knows */
} SnugCliCommandKind;

/**
 * snug_cli_command_parse:
 * @argument: (out) (transfer full) (nullable): what follows; of SAY the text, where "//" at the
 *   start is a "/"
 */
SnugCliCommandKind snug_cli_command_parse (const char *line, char **argument);

/* (transfer full). A path as typed: "~" is home, quotes and backslashes as a shell has them. */
char *snug_cli_command_path (const char *argument);

/* One line a command, translated. */
const char *snug_cli_command_help (void);

G_END_DECLS
