/* A copy is whole, or what was there before.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-file-copy.h"
#include "snug-temp-folder.h"

#include <glib/gstdio.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

/* More than is moved in one step. */
#define SIZE (4 << 20)

static char *folder;

static GFile *
file_of (const char *name)
{
  return g_file_new_build_filename (folder, name, NULL);
}

static void
assert_holds (GFile *file, const char *wanted, gsize size)
{
  g_autofree char *held = NULL;
  gsize n_held;

  g_assert_true (g_file_load_contents (file, NULL, &held, &n_held, NULL, NULL));
  g_assert_cmpmem (held, n_held, wanted, size);
}

static GFile *
make (const char *name, const char *contents, gsize size)
{
  GFile *file = file_of (name);

  g_assert_true (g_file_replace_contents (file, contents, size, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, NULL));
  return file;
}

/* Nothing but what is named is in the folder. */
static void
assert_alone (const char *a, const char *b)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    g_assert_true (g_strcmp0 (name, a) == 0 || g_strcmp0 (name, b) == 0);
}

static void
clear (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_no_errno (g_remove (path));
    }
}

static void
on_progress (goffset n_bytes, goffset size, gpointer user_data)
{
  g_assert_cmpint (n_bytes, <=, size);
  *(goffset *) user_data = n_bytes;
}

