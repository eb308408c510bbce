/* What somebody hands on to several goes on whole to each, whatever becomes of the others, and of where it comes from.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "by-hand.h"
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"

#define DEES_VIA "v2"

/* What a follower gets. In the network context. */
typedef struct
{
  SnugFileStream *stream;     /* owned, nullable */
  GByteArray     *content;    /* owned */
  int             n_begun;    /* atomic, as the next two */
  int             n_pieces;
  int             n_closed;
} Follower;

static void
on_begun (gpointer user_data, guint64 entry, guint64 offset, guint64 size)
{
  g_atomic_int_inc (&((Follower *) user_data)->n_begun);
}

static void
on_bytes (gpointer user_data, GBytes *slice)
{
  g_byte_array_append (((Follower *) user_data)->content, g_bytes_get_data (slice, NULL),
                       (guint) g_bytes_get_size (slice));
}

static void
on_piece (gpointer user_data, const guint8 *hash)
{
  g_atomic_int_inc (&((Follower *) user_data)->n_pieces);
}

static void
on_closed (gpointer user_data, const char *why)
{
  g_atomic_int_inc (&((Follower *) user_data)->n_closed);
}

static void
on_stream (SnugFileStream *stream, gpointer user_data)
{
  static const SnugFileListener listener = { .begun = on_begun, .bytes = on_bytes, .piece = on_piece, .closed = on_closed };
  Follower *follower = user_data;

  if (stream == NULL)
    return;
  follower->stream = g_object_ref (stream);
  snug_file_stream_set_listener (stream, &listener, follower);
}

static void
nothing_to_free (gpointer data)
{
}

static void
let_go (gpointer user_data)
{
  Follower *follower = user_data;

  if (follower->stream != NULL)
    snug_file_stream_set_listener (follower->stream, NULL, NULL);
  g_clear_object (&follower->stream);
  g_atomic_int_set (&follower->n_closed, -1);
}

static void
follower_clear (Follower *follower)
{
  snug_context_post (snug_network_get_context (), let_go, follower, NULL);
  snug_await (NULL, g_atomic_int_get (&follower->n_closed) == -1);
  g_byte_array_unref (follower->content);
}

/* --- the tests ------------------------------------------------------------------------------------- */

static void
be_four (ByHand *f)
{
  for (gsize i = 0; i < SIZE; i++)
    f->supply.content[i] = (guint8) (i >> 13);
  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  add (&f->mates, "Chi");
  add_hand (f, "Dee", DEE);
  snug_mates_await (&f->mates.mates);
}

static void
get_from_chi (ByHand *f, guint who, const char *via, Follower *follower)
{
  g_autofree char *get = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":{\"entry\":0,\"offset\":0}}", via);

  follower->content = g_byte_array_new ();
  snug_peer_link_expect_file (link_to (f, who, "Chi"), via, on_stream, follower, nothing_to_free);
  send_raw (&f->mates, who, "Chi", get);
}

static void
let_have_it (ByHand *f, const char *via, guint who)
{
  guint n_before = f->hands[ANA].n_passing;

  say_via (f, "Chi", SNUG_WIRE_FILE_PASS, via, who);
  snug_await (NULL, f->hands[ANA].n_passing == n_before + 1);
  g_assert_true (f->hands[ANA].passing);
}

static void
assert_got_all (ByHand *f, SnugTransfer *in, Follower *follower)
{
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  snug_await (NULL, g_atomic_int_get (&follower->n_pieces) == N_PIECES);
  g_assert_cmpint (g_atomic_int_get (&follower->n_begun), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&follower->n_closed), ==, 0);
  g_assert_cmpmem (follower->content->data, follower->content->len, f->supply.content, SIZE);
}

static void
cancel (ByHand *f)
{
  guint n_before = n_rows (f->mates.transfers[CHI]);

  send_raw (&f->mates, DEE, "Chi", "{\"type\":\"file-cancel\",\"id\":\"" DEES_VIA "\"}");
  send_raw (&f->mates, DEE, "Chi", "{\"type\":\"file-offer\",\"id\":\"o\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (f->mates.transfers[CHI]) == n_before + 1);
}

static void
leave (ByHand *f)
{
  snug_room_close (f->mates.mates.mates[DEE].room);
  snug_await (NULL, snug_mate_sees (&f->mates.mates.mates[CHI], "Dee") == NULL);
}

/* Refused, and that is the end of what was there. */
static void
ask_again (ByHand *f)
{
  ask_for (f, DEE, "Chi", DEES_VIA);
  snug_await (NULL, g_strcmp0 (f->hands[DEE].refused, DEES_VIA) == 0);
}

/* How Dee is cut off. */
typedef struct
{
  void (*by) (ByHand *f);
} Cut;

static void
test_other_follower (ByHand *f, gconstpointer data)
{
  const Cut *cut = data;
  Follower bo = { 0 }, dee = { 0 };
  SnugTransfer *in;

  be_four (f);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 2);
  let_have_it (f, VIA, BO);
  let_have_it (f, DEES_VIA, DEE);
  get_from_chi (f, BO, VIA, &bo);
  get_from_chi (f, DEE, DEES_VIA, &dee);
  snug_await (NULL, g_atomic_int_get (&bo.n_pieces) == 2 && g_atomic_int_get (&dee.n_pieces) == 2);

  cut->by (f);
  bring_unchecked (f, in, N_PIECES - 2);
  assert_got_all (f, in, &bo);
  g_assert_cmpint (g_atomic_int_get (&dee.n_pieces), ==, 2);
  follower_clear (&bo);
  follower_clear (&dee);
}

