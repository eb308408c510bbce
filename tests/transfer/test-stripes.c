/* A file that goes over several associations at once: whole, and as it was; also when one of them ends in the middle, or
 * too much has come by the others, and beside a member that knows nothing of it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-context.h"
#include "snug-network.h"
#include "snug-passing-time.h"
#include "snug-peer-connection.h"
#include "snug-stripe-order.h"
#include "snug-stripe-rule.h"
#include "snug-wire.h"
#include "transfer-mates.h"

#include <string.h>

#define MIB (1024 * 1024)
/* How often it is looked what a connection is like. */
#define LOOK_MS 2000

/* What comes of the file, seen in the network context; the numbers are atomic. */
typedef struct
{
  GPtrArray *stripes;        /* owned: of SnugDataChannel: those beside the first */
  gboolean   closes_them;    /* once, when they have carried something */
  gboolean   is_full;        /* once, when something waits: no more may */
  gint       n_files;        /* channels that a file began on */
  gint       n_stripes;
  gint       n_early;        /* messages that came before their turn */
} Watch;

static Watch watch;

static gboolean
on_channel (G_GNUC_UNUSED GSignalInvocationHint *hint, G_GNUC_UNUSED guint n, const GValue *values,
            G_GNUC_UNUSED gpointer data)
{
  SnugDataChannel *channel = g_value_get_object (&values[1]);

  if (strcmp (snug_data_channel_get_label (channel), SNUG_WIRE_FILE_LABEL) == 0)
    g_atomic_int_inc (&watch.n_files);
  if (strcmp (snug_data_channel_get_label (channel), SNUG_WIRE_STRIPE_LABEL) != 0)
    return TRUE;
  g_ptr_array_add (watch.stripes, g_object_ref (channel));
  g_atomic_int_inc (&watch.n_stripes);
  return TRUE;
}

static void
do_close_stripes (G_GNUC_UNUSED gpointer data)
{
  for (guint i = 0; i < watch.stripes->len; i++)
    snug_data_channel_close (watch.stripes->pdata[i]);
}

gboolean __real_snug_stripe_order_put (SnugStripeOrder *self, guint64 number, GBytes *bytes, gboolean is_text);
gboolean __wrap_snug_stripe_order_put (SnugStripeOrder *self, guint64 number, GBytes *bytes, gboolean is_text);

gboolean
__wrap_snug_stripe_order_put (SnugStripeOrder *self, guint64 number, GBytes *bytes, gboolean is_text)
{
  gboolean is_early = snug_stripe_order_get_n_waiting (self) > 0;

  if (is_early)
    g_atomic_int_inc (&watch.n_early);
  if (is_early && watch.closes_them && watch.stripes->len == SNUG_STRIPES_MOST - 1)
    {
      watch.closes_them = FALSE;
      snug_context_post (snug_network_get_context (), do_close_stripes, NULL, NULL);
    }
  return __real_snug_stripe_order_put (self, number, bytes, is_text);
}

gboolean __real_snug_stripe_order_is_full (SnugStripeOrder *self, guint64 number, GBytes *bytes);
gboolean __wrap_snug_stripe_order_is_full (SnugStripeOrder *self, guint64 number, GBytes *bytes);

gboolean
__wrap_snug_stripe_order_is_full (SnugStripeOrder *self, guint64 number, GBytes *bytes)
{
  gboolean is_full = watch.is_full && snug_stripe_order_get_n_waiting (self) > 0;

  if (is_full)
    watch.is_full = FALSE;
  return is_full || __real_snug_stripe_order_is_full (self, number, bytes);
}

