/* Going on with what was broken off: what is on the disk is used, if it is of that content, and checked again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-pieces.h"
#include "transfer-mates.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PIECE 1048576
#define N_SENT 3
#define SIZE (5 * PIECE + 100)

/* Three pieces and a bit, as a sender would send them that is killed then. In the network context. */
static void
on_channel_to_break (SnugDataChannel *channel, gpointer user_data)
{
  g_autofree char *header = g_strdup_printf ("{\"entry\":0,\"offset\":0,\"size\":%d}", SIZE);
  const guint8 *content = user_data;

  snug_data_channel_send_text (channel, header, NULL);
  for (gsize at = 0; at < N_SENT * PIECE + 65536; at += 65536)
    {
      g_autoptr (GBytes) slice = g_bytes_new (content + at, 65536);
      SnugWireFileText text = { .is_hash = TRUE };
      g_autofree char *json = NULL;

      snug_data_channel_send_bytes (channel, slice, NULL);
      if ((at + 65536) % PIECE != 0)
        continue;
      snug_piece_hash (content + at + 65536 - PIECE, PIECE, text.hash);
      json = snug_wire_encode_file_text (&text);
      snug_data_channel_send_text (channel, json, NULL);
    }
}

/* Ana, who speaks by hand, offers a file to Bo and is gone when a part of it is there. */
static GFile *
break_off (TransferMates *f, SnugTransfers *bo, const char *name)
{
  GFile *file = make_file (f, name, SIZE);
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"f\",\"name\":\"%s\",\"size\":%d}", name,
                                           SIZE);
  g_autofree char *content = NULL;
  SnugMate *ana = &f->mates.mates[0];
  SnugTransfer *in;

  g_assert_true (g_file_get_contents (g_file_peek_path (file), &content, NULL, NULL));
  send_raw (f, 0, "Bo", text);
  snug_await (NULL, n_rows (bo) == 1);
  in = row (bo, 0);
  take (f, bo, in);
  snug_await (NULL, n_files_in (f->inbox) == 2);
  snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL, "f",
                               on_channel_to_break, content, NULL);
  snug_await (NULL, n_noted (f) == N_SENT);
  snug_room_close (ana->room);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpstr (snug_transfer_get_reason (in), ==, "Ana has left.");
  return file;
}

/* Chi offers @file to who takes into the same folder. Returns: the row there. */
static SnugTransfer *
offer_again (TransferMates *f, SnugTransfers *chi, SnugTransfers *bo, GFile *file, guint64 *first_bytes)
{
  SnugTransfer *in = offer (chi, bo, file);

  note_first_bytes (row (chi, n_rows (chi) - 1), first_bytes);
  take (f, bo, in);
  return in;
}

static void
test_somebody_else_goes_on (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo, *chi;
  g_autoptr (GFile) file = NULL;
  g_autofree char *part = NULL;
  SnugTransfer *in;
  guint64 first_bytes = 0;

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  file = break_off (f, bo, "a.bin");
  part = path_of_left (f, ".part");
  g_assert_nonnull (part);
  chi = add_and_await (f, "Chi");
  in = offer_again (f, chi, bo, file, &first_bytes);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (first_bytes, ==, N_SENT * PIECE);
  assert_same_content (file, snug_transfer_get_file (in));
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);
}

/* What was checked once is checked again: it lay on a disk that others write to. */
static void
test_a_spoilt_part_is_not_trusted (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo, *chi;
  g_autoptr (GFile) file = NULL;
  g_autofree char *part = NULL;
  SnugTransfer *in;
  guint64 first_bytes = 0;
  int fd;

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  file = break_off (f, bo, "a.bin");
  part = path_of_left (f, ".part");
  fd = g_open (part, O_WRONLY);
  g_assert_cmpint (pwrite (fd, "spoilt", 6, 2 * PIECE), ==, 6);
  close (fd);
  chi = add_and_await (f, "Chi");
  in = offer_again (f, chi, bo, file, &first_bytes);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_cmpuint (first_bytes, ==, 2 * PIECE);
  assert_same_content (file, snug_transfer_get_file (in));
}

