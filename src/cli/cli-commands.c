/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-commands.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const struct
{
  const char         *word;
  SnugCliCommandKind  kind;
} commands[] = {
  { "reply", SNUG_CLI_COMMAND_REPLY },
  { "react", SNUG_CLI_COMMAND_REACT },
  { "edit", SNUG_CLI_COMMAND_EDIT },
  { "delete", SNUG_CLI_COMMAND_DELETE },
  { "send", SNUG_CLI_COMMAND_SEND },
  { "who", SNUG_CLI_COMMAND_WHO },
  { "link", SNUG_CLI_COMMAND_LINK },
  { "name", SNUG_CLI_COMMAND_NAME },
  { "cancel", SNUG_CLI_COMMAND_CANCEL },
  { "let", SNUG_CLI_COMMAND_LET },
  { "refuse", SNUG_CLI_COMMAND_REFUSE },
  { "compare", SNUG_CLI_COMMAND_COMPARE },
  { "same", SNUG_CLI_COMMAND_SAME },
  { "different", SNUG_CLI_COMMAND_DIFFERENT },
  { "leave", SNUG_CLI_COMMAND_LEAVE },
  { "quit", SNUG_CLI_COMMAND_LEAVE },
  { "help", SNUG_CLI_COMMAND_HELP },
};

static SnugCliCommandKind
parse_command (const char *line, char **argument)
{
  gsize n_word = strcspn (line + 1, " \t");
  g_autofree char *word = g_strndup (line + 1, n_word);
  const char *rest = line + 1 + n_word;

  rest += strspn (rest, " \t");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (word, commands[i].word) == 0)
      {
        *argument = g_strchomp (g_strdup (rest));
        return commands[i].kind;
      }
  *argument = g_steal_pointer (&word);
  return SNUG_CLI_COMMAND_UNKNOWN;
}

SnugCliCommandKind
snug_cli_command_parse (const char *line, char **argument)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (line));

  *argument = NULL;
  if (*trimmed == '\0')
    return SNUG_CLI_COMMAND_NOTHING;
  if (*line == '/' && line[1] != '/')
    return parse_command (line, argument);
  *argument = g_strdup (g_str_has_prefix (line, "//") ? line + 1 : line);
  return SNUG_CLI_COMMAND_SAY;
}

char *
snug_cli_command_path (const char *argument)
{
  g_auto (GStrv) words = NULL;
  const char *path = argument;

  /* A terminal writes a file that is dropped on it as a shell would want it. One word: it is
   * unquoted. Several: somebody typed a name with spaces. */
  if (g_shell_parse_argv (argument, NULL, &words, NULL) && g_strv_length (words) == 1)
    path = words[0];
  if (g_str_has_prefix (path, "~/"))
    return g_build_filename (g_get_home_dir (), path + 2, NULL);
  return g_strdup (path);
}

const char *
snug_cli_command_help (void)
{
  return _("/reply TEXT  answer the last message\n"
           "/react 👍    say it with an emoji; again takes it back\n"
           "/edit TEXT   change what you said last\n"
           "/delete      take it back\n"
           "/send PATH   offer a file to everybody\n"
           "/who         who is here, and by which way\n"
           "/link        how others get in\n"
           "/name NAME   be called something else\n"
           "/cancel      stop the files under way\n"
           "/let         let in who asks; let them try who has the secret wrong\n"
           "/refuse      do not let in who asks\n"
           "/compare     show the safety phrase of somebody: is it the same on their screen?\n"
           "/same, /different NAME  what they say\n"
           "/leave       leave the room (Ctrl+D, Ctrl+C)\n"
           "Everything else is said to everybody; // at the start says a /.");
}
