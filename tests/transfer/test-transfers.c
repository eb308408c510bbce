/* Files between members of a room: offered, pulled, checked, and everything that may come between.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-pieces.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
on_state (SnugTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  g_assert_cmpint (snug_transfer_get_state (transfer), !=, SNUG_TRANSFER_PAUSED);
}

static void
test_sizes (TransferMates *f, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 65535, 65536, 65537, 262144, 1048575, 1048576, 1048577, 5000000 };
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");

  snug_mates_await (&f->mates);
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("%" G_GSIZE_FORMAT ".bin", sizes[i]);
      g_autoptr (GFile) file = make_file (f, name, sizes[i]);
      SnugTransfer *in = offer (ana, bo, file);

      g_assert_cmpstr (snug_transfer_get_name (in), ==, name);
      g_assert_cmpuint (snug_transfer_get_size (in), ==, sizes[i]);
      /* `file-done` comes before the channel's end: the sender never takes it for a break */
      g_signal_connect (row (ana, (guint) i), "notify::state", G_CALLBACK (on_state), NULL);
      take (f, bo, in);
      snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
      snug_await (NULL, is (row (ana, (guint) i), SNUG_TRANSFER_DONE));
      g_assert_cmpuint (snug_transfer_get_bytes (in), ==, sizes[i]);
      g_assert_cmpstr (snug_transfer_get_fingerprint (in), ==, snug_transfer_get_fingerprint (row (ana, (guint) i)));
      assert_same_content (file, snug_transfer_get_file (in));
    }
  g_assert_cmpuint (n_files_in (f->inbox), ==, G_N_ELEMENTS (sizes));
}

static void
test_several_at_once_both_ways (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  SnugTransfer *in[24];
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  snug_mates_await (&f->mates);
  for (guint i = 0; i < G_N_ELEMENTS (in); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.bin", i);

      g_ptr_array_add (files, make_file (f, name, 300000 + i));
      in[i] = offer (i % 2 ? ana : bo, i % 2 ? bo : ana, files->pdata[i]);
    }
  /* more than may run at once: the rest wait their turn */
  for (guint i = 0; i < G_N_ELEMENTS (in); i++)
    take (f, i % 2 ? bo : ana, in[i]);
  for (guint i = 0; i < G_N_ELEMENTS (in); i++)
    {
      snug_await (NULL, is (in[i], SNUG_TRANSFER_DONE));
      assert_same_content (files->pdata[i], snug_transfer_get_file (in[i]));
    }
}

static void
test_decline_and_withdraw (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 10);
  SnugTransfer *first, *second;

  snug_mates_await (&f->mates);
  first = offer (ana, bo, file);
  snug_transfers_decline (bo, first);
  snug_await (NULL, is (row (ana, 0), SNUG_TRANSFER_DECLINED));

  second = offer (ana, bo, file);
  snug_transfers_cancel (ana, row (ana, 1));
  snug_await (NULL, is (second, SNUG_TRANSFER_CANCELLED));
  g_assert_false (snug_transfers_accept (bo, second, f->inbox, SNUG_SINK_KEEP_BOTH, NULL, NULL));
  g_assert_cmpuint (n_files_in (f->inbox), ==, 0);
}

static void
test_cancel_from_either_side (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 60000000);

  snug_mates_await (&f->mates);
  for (guint i = 0; i < 2; i++)
    {
      SnugTransfer *in = offer (ana, bo, file);

      take (f, bo, in);
      snug_await (NULL, is (in, SNUG_TRANSFER_RUNNING));
      snug_transfers_cancel (i == 0 ? ana : bo, i == 0 ? row (ana, i) : in);
      snug_await (NULL, is (in, SNUG_TRANSFER_CANCELLED) && is (row (ana, i), SNUG_TRANSFER_CANCELLED));
      snug_await (NULL, n_files_in (f->inbox) == 0);
    }
}

static void
test_pause_and_resume (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 60000000);
  SnugTransfer *in, *out;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, file);
  out = row (ana, 0);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_RUNNING));
  snug_transfers_pause (bo, in);
  snug_await (NULL, is (out, SNUG_TRANSFER_PAUSED));
  g_assert_cmpstr (snug_transfer_get_reason (out), ==, "Paused by Bo.");
  snug_transfers_pause (ana, out);
  snug_transfers_resume (bo, in);
  snug_await_idle (NULL);
  g_assert_true (is (out, SNUG_TRANSFER_PAUSED));
  snug_transfers_resume (ana, out);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_same_content (file, snug_transfer_get_file (in));
}

