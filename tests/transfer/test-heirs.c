/* The one who offers is gone: who takes the same goes on, as far as it was told what the pieces are and somebody has
 * them, and no further.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "by-hand.h"
#include "snug-await.h"
#include "snug-passing-time.h"
#include "snug-transfer-private.h"

/* PROTOCOL.md section 4, "When the one who offers is gone". */
#define ASK_MS 5000
#define WATCH_MS 20000
#define OTHER_VIA "v2"

/* What @from says that it has. */
static void
say_have (ByHand *f, guint from, const char *to, const char *via, guint n_pieces)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"have-pieces\",\"id\":\"%s\",\"n\":%u}", via, n_pieces);

  send_raw (&f->mates, from, to, text);
}

/* All that she said. */
static void
await_heard (ByHand *f, SnugTransfers *chi)
{
  guint n_before = n_rows (chi);

  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-offer\",\"id\":\"last\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (chi) == n_before + 1);
}

static void
let_ana_leave (ByHand *f, SnugTransfers *chi)
{
  await_heard (f, chi);
  snug_room_close (f->mates.mates.mates[ANA].room);
}

/* Ana has offered it to Chi, named Bo, Dee too if @with_dee, and told @n_told hashes. Returns: the row of Chi */
static SnugTransfer *
inherit (ByHand *f, gboolean is_folder, guint n_told, gboolean with_dee)
{
  SnugTransfers *chi;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  if (with_dee)
    add_hand (f, "Dee", DEE);
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", chi, is_folder);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, VIA, BO);
  if (with_dee)
    say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, OTHER_VIA, DEE);
  tell_some_hashes (f, n_told);
  return in;
}

/* The same, and has left. Returns: the row of Chi, who has asked Bo */
static SnugTransfer *
be_left (ByHand *f, gboolean is_folder, guint n_told)
{
  SnugTransfer *in = inherit (f, is_folder, n_told, FALSE);

  let_ana_leave (f, f->mates.transfers[CHI]);
  snug_await (NULL, f->hands[BO].n_questions == 1);
  return in;
}

/* The same of a file. Returns: the row of Chi, who has asked Bo and Dee */
static SnugTransfer *
be_left_with_dee (ByHand *f, guint n_told)
{
  SnugTransfer *in = inherit (f, FALSE, n_told, TRUE);

  let_ana_leave (f, f->mates.transfers[CHI]);
  snug_await (NULL, f->hands[BO].n_questions == 1 && f->hands[DEE].n_questions == 1);
  return in;
}

/* Dee says that she has @n_pieces, and waits for the answer. */
static void
ask_as_dee (ByHand *f, guint n_pieces)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"have-pieces\",\"id\":\"" OTHER_VIA "\",\"n\":%u,\"ask\":true}",
                                           n_pieces);
  guint n_before = f->hands[DEE].n_answers;

  send_raw (&f->mates, DEE, "Chi", text);
  snug_await (NULL, f->hands[DEE].n_answers > n_before);
}

/* What the room tells Chi of @name. */
static void
emit_in_room (ByHand *f, const char *signal, const char *name)
{
  SnugMate *chi = &f->mates.mates.mates[CHI];

  g_signal_emit_by_name (chi->room, signal, snug_mate_sees (chi, name));
}

static gboolean
says (SnugTransfer *transfer, const char *words)
{
  return g_strcmp0 (snug_transfer_get_reason (transfer), words) == 0;
}

/* What is here stays, to be gone on with. */
static void
assert_ends_with (ByHand *f, SnugTransfer *in, guint n_pieces)
{
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpstr (snug_transfer_get_reason (in), ==, "Ana cannot be reached, and nobody else has the rest.");
  g_assert_cmpuint (n_noted (&f->mates), ==, n_pieces);
}

static void
test_all_of_a_file (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, FALSE, N_PIECES);

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  g_assert_true (says (in, "Ana cannot be reached. The rest comes from others."));
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, N_PIECES);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (n_files_in (f->mates.inbox), ==, 1);
}

/* Twenty small files and a large one, of which the other one has a part. */
static void
test_some_of_a_folder (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, TRUE, N_SMALL + N_PIECES);

  say_have (f, BO, "Chi", VIA, N_SMALL + 2);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  begin_to_bring (f, BO, VIA);
  snug_await (NULL, says (in, "Ana cannot be reached. 20 of 21 files can come from others."));
  for (guint i = 0; i < N_SMALL; i++)
    bring_small_unchecked (f, in);
  bring_unchecked (f, in, 2);
  snug_let_pass (ASK_MS);
  assert_ends_with (f, in, N_SMALL + 2);
}