/* In the network context. */
static void
on_channel_from_here (SnugDataChannel *channel, gpointer user_data)
{
  Supply *supply = user_data;
  const SnugWireFileText text = { .offset = supply->n_sent, .size = SIZE };
  g_autofree char *json = snug_wire_encode_file_text (&text);

  supply->channel = g_object_ref (channel);
  snug_data_channel_send_text (channel, json, NULL);
}

/* Chi has it from Bo, who leaves her, and Dee has it from Chi. */
static void
test_other_holder (ByHand *f, gconstpointer data)
{
  Follower dee = { 0 };
  SnugTransfer *in;

  be_four (f);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_FROM, VIA, BO);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  tell_hashes (f);
  begin_to_bring (f, BO, VIA);
  bring_unchecked (f, in, 2);
  snug_await (NULL, n_noted (&f->mates) == 2);
  let_have_it (f, DEES_VIA, DEE);
  get_from_chi (f, DEE, DEES_VIA, &dee);
  snug_await (NULL, g_atomic_int_get (&dee.n_pieces) == 2);

  stop_bringing (f);
  snug_await (NULL, f->hands[ANA].n_gets == 2);
  g_assert_cmpuint (f->hands[ANA].from_offset, ==, f->supply.n_sent);
  snug_peer_link_open_channel (link_to (f, ANA, "Chi"), SNUG_WIRE_FILE_LABEL, "f", on_channel_from_here, &f->supply, NULL);
  bring_unchecked (f, in, N_PIECES - 2);
  assert_got_all (f, in, &dee);
  follower_clear (&dee);
}

/* Dee is an heir and has asked by itself: that Chi does not reach Ana any more is nothing to her. */
static void
test_lost_offerer (ByHand *f, gconstpointer data)
{
  SnugMate *chi;
  Follower dee = { 0 };
  SnugTransfer *in;

  be_four (f);
  chi = &f->mates.mates.mates[CHI];
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, DEES_VIA, DEE);
  tell_hashes (f);
  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-offer\",\"id\":\"o\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (f->mates.transfers[CHI]) == 2);
  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 2);
  get_from_chi (f, DEE, DEES_VIA, &dee);
  snug_await (NULL, g_atomic_int_get (&dee.n_pieces) == 2);

  g_signal_emit_by_name (chi->room, "member-lost", snug_mate_sees (chi, "Ana"));
  snug_await (NULL, f->hands[DEE].n_questions == 1);
  /* What was asked of her still comes. */
  bring_unchecked (f, in, N_PIECES - 2);
  assert_got_all (f, in, &dee);
  follower_clear (&dee);
}

/* A fifth one is told so, and has it from elsewhere. */
static void
test_four (ByHand *f, gconstpointer data)
{
  static const char *const more[] = { "Eve", "Fay", "Gus" };
  SnugTransfer *in;

  be_four (f);
  for (gsize i = 0; i < G_N_ELEMENTS (more); i++)
    snug_mates_add (&f->mates.mates, more[i]);
  snug_mates_await (&f->mates.mates);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 1);
  let_have_it (f, VIA, BO);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *via = g_strdup_printf ("w%u", i);

      let_have_it (f, via, DEE + i);
    }
  say_via (f, "Chi", SNUG_WIRE_FILE_PASS, "w3", DEE + 3);
  snug_await (NULL, f->hands[ANA].n_passing == 5);
  g_assert_false (f->hands[ANA].passing);
}

/* Who hears of a follower behind its own `file-pause` says at once that nothing comes from here. */
static void
test_paused (ByHand *f, gconstpointer data)
{
  SnugTransfer *in;

  be_four (f);
  in = offer_by_hand (f, "Chi", f->mates.transfers[CHI], FALSE);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  begin_to_bring (f, ANA, "f");
  bring_unchecked (f, in, 1);
  snug_transfers_pause (f->mates.transfers[CHI], in);
  say_via (f, "Chi", SNUG_WIRE_FILE_PASS, VIA, BO);
  snug_await (NULL, f->hands[ANA].n_passing == 1);
  g_assert_false (f->hands[ANA].passing);
}

#define ADD(name, func, data) g_test_add ("/passes/" name, ByHand, data, by_hand_set_up, func, by_hand_tear_down)

int
main (int argc, char **argv)
{
  static const Cut cancels = { cancel }, leaves = { leave }, asks_again = { ask_again };

  g_test_init (&argc, &argv, NULL);
  ADD ("beside-one-that-cancels", test_other_follower, &cancels);
  ADD ("beside-one-that-leaves", test_other_follower, &leaves);
  ADD ("beside-one-that-asks-again", test_other_follower, &asks_again);
  ADD ("four", test_four, NULL);
  ADD ("of-one-that-is-paused", test_paused, NULL);
  ADD ("of-one-whose-holder-stops", test_other_holder, NULL);
  ADD ("of-one-that-loses-the-one-who-offers", test_lost_offerer, NULL);
  return g_test_run ();
}
