/* By how many packets a window grows, on paths that the test tells of.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-step.h"

/* What RFC 3649 has in its table, for some windows. */
static void
test_grows_as_in_the_table (void)
{
  static const struct { guint window, packets; } table[] = {
    { 2, 1 }, { 38, 1 }, { 118, 2 }, { 221, 3 }, { 1058, 8 }, { 5036, 20 }, { 10661, 30 }, { 83981, 70 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      SnugWindowStep step = SNUG_WINDOW_STEP_INIT;

      snug_window_step_feed (&step, table[i].window, 100, 1);
      g_assert_cmpuint (step.n_packets, ==, table[i].packets);
    }
}

static void
test_one_while_a_queue_fills (void)
{
  SnugWindowStep step = SNUG_WINDOW_STEP_INIT;

  g_assert_true (snug_window_step_feed (&step, 5036, 100, 1));
  g_assert_false (snug_window_step_feed (&step, 5036, 111, 1));
  g_assert_true (snug_window_step_feed (&step, 5036, 112, 4));
  g_assert_cmpuint (step.n_packets, ==, 1);
  g_assert_false (snug_window_step_feed (&step, 5036, 150, 4));
  g_assert_true (snug_window_step_feed (&step, 5036, 100, 4));
  g_assert_cmpuint (step.n_packets, ==, 20);
}

/* A queue at its beginning is most of the round trip there, and a round trip is soon over. */
static void
test_one_on_a_short_path (void)
{
  SnugWindowStep step = SNUG_WINDOW_STEP_INIT;

  g_assert_false (snug_window_step_feed (&step, 5036, 0, 4));
  g_assert_false (snug_window_step_feed (&step, 5036, 19, 4));
  g_assert_false (snug_window_step_feed (&step, 5036, 20, 4));
  g_assert_cmpuint (step.n_packets, ==, 1);
}

static void
test_some_at_least (void)
{
  SnugWindowStep step = SNUG_WINDOW_STEP_INIT;

  g_assert_true (snug_window_step_feed (&step, 10, 100, 4));
  g_assert_cmpuint (step.n_packets, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window-step/grows-as-in-the-table", test_grows_as_in_the_table);
  g_test_add_func ("/window-step/one-while-a-queue-fills", test_one_while_a_queue_fills);
  g_test_add_func ("/window-step/one-on-a-short-path", test_one_on_a_short_path);
  g_test_add_func ("/window-step/some-at-least", test_some_at_least);
  return g_test_run ();
}
