/* How long they wait for each other who have a file of several holders: the one who offers it for a holder's answer, a
 * follower for what its holder brings, and for room on its disk, a holder for being asked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "by-hand.h"
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-passing-time.h"
#include "snug-pieces.h"
#include "snug-transfer-private.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PROTOCOL.md section 4, "Several holders of one file". */
#define ANSWER_MS 5000
#define WATCH_MS 20000
#define ASK_MS 15000
/* After so long a receiver looks whether its disk has room. */
#define FULL_MS 1000
#define LATE_VIA "v2"

static int disk_is_full;
static int n_room;       /* writes that still find room on it */
static int n_refused;

ssize_t our_pwrite (int fd, const void *data, size_t n, off_t offset) __asm__ ("pwrite64");

ssize_t
our_pwrite (int fd, const void *data, size_t n, off_t offset)
{
  if (!g_atomic_int_get (&disk_is_full) || g_atomic_int_add (&n_room, -1) > 0)
    return syscall (SYS_pwrite64, fd, data, n, offset);
  g_atomic_int_inc (&n_refused);
  errno = ENOSPC;
  return -1;
}

/* --- the one who offers, and a holder without an answer -------------------------------------------- */

static void
test_holders_that_do_not_answer (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO], *chi = &f->hands[CHI];
  SnugTransfers *ana = add (&f->mates, "Ana"), *dee;
  g_autoptr (GFile) file = make_file (&f->mates, "film.bin", SIZE);
  const char *id;

  add_hand (f, "Bo", BO);
  add_hand (f, "Chi", CHI);
  dee = add (&f->mates, "Dee");
  snug_mates_await (&f->mates.mates);
  offer (ana, dee, file);
  id = snug_transfer_get_wire_id (row (ana, 0));
  ask_for (f, BO, "Ana", id);
  ask_for (f, CHI, "Ana", id);
  snug_await (NULL, g_atomic_int_get (&bo->n_channels) == 1 && g_atomic_int_get (&chi->n_channels) == 1);

  take (&f->mates, dee, row (dee, 0));
  snug_await (NULL, bo->n_asked + chi->n_asked == 1);
  snug_let_pass (ANSWER_MS);
  snug_await (NULL, bo->n_asked == 1 && chi->n_asked == 1);
  g_assert_cmpuint (snug_transfer_get_bytes (row (dee, 0)), ==, 0);
  snug_let_pass (ANSWER_MS);
  snug_await (NULL, is (row (dee, 0), SNUG_TRANSFER_DONE));
  assert_same_content (file, snug_transfer_get_file (row (dee, 0)));
}

/* --- a follower, and a holder that brings little --------------------------------------------------- */

/* Until the follower has said that it has them. */
static void
bring (ByHand *f, SnugTransfer *in, guint n_pieces)
{
  for (guint i = 0; i < n_pieces; i++)
    {
      bring_unchecked (f, in, 1);
      snug_await (NULL, f->hands[ANA].n_have == f->supply.n_sent / SNUG_WIRE_PIECE_BYTES);
    }
}

/* Until the follower has checked them. */
static void
bring_small (ByHand *f, SnugTransfer *in, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint before = n_noted (&f->mates);

      bring_small_unchecked (f, in);
      snug_await (NULL, n_noted (&f->mates) == before + 1);
    }
  snug_await_idle (NULL);
}

/* Ana offers, Bo is to bring it, both by hand. Returns: the row of Chi, who has asked Bo */
static SnugTransfer *
ask_to_follow (ByHand *f, gboolean is_folder)
{
  SnugTransfers *chi;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", chi, is_folder);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_FROM, VIA, BO);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  return in;
}

/* Returns: the row of Chi, who follows */
static SnugTransfer *
follow (ByHand *f, gboolean is_folder)
{
  SnugTransfer *in = ask_to_follow (f, is_folder);

  begin_to_bring (f, BO, VIA);
  return in;
}

/* Of eleven pieces that are missing three are enough, of eight two are too few; then it is asked for anew. */
static void
test_holder_that_brings_too_little (ByHand *f, gconstpointer data)
{
  Hand *ana = &f->hands[ANA];
  SnugTransfer *in = follow (f, FALSE);

  tell_hashes (f);
  bring (f, in, 1);
  snug_let_pass (WATCH_MS);
  bring (f, in, 3);
  snug_let_pass (WATCH_MS);
  bring (f, in, 2);
  g_assert_cmpuint (ana->n_gets, ==, 1);
  snug_let_pass (WATCH_MS);
  snug_await (NULL, ana->n_gets == 2);
  g_assert_cmpuint (ana->from_offset, ==, f->supply.n_sent);
}

