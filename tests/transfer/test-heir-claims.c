/* What an heir says that it has is a claim: whoever does not bring it does not hold up the rest, who is done is asked for
 * a while only.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "by-hand.h"
#include "snug-await.h"
#include "snug-passing-time.h"
#include "snug-pieces.h"
#include "snug-network.h"
#include "snug-transfer-private.h"

/* PROTOCOL.md section 4, "When the one who offers is gone". */
#define WATCH_MS 20000
#define MAX_KEPT 8
#define DEES_VIA "v2"

static void
say_have (ByHand *f, guint from, const char *via, guint n_pieces)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"have-pieces\",\"id\":\"%s\",\"n\":%u}", via, n_pieces);

  send_raw (&f->mates, from, "Chi", text);
}

/* When Chi has heard all that @from said to her. */
static void
await_heard (ByHand *f, guint from)
{
  guint n_before = n_rows (f->mates.transfers[CHI]);
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"o%u\",\"name\":\"y\",\"size\":1}",
                                           n_before);

  send_raw (&f->mates, from, "Chi", text);
  snug_await (NULL, n_rows (f->mates.transfers[CHI]) == n_before + 1);
}

static void
be_four (ByHand *f)
{
  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  add (&f->mates, "Chi");
  add_hand (f, "Dee", DEE);
  snug_mates_await (&f->mates.mates);
}

/* Ana has told @n_told hashes and left; Bo and Dee have said before that they have so many pieces. Returns: the row of
 * Chi */
static SnugTransfer *
be_left (ByHand *f, guint n_told, guint n_of_bo, guint n_of_dee)
{
  SnugTransfer *in;

  be_four (f);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, VIA, BO);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, DEES_VIA, DEE);
  tell_some_hashes (f, n_told);
  await_heard (f, ANA);
  say_have (f, BO, VIA, n_of_bo);
  await_heard (f, BO);
  say_have (f, DEE, DEES_VIA, n_of_dee);
  await_heard (f, DEE);
  snug_room_close (f->mates.mates.mates[ANA].room);
  snug_await (NULL, f->hands[BO].n_gets + f->hands[DEE].n_gets > 0);
  return in;
}

static void
bring_all (ByHand *f, SnugTransfer *in, guint who, const char *via)
{
  begin_to_bring (f, who, via);
  snug_await (NULL, f->supply.channel != NULL);
  for (guint i = 0; i < N_PIECES; i++)
    send_a_piece (f);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
  g_assert_cmpuint (f->hands[DEE].n_gets, ==, 1);
}

/* Nobody knows what the pieces must be that only Dee says she has: what can be used of both is as much. */
static void
test_more_than_was_told (ByHand *f, gconstpointer data)
{
  be_left (f, 2, 2, G_MAXUINT);
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
  g_assert_cmpuint (f->hands[DEE].n_gets, ==, 0);
}

static void
test_who_has_more (ByHand *f, gconstpointer data)
{
  be_left (f, N_PIECES, 2, 3);
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 0);
  g_assert_cmpuint (f->hands[DEE].n_gets, ==, 1);
}

/* Not even its channel. */
static void
test_one_that_brings_nothing (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, N_PIECES, N_PIECES, N_PIECES - 1);

  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
  snug_let_pass (WATCH_MS);
  snug_await (NULL, f->hands[DEE].n_gets == 1 || f->hands[BO].n_gets == 2);
  say_have (f, DEE, DEES_VIA, N_PIECES);
  bring_all (f, in, DEE, DEES_VIA);
}

/* At once, and whatever it brought before. */
static void
test_one_that_brings_what_is_wrong (ByHand *f, gconstpointer data)
{
  SnugTransfer *in = be_left (f, N_PIECES, N_PIECES, N_PIECES - 1);

  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 1);
  snug_await (NULL, n_noted (&f->mates) == 1);
  f->supply.content[f->supply.n_sent] ^= 1;
  send_a_piece (f);
  snug_await (NULL, f->hands[DEE].n_gets == 1 || f->hands[BO].n_gets == 2);
  g_assert_cmpuint (f->hands[BO].n_gets, ==, 1);
  g_assert_cmpuint (f->hands[DEE].from_offset, ==, SNUG_WIRE_PIECE_BYTES);
}

/* --- how many -------------------------------------------------------------------------------------- */

static void
ask_how_many (ByHand *f, guint from, const char *via)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"have-pieces\",\"id\":\"%s\",\"n\":0,\"ask\":true}", via);

  send_raw (&f->mates, from, "Chi", text);
}

