/* What a person decides about an offer: what of a folder they want, and what becomes of what is there already.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-folder-entry.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- looking into a folder ------------------------------------------------------------------------- */

typedef struct
{
  GListModel *entries;    /* owned, nullable */
  GError     *error;      /* owned, nullable */
} Look;

static void
look_clear (Look *look)
{
  g_clear_object (&look->entries);
  g_clear_error (&look->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static void
on_looked_into (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Look *look = user_data;

  look->entries = snug_transfers_look_into_finish (SNUG_TRANSFERS (object), result, &look->error);
}

static void
look_into (SnugTransfers *transfers, SnugTransfer *transfer, Look *look)
{
  snug_transfers_look_into_async (transfers, transfer, on_looked_into, look);
  snug_await (NULL, look->entries != NULL || look->error != NULL);
}

/* Chooses exactly those. */
static void
choose (GListModel *entries, const char *const *paths)
{
  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (entries, i);

      snug_folder_entry_set_chosen (entry, g_strv_contains (paths, snug_folder_entry_get_path (entry)));
    }
}

static void
take_so (TransferMates *f, SnugTransfers *transfers, SnugTransfer *transfer, SnugSinkConflict conflict)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_transfers_accept (transfers, transfer, f->inbox, conflict, NULL, &error));
  g_assert_no_error (error);
  snug_await (NULL, is (transfer, SNUG_TRANSFER_DONE));
}

static void
take_chosen (TransferMates *f, SnugTransfers *transfers, SnugTransfer *transfer, GListModel *entries)
{
  g_autoptr (GBytes) only = snug_folder_entries_to_only (entries);
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_transfers_accept (transfers, transfer, f->inbox, SNUG_SINK_KEEP_BOTH, only, &error));
  g_assert_no_error (error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
add_paths (GString *all, const char *folder, const char *below)
{
  g_autofree char *path = g_build_filename (folder, below, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, *below != '\0' ? g_strconcat (below, "/", name, NULL) : g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_string_append_printf (all, "%s ", (char *) names->pdata[i]);
      add_paths (all, folder, names->pdata[i]);
    }
}

/* Exactly that is in @folder, each path followed by a blank. */
static void
assert_has (GFile *folder, const char *paths)
{
  g_autoptr (GString) all = g_string_new (NULL);

  add_paths (all, g_file_peek_path (folder), "");
  g_assert_cmpstr (all->str, ==, paths);
}

static void
test_looking_accepts_nothing (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_auto (Look) look = { 0 }, again = { 0 };
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  look_into (bo, in, &look);
  g_assert_no_error (look.error);
  for (guint i = 0; i < g_list_model_get_n_items (look.entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (look.entries, i);

      g_string_append_printf (seen, "%s:%s%" G_GUINT64_FORMAT " ", snug_folder_entry_get_path (entry),
                              snug_folder_entry_is_folder (entry) ? "d" : "", snug_folder_entry_get_size (entry));
      g_assert_true (snug_folder_entry_get_chosen (entry));
    }
  g_assert_cmpstr (seen->str, ==, "a.txt:10 sub:d0 sub/deep:d0 sub/deep/large.bin:3145733 sub/empty:0 "
                                  "sub/nothing in it:d0 sub/one:1 zz:1048576 ");
  g_assert_true (is (in, SNUG_TRANSFER_OFFERED));
  g_assert_true (is (row (ana, 0), SNUG_TRANSFER_OFFERED));
  g_assert_cmpuint (n_files_in (f->inbox), ==, 0);

  /* it is known now; and the whole may still be taken */
  look_into (bo, in, &again);
  g_assert_cmpuint (g_list_model_get_n_items (again.entries), ==, g_list_model_get_n_items (look.entries));
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
}

static void
test_only_what_is_chosen_comes (TransferMates *f, gconstpointer data)
{
  static const char *const chosen[] = { "sub/deep/large.bin", "sub/empty", NULL };
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_auto (Look) look = { 0 };
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  look_into (bo, in, &look);
  choose (look.entries, chosen);
  take_chosen (f, bo, in, look.entries);
  g_assert_cmpuint (snug_transfer_get_size (in), ==, 3145733);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  assert_has (snug_transfer_get_file (in), "sub sub/deep sub/deep/large.bin sub/empty ");
  assert_same_file (path, g_file_peek_path (snug_transfer_get_file (in)), "sub/deep/large.bin");
  g_assert_cmpstr (snug_transfer_get_fingerprint (in), ==, snug_transfer_get_fingerprint (row (ana, 0)));
  /* what both count is what was chosen */
  g_assert_cmpuint (snug_transfer_get_bytes (in), ==, 3145733);
  g_assert_cmpuint (snug_transfer_get_size (row (ana, 0)), ==, 3145733);
  g_assert_cmpuint (snug_transfer_get_bytes (row (ana, 0)), ==, 3145733);
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);
}

/* As "path:begin-end", and "-" for what was not chosen. */
static char *
describe (GListModel *entries)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (entries, i);

      if (snug_folder_entry_get_chosen (entry))
        g_string_append_printf (words, "%s:%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT " ",
                                snug_folder_entry_get_path (entry), snug_folder_entry_get_begin (entry),
                                snug_folder_entry_get_end (entry));
      else
        g_string_append (words, "- ");
    }
  return g_string_free (words, FALSE);
}

