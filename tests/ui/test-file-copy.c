/* A copy is whole, or what was there before.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-file-copy.h"

#include <glib/gstdio.h>

/* More than GIO moves in one step. */
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

  g_assert_true (snug_file_copy (from, to, on_progress, &told, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (told, ==, SIZE);
  assert_holds (to, contents, SIZE);
  clear ();
}

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

  g_assert_false (snug_file_copy (from, to, cancel_on_the_way, cancellable, cancellable, &error));
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

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("snug-copy-XXXXXX", NULL);
  g_test_add_func ("/file-copy/whole", test_whole);
  g_test_add_func ("/file-copy/cancelled", test_cancelled);
  g_test_add_func ("/file-copy/cancelled-over-another", test_cancelled_over_another);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
