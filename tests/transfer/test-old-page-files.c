/* Files to and from a page of version 1, in both roles. The server is faked, the page scripted, the
 * connections and the disk are real. Everything but the disk runs in the one context of the test.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-old-page.h"
#include "snug-room-mates.h"
#include "snug-temp-folder.h"
#include "snug-transfers.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  SnugFakeHub   *hub;
  SnugSignaling *signaling;
  SnugRoom      *room;
  SnugTransfers *transfers;
  SnugOldPage   *page;
  char          *path;
  GFile         *inbox;
  gboolean       accepts;    /* at once */
} Fixture;

static guint
n_files_in (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static guint
n_in_inbox (Fixture *f)
{
  return n_files_in (g_file_peek_path (f->inbox));
}

static void
accept (Fixture *f, SnugTransfer *transfer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (snug_transfers_accept (f->transfers, transfer, f->inbox, SNUG_SINK_KEEP_BOTH, NULL, &error));
  g_assert_no_error (error);
}

static void
on_offer (SnugTransfers *transfers, SnugTransfer *transfer, Fixture *f)
{
  if (f->accepts)
    accept (f, transfer);
}

static void
open_room (Fixture *f, const char *role)
{
  f->signaling = snug_fake_signaling_new (f->hub, role);
  f->room = snug_mate_room_new (f->signaling, g_main_context_default (), "Ana", SNUG_MATES_CODE, NULL);
  f->transfers = snug_transfers_new ();
  g_signal_connect (f->transfers, "offered", G_CALLBACK (on_offer), f);
  snug_transfers_set_room (f->transfers, f->room, g_main_context_default ());
  snug_room_open (f->room);
  snug_await (NULL, snug_room_get_self_id (f->room) != NULL);
}

/* @data: the page is the host */
static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *inbox = NULL;

  f->path = snug_temp_folder_new ();
  inbox = g_build_filename (f->path, "inbox", NULL);
  g_assert_cmpint (g_mkdir (inbox, 0700), ==, 0);
  f->inbox = g_file_new_for_path (inbox);
  f->hub = snug_fake_hub_new ();
  f->accepts = TRUE;

  if (data != NULL)
    {
      f->page = snug_old_page_new (f->hub, TRUE);
      snug_await (NULL, snug_signaling_get_state (f->page->signaling) == SNUG_SIGNALING_OPEN);
    }
  open_room (f, data != NULL ? "receiver" : "sender");
  if (data == NULL)
    f->page = snug_old_page_new (f->hub, FALSE);
  snug_await (NULL, snug_room_get_n_ready (f->room) == 1 && snug_old_page_is_open (f->page));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *kept = g_build_filename (g_get_user_cache_dir (), "snug", NULL);

  snug_transfers_set_room (f->transfers, NULL, NULL);
  g_clear_object (&f->transfers);
  snug_room_close (f->room);
  g_clear_object (&f->room);
  g_clear_object (&f->signaling);
  snug_old_page_free (f->page);
  g_clear_object (&f->hub);
  snug_await_idle (NULL);
  /* What was not decided leaves nothing. */
  g_assert_cmpuint (n_files_in (kept), ==, 0);
  g_object_unref (f->inbox);
  g_clear_pointer (&f->path, snug_temp_folder_free);
}

static GBytes *
make_bytes (gsize size)
{
  guint8 *bytes = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = (guint8) (i * 2654435761u >> 13);
  return g_bytes_new_take (bytes, size);
}

static GFile *
make_file (Fixture *f, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  return g_file_new_for_path (path);
}

static guint
n_rows (Fixture *f)
{
  return g_list_model_get_n_items (snug_transfers_get_list (f->transfers));
}

static SnugTransfer *
row (Fixture *f, guint i)
{
  g_autoptr (SnugTransfer) transfer = g_list_model_get_item (snug_transfers_get_list (f->transfers), i);

  return transfer;
}

static gboolean
is (SnugTransfer *transfer, SnugTransferState state)
{
  return snug_transfer_get_state (transfer) == state;
}

