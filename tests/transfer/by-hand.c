/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "by-hand.h"

#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-passing-time.h"
#include "snug-pieces.h"
#include "snug-transfer-private.h"

/* After so long a receiver shows anew how many bytes it has. */
#define PROGRESS_MS 200
void
by_hand_set_up (ByHand *f, gconstpointer data)
{
  mates_set_up (&f->mates, data);
  f->supply.content = g_malloc0 (SIZE);
}

static void
let_go_of_channel (gpointer user_data)
{
  g_clear_object (&((Supply *) user_data)->channel);
}

void
by_hand_tear_down (ByHand *f, gconstpointer data)
{
  snug_context_post (snug_network_get_context (), let_go_of_channel, &f->supply, NULL);
  mates_tear_down (&f->mates, data);
  for (gsize i = 0; i < G_N_ELEMENTS (f->hands); i++)
    g_free (f->hands[i].refused);
  g_free (f->supply.content);
  g_clear_pointer (&f->supply.manifest, g_bytes_unref);
}

static void
on_word (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  Hand *hand = user_data;

  switch ((int) message->type)
    {
    case SNUG_WIRE_FILE_PASS:
      hand->n_asked++;
      break;
    case SNUG_WIRE_FILE_PASSING:
      hand->n_passing++;
      hand->passing = message->on;
      break;
    case SNUG_WIRE_FILE_GET:
      hand->n_gets++;
      hand->from_offset = message->from_offset;
      break;
    case SNUG_WIRE_PIECE_HASHES:
      hand->first_hash = message->pieces;
      break;
    case SNUG_WIRE_FILE_HEIR:
      hand->n_heirs++;
      hand->heirs_choice = message->only != NULL ? *(const guint8 *) g_bytes_get_data (message->only, NULL) : 0;
      break;
    case SNUG_WIRE_HAVE_PIECES:
      hand->n_have = message->pieces;
      hand->is_paused = message->paused;
      hand->n_questions += message->ask;
      hand->n_answers += !message->ask;
      break;
    default:
      g_free (hand->refused);
      hand->refused = g_strdup (message->id);
      hand->is_refused_for_good = g_strcmp0 (message->reason, SNUG_WIRE_REASON_STALLED) != 0;
      break;
    }
}

void
add_hand (ByHand *f, const char *name, guint who)
{
  static const SnugWireType types[] = {
    SNUG_WIRE_FILE_PASS, SNUG_WIRE_FILE_PASSING, SNUG_WIRE_FILE_GET, SNUG_WIRE_HAVE_PIECES, SNUG_WIRE_PIECE_HASHES,
    SNUG_WIRE_FILE_HEIR, SNUG_WIRE_FILE_CANCEL
  };
  SnugRoom *room = snug_mates_add (&f->mates.mates, name)->room;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    snug_room_set_handler (room, types[i], on_word, &f->hands[who]);
}

SnugPeerLink *
link_to (ByHand *f, guint from, const char *to)
{
  SnugMate *mate = &f->mates.mates.mates[from];

  return snug_room_get_link (mate->room, snug_mate_sees (mate, to));
}

/* What Ana says. */
static void
say (ByHand *f, const char *to, SnugWireMessage *message)
{
  SnugMate *ana = &f->mates.mates.mates[ANA];

  message->id = g_strdup ("f");
  g_assert_true (snug_room_send (ana->room, snug_mate_sees (ana, to), message));
}

void
say_via (ByHand *f, const char *to, SnugWireType type, const char *via, guint peer)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (type);

  message->via = g_strdup (via);
  message->peer = g_strdup (snug_room_get_self_id (f->mates.mates.mates[peer].room));
  say (f, to, message);
}

/* In the network context. */
static void
on_stream (SnugFileStream *stream, gpointer user_data)
{
  if (stream != NULL)
    g_atomic_int_inc (&((Hand *) user_data)->n_channels);
}

static void
nothing_to_free (gpointer data)
{
}

void
ask_for (ByHand *f, guint from, const char *whom, const char *id)
{
  ask_for_entry (f, from, whom, id, 0);
}

void
ask_for_entry (ByHand *f, guint from, const char *whom, const char *id, guint entry)
{
  g_autofree char *get = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":{\"entry\":%u,\"offset\":0}}", id,
                                          entry);

  snug_peer_link_expect_file (link_to (f, from, whom), id, on_stream, &f->hands[from], nothing_to_free);
  send_raw (&f->mates, from, whom, get);
}

static void
offer_folder (ByHand *f, const char *to)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_new ();
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  for (guint i = 0; i < N_SMALL; i++)
    snug_manifest_add (manifest, g_strdup_printf ("%02u", i), 1, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("large"), SIZE, 0, FALSE);
  f->supply.manifest = snug_manifest_to_bytes (manifest);
  message->name = g_strdup ("x");
  message->size = FOLDER_SIZE;
  message->kind = SNUG_WIRE_KIND_FOLDER;
  message->count = N_SMALL + 1;
  message->manifest_size = g_bytes_get_size (f->supply.manifest);
  snug_piece_hash (g_bytes_get_data (f->supply.manifest, NULL), message->manifest_size, hash);
  message->manifest = g_bytes_new (hash, sizeof hash);
  say (f, to, message);
}

static void
offer_file (ByHand *f, const char *to)
{
  g_autofree char *offer = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"f\",\"name\":\"x\",\"size\":%d}", SIZE);

  send_raw (&f->mates, ANA, to, offer);
}