static void
test_whole (void)
{
  g_autofree char *contents = g_strnfill (SIZE, 'x');
  g_autoptr (GFile) from = make ("from", contents, SIZE);
  g_autoptr (GFile) to = make ("to", "before", 6);
  g_autoptr (GError) error = NULL;
  goffset told = 0;

  g_assert_true (snug_file_copy (from, to, TRUE, on_progress, &told, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (told, ==, SIZE);
  assert_holds (to, contents, SIZE);
  clear ();
}

static void
look_for_it (goffset n_bytes, goffset size, gpointer to)
{
  g_assert_false (g_file_query_exists (to, NULL));
}

/* So a program that is killed in the middle leaves nothing that looks like it. */
static void
test_not_there_before (void)
{
  g_autofree char *contents = g_strnfill (SIZE, 'x');
  g_autoptr (GFile) from = make ("from", contents, SIZE);
  g_autoptr (GFile) to = file_of ("to");
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_file_copy (from, to, FALSE, look_for_it, to, NULL, &error));
  g_assert_no_error (error);
  assert_holds (to, contents, SIZE);
  assert_alone ("from", "to");
  clear ();
}

/* So deep in folders that of all names only a short one may still be there. */
static char *
make_deep_folder (const char *top)
{
  GString *path = g_string_new (top);

  while (PATH_MAX - path->len > 11)
    {
      g_autofree char *name = g_strnfill (MIN (NAME_MAX, PATH_MAX - path->len - 10), 'd');

      g_string_append_printf (path, "/%s", name);
    }
  g_assert_no_errno (g_mkdir_with_parents (path->str, 0700));
  return g_string_free (path, FALSE);
}

static void
test_nothing_beside (void)
{
  g_autoptr (GFile) from = make ("from", "new", 3);
  g_autoptr (GFile) top = file_of ("deep");
  g_autofree char *deep = make_deep_folder (g_file_peek_path (top));
  g_autoptr (GFile) to = g_file_new_build_filename (deep, "to", NULL);
  g_autoptr (GError) error = NULL;
  goffset told = 0;

  g_assert_true (snug_file_copy (from, to, FALSE, on_progress, &told, NULL, &error));
  g_assert_no_error (error);
  assert_holds (to, "new", 3);
  snug_remove_tree (g_file_peek_path (top));
  clear ();
}

/* --- Nobody has agreed to replace it --- */

static void
no_progress (goffset n_bytes, goffset size, gpointer user_data)
{
}

static void
test_stands_there (void)
{
  g_autoptr (GFile) from = make ("from", "new", 3);
  g_autoptr (GFile) to = make ("to", "before", 6);
  g_autoptr (GError) error = NULL;

  g_assert_false (snug_file_copy (from, to, FALSE, no_progress, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  assert_holds (to, "before", 6);
  assert_alone ("from", "to");
  clear ();
}

static void
put_it_there (goffset n_bytes, goffset size, gpointer user_data)
{
  if (n_bytes == size)
    g_object_unref (make ("to", "between", 7));
}

/* Whether or not what stood there at the beginning could have been replaced. */
static void
test_comes_there (gconstpointer may_replace)
{
  g_autoptr (GFile) from = make ("from", "new", 3);
  g_autoptr (GFile) to = file_of ("to");
  g_autoptr (GError) error = NULL;

  g_assert_false (snug_file_copy (from, to, GPOINTER_TO_INT (may_replace), put_it_there, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  assert_holds (to, "between", 7);
  assert_alone ("from", "to");
  clear ();
}

/* --- Cancelled --- */

static void
cancel_on_the_way (goffset n_bytes, goffset size, gpointer user_data)
{
  if (n_bytes < size)
    g_cancellable_cancel (user_data);
}

static void
cancel_copy_to (GFile *to)
{
  g_autofree char *contents = g_strnfill (SIZE, 'x');
  g_autoptr (GFile) from = make ("from", contents, SIZE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (snug_file_copy (from, to, TRUE, cancel_on_the_way, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled (void)
{
  g_autoptr (GFile) to = file_of ("to");

  cancel_copy_to (to);
  assert_alone ("from", NULL);
  clear ();
}

static void
test_cancelled_over_another (void)
{
  g_autoptr (GFile) to = make ("to", "before", 6);

  cancel_copy_to (to);
  assert_holds (to, "before", 6);
  assert_alone ("from", "to");
  clear ();
}

/* --- What goes wrong on the way --- */

/* Fails with the first byte: nothing of a process is there. */
static void
fail_reading_to (GFile *to)
{
  g_autoptr (GFile) from = g_file_new_for_path ("/proc/self/mem");
  g_autoptr (GError) error = NULL;
  goffset told = 0;

  g_assert_false (snug_file_copy (from, to, TRUE, on_progress, &told, NULL, &error));
  g_assert_nonnull (error);
  g_assert_cmpint (told, ==, 0);
}

static void
test_reading_fails (void)
{
  g_autoptr (GFile) to = file_of ("to");

  fail_reading_to (to);
  assert_alone (NULL, NULL);
}

static void
test_reading_fails_over_another (void)
{
  g_autoptr (GFile) to = make ("to", "before", 6);

  fail_reading_to (to);
  assert_holds (to, "before", 6);
  assert_alone ("to", NULL);
  clear ();
}

/* No file may grow beyond half of it: the kernel says so in the middle, as it does of a full disk. */
static void
fail_writing_to (GFile *to)
{
  g_autofree char *contents = g_strnfill (SIZE, 'x');
  g_autoptr (GFile) from = make ("from", contents, SIZE);
  g_autoptr (GError) error = NULL;
  goffset told = 0;
  struct rlimit before, half;

  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  half = before;
  half.rlim_cur = SIZE / 2;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &half));
  g_assert_false (snug_file_copy (from, to, TRUE, on_progress, &told, NULL, &error));
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  g_assert_nonnull (error);
  g_assert_cmpint (told, >, 0);
}

static void
test_writing_fails (void)
{
  g_autoptr (GFile) to = file_of ("to");

  fail_writing_to (to);
  assert_alone ("from", NULL);
  clear ();
}

static void
test_writing_fails_over_another (void)
{
  g_autoptr (GFile) to = make ("to", "before", 6);

  fail_writing_to (to);
  assert_holds (to, "before", 6);
  assert_alone ("from", "to");
  clear ();
}

/* A link to nothing is a person's too. */
static void
test_writing_fails_over_a_link (void)
{
  g_autoptr (GFile) to = file_of ("to");

  g_assert_no_errno (symlink ("nowhere", g_file_peek_path (to)));
  fail_writing_to (to);
  g_assert_true (g_file_test (g_file_peek_path (to), G_FILE_TEST_IS_SYMLINK));
  assert_alone ("from", "to");
  clear ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  /* What would be too large is an error, not the end. */
  signal (SIGXFSZ, SIG_IGN);
  folder = snug_temp_folder_new ();
  g_test_add_func ("/file-copy/whole", test_whole);
  g_test_add_func ("/file-copy/not-there-before", test_not_there_before);
  g_test_add_func ("/file-copy/nothing-beside", test_nothing_beside);
  g_test_add_func ("/file-copy/stands-there", test_stands_there);
  g_test_add_data_func ("/file-copy/comes-there", GINT_TO_POINTER (FALSE), test_comes_there);
  g_test_add_data_func ("/file-copy/comes-there-for-one-that-went", GINT_TO_POINTER (TRUE), test_comes_there);
  g_test_add_func ("/file-copy/cancelled", test_cancelled);
  g_test_add_func ("/file-copy/cancelled-over-another", test_cancelled_over_another);
  g_test_add_func ("/file-copy/reading-fails", test_reading_fails);
  g_test_add_func ("/file-copy/reading-fails-over-another", test_reading_fails_over_another);
  g_test_add_func ("/file-copy/writing-fails", test_writing_fails);
  g_test_add_func ("/file-copy/writing-fails-over-another", test_writing_fails_over_another);
  g_test_add_func ("/file-copy/writing-fails-over-a-link", test_writing_fails_over_a_link);
  status = g_test_run ();
  g_clear_pointer (&folder, snug_temp_folder_free);
  return status;
}
