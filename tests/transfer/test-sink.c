/* Where a received file grows: nothing outside the folder, nothing overwritten.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-sink.h"
#include "snug-temp-folder.h"
#include "snug-unfinished.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  char  *path;
  GFile *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->path = snug_temp_folder_new ();
  f->folder = g_file_new_for_path (f->path);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->folder);
  g_clear_pointer (&f->path, snug_temp_folder_free);
}

static guint
n_files (Fixture *f)
{
  g_autoptr (GDir) dir = g_dir_open (f->path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
put (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
assert_has (Fixture *f, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, text);
}

/* Returns: the base name it got. */
static char *
receive (Fixture *f, const char *name, const char *text, SnugSinkConflict conflict)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugSink) sink = snug_sink_new (f->folder, name, strlen (text), conflict, &error);
  g_autoptr (GFile) file = NULL;

  g_assert_no_error (error);
  snug_sink_write (sink, 0, (const guint8 *) text, strlen (text), &error);
  g_assert_no_error (error);
  file = snug_sink_finish (sink, 1700000000, &error);
  g_assert_no_error (error);
  return g_file_get_basename (file);
}

static void
test_new_file (Fixture *f, gconstpointer data)
{
  g_autofree char *name = receive (f, "a.txt", "hello", SNUG_SINK_KEEP_BOTH);
  g_autofree char *path = g_build_filename (f->path, "a.txt", NULL);
  struct stat info;

  g_assert_cmpstr (name, ==, "a.txt");
  assert_has (f, "a.txt", "hello");
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mtime, ==, 1700000000);
  g_assert_cmpint (info.st_mode & 0133, ==, 0);
  g_assert_cmpuint (n_files (f), ==, 1);
}

static void
test_keep_both (Fixture *f, gconstpointer data)
{
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  put (f, "a.txt", "mine");
  second = receive (f, "a.txt", "theirs", SNUG_SINK_KEEP_BOTH);
  third = receive (f, "a.txt", "theirs again", SNUG_SINK_KEEP_BOTH);
  g_assert_cmpstr (second, ==, "a (2).txt");
  g_assert_cmpstr (third, ==, "a (3).txt");
  assert_has (f, "a.txt", "mine");
  assert_has (f, "a (2).txt", "theirs");
}

static void
test_skip_identical (Fixture *f, gconstpointer data)
{
  g_autofree char *same = NULL;
  g_autofree char *other = NULL;

  put (f, "a.txt", "hello");
  same = receive (f, "a.txt", "hello", SNUG_SINK_SKIP_IDENTICAL);
  g_assert_cmpstr (same, ==, "a.txt");
  g_assert_cmpuint (n_files (f), ==, 1);

  other = receive (f, "a.txt", "hellO", SNUG_SINK_SKIP_IDENTICAL);
  g_assert_cmpstr (other, ==, "a (2).txt");
  assert_has (f, "a.txt", "hello");
}

static void
test_replace (Fixture *f, gconstpointer data)
{
  g_autofree char *name = NULL;

  put (f, "a.txt", "old");
  name = receive (f, "a.txt", "new", SNUG_SINK_REPLACE);
  g_assert_cmpstr (name, ==, "a.txt");
  assert_has (f, "a.txt", "new");
  g_assert_cmpuint (n_files (f), ==, 1);
}

/* A link of the name is neither followed nor replaced, whatever the policy. */
static void
test_symbolic_links_are_left_alone (Fixture *f, gconstpointer data)
{
  static const SnugSinkConflict policies[] = { SNUG_SINK_KEEP_BOTH, SNUG_SINK_SKIP_IDENTICAL, SNUG_SINK_REPLACE };
  g_autofree char *link = g_build_filename (f->path, "a.txt", NULL);
  g_autofree char *target = g_build_filename (f->path, "precious", NULL);

  put (f, "precious", "hello");
  g_assert_cmpint (symlink (target, link), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      g_autofree char *name = receive (f, "a.txt", "hello", policies[i]);
      g_assert_cmpstr (name, !=, "a.txt");
    }
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  assert_has (f, "precious", "hello");
}

static void
test_unfinished_leaves_nothing (Fixture *f, gconstpointer data)
{
  SnugSink *sink = snug_sink_new (f->folder, "a.txt", 5, SNUG_SINK_KEEP_BOTH, NULL);

  g_assert_true (snug_sink_write (sink, 0, (const guint8 *) "hel", 3, NULL));
  g_assert_cmpuint (n_files (f), ==, 1);
  g_assert_false (g_file_test (f->path, G_FILE_TEST_IS_SYMLINK));
  snug_sink_free (sink);
  g_assert_cmpuint (n_files (f), ==, 0);
}

