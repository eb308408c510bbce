/* Receivers who have chosen different files of a folder have these from each other, also without the one who offers it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-choice.h"
#include "snug-member-private.h"
#include "snug-pieces.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

/* --- what two who chose differently have in common ------------------------------------------------- */

#define PIECE SNUG_WIRE_PIECE_BYTES

/* Entries 0 … 6: pieces 2, a folder, 3, none, 1, 2, none. */
static SnugManifest *
make_manifest (void)
{
  static const guint64 sizes[] = { 2 * PIECE, 0, 2 * PIECE + 1, 0, 5, PIECE + 1, 0 };
  SnugManifest *manifest = snug_manifest_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    snug_manifest_add (manifest, g_strdup_printf ("%u", i), sizes[i], 0, i == 1);
  return manifest;
}

static void
choice_clear (SnugChoice *self)
{
  snug_manifest_unref (self->manifest);
  snug_piece_map_free (self->map);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SnugChoice, choice_clear)

/* @bits: 0: all */
static SnugChoice
choose (SnugManifest *manifest, guint8 bits)
{
  g_autoptr (GBytes) only = bits != 0 ? g_bytes_new (&bits, 1) : NULL;
  SnugManifest *chosen = snug_manifest_choose (manifest, only);

  return (SnugChoice) { chosen, snug_piece_map_new (chosen) };
}

static guint64
reach (guint8 theirs, guint64 n_held, guint8 ours, guint64 n_before)
{
  g_autoptr (SnugManifest) manifest = make_manifest ();
  g_auto (SnugChoice) holder = choose (manifest, theirs), wanted = choose (manifest, ours);
  const SnugHeld held = { holder, n_held };
  guint64 n = snug_choice_reach (&holder, n_held, &wanted, n_before);

  g_assert_cmpint (snug_choice_has_next (&held, &wanted, n_before), ==, n > n_before);
  return n;
}

static void
test_reach (void)
{
  /* The same */
  g_assert_cmpuint (reach (0, 5, 0, 0), ==, 5);
  g_assert_cmpuint (reach (0, 5, 0, 6), ==, 6);
  g_assert_cmpuint (reach (0, G_MAXUINT64, 0, 0), ==, 8);
  /* All of 2, and of 4 and 5: as far as the one who has all of it has come. */
  g_assert_cmpuint (reach (0, 2, 0x04, 0), ==, 0);
  g_assert_cmpuint (reach (0, 4, 0x04, 0), ==, 2);
  g_assert_cmpuint (reach (0, 7, 0x34, 0), ==, 5);
  /* Who lacks what comes next is of no use, and then is; up to what it has not chosen. */
  g_assert_cmpuint (reach (0x34, 6, 0, 0), ==, 0);
  g_assert_cmpuint (reach (0x34, 6, 0, 1), ==, 1);
  g_assert_cmpuint (reach (0x34, 6, 0, 2), ==, 8);
  g_assert_cmpuint (reach (0x24, 5, 0, 2), ==, 5);
  g_assert_cmpuint (reach (0x24, 5, 0, 6), ==, 8);
  /* In the middle of a file */
  g_assert_cmpuint (reach (0x24, 2, 0, 3), ==, 4);
  g_assert_cmpuint (reach (0x24, 1, 0, 3), ==, 3);
  /* Nothing in common, and files without bytes */
  g_assert_cmpuint (reach (0x01, 2, 0x20, 0), ==, 0);
  g_assert_cmpuint (reach (0x05, 5, 0x4d, 0), ==, 5);
}

/* In whatever order the two stand, and of all. */
static guint64
reach_by_two (guint8 one, guint64 n_one, guint8 other, guint64 n_other, guint64 n_before)
{
  g_autoptr (SnugManifest) manifest = make_manifest ();
  g_auto (SnugChoice) first = choose (manifest, one), second = choose (manifest, other), wanted = choose (manifest, 0);
  const SnugHeld held[] = { { first, n_one }, { second, n_other } }, turned[] = { held[1], held[0] };
  guint64 n = snug_choice_reach_by_all (held, 2, &wanted, n_before);

  g_assert_cmpuint (snug_choice_reach_by_all (turned, 2, &wanted, n_before), ==, n);
  return n;
}

