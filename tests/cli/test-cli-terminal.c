/* The terminal, on a pseudo-terminal: the test is its other end and looks at what it would show.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "screen.h"

#define COLUMNS 30

typedef struct
{
  SnugCliTerminal *terminal;
  Screen          *screen;
  GString         *events;
  int              master;
  int              slave;
} Fixture;

static void
on_line (Fixture *fixture, const char *text)
{
  g_string_append_printf (fixture->events, "line:%s ", text);
}

static void
on_ended (Fixture *fixture)
{
  g_string_append (fixture->events, "ended ");
}

static void
on_answer (const char *answer, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->events, "answer:%s ", answer != NULL ? answer : "(escape)");
}

static void
set_up_with_input (Fixture *fixture, gboolean with_input)
{
  struct winsize size = { .ws_row = 24, .ws_col = COLUMNS };

  g_assert_cmpint (openpty (&fixture->master, &fixture->slave, NULL, NULL, &size), ==, 0);
  g_assert_cmpint (fcntl (fixture->master, F_SETFL, O_NONBLOCK), ==, 0);
  g_setenv ("TERM", "xterm", TRUE);
  fixture->screen = screen_new (COLUMNS);
  fixture->events = g_string_new (NULL);
  fixture->terminal = snug_cli_terminal_new (with_input ? fixture->slave : -1, fixture->slave);
  g_signal_connect_swapped (fixture->terminal, "line", G_CALLBACK (on_line), fixture);
  g_signal_connect_swapped (fixture->terminal, "ended", G_CALLBACK (on_ended), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with_input (fixture, TRUE);
}

static void
set_up_output_only (Fixture *fixture, gconstpointer data)
{
  set_up_with_input (fixture, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->terminal);
  screen_free (fixture->screen);
  g_string_free (fixture->events, TRUE);
  close (fixture->master);
  close (fixture->slave);
}

/* What was written so far is on the screen. */
static void
look (Fixture *fixture)
{
  char bytes[4096];
  gssize n;

  while ((n = read (fixture->master, bytes, sizeof bytes)) > 0)
    screen_feed (fixture->screen, bytes, (gsize) n);
}

static void
assert_screen (Fixture *fixture, const char *expected)
{
  g_autofree char *text = NULL;

  look (fixture);
  text = screen_text (fixture->screen);
  g_assert_cmpstr (text, ==, expected);
}

/* Types, and lets the terminal read it. */
static void
type (Fixture *fixture, const char *keys)
{
  struct winsize size;
  int n_waiting = 0;

  g_assert_cmpint (write (fixture->master, keys, strlen (keys)), ==, (gssize) strlen (keys));
  g_assert_cmpint (ioctl (fixture->slave, TIOCGWINSZ, &size), ==, 0);
  do
    g_main_context_iteration (NULL, TRUE);
  while (ioctl (fixture->slave, FIONREAD, &n_waiting) == 0 && n_waiting > 0);
}

static void
test_typing (Fixture *fixture, gconstpointer data)
{
  assert_screen (fixture, "›");
  type (fixture, "hello");
  assert_screen (fixture, "› hello");
  g_assert_cmpuint (screen_column (fixture->screen), ==, 7);
  type (fixture, "\r");
  assert_screen (fixture, "›");
  g_assert_cmpstr (fixture->events->str, ==, "line:hello ");
}

/* The promise: what comes in goes above, what is being typed stays as it is, cursor included. */
static void
test_incoming_does_not_break_the_line (Fixture *fixture, gconstpointer data)
{
  type (fixture, "half a sen\033[D\033[D");
  snug_cli_terminal_print (fixture->terminal, "12:00 Ana  hi");
  snug_cli_terminal_print (fixture->terminal, "12:01 Ana  a longer line that wraps around");
  snug_cli_terminal_print (fixture->terminal, "two\n    lines");
  assert_screen (fixture,
                 "12:00 Ana  hi\n"
                 "12:01 Ana  a longer line that\n"
                 "wraps around\n"
                 "two\n"
                 "    lines\n"
                 "› half a sen");
  g_assert_cmpuint (screen_column (fixture->screen), ==, 10);
  type (fixture, "X\r");
  g_assert_cmpstr (fixture->events->str, ==, "line:half a sXen ");
  assert_screen (fixture,
                 "12:00 Ana  hi\n"
                 "12:01 Ana  a longer line that\n"
                 "wraps around\n"
                 "two\n"
                 "    lines\n"
                 "›");
}

