/* Files without bytes, and folders, are known from the manifest: nobody need send them when the one who offers is gone.
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
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* After so long a receiver looks whether its disk has room. */
#define FULL_MS 1000

/* There is no room on it for the file "e". */
static int disk_is_full;

int our_openat (int folder, const char *path, int flags, ...) __asm__ ("openat64");

int
our_openat (int folder, const char *path, int flags, ...)
{
  va_list args;
  mode_t mode;

  va_start (args, flags);
  mode = va_arg (args, mode_t);
  va_end (args);
  if ((flags & O_CREAT) == 0 || strcmp (path, "e") != 0 || !g_atomic_int_get (&disk_is_full))
    return (int) syscall (SYS_openat, folder, path, flags, mode);
  errno = EDQUOT;
  return -1;
}

static SnugTransfers *
add_all (ByHand *f)
{
  SnugTransfers *chi;

  add_hand (f, "Ana", ANA);
  add_hand (f, "Bo", BO);
  chi = add (&f->mates, "Chi");
  snug_mates_await (&f->mates.mates);
  return chi;
}

/* What Ana says. */
static void
say (ByHand *f, SnugWireMessage *message)
{
  SnugMate *ana = &f->mates.mates.mates[ANA];

  message->id = g_strdup ("f");
  g_assert_true (snug_room_send (ana->room, snug_mate_sees (ana, "Chi"), message));
}

/* "x" with a large file, if that has bytes, and then the files "e" and "sub/f", and a folder "sub/nothing".
 * Returns: the row of Chi, who has asked for it */
static SnugTransfer *
offer_to_chi (ByHand *f, SnugTransfers *chi, gsize n_bytes)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_new ();
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  snug_manifest_add (manifest, g_strdup ("a"), n_bytes, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("e"), 0, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("sub"), 0, 0, TRUE);
  snug_manifest_add (manifest, g_strdup ("sub/f"), 0, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("sub/nothing"), 0, 0, TRUE);
  f->supply.manifest = snug_manifest_to_bytes (manifest);
  message->name = g_strdup ("x");
  message->size = n_bytes;
  message->kind = SNUG_WIRE_KIND_FOLDER;
  message->count = manifest->entries->len;
  message->manifest_size = g_bytes_get_size (f->supply.manifest);
  snug_piece_hash (g_bytes_get_data (f->supply.manifest, NULL), message->manifest_size, hash);
  message->manifest = g_bytes_new (hash, sizeof hash);
  say (f, message);
  snug_await (NULL, n_rows (chi) == 1);
  take (&f->mates, chi, row (chi, 0));
  snug_await (NULL, f->hands[ANA].n_gets == 1);
  return row (chi, 0);
}

static void
tell_hashes_of_large (ByHand *f)
{
  guint8 hashes[N_PIECES][SNUG_WIRE_HASH_BYTES];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_PIECE_HASHES);

  for (guint i = 0; i < N_PIECES; i++)
    snug_piece_hash (f->supply.content + (gsize) i * SNUG_WIRE_PIECE_BYTES, SNUG_WIRE_PIECE_BYTES, hashes[i]);
  message->hashes = g_bytes_new (hashes, sizeof hashes);
  say (f, message);
}

static void
assert_is_done (ByHand *f, SnugTransfer *in)
{
  static const char *const files[] = { "a", "e", "sub/f" };
  g_autoptr (GFile) nothing = g_file_new_build_filename (g_file_peek_path (f->mates.inbox), "x", "sub", "nothing", NULL);

  snug_await (NULL, snug_transfer_is_finished (in));
  g_assert_cmpstr (snug_transfer_get_reason (in), ==, NULL);
  g_assert_true (is (in, SNUG_TRANSFER_DONE));
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GFile) file = g_file_new_build_filename (g_file_peek_path (f->mates.inbox), "x", files[i], NULL);

      g_assert_cmpint (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL), ==, G_FILE_TYPE_REGULAR);
    }
  g_assert_cmpint (g_file_query_file_type (nothing, G_FILE_QUERY_INFO_NONE, NULL), ==, G_FILE_TYPE_DIRECTORY);
  g_assert_cmpuint (n_files_in (f->mates.inbox), ==, 1);
}

static void
on_looked_into (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GListModel **) user_data = snug_transfers_look_into_finish (SNUG_TRANSFERS (object), result, NULL);
}

