/* When a server is tried again, and when not any more. No time passes here.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-retry.h"
#include "snug-signaling-errors.h"

#define BEGAN_US (5 * G_USEC_PER_SEC)

static GError *
error_of (SnugSignalingError code)
{
  return g_error_new_literal (SNUG_SIGNALING_ERROR, (int) code, "");
}

/* Fails at once whenever it is tried. Returns: how many milliseconds after the first try it is given up */
static gint64
try_until_over (SnugRetry *retry, SnugSignalingError code, double random, guint *n_tries)
{
  g_autoptr (GError) error = error_of (code);
  gint64 now_us = BEGAN_US;
  guint delay_ms;

  retry->first_try_us = BEGAN_US;
  for (*n_tries = 1; snug_retry_again (retry, error, snug_retry_told_ms (retry, error), now_us, random, &delay_ms);
       (*n_tries)++)
    now_us += (gint64) delay_ms * 1000;
  return (now_us - BEGAN_US) / 1000;
}

/* Half a minute is what a person is told, however the waits fall; the last try is at its end. */
static void
test_a_first_entry (void)
{
  for (double random = 0; random < 1; random += 1.0 / 64)
    {
      SnugRetry retry = SNUG_RETRY_INIT;
      guint n_tries;

      g_assert_cmpint (try_until_over (&retry, SNUG_SIGNALING_ERROR_UNREACHABLE, random, &n_tries), ==, 30000);
      g_assert_cmpuint (n_tries, >=, 7);
      g_assert_cmpuint (n_tries, <=, 8);
    }
}

static void
test_who_was_in_comes_back (void)
{
  SnugRetry retry = SNUG_RETRY_INIT;
  g_autoptr (GError) error = error_of (SNUG_SIGNALING_ERROR_UNREACHABLE);
  gint64 now_us = BEGAN_US + (gint64) 3600 * G_USEC_PER_SEC;
  guint delay_ms = 0;

  retry.first_try_us = BEGAN_US;
  snug_retry_came_in (&retry);
  for (guint i = 0; i < 100; i++)
    g_assert_true (snug_retry_again (&retry, error, 0, now_us, 0.99, &delay_ms));
  g_assert_cmpuint (delay_ms, >, 29000);
  snug_retry_hasten (&retry);
  g_assert_true (snug_retry_again (&retry, error, 0, now_us, 0.99, &delay_ms));
  g_assert_cmpuint (delay_ms, <=, 500);
}

/* A server that says "too many" is left alone for longer, and for longer all together. */
static void
test_too_many_tries (void)
{
  SnugRetry retry = SNUG_RETRY_INIT, private_one = SNUG_RETRY_INIT;
  g_autoptr (GError) limited = error_of (SNUG_SIGNALING_ERROR_RATE_LIMITED);
  g_autoptr (GError) other = error_of (SNUG_SIGNALING_ERROR_UNREACHABLE);
  guint n_tries;

  private_one.is_private = TRUE;
  g_assert_cmpuint (snug_retry_told_ms (&retry, other), ==, 0);
  g_assert_cmpuint (snug_retry_told_ms (&retry, limited), ==, 12500);
  g_assert_cmpint (try_until_over (&retry, SNUG_SIGNALING_ERROR_RATE_LIMITED, 0, &n_tries), >=, 90000);
  g_assert_cmpuint (n_tries, <=, 9);

  /* At a private room's door it is a moment's wait, three times. */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (snug_retry_told_ms (&private_one, limited), ==, 1000);
  g_assert_cmpuint (snug_retry_told_ms (&private_one, limited), ==, 12500);
  snug_retry_came_in (&private_one);
  g_assert_cmpuint (snug_retry_told_ms (&private_one, limited), ==, 1000);
}

static void
test_as_long_as_the_server_says (void)
{
  SnugRetry retry = SNUG_RETRY_INIT;
  g_autoptr (GError) error = error_of (SNUG_SIGNALING_ERROR_UNREACHABLE);
  guint delay_ms;

  snug_retry_came_in (&retry);
  g_assert_true (snug_retry_again (&retry, error, 45000, BEGAN_US, 0.5, &delay_ms));
  g_assert_cmpuint (delay_ms, ==, 45000);
}

static void
test_what_does_not_pass (void)
{
  const SnugSignalingError codes[] = { SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND, SNUG_SIGNALING_ERROR_REFUSED,
                                       SNUG_SIGNALING_ERROR_REPLACED, SNUG_SIGNALING_ERROR_TLS };

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      SnugRetry retry = SNUG_RETRY_INIT;
      g_autoptr (GError) error = error_of (codes[i]);
      guint delay_ms;

      snug_retry_came_in (&retry);
      g_assert_false (snug_retry_again (&retry, error, 0, BEGAN_US, 0.5, &delay_ms));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry/a-first-entry", test_a_first_entry);
  g_test_add_func ("/retry/who-was-in-comes-back", test_who_was_in_comes_back);
  g_test_add_func ("/retry/too-many-tries", test_too_many_tries);
  g_test_add_func ("/retry/as-long-as-the-server-says", test_as_long_as_the_server_says);
  g_test_add_func ("/retry/what-does-not-pass", test_what_does_not_pass);
  return g_test_run ();
}