static void
test_check_folder (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) absent = g_file_get_child (f->folder, "absent");
  g_autoptr (GFile) remote = g_file_new_for_uri ("sftp://host/folder");

  g_assert_true (snug_sink_check_folder (f->folder, 10, &error));
  g_assert_no_error (error);
  g_assert_false (snug_sink_check_folder (absent, 10, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_clear_error (&error);
  g_assert_false (snug_sink_check_folder (f->folder, (guint64) 1 << 52, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_false (snug_sink_check_folder (remote, 1, &error));
  g_assert_nonnull (error);
}

static void
test_folder_that_is_gone (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) absent = g_file_get_child (f->folder, "absent");

  g_assert_null (snug_sink_new (absent, "a.txt", 5, SNUG_SINK_KEEP_BOTH, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* --- what was left behind ------------------------------------------------------------------------- */

#define PIECE SNUG_WIRE_PIECE_BYTES
#define LARGE (4 * PIECE)

static SnugSink *
open_resumable (Fixture *f, guint64 *n_bytes)
{
  const SnugJournalHead head = { (char *) "a.bin", LARGE, NULL, NULL };
  g_autoptr (SnugManifest) manifest = snug_manifest_new_file ("a.bin", LARGE, 0);
  g_autoptr (GError) error = NULL;
  SnugSink *sink = snug_sink_new_resumable (f->folder, &head, SNUG_SINK_KEEP_BOTH, &error);
  SnugFingerprint fingerprint;
  SnugPlace place;

  g_assert_no_error (error);
  snug_fingerprint_init (&fingerprint);
  *n_bytes = snug_sink_verify (sink, manifest, &place, &fingerprint);
  g_assert_cmpuint (place.offset, ==, *n_bytes);
  snug_fingerprint_clear (&fingerprint);
  return sink;
}

static void
write_pieces (SnugSink *sink, guint from, guint to)
{
  g_autofree guint8 *data = g_malloc0 (PIECE);
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  for (guint i = from; i < to; i++)
    {
      data[0] = (guint8) i;
      snug_piece_hash (data, PIECE, hash);
      g_assert_true (snug_sink_write (sink, i * PIECE, data, PIECE, NULL));
      g_assert_true (snug_sink_note_piece (sink, hash, NULL));
    }
}

/* Two pieces of four, as a program leaves them. Returns: the path of part or journal. */
static char *
leave_two (Fixture *f, const char *suffix)
{
  g_autoptr (GDir) dir = NULL;
  guint64 n_bytes;
  SnugSink *sink = open_resumable (f, &n_bytes);
  const char *name;

  g_assert_cmpuint (n_bytes, ==, 0);
  write_pieces (sink, 0, 2);
  snug_sink_leave (sink);
  g_assert_cmpuint (n_files (f), ==, 2);
  dir = g_dir_open (f->path, 0, NULL);
  while (!g_str_has_suffix (name = g_dir_read_name (dir), suffix))
    ;
  return g_build_filename (f->path, name, NULL);
}

static void
expect_bytes (Fixture *f, guint64 expected)
{
  guint64 n_bytes;
  g_autoptr (SnugSink) sink = open_resumable (f, &n_bytes);

  g_assert_cmpuint (n_bytes, ==, expected);
}

static void
test_goes_on (Fixture *f, gconstpointer data)
{
  g_autofree char *part = leave_two (f, ".part");
  guint64 n_bytes;
  g_autoptr (SnugSink) sink = open_resumable (f, &n_bytes);
  g_autoptr (GFile) file = NULL;
  g_autofree char *content = NULL;

  g_assert_cmpuint (n_bytes, ==, 2 * PIECE);
  write_pieces (sink, 2, 4);
  file = snug_sink_finish (sink, 0, NULL);
  g_assert_true (g_file_load_contents (file, NULL, &content, NULL, NULL, NULL));
  for (guint i = 0; i < 4; i++)
    g_assert_cmpint (content[i * PIECE], ==, i);
  g_assert_cmpuint (n_files (f), ==, 1);
}

/* All is there, and nobody has said so: one piece is left to ask for. */
static void
test_the_last_piece_is_asked_for_again (Fixture *f, gconstpointer data)
{
  guint64 n_bytes;
  SnugSink *sink = open_resumable (f, &n_bytes);

  write_pieces (sink, 0, 4);
  snug_sink_leave (sink);
  expect_bytes (f, 3 * PIECE);
}

static void
test_only_what_is_in_both_counts (Fixture *f, gconstpointer data)
{
  g_autofree char *journal = leave_two (f, ".journal");
  struct stat info;

  /* a hash that was cut off by the kill */
  g_assert_cmpint (stat (journal, &info), ==, 0);
  g_assert_cmpint (truncate (journal, info.st_size - 1), ==, 0);
  expect_bytes (f, PIECE);
}

static void
test_a_shorter_part_counts_as_far_as_it_goes (Fixture *f, gconstpointer data)
{
  g_autofree char *part = leave_two (f, ".part");

  g_assert_cmpint (truncate (part, 2 * PIECE - 1), ==, 0);
  expect_bytes (f, PIECE);
}

static void
test_what_is_at_work_is_left_alone (Fixture *f, gconstpointer data)
{
  guint64 n_bytes;
  g_autoptr (SnugSink) first = open_resumable (f, &n_bytes);

  write_pieces (first, 0, 2);
  expect_bytes (f, 0);
  write_pieces (first, 2, 3);
}

/* A part that is not a file of ours alone: somebody else could write to it, or wants us to. */
static void
test_a_part_that_is_a_link_is_not_used (Fixture *f, gconstpointer data)
{
  g_autofree char *part = leave_two (f, ".part");
  g_autofree char *elsewhere = g_build_filename (f->path, "elsewhere", NULL);

  g_assert_cmpint (link (part, elsewhere), ==, 0);
  expect_bytes (f, 0);
  g_assert_cmpint (g_unlink (part), ==, 0);
  g_assert_cmpint (symlink (elsewhere, part), ==, 0);
  expect_bytes (f, 0);
  g_assert_true (g_file_test (elsewhere, G_FILE_TEST_IS_REGULAR));
}

static void
test_nonsense_in_a_journal_is_nothing (Fixture *f, gconstpointer data)
{
  static const char *const texts[] = { "", "{", "\n", "{}\n", "[1]\n",
                                       "{\"snug-journal\":2,\"name\":\"a.bin\",\"size\":4194304}\n",
                                       "{\"snug-journal\":1,\"name\":\"a.bin\",\"size\":4194304,\"manifest\":1}\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *journal = leave_two (f, ".journal");
      g_autofree char *part = g_strdup (journal);

      g_assert_true (g_file_set_contents (journal, texts[i], -1, NULL));
      expect_bytes (f, 0);
      g_unlink (journal);
      strcpy (strstr (part, ".journal"), ".part");
      g_assert_cmpint (g_unlink (part), ==, 0);
    }
}

static void
on_left (const char *stem, const SnugJournalHead *head, guint64 n_bytes, guint64 n_all, gpointer user_data)
{
  guint64 *sum = user_data;

  g_assert_cmpstr (head->name, ==, "a.bin");
  *sum += n_bytes;
}

static void
test_left_is_listed_and_discarded (Fixture *f, gconstpointer data)
{
  g_autofree char *path = leave_two (f, ".journal");
  g_autofree char *stem = g_path_get_basename (path);
  guint64 sum = 0;

  *strstr (stem, ".journal") = '\0';
  put (f, "mine.journal", "not ours");
  snug_sink_foreach_left (f->folder, on_left, &sum);
  g_assert_cmpuint (sum, ==, 2 * PIECE);
  snug_sink_discard_left (f->folder, stem);
  g_assert_cmpuint (n_files (f), ==, 1);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GPtrArray **) user_data = snug_unfinished_find_finish (result);
}

/* As when a room ends in the middle of it: it is looked for at once, and a worker is still writing. */
static void
test_what_is_being_left_is_found (Fixture *f, gconstpointer data)
{
  guint64 n_bytes;
  SnugSink *sink = open_resumable (f, &n_bytes);
  GPtrArray *found[2] = { NULL, NULL };

  write_pieces (sink, 0, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (found); i++)
    snug_unfinished_find_async (f->folder, on_found, &found[i]);
  /* Time to look too early. */
  g_usleep (G_USEC_PER_SEC / 10);
  snug_sink_leave (sink);
  while (found[0] == NULL || found[1] == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (found); i++)
    {
      g_assert_cmpuint (found[i]->len, ==, 1);
      g_assert_cmpuint (snug_unfinished_get_bytes (found[i]->pdata[0]), ==, 2 * PIECE);
      g_ptr_array_unref (found[i]);
    }
}

#define ADD(name, func) g_test_add ("/sink/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("new-file", test_new_file);
  ADD ("keep-both", test_keep_both);
  ADD ("skip-identical", test_skip_identical);
  ADD ("replace", test_replace);
  ADD ("symbolic-links-are-left-alone", test_symbolic_links_are_left_alone);
  ADD ("unfinished-leaves-nothing", test_unfinished_leaves_nothing);
  ADD ("check-folder", test_check_folder);
  ADD ("folder-that-is-gone", test_folder_that_is_gone);
  ADD ("goes-on", test_goes_on);
  ADD ("the-last-piece-is-asked-for-again", test_the_last_piece_is_asked_for_again);
  ADD ("what-is-being-left-is-found", test_what_is_being_left_is_found);
  ADD ("only-what-is-in-both-counts", test_only_what_is_in_both_counts);
  ADD ("a-shorter-part-counts-as-far-as-it-goes", test_a_shorter_part_counts_as_far_as_it_goes);
  ADD ("what-is-at-work-is-left-alone", test_what_is_at_work_is_left_alone);
  ADD ("a-part-that-is-a-link-is-not-used", test_a_part_that_is_a_link_is_not_used);
  ADD ("nonsense-in-a-journal-is-nothing", test_nonsense_in_a_journal_is_nothing);
  ADD ("left-is-listed-and-discarded", test_left_is_listed_and_discarded);
  return g_test_run ();
}