static void
test_offer_waits_for_who_comes (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo, *chi;
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);

  snug_await (NULL, snug_room_get_self_id (f->mates.mates[0].room) != NULL);
  start_offer (ana, file);
  snug_await (NULL, n_rows (ana) == 1);
  g_assert_cmpstr (snug_transfer_get_member_id (row (ana, 0)), ==, "");

  bo = add (f, "Bo");
  snug_await (NULL, n_rows (bo) == 1);
  g_assert_cmpuint (n_rows (ana), ==, 1);
  g_assert_cmpstr (snug_transfer_get_member_name (row (ana, 0)), ==, "Bo");

  chi = add (f, "Chi");
  snug_await (NULL, n_rows (chi) == 1);
  take (f, chi, row (chi, 0));
  snug_await (NULL, is (row (chi, 0), SNUG_TRANSFER_DONE));
  g_assert_true (is (row (bo, 0), SNUG_TRANSFER_OFFERED));
}

static const char *
id_of (TransferMates *f, const char *name)
{
  return snug_member_get_id (snug_mate_sees (&f->mates.mates[0], name));
}

static void
on_offer_made (GObject *object, GAsyncResult *result, gpointer user_data)
{
  snug_transfers_offer_finish (SNUG_TRANSFERS (object), result, user_data);
}

static void
test_offers_to_some (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo"), *chi = add (f, "Chi"), *dee = add (f, "Dee"), *eva;
  g_autoptr (GFile) some = make_file (f, "some.bin", 1000);
  g_autoptr (GFile) all = make_file (f, "all.bin", 1000);

  snug_mates_await (&f->mates);
  {
    const char *const ids[] = { id_of (f, "Dee"), id_of (f, "Bo"), NULL };

    snug_transfers_offer_async (ana, some, ids, on_offer_made, NULL);
  }
  snug_await (NULL, n_rows (bo) == 1 && n_rows (dee) == 1);
  g_assert_cmpuint (n_rows (ana), ==, 2);
  take (f, bo, row (bo, 0));
  snug_await (NULL, is (row (bo, 0), SNUG_TRANSFER_DONE));

  /* neither who was there and not chosen, nor who comes later */
  eva = add (f, "Eva");
  snug_mates_await (&f->mates);
  start_offer (ana, all);
  snug_await (NULL, n_rows (chi) == 1 && n_rows (eva) == 1);
  g_assert_cmpstr (snug_transfer_get_name (row (chi, 0)), ==, "all.bin");
  g_assert_cmpstr (snug_transfer_get_name (row (eva, 0)), ==, "all.bin");
}

static gboolean
is_away (SnugMate *mate, const char *id)
{
  SnugMember *member = snug_room_find_member (mate->room, id);

  return member != NULL && !snug_room_is_ready (mate->room, member);
}