/* Of the others nobody can say what they must be. */
static void
test_what_was_not_told (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, FALSE, 2);

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 2);
  snug_let_pass (ASK_MS);
  assert_ends_with (f, in, 2);
}

static void
test_nobody_has_it (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, FALSE, N_PIECES);

  say_have (f, BO, "Chi", VIA, 0);
  snug_let_pass (ASK_MS);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 0);
}

/* It is asked no more, and nothing of it is kept. */
static void
test_liar (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, FALSE, N_PIECES);

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  f->supply.content[0] ^= 1;
  begin_to_bring (f, BO, VIA);
  snug_await (NULL, f->supply.channel != NULL);
  send_a_piece (f);
  snug_let_pass (ASK_MS);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
  snug_await (NULL, n_files_in (f->mates.inbox) == 0);
}

/* Who refuses for the moment is asked again, and who does not want is not. */
static void
test_busy (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, FALSE, N_PIECES);

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  send_raw (&f->mates, BO, "Chi", "{\"type\":\"file-cancel\",\"id\":\"" VIA "\",\"reason\":\"stalled\"}");
  send_raw (&f->mates, BO, "Chi", "{\"type\":\"file-offer\",\"id\":\"last\",\"name\":\"z\",\"size\":1}");
  snug_await (NULL, n_rows (f->mates.transfers[CHI]) == 3);
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
  snug_let_pass (ASK_MS);
  snug_await (NULL, f->hands[BO].n_gets == 2);
  send_raw (&f->mates, BO, "Chi", "{\"type\":\"file-cancel\",\"id\":\"" VIA "\",\"reason\":\"bad-request\"}");
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 2);
}

/* --- several of them ------------------------------------------------------------------------------- */

/* Chi calls something else like that, which she offers to Bo. */
static void
test_id_of_something_else (ByHand *f, gconstpointer data)
{
  SnugTransfers *chi;
  SnugTransfer *in;
  g_autoptr (GFile) file = make_file (&f->mates, "other.bin", 1);

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", chi, FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  start_offer (chi, file);
  snug_await (NULL, n_rows (chi) == 3);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, snug_transfer_get_wire_id (row (chi, 1)), BO);
  let_ana_leave (f, chi);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpuint (f->hands[BO].n_questions, ==, 0);
}

/* Who has ended it says nothing of it any more, and refuses for good. */
static void
test_cancelled (ByHand *f, gconstpointer data)
{
  Hand *dee = &f->hands[DEE];
  SnugTransfer *in = be_left_with_dee (f, N_PIECES);

  snug_transfers_cancel (f->mates.transfers[CHI], in);
  send_raw (&f->mates, DEE, "Chi", "{\"type\":\"have-pieces\",\"id\":\"" OTHER_VIA "\",\"n\":0,\"ask\":true}");
  ask_for (f, DEE, "Chi", OTHER_VIA);
  snug_await (NULL, g_strcmp0 (dee->refused, OTHER_VIA) == 0);
  g_assert_true (dee->is_refused_for_good);
  g_assert_cmpuint (dee->n_answers, ==, 0);
}

/* Who can get no more waits for those who have less, until they have it or give no answer. */
static void
test_furthest (ByHand *f, gconstpointer data)
{
  Hand *dee = &f->hands[DEE];
  SnugTransfer *in = be_left_with_dee (f, 2);

  ask_as_dee (f, 0);
  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 2);
  snug_let_pass (ASK_MS);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED) || snug_transfer_is_finished (in));
  g_assert_true (is (in, SNUG_TRANSFER_PAUSED));

  ask_for (f, DEE, "Chi", OTHER_VIA);
  snug_await (NULL, g_atomic_int_get (&dee->n_channels) == 1);
  ask_as_dee (f, 2);
  g_assert_cmpuint (dee->n_have, ==, 2);
  snug_room_close (f->mates.mates.mates[DEE].room);
  snug_await (NULL, snug_mate_sees (&f->mates.mates.mates[CHI], "Dee") == NULL);
  snug_let_pass (ASK_MS);
  assert_ends_with (f, in, 2);
}

