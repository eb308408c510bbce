/* Files and folders between members of a room: offered, taken, checked, and what a person does about it meanwhile.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-transfer-private.h"
#include "transfer-mates.h"

#include <glib/gstdio.h>
#include <string.h>

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

/* Bo speaks by hand: each reason of the protocol to end it has words of its own here. */
static void
test_why_they_ended_it (TransferMates *f, gconstpointer data)
{
  static const struct { const char *reason; SnugTransferState state; const char *words; } ends[] = {
    { "user", SNUG_TRANSFER_CANCELLED, "Cancelled by Bo." },
    { "changed", SNUG_TRANSFER_FAILED, "The file has changed since it was offered." },
    { "bad-request", SNUG_TRANSFER_FAILED, "The other side no longer offers it." },
    { "bad-data", SNUG_TRANSFER_FAILED, "It arrived damaged." },
    { "disk", SNUG_TRANSFER_FAILED, "Their disk is full or cannot be written to." },
    { "stalled", SNUG_TRANSFER_FAILED, "Nothing arrived for five minutes." },
    { "of a later version", SNUG_TRANSFER_CANCELLED, "Cancelled by Bo." },
  };
  SnugTransfers *ana = add (f, "Ana");
  g_autoptr (GFile) file = make_file (f, "a.bin", 10);

  snug_mates_add (&f->mates, "Bo");
  snug_mates_await (&f->mates);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *cancel = NULL;

      start_offer (ana, file);
      snug_await (NULL, n_rows (ana) == i + 1);
      cancel = g_strdup_printf ("{\"type\":\"file-cancel\",\"id\":\"%s\",\"reason\":\"%s\"}",
                                snug_transfer_get_wire_id (row (ana, i)), ends[i].reason);
      send_raw (f, 1, "Ana", cancel);
      snug_await (NULL, !is (row (ana, i), SNUG_TRANSFER_OFFERED));
      g_assert_cmpint (snug_transfer_get_state (row (ana, i)), ==, ends[i].state);
      g_assert_cmpstr (snug_transfer_get_reason (row (ana, i)), ==, ends[i].words);
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

#define ADD(name, func) g_test_add ("/transfers/" name, TransferMates, NULL, mates_set_up, func, mates_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("sizes", test_sizes);
  ADD ("several-at-once-both-ways", test_several_at_once_both_ways);
  ADD ("decline-and-withdraw", test_decline_and_withdraw);
  ADD ("cancel-from-either-side", test_cancel_from_either_side);
  ADD ("why-they-ended-it", test_why_they_ended_it);
  ADD ("pause-and-resume", test_pause_and_resume);
  ADD ("offer-waits-for-who-comes", test_offer_waits_for_who_comes);
  ADD ("offers-to-some", test_offers_to_some);
  ADD ("offer-waits-for-who-is-away", test_offer_waits_for_who_is_away);
  ADD ("offered-again", test_offered_again);
  ADD ("who-leaves-takes-its-offers-along", test_who_leaves_takes_its_offers_along);
  ADD ("changed-source-is-noticed", test_changed_source_is_noticed);
  ADD ("a-folder-stays-a-folder", test_a_folder_stays_a_folder);
  ADD ("an-empty-folder", test_an_empty_folder);
  ADD ("a-changed-file-in-a-folder", test_a_changed_file_in_a_folder);
  return g_test_run ();
}