static void
test_reach_by_all (void)
{
  /* By turns; up to what the one has not chosen and the other has not got. */
  g_assert_cmpuint (reach_by_two (0x24, 5, 0x11, 3, 0), ==, 8);
  g_assert_cmpuint (reach_by_two (0x24, 5, 0x11, 2, 0), ==, 5);
  g_assert_cmpuint (reach_by_two (0x24, 5, 0x11, 1, 0), ==, 1);
  g_assert_cmpuint (reach_by_two (0x24, 4, 0x11, 3, 0), ==, 7);
  /* Both have something of it. */
  g_assert_cmpuint (reach_by_two (0x24, 1, 0x05, 4, 0), ==, 4);
  g_assert_cmpuint (reach_by_two (0x24, G_MAXUINT64, 0x01, G_MAXUINT64, 0), ==, 5);
  /* Nobody has what comes next. */
  g_assert_cmpuint (reach_by_two (0x24, 5, 0x20, 2, 1), ==, 1);
  g_assert_cmpuint (reach_by_two (0x24, 1, 0x01, 2, 4), ==, 4);
}

/* Returns: the first byte of what is cut */
static guint
cut (guint8 theirs, guint8 ours, guint64 from)
{
  g_autoptr (SnugManifest) manifest = make_manifest ();
  g_auto (SnugChoice) holder = choose (manifest, theirs), wanted = choose (manifest, ours);
  const SnugPlace place = { from, 0 };
  g_autoptr (SnugManifest) sent = snug_choice_cut (holder.manifest, wanted.manifest, &place);

  return sent->only != NULL ? *(const guint8 *) g_bytes_get_data (sent->only, NULL) : 0;
}

static void
test_cut (void)
{
  g_assert_cmpuint (cut (0, 0, 0), ==, 0);
  g_assert_cmpuint (cut (0, 0x34, 0), ==, 0x34);
  /* A file without bytes is left out where it is not there, and one with bytes is the end. */
  g_assert_cmpuint (cut (0x15, 0, 0), ==, 0x15);
  g_assert_cmpuint (cut (0x25, 0, 0), ==, 0x05);
  g_assert_cmpuint (cut (0x25, 0, 5), ==, 0x20);
  g_assert_cmpuint (cut (0x25, 0, SNUG_WIRE_ENTRY_MANIFEST), ==, 0x05);
  g_assert_cmpuint (cut (0x20, 0, 0), ==, 0);
}

static void
test_covers (void)
{
  g_autoptr (SnugManifest) manifest = make_manifest ();
  g_auto (SnugChoice) all = choose (manifest, 0), first = choose (manifest, 0x01), last = choose (manifest, 0x34);
  const SnugPlace begin = { SNUG_WIRE_ENTRY_MANIFEST, 0 }, behind_first = { 2, 0 };

  g_assert_true (snug_choice_covers (&all, &last, &begin));
  g_assert_false (snug_choice_covers (&last, &all, &begin));
  g_assert_true (snug_choice_covers (&last, &all, &behind_first));
  g_assert_true (snug_choice_meets (&all, &last));
  g_assert_false (snug_choice_meets (&first, &last));
}

/* The one who offers numbers its hashes over the whole. */
static void
test_hashes (void)
{
  g_autoptr (SnugManifest) manifest = make_manifest ();
  g_autoptr (SnugOffer) offer = snug_offer_new_part (manifest, NULL, -1);
  g_auto (SnugChoice) last = choose (manifest, 0x34);
  guint8 expected[6][SNUG_WIRE_HASH_BYTES], fingerprint[SNUG_WIRE_HASH_BYTES];
  g_autoptr (GBytes) some = NULL, all = NULL, none = NULL;

  for (guint8 i = 2; i < 7; i++)
    {
      snug_piece_hash (&i, 1, expected[i - 2]);
      snug_piece_hashes_set (offer->hashes, i, expected[i - 2]);
    }
  some = snug_choice_get_hashes (&last, offer, 1, 100);
  g_assert_cmpmem (g_bytes_get_data (some, NULL), g_bytes_get_size (some), expected[1], 4 * SNUG_WIRE_HASH_BYTES);
  g_assert_null (snug_choice_fingerprint (&last, offer, 6));
  none = snug_choice_get_hashes (&last, offer, 5, 1);
  g_assert_null (none);
  snug_piece_hash (expected[0], 5 * SNUG_WIRE_HASH_BYTES, fingerprint);
  all = snug_choice_fingerprint (&last, offer, 5);
  g_assert_cmpmem (g_bytes_get_data (all, NULL), g_bytes_get_size (all), fingerprint, sizeof fingerprint);
}