/* Nobody looked before it was accepted: it is seen when it comes, and afterwards, on both sides. */
static void
test_what_comes_is_seen (TransferMates *f, gconstpointer data)
{
  static const char *const all = "a.txt:0-10 sub:10-10 sub/deep:10-10 sub/deep/large.bin:10-3145743 "
                                 "sub/empty:3145743-3145743 sub/nothing in it:3145743-3145743 "
                                 "sub/one:3145743-3145744 zz:3145744-4194320 ";
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_auto (Look) coming = { 0 }, come = { 0 }, gone = { 0 };
  g_autofree char *words = NULL, *words_after = NULL, *theirs = NULL;
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  take (f, bo, in);
  look_into (bo, in, &coming);
  g_assert_no_error (coming.error);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  look_into (bo, in, &come);
  look_into (ana, row (ana, 0), &gone);
  words = describe (coming.entries);
  words_after = describe (come.entries);
  theirs = describe (gone.entries);
  g_assert_cmpstr (words, ==, all);
  g_assert_cmpstr (words_after, ==, all);
  g_assert_cmpstr (theirs, ==, all);
}

static void
test_what_was_chosen_is_seen (TransferMates *f, gconstpointer data)
{
  static const char *const chosen[] = { "sub", "sub/one", "zz", NULL };
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_auto (Look) look = { 0 }, come = { 0 }, gone = { 0 };
  g_autofree char *words = NULL, *theirs = NULL;
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  look_into (bo, in, &look);
  choose (look.entries, chosen);
  take_chosen (f, bo, in, look.entries);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  look_into (bo, in, &come);
  look_into (ana, row (ana, 0), &gone);
  words = describe (come.entries);
  theirs = describe (gone.entries);
  g_assert_cmpstr (words, ==, "- sub:0-0 - - - - sub/one:0-1 zz:1-1048577 ");
  g_assert_cmpstr (theirs, ==, words);
}

static void
test_only_a_folder_without_files (TransferMates *f, gconstpointer data)
{
  static const char *const chosen[] = { "sub/nothing in it", NULL };
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_auto (Look) look = { 0 };
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  look_into (bo, in, &look);
  choose (look.entries, chosen);
  take_chosen (f, bo, in, look.entries);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  assert_has (snug_transfer_get_file (in), "sub sub/nothing in it ");
}

/* Accepted while it is still looked: one thing after the other. */
static void
test_accepting_while_looking (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_auto (Look) look = { 0 };
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  snug_transfers_look_into_async (bo, in, on_looked_into, &look);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_no_error (look.error);
  g_assert_nonnull (look.entries);
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
}

static void
test_looking_in_vain (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);
  g_auto (Look) file_look = { 0 }, withdrawn = { 0 }, late = { 0 };
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  look_into (bo, offer (ana, bo, file), &file_look);
  g_assert_error (file_look.error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);

  in = offer (ana, bo, folder);
  snug_transfers_look_into_async (bo, in, on_looked_into, &withdrawn);
  snug_transfers_decline (bo, in);
  snug_await (NULL, withdrawn.error != NULL);
  look_into (bo, in, &late);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* --- what a receiver may ask for ------------------------------------------------------------------- */

static void
on_refused (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", message->reason);
}