/* In the room, and not to be reached: the offer waits for them, and is told when they can be. */
static void
test_offer_waits_for_who_is_away (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo = add (f, "Bo"), *ana;
  SnugMate *away = &f->mates.mates[0], *here = &f->mates.mates[1];
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);

  snug_await (NULL, snug_room_get_self_id (away->room) != NULL);
  snug_fake_signaling_drop (away->signaling);
  ana = add (f, "Ana");
  snug_await (NULL, is_away (here, snug_room_get_self_id (away->room)));
  start_offer (ana, file);
  snug_await (NULL, n_rows (ana) == 1);
  g_assert_cmpstr (snug_transfer_get_member_id (row (ana, 0)), ==, snug_room_get_self_id (away->room));
  g_assert_true (g_str_has_prefix (snug_transfer_get_reason (row (ana, 0)), "It is offered as soon as "));

  snug_fake_signaling_restore (away->signaling);
  snug_await (NULL, n_rows (bo) == 1);
  g_assert_cmpuint (n_rows (ana), ==, 1);
  g_assert_null (snug_transfer_get_reason (row (ana, 0)));
  g_assert_cmpstr (snug_transfer_get_member_name (row (ana, 0)), ==, "Bo");
  take (f, bo, row (bo, 0));
  snug_await (NULL, is (row (bo, 0), SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
}

static void
test_offered_again (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo"), *chi = add (f, "Chi");
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugTransfer) forgotten = NULL;

  snug_mates_await (&f->mates);
  offer (ana, bo, file);
  snug_await (NULL, n_rows (chi) == 1);
  snug_transfers_decline (bo, row (bo, 0));
  snug_await (NULL, is (row (ana, 0), SNUG_TRANSFER_DECLINED));
  snug_transfers_offer_again_async (ana, row (ana, 0), on_offer_made, NULL);
  snug_await (NULL, n_rows (bo) == 2);
  g_assert_cmpuint (n_rows (chi), ==, 1);
  g_assert_cmpuint (n_rows (ana), ==, 3);
  take (f, bo, row (bo, 1));
  snug_await (NULL, is (row (bo, 1), SNUG_TRANSFER_DONE));

  /* what was forgotten is: others may know of it still */
  snug_await (NULL, is (row (ana, 2), SNUG_TRANSFER_DONE));
  forgotten = g_object_ref (row (ana, 2));
  snug_transfers_forget (ana, forgotten);
  g_assert_cmpuint (n_rows (ana), ==, 2);
  snug_transfers_offer_again_async (ana, forgotten, on_offer_made, NULL);
  snug_await (NULL, n_rows (bo) == 3);
  take (f, bo, row (bo, 2));
  snug_await (NULL, is (row (bo, 2), SNUG_TRANSFER_DONE) && is (row (ana, 2), SNUG_TRANSFER_DONE));

  /* not what still stands, and not to who is gone */
  snug_transfers_offer_again_async (ana, row (ana, 1), on_offer_made, &error);
  snug_await (NULL, error != NULL);
  g_clear_error (&error);
  snug_room_close (f->mates.mates[1].room);
  snug_await (NULL, snug_mate_sees (&f->mates.mates[0], "Bo") == NULL);
  snug_transfers_offer_again_async (ana, row (ana, 2), on_offer_made, &error);
  snug_await (NULL, error != NULL);
  g_assert_cmpstr (error->message, ==, "Bo is not in the room.");
}

static void
test_who_leaves_takes_its_offers_along (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) small = make_file (f, "a.bin", 10);
  g_autoptr (GFile) large = make_file (f, "b.bin", 60000000);
  SnugTransfer *offered, *running;

  snug_mates_await (&f->mates);
  offered = offer (ana, bo, small);
  running = offer (ana, bo, large);
  take (f, bo, running);
  snug_await (NULL, is (running, SNUG_TRANSFER_RUNNING));
  snug_room_close (f->mates.mates[0].room);
  snug_await (NULL, is (offered, SNUG_TRANSFER_CANCELLED) && is (running, SNUG_TRANSFER_FAILED));
  g_assert_cmpstr (snug_transfer_get_reason (running), ==, "Ana has left.");
}

/* --- going on -------------------------------------------------------------------------------------- */

static void
on_bytes (SnugTransfer *transfer, GParamSpec *pspec, gpointer user_data)
{
  guint64 *first = user_data;

  if (*first == 0)
    *first = snug_transfer_get_bytes (transfer);
}

#define PIECE 1048576
#define N_SENT 3
#define SIZE (5 * PIECE + 100)

static char *
path_of_left (TransferMates *f, const char *suffix)
{
  const char *folder = g_file_peek_path (f->inbox);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, ".snug-") && g_str_has_suffix (name, suffix))
      return g_build_filename (folder, name, NULL);
  return NULL;
}

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

static guint
n_noted (TransferMates *f)
{
  g_autofree char *path = path_of_left (f, ".journal");
  g_autofree char *content = NULL;
  gsize length = 0;

  if (path == NULL || !g_file_get_contents (path, &content, &length, NULL) || memchr (content, '\n', length) == NULL)
    return 0;
  return (guint) ((length - (gsize) ((char *) memchr (content, '\n', length) + 1 - content)) / 32);
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

  g_signal_connect (row (chi, n_rows (chi) - 1), "notify::bytes", G_CALLBACK (on_bytes), first_bytes);
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

static void
test_changed_source_is_noticed (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);
  g_autoptr (GFile) shorter = NULL;
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, file);
  shorter = make_file (f, "a.bin", 900);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED) && is (row (ana, 0), SNUG_TRANSFER_FAILED));
  g_assert_cmpstr (snug_transfer_get_reason (in), ==, "The file has changed since it was offered.");
  snug_await (NULL, n_files_in (f->inbox) == 0);
  /* offered anew as it is now, to go through this time */
  in = row (bo, 1);
  g_assert_cmpuint (snug_transfer_get_size (in), ==, 900);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_same_content (shorter, snug_transfer_get_file (in));
}