/* Many pieces are little if they are small. */
static void
test_holder_that_brings_small_files (ByHand *f, gconstpointer data)
{
  Hand *ana = &f->hands[ANA];
  SnugTransfer *in = follow (f, TRUE);

  tell_hashes (f);
  /* With the second one it is known what is in the folder. */
  bring_small (f, in, 2);
  snug_let_pass (WATCH_MS);
  bring_small (f, in, N_SMALL / 2);
  g_assert_cmpuint (ana->n_gets, ==, 1);
  snug_let_pass (WATCH_MS);
  snug_await (NULL, ana->n_gets == 2);
}

/* --- a follower whose disk is full ----------------------------------------------------------------- */

static void
find_room_again (SnugTransfer *in)
{
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED));
  g_atomic_int_set (&disk_is_full, FALSE);
  snug_let_pass (FULL_MS);
}

/* What waits for its hashes is tried all at once, and again when there is room. */
static void
fill_disk (ByHand *f, SnugTransfer *in)
{
  g_atomic_int_set (&disk_is_full, TRUE);
  tell_hashes (f);
  find_room_again (in);
}

static void
bring_the_rest (ByHand *f, SnugTransfer *in)
{
  bring_unchecked (f, in, N_PIECES - (guint) (f->supply.n_sent / SNUG_WIRE_PIECE_BYTES));
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->hands[ANA].n_gets, ==, 1);
  g_assert_cmpuint (n_files_in (f->mates.inbox), ==, 1);
}

static void
test_full_disk (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = follow (f, FALSE);

  bring_unchecked (f, in, 3);
  fill_disk (f, in);
  bring_the_rest (f, in);
}

static void
test_full_disk_of_small_files (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = follow (f, TRUE);

  for (guint i = 0; i < N_SMALL; i++)
    bring_small_unchecked (f, in);
  fill_disk (f, in);
  bring_the_rest (f, in);
}

/* Three of them are there and noted, the fourth is there. */
static void
test_full_disk_between_small_files (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = follow (f, TRUE);

  for (guint i = 0; i < N_SMALL; i++)
    bring_small_unchecked (f, in);
  g_atomic_int_set (&n_room, 7);
  g_atomic_int_set (&disk_is_full, TRUE);
  tell_hashes (f);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED));
  g_assert_cmpuint (n_noted (&f->mates), ==, 3);
  find_room_again (in);
  bring_the_rest (f, in);
}

/* What is in the folder is kept on the disk, too. */
static void
test_full_disk_for_a_manifest (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = ask_to_follow (f, TRUE);

  g_atomic_int_set (&disk_is_full, TRUE);
  begin_to_bring (f, BO, VIA);
  find_room_again (in);
  tell_hashes (f);
  for (guint i = 0; i < N_SMALL; i++)
    bring_small_unchecked (f, in);
  bring_the_rest (f, in);
}

/* Nothing is asked for before there is a place for it. */
static void
test_full_disk_from_the_beginning (ByHand *f, gconstpointer is_folder)
{
  SnugTransfers *bo;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  bo = add (&f->mates, "Bo");
  snug_mates_await (&f->mates.mates);
  g_atomic_int_set (&disk_is_full, TRUE);
  in = offer_by_hand (f, "Bo", bo, is_folder != NULL);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED));
  g_assert_cmpuint (f->hands[ANA].n_gets, ==, 0);
  find_room_again (in);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  g_assert_false (is (in, SNUG_TRANSFER_PAUSED));
}

static gboolean
says_full (SnugTransfer *in)
{
  return is (in, SNUG_TRANSFER_PAUSED) && strstr (snug_transfer_get_reason (in), "disk is full") != NULL;
}

