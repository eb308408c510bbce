/* Files that live as long as the program, and what becomes of them when it is killed.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-draft-file.h"
#include "snug-temp-folder.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

static char *
in_cache (const char *name)
{
  return g_build_filename (g_get_user_cache_dir (), "snug", name, NULL);
}

static gboolean
is_there (const char *name)
{
  g_autofree char *path = in_cache (name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* As one that was killed left it. */
static void
leave (const char *folder)
{
  g_autofree char *path = in_cache (folder);
  g_autofree char *file = g_build_filename (path, "Picture.png", NULL);

  g_assert_no_errno (g_mkdir_with_parents (path, 0700));
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
}

static void
test_what_a_killed_program_left (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("new", 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;

  leave ("draft-old");
  leave ("other");
  snug_draft_files_begin ();
  g_assert_false (is_there ("draft-old"));
  g_assert_true (is_there ("other"));

  file = snug_draft_file_new ("Picture.png", bytes, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_query_exists (file, NULL));
  snug_draft_files_forget ();
  g_assert_false (g_file_query_exists (file, NULL));
}

static void
test_what_another_one_needs (void)
{
  g_autofree char *path = in_cache ("drafts.lock");
  int other;

  leave ("draft-theirs");
  other = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_no_errno (flock (other, LOCK_SH));
  snug_draft_files_begin ();
  g_assert_true (is_there ("draft-theirs"));
  snug_draft_files_forget ();

  close (other);
  snug_draft_files_begin ();
  g_assert_false (is_there ("draft-theirs"));
  snug_draft_files_forget ();
}

int
main (int argc, char **argv)
{
  g_autoptr (SnugTempFolder) cache = snug_temp_folder_new ();

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/draft-file/what-a-killed-program-left", test_what_a_killed_program_left);
  g_test_add_func ("/draft-file/what-another-one-needs", test_what_another_one_needs);
  return g_test_run ();
}