static void
test_exactly_full_line (Fixture *fixture, gconstpointer data)
{
  g_autofree char *full = g_strnfill (COLUMNS, 'x');
  g_autofree char *expected = g_strconcat (full, "\n", full, "\n›", NULL);

  snug_cli_terminal_print (fixture->terminal, full);
  snug_cli_terminal_print (fixture->terminal, full);
  assert_screen (fixture, expected);
}

static void
test_rows_stay_below (Fixture *fixture, gconstpointer data)
{
  const char *const one[] = { "a.iso 10 %", NULL };
  const char *const two[] = { "a.iso 20 %", "b.iso, which has a name that is far too long", NULL };
  const char *const none[] = { NULL };

  type (fixture, "typed");
  snug_cli_terminal_set_rows (fixture->terminal, one);
  snug_cli_terminal_print (fixture->terminal, "above");
  assert_screen (fixture, "above\na.iso 10 %\n› typed");
  snug_cli_terminal_set_rows (fixture->terminal, two);
  assert_screen (fixture, "above\na.iso 20 %\nb.iso, which has a name that…\n› typed");
  g_assert_cmpuint (screen_row (fixture->screen), ==, 3);
  g_assert_cmpuint (screen_column (fixture->screen), ==, 7);
  snug_cli_terminal_set_rows (fixture->terminal, none);
  assert_screen (fixture, "above\n› typed");
}

static void
test_long_line_scrolls_sideways (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  type (fixture, "0123456789012345678901234567890123456789日本");
  snug_cli_terminal_print (fixture->terminal, "above");
  look (fixture);
  text = screen_text (fixture->screen);
  g_assert_true (g_str_has_prefix (text, "above\n› "));
  g_assert_true (g_str_has_suffix (text, "789日本"));
  g_assert_cmpuint (screen_row (fixture->screen), ==, 1);
}

static void
test_question_and_answer (Fixture *fixture, gconstpointer data)
{
  snug_cli_terminal_ask (fixture->terminal, "Take a.iso? [y/N] ", on_answer, fixture);
  assert_screen (fixture, "Take a.iso? [y/N]");
  snug_cli_terminal_print (fixture->terminal, "12:00 Ana  hi");
  type (fixture, "y");
  assert_screen (fixture, "12:00 Ana  hi\nTake a.iso? [y/N] y");
  type (fixture, "\r");
  g_assert_cmpstr (fixture->events->str, ==, "answer:y ");
  assert_screen (fixture, "12:00 Ana  hi\n›");
}

/* Nobody answers what they have not seen: a question waits until the line being typed is done. */
static void
test_question_waits_for_the_line (Fixture *fixture, gconstpointer data)
{
  type (fixture, "I was just sa");
  snug_cli_terminal_ask (fixture->terminal, "Take a.iso? [y/N] ", on_answer, fixture);
  assert_screen (fixture, "› I was just sa");
  type (fixture, "y\r");
  g_assert_cmpstr (fixture->events->str, ==, "line:I was just say ");
  assert_screen (fixture, "Take a.iso? [y/N]");
  type (fixture, "\033");
  g_assert_cmpstr (fixture->events->str, ==, "line:I was just say answer:(escape) ");
}

static void
test_question_taken_back (Fixture *fixture, gconstpointer data)
{
  snug_cli_terminal_ask (fixture->terminal, "Take a.iso? [y/N] ", on_answer, fixture);
  type (fixture, "y");
  snug_cli_terminal_unask (fixture->terminal);
  assert_screen (fixture, "›");
  type (fixture, "\r");
  g_assert_cmpstr (fixture->events->str, ==, "line: ");
}

static void
test_offered_text (Fixture *fixture, gconstpointer data)
{
  snug_cli_terminal_offer_text (fixture->terminal, "again");
  assert_screen (fixture, "› again");
  snug_cli_terminal_offer_text (fixture->terminal, "not this");
  assert_screen (fixture, "› again");
}

static void
test_end_of_typing (Fixture *fixture, gconstpointer data)
{
  type (fixture, "\004");
  g_assert_cmpstr (fixture->events->str, ==, "ended ");
}

