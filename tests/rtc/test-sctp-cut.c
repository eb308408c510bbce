/* Packets that are larger than the path takes, in pieces.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-sctp-cut.h"

#include <string.h>

#include "snug-bytes.h"

#define DATA 0
#define SACK 3

static GByteArray *
begin_packet (void)
{
  GByteArray *packet = g_byte_array_new ();

  snug_bytes_append_u16 (packet, 5001);
  snug_bytes_append_u16 (packet, 5001);
  snug_bytes_append_u32 (packet, 0x12345678);
  snug_bytes_append_u32 (packet, 0);
  return packet;
}

/* Filled with @mark, padding too. */
static void
add_chunk (GByteArray *packet, guint8 type, gsize n_bytes, guint8 mark)
{
  snug_bytes_append_u8 (packet, type);
  snug_bytes_append_u8 (packet, 3);
  snug_bytes_append_u16 (packet, (guint16) n_bytes);
  for (gsize i = 4; i < (n_bytes + 3) / 4 * 4; i++)
    snug_bytes_append_u8 (packet, mark);
}

/* What the pieces are, as the packets that they should be. */
static void
assert_pieces (GByteArray *whole, gsize most_bytes, GByteArray **pieces, guint n_pieces)
{
  SnugSctpCut cut = { .packet = whole->data, .n_bytes = whole->len, .most_bytes = most_bytes };
  gsize n_bytes;

  for (guint i = 0; i < n_pieces; i++)
    {
      guint8 *piece = snug_sctp_cut_next (&cut, &n_bytes);

      g_assert_nonnull (piece);
      g_assert_cmpmem (piece, n_bytes, pieces[i]->data, pieces[i]->len);
      /* who sends it writes into it */
      memset (piece + 8, 0xff, 4);
    }
  g_assert_null (snug_sctp_cut_next (&cut, &n_bytes));
}

static void
test_small_one_stays_whole (void)
{
  g_autoptr (GByteArray) whole = begin_packet ();
  g_autoptr (GByteArray) same = begin_packet ();

  add_chunk (whole, SACK, 16, 1);
  add_chunk (whole, DATA, 102, 2);
  g_byte_array_append (same, whole->data + same->len, whole->len - same->len);
  assert_pieces (whole, whole->len, &same, 1);
}

static void
test_cut_between_chunks (void)
{
  g_autoptr (GByteArray) whole = begin_packet ();
  g_autoptr (GByteArray) first = begin_packet ();
  g_autoptr (GByteArray) second = begin_packet ();
  g_autoptr (GByteArray) third = begin_packet ();
  GByteArray *pieces[] = { first, second, third };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (guint j = 0; j < 2; j++)
      {
        add_chunk (whole, DATA, 102, (guint8) (10 * i + j));
        add_chunk (pieces[i], DATA, 102, (guint8) (10 * i + j));
      }
  assert_pieces (whole, first->len, pieces, G_N_ELEMENTS (pieces));
}

/* The header of the second piece would stand in that of the packet. */
static void
test_first_chunk_is_short (void)
{
  g_autoptr (GByteArray) whole = begin_packet ();
  g_autoptr (GByteArray) first = begin_packet ();
  g_autoptr (GByteArray) second = begin_packet ();
  g_autoptr (GByteArray) third = begin_packet ();
  GByteArray *pieces[] = { first, second, third };

  add_chunk (whole, SACK, 4, 1);
  add_chunk (first, SACK, 4, 1);
  for (guint i = 1; i < G_N_ELEMENTS (pieces); i++)
    {
      add_chunk (whole, DATA, 100, (guint8) i);
      add_chunk (pieces[i], DATA, 100, (guint8) i);
    }
  assert_pieces (whole, second->len, pieces, G_N_ELEMENTS (pieces));
}

static void
test_chunk_that_is_too_large_goes_alone (void)
{
  g_autoptr (GByteArray) whole = begin_packet ();
  g_autoptr (GByteArray) first = begin_packet ();
  g_autoptr (GByteArray) second = begin_packet ();
  GByteArray *pieces[] = { first, second };

  add_chunk (whole, DATA, 100, 1);
  add_chunk (first, DATA, 100, 1);
  add_chunk (whole, DATA, 40, 2);
  add_chunk (second, DATA, 40, 2);
  assert_pieces (whole, 60, pieces, G_N_ELEMENTS (pieces));
}

/* Ends, and never past the packet. */
static void
test_nonsense (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint round = 0; round < 5000; round++)
    {
      gsize n_bytes = (gsize) g_rand_int_range (random, 1, 120), piece_bytes, n_cut = 0;
      g_autofree guint8 *packet = g_malloc (n_bytes);
      SnugSctpCut cut = { .packet = packet, .n_bytes = n_bytes, .most_bytes = (gsize) g_rand_int_range (random, 0, 60) };

      for (gsize i = 0; i < n_bytes; i++)
        packet[i] = (guint8) g_rand_int_range (random, 0, i % 4 == 2 ? 1 : 24);
      for (guint8 *piece; (piece = snug_sctp_cut_next (&cut, &piece_bytes)) != NULL; n_cut++)
        {
          g_assert_true (piece >= packet && piece + piece_bytes <= packet + n_bytes);
          memset (piece, 0, piece_bytes);
        }
      g_assert_cmpuint (n_cut, <=, n_bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sctp-cut/small-one-stays-whole", test_small_one_stays_whole);
  g_test_add_func ("/sctp-cut/cut-between-chunks", test_cut_between_chunks);
  g_test_add_func ("/sctp-cut/first-chunk-is-short", test_first_chunk_is_short);
  g_test_add_func ("/sctp-cut/chunk-that-is-too-large-goes-alone", test_chunk_that_is_too_large_goes_alone);
  g_test_add_func ("/sctp-cut/nonsense", test_nonsense);
  return g_test_run ();
}
