/* Copies are made one after the other, and what goes wrong with one is said and stops no other.
 *
 * A copy is held by what it is read from: a pipe, which gives as much as the test puts in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-copies.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char       *folder;      /* owned */
  SnugCopies *copies;      /* owned */
  guint       n_changes;
  guint       n_failures;
} Fixture;

static void
on_changed (Fixture *fixture)
{
  fixture->n_changes++;
}

static void
on_failed (Fixture *fixture)
{
  fixture->n_failures++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("snug-copies-XXXXXX", NULL);
  fixture->copies = snug_copies_new ();
  g_signal_connect_swapped (fixture->copies, "changed", G_CALLBACK (on_changed), fixture);
  g_signal_connect_swapped (fixture->copies, "failed", G_CALLBACK (on_failed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_assert_no_errno (g_remove (path));
    }
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_object_unref (fixture->copies);
  g_free (fixture->folder);
}

static GFile *
file_of (Fixture *fixture, const char *name)
{
  return g_file_new_build_filename (fixture->folder, name, NULL);
}

static void
add (Fixture *fixture, const char *from_name, const char *to_name)
{
  g_autoptr (GFile) from = file_of (fixture, from_name);
  g_autoptr (GFile) to = file_of (fixture, to_name);

  snug_copies_add (fixture->copies, from, to);
}

static void
make (Fixture *fixture, const char *name, const char *contents)
{
  g_autoptr (GFile) file = file_of (fixture, name);

  g_assert_true (g_file_set_contents (g_file_peek_path (file), contents, -1, NULL));
}

static void
make_pipe (Fixture *fixture, const char *name)
{
  g_autoptr (GFile) file = file_of (fixture, name);

  g_assert_no_errno (mkfifo (g_file_peek_path (file), 0600));
}

/* Opened once somebody reads it. */
static int
open_pipe (Fixture *fixture, const char *name)
{
  g_autoptr (GFile) file = file_of (fixture, name);
  int pipe = open (g_file_peek_path (file), O_WRONLY | O_CLOEXEC);

  g_assert_no_errno (pipe);
  return pipe;
}

static void
put (int pipe, const char *words)
{
  g_assert_cmpint (write (pipe, words, strlen (words)), ==, strlen (words));
}

static gboolean
exists (Fixture *fixture, const char *name)
{
  g_autoptr (GFile) file = file_of (fixture, name);

  return g_file_query_exists (file, NULL);
}

static void
assert_holds (Fixture *fixture, const char *name, const char *wanted)
{
  g_autoptr (GFile) file = file_of (fixture, name);
  g_autofree char *held = NULL;

  g_assert_true (g_file_get_contents (g_file_peek_path (file), &held, NULL, NULL));
  g_assert_cmpstr (held, ==, wanted);
}

static void
assert_current (Fixture *fixture, const char *name)
{
  g_autoptr (GFile) file = file_of (fixture, name);

  g_assert_true (g_file_equal (snug_copies_get_current (fixture->copies), file));
}

static void
test_in_turn (Fixture *fixture, gconstpointer data)
{
  int pipe;

  make_pipe (fixture, "slow");
  make (fixture, "quick", "quick");
  add (fixture, "slow", "first");
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  add (fixture, "quick", "second");
  add (fixture, "quick", "third");
  pipe = open_pipe (fixture, "slow");
  put (pipe, "slow");
  snug_await (NULL, snug_copies_get_is_long (fixture->copies));
  assert_current (fixture, "first");
  g_assert_cmpuint (snug_copies_get_n_more (fixture->copies), ==, 2);
  g_assert_false (exists (fixture, "second"));
  close (pipe);
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  g_assert_false (snug_copies_get_is_long (fixture->copies));
  assert_holds (fixture, "first", "slow");
  assert_holds (fixture, "second", "quick");
  assert_holds (fixture, "third", "quick");
  g_assert_cmpuint (fixture->n_failures, ==, 0);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  int pipe;

  make_pipe (fixture, "slow");
  make (fixture, "quick", "quick");
  add (fixture, "slow", "first");
  add (fixture, "quick", "second");
  pipe = open_pipe (fixture, "slow");
  snug_copies_cancel (fixture->copies);
  put (pipe, "slow");
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  close (pipe);
  g_assert_false (exists (fixture, "first"));
  assert_holds (fixture, "second", "quick");
  g_assert_cmpuint (fixture->n_failures, ==, 0);
  snug_copies_cancel (fixture->copies);
}

static void
assert_failure (Fixture *fixture, int code)
{
  g_autoptr (GError) failure = snug_copies_take_failure (fixture->copies);

  g_assert_error (failure, G_IO_ERROR, code);
  g_assert_null (snug_copies_take_failure (fixture->copies));
}

static void
test_failed (Fixture *fixture, gconstpointer data)
{
  make (fixture, "quick", "quick");
  add (fixture, "missing", "first");
  add (fixture, "quick", "second");
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  g_assert_cmpuint (fixture->n_failures, ==, 1);
  assert_failure (fixture, G_IO_ERROR_NOT_FOUND);
  g_assert_false (exists (fixture, "first"));
  assert_holds (fixture, "second", "quick");
}

/* No window was there for either. */
static void
test_last_failure (Fixture *fixture, gconstpointer data)
{
  make (fixture, "quick", "quick");
  add (fixture, "missing", "first");
  add (fixture, "quick", "third");
  make (fixture, "third", "of another");
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  g_assert_cmpuint (fixture->n_failures, ==, 2);
  assert_failure (fixture, G_IO_ERROR_EXISTS);
}

/* As a window would, that hears of a failure. */
static void
add_another (SnugCopies *copies, Fixture *fixture)
{
  add (fixture, "quick", "third");
}

static void
test_added_by_failure (Fixture *fixture, gconstpointer data)
{
  make (fixture, "quick", "quick");
  g_signal_connect (fixture->copies, "failed", G_CALLBACK (add_another), fixture);
  add (fixture, "missing", "first");
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  assert_holds (fixture, "third", "quick");
}

/* --- What stands where it should be --- */

static void
test_agreed (Fixture *fixture, gconstpointer data)
{
  make (fixture, "quick", "quick");
  make (fixture, "first", "before");
  add (fixture, "quick", "first");
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  assert_holds (fixture, "first", "quick");
  g_assert_cmpuint (fixture->n_failures, ==, 0);
}

/* Nothing is made, so nothing can go wrong with the only one there is. */
static void
test_onto_itself (Fixture *fixture, gconstpointer data)
{
  make (fixture, "quick", "quick");
  add (fixture, "quick", "quick");
  g_assert_null (snug_copies_get_current (fixture->copies));
  g_assert_cmpuint (fixture->n_changes, ==, 0);
  assert_holds (fixture, "quick", "quick");
}

/* A chooser saw nothing there. */
static void
test_came_while_it_waited (Fixture *fixture, gconstpointer data)
{
  int pipe;

  make_pipe (fixture, "slow");
  make (fixture, "quick", "quick");
  add (fixture, "slow", "first");
  add (fixture, "quick", "second");
  make (fixture, "second", "of another");
  pipe = open_pipe (fixture, "slow");
  close (pipe);
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  assert_holds (fixture, "second", "of another");
  assert_failure (fixture, G_IO_ERROR_EXISTS);
}

/* For the second, too, a chooser asks of what stands there now, if of anything: never of the first. @data: what that is,
 * or %NULL */
static void
test_two_to_one_name (Fixture *fixture, gconstpointer data)
{
  int pipe;

  make_pipe (fixture, "slow");
  make (fixture, "quick", "quick");
  if (data != NULL)
    make (fixture, "both", data);
  add (fixture, "slow", "first");
  add (fixture, "slow", "both");
  add (fixture, "quick", "both");
  for (guint i = 0; i < 2; i++)
    {
      pipe = open_pipe (fixture, "slow");
      put (pipe, "slow");
      close (pipe);
      snug_await (NULL, snug_copies_get_n_more (fixture->copies) == 1 - i);
    }
  snug_await (NULL, snug_copies_get_current (fixture->copies) == NULL);
  assert_holds (fixture, "both", "slow");
  g_assert_cmpuint (fixture->n_failures, ==, 1);
}

/* --- Life --- */

static void
on_last_changed (SnugCopies *copies, gboolean *is_over)
{
  *is_over = snug_copies_get_current (copies) == NULL;
}

/* What has been asked for is made, whoever lets go. */
static void
test_let_go (Fixture *fixture, gconstpointer data)
{
  SnugCopies *copies = snug_copies_new ();
  g_autoptr (GFile) from = file_of (fixture, "slow");
  g_autoptr (GFile) to = file_of (fixture, "first");
  gboolean is_over = FALSE;
  int pipe;

  make_pipe (fixture, "slow");
  g_signal_connect (copies, "changed", G_CALLBACK (on_last_changed), &is_over);
  snug_copies_add (copies, from, to);
  g_object_unref (copies);
  pipe = open_pipe (fixture, "slow");
  put (pipe, "slow");
  close (pipe);
  snug_await (NULL, is_over);
  assert_holds (fixture, "first", "slow");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/copies/in-turn", Fixture, NULL, set_up, test_in_turn, tear_down);
  g_test_add ("/copies/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/copies/failed", Fixture, NULL, set_up, test_failed, tear_down);
  g_test_add ("/copies/last-failure", Fixture, NULL, set_up, test_last_failure, tear_down);
  g_test_add ("/copies/added-by-failure", Fixture, NULL, set_up, test_added_by_failure, tear_down);
  g_test_add ("/copies/agreed", Fixture, NULL, set_up, test_agreed, tear_down);
  g_test_add ("/copies/onto-itself", Fixture, NULL, set_up, test_onto_itself, tear_down);
  g_test_add ("/copies/came-while-it-waited", Fixture, NULL, set_up, test_came_while_it_waited, tear_down);
  g_test_add ("/copies/two-to-one-missing-name", Fixture, NULL, set_up, test_two_to_one_name, tear_down);
  g_test_add ("/copies/two-to-one-name", Fixture, "before", set_up, test_two_to_one_name, tear_down);
  g_test_add ("/copies/let-go", Fixture, NULL, set_up, test_let_go, tear_down);
  return g_test_run ();
}