/* Fourteen that nobody knows, then Dee. */
static void
test_fifteen (ByHand *f, gconstpointer data)
{
  be_four (f);
  offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  for (guint i = 0; i < 14; i++)
    {
      g_autofree char *heir = g_strdup_printf ("{\"type\":\"file-heir\",\"id\":\"f\",\"via\":\"w%u\",\"peer\":\"x%u\"}", i, i);

      send_raw (&f->mates, ANA, "Chi", heir);
    }
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, DEES_VIA, DEE);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, VIA, BO);
  await_heard (f, ANA);
  ask_how_many (f, BO, VIA);
  await_heard (f, BO);
  ask_how_many (f, DEE, DEES_VIA);
  snug_await (NULL, f->hands[DEE].n_answers == 1);
  g_assert_cmpuint (f->hands[BO].n_answers, ==, 0);
}

/* --- those that are done --------------------------------------------------------------------------- */

/* One byte, whole. In the network context. */
static void
on_channel_of_a_byte (SnugDataChannel *channel, gpointer user_data)
{
  SnugWireFileText header = { .size = 1 }, end = { .is_hash = TRUE };
  g_autofree char *header_json = snug_wire_encode_file_text (&header);
  g_autofree char *end_json = NULL;
  g_autoptr (GBytes) byte = g_bytes_new_static ("", 1);

  snug_piece_hash ((const guint8 *) "", 1, end.hash);
  end_json = snug_wire_encode_file_text (&end);
  snug_data_channel_send_text (channel, header_json, NULL);
  snug_data_channel_send_bytes (channel, byte, NULL);
  snug_data_channel_send_text (channel, end_json, NULL);
}

/* Chi has it from Ana, and Dee is its heir, who calls it "vN". */
static void
have_one (ByHand *f, guint number)
{
  SnugTransfers *chi = f->mates.transfers[CHI];
  g_autofree char *id = g_strdup_printf ("f%u", number);
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"%s\",\"name\":\"x\",\"size\":1}", id);
  g_autofree char *heir = g_strdup_printf ("{\"type\":\"file-heir\",\"id\":\"%s\",\"via\":\"v%u\",\"peer\":\"%s\"}", id,
                                           number, snug_room_get_self_id (f->mates.mates.mates[DEE].room));
  guint n_before = n_rows (chi), n_gets = f->hands[ANA].n_gets;
  SnugTransfer *in;

  send_raw (&f->mates, ANA, "Chi", text);
  snug_await (NULL, n_rows (chi) == n_before + 1);
  in = row (chi, n_before);
  take (&f->mates, chi, in);
  snug_await (NULL, f->hands[ANA].n_gets == n_gets + 1);
  send_raw (&f->mates, ANA, "Chi", heir);
  await_heard (f, ANA);
  snug_peer_link_open_channel (link_to (f, ANA, "Chi"), SNUG_WIRE_FILE_LABEL, id, on_channel_of_a_byte, NULL, NULL);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
}

static void
ask_how_much (ByHand *f, guint number)
{
  g_autofree char *text = g_strdup_printf ("{\"type\":\"have-pieces\",\"id\":\"v%u\",\"n\":0,\"ask\":true}", number);

  send_raw (&f->mates, DEE, "Chi", text);
}

static void
ask_for_one (ByHand *f, guint number)
{
  g_autofree char *via = g_strdup_printf ("v%u", number);

  ask_for (f, DEE, "Chi", via);
}

/* The last eight are kept; of one before them nothing is said, and it is refused for good. */
static void
test_kept (ByHand *f, gconstpointer data)
{
  Hand *dee = &f->hands[DEE];

  be_four (f);
  for (guint i = 0; i < MAX_KEPT; i++)
    have_one (f, i);
  ask_how_much (f, 0);
  snug_await (NULL, dee->n_answers == 1);
  g_assert_cmpuint (dee->n_have, ==, 1);

  have_one (f, MAX_KEPT);
  ask_how_much (f, 0);
  ask_for_one (f, 0);
  snug_await (NULL, g_strcmp0 (dee->refused, "v0") == 0 || g_atomic_int_get (&dee->n_channels) > 0);
  g_assert_true (dee->is_refused_for_good);
  g_assert_cmpuint (dee->n_answers, ==, 1);
  for (guint i = 1; i <= MAX_KEPT; i++)
    {
      ask_for_one (f, i);
      snug_await (NULL, g_atomic_int_get (&dee->n_channels) == (int) i);
    }
}

