/* Several holders of one file or folder: receivers pass on what they have, and whoever does not is done without.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-pieces.h"
#include "snug-sender.h"
#include "snug-source.h"
#include "snug-told-hashes.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_PIECES 10
#define N_RECEIVERS 4
/* So many are sent it from where it is offered. */
#define N_DIRECT 2

/* --- the disk: what is read of it is counted, and a part can lie ----------------------------------- */

static ino_t source_inodes[2];   /* of the file, or of the two large ones of the folder */
static int n_source_reads;
static int n_part_reads;
static int parts_lie;

ssize_t our_pread (int fd, void *data, size_t n, off_t offset) __asm__ ("pread64");

ssize_t
our_pread (int fd, void *data, size_t n, off_t offset)
{
  ssize_t n_read = syscall (SYS_pread64, fd, data, n, offset);
  struct stat info;
  gboolean is_source;

  if (n_read != SNUG_WIRE_PIECE_BYTES || fstat (fd, &info) != 0)
    return n_read;
  is_source = info.st_ino == source_inodes[0] || info.st_ino == source_inodes[1];
  g_atomic_int_inc (is_source ? &n_source_reads : &n_part_reads);
  if (!is_source && g_atomic_int_get (&parts_lie))
    ((guint8 *) data)[n / 2] ^= 1;
  return n_read;
}

/* --- one who offers, and several who take it ------------------------------------------------------- */

typedef struct
{
  TransferMates  mates;
  SnugTransfers *ana;
  SnugTransfers *receivers[N_RECEIVERS];
  SnugRoom      *eve;            /* borrowed: it is not offered to her */
  guint          n_overheard;    /* what she hears of files all the same */
  GFile         *inboxes[N_RECEIVERS];
  GFile         *file;           /* or a folder */
} Fixture;

/* What is in the folder: as many whole pieces as in the file. */
static const struct
{
  const char *path;
  gsize       size;
} in_folder[] = {
  { "a.bin", 6 * SNUG_WIRE_PIECE_BYTES + 5 },
  { "sub/b.bin", 4 * SNUG_WIRE_PIECE_BYTES },
  { "sub/empty", 0 },
  { "sub/one", 1 },
  { "z", 0 },
};

static void
on_overheard (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  ((Fixture *) user_data)->n_overheard++;
}

static ino_t
inode_of (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  return info.st_ino;
}

static void
make_source_file (Fixture *f)
{
  f->file = make_file (&f->mates, "film.bin", N_PIECES * SNUG_WIRE_PIECE_BYTES + 5);
  source_inodes[0] = source_inodes[1] = inode_of (g_file_peek_path (f->file));
}

static void
make_source_folder (Fixture *f)
{
  g_autofree char *folder = g_build_filename (f->mates.path, "film.bin", NULL);
  g_autofree char *first = g_build_filename (folder, in_folder[0].path, NULL);
  g_autofree char *second = g_build_filename (folder, in_folder[1].path, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (in_folder); i++)
    put (folder, in_folder[i].path, in_folder[i].size, 1600000000);
  f->file = g_file_new_for_path (folder);
  source_inodes[0] = inode_of (first);
  source_inodes[1] = inode_of (second);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  mates_set_up (&f->mates, data);
  f->ana = add (&f->mates, "Ana");
  for (guint i = 0; i < N_RECEIVERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("receiver-%u", i);
      g_autofree char *path = g_build_filename (f->mates.path, name, NULL);

      f->receivers[i] = add (&f->mates, name);
      f->inboxes[i] = g_file_new_for_path (path);
      g_assert_true (g_file_make_directory (f->inboxes[i], NULL, NULL));
    }
  f->eve = snug_mates_add (&f->mates.mates, "Eve")->room;
  snug_mates_await (&f->mates.mates);
  for (guint type = SNUG_WIRE_FILE_OFFER; type < SNUG_WIRE_N_TYPES; type++)
    snug_room_set_handler (f->eve, type, on_overheard, f);
  g_atomic_int_set (&n_source_reads, 0);
  g_atomic_int_set (&n_part_reads, 0);
  g_atomic_int_set (&parts_lie, FALSE);
}

static void
set_up_file (Fixture *f, gconstpointer data)
{
  set_up (f, data);
  make_source_file (f);
}

static void
set_up_folder (Fixture *f, gconstpointer data)
{
  set_up (f, data);
  make_source_folder (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < N_RECEIVERS; i++)
    g_object_unref (f->inboxes[i]);
  g_object_unref (f->file);
  mates_tear_down (&f->mates, data);
}

