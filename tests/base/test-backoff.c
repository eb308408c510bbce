/* The wait before the next try.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-backoff.h"

static void
test_grows_and_stays_within (void)
{
  SnugBackoff low = { .first_ms = 500, .most_ms = 30000 }, high = low;
  guint window_ms = 500;

  for (guint i = 0; i < 40; i++)
    {
      g_assert_cmpuint (snug_backoff_next_ms (&low, 0), ==, window_ms / 2);
      guint most = snug_backoff_next_ms (&high, 0.999999);
      g_assert_cmpuint (most, >, window_ms / 2);
      g_assert_cmpuint (most, <=, window_ms);
      window_ms = MIN (window_ms * 2, 30000);
    }

  snug_backoff_reset (&low);
  g_assert_cmpuint (snug_backoff_next_ms (&low, 0), ==, 250);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/grows-and-stays-within", test_grows_and_stays_within);
  return g_test_run ();
}