/* --- the one who offers, and an heir with a beginning of something else ---------------------------- */

/* Of a piece that is not so. */
#define WRONG_HAVE "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* What comes behind its beginning it is not told before that is compared. */
static void
test_another_beginning (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO], *chi = &f->hands[CHI];
  SnugTransfers *ana = add (&f->mates, "Ana"), *dee;
  g_autoptr (GFile) file = make_file (&f->mates, "film.bin", SIZE);
  g_autofree char *get = NULL;
  const char *id;

  add_hand (f, "Bo", BO);
  add_hand (f, "Chi", CHI);
  dee = add (&f->mates, "Dee");
  snug_mates_await (&f->mates.mates);
  offer (ana, dee, file);
  id = snug_transfer_get_wire_id (row (ana, 0));
  take (&f->mates, dee, row (dee, 0));
  snug_await (NULL, is (row (dee, 0), SNUG_TRANSFER_DONE));
  ask_for (f, BO, "Ana", id);
  ask_for (f, CHI, "Ana", id);
  snug_await (NULL, g_atomic_int_get (&bo->n_channels) == 1 && g_atomic_int_get (&chi->n_channels) == 1);

  get = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":{\"entry\":0,\"offset\":%d},"
                         "\"have\":\"" WRONG_HAVE "\"}", id, SNUG_WIRE_PIECE_BYTES);
  send_raw (&f->mates, BO, "Ana", get);
  snug_await (NULL, g_strcmp0 (bo->refused, id) == 0);
  g_assert_cmpuint (bo->first_hash, ==, 0);
}

/* --- one that chooses anew and anew ---------------------------------------------------------------- */

#define ANEW_MS 5000

static void
choose_as_bo (ByHand *f, const char *id, const char *only)
{
  g_autofree char *get = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":{\"entry\":0,\"offset\":0},"
                                          "\"only\":\"%s\"}", id, only);

  send_raw (&f->mates, BO, "Ana", get);
}

/* What it says in a few words is not said to all others each time. */
static void
test_choosing_anew (ByHand *f, gconstpointer data)
{
  static const char one[] = "AQ", two[] = "Aw", three[] = "Bw";
  Hand *bo = &f->hands[BO], *chi = &f->hands[CHI];
  SnugTransfers *ana = add (&f->mates, "Ana");
  g_autofree char *path = g_build_filename (f->mates.path, "three", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  const char *id;

  put (path, "a", 8 * SNUG_WIRE_PIECE_BYTES, 1600000000);
  put (path, "b", 8 * SNUG_WIRE_PIECE_BYTES, 1600000000);
  put (path, "c", 8 * SNUG_WIRE_PIECE_BYTES, 1600000000);
  add_hand (f, "Bo", BO);
  add_hand (f, "Chi", CHI);
  snug_mates_await (&f->mates.mates);
  start_offer (ana, folder);
  snug_await (NULL, n_rows (ana) == 2);
  id = snug_transfer_get_wire_id (row (ana, 0));
  ask_for (f, BO, "Ana", id);
  ask_for (f, CHI, "Ana", id);
  snug_await (NULL, bo->n_heirs == 1 && chi->n_heirs == 1);

  choose_as_bo (f, id, one);
  snug_await (NULL, chi->n_heirs == 2);
  choose_as_bo (f, id, two);
  choose_as_bo (f, id, three);
  send_raw (&f->mates, BO, "Ana", "{\"type\":\"file-offer\",\"id\":\"last\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (ana) == 3);
  snug_let_pass (ANEW_MS);
  choose_as_bo (f, id, three);
  snug_await (NULL, chi->heirs_choice == 7);
  g_assert_cmpuint (chi->n_heirs, ==, 3);
}

#define ADD(name, func) g_test_add ("/heir-claims/" name, ByHand, NULL, by_hand_set_up, func, by_hand_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("more-than-was-told", test_more_than_was_told);
  ADD ("who-has-more", test_who_has_more);
  ADD ("one-that-brings-nothing", test_one_that_brings_nothing);
  ADD ("one-that-brings-what-is-wrong", test_one_that_brings_what_is_wrong);
  ADD ("fifteen", test_fifteen);
  ADD ("kept", test_kept);
  ADD ("choosing-anew", test_choosing_anew);
  ADD ("another-beginning", test_another_beginning);
  return g_test_run ();
}