/* "AQ" is the first entry, "Ag" the second, "AAE" the ninth. */
static void
test_choices_that_are_refused (TransferMates *f, gconstpointer data)
{
  static const char *const gets[] = {
    /* of a file */
    "\"from\":{\"entry\":0,\"offset\":0},\"only\":\"AQ\"",
    /* of the folder: not there, not chosen, no manifest in the middle, nothing chosen */
    "\"from\":{\"entry\":0,\"offset\":0},\"only\":\"AAE\"",
    "\"from\":{\"entry\":0,\"offset\":0},\"only\":\"Ag\"",
    "\"from\":{\"entry\":\"manifest\",\"offset\":1048576},\"have\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\",\"only\":\"AQ\"",
    "\"from\":{\"entry\":0,\"offset\":0},\"only\":\"\"",
    "\"from\":{\"entry\":0,\"offset\":0},\"only\":\"AAAAAA\"",
  };
  SnugTransfers *ana = add (f, "Ana");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);
  g_autoptr (GString) refused = g_string_new (NULL);

  snug_mates_add (&f->mates, "Bo");
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_FILE_CANCEL, on_refused, refused);
  snug_mates_await (&f->mates);
  start_offer (ana, file);
  snug_await (NULL, n_rows (ana) == 1);
  start_offer (ana, folder);
  snug_await (NULL, n_rows (ana) == 2);
  for (guint i = 0; i < G_N_ELEMENTS (gets); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",%s}",
                                               snug_transfer_get_wire_id (row (ana, i > 0)), gets[i]);

      g_test_message ("%s", gets[i]);
      send_raw (f, 1, "Ana", text);
      snug_await (NULL, refused->len == (i + 1) * strlen ("bad-request "));
      g_assert_true (is (row (ana, i > 0), SNUG_TRANSFER_OFFERED));
    }
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_FILE_CANCEL, NULL, NULL);
}

/* --- going on with a choice ------------------------------------------------------------------------ */

/* The receiver goes in the middle of what it chose, and comes back with nothing but its disk: the same choice
 * goes on, another one does not. */
static void
test_a_choice_is_gone_on_with (TransferMates *f, gconstpointer data)
{
  static const char *const chosen[] = { "sub/larger.bin", "zz", NULL };
  static const char *const other[] = { "a.txt", "sub/larger.bin", "zz", NULL };
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo"), *again;
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_auto (Look) look = { 0 }, second = { 0 };
  guint64 first_bytes = 0, noted;
  SnugTransfer *in;

  put (path, "sub/larger.bin", 40000000, 1600000000);
  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  look_into (bo, in, &look);
  choose (look.entries, chosen);
  take_chosen (f, bo, in, look.entries);
  snug_await (NULL, n_noted (f) >= 4);
  snug_transfers_set_room (bo, NULL, NULL);
  snug_room_close (f->mates.mates[1].room);
  snug_await (NULL, snug_transfer_is_finished (row (ana, 0)));
  noted = n_noted (f);

  again = add_and_await (f, "Bo");
  snug_await (NULL, n_rows (again) == 1 && n_rows (ana) == 2);
  note_first_bytes (row (ana, 1), &first_bytes);
  in = row (again, 0);
  look_into (again, in, &second);
  choose (second.entries, chosen);
  take_chosen (f, again, in, second.entries);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 1), SNUG_TRANSFER_DONE));
  g_assert_cmpuint (first_bytes, >=, noted * 1048576);
  assert_has (snug_transfer_get_file (in), "sub sub/larger.bin zz ");
  assert_same_file (path, g_file_peek_path (snug_transfer_get_file (in)), "sub/larger.bin");
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);

  choose (second.entries, other);
  in = offer (ana, again, folder);
  take_chosen (f, again, in, second.entries);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_has (snug_transfer_get_file (in), "a.txt sub sub/larger.bin zz ");
}

/* --- a name that is taken -------------------------------------------------------------------------- */

