/* More pieces than a receiver keeps hashes of: they are told in many messages, and gone on with behind all of them.
 *
 * A file of so many would be 64 GiB; of a folder each small file is a piece.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "by-hand.h"
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-pieces.h"
#include "snug-told-hashes.h"
#include "snug-transfer-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_MORE 464
#define N_FILES (SNUG_TOLD_HASHES_MAX + N_MORE)
/* Sent at once. */
#define BATCH 1024

typedef struct
{
  ByHand           by_hand;
  GBytes          *manifest;
  guint8           hash[SNUG_WIRE_HASH_BYTES];   /* of each of the files */
  SnugDataChannel *channel;                      /* owned, nullable; of the network context */
  int              is_open;                      /* atomic */
  guint            n_sent;                       /* files, in the network context */
  guint64          from_entry;                   /* of the last file-get to Dee */
  GBytes          *have;
  GBytes          *fingerprint;                  /* nullable: of file-done to her */
} Many;

static void
set_up (Many *m, gconstpointer data)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_new ();

  by_hand_set_up (&m->by_hand, data);
  for (guint i = 0; i < N_FILES; i++)
    snug_manifest_add (manifest, g_strdup_printf ("%05u", i), 1, 0, FALSE);
  m->manifest = snug_manifest_to_bytes (manifest);
  snug_piece_hash ((const guint8 *) "", 1, m->hash);
}

static void
let_go_of_channel (gpointer user_data)
{
  g_clear_object (&((Many *) user_data)->channel);
  g_atomic_int_set (&((Many *) user_data)->is_open, FALSE);
}

static void
tear_down (Many *m, gconstpointer data)
{
  snug_context_post (snug_network_get_context (), let_go_of_channel, m, NULL);
  snug_await (NULL, !g_atomic_int_get (&m->is_open));
  by_hand_tear_down (&m->by_hand, data);
  g_bytes_unref (m->manifest);
  g_clear_pointer (&m->have, g_bytes_unref);
  g_clear_pointer (&m->fingerprint, g_bytes_unref);
}

static GBytes *
hash_of_hashes (Many *m, guint n)
{
  g_autofree guint8 *hashes = g_malloc ((gsize) n * SNUG_WIRE_HASH_BYTES);
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  for (gsize i = 0; i < n; i++)
    memcpy (hashes + i * SNUG_WIRE_HASH_BYTES, m->hash, SNUG_WIRE_HASH_BYTES);
  snug_piece_hash (hashes, (gsize) n * SNUG_WIRE_HASH_BYTES, hash);
  return g_bytes_new (hash, sizeof hash);
}

/* --- what is said ---------------------------------------------------------------------------------- */

static void
offer_many (Many *m, guint from)
{
  SnugMate *mate = &m->by_hand.mates.mates.mates[from];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  message->id = g_strdup ("f");
  message->name = g_strdup ("x");
  message->size = N_FILES;
  message->kind = SNUG_WIRE_KIND_FOLDER;
  message->count = N_FILES;
  message->manifest_size = g_bytes_get_size (m->manifest);
  snug_piece_hash (g_bytes_get_data (m->manifest, NULL), message->manifest_size, hash);
  message->manifest = g_bytes_new (hash, sizeof hash);
  g_assert_true (snug_room_send (mate->room, snug_mate_sees (mate, "Chi"), message));
}

/* Returns: the row of Chi, who takes it */
static SnugTransfer *
take_many (Many *m, guint from)
{
  SnugTransfers *chi = m->by_hand.mates.transfers[CHI];
  guint n_before = n_rows (chi);

  offer_many (m, from);
  snug_await (NULL, n_rows (chi) == n_before + 1);
  take (&m->by_hand.mates, chi, row (chi, n_before));
  return row (chi, n_before);
}

static void
tell_hashes_from (Many *m, guint first, guint n)
{
  SnugMate *ana = &m->by_hand.mates.mates.mates[ANA];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_PIECE_HASHES);
  g_autofree guint8 *hashes = g_malloc ((gsize) n * SNUG_WIRE_HASH_BYTES);

  for (gsize i = 0; i < n; i++)
    memcpy (hashes + i * SNUG_WIRE_HASH_BYTES, m->hash, SNUG_WIRE_HASH_BYTES);
  message->id = g_strdup ("f");
  message->pieces = first;
  message->hashes = g_bytes_new (hashes, (gsize) n * SNUG_WIRE_HASH_BYTES);
  g_assert_true (snug_room_send (ana->room, snug_mate_sees (ana, "Chi"), message));
}

static void
on_get (SnugRoom *room, SnugMember *member, SnugWireMessage *get, gpointer user_data)
{
  Many *m = user_data;

  m->from_entry = get->from_entry;
  g_clear_pointer (&m->have, g_bytes_unref);
  m->have = get->have != NULL ? g_bytes_ref (get->have) : NULL;
}

static void
on_done (SnugRoom *room, SnugMember *member, SnugWireMessage *done, gpointer user_data)
{
  ((Many *) user_data)->fingerprint = g_bytes_ref (done->fingerprint);
}

/* --- what is brought: in the network context ------------------------------------------------------- */

static void
send_file_text (Many *m, const SnugWireFileText *text)
{
  g_autofree char *json = snug_wire_encode_file_text (text);

  snug_data_channel_send_text (m->channel, json, NULL);
}

static void
send_piece (Many *m, GBytes *piece)
{
  SnugWireFileText text = { .is_hash = TRUE };

  for (gsize at = 0; at < g_bytes_get_size (piece); at += SLICE_BYTES)
    {
      g_autoptr (GBytes) slice = g_bytes_new_from_bytes (piece, at, MIN (SLICE_BYTES, g_bytes_get_size (piece) - at));

      snug_data_channel_send_bytes (m->channel, slice, NULL);
    }
  snug_piece_hash (g_bytes_get_data (piece, NULL), g_bytes_get_size (piece), text.hash);
  send_file_text (m, &text);
}

