/* How long they wait for each other who have a file of several holders: the one who offers it for a holder's answer, a
 * follower for what its holder brings, and for room on its disk, a holder for being asked.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-passing-time.h"
#include "snug-pieces.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PROTOCOL.md section 4, "Several holders of one file". */
#define ANSWER_MS 5000
#define WATCH_MS 20000
#define ASK_MS 15000
#define N_PIECES 12
#define SIZE (N_PIECES * SNUG_WIRE_PIECE_BYTES)
/* Of the folder: files of one byte, which come before the large one. */
#define N_SMALL 20
#define FOLDER_SIZE (N_SMALL + SIZE)

#define VIA "v1"
#define LATE_VIA "v2"
#define SLICE_BYTES (SNUG_WIRE_PIECE_BYTES / 4)
/* After so long a receiver shows anew how many bytes it has. */
#define PROGRESS_MS 200
/* After so long a receiver looks whether its disk has room. */
#define FULL_MS 1000

/* Who is who, by the order in which they come. */
enum { ANA, BO, CHI };

/* A member who speaks by hand, and what it hears. */
typedef struct
{
  guint     n_asked;        /* file-pass */
  guint     n_gets;
  guint64   from_offset;    /* of the last file-get */
  char     *refused;        /* owned, nullable: the id of the last file-cancel */
  gboolean  passing;        /* the last file-passing */
  guint     n_passing;
  guint64   n_have;         /* the last have-pieces */
  int       n_channels;     /* that came for it; atomic */
} Hand;

/* A file that somebody hands on, as far as they like, or a folder with that behind small files. */
typedef struct
{
  guint8          *content;    /* owned */
  GBytes          *manifest;   /* owned, nullable: of a folder */
  SnugDataChannel *channel;    /* owned; of the network context */
  guint            n_small;    /* small files that were sent */
  gsize            n_sent;     /* bytes of the file */
} Supply;

typedef struct
{
  TransferMates mates;
  Hand          hands[CHI + 1];
  Supply        supply;
} Fixture;

static int disk_is_full;

ssize_t our_pwrite (int fd, const void *data, size_t n, off_t offset) __asm__ ("pwrite64");

ssize_t
our_pwrite (int fd, const void *data, size_t n, off_t offset)
{
  if (!g_atomic_int_get (&disk_is_full))
    return syscall (SYS_pwrite64, fd, data, n, offset);
  errno = ENOSPC;
  return -1;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  mates_set_up (&f->mates, data);
  f->supply.content = g_malloc0 (SIZE);
}

static void
let_go_of_channel (gpointer user_data)
{
  g_clear_object (&((Supply *) user_data)->channel);
}

static void
tear_down (Fixture *f, gconstpointer data)
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
    case SNUG_WIRE_HAVE_PIECES:
      hand->n_have = message->pieces;
      break;
    default:
      g_free (hand->refused);
      hand->refused = g_strdup (message->id);
      break;
    }
}

static void
add_hand (Fixture *f, const char *name, guint who)
{
  static const SnugWireType types[] = {
    SNUG_WIRE_FILE_PASS, SNUG_WIRE_FILE_PASSING, SNUG_WIRE_FILE_GET, SNUG_WIRE_HAVE_PIECES, SNUG_WIRE_FILE_CANCEL
  };
  SnugRoom *room = snug_mates_add (&f->mates.mates, name)->room;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    snug_room_set_handler (room, types[i], on_word, &f->hands[who]);
}

static SnugPeerLink *
link_to (Fixture *f, guint from, const char *to)
{
  SnugMate *mate = &f->mates.mates.mates[from];

  return snug_room_get_link (mate->room, snug_mate_sees (mate, to));
}

/* What Ana says by hand. */
static void
say (Fixture *f, const char *to, SnugWireMessage *message)
{
  SnugMate *ana = &f->mates.mates.mates[ANA];

  message->id = g_strdup ("f");
  g_assert_true (snug_room_send (ana->room, snug_mate_sees (ana, to), message));
}