SnugTransfer *
offer_by_hand (ByHand *f, const char *to, SnugTransfers *transfers, gboolean is_folder)
{
  (is_folder ? offer_folder : offer_file) (f, to);
  snug_await (NULL, n_rows (transfers) == 1);
  take (&f->mates, transfers, row (transfers, 0));
  return row (transfers, 0);
}

/* In the network context, as all until bring_slice(). */
static void
send_header (Supply *supply, guint64 entry, guint64 size)
{
  const SnugWireFileText text = { .entry = entry, .size = size };
  g_autofree char *json = snug_wire_encode_file_text (&text);

  snug_data_channel_send_text (supply->channel, json, NULL);
}

static void
send_whole (Supply *supply, guint64 entry, GBytes *bytes)
{
  SnugWireFileText text = { .is_hash = TRUE };
  g_autofree char *json = NULL;

  send_header (supply, entry, g_bytes_get_size (bytes));
  snug_data_channel_send_bytes (supply->channel, bytes, NULL);
  snug_piece_hash (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text.hash);
  json = snug_wire_encode_file_text (&text);
  snug_data_channel_send_text (supply->channel, json, NULL);
}

static void
send_small (gpointer user_data)
{
  Supply *supply = user_data;
  g_autoptr (GBytes) byte = g_bytes_new_static ("", 1);

  send_whole (supply, supply->n_small++, byte);
  if (supply->n_small == N_SMALL)
    send_header (supply, N_SMALL, SIZE);
}

static void
on_channel (SnugDataChannel *channel, gpointer user_data)
{
  Supply *supply = user_data;

  supply->channel = g_object_ref (channel);
  if (supply->manifest != NULL)
    send_whole (supply, SNUG_WIRE_ENTRY_MANIFEST, supply->manifest);
  else
    send_header (supply, 0, SIZE);
}

static void
send_slice (gpointer user_data)
{
  Supply *supply = user_data;
  const guint8 *at = supply->content + supply->n_sent;
  gsize end = supply->n_sent + SLICE_BYTES;
  g_autoptr (GBytes) slice = g_bytes_new (at, SLICE_BYTES);
  SnugWireFileText text = { .is_hash = TRUE };
  g_autofree char *json = NULL;

  snug_data_channel_send_bytes (supply->channel, slice, NULL);
  if (end % SNUG_WIRE_PIECE_BYTES != 0)
    return;
  snug_piece_hash (supply->content + end - SNUG_WIRE_PIECE_BYTES, SNUG_WIRE_PIECE_BYTES, text.hash);
  json = snug_wire_encode_file_text (&text);
  snug_data_channel_send_text (supply->channel, json, NULL);
}

static void
send_next_slice (gpointer user_data)
{
  send_slice (user_data);
  ((Supply *) user_data)->n_sent += SLICE_BYTES;
}

static void
bring_slice (ByHand *f, SnugTransfer *in)
{
  Supply *supply = &f->supply;
  guint64 before = snug_transfer_get_bytes (in);

  snug_let_pass (PROGRESS_MS);
  snug_context_post (snug_network_get_context (), send_slice, supply, NULL);
  snug_await (NULL, snug_transfer_get_bytes (in) == before + SLICE_BYTES);
  supply->n_sent += SLICE_BYTES;
}

void
bring_unchecked (ByHand *f, SnugTransfer *in, guint n_pieces)
{
  for (guint i = 0; i < n_pieces * (SNUG_WIRE_PIECE_BYTES / SLICE_BYTES); i++)
    bring_slice (f, in);
}

void
bring_small_unchecked (ByHand *f, SnugTransfer *in)
{
  guint64 before = snug_transfer_get_bytes (in);

  snug_let_pass (PROGRESS_MS);
  snug_context_post (snug_network_get_context (), send_small, &f->supply, NULL);
  snug_await (NULL, snug_transfer_get_bytes (in) == before + 1);
}

void
tell_some_hashes (ByHand *f, guint n)
{
  guint n_small = f->supply.manifest != NULL ? N_SMALL : 0;
  guint8 hashes[N_SMALL + N_PIECES][SNUG_WIRE_HASH_BYTES];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_PIECE_HASHES);

  for (guint i = 0; i < n_small; i++)
    snug_piece_hash ((const guint8 *) "", 1, hashes[i]);
  for (guint i = 0; i < N_PIECES; i++)
    snug_piece_hash (f->supply.content + (gsize) i * SNUG_WIRE_PIECE_BYTES, SNUG_WIRE_PIECE_BYTES,
                     hashes[n_small + i]);
  message->hashes = g_bytes_new (hashes, n * sizeof *hashes);
  say (f, "Chi", message);
}

void
tell_hashes (ByHand *f)
{
  tell_some_hashes (f, (f->supply.manifest != NULL ? N_SMALL : 0) + N_PIECES);
}

void
begin_to_bring (ByHand *f, guint who, const char *via)
{
  snug_peer_link_open_channel (link_to (f, who, "Chi"), SNUG_WIRE_FILE_LABEL, via, on_channel, &f->supply, NULL);
}

static void
close_channel (gpointer user_data)
{
  snug_data_channel_close (((Supply *) user_data)->channel);
}

void
stop_bringing (ByHand *f)
{
  snug_await (NULL, f->supply.channel != NULL);
  snug_context_post (snug_network_get_context (), close_channel, &f->supply, NULL);
  snug_context_post (snug_network_get_context (), let_go_of_channel, &f->supply, NULL);
  snug_await (NULL, f->supply.channel == NULL);
}

void
send_a_piece (ByHand *f)
{
  for (guint i = 0; i < SNUG_WIRE_PIECE_BYTES / SLICE_BYTES; i++)
    snug_context_post (snug_network_get_context (), send_next_slice, &f->supply, NULL);
}