static void
test_requests_for_what_is_not_offered (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autoptr (GFile) file = make_file (f, "a.bin", 1000);
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  send_raw (f, 1, "Ana", "{\"type\":\"file-get\",\"id\":\"unknown\",\"from\":{\"entry\":0,\"offset\":0}}");
  send_raw (f, 1, "Ana", "{\"type\":\"file-done\",\"id\":\"unknown\",\"fingerprint\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}");
  send_raw (f, 1, "Ana", "{\"type\":\"file-pause\",\"id\":\"unknown\",\"on\":true}");
  send_raw (f, 0, "Bo", "{\"type\":\"file-withdraw\",\"id\":\"unknown\"}");
  send_raw (f, 0, "Bo", "{\"type\":\"file-cancel\",\"id\":\"unknown\"}");
  /* all of it answered or ignored: a transfer still goes through */
  in = offer (ana, bo, file);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
}

/* What a hostile sender puts on the channel; "N" stands for N zero bytes in one binary. */
typedef struct
{
  const char *why;
  const char *messages[8];
} Bad;

#define ZERO_HASH_5 "{\"sha256\":\"iFVQiq3hbsVz0h5qSF39CnYkCFwaFLXs3WSF3gxoOaQ\"}"
#define HEADER "{\"entry\":0,\"offset\":0,\"size\":5}"

static const Bad bad[] = {
  { "wrong hash", { HEADER, "5", "{\"sha256\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}" } },
  { "more bytes than the size", { HEADER, "6" } },
  { "more bytes, in two", { HEADER, "5", "1" } },
  { "hash too early", { HEADER, "4", ZERO_HASH_5 } },
  { "hash of nothing", { HEADER, ZERO_HASH_5 } },
  { "an empty binary", { HEADER, "0" } },
  { "bytes before the header", { "5", HEADER } },
  { "another size", { "{\"entry\":0,\"offset\":0,\"size\":4}" } },
  { "another entry", { "{\"entry\":1,\"offset\":0,\"size\":5}" } },
  { "another offset", { "{\"entry\":0,\"offset\":1,\"size\":5}" } },
  { "two headers", { HEADER, HEADER } },
  { "nonsense", { "{" } },
  { "text of no meaning", { "{\"x\":1}" } },
};

/* In the network context. */
static void
on_hostile_channel (SnugDataChannel *channel, gpointer user_data)
{
  const Bad *one = user_data;

  g_assert_nonnull (channel);
  for (gsize i = 0; one->messages[i] != NULL; i++)
    {
      g_autofree guint8 *zeros = g_malloc0 (16);
      g_autoptr (GBytes) bytes = NULL;

      if (!g_ascii_isdigit (*one->messages[i]))
        {
          snug_data_channel_send_text (channel, one->messages[i], NULL);
          continue;
        }
      bytes = g_bytes_new (zeros, (gsize) atoi (one->messages[i]));
      snug_data_channel_send_bytes (channel, bytes, NULL);
    }
}

static void
test_bad_data_is_refused (TransferMates *f, gconstpointer data)
{
  SnugMate *ana;
  SnugTransfers *bo;

  /* Ana has no transfers of her own: what she says here is said by hand */
  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[0];

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *id = g_strdup_printf ("bad%" G_GSIZE_FORMAT, i);
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"%s\",\"name\":\"x\",\"size\":5}", id);

      g_test_message ("%s", bad[i].why);
      send_raw (f, 0, "Bo", text);
      snug_await (NULL, n_rows (bo) == i + 1);
      take (f, bo, row (bo, (guint) i));
      snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL,
                                   id, on_hostile_channel, (gpointer) &bad[i], NULL);
      snug_await (NULL, is (row (bo, (guint) i), SNUG_TRANSFER_FAILED));
      g_assert_nonnull (snug_transfer_get_reason (row (bo, (guint) i)));
    }
  snug_await (NULL, n_files_in (f->inbox) == 0);
}

static const Bad five_zeros = { "five zeros", { HEADER, "5", ZERO_HASH_5 } };