/* What was asked of her still comes; and who has it from her is asked again and again. */
static void
test_short_break (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO];
  SnugTransfer *in = inherit (f, FALSE, N_PIECES, FALSE);

  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 1);
  emit_in_room (f, "member-lost", "Ana");
  snug_await (NULL, bo->n_questions == 1);
  say_have (f, BO, "Chi", VIA, 0);
  snug_let_pass (ASK_MS);
  snug_await (NULL, bo->n_questions == 2);
  bring_unchecked (f, in, N_PIECES - 1);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->hands[ANA].n_gets, ==, 1);
  g_assert_cmpuint (bo->n_gets, ==, 0);
}

/* Who is out of reach is known to have left when it comes from Bo by then. */
static void
test_leaves_later (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO];
  SnugMate *chi = &f->mates.mates.mates[CHI];
  SnugTransfer *in = inherit (f, FALSE, N_PIECES, FALSE);

  await_heard (f, f->mates.transfers[CHI]);
  snug_peer_link_close (link_to (f, ANA, "Chi"));
  snug_await (NULL, bo->n_questions == 1);
  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, bo->n_gets == 1);
  g_assert_nonnull (snug_mate_sees (chi, "Ana"));
  snug_room_close (f->mates.mates.mates[ANA].room);
  snug_await (NULL, snug_mate_sees (chi, "Ana") == NULL);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, N_PIECES);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (bo->n_gets, ==, 1);
}

/* It was to come from Bo already, who had no time to bring anything. */
static void
test_comes_from_an_heir (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO];
  SnugTransfers *chi;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", chi, FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, OTHER_VIA, BO);
  say_via (f, "Chi", SNUG_WIRE_FILE_FROM, VIA, BO);
  tell_hashes (f);
  snug_await (NULL, bo->n_gets == 1);
  let_ana_leave (f, chi);
  snug_await (NULL, bo->n_questions == 1);
  say_have (f, BO, "Chi", OTHER_VIA, N_PIECES);
  snug_await (NULL, bo->n_gets == 2 || snug_transfer_is_finished (in));
  g_assert_cmpuint (bo->n_gets, ==, 2);
}

/* Nobody else is there. */
static void
test_slow (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, FALSE, N_PIECES);

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 1);
  snug_let_pass (WATCH_MS);
  bring_unchecked (f, in, 1);
  snug_let_pass (WATCH_MS);
  bring_unchecked (f, in, N_PIECES - 2);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
}

/* However much a slow one says that it has. */
static void
test_slow_beside_another (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left_with_dee (f, N_PIECES);

  say_have (f, BO, "Chi", VIA, G_MAXUINT);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  ask_as_dee (f, N_PIECES);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 1);
  snug_let_pass (WATCH_MS);
  snug_await (NULL, f->hands[DEE].n_gets == 1 || f->hands[BO].n_gets == 2);
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
}

/* One that brought nothing is asked again when it is back. */
static void
test_back (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO], *dee = &f->hands[DEE];

  be_left_with_dee (f, N_PIECES);
  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, bo->n_gets == 1);
  begin_to_bring (f, BO, VIA);
  stop_bringing (f);
  say_have (f, DEE, "Chi", OTHER_VIA, N_PIECES);
  snug_await (NULL, dee->n_gets == 1);

  emit_in_room (f, "member-ready", "Bo");
  snug_await (NULL, bo->n_questions == 2);
  say_have (f, BO, "Chi", VIA, N_PIECES);
  send_raw (&f->mates, DEE, "Chi", "{\"type\":\"file-cancel\",\"id\":\"" OTHER_VIA "\",\"reason\":\"bad-request\"}");
  snug_await (NULL, bo->n_gets == 2);
}

/* Who is paused takes nothing, and gives what is there. */
static void
test_paused (ByHand *f, gconstpointer data)
{
  Hand *dee = &f->hands[DEE];
  SnugTransfer *in = be_left_with_dee (f, N_PIECES);

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 1);
  snug_await (NULL, dee->n_have == 1);
  snug_transfers_pause (f->mates.transfers[CHI], in);
  snug_await (NULL, dee->is_paused);
  g_assert_cmpuint (dee->n_have, ==, 1);
  ask_for (f, DEE, "Chi", OTHER_VIA);
  snug_await (NULL, g_atomic_int_get (&dee->n_channels) == 1 || dee->refused != NULL);
  g_assert_cmpint (g_atomic_int_get (&dee->n_channels), ==, 1);
  ask_as_dee (f, 0);
  g_assert_true (dee->is_paused);
  snug_transfers_resume (f->mates.transfers[CHI], in);
  snug_await (NULL, !dee->is_paused);
  g_assert_cmpuint (dee->n_have, ==, 1);
}

