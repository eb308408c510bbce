/* Several holders of one file: receivers pass on what they have, and whoever does not is done without.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-told-hashes.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_PIECES 10
#define N_RECEIVERS 4
/* So many are sent it from where it is offered. */
#define N_DIRECT 2

/* --- the disk: what is read of it is counted, and a part can lie ----------------------------------- */

static ino_t source_inode;
static int n_source_reads;
static int n_part_reads;
static int parts_lie;

ssize_t our_pread (int fd, void *data, size_t n, off_t offset) __asm__ ("pread64");

ssize_t
our_pread (int fd, void *data, size_t n, off_t offset)
{
  ssize_t n_read = syscall (SYS_pread64, fd, data, n, offset);
  struct stat info;

  if (n_read != SNUG_WIRE_PIECE_BYTES || fstat (fd, &info) != 0)
    return n_read;
  g_atomic_int_inc (info.st_ino == source_inode ? &n_source_reads : &n_part_reads);
  if (info.st_ino != source_inode && g_atomic_int_get (&parts_lie))
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
  GFile         *file;
} Fixture;

static void
on_overheard (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  ((Fixture *) user_data)->n_overheard++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  struct stat info;

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
  f->file = make_file (&f->mates, "film.bin", N_PIECES * SNUG_WIRE_PIECE_BYTES + 5);
  g_assert_cmpint (stat (g_file_peek_path (f->file), &info), ==, 0);
  source_inode = info.st_ino;
  g_atomic_int_set (&n_source_reads, 0);
  g_atomic_int_set (&n_part_reads, 0);
  g_atomic_int_set (&parts_lie, FALSE);
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

static void
take_all (Fixture *f)
{
  const char *members[N_RECEIVERS + 1] = { NULL };

  for (guint i = 0; i < N_RECEIVERS; i++)
    members[i] = snug_room_get_self_id (f->mates.mates.mates[i + 1].room);
  snug_transfers_offer_async (f->ana, f->file, members, on_offered, NULL);
  for (guint i = 0; i < N_RECEIVERS; i++)
    snug_await (NULL, n_rows (f->receivers[i]) == 1);
  for (guint i = 0; i < N_RECEIVERS; i++)
    g_assert_true (snug_transfers_accept (f->receivers[i], row (f->receivers[i], 0), f->inboxes[i],
                                          SNUG_SINK_KEEP_BOTH, NULL, NULL));
}

static void
await_all (Fixture *f, guint first)
{
  for (guint i = first; i < N_RECEIVERS; i++)
    {
      g_autoptr (GFile) copy = g_file_get_child (f->inboxes[i], "film.bin");

      snug_await (NULL, is (row (f->receivers[i], 0), SNUG_TRANSFER_DONE));
      assert_same_content (f->file, copy);
      g_assert_cmpuint (n_files_in (f->inboxes[i]), ==, 1);
    }
  for (guint i = first; i < N_RECEIVERS; i++)
    snug_await (NULL, is (row (f->ana, i), SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->n_overheard, ==, 0);
}

static void
test_passed_on (Fixture *f, gconstpointer data)
{
  take_all (f);
  await_all (f, 0);
  g_assert_cmpint (n_part_reads, >=, (N_RECEIVERS - N_DIRECT) * N_PIECES);
  g_assert_cmpint (n_source_reads, <=, N_DIRECT * N_PIECES);
}

static void
test_liars (Fixture *f, gconstpointer data)
{
  g_atomic_int_set (&parts_lie, TRUE);
  take_all (f);
  await_all (f, 0);
  g_assert_cmpint (n_part_reads, >, 0);
  g_assert_cmpint (n_source_reads, >, N_DIRECT * N_PIECES);
}

static void
test_holder_leaves (Fixture *f, gconstpointer data)
{
  take_all (f);
  snug_await (NULL, snug_transfer_get_bytes (row (f->receivers[2], 0)) > 0);
  snug_transfers_set_room (f->receivers[0], NULL, NULL);
  snug_room_close (f->mates.mates.mates[1].room);
  await_all (f, 1);
}

static void
test_holder_cancels (Fixture *f, gconstpointer data)
{
  take_all (f);
  snug_await (NULL, snug_transfer_get_bytes (row (f->receivers[2], 0)) > 0);
  snug_transfers_cancel (f->receivers[0], row (f->receivers[0], 0));
  await_all (f, 1);
}

static void
test_follower_pauses (Fixture *f, gconstpointer data)
{
  SnugTransfers *last = f->receivers[N_RECEIVERS - 1];

  take_all (f);
  snug_await (NULL, snug_transfer_get_bytes (row (last, 0)) > 0);
  snug_transfers_pause (last, row (last, 0));
  for (guint i = 0; i < N_RECEIVERS - 1; i++)
    snug_await (NULL, is (row (f->receivers[i], 0), SNUG_TRANSFER_DONE));
  if (!is (row (last, 0), SNUG_TRANSFER_DONE))
    snug_transfers_resume (last, row (last, 0));
  await_all (f, 0);
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

  take_all (f);
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

  take_all (f);
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

  g_assert_null (snug_told_hashes_reach (&told, 0));
  g_assert_true (snug_told_hashes_add (&told, 7, two));
  g_assert_false (snug_told_hashes_add (&told, 8, next));
  g_assert_false (snug_told_hashes_add (&told, 10, next));
  g_assert_true (snug_told_hashes_add (&told, 9, next));
  g_assert_null (snug_told_hashes_reach (&told, 6));
  g_assert_null (snug_told_hashes_reach (&told, 10));
  g_assert_cmpint (*snug_told_hashes_reach (&told, 7), ==, 7);

  g_assert_true (snug_told_hashes_add (&told, 10, most));
  g_assert_false (snug_told_hashes_add (&told, 7 + SNUG_TOLD_HASHES_MAX, one_more));
  g_assert_cmpint (*snug_told_hashes_reach (&told, 9), ==, 9);
  g_assert_null (snug_told_hashes_reach (&told, 8));
  g_assert_true (snug_told_hashes_add (&told, 7 + SNUG_TOLD_HASHES_MAX, one_more));
  snug_told_hashes_clear (&told);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD_FOR(path, func, data) g_test_add ("/holders/" path, Fixture, data, set_up, func, tear_down)
#define ADD(path, func) ADD_FOR (path, func, NULL)
  ADD ("passed on", test_passed_on);
  ADD ("liars", test_liars);
  ADD ("made to ask for another offer", test_made_to_ask_for_another_offer);
  ADD_FOR ("paused before it is known from whom", test_paused_before_it_is_known_from_whom, NULL);
  if (g_test_slow ())
    {
      ADD ("a holder leaves", test_holder_leaves);
      ADD ("a holder cancels", test_holder_cancels);
      ADD ("a follower pauses", test_follower_pauses);
      ADD ("paused by the one who offers", test_paused_by_the_one_who_offers);
      ADD_FOR ("paused there before it is known from whom", test_paused_before_it_is_known_from_whom, "there");
    }
#undef ADD
#undef ADD_FOR
  g_test_add_func ("/holders/told hashes", test_told_hashes);
  return g_test_run ();
}