/* What was on its way still comes, and others may pause it and go on: a person is told why it waits all the time. */
static void
test_full_disk_is_said (ByHand *f, gconstpointer data)
{
  SnugTransfers *chi;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", chi, FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  begin_to_bring (f, ANA, "f");
  g_atomic_int_set (&disk_is_full, TRUE);
  bring_unchecked (f, in, 1);
  snug_await (NULL, says_full (in));
  bring_unchecked (f, in, 1);
  g_assert_true (says_full (in));

  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-pause\",\"id\":\"f\",\"on\":true}");
  snug_await (NULL, !says_full (in));
  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-pause\",\"id\":\"f\",\"on\":false}");
  snug_await (NULL, says_full (in) || is (in, SNUG_TRANSFER_RUNNING));
  g_assert_true (says_full (in));
  snug_transfers_pause (chi, in);
  g_assert_false (says_full (in));
  snug_transfers_resume (chi, in);
  g_assert_true (says_full (in));
  find_room_again (in);
  bring_the_rest (f, in);
}

/* In the network context. */
static void
on_idle_channel (SnugDataChannel *channel, gpointer user_data)
{
  ((Supply *) user_data)->channel = g_object_ref (channel);
}

static void
count_change (SnugTransfer *in, GParamSpec *pspec, gpointer user_data)
{
  *(guint *) user_data += 1;
}

/* Also when it is asked for again, as what it was to come by has broken. */
static void
test_full_disk_is_said_after_a_break (ByHand *f, gconstpointer data)
{
  SnugTransfer *in;
  guint n_changes = 0;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  g_atomic_int_set (&disk_is_full, TRUE);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, says_full (in));
  g_signal_connect (in, "notify::reason", G_CALLBACK (count_change), &n_changes);
  snug_peer_link_open_channel (link_to (f, ANA, "Chi"), SNUG_WIRE_FILE_LABEL, "f", on_idle_channel, &f->supply, NULL);
  stop_bringing (f);
  snug_await (NULL, n_changes > 0);
  g_assert_true (says_full (in));
  g_signal_handlers_disconnect_by_data (in, &n_changes);
  find_room_again (in);
  snug_await (NULL, f->hands[ANA].n_gets > 0);
}

/* What is there an heir has all the same. */
static void
test_full_disk_of_an_heir (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO];
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, VIA, BO);
  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-offer\",\"id\":\"o\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (f->mates.transfers[CHI]) == 2);
  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 1);
  snug_await (NULL, n_noted (&f->mates) == 1);
  g_atomic_int_set (&disk_is_full, TRUE);
  bring_unchecked (f, in, 1);
  snug_await (NULL, says_full (in));
  ask_for (f, BO, "Chi", VIA);
  snug_await (NULL, g_atomic_int_get (&bo->n_channels) == 1 || bo->refused != NULL);
  g_assert_cmpint (g_atomic_int_get (&bo->n_channels), ==, 1);
  find_room_again (in);
  bring_the_rest (f, in);
}

/* Each look may be much work; and the next full disk is another one. */
static void
test_full_disk_is_looked_at_less_and_less (ByHand *f, gconstpointer data)
{
  /* The ninth is armed by the look that finds room again. */
  static const guint looks_ms[] = { 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000, 1000 };
  const guint n_in_vain = 7;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  g_atomic_int_set (&disk_is_full, TRUE);
  snug_note_delays ();
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED));
  for (guint i = 0; i < n_in_vain; i++)
    {
      int n_before = g_atomic_int_get (&n_refused);

      g_assert_true (snug_was_armed_for (looks_ms, i + 1));
      snug_let_pass (looks_ms[i]);
      snug_await (NULL, g_atomic_int_get (&n_refused) > n_before);
    }
  g_atomic_int_set (&disk_is_full, FALSE);
  snug_let_pass (looks_ms[n_in_vain - 1]);
  snug_await (NULL, f->hands[ANA].n_gets == 1);

  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 1);
  g_atomic_int_set (&disk_is_full, TRUE);
  bring_unchecked (f, in, 1);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED));
  g_assert_true (snug_was_armed_for (looks_ms, G_N_ELEMENTS (looks_ms)));
  find_room_again (in);
  bring_the_rest (f, in);
}

/* --- a holder that lies ---------------------------------------------------------------------------- */

/* Its own word for what it brings does not count. */
static void
test_holder_that_lies (ByHand *f, gconstpointer data)
{
  Hand *ana = &f->hands[ANA];

  follow (f, FALSE);
  tell_hashes (f);
  f->supply.content[0] ^= 1;
  send_a_piece (f);
  snug_await (NULL, ana->n_gets == 2);
  g_assert_cmpuint (ana->from_offset, ==, 0);
}

