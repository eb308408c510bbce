/* What a typed line means.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-commands.h"
#include "cli-questions.h"

static void
assert_means (const char *line, SnugCliCommandKind kind, const char *argument)
{
  g_autofree char *got = NULL;

  g_assert_cmpint (snug_cli_command_parse (line, &got), ==, kind);
  g_assert_cmpstr (got, ==, argument);
}

static void
test_lines (void)
{
  assert_means ("", SNUG_CLI_COMMAND_NOTHING, NULL);
  assert_means (" \t", SNUG_CLI_COMMAND_NOTHING, NULL);
  assert_means ("hello", SNUG_CLI_COMMAND_SAY, "hello");
  assert_means (" /send x", SNUG_CLI_COMMAND_SAY, " /send x");
  assert_means ("//send x", SNUG_CLI_COMMAND_SAY, "/send x");
  assert_means ("/send a b ", SNUG_CLI_COMMAND_SEND, "a b");
  assert_means ("/send", SNUG_CLI_COMMAND_SEND, "");
  assert_means ("/who", SNUG_CLI_COMMAND_WHO, "");
  assert_means ("/link", SNUG_CLI_COMMAND_LINK, "");
  assert_means ("/name Ana M", SNUG_CLI_COMMAND_NAME, "Ana M");
  assert_means ("/reply yes, do", SNUG_CLI_COMMAND_REPLY, "yes, do");
  assert_means ("/react 👍", SNUG_CLI_COMMAND_REACT, "👍");
  assert_means ("/edit no", SNUG_CLI_COMMAND_EDIT, "no");
  assert_means ("/delete", SNUG_CLI_COMMAND_DELETE, "");
  assert_means ("/cancel", SNUG_CLI_COMMAND_CANCEL, "");
  assert_means ("/compare", SNUG_CLI_COMMAND_COMPARE, "");
  assert_means ("/same Ana M", SNUG_CLI_COMMAND_SAME, "Ana M");
  assert_means ("/different", SNUG_CLI_COMMAND_DIFFERENT, "");
  assert_means ("/quit", SNUG_CLI_COMMAND_LEAVE, "");
  assert_means ("/leave", SNUG_CLI_COMMAND_LEAVE, "");
  assert_means ("/help", SNUG_CLI_COMMAND_HELP, "");
  assert_means ("/sendx y", SNUG_CLI_COMMAND_UNKNOWN, "sendx");
  assert_means ("/", SNUG_CLI_COMMAND_UNKNOWN, "");
}

static void
assert_path (const char *argument, const char *expected)
{
  g_autofree char *path = snug_cli_command_path (argument);

  g_assert_cmpstr (path, ==, expected);
}

static void
test_paths (void)
{
  g_autofree char *home = g_build_filename (g_get_home_dir (), "a b", NULL);

  assert_path ("a", "a");
  assert_path ("a b.txt", "a b.txt");
  assert_path ("'a b.txt'", "a b.txt");
  assert_path ("a\\ b.txt", "a b.txt");
  assert_path ("it's", "it's");
  assert_path ("'~/a b'", home);
}

static void
test_answers (void)
{
  const char *const yes[] = { "y", "Y", "yes", " YES ", NULL };
  const char *const no[] = { "", " ", "n", "N", "no", NULL };
  const char *const unclear[] = { "your turn", "now", "yesterday", "maybe", "hello", "1", NULL };

  g_assert_cmpint (snug_cli_answer_parse (NULL), ==, SNUG_CLI_ANSWER_NO);
  for (const char *const *text = yes; *text != NULL; text++)
    g_assert_cmpint (snug_cli_answer_parse (*text), ==, SNUG_CLI_ANSWER_YES);
  for (const char *const *text = no; *text != NULL; text++)
    g_assert_cmpint (snug_cli_answer_parse (*text), ==, SNUG_CLI_ANSWER_NO);
  for (const char *const *text = unclear; *text != NULL; text++)
    g_assert_cmpint (snug_cli_answer_parse (*text), ==, SNUG_CLI_ANSWER_UNCLEAR);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli-commands/lines", test_lines);
  g_test_add_func ("/cli-commands/paths", test_paths);
  g_test_add_func ("/cli-commands/answers", test_answers);
  return g_test_run ();
}