static void
on_offered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  snug_transfers_offer_finish (SNUG_TRANSFERS (object), result, &error);
  g_assert_no_error (error);
}

static SnugTransfer *
offer (Fixture *f, GFile *file)
{
  guint n = n_rows (f);

  snug_transfers_offer_async (f->transfers, file, NULL, on_offered, NULL);
  snug_await (NULL, n_rows (f) == n + 1);
  return row (f, n);
}

static void
assert_old_file (SnugOldFile *file, GBytes *bytes)
{
  g_autoptr (GBytes) got = g_bytes_new_static (file->bytes->data, file->bytes->len);

  g_assert_true (file->complete);
  g_assert_cmpuint (file->size, ==, g_bytes_get_size (bytes));
  g_assert_true (g_bytes_equal (got, bytes));
}

static void
assert_in_inbox (SnugTransfer *transfer, GBytes *bytes)
{
  g_autoptr (GBytes) got = g_file_load_bytes (snug_transfer_get_file (transfer), NULL, NULL, NULL);

  g_assert_true (g_bytes_equal (got, bytes));
}

static const gsize sizes[] = { 0, 1, 262143, 262144, 262145, 1048575, 1048576, 1048577, 5000000 };

static void
test_to_the_page (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i]);
      g_autoptr (GFile) file = make_file (f, "a.bin", bytes);
      SnugTransfer *out = offer (f, file);

      snug_await (NULL, is (out, SNUG_TRANSFER_DONE));
      g_assert_cmpuint (snug_transfer_get_bytes (out), ==, sizes[i]);
      g_assert_nonnull (snug_transfer_get_fingerprint (out));
      /* done is what the page's transport has */
      snug_await (NULL, snug_old_page_get_file (f->page, i) != NULL && snug_old_page_get_file (f->page, i)->complete);
      assert_old_file (snug_old_page_get_file (f->page, i), bytes);
      g_assert_cmpstr (snug_old_page_get_file (f->page, i)->name, ==, "a.bin");
    }
  g_assert_cmpuint (f->page->n_unknown, ==, 0);
  g_assert_cmpuint (f->page->n_channels, ==, data != NULL ? 0 : 1);
}

static void
test_from_the_page (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i]);

      /* the page may use one id for all that it sends */
      snug_old_page_send_file (f->page, "x", "../../b.bin", bytes);
      snug_await (NULL, n_rows (f) == i + 1 && is (row (f, i), SNUG_TRANSFER_DONE));
      assert_in_inbox (row (f, i), bytes);
      g_assert_cmpuint (snug_transfer_get_bytes (row (f, i)), ==, sizes[i]);
    }
  snug_await (NULL, n_in_inbox (f) == G_N_ELEMENTS (sizes));
}

/* All of it is here before anybody has looked. */
static void
test_decided_late (Fixture *f, gconstpointer data)
{
  f->accepts = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (sizes[i]);

      snug_old_page_send_file (f->page, "x", "b.bin", bytes);
      snug_await (NULL, n_rows (f) == i + 1);
      snug_old_page_send_chat (f->page, "take it");
      snug_await (NULL, snug_data_channel_get_buffered_amount (f->page->channel) == 0);
      snug_await_idle (NULL);
      g_assert_true (is (row (f, i), SNUG_TRANSFER_OFFERED));
      snug_await (NULL, n_in_inbox (f) == i);

      accept (f, row (f, i));
      snug_await (NULL, is (row (f, i), SNUG_TRANSFER_DONE));
      assert_in_inbox (row (f, i), bytes);
    }
}

/* Decided while it comes. */
static void
test_decided_in_the_middle (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (30000000);

  f->accepts = FALSE;
  snug_old_page_send_file (f->page, "x", "b.bin", bytes);
  snug_await (NULL, n_rows (f) == 1);
  snug_await (NULL, snug_data_channel_get_buffered_amount (f->page->channel) < 20000000);
  accept (f, row (f, 0));
  snug_await (NULL, is (row (f, 0), SNUG_TRANSFER_DONE));
  assert_in_inbox (row (f, 0), bytes);
}

