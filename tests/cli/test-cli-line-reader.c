/* Lines of a pipe.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli-line-reader.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  SnugCliLineReader *reader;
  GPtrArray         *lines;
  int                write_fd;
  int                read_fd;
  guint              n_too_long;
  gboolean           ended;
} Fixture;

static void
on_line (Fixture *fixture, const char *text)
{
  g_ptr_array_add (fixture->lines, g_strdup (text));
}

static void
on_too_long (Fixture *fixture)
{
  fixture->n_too_long++;
}

static void
on_ended (Fixture *fixture)
{
  fixture->ended = TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  fixture->read_fd = fds[0];
  fixture->write_fd = fds[1];
  fixture->lines = g_ptr_array_new_with_free_func (g_free);
  fixture->reader = snug_cli_line_reader_new (fixture->read_fd);
  g_signal_connect_swapped (fixture->reader, "line", G_CALLBACK (on_line), fixture);
  g_signal_connect_swapped (fixture->reader, "too-long", G_CALLBACK (on_too_long), fixture);
  g_signal_connect_swapped (fixture->reader, "ended", G_CALLBACK (on_ended), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->reader);
  g_ptr_array_unref (fixture->lines);
  close (fixture->read_fd);
  if (fixture->write_fd >= 0)
    close (fixture->write_fd);
}

static void
put (Fixture *fixture, const char *bytes)
{
  g_assert_cmpint (write (fixture->write_fd, bytes, strlen (bytes)), ==, (gssize) strlen (bytes));
}

static void
end (Fixture *fixture)
{
  close (fixture->write_fd);
  fixture->write_fd = -1;
  while (!fixture->ended)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_lines (Fixture *fixture, const char *joined)
{
  g_autofree char *got = NULL;

  g_ptr_array_add (fixture->lines, NULL);
  got = g_strjoinv ("|", (char **) fixture->lines->pdata);
  g_ptr_array_set_size (fixture->lines, (int) fixture->lines->len - 1);
  g_assert_cmpstr (got, ==, joined);
}

static void
test_lines (Fixture *fixture, gconstpointer data)
{
  put (fixture, "one\n\ntwo\r\nth");
  while (fixture->lines->len < 2)
    g_main_context_iteration (NULL, TRUE);
  assert_lines (fixture, "one|two");
  put (fixture, "ree\n\xff\nlast");
  end (fixture);
  assert_lines (fixture, "one|two|three|\xef\xbf\xbd|last");
  g_assert_cmpuint (fixture->n_too_long, ==, 0);
}

static void
put_long (Fixture *fixture, gsize n_bytes)
{
  g_autofree char *piece = g_strnfill (4096, 'x');

  while (n_bytes > 0)
    {
      gssize n = write (fixture->write_fd, piece, MIN (n_bytes, 4096));

      g_assert_cmpint (n, >, 0);
      n_bytes -= (gsize) n;
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

static void
test_longest_line (Fixture *fixture, gconstpointer data)
{
  put_long (fixture, SNUG_CLI_LINES_MAX_BYTES);
  put (fixture, "\n");
  end (fixture);
  g_assert_cmpuint (fixture->lines->len, ==, 1);
  g_assert_cmpuint (strlen (g_ptr_array_index (fixture->lines, 0)), ==, SNUG_CLI_LINES_MAX_BYTES);
}

static void
test_too_long (Fixture *fixture, gconstpointer data)
{
  put (fixture, "before\n");
  put_long (fixture, SNUG_CLI_LINES_MAX_BYTES + 1);
  put (fixture, "\nafter\n");
  put_long (fixture, 3 * SNUG_CLI_LINES_MAX_BYTES);
  end (fixture);
  assert_lines (fixture, "before|after");
  g_assert_cmpuint (fixture->n_too_long, ==, 2);
}

/* More than a member takes at once is not even read: who writes waits. */
static void
test_burst_is_bounded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new (NULL);
  guint n_turns = 0;

  for (guint i = 0; i < SNUG_CLI_LINES_BURST + 2; i++)
    g_string_append_printf (many, "%u\n", i);
  put (fixture, many->str);
  while (fixture->lines->len == 0)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE) && n_turns < 1000)
    n_turns++;
  g_assert_cmpuint (fixture->lines->len, <, SNUG_CLI_LINES_BURST + 2);
  end (fixture);
  g_assert_cmpuint (fixture->lines->len, ==, SNUG_CLI_LINES_BURST + 2);
  g_assert_cmpstr (g_ptr_array_index (fixture->lines, SNUG_CLI_LINES_BURST + 1), ==, "101");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/cli-line-reader/lines", test_lines);
  ADD ("/cli-line-reader/longest-line", test_longest_line);
  ADD ("/cli-line-reader/too-long", test_too_long);
  ADD ("/cli-line-reader/burst-is-bounded", test_burst_is_bounded);
  return g_test_run ();
}