/* Bound to the content, not to the name: the sender says that it is another, and offers it anew. */
static void
test_another_file_of_the_name_is_not_mixed_in (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo, *chi;
  g_autoptr (GFile) file = NULL;
  g_autofree char *other = NULL;
  g_autofree char *part = NULL;
  SnugTransfer *in;
  guint64 first_bytes = 0;

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  file = break_off (f, bo, "a.bin");
  other = g_malloc0 (SIZE);
  g_assert_true (g_file_set_contents (g_file_peek_path (file), other, SIZE, NULL));
  chi = add_and_await (f, "Chi");
  in = offer_again (f, chi, bo, file, &first_bytes);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  g_assert_cmpstr (snug_transfer_get_reason (in), ==, "The file has changed since it was offered.");

  in = row (bo, n_rows (bo) - 1);
  g_assert_true (is (in, SNUG_TRANSFER_OFFERED));
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_same_content (file, snug_transfer_get_file (in));
  /* what Ana began is still there for her */
  part = path_of_left (f, ".part");
  g_assert_nonnull (part);
}

/* The sender was killed and comes back as somebody else, before it is known that it is gone. */
static void
test_who_comes_back_goes_on_with_what_is_paused (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo"), *chi = add (f, "Chi");
  g_autoptr (GFile) file = make_file (f, "a.bin", 60000000);
  SnugTransfer *first, *second;
  SnugMate *mate;
  guint64 first_bytes = 0;

  snug_mates_await (&f->mates);
  first = offer (ana, bo, file);
  take (f, bo, first);
  snug_await (NULL, snug_transfer_get_bytes (first) > 0);
  /* no second one beside it while the first runs */
  second = offer_again (f, chi, bo, file, &first_bytes);
  snug_await_idle (NULL);
  g_assert_true (is (second, SNUG_TRANSFER_ACCEPTED));
  mate = &f->mates.mates[0];
  snug_peer_link_close (snug_room_get_link (mate->room, snug_mate_sees (mate, "Bo")));
  snug_await (NULL, is (first, SNUG_TRANSFER_CANCELLED) || is (first, SNUG_TRANSFER_DONE));
  snug_await (NULL, is (second, SNUG_TRANSFER_DONE));
  assert_same_content (file, snug_transfer_get_file (second));
}

/* The receiver goes in the middle of a folder, and comes back with nothing but its disk. */
static void
test_a_folder_is_gone_on_with (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo"), *bo_again;
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  SnugTransfer *in;

  put (path, "sub/larger.bin", 40000000, 1600000000);
  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  take (f, bo, in);
  snug_await (NULL, n_noted (f) >= 6);
  snug_transfers_set_room (bo, NULL, NULL);
  snug_room_close (f->mates.mates[1].room);
  snug_await (NULL, snug_transfer_is_finished (row (ana, 0)));

  bo_again = add_and_await (f, "Bo");
  snug_await (NULL, n_rows (bo_again) == 1);
  in = row (bo_again, 0);
  take (f, bo_again, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
  assert_same_file (path, g_file_peek_path (snug_transfer_get_file (in)), "sub/larger.bin");
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);
}

static void
count_get (SnugRoom *room, SnugMember *member, SnugWireMessage *get, gpointer user_data)
{
  guint *n_gets = user_data;

  *n_gets += 1;
}

/* It may not have been heard there, and whoever heard it has forgotten it. */
static void
test_asked_again_in_a_new_session (TransferMates *f, gconstpointer data)
{
  SnugMate *ana = snug_mates_add (&f->mates, "Ana");
  SnugTransfers *bo = add (f, "Bo");
  guint n_gets = 0;

  snug_mates_await (&f->mates);
  snug_room_set_handler (ana->room, SNUG_WIRE_FILE_GET, count_get, &n_gets);
  send_raw (f, 0, "Bo", "{\"type\":\"file-offer\",\"id\":\"f\",\"name\":\"a.bin\",\"size\":5}");
  snug_await (NULL, n_rows (bo) == 1);
  take (f, bo, row (bo, 0));
  snug_await (NULL, n_gets == 1);
  snug_peer_link_begin_anew (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")));
  snug_await (NULL, n_gets == 2);
}

#define ADD(name, func) g_test_add ("/transfers/" name, TransferMates, NULL, mates_set_up, func, mates_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("somebody-else-goes-on", test_somebody_else_goes_on);
  ADD ("a-spoilt-part-is-not-trusted", test_a_spoilt_part_is_not_trusted);
  ADD ("another-file-of-the-name-is-not-mixed-in", test_another_file_of_the_name_is_not_mixed_in);
  ADD ("who-comes-back-goes-on-with-what-is-paused", test_who_comes_back_goes_on_with_what_is_paused);
  ADD ("a-folder-is-gone-on-with", test_a_folder_is_gone_on_with);
  ADD ("asked-again-in-a-new-session", test_asked_again_in_a_new_session);
  return g_test_run ();
}