typedef struct
{
  TransferMates  mates;
  SnugTransfers *ana;
  SnugTransfers *bo;
  GFile         *file;
  gulong         hook;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  /* With the class its signals. */
  g_type_class_unref (g_type_class_ref (SNUG_TYPE_PEER_CONNECTION));
  watch = (Watch) { .stripes = g_ptr_array_new_with_free_func (g_object_unref) };
  f->hook = g_signal_add_emission_hook (g_signal_lookup ("data-channel", SNUG_TYPE_PEER_CONNECTION), 0, on_channel,
                                        NULL, NULL);
  mates_set_up (&f->mates, data);
  f->file = make_file (&f->mates, "a.bin", 12 * MIB + 12345);
  f->ana = add (&f->mates, "Ana");
  f->bo = add (&f->mates, "Bo");
  snug_mates_await (&f->mates.mates);
}

static void
do_forget (gpointer data)
{
  g_signal_remove_emission_hook (g_signal_lookup ("data-channel", SNUG_TYPE_PEER_CONNECTION), *(gulong *) data);
  g_clear_pointer (&watch.stripes, g_ptr_array_unref);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  mates_tear_down (&f->mates, data);
  snug_context_post (snug_network_get_context (), do_forget, &f->hook, NULL);
  snug_await (NULL, watch.stripes == NULL);
  g_object_unref (f->file);
}

static void
send_and_compare (Fixture *f)
{
  g_autoptr (GFile) copy = g_file_get_child (f->mates.inbox, "a.bin");
  SnugTransfer *to = offer (f->ana, f->bo, f->file);

  take (&f->mates, f->bo, to);
  snug_await (NULL, is (to, SNUG_TRANSFER_DONE) || is (to, SNUG_TRANSFER_FAILED));
  g_assert_true (is (to, SNUG_TRANSFER_DONE));
  snug_await (NULL, is (row (f->ana, n_rows (f->ana) - 1), SNUG_TRANSFER_DONE));
  assert_same_content (f->file, copy);
}

static gboolean
says_so (SnugMember *member)
{
  g_autofree char *details = NULL;

  g_object_get (member, "details", &details, NULL);
  return strstr (details, "Large files: over 4 SCTP associations at once") != NULL;
}

static void
test_over_all (Fixture *f, gconstpointer data)
{
  send_and_compare (f);
  g_assert_cmpint (g_atomic_int_get (&watch.n_files), ==, 1);
  g_assert_cmpint (g_atomic_int_get (&watch.n_stripes), ==, SNUG_STRIPES_MOST - 1);
  g_assert_cmpint (g_atomic_int_get (&watch.n_early), >, 0);

  /* who sends can look it up */
  snug_let_pass (LOOK_MS);
  snug_await (NULL, says_so (snug_mate_sees (&f->mates.mates.mates[0], "Bo")));
}

/* The file is asked for again from what is checked, on another channel, which has stripes of its own. */
static void
test_stripes_end_in_the_middle (Fixture *f, gconstpointer data)
{
  watch.closes_them = TRUE;
  send_and_compare (f);
  g_assert_false (watch.closes_them);
  g_assert_cmpint (g_atomic_int_get (&watch.n_files), ==, 2);
  g_assert_cmpint (g_atomic_int_get (&watch.n_stripes), ==, 2 * (SNUG_STRIPES_MOST - 1));
}

/* Who does not wait though they were told to: the channels are closed, and what was checked is gone on from. */
static void
test_too_much_by_the_others (Fixture *f, gconstpointer data)
{
  watch.is_full = TRUE;
  send_and_compare (f);
  g_assert_false (watch.is_full);
  g_assert_cmpint (g_atomic_int_get (&watch.n_files), ==, 2);
}

/* Not worth it. */
static void
test_small_files (Fixture *f, gconstpointer data)
{
  g_object_unref (f->file);
  f->file = make_file (&f->mates, "a.bin", MIB / 2);
  send_and_compare (f);
  g_assert_cmpint (g_atomic_int_get (&watch.n_stripes), ==, 0);
}

#define ADD(name, func) g_test_add ("/stripes/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("over-all", test_over_all);
  ADD ("stripes-end-in-the-middle", test_stripes_end_in_the_middle);
  ADD ("too-much-by-the-others", test_too_much_by_the_others);
  ADD ("small-files", test_small_files);
  return g_test_run ();
}