/* 1980 … tomorrow; anything else is now. */
static void
test_times_that_are_believed (TransferMates *f, gconstpointer data)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const struct { gint64 said; gboolean believed; } rows[] = {
    { 315532799, FALSE }, { 315532800, TRUE }, { now + 86400 - 60, TRUE }, { now + 86400 + 3600, FALSE },
  };
  SnugTransfers *bo;

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *id = g_strdup_printf ("t%u", i);
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"%s\",\"name\":\"x\",\"size\":5,"
                                               "\"mtime\":%" G_GINT64_FORMAT "}", id, rows[i].said);
      GStatBuf info;

      send_raw (f, 0, "Bo", text);
      snug_await (NULL, n_rows (bo) == i + 1);
      take (f, bo, row (bo, i));
      snug_peer_link_open_channel (snug_room_get_link (f->mates.mates[0].room, snug_mate_sees (&f->mates.mates[0], "Bo")),
                                   SNUG_WIRE_FILE_LABEL, id, on_hostile_channel, (gpointer) &five_zeros, NULL);
      snug_await (NULL, is (row (bo, i), SNUG_TRANSFER_DONE));
      g_assert_cmpint (g_stat (g_file_peek_path (snug_transfer_get_file (row (bo, i))), &info), ==, 0);
      if (rows[i].believed)
        g_assert_cmpint (info.st_mtime, ==, rows[i].said);
      else
        g_assert_cmpint (info.st_mtime, >=, now);
      g_assert_true (rows[i].believed || info.st_mtime < now + 3600);
    }
}

typedef struct
{
  GString *refused;    /* "id:reason " … */
  int      n_channels;
} Gets;

static void
on_get_refused (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  g_string_append_printf (((Gets *) user_data)->refused, "%s:%s ", message->id, message->reason);
}

/* In the network context. Who does not say that it has the file keeps the sender waiting. */
static void
on_expected (SnugFileStream *stream, gpointer user_data)
{
  if (stream != NULL)
    g_atomic_int_inc (&((Gets *) user_data)->n_channels);
}

static void
nothing_to_free (gpointer data)
{
}

static void
get_raw (TransferMates *f, Gets *gets, const char *id, const char *from)
{
  SnugMate *bo = &f->mates.mates[1];
  g_autofree char *text = g_strdup_printf ("{\"type\":\"file-get\",\"id\":\"%s\",\"from\":%s}", id, from);

  snug_peer_link_expect_file (snug_room_get_link (bo->room, snug_mate_sees (bo, "Ana")), id, on_expected, gets,
                              nothing_to_free);
  send_raw (f, 1, "Ana", text);
}

#define FROM_START "{\"entry\":0,\"offset\":0}"
#define SOME_HASH "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\""

static void
test_at_most_eight_gets (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana");
  Gets gets = { .refused = g_string_new (NULL) };
  g_autofree char *cancel = NULL;
  g_autofree char *wanted = NULL;
  const char *ids[9];

  snug_mates_add (&f->mates, "Bo");
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_FILE_CANCEL, on_get_refused, &gets);
  snug_mates_await (&f->mates);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u.bin", i);
      g_autoptr (GFile) file = make_file (f, name, 1000);

      start_offer (ana, file);
      snug_await (NULL, n_rows (ana) == i + 1);
      ids[i] = snug_transfer_get_wire_id (row (ana, i));
    }

  /* What is not there: another entry, and what is behind the end. */
  get_raw (f, &gets, ids[8], "{\"entry\":1,\"offset\":0}");
  get_raw (f, &gets, ids[8], "{\"entry\":0,\"offset\":1048576},\"have\":" SOME_HASH);
  wanted = g_strdup_printf ("%s:bad-request %s:bad-request ", ids[8], ids[8]);
  snug_await (NULL, gets.refused->len >= strlen (wanted));
  g_assert_cmpstr (gets.refused->str, ==, wanted);

  for (guint i = 0; i < 8; i++)
    get_raw (f, &gets, ids[i], FROM_START);
  snug_await (NULL, g_atomic_int_get (&gets.n_channels) == 8);
  get_raw (f, &gets, ids[8], FROM_START);
  snug_await (NULL, gets.refused->len > strlen (wanted));
  g_assert_true (is (row (ana, 8), SNUG_TRANSFER_OFFERED));
  /* One of the eight again is one of the eight. */
  get_raw (f, &gets, ids[0], FROM_START);
  snug_await (NULL, g_atomic_int_get (&gets.n_channels) == 9);

  cancel = g_strdup_printf ("{\"type\":\"file-cancel\",\"id\":\"%s\"}", ids[0]);
  send_raw (f, 1, "Ana", cancel);
  get_raw (f, &gets, ids[8], FROM_START);
  snug_await (NULL, g_atomic_int_get (&gets.n_channels) == 10);
  g_assert_cmpuint (gets.refused->len, ==, strlen (wanted) / 2 * 3);
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_FILE_CANCEL, NULL, NULL);
  snug_transfers_set_room (ana, NULL, NULL);
  g_string_free (gets.refused, TRUE);
}