static void
say_via (Fixture *f, const char *to, SnugWireType type, const char *via, guint peer)
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

static void
ask_for (Fixture *f, guint from, const char *whom, const char *id)
{
  g_autofree char *get = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":{\"entry\":0,\"offset\":0}}", id);

  snug_peer_link_expect_file (link_to (f, from, whom), id, on_stream, &f->hands[from], nothing_to_free);
  send_raw (&f->mates, from, whom, get);
}

static void
offer_folder (Fixture *f, const char *to)
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
offer_file (Fixture *f, const char *to)
{
  g_autofree char *offer = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"f\",\"name\":\"x\",\"size\":%d}", SIZE);

  send_raw (&f->mates, ANA, to, offer);
}

/* Ana, by hand, offers it to whoever has a list of transfers. Returns: the row there */
static SnugTransfer *
offer_by_hand (Fixture *f, const char *to, SnugTransfers *transfers, gboolean is_folder)
{
  (is_folder ? offer_folder : offer_file) (f, to);
  snug_await (NULL, n_rows (transfers) == 1);
  take (&f->mates, transfers, row (transfers, 0));
  return row (transfers, 0);
}

/* --- the one who offers, and a holder without an answer -------------------------------------------- */

static void
test_holders_that_do_not_answer (Fixture *f, gconstpointer data)
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

/* In the network context, as all until bring(). */
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

/* Until the follower has them, checked or not. */
static void
bring_slice (Fixture *f, SnugTransfer *in)
{
  Supply *supply = &f->supply;
  guint64 before = snug_transfer_get_bytes (in);

  snug_let_pass (PROGRESS_MS);
  snug_context_post (snug_network_get_context (), send_slice, supply, NULL);
  snug_await (NULL, snug_transfer_get_bytes (in) == before + SLICE_BYTES);
  supply->n_sent += SLICE_BYTES;
}

static void
bring_unchecked (Fixture *f, SnugTransfer *in, guint n_pieces)
{
  for (guint i = 0; i < n_pieces * (SNUG_WIRE_PIECE_BYTES / SLICE_BYTES); i++)
    bring_slice (f, in);
}

static void
bring_small_unchecked (Fixture *f, SnugTransfer *in)
{
  guint64 before = snug_transfer_get_bytes (in);

  snug_let_pass (PROGRESS_MS);
  snug_context_post (snug_network_get_context (), send_small, &f->supply, NULL);
  snug_await (NULL, snug_transfer_get_bytes (in) == before + 1);
}

/* Until the follower has said that it has them. */
static void
bring (Fixture *f, SnugTransfer *in, guint n_pieces)
{
  for (guint i = 0; i < n_pieces; i++)
    {
      bring_unchecked (f, in, 1);
      snug_await (NULL, f->hands[ANA].n_have == f->supply.n_sent / SNUG_WIRE_PIECE_BYTES);
    }
}

/* Until the follower has checked them. */
static void
bring_small (Fixture *f, SnugTransfer *in, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint before = n_noted (&f->mates);

      bring_small_unchecked (f, in);
      snug_await (NULL, n_noted (&f->mates) == before + 1);
    }
  snug_await_idle (NULL);
}

static void
tell_hashes (Fixture *f)
{
  guint n_small = f->supply.manifest != NULL ? N_SMALL : 0;
  guint8 hashes[N_SMALL + N_PIECES][SNUG_WIRE_HASH_BYTES];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_PIECE_HASHES);

  for (guint i = 0; i < n_small; i++)
    snug_piece_hash ((const guint8 *) "", 1, hashes[i]);
  for (guint i = 0; i < N_PIECES; i++)
    snug_piece_hash (f->supply.content + (gsize) i * SNUG_WIRE_PIECE_BYTES, SNUG_WIRE_PIECE_BYTES,
                     hashes[n_small + i]);
  message->hashes = g_bytes_new (hashes, (n_small + N_PIECES) * sizeof *hashes);
  say (f, "Chi", message);
}