/* It cannot be stopped: what is declined is thrown away, and the next one is whole. */
static void
test_declined (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) large = make_bytes (5000000);
  g_autoptr (GBytes) small = make_bytes (100);

  f->accepts = FALSE;
  snug_old_page_send_file (f->page, "x", "no.bin", large);
  snug_old_page_send_file (f->page, "x", "yes.bin", small);
  snug_await (NULL, n_rows (f) >= 1);
  snug_transfers_decline (f->transfers, row (f, 0));
  snug_await (NULL, n_rows (f) == 2);
  accept (f, row (f, 1));
  snug_await (NULL, is (row (f, 1), SNUG_TRANSFER_DONE));
  assert_in_inbox (row (f, 1), small);
  g_assert_true (is (row (f, 0), SNUG_TRANSFER_DECLINED));
  snug_await (NULL, n_in_inbox (f) == 1);
}

static void
test_several_both_ways_and_chat_between (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (3000000);
  g_autoptr (GFile) file = make_file (f, "a.bin", bytes);

  for (guint i = 0; i < 3; i++)
    {
      snug_transfers_offer_async (f->transfers, file, NULL, on_offered, NULL);
      snug_old_page_send_file (f->page, "x", "b.bin", bytes);
      snug_old_page_send_chat (f->page, "between");
    }
  snug_await (NULL, n_rows (f) == 6);
  for (guint i = 0; i < 6; i++)
    {
      snug_await (NULL, is (row (f, i), SNUG_TRANSFER_DONE));
      if (snug_transfer_get_direction (row (f, i)) == SNUG_TRANSFER_IN)
        assert_in_inbox (row (f, i), bytes);
    }
  /* one after the other: else the page would have taken bytes of one for the other's */
  snug_await (NULL, f->page->files->len == 3 && snug_old_page_get_file (f->page, 2)->complete);
  for (guint i = 0; i < 3; i++)
    assert_old_file (snug_old_page_get_file (f->page, i), bytes);
}

static void
test_we_cancel_what_we_send (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) large = make_bytes (60000000);
  g_autoptr (GBytes) small = make_bytes (100);
  g_autoptr (GFile) first = make_file (f, "a.bin", large);
  g_autoptr (GFile) second = make_file (f, "b.bin", small);
  SnugTransfer *running = offer (f, first), *waiting = offer (f, first), *last = offer (f, second);

  snug_await (NULL, is (running, SNUG_TRANSFER_RUNNING));
  snug_transfers_cancel (f->transfers, waiting);
  snug_transfers_cancel (f->transfers, running);
  snug_await (NULL, is (last, SNUG_TRANSFER_DONE));
  snug_await (NULL, f->page->files->len == 2 && snug_old_page_get_file (f->page, 1)->complete);
  g_assert_true (snug_old_page_get_file (f->page, 0)->cancelled);
  g_assert_false (snug_old_page_get_file (f->page, 0)->complete);
  assert_old_file (snug_old_page_get_file (f->page, 1), small);
  g_assert_true (is (waiting, SNUG_TRANSFER_CANCELLED) && is (running, SNUG_TRANSFER_CANCELLED));
}

static void
test_the_page_cancels_what_we_send (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) large = make_bytes (60000000);
  g_autoptr (GFile) file = make_file (f, "a.bin", large);
  SnugTransfer *out = offer (f, file);
  g_autofree char *cancel = NULL;

  snug_await (NULL, is (out, SNUG_TRANSFER_RUNNING) && f->page->files->len == 1);
  cancel = g_strdup_printf ("{\"type\":\"cancel\",\"id\":\"%s\"}", snug_old_page_get_file (f->page, 0)->id);
  snug_old_page_send_text (f->page, cancel);
  snug_await (NULL, is (out, SNUG_TRANSFER_CANCELLED));
}

/* Texts, and numbers of zero bytes, as the page sends them; and what becomes of the first file. */
typedef struct
{
  const char        *what;
  const char        *messages[8];
  SnugTransferState  state;
  guint              n_rows;
} Case;