static void
on_offered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (snug_transfers_offer_finish (SNUG_TRANSFERS (object), result, NULL));
}

/* @only: (nullable): what those choose who come last */
static void
take_all (Fixture *f, GBytes *only)
{
  const char *members[N_RECEIVERS + 1] = { NULL };

  for (guint i = 0; i < N_RECEIVERS; i++)
    members[i] = snug_room_get_self_id (f->mates.mates.mates[i + 1].room);
  snug_transfers_offer_async (f->ana, f->file, members, on_offered, NULL);
  for (guint i = 0; i < N_RECEIVERS; i++)
    snug_await (NULL, n_rows (f->receivers[i]) == 1);
  for (guint i = 0; i < N_RECEIVERS; i++)
    g_assert_true (snug_transfers_accept (f->receivers[i], row (f->receivers[i], 0), f->inboxes[i],
                                          SNUG_SINK_KEEP_BOTH, i < N_DIRECT ? NULL : only, NULL));
}

static void
assert_has_arrived (Fixture *f, GFile *copy)
{
  if (g_file_query_file_type (f->file, G_FILE_QUERY_INFO_NONE, NULL) != G_FILE_TYPE_DIRECTORY)
    {
      assert_same_content (f->file, copy);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (in_folder); i++)
    assert_same_file (g_file_peek_path (f->file), g_file_peek_path (copy), in_folder[i].path);
}