/* Ana offers, Bo is to bring it, both by hand. Returns: the row of Chi, who has asked Bo */
static SnugTransfer *
ask_to_follow (Fixture *f, gboolean is_folder)
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

static void
begin_to_bring (Fixture *f)
{
  snug_peer_link_open_channel (link_to (f, BO, "Chi"), SNUG_WIRE_FILE_LABEL, VIA, on_channel, &f->supply, NULL);
}

/* Returns: the row of Chi, who follows */
static SnugTransfer *
follow (Fixture *f, gboolean is_folder)
{
  SnugTransfer *in = ask_to_follow (f, is_folder);

  begin_to_bring (f);
  return in;
}

/* Of eleven pieces that are missing three are enough, of eight two are too few; then it is asked for anew. */
static void
test_holder_that_brings_too_little (Fixture *f, gconstpointer data)
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
test_holder_that_brings_small_files (Fixture *f, gconstpointer data)
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
fill_disk (Fixture *f, SnugTransfer *in)
{
  g_atomic_int_set (&disk_is_full, TRUE);
  tell_hashes (f);
  find_room_again (in);
}

static void
bring_the_rest (Fixture *f, SnugTransfer *in)
{
  bring_unchecked (f, in, N_PIECES - (guint) (f->supply.n_sent / SNUG_WIRE_PIECE_BYTES));
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (f->hands[ANA].n_gets, ==, 1);
  g_assert_cmpuint (n_files_in (f->mates.inbox), ==, 1);
}

static void
test_full_disk (Fixture *f, gconstpointer data)
{
  SnugTransfer *in = follow (f, FALSE);

  bring_unchecked (f, in, 3);
  fill_disk (f, in);
  bring_the_rest (f, in);
}

static void
test_full_disk_of_small_files (Fixture *f, gconstpointer data)
{
  SnugTransfer *in = follow (f, TRUE);

  for (guint i = 0; i < N_SMALL; i++)
    bring_small_unchecked (f, in);
  fill_disk (f, in);
  bring_the_rest (f, in);
}

/* What is in the folder is kept on the disk, too. */
static void
test_full_disk_for_a_manifest (Fixture *f, gconstpointer data)
{
  SnugTransfer *in = ask_to_follow (f, TRUE);

  g_atomic_int_set (&disk_is_full, TRUE);
  begin_to_bring (f);
  find_room_again (in);
  tell_hashes (f);
  for (guint i = 0; i < N_SMALL; i++)
    bring_small_unchecked (f, in);
  bring_the_rest (f, in);
}

/* Nothing is asked for before there is a place for it. */
static void
test_full_disk_from_the_beginning (Fixture *f, gconstpointer is_folder)
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

/* --- a holder that lies ---------------------------------------------------------------------------- */

/* Its own word for what it brings does not count. */
static void
test_holder_that_lies (Fixture *f, gconstpointer data)
{
  Hand *ana = &f->hands[ANA];

  follow (f, FALSE);
  tell_hashes (f);
  f->supply.content[0] ^= 1;
  for (guint i = 0; i < SNUG_WIRE_PIECE_BYTES / SLICE_BYTES; i++)
    snug_context_post (snug_network_get_context (), send_next_slice, &f->supply, NULL);
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
test_holder_that_nobody_asks (Fixture *f, gconstpointer data)
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

#define ADD_FOR(name, func, data) g_test_add ("/holder-patience/" name, Fixture, data, set_up, func, tear_down)
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
  ADD ("full-disk-for-a-manifest", test_full_disk_for_a_manifest);
  ADD ("full-disk-from-the-beginning", test_full_disk_from_the_beginning);
  ADD_FOR ("full-disk-for-a-folder-from-the-beginning", test_full_disk_from_the_beginning, "folder");
  ADD ("holder-that-lies", test_holder_that_lies);
  ADD ("holder-that-nobody-asks", test_holder_that_nobody_asks);
  return g_test_run ();
}