/* One that is paused and has less is not waited for: it takes no more. */
static void
test_paused_with_less (ByHand *f, gconstpointer data)
{
  Hand *dee = &f->hands[DEE];
  SnugTransfer *in = be_left_with_dee (f, 2);
  guint n_questions, n_answers;

  say_have (f, BO, "Chi", VIA, N_PIECES);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  ask_as_dee (f, 0);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 2);
  snug_let_pass (ASK_MS);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED) && dee->n_questions == 2);
  n_questions = dee->n_questions;
  n_answers = dee->n_answers;
  send_raw (&f->mates, DEE, "Chi",
            "{\"type\":\"have-pieces\",\"id\":\"" OTHER_VIA "\",\"n\":0,\"ask\":true,\"paused\":true}");
  snug_await (NULL, dee->n_answers > n_answers);
  snug_let_pass (ASK_MS);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED) || dee->n_questions > n_questions);
  g_assert_cmpuint (dee->n_questions, ==, n_questions);
  assert_ends_with (f, in, 2);
}

/* --- one that has it all --------------------------------------------------------------------------- */

/* It goes to those who were named, and to nobody else. */
static void
test_heir_that_is_done (ByHand *f, gconstpointer data)
{
  Hand *ana = &f->hands[ANA], *bo = &f->hands[BO], *dee = &f->hands[DEE];
  SnugTransfers *chi;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  add_hand (f, "Dee", DEE);
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", chi, FALSE);
  snug_await (NULL, ana->n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, OTHER_VIA, DEE);
  say_via (f, "Chi", SNUG_WIRE_FILE_FROM, VIA, BO);
  snug_await (NULL, bo->n_gets == 1);
  tell_hashes (f);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, N_PIECES);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  let_ana_leave (f, chi);

  send_raw (&f->mates, BO, "Chi", "{\"type\":\"have-pieces\",\"id\":\"" OTHER_VIA "\",\"n\":0,\"ask\":true}");
  ask_for (f, BO, "Chi", OTHER_VIA);
  snug_await (NULL, g_strcmp0 (bo->refused, OTHER_VIA) == 0);
  g_assert_cmpuint (bo->n_answers, ==, 0);
  send_raw (&f->mates, DEE, "Chi", "{\"type\":\"have-pieces\",\"id\":\"" OTHER_VIA "\",\"n\":0,\"ask\":true}");
  snug_await (NULL, dee->n_answers == 1);
  g_assert_cmpuint (dee->n_have, ==, N_PIECES);
  g_assert_cmpuint (dee->n_questions, ==, 0);
  ask_for (f, DEE, "Chi", OTHER_VIA);
  snug_await (NULL, g_atomic_int_get (&dee->n_channels) == 1);
}

#define ADD(name, func) g_test_add ("/heirs/" name, ByHand, NULL, by_hand_set_up, func, by_hand_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all-of-a-file", test_all_of_a_file);
  ADD ("some-of-a-folder", test_some_of_a_folder);
  ADD ("what-was-not-told", test_what_was_not_told);
  ADD ("nobody-has-it", test_nobody_has_it);
  ADD ("liar", test_liar);
  ADD ("busy", test_busy);
  ADD ("id-of-something-else", test_id_of_something_else);
  ADD ("cancelled", test_cancelled);
  ADD ("furthest", test_furthest);
  ADD ("short-break", test_short_break);
  ADD ("leaves-later", test_leaves_later);
  ADD ("comes-from-an-heir", test_comes_from_an_heir);
  ADD ("slow", test_slow);
  ADD ("slow-beside-another", test_slow_beside_another);
  ADD ("back", test_back);
  ADD ("paused", test_paused);
  ADD ("paused-with-less", test_paused_with_less);
  ADD ("heir-that-is-done", test_heir_that_is_done);
  return g_test_run ();
}