static void
await_all (Fixture *f, guint first)
{
  for (guint i = first; i < N_RECEIVERS; i++)
    {
      g_autoptr (GFile) copy = g_file_get_child (f->inboxes[i], "film.bin");

      snug_await (NULL, is (row (f->receivers[i], 0), SNUG_TRANSFER_DONE));
      assert_has_arrived (f, copy);
      g_assert_cmpuint (n_files_in (f->inboxes[i]), ==, 1);
    }
  for (guint i = first; i < N_RECEIVERS; i++)
    snug_await (NULL, is (row (f->ana, i), SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->n_overheard, ==, 0);
}

static void
test_passed_on (Fixture *f, gconstpointer data)
{
  take_all (f, NULL);
  await_all (f, 0);
  g_assert_cmpint (n_part_reads, >=, (N_RECEIVERS - N_DIRECT) * N_PIECES);
  g_assert_cmpint (n_source_reads, <=, N_DIRECT * N_PIECES);
}

/* What is chosen of a folder, were it all of it, is passed on as the whole is. */
static void
test_chosen (Fixture *f, gconstpointer data)
{
  static const guint8 all[] = { 0x3f };
  g_autoptr (GBytes) only = g_bytes_new_static (all, sizeof all);

  take_all (f, only);
  await_all (f, 0);
  g_assert_cmpint (n_part_reads, >=, (N_RECEIVERS - N_DIRECT) * N_PIECES);
  g_assert_cmpint (n_source_reads, <=, N_DIRECT * N_PIECES);
}

static void
test_liars (Fixture *f, gconstpointer data)
{
  g_atomic_int_set (&parts_lie, TRUE);
  take_all (f, NULL);
  await_all (f, 0);
  g_assert_cmpint (n_part_reads, >, 0);
  g_assert_cmpint (n_source_reads, >, N_DIRECT * N_PIECES);
}

static void
test_holder_leaves (Fixture *f, gconstpointer data)
{
  take_all (f, NULL);
  snug_await (NULL, snug_transfer_get_bytes (row (f->receivers[2], 0)) > 0);
  snug_transfers_set_room (f->receivers[0], NULL, NULL);
  snug_room_close (f->mates.mates.mates[1].room);
  await_all (f, 1);
}

static void
test_holder_cancels (Fixture *f, gconstpointer data)
{
  take_all (f, NULL);
  snug_await (NULL, snug_transfer_get_bytes (row (f->receivers[2], 0)) > 0);
  snug_transfers_cancel (f->receivers[0], row (f->receivers[0], 0));
  await_all (f, 1);
}

static void
test_follower_pauses (Fixture *f, gconstpointer data)
{
  SnugTransfers *last = f->receivers[N_RECEIVERS - 1];

  take_all (f, NULL);
  snug_await (NULL, snug_transfer_get_bytes (row (last, 0)) > 0);
  snug_transfers_pause (last, row (last, 0));
  for (guint i = 0; i < N_RECEIVERS - 1; i++)
    snug_await (NULL, is (row (f->receivers[i], 0), SNUG_TRANSFER_DONE));
  if (!is (row (last, 0), SNUG_TRANSFER_DONE))
    snug_transfers_resume (last, row (last, 0));
  await_all (f, 0);
}

/* What was told by then is enough when others have all of it. */
static void
test_the_one_who_offers_leaves (Fixture *f, gconstpointer data)
{
  const guint last = N_RECEIVERS - 1;
  SnugTransfers *lasts = f->receivers[last];
  const char *members[] = { snug_room_get_self_id (f->mates.mates.mates[last + 1].room), NULL };
  g_autoptr (GFile) other = make_file (&f->mates, "other.bin", 1);
  g_autoptr (GFile) copy = g_file_get_child (f->inboxes[last], "film.bin");

  take_all (f, NULL);
  snug_await (NULL, !is (row (f->ana, last), SNUG_TRANSFER_OFFERED));
  snug_transfers_pause (lasts, row (lasts, 0));
  for (guint i = 0; i < last; i++)
    snug_await (NULL, is (row (f->ana, i), SNUG_TRANSFER_DONE));
  /* Her last word: what she said before it is heard. */
  snug_transfers_offer_async (f->ana, other, members, on_offered, NULL);
  snug_await (NULL, n_rows (lasts) == 2);
  snug_transfers_set_room (f->ana, NULL, NULL);
  snug_room_close (f->mates.mates.mates[0].room);
  snug_transfers_resume (lasts, row (lasts, 0));
  snug_await (NULL, is (row (lasts, 0), SNUG_TRANSFER_DONE));
  assert_has_arrived (f, copy);
  g_assert_cmpuint (f->n_overheard, ==, 0);
}

/* Whoever offers us something cannot have us take what another member offers: its id is known to both. */
static void
test_made_to_ask_for_another_offer (Fixture *f, gconstpointer data)
{
  SnugTransfers *we = f->receivers[0], *bo = f->receivers[1];
  SnugRoom *anas = f->mates.mates.mates[0].room;
  const char *our_id = snug_room_get_self_id (f->mates.mates.mates[1].room);
  const char *us[] = { our_id, NULL };
  g_autoptr (GFile) other = make_file (&f->mates, "other.bin", 1000);
  g_autoptr (SnugWireMessage) from = snug_wire_message_new (SNUG_WIRE_FILE_FROM);

  snug_transfers_offer_async (bo, other, us, on_offered, NULL);
  snug_await (NULL, n_rows (we) == 1);
  snug_transfers_offer_async (f->ana, f->file, us, on_offered, NULL);
  snug_await (NULL, n_rows (we) == 2);
  from->id = g_strdup (snug_transfer_get_wire_id (row (f->ana, 0)));
  from->peer = g_strdup (snug_room_get_self_id (f->mates.mates.mates[2].room));
  from->via = g_strdup (snug_transfer_get_wire_id (row (bo, 0)));

  g_assert_true (snug_transfers_accept (we, row (we, 1), f->inboxes[0], SNUG_SINK_KEEP_BOTH, NULL, NULL));
  snug_await (NULL, !is (row (f->ana, 0), SNUG_TRANSFER_OFFERED));
  g_assert_true (snug_room_send (anas, snug_room_find_member (anas, our_id), from));
  snug_await (NULL, is (row (we, 1), SNUG_TRANSFER_DONE));
  g_assert_true (is (row (bo, 0), SNUG_TRANSFER_OFFERED));
}

/* From whom it comes is known when a holder has its first piece. */
static void
test_paused_before_it_is_known_from_whom (Fixture *f, gconstpointer by_the_one_who_offers)
{
  guint last = N_RECEIVERS - 1;
  SnugTransfers *transfers = by_the_one_who_offers ? f->ana : f->receivers[last];
  SnugTransfer *transfer;

  take_all (f, NULL);
  snug_await (NULL, is (row (f->ana, last), SNUG_TRANSFER_ACCEPTED));
  transfer = row (transfers, by_the_one_who_offers ? last : 0);
  snug_transfers_pause (transfers, transfer);
  g_assert_true (is (transfer, SNUG_TRANSFER_PAUSED));
  snug_transfers_resume (transfers, transfer);
  await_all (f, 0);
}

static void
test_paused_by_the_one_who_offers (Fixture *f, gconstpointer data)
{
  SnugTransfer *out;

  take_all (f, NULL);
  snug_await (NULL, snug_transfer_get_bytes (row (f->receivers[N_RECEIVERS - 1], 0)) > 0);
  out = row (f->ana, N_RECEIVERS - 1);
  snug_transfers_pause (f->ana, out);
  for (guint i = 0; i < N_RECEIVERS - 1; i++)
    snug_await (NULL, is (row (f->receivers[i], 0), SNUG_TRANSFER_DONE));
  snug_transfers_resume (f->ana, out);
  await_all (f, 0);
}

/* --- hashes that are told ahead -------------------------------------------------------------------- */

static GBytes *
hashes_from (guint first, guint n)
{
  g_autofree guint8 *data = g_malloc0 (n * SNUG_WIRE_HASH_BYTES);

  for (guint i = 0; i < n; i++)
    data[i * SNUG_WIRE_HASH_BYTES] = (guint8) (first + i);
  return g_bytes_new (data, n * SNUG_WIRE_HASH_BYTES);
}

static void
test_told_hashes (void)
{
  SnugToldHashes told = { 0 };
  g_autoptr (GBytes) two = hashes_from (7, 2), next = hashes_from (9, 1);
  g_autoptr (GBytes) most = hashes_from (10, SNUG_TOLD_HASHES_MAX - 3), one_more = hashes_from (0, 1);
  g_autoptr (GBytes) other = hashes_from (1, 1);

  g_assert_null (snug_told_hashes_reach (&told, 0));
  g_assert_true (snug_told_hashes_add (&told, 7, two));
  g_assert_false (snug_told_hashes_add (&told, 10, next));
  g_assert_true (snug_told_hashes_add (&told, 9, next));
  /* The same again changes nothing, and something else ends what was told behind it. */
  g_assert_true (snug_told_hashes_add (&told, 7, two));
  g_assert_true (snug_told_hashes_add (&told, 7, other));
  g_assert_null (snug_told_hashes_reach (&told, 8));
  g_assert_true (snug_told_hashes_add (&told, 7, two));
  g_assert_true (snug_told_hashes_add (&told, 9, next));
  g_assert_null (snug_told_hashes_reach (&told, 6));
  g_assert_null (snug_told_hashes_reach (&told, 10));
  g_assert_cmpint (*snug_told_hashes_reach (&told, 7), ==, 7);

  g_assert_true (snug_told_hashes_add (&told, 10, most));
  g_assert_false (snug_told_hashes_add (&told, 7 + SNUG_TOLD_HASHES_MAX, one_more));
  g_assert_cmpint (*snug_told_hashes_reach (&told, 9), ==, 9);
  g_assert_null (snug_told_hashes_reach (&told, 8));
  g_assert_true (snug_told_hashes_add (&told, 7 + SNUG_TOLD_HASHES_MAX, one_more));
  /* What is of pieces that are here is not kept. */
  g_assert_true (snug_told_hashes_add (&told, 7, two));
  g_assert_cmpint (*snug_told_hashes_reach (&told, 9), ==, 9);
  snug_told_hashes_forget (&told, 7 + SNUG_TOLD_HASHES_MAX);
  g_assert_null (snug_told_hashes_reach (&told, 10));
  g_assert_cmpint (*snug_told_hashes_reach (&told, 7 + SNUG_TOLD_HASHES_MAX), ==, 0);
  snug_told_hashes_clear (&told);
}

/* --- what is passed on at all ---------------------------------------------------------------------- */

static int
open_folder (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static gboolean
is_passed_on (guint n_files, guint64 size, gboolean is_folder)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_new ();
  g_autoptr (GBytes) bytes = is_folder ? g_bytes_new_static ("", 0) : NULL;
  g_autoptr (SnugOffer) part = NULL;

  for (guint i = 0; i < n_files; i++)
    snug_manifest_add (manifest, g_strdup_printf ("%u", i), size, 0, FALSE);
  part = snug_offer_new_part (manifest, bytes, open_folder ("."));
  return snug_offer_is_worth_passing_on (part, part->map);
}

static void
test_what_is_passed_on (void)
{
  const guint64 mib = SNUG_WIRE_PIECE_BYTES, least = 64 * 1024;

  g_assert_true (is_passed_on (1, 7 * mib + 1, FALSE));
  g_assert_false (is_passed_on (1, 7 * mib, FALSE));
  g_assert_true (is_passed_on (8, mib, TRUE));
  g_assert_false (is_passed_on (7, mib, TRUE));
  g_assert_true (is_passed_on (128, least, TRUE));
  g_assert_false (is_passed_on (129, least - 1, TRUE));
  g_assert_false (is_passed_on (3, 0, TRUE));
  g_assert_false (is_passed_on (0, 0, TRUE));
}

/* --- what is read of a part ------------------------------------------------------------------------ */

/* It goes to others if it is what was checked, and not if that is not known. */
static void
test_part_is_compared (void)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_new_file ("f", 2 * SNUG_WIRE_PIECE_BYTES, 0);
  g_autoptr (SnugOffer) part = snug_offer_new_part (manifest, NULL, open_folder ("."));
  g_autofree guint8 *piece = g_malloc0 (SNUG_WIRE_PIECE_BYTES);
  g_autoptr (GBytes) good = g_bytes_new (piece, SNUG_WIRE_PIECE_BYTES), bad = NULL;
  const SnugPlace first = { 0, 0 }, second = { 0, SNUG_WIRE_PIECE_BYTES };
  guint8 hash[SNUG_WIRE_HASH_BYTES], told[SNUG_WIRE_HASH_BYTES];

  snug_piece_hash (piece, SNUG_WIRE_PIECE_BYTES, hash);
  piece[1] = 1;
  bad = g_bytes_new (piece, SNUG_WIRE_PIECE_BYTES);
  g_assert_false (snug_offer_hash_piece (part, &first, good, told));
  snug_piece_hashes_set (part->hashes, 0, hash);
  g_assert_true (snug_offer_hash_piece (part, &first, good, told));
  g_assert_cmpmem (told, sizeof told, hash, sizeof hash);
  g_assert_false (snug_offer_hash_piece (part, &first, bad, told));
  g_assert_false (snug_offer_hash_piece (part, &second, good, told));
}