#define META "{\"type\":\"file-meta\",\"id\":\"x\",\"name\":\"n\",\"size\":10,\"mimeType\":\"\"}"
#define META_Y "{\"type\":\"file-meta\",\"id\":\"y\",\"name\":\"m\",\"size\":4,\"mimeType\":\"\"}"
#define INFO "{\"type\":\"chunk-info\",\"id\":\"x\",\"index\":0,\"total\":1}"
#define COMPLETE "{\"type\":\"complete\",\"id\":\"x\"}"
#define COMPLETE_Y "{\"type\":\"complete\",\"id\":\"y\"}"

static const Case cases[] = {
  { "as it should be", { META, INFO, "10", COMPLETE }, SNUG_TRANSFER_DONE, 1 },
  { "without infos", { META, "10", COMPLETE }, SNUG_TRANSFER_DONE, 1 },
  { "in odd pieces", { META, "1", "0", "7", "2", COMPLETE }, SNUG_TRANSFER_DONE, 1 },
  { "infos that lie", { META, "{\"type\":\"chunk-info\",\"id\":\"z\",\"index\":9,\"total\":1}", "10", COMPLETE },
    SNUG_TRANSFER_DONE, 1 },
  { "the end of another file", { META, "10", COMPLETE_Y, COMPLETE }, SNUG_TRANSFER_DONE, 1 },
  { "chat between", { META, "5", "{\"type\":\"chat\",\"text\":\"hi\",\"ts\":1}", "5", COMPLETE }, SNUG_TRANSFER_DONE, 1 },
  { "too few bytes", { META, INFO, "9", COMPLETE }, SNUG_TRANSFER_FAILED, 1 },
  { "no bytes", { META, COMPLETE }, SNUG_TRANSFER_FAILED, 1 },
  { "too many bytes", { META, INFO, "11", COMPLETE }, SNUG_TRANSFER_FAILED, 1 },
  { "too many in two", { META, "10", "1", COMPLETE }, SNUG_TRANSFER_FAILED, 1 },
  { "another file begins", { META, "5", META_Y, "4", COMPLETE_Y }, SNUG_TRANSFER_FAILED, 2 },
  { "cancelled by the page", { META, "5", "{\"type\":\"cancel\",\"id\":\"x\"}", "5", COMPLETE },
    SNUG_TRANSFER_CANCELLED, 1 },
};

static void
send_case (SnugOldPage *page, const Case *one)
{
  for (gsize i = 0; one->messages[i] != NULL; i++)
    if (g_ascii_isdigit (*one->messages[i]))
      snug_old_page_send_zeros (page, (gsize) g_ascii_strtoull (one->messages[i], NULL, 10));
    else
      snug_old_page_send_text (page, one->messages[i]);
}

static void
check_cases (Fixture *f)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint n = n_rows (f);
      SnugTransfer *first;

      g_test_message ("%s", cases[i].what);
      send_case (f->page, &cases[i]);
      snug_await (NULL, n_rows (f) == n + cases[i].n_rows);
      first = row (f, n);
      if (!f->accepts && cases[i].state == SNUG_TRANSFER_DONE)
        accept (f, first);
      snug_await (NULL, is (first, cases[i].state));
      g_assert_true ((snug_transfer_get_reason (first) != NULL) == (cases[i].state != SNUG_TRANSFER_DONE));
      if (f->accepts && cases[i].n_rows == 2)
        snug_await (NULL, is (row (f, n + 1), SNUG_TRANSFER_DONE));
    }
  snug_await_idle (NULL);
}

static void
test_counts_are_ours (Fixture *f, gconstpointer data)
{
  check_cases (f);
  snug_await (NULL, n_in_inbox (f) == 7);
}

static void
test_counts_are_ours_undecided (Fixture *f, gconstpointer data)
{
  f->accepts = FALSE;
  check_cases (f);
  snug_await (NULL, n_in_inbox (f) == 6);
}