/* Ana is gone when no more than the names is here. */
static void
test_nothing_else (ByHand *f, gconstpointer data)
{
  g_autoptr (GListModel) entries = NULL;
  SnugTransfers *chi = add_all (f);
  SnugTransfer *in = offer_to_chi (f, chi, 0);

  snug_transfers_look_into_async (chi, in, on_looked_into, &entries);
  begin_to_bring (f, ANA, "f");
  snug_await (NULL, entries != NULL);
  g_assert_true (snug_transfer_is_active (in));
  snug_room_close (f->mates.mates.mates[ANA].room);
  assert_is_done (f, in);
}

static void
send_header_of_large (gpointer user_data)
{
  const SnugWireFileText text = { .entry = 0, .size = SIZE };
  g_autofree char *json = snug_wire_encode_file_text (&text);

  snug_data_channel_send_text (((Supply *) user_data)->channel, json, NULL);
}

/* Bo brings what has bytes, and nothing else. Returns: the row of Chi */
static SnugTransfer *
have_from_bo (ByHand *f)
{
  SnugTransfers *chi = add_all (f);
  SnugTransfer *in = offer_to_chi (f, chi, SIZE);

  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, VIA, BO);
  tell_hashes_of_large (f);
  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-offer\",\"id\":\"last\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (chi) == 2);
  snug_room_close (f->mates.mates.mates[ANA].room);
  snug_await (NULL, f->hands[BO].n_questions == 1);
  send_raw (&f->mates, BO, "Chi", "{\"type\":\"have-pieces\",\"id\":\"" VIA "\",\"n\":12}");
  snug_await (NULL, f->hands[BO].n_gets == 1);
  begin_to_bring (f, BO, VIA);
  snug_await (NULL, f->supply.channel != NULL);
  snug_context_post (snug_network_get_context (), send_header_of_large, &f->supply, NULL);
  bring_unchecked (f, in, N_PIECES);
  return in;
}

static void
test_at_the_end (ByHand *f, gconstpointer data)
{
  assert_is_done (f, have_from_bo (f));
}

/* A full disk has room for the large one. */
static void
test_full_disk (ByHand *f, gconstpointer data)
{
  SnugTransfer *in;

  g_atomic_int_set (&disk_is_full, TRUE);
  in = have_from_bo (f);
  snug_await (NULL, is (in, SNUG_TRANSFER_PAUSED) || snug_transfer_is_finished (in));
  g_assert_true (is (in, SNUG_TRANSFER_PAUSED));
  g_atomic_int_set (&disk_is_full, FALSE);
  snug_let_pass (FULL_MS);
  assert_is_done (f, in);
}

/* Who has them all serves whoever lacks nothing but these: older members ask for them. */
static void
test_asked_for (ByHand *f, gconstpointer data)
{
  Hand *bo = &f->hands[BO];
  SnugTransfers *chi = add_all (f);
  SnugTransfer *in = offer_to_chi (f, chi, SIZE);

  say_via (f, "Chi", SNUG_WIRE_FILE_HEIR, VIA, BO);
  tell_hashes_of_large (f);
  begin_to_bring (f, ANA, "f");
  snug_await (NULL, f->supply.channel != NULL);
  snug_context_post (snug_network_get_context (), send_header_of_large, &f->supply, NULL);
  bring_unchecked (f, in, N_PIECES);
  send_raw (&f->mates, ANA, "Chi", "{\"type\":\"file-offer\",\"id\":\"last\",\"name\":\"y\",\"size\":1}");
  snug_await (NULL, n_rows (chi) == 2);
  snug_room_close (f->mates.mates.mates[ANA].room);
  assert_is_done (f, in);
  ask_for_entry (f, BO, "Chi", VIA, 1);
  snug_await (NULL, g_atomic_int_get (&bo->n_channels) == 1 || bo->refused != NULL);
  g_assert_cmpint (g_atomic_int_get (&bo->n_channels), ==, 1);
}

#define ADD(name, func) g_test_add ("/empty-files/" name, ByHand, NULL, by_hand_set_up, func, by_hand_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-else", test_nothing_else);
  ADD ("at-the-end", test_at_the_end);
  ADD ("full-disk", test_full_disk);
  ADD ("asked-for", test_asked_for);
  return g_test_run ();
}