/* --- real members ---------------------------------------------------------------------------------- */

/* By the order in which they come. */
enum { ANA, BO, CHI, DEE, N_MEMBERS };

#define N_LARGE 9

/* In the order of the manifest: bits 0, 1, 3, 4, 5; the folder "sub" is 2. */
static const struct
{
  const char *path;
  gsize       size;
} in_folder[] = {
  { "a.bin", N_LARGE * PIECE + 5 },
  { "b.bin", N_LARGE * PIECE },
  { "sub/empty", 0 },
  { "sub/one", 1 },
  { "z", 0 },
};

#define ONLY_A 0x01
#define ONLY_B 0x02
#define ONLY_ALL_BUT_ONE (0x01 | 0x02 | 0x08 | 0x20)

typedef struct
{
  TransferMates  mates;
  SnugTransfers *members[N_MEMBERS];
  GFile         *inboxes[N_MEMBERS];
  char          *folder;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "Ana", "Bo", "Chi", "Dee" };

  mates_set_up (&f->mates, data);
  f->folder = g_build_filename (f->mates.path, "film", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (in_folder); i++)
    put (f->folder, in_folder[i].path, in_folder[i].size, 1600000000);
  for (guint i = 0; i < N_MEMBERS; i++)
    {
      g_autofree char *path = g_build_filename (f->mates.path, names[i], NULL);

      f->members[i] = add (&f->mates, names[i]);
      f->inboxes[i] = g_file_new_for_path (path);
      g_assert_true (g_file_make_directory (f->inboxes[i], NULL, NULL));
    }
  snug_mates_await (&f->mates.mates);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < N_MEMBERS; i++)
    g_object_unref (f->inboxes[i]);
  g_free (f->folder);
  mates_tear_down (&f->mates, data);
}

/* @bits: 0: all */
static SnugTransfer *
accept (Fixture *f, guint who, guint8 bits)
{
  g_autoptr (GBytes) only = bits != 0 ? g_bytes_new (&bits, 1) : NULL;
  SnugTransfer *in = row (f->members[who], 0);

  g_assert_true (snug_transfers_accept (f->members[who], in, f->inboxes[who], SNUG_SINK_KEEP_BOTH, only, NULL));
  return in;
}

static void
offer_to_all (Fixture *f)
{
  g_autoptr (GFile) file = g_file_new_for_path (f->folder);

  start_offer (f->members[ANA], file);
  for (guint i = BO; i < N_MEMBERS; i++)
    snug_await (NULL, n_rows (f->members[i]) == 1);
}