/* A window made narrower folds the rows; the next drawing finds their beginning all the same. */
static void
test_narrower (Fixture *fixture, gconstpointer data)
{
  const char *const rows[] = { "0123456789012345678901234", NULL };
  struct winsize size = { .ws_row = 24, .ws_col = COLUMNS / 2 };
  g_autofree char *out = NULL;
  char bytes[4096];
  gssize n;

  snug_cli_terminal_set_rows (fixture->terminal, rows);
  type (fixture, "typed text that is longer");
  look (fixture);
  g_assert_cmpint (ioctl (fixture->slave, TIOCSWINSZ, &size), ==, 0);
  kill (getpid (), SIGWINCH);
  while ((n = read (fixture->master, bytes, sizeof bytes)) <= 0)
    g_main_context_iteration (NULL, TRUE);
  out = g_strndup (bytes, (gsize) n);
  /* One row folded in two, and the cursor in the second half of the line: three up. */
  g_assert_true (g_str_has_prefix (out, "\r\033[3A\033[J"));
}

static void
test_gives_the_terminal_back (Fixture *fixture, gconstpointer data)
{
  struct termios during, after;

  g_assert_cmpint (tcgetattr (fixture->slave, &during), ==, 0);
  g_assert_cmpuint (during.c_lflag & (ICANON | ECHO), ==, 0);
  /* Ctrl+C stays a signal: it must work when we hang. */
  g_assert_cmpuint (during.c_lflag & ISIG, ==, ISIG);
  snug_cli_terminal_print (fixture->terminal, "last");
  type (fixture, "not sent");
  g_clear_object (&fixture->terminal);
  g_assert_cmpint (tcgetattr (fixture->slave, &after), ==, 0);
  g_assert_cmpuint (after.c_lflag & (ICANON | ECHO), ==, ICANON | ECHO);
  assert_screen (fixture, "last");
}

static void
test_without_input (Fixture *fixture, gconstpointer data)
{
  const char *const rows[] = { "a.iso 10 %", NULL };
  const char *const none[] = { NULL };
  struct termios mode;

  g_assert_cmpint (tcgetattr (fixture->slave, &mode), ==, 0);
  g_assert_cmpuint (mode.c_lflag & ECHO, ==, ECHO);
  assert_screen (fixture, "");
  snug_cli_terminal_set_rows (fixture->terminal, rows);
  snug_cli_terminal_print (fixture->terminal, "above");
  assert_screen (fixture, "above\na.iso 10 %");
  snug_cli_terminal_set_rows (fixture->terminal, none);
  snug_cli_terminal_print (fixture->terminal, "done");
  assert_screen (fixture, "above\ndone");
}

static void
test_colors (Fixture *fixture, gconstpointer data)
{
  g_assert_true (snug_cli_terminal_has_colors (fixture->slave));
  g_setenv ("NO_COLOR", "1", TRUE);
  g_assert_false (snug_cli_terminal_has_colors (fixture->slave));
  g_setenv ("NO_COLOR", "", TRUE);
  g_assert_true (snug_cli_terminal_has_colors (fixture->slave));
  g_unsetenv ("NO_COLOR");
  g_setenv ("TERM", "dumb", TRUE);
  g_assert_false (snug_cli_terminal_can_write (fixture->slave));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  ADD ("/cli-terminal/typing", test_typing);
  ADD ("/cli-terminal/incoming-does-not-break-the-line", test_incoming_does_not_break_the_line);
  ADD ("/cli-terminal/exactly-full-line", test_exactly_full_line);
  ADD ("/cli-terminal/rows-stay-below", test_rows_stay_below);
  ADD ("/cli-terminal/long-line-scrolls-sideways", test_long_line_scrolls_sideways);
  ADD ("/cli-terminal/question-and-answer", test_question_and_answer);
  ADD ("/cli-terminal/question-waits-for-the-line", test_question_waits_for_the_line);
  ADD ("/cli-terminal/question-taken-back", test_question_taken_back);
  ADD ("/cli-terminal/offered-text", test_offered_text);
  ADD ("/cli-terminal/end-of-typing", test_end_of_typing);
  ADD ("/cli-terminal/narrower", test_narrower);
  ADD ("/cli-terminal/gives-the-terminal-back", test_gives_the_terminal_back);
  g_test_add ("/cli-terminal/without-input", Fixture, NULL, set_up_output_only, test_without_input, tear_down);
  ADD ("/cli-terminal/colors", test_colors);
  return g_test_run ();
}