static void
on_heard (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* An offer of a folder without a manifest is one of a version that we do not know. */
static void
test_folders_without_manifest_are_declined (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  gboolean declined = FALSE;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_room_set_handler (f->mates.mates[0].room, SNUG_WIRE_FILE_DECLINE, on_heard, &declined);
  snug_mates_await (&f->mates);
  send_raw (f, 0, "Bo", "{\"type\":\"file-offer\",\"id\":\"folder\",\"name\":\"x\",\"size\":1,\"kind\":\"folder\",\"count\":1}");
  snug_await (NULL, declined);
  g_assert_cmpuint (n_rows (bo), ==, 0);
}

/* --- folders --------------------------------------------------------------------------------------- */

static void
test_a_folder_stays_a_folder (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  g_assert_cmpstr (snug_transfer_get_name (in), ==, "Holiday");
  g_assert_cmpuint (snug_transfer_get_size (in), ==, 10 + 3 * 1048576 + 5 + 1 + 1048576);
  g_assert_cmpstr (snug_transfer_get_mime_type (in), ==, "inode/directory");
  g_assert_true (snug_transfer_is_folder (in) && snug_transfer_is_folder (row (ana, 0)));
  g_assert_cmpuint (snug_transfer_get_n_items (in), ==, 8);
  g_assert_cmpuint (snug_transfer_get_n_items (row (ana, 0)), ==, 8);
  g_assert_cmpstr (snug_transfer_get_reason (row (ana, 0)), ==, "2 links, devices and the like are left out.");
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  g_assert_cmpstr (snug_transfer_get_fingerprint (in), ==, snug_transfer_get_fingerprint (row (ana, 0)));
  g_assert_cmpuint (snug_transfer_get_bytes (in), ==, snug_transfer_get_size (in));
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
  g_assert_cmpuint (n_files_in (f->inbox), ==, 1);

  /* once more: beside the first */
  in = offer (ana, bo, folder);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  g_assert_true (g_str_has_suffix (g_file_peek_path (snug_transfer_get_file (in)), "/Holiday (2)"));
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
}

static void
test_an_empty_folder (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = g_build_filename (f->path, "Nothing", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  SnugTransfer *in;

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (ana, 0), SNUG_TRANSFER_DONE));
  g_assert_true (g_file_test (g_file_peek_path (snug_transfer_get_file (in)), G_FILE_TEST_IS_DIR));
}

/* One file of it is another than when it was offered: offered anew, and then all of it is there. */
static void
test_a_changed_file_in_a_folder (TransferMates *f, gconstpointer data)
{
  SnugTransfers *ana = add (f, "Ana"), *bo = add (f, "Bo");
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  SnugTransfer *in;

  snug_mates_await (&f->mates);
  in = offer (ana, bo, folder);
  put (path, "sub/one", 2, 1600000003);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_FAILED));
  snug_await (NULL, n_rows (bo) == 2);
  in = row (bo, 1);
  take (f, bo, in);
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE));
  assert_is_the_tree (path, g_file_peek_path (snug_transfer_get_file (in)));
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

/* What a hostile sender says of a folder whose manifest is one file "a" of 5 bytes. */
#define LINE "{\"path\":[\"a\"],\"size\":5}\n"
#define MANIFEST_HEADER "{\"entry\":\"manifest\",\"offset\":0,\"size\":24}"

