/* A channel that a file was to go by, and that ended before the member who waits for it saw it: its side of an association
 * had ended, which the sender had not heard. Who waits does not ask again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-peer-connection.h"
#include "snug-wire.h"
#include "transfer-mates.h"

#include <string.h>

/* A piece, and enough to be broken off in. */
#define SMALL_BYTES SNUG_WIRE_PIECE_BYTES
#define LARGE_BYTES (60 * SNUG_WIRE_PIECE_BYTES)

/* Of the channels that are made for files, counted from 0, those from @first on, and so many, end unseen. */
typedef struct
{
  gint first;
  gint n;
} Unseen;

static Unseen unseen;
static gint n_made;        /* atomic */
static GPtrArray *made;    /* owned: of SnugDataChannel; of the network context */

static void
do_end (gpointer data)
{
  snug_data_channel_close (made->pdata[GPOINTER_TO_UINT (data)]);
}

SnugDataChannel *__real_snug_peer_connection_create_data_channel (SnugPeerConnection *self, const char *label,
                                                                  const SnugDataChannelInit *init, GError **error);
SnugDataChannel *__wrap_snug_peer_connection_create_data_channel (SnugPeerConnection *self, const char *label,
                                                                  const SnugDataChannelInit *init, GError **error);

SnugDataChannel *
__wrap_snug_peer_connection_create_data_channel (SnugPeerConnection *self, const char *label,
                                                 const SnugDataChannelInit *init, GError **error)
{
  gint number = (gint) made->len;
  SnugDataChannel *channel;

  if (strcmp (label, SNUG_WIRE_FILE_LABEL) != 0)
    return __real_snug_peer_connection_create_data_channel (self, label, init, error);
  /* What is posted first comes first: it is opened after that. */
  if (number >= unseen.first && number - unseen.first < unseen.n)
    snug_context_post (snug_network_get_context (), do_end, GUINT_TO_POINTER (number), NULL);
  channel = __real_snug_peer_connection_create_data_channel (self, label, init, error);
  g_assert_nonnull (channel);
  g_ptr_array_add (made, g_object_ref (channel));
  g_atomic_int_inc (&n_made);
  return channel;
}

static void
set_up (TransferMates *f, gconstpointer data)
{
  unseen = *(const Unseen *) data;
  n_made = 0;
  made = g_ptr_array_new_with_free_func (g_object_unref);
  mates_set_up (f, data);
  add (f, "Ana");
  add (f, "Bo");
  snug_mates_await (&f->mates);
}

static void
do_forget (gpointer data)
{
  g_clear_pointer (&made, g_ptr_array_unref);
  g_atomic_int_set (&n_made, -1);
}

static void
tear_down (TransferMates *f, gconstpointer data)
{
  mates_tear_down (f, data);
  snug_context_post (snug_network_get_context (), do_forget, NULL, NULL);
  snug_await (NULL, g_atomic_int_get (&n_made) == -1);
}

static SnugTransfer *
offer_and_take (TransferMates *f, GFile *file)
{
  SnugTransfer *in = offer (f->transfers[0], f->transfers[1], file);

  take (f, f->transfers[1], in);
  return in;
}

static void
await_arrived (TransferMates *f, SnugTransfer *in, GFile *file)
{
  snug_await (NULL, is (in, SNUG_TRANSFER_DONE) && is (row (f->transfers[0], 0), SNUG_TRANSFER_DONE));
  assert_same_content (file, snug_transfer_get_file (in));
}

static void
test_the_first (TransferMates *f, gconstpointer data)
{
  g_autoptr (GFile) file = make_file (f, "a.bin", SMALL_BYTES);

  await_arrived (f, offer_and_take (f, file), file);
  g_assert_cmpint (g_atomic_int_get (&n_made), ==, 2);
}

/* The first one breaks off, as the receiver sees, too, and asks again. */
static void
test_after_a_break (TransferMates *f, gconstpointer data)
{
  g_autoptr (GFile) file = make_file (f, "a.bin", LARGE_BYTES);
  SnugTransfer *in = offer_and_take (f, file);

  snug_await (NULL, n_noted (f) > 0);
  snug_context_post (snug_network_get_context (), do_end, GUINT_TO_POINTER (0), NULL);
  await_arrived (f, in, file);
  g_assert_cmpint (g_atomic_int_get (&n_made), ==, 3);
}

static void
on_looked_into (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GListModel **entries = user_data;

  *entries = snug_transfers_look_into_finish (SNUG_TRANSFERS (object), result, &error);
  g_assert_no_error (error);
}

static void
test_a_look (TransferMates *f, gconstpointer data)
{
  g_autofree char *path = make_tree (f);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_autoptr (GListModel) entries = NULL;
  SnugTransfer *in = offer (f->transfers[0], f->transfers[1], folder);

  snug_transfers_look_into_async (f->transfers[1], in, on_looked_into, &entries);
  snug_await (NULL, entries != NULL);
  g_assert_cmpint (g_atomic_int_get (&n_made), ==, 2);
}

/* A member who has every one of them end has not us open them without end. */
static void
test_once (TransferMates *f, gconstpointer data)
{
  g_autoptr (GFile) file = make_file (f, "a.bin", SMALL_BYTES);
  SnugTransfer *in = offer_and_take (f, file);

  snug_await (NULL, is (row (f->transfers[0], 0), SNUG_TRANSFER_PAUSED));
  snug_await_idle (NULL);
  g_assert_cmpint (g_atomic_int_get (&n_made), ==, 2);
  g_assert_true (is (in, SNUG_TRANSFER_ACCEPTED));
}

#define ADD(name, data, func) g_test_add ("/unseen/" name, TransferMates, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  static const Unseen first = { 0, 1 }, second = { 1, 1 }, all = { 0, G_MAXINT };

  g_test_init (&argc, &argv, NULL);
  ADD ("the-first", &first, test_the_first);
  ADD ("after-a-break", &second, test_after_a_break);
  ADD ("a-look", &first, test_a_look);
  ADD ("once", &all, test_once);
  return g_test_run ();
}