/* Nothing is followed out of the folder, whatever became of it meanwhile. */
static void
test_part_of_folder (void)
{
  g_autoptr (SnugTempFolder) path = snug_temp_folder_new ();
  g_autofree char *moved = g_build_filename (path, "b", NULL);
  g_autoptr (SnugManifest) manifest = snug_manifest_new ();
  g_autoptr (SnugSource) source = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = NULL;
  const SnugPlace first = { 0, 0 };
  int fd = open_folder (path);

  put (path, "d/a", 3, 1600000000);
  put (path, "b", 3, 1600000000);
  snug_manifest_add (manifest, g_strdup ("d/a"), 3, 1600000001, FALSE);
  snug_manifest_add (manifest, g_strdup ("b"), 3, 1600000001, FALSE);
  snug_manifest_add (manifest, g_strdup ("not there yet"), 0, 0, FALSE);
  source = snug_source_new_part (fd, manifest, TRUE);
  close (fd);
  data = snug_source_read (source, &first, NULL);
  g_assert_cmpuint (g_bytes_get_size (data), ==, 3);
  g_assert_cmpint (g_unlink (moved), ==, 0);
  g_assert_cmpint (symlink ("d/a", moved), ==, 0);
  g_assert_false (snug_source_open (source, 1, &error));
  g_assert_error (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED);
  g_assert_true (snug_source_open (source, 2, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD_FOR(path, func, data) g_test_add ("/holders/" path, Fixture, data, set_up_file, func, tear_down)
#define ADD(path, func) ADD_FOR (path, func, NULL)
#define ADD_FOLDER(path, func) g_test_add ("/holders/folder/" path, Fixture, NULL, set_up_folder, func, tear_down)
  ADD ("passed on", test_passed_on);
  ADD ("liars", test_liars);
  ADD ("made to ask for another offer", test_made_to_ask_for_another_offer);
  ADD_FOR ("paused before it is known from whom", test_paused_before_it_is_known_from_whom, NULL);
  ADD_FOLDER ("passed on", test_passed_on);
  ADD_FOLDER ("the one who offers leaves", test_the_one_who_offers_leaves);
  if (g_test_slow ())
    {
      ADD ("a holder leaves", test_holder_leaves);
      ADD ("the one who offers leaves", test_the_one_who_offers_leaves);
      ADD ("a holder cancels", test_holder_cancels);
      ADD ("a follower pauses", test_follower_pauses);
      ADD ("paused by the one who offers", test_paused_by_the_one_who_offers);
      ADD_FOR ("paused there before it is known from whom", test_paused_before_it_is_known_from_whom, "there");
      ADD_FOLDER ("liars", test_liars);
      ADD_FOLDER ("chosen", test_chosen);
      ADD_FOLDER ("a holder leaves", test_holder_leaves);
      ADD_FOLDER ("a follower pauses", test_follower_pauses);
    }
#undef ADD
#undef ADD_FOR
#undef ADD_FOLDER
  g_test_add_func ("/holders/told hashes", test_told_hashes);
  g_test_add_func ("/holders/what is passed on", test_what_is_passed_on);
  g_test_add_func ("/holders/part is compared", test_part_is_compared);
  g_test_add_func ("/holders/part of a folder", test_part_of_folder);
  return g_test_run ();
}