/* --- a holder that nobody asks --------------------------------------------------------------------- */

/* What Bo has is one piece of zeros. In the network context. */
static void
on_channel_of_one_piece (SnugDataChannel *channel, gpointer user_data)
{
  static const guint8 zeros[SLICE_BYTES];
  g_autofree guint8 *piece = g_malloc0 (SNUG_WIRE_PIECE_BYTES);
  g_autofree char *header = g_strdup_printf ("{\"entry\":0,\"offset\":0,\"size\":%d}", SIZE);
  SnugWireFileText text = { .is_hash = TRUE };
  g_autofree char *json = NULL;

  snug_piece_hash (piece, SNUG_WIRE_PIECE_BYTES, text.hash);
  json = snug_wire_encode_file_text (&text);
  snug_data_channel_send_text (channel, header, NULL);
  for (guint i = 0; i < SNUG_WIRE_PIECE_BYTES / SLICE_BYTES; i++)
    {
      g_autoptr (GBytes) slice = g_bytes_new_static (zeros, sizeof zeros);

      snug_data_channel_send_bytes (channel, slice, NULL);
    }
  snug_data_channel_send_text (channel, json, NULL);
}

/* Who asks in time has it, who comes later does not. */
static void
test_holder_that_nobody_asks (ByHand *f, gconstpointer data)
{
  Hand *ana = &f->hands[ANA], *chi = &f->hands[CHI];
  SnugTransfers *bo;

  add_hand (f, "Ana", ANA);
  bo = add (&f->mates, "Bo");
  add_hand (f, "Chi", CHI);
  snug_mates_await (&f->mates.mates);
  offer_by_hand (f, "Bo", bo, FALSE);
  snug_await (NULL, ana->n_gets == 1);
  snug_peer_link_open_channel (link_to (f, ANA, "Bo"), SNUG_WIRE_FILE_LABEL, "f", on_channel_of_one_piece, NULL, NULL);

  say_via (f, "Bo", SNUG_WIRE_FILE_PASS, VIA, CHI);
  snug_await (NULL, ana->n_passing == 1);
  g_assert_true (ana->passing);
  ask_for (f, CHI, "Bo", VIA);
  snug_await (NULL, g_atomic_int_get (&chi->n_channels) == 1);

  say_via (f, "Bo", SNUG_WIRE_FILE_PASS, LATE_VIA, CHI);
  snug_await (NULL, ana->n_passing == 2);
  g_assert_true (ana->passing);
  snug_let_pass (ASK_MS);
  snug_await_idle (NULL);
  ask_for (f, CHI, "Bo", LATE_VIA);
  snug_await (NULL, g_strcmp0 (chi->refused, LATE_VIA) == 0);
  g_assert_cmpint (g_atomic_int_get (&chi->n_channels), ==, 1);
}

#define ADD_FOR(name, func, data) g_test_add ("/holder-patience/" name, ByHand, data, by_hand_set_up, func, by_hand_tear_down)
#define ADD(name, func) ADD_FOR (name, func, NULL)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("holders-that-do-not-answer", test_holders_that_do_not_answer);
  ADD ("holder-that-brings-too-little", test_holder_that_brings_too_little);
  ADD ("holder-that-brings-small-files", test_holder_that_brings_small_files);
  ADD ("full-disk", test_full_disk);
  ADD ("full-disk-of-small-files", test_full_disk_of_small_files);
  ADD ("full-disk-between-small-files", test_full_disk_between_small_files);
  ADD ("full-disk-for-a-manifest", test_full_disk_for_a_manifest);
  ADD ("full-disk-from-the-beginning", test_full_disk_from_the_beginning);
  ADD_FOR ("full-disk-for-a-folder-from-the-beginning", test_full_disk_from_the_beginning, "folder");
  ADD ("full-disk-is-looked-at-less-and-less", test_full_disk_is_looked_at_less_and_less);
  ADD ("full-disk-is-said", test_full_disk_is_said);
  ADD ("full-disk-is-said-after-a-break", test_full_disk_is_said_after_a_break);
  ADD ("full-disk-of-an-heir", test_full_disk_of_an_heir);
  ADD ("holder-that-lies", test_holder_that_lies);
  ADD ("holder-that-nobody-asks", test_holder_that_nobody_asks);
  return g_test_run ();
}