static const Bad bad_folders[] = {
  { "an entry before the manifest", { HEADER } },
  { "another size of the manifest", { "{\"entry\":\"manifest\",\"offset\":0,\"size\":25}" } },
  { "another manifest", { MANIFEST_HEADER, "{\"path\":[\"b\"],\"size\":5}\n", "hash" } },
  { "two manifests", { MANIFEST_HEADER, LINE, "hash", MANIFEST_HEADER } },
  { "an entry that is not there", { MANIFEST_HEADER, LINE, "hash", "{\"entry\":1,\"offset\":0,\"size\":5}" } },
  { "another size than in the manifest", { MANIFEST_HEADER, LINE, "hash", "{\"entry\":0,\"offset\":0,\"size\":4}" } },
  { "an entry twice", { MANIFEST_HEADER, LINE, "hash", HEADER, "5", ZERO_HASH_5, HEADER } },
};

/* In the network context. */
static void
on_hostile_folder (SnugDataChannel *channel, gpointer user_data)
{
  const Bad *one = user_data;
  const char *last = "";

  for (gsize i = 0; one->messages[i] != NULL; i++)
    {
      const char *message = one->messages[i];
      gboolean is_line = g_str_has_suffix (message, "\n");
      g_autoptr (GBytes) bytes = is_line ? g_bytes_new (message, strlen (message)) : g_bytes_new ("\0\0\0\0\0", 5);
      SnugWireFileText text = { .is_hash = TRUE };
      g_autofree char *json = NULL;

      snug_piece_hash ((const guint8 *) last, strlen (last), text.hash);
      json = snug_wire_encode_file_text (&text);
      if (is_line || *message == '5')
        snug_data_channel_send_bytes (channel, bytes, NULL);
      else
        snug_data_channel_send_text (channel, *message == 'h' ? json : message, NULL);
      last = message;
    }
}

static void
test_bad_folders_are_refused (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  SnugMate *ana;
  guint8 hash[SNUG_WIRE_HASH_BYTES];
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);

  snug_mates_add (&f->mates, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  ana = &f->mates.mates[0];
  snug_piece_hash ((const guint8 *) LINE, strlen (LINE), hash);
  g_assert_cmpuint (strlen (LINE), ==, 24);
  message->name = g_strdup ("x");
  message->size = 5;
  message->kind = SNUG_WIRE_KIND_FOLDER;
  message->count = 1;
  message->manifest = g_bytes_new (hash, sizeof hash);
  message->manifest_size = 24;

  for (guint i = 0; i < G_N_ELEMENTS (bad_folders); i++)
    {
      g_autofree char *text = NULL;

      g_test_message ("%s", bad_folders[i].why);
      g_free (message->id);
      message->id = g_strdup_printf ("bad%u", i);
      text = snug_wire_encode (message);
      send_raw (f, 0, "Bo", text);
      snug_await (NULL, n_rows (bo) == i + 1);
      take (f, bo, row (bo, i));
      snug_peer_link_open_channel (snug_room_get_link (ana->room, snug_mate_sees (ana, "Bo")), SNUG_WIRE_FILE_LABEL,
                                   message->id, on_hostile_folder, (gpointer) &bad_folders[i], NULL);
      snug_await (NULL, snug_transfer_is_finished (row (bo, i)));
      if (strcmp (bad_folders[i].why, "an entry twice") != 0)
        g_assert_true (is (row (bo, i), SNUG_TRANSFER_FAILED));
    }
  snug_await (NULL, n_files_in (f->inbox) <= 1);
}

typedef struct
{
  TransferMates *f;
  guint    n_sent;
} Flood;

/* One more offer at each tick, slower than the rate that is taken; then words that show what was heard. */
static gboolean
on_flood_tick (gpointer user_data)
{
  Flood *flood = user_data;
  g_autofree char *offer_text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"g%u\",\"name\":\"x\",\"size\":1}",
                                                 flood->n_sent);

  send_raw (flood->f, 0, "Bo", flood->n_sent < 25 ? offer_text : "{\"type\":\"chat\",\"id\":\"c\",\"text\":\"x\"}");
  flood->n_sent++;
  return G_SOURCE_CONTINUE;
}