/* There is no going on: what was cut off is over, and says so. */
static void
test_page_goes_in_the_middle (Fixture *f, gconstpointer data)
{
  snug_old_page_send_text (f->page, META);
  snug_old_page_send_zeros (f->page, 5);
  f->accepts = FALSE;
  snug_await (NULL, n_rows (f) == 1);
  snug_data_channel_close (f->page->channel);
  snug_await (NULL, is (row (f, 0), SNUG_TRANSFER_FAILED));
  g_assert_nonnull (snug_transfer_get_reason (row (f, 0)));
  snug_await (NULL, n_in_inbox (f) == 0);
}

/* What we send begins anew with the page that comes back. */
static void
test_page_is_reloaded_in_the_middle (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (20000000);
  g_autoptr (GFile) file = make_file (f, "a.bin", bytes);
  SnugTransfer *out = offer (f, file);

  snug_await (NULL, is (out, SNUG_TRANSFER_RUNNING) && f->page->files->len == 1);
  snug_old_page_reload (f->page);
  snug_await (NULL, is (out, SNUG_TRANSFER_PAUSED));
  snug_await (NULL, is (out, SNUG_TRANSFER_DONE));
  snug_await (NULL, f->page->files->len == 2 && snug_old_page_get_file (f->page, 1)->complete);
  assert_old_file (snug_old_page_get_file (f->page, 1), bytes);
}

/* Nobody can be asked to wait: what is too large to be kept meanwhile is not kept. */
static void
test_too_large_to_wait_for_a_decision (Fixture *f, gconstpointer data)
{
  f->accepts = FALSE;
  snug_old_page_send_text (f->page, "{\"type\":\"file-meta\",\"id\":\"x\",\"name\":\"n\",\"size\":1073741825}");
  snug_await (NULL, n_rows (f) == 1 && is (row (f, 0), SNUG_TRANSFER_FAILED));
  g_assert_nonnull (snug_transfer_get_reason (row (f, 0)));

  snug_old_page_send_text (f->page, "{\"type\":\"file-meta\",\"id\":\"y\",\"name\":\"n\",\"size\":536870912}");
  snug_old_page_send_text (f->page, "{\"type\":\"file-meta\",\"id\":\"z\",\"name\":\"n\",\"size\":1}");
  snug_await (NULL, n_rows (f) == 3);
  g_assert_true (is (row (f, 2), SNUG_TRANSFER_OFFERED));
}

static GFile *
make_sparse (Fixture *f, const char *name, goffset size)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, size), ==, 0);
  return g_file_new_for_path (path);
}

/* The page keeps all of it in memory: a person is told, and the page is told less. */
static void
test_large_files_come_with_a_warning (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) fits = make_sparse (f, "fits.bin", 300000000);
  g_autoptr (GFile) large = make_sparse (f, "large.bin", 300000001);
  SnugTransfer *first = offer (f, fits), *second;

  snug_await (NULL, is (first, SNUG_TRANSFER_RUNNING) && f->page->files->len == 1);
  g_assert_null (snug_transfer_get_reason (first));
  g_assert_cmpuint (snug_old_page_get_file (f->page, 0)->size, ==, 104857600);
  g_assert_cmpuint (snug_old_page_get_file (f->page, 0)->real_size, ==, 300000000);
  snug_transfers_cancel (f->transfers, first);

  second = offer (f, large);
  g_assert_nonnull (snug_transfer_get_reason (second));
  snug_await (NULL, is (second, SNUG_TRANSFER_RUNNING));
  g_assert_nonnull (snug_transfer_get_reason (second));
  snug_transfers_cancel (f->transfers, second);
}