static void
assert_has (Fixture *f, guint who, guint8 bits)
{
  g_autofree char *copy = g_build_filename (g_file_peek_path (f->inboxes[who]), "film", NULL);
  static const guint bit_of[] = { 0, 1, 3, 4, 5 };

  for (guint i = 0; i < G_N_ELEMENTS (in_folder); i++)
    {
      g_autofree char *path = g_build_filename (copy, in_folder[i].path, NULL);

      if ((bits & 1u << bit_of[i]) != 0)
        assert_same_file (f->folder, copy, in_folder[i].path);
      else
        g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  g_assert_cmpuint (n_files_in (f->inboxes[who]), ==, 1);
}

/* Dee is paused as soon as it is known that Ana has heard of it: when the others have it. */
static SnugTransfer *
take_and_pause (Fixture *f, guint8 bits)
{
  SnugTransfer *in = accept (f, DEE, bits);

  snug_await (NULL, is (row (f->members[ANA], 2), SNUG_TRANSFER_ACCEPTED)
                      || is (row (f->members[ANA], 2), SNUG_TRANSFER_RUNNING));
  snug_transfers_pause (f->members[DEE], in);
  return in;
}

/* When all is heard that she said. */
static void
let_ana_leave (Fixture *f)
{
  g_autoptr (GFile) file = make_file (&f->mates, "last", 1);

  g_assert_true (is (row (f->members[DEE], 0), SNUG_TRANSFER_PAUSED));
  start_offer (f->members[ANA], file);
  snug_await (NULL, n_rows (f->members[DEE]) == 2);
  snug_room_close (f->mates.mates.mates[ANA].room);
}

/* Bo has one of the large files, Chi the other, and nobody those without bytes. */
static void
test_from_two_who_chose (Fixture *f, gconstpointer data)
{
  SnugTransfer *in;

  offer_to_all (f);
  in = take_and_pause (f, ONLY_ALL_BUT_ONE);
  accept (f, BO, ONLY_A);
  accept (f, CHI, ONLY_B);
  snug_await (NULL, is (row (f->members[BO], 0), SNUG_TRANSFER_DONE) && is (row (f->members[CHI], 0), SNUG_TRANSFER_DONE)
                      && is (row (f->members[ANA], 0), SNUG_TRANSFER_DONE)
                      && is (row (f->members[ANA], 1), SNUG_TRANSFER_DONE));
  let_ana_leave (f);
  snug_transfers_resume (f->members[DEE], in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_has (f, BO, ONLY_A);
  assert_has (f, CHI, ONLY_B);
  assert_has (f, DEE, ONLY_ALL_BUT_ONE);
}

/* Whoever takes all has them for whoever chose some; and who is paused has them, too. */
static void
test_from_one_who_takes_all (Fixture *f, gconstpointer data)
{
  SnugTransfer *in;

  offer_to_all (f);
  in = take_and_pause (f, ONLY_B);
  accept (f, BO, 0);
  snug_await (NULL, is (row (f->members[BO], 0), SNUG_TRANSFER_DONE)
                      && is (row (f->members[ANA], 0), SNUG_TRANSFER_DONE));
  let_ana_leave (f);
  snug_transfers_resume (f->members[DEE], in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_has (f, DEE, ONLY_B);
}

/* Who does not know what a choice is among heirs is named to nobody, and is left without it, as ever. */
static void
test_older_member (Fixture *f, gconstpointer data)
{
  SnugMate *ana = &f->mates.mates.mates[ANA];
  SnugTransfer *in;

  snug_member_set_features (snug_mate_sees (ana, "Dee"), SNUG_WIRE_FEATURES & ~SNUG_WIRE_FEATURE_CHOSEN);
  offer_to_all (f);
  in = take_and_pause (f, ONLY_B);
  accept (f, BO, 0);
  snug_await (NULL, is (row (f->members[BO], 0), SNUG_TRANSFER_DONE)
                      && is (row (f->members[ANA], 0), SNUG_TRANSFER_DONE));
  let_ana_leave (f);
  snug_await (NULL, snug_transfer_is_finished (in));
  g_assert_cmpstr (snug_transfer_get_reason (in), ==, "Ana has left.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chosen-holders/reach", test_reach);
  g_test_add_func ("/chosen-holders/reach-by-all", test_reach_by_all);
  g_test_add_func ("/chosen-holders/cut", test_cut);
  g_test_add_func ("/chosen-holders/covers", test_covers);
  g_test_add_func ("/chosen-holders/hashes", test_hashes);
  g_test_add ("/chosen-holders/from-two-who-chose", Fixture, NULL, set_up, test_from_two_who_chose, tear_down);
  g_test_add ("/chosen-holders/from-one-who-takes-all", Fixture, NULL, set_up, test_from_one_who_takes_all, tear_down);
  g_test_add ("/chosen-holders/older-member", Fixture, NULL, set_up, test_older_member, tear_down);
  return g_test_run ();
}