static void
write_text (TransferMates *f, const char *path, const char *text)
{
  g_autofree char *full = g_build_filename (g_file_peek_path (f->inbox), path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static void
assert_text (TransferMates *f, const char *path, const char *text)
{
  g_autofree char *full = g_build_filename (g_file_peek_path (f->inbox), path, NULL);
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (full, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, text);
}

static void
assert_named (SnugTransfer *in, const char *name)
{
  g_autofree char *base = g_file_get_basename (snug_transfer_get_file (in));

  g_assert_cmpstr (base, ==, name);
}

static void
test_files_of_the_same_name (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 3000000);
  g_autofree char *outside = g_build_filename (f->path, "outside", NULL);
  g_autofree char *link = g_build_filename (g_file_peek_path (f->inbox), "a.bin", NULL);
  g_autofree char *content = NULL;
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  /* a link of the name is another thing, whatever the policy: it stays, and so does what it leads to */
  g_assert_true (g_file_set_contents (outside, "mine", -1, NULL));
  for (int conflict = SNUG_SINK_SKIP_IDENTICAL; conflict <= SNUG_SINK_REPLACE; conflict++)
    {
      g_assert_cmpint (symlink (outside, link), ==, 0);
      in = offer (ana, bo, file);
      take_so (f, bo, in, (SnugSinkConflict) conflict);
      assert_named (in, "a (2).bin");
      g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
      g_unlink (link);
      g_unlink (g_file_peek_path (snug_transfer_get_file (in)));
    }
  g_assert_true (g_file_get_contents (outside, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "mine");

  /* so is a folder */
  write_text (f, "a.bin/kept", "kept");
  in = offer (ana, bo, file);
  take_so (f, bo, in, SNUG_SINK_REPLACE);
  assert_named (in, "a (2).bin");
  assert_text (f, "a.bin/kept", "kept");
  snug_remove_tree (link);

  in = offer (ana, bo, file);
  take_so (f, bo, in, SNUG_SINK_SKIP_IDENTICAL);
  assert_named (in, "a.bin");
  in = offer (ana, bo, file);
  take_so (f, bo, in, SNUG_SINK_SKIP_IDENTICAL);
  assert_named (in, "a.bin");
  assert_has (f->inbox, "a (2).bin a.bin ");

  /* not the same any more, by one byte in the middle and none in the size */
  {
    int fd = g_open (link, O_WRONLY);

    g_assert_cmpint (pwrite (fd, "!", 1, 1500000), ==, 1);
    close (fd);
  }
  g_unlink (g_file_peek_path (snug_transfer_get_file (row (bo, 2))));
  in = offer (ana, bo, file);
  take_so (f, bo, in, SNUG_SINK_SKIP_IDENTICAL);
  assert_named (in, "a (2).bin");
  in = offer (ana, bo, file);
  take_so (f, bo, in, SNUG_SINK_REPLACE);
  assert_named (in, "a.bin");
  assert_same_content (file, snug_transfer_get_file (in));
  assert_has (f->inbox, "a (2).bin a.bin ");
}

static void
test_folders_of_the_same_name_skipped (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  take_so (f, bo, in, SNUG_SINK_SKIP_IDENTICAL);
  write_text (f, "Holiday/sub/mine", "mine");
  in = offer (ana, bo, folder);
  take_so (f, bo, in, SNUG_SINK_SKIP_IDENTICAL);
  assert_named (in, "Holiday");
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);
  assert_text (f, "Holiday/sub/mine", "mine");

  /* another byte, of the same size */
  write_text (f, "Holiday/sub/one", "\xff");
  in = offer (ana, bo, folder);
  take_so (f, bo, in, SNUG_SINK_SKIP_IDENTICAL);
  assert_named (in, "Holiday (2)");
  assert_text (f, "Holiday/sub/one", "\xff");
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
}

static void
test_folders_of_the_same_name_replaced (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autofree char *outside = g_build_filename (f->path, "outside", NULL);
  g_autofree char *link = g_build_filename (g_file_peek_path (f->inbox), "Holiday", "sub", NULL);
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  write_text (f, "Holiday/a.txt", "old");
  write_text (f, "Holiday/sub/mine", "mine");
  write_text (f, "Holiday/sub/deep/large.bin", "old");
  in = offer (ana, bo, folder);
  take_so (f, bo, in, SNUG_SINK_REPLACE);
  assert_named (in, "Holiday");
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
  assert_text (f, "Holiday/sub/mine", "mine");
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);

  /* a link where a folder is to be leads nowhere */
  snug_remove_tree (link);
  g_assert_cmpint (g_mkdir (outside, 0700), ==, 0);
  g_assert_cmpint (symlink (outside, link), ==, 0);
  in = offer (ana, bo, folder);
  take_so (f, bo, in, SNUG_SINK_REPLACE);
  assert_named (in, "Holiday (2)");
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_rmdir (outside), ==, 0);

  /* nor does a file give way to a folder */
  g_unlink (link);
  write_text (f, "Holiday/sub", "a file");
  in = offer (ana, bo, folder);
  take_so (f, bo, in, SNUG_SINK_REPLACE);
  assert_named (in, "Holiday (3)");
  assert_text (f, "Holiday/sub", "a file");
}

#define ADD(name, func) g_test_add ("/choices/" name, TransferMates, NULL, mates_set_up, func, mates_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("looking-accepts-nothing", test_looking_accepts_nothing);
  ADD ("only-what-is-chosen-comes", test_only_what_is_chosen_comes);
  ADD ("what-comes-is-seen", test_what_comes_is_seen);
  ADD ("what-was-chosen-is-seen", test_what_was_chosen_is_seen);
  ADD ("only-a-folder-without-files", test_only_a_folder_without_files);
  ADD ("accepting-while-looking", test_accepting_while_looking);
  ADD ("looking-in-vain", test_looking_in_vain);
  ADD ("choices-that-are-refused", test_choices_that_are_refused);
  ADD ("a-choice-is-gone-on-with", test_a_choice_is_gone_on_with);
  ADD ("files-of-the-same-name", test_files_of_the_same_name);
  ADD ("folders-of-the-same-name-skipped", test_folders_of_the_same_name_skipped);
  ADD ("folders-of-the-same-name-replaced", test_folders_of_the_same_name_replaced);
  return g_test_run ();
}