static void
test_at_most_200_standing_offers (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;
  Flood flood = { .f = f };
  gboolean heard = FALSE;
  guint tick;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_room_set_handler (f->mates.mates[1].room, SNUG_WIRE_CHAT, on_heard, &heard);
  snug_mates_await (&f->mates);
  for (guint i = 0; i < 190; i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"f%u\",\"name\":\"../../x\",\"size\":1}", i);
      send_raw (f, 0, "Bo", text);
    }
  snug_await (NULL, n_rows (bo) == 190);
  g_assert_cmpstr (snug_transfer_get_name (row (bo, 0)), ==, "_.._x");

  tick = g_timeout_add (60, on_flood_tick, &flood);
  snug_await (NULL, heard);
  g_source_remove (tick);
  g_assert_cmpuint (n_rows (bo), ==, 200);
}

/* What stands stays; of what came to nothing the last fifty are kept. */
static void
test_offers_withdrawn_without_end (TransferMates *f, gconstpointer data)
{
  SnugTransfers *bo;

  add (f, "Ana");
  bo = add (f, "Bo");
  snug_mates_await (&f->mates);
  send_raw (f, 0, "Bo", "{\"type\":\"file-offer\",\"id\":\"stands\",\"name\":\"x\",\"size\":1}");
  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *said = g_strdup_printf ("{\"type\":\"file-offer\",\"id\":\"v%u\",\"name\":\"x\",\"size\":1}", i);
      g_autofree char *taken_back = g_strdup_printf ("{\"type\":\"file-withdraw\",\"id\":\"v%u\"}", i);

      send_raw (f, 0, "Bo", said);
      send_raw (f, 0, "Bo", taken_back);
    }
  snug_await (NULL, n_rows (bo) > 0
                    && strcmp (snug_transfer_get_wire_id (row (bo, n_rows (bo) - 1)), "v59") == 0
                    && is (row (bo, n_rows (bo) - 1), SNUG_TRANSFER_CANCELLED));
  g_assert_cmpuint (n_rows (bo), ==, 51);
  g_assert_cmpstr (snug_transfer_get_wire_id (row (bo, 0)), ==, "stands");
  g_assert_true (is (row (bo, 0), SNUG_TRANSFER_OFFERED));
  g_assert_cmpstr (snug_transfer_get_wire_id (row (bo, 1)), ==, "v10");
}

#define ADD(name, func) g_test_add ("/transfers/" name, TransferMates, NULL, mates_set_up, func, mates_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sizes", test_sizes);
  ADD ("several-at-once-both-ways", test_several_at_once_both_ways);
  ADD ("decline-and-withdraw", test_decline_and_withdraw);
  ADD ("cancel-from-either-side", test_cancel_from_either_side);
  ADD ("pause-and-resume", test_pause_and_resume);
  ADD ("offer-waits-for-who-comes", test_offer_waits_for_who_comes);
  ADD ("offers-to-some", test_offers_to_some);
  ADD ("offer-waits-for-who-is-away", test_offer_waits_for_who_is_away);
  ADD ("offered-again", test_offered_again);
  ADD ("who-leaves-takes-its-offers-along", test_who_leaves_takes_its_offers_along);
  ADD ("somebody-else-goes-on", test_somebody_else_goes_on);
  ADD ("a-spoilt-part-is-not-trusted", test_a_spoilt_part_is_not_trusted);
  ADD ("another-file-of-the-name-is-not-mixed-in", test_another_file_of_the_name_is_not_mixed_in);
  ADD ("who-comes-back-goes-on-with-what-is-paused", test_who_comes_back_goes_on_with_what_is_paused);
  ADD ("changed-source-is-noticed", test_changed_source_is_noticed);
  ADD ("requests-for-what-is-not-offered", test_requests_for_what_is_not_offered);
  ADD ("bad-data-is-refused", test_bad_data_is_refused);
  ADD ("folders-without-manifest-are-declined", test_folders_without_manifest_are_declined);
  ADD ("a-folder-stays-a-folder", test_a_folder_stays_a_folder);
  ADD ("an-empty-folder", test_an_empty_folder);
  ADD ("a-changed-file-in-a-folder", test_a_changed_file_in_a_folder);
  ADD ("a-folder-is-gone-on-with", test_a_folder_is_gone_on_with);
  ADD ("bad-folders-are-refused", test_bad_folders_are_refused);
  ADD ("times-that-are-believed", test_times_that_are_believed);
  ADD ("at-most-eight-gets", test_at_most_eight_gets);
  ADD ("offers-withdrawn-without-end", test_offers_withdrawn_without_end);
  ADD ("at-most-200-standing-offers", test_at_most_200_standing_offers);
  return g_test_run ();
}