static gboolean
on_look (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Until nothing of it has gone for a while: of what goes on, some does in that time. */
static gsize
await_standstill (SnugDataChannel *channel)
{
  gsize amount, before = 0;

  while ((amount = snug_data_channel_get_buffered_amount (channel)) != before)
    {
      gboolean looks = FALSE;

      before = amount;
      g_timeout_add (200, on_look, &looks);
      snug_await (NULL, looks);
    }
  return amount;
}

/* While nobody takes what comes, a few megabytes come. */
static void
test_who_is_not_listened_to_has_to_wait (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (40000000);

  snug_room_set_handler (f->room, SNUG_WIRE_FILE_OFFER, NULL, NULL);
  snug_old_page_send_file (f->page, "x", "b.bin", bytes);
  g_assert_cmpuint (await_standstill (f->page->channel), >, 20000000);
}

/* Done is not what we have said, but what has arrived. */
static void
test_done_is_the_transports_word (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (300000);
  g_autoptr (GFile) file = make_file (f, "a.bin", bytes);
  SnugTransfer *out;

  snug_old_page_sleep (f->page, TRUE);
  out = offer (f, file);
  snug_await (NULL, snug_transfer_get_bytes (out) == 300000);
  snug_await_idle (NULL);
  g_assert_true (is (out, SNUG_TRANSFER_RUNNING));
  snug_old_page_sleep (f->page, FALSE);
  snug_await (NULL, is (out, SNUG_TRANSFER_DONE));
}

/* A host would take us for a newcomer if we opened our socket again, and begin anew. */
static void
test_held_while_files_move (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (300000);
  g_autoptr (GFile) file = make_file (f, "a.bin", bytes);
  SnugTransfer *out;

  f->accepts = FALSE;
  g_assert_false (snug_fake_signaling_is_held (f->signaling));
  snug_old_page_send_text (f->page, "{\"type\":\"file-meta\",\"id\":\"x\",\"name\":\"b\",\"size\":1000000}");
  snug_await (NULL, n_rows (f) == 1);
  g_assert_true (snug_fake_signaling_is_held (f->signaling));
  accept (f, row (f, 0));
  g_assert_true (snug_fake_signaling_is_held (f->signaling));
  snug_old_page_send_text (f->page, "{\"type\":\"cancel\",\"id\":\"x\"}");
  snug_await (NULL, is (row (f, 0), SNUG_TRANSFER_CANCELLED));
  g_assert_false (snug_fake_signaling_is_held (f->signaling));

  snug_old_page_sleep (f->page, TRUE);
  out = offer (f, file);
  snug_await (NULL, is (out, SNUG_TRANSFER_RUNNING));
  g_assert_true (snug_fake_signaling_is_held (f->signaling));
  snug_old_page_sleep (f->page, FALSE);
  snug_await (NULL, is (out, SNUG_TRANSFER_DONE));
  g_assert_false (snug_fake_signaling_is_held (f->signaling));
}

#define ADD(name, func, data) g_test_add ("/old-page-files/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (SnugTempFolder) cache = snug_temp_folder_new ();

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);   /* not by G_TEST_OPTION_ISOLATE_DIRS, which leaks */
  g_test_init (&argc, &argv, NULL);
  ADD ("to-a-guest", test_to_the_page, NULL);
  ADD ("to-a-host", test_to_the_page, "host");
  ADD ("from-a-guest", test_from_the_page, NULL);
  ADD ("from-a-host", test_from_the_page, "host");
  ADD ("decided-late", test_decided_late, NULL);
  ADD ("decided-in-the-middle", test_decided_in_the_middle, NULL);
  ADD ("declined", test_declined, NULL);
  ADD ("several-both-ways-and-chat-between", test_several_both_ways_and_chat_between, NULL);
  ADD ("we-cancel-what-we-send", test_we_cancel_what_we_send, NULL);
  ADD ("the-page-cancels-what-we-send", test_the_page_cancels_what_we_send, NULL);
  ADD ("counts-are-ours", test_counts_are_ours, NULL);
  ADD ("counts-are-ours-undecided", test_counts_are_ours_undecided, NULL);
  ADD ("page-goes-in-the-middle", test_page_goes_in_the_middle, NULL);
  ADD ("page-is-reloaded-in-the-middle", test_page_is_reloaded_in_the_middle, NULL);
  ADD ("too-large-to-wait-for-a-decision", test_too_large_to_wait_for_a_decision, NULL);
  ADD ("large-files-come-with-a-warning", test_large_files_come_with_a_warning, NULL);
  ADD ("who-is-not-listened-to-has-to-wait", test_who_is_not_listened_to_has_to_wait, NULL);
  ADD ("done-is-the-transports-word", test_done_is_the_transports_word, NULL);
  ADD ("held-while-files-move", test_held_while_files_move, "host");
  return g_test_run ();
}