static void
send_manifest (Many *m)
{
  gsize size = g_bytes_get_size (m->manifest);

  send_file_text (m, &(SnugWireFileText) { .entry = SNUG_WIRE_ENTRY_MANIFEST, .size = size });
  for (gsize at = 0; at < size; at += SNUG_WIRE_PIECE_BYTES)
    {
      g_autoptr (GBytes) piece = g_bytes_new_from_bytes (m->manifest, at, MIN (SNUG_WIRE_PIECE_BYTES, size - at));

      send_piece (m, piece);
    }
}

static void
send_batch (gpointer user_data)
{
  Many *m = user_data;
  g_autoptr (GBytes) byte = g_bytes_new_static ("", 1);

  for (guint i = 0; i < BATCH && m->n_sent < N_FILES; i++)
    {
      send_file_text (m, &(SnugWireFileText) { .entry = m->n_sent++, .size = 1 });
      send_piece (m, byte);
    }
}

static void
on_channel (SnugDataChannel *channel, gpointer user_data)
{
  Many *m = user_data;

  g_set_object (&m->channel, channel);
  if (m->n_sent == 0)
    send_manifest (m);
  g_atomic_int_set (&m->is_open, TRUE);
}

/* --- the test -------------------------------------------------------------------------------------- */

static goffset
journal_bytes (Many *m)
{
  g_autofree char *path = path_of_left (&m->by_hand.mates, ".journal");
  GStatBuf info;

  return path != NULL && g_stat (path, &info) == 0 ? info.st_size : 0;
}

/* Of @n files, all that can be checked are. */
static void
bring_many (Many *m, guint who, const char *via, guint n)
{
  goffset head;

  snug_peer_link_open_channel (link_to (&m->by_hand, who, "Chi"), SNUG_WIRE_FILE_LABEL, via, on_channel, m, NULL);
  snug_await (NULL, g_atomic_int_get (&m->is_open));
  head = journal_bytes (m);
  for (guint i = 0; i < n; i += BATCH)
    {
      guint n_now = MIN (SNUG_TOLD_HASHES_MAX, MIN (i + BATCH, n));

      snug_context_post (snug_network_get_context (), send_batch, m, NULL);
      snug_await (NULL, journal_bytes (m) >= head + (goffset) n_now * SNUG_WIRE_HASH_BYTES);
    }
  g_assert_cmpint (journal_bytes (m), ==, head + (goffset) SNUG_TOLD_HASHES_MAX * SNUG_WIRE_HASH_BYTES);
}

/* Dee offers the same: Chi reads what is there, and says so. */
static void
go_on_with_dee (Many *m)
{
  SnugRoom *dee = m->by_hand.mates.mates.mates[DEE].room;
  g_autoptr (GBytes) have = hash_of_hashes (m, SNUG_TOLD_HASHES_MAX), all = hash_of_hashes (m, N_FILES);
  SnugTransfer *in;

  snug_room_set_handler (dee, SNUG_WIRE_FILE_GET, on_get, m);
  snug_room_set_handler (dee, SNUG_WIRE_FILE_DONE, on_done, m);
  in = take_many (m, DEE);
  snug_await (NULL, m->have != NULL);
  g_assert_cmpuint (m->from_entry, ==, SNUG_TOLD_HASHES_MAX);
  g_assert_true (g_bytes_equal (m->have, have));

  m->n_sent = SNUG_TOLD_HASHES_MAX;
  snug_peer_link_open_channel (link_to (&m->by_hand, DEE, "Chi"), SNUG_WIRE_FILE_LABEL, "f", on_channel, m, NULL);
  snug_await (NULL, g_atomic_int_get (&m->is_open));
  snug_context_post (snug_network_get_context (), send_batch, m, NULL);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && m->fingerprint != NULL);
  g_assert_true (g_bytes_equal (m->fingerprint, all));
  g_assert_cmpuint (n_files_in (snug_transfer_get_file (in)), ==, N_FILES);
}

/* Chi follows Bo, as far as she is told: the last ones are too far ahead. */
static void
test_folder (Many *m, gconstpointer data)
{
  ByHand *f = &m->by_hand;
  SnugTransfer *in;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  add (&f->mates, "Chi");
  add_hand (f, "Dee", DEE);
  snug_mates_await (&f->mates.mates);
  in = take_many (m, ANA);
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  say_via (f, "Chi", SNUG_WIRE_FILE_FROM, VIA, BO);
  snug_await (NULL, f->hands[BO].n_gets == 1);
  for (guint first = 0; first < SNUG_TOLD_HASHES_MAX; first += SNUG_WIRE_MAX_HASHES)
    tell_hashes_from (m, first, SNUG_WIRE_MAX_HASHES);
  tell_hashes_from (m, SNUG_TOLD_HASHES_MAX, N_MORE);
  bring_many (m, BO, VIA, N_FILES);

  snug_room_close (f->mates.mates.mates[ANA].room);
  snug_await (NULL, snug_transfer_is_finished (in));
  g_assert_false (is (in, SNUG_TRANSFER_DONE));
  snug_context_post (snug_network_get_context (), let_go_of_channel, m, NULL);
  snug_await (NULL, !g_atomic_int_get (&m->is_open));
  go_on_with_dee (m);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_test_slow ())
    g_test_add ("/many-pieces/folder", Many, NULL, set_up, test_folder, tear_down);
  return g_test_run ();
}
