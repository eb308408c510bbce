/* A rate with a burst.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-token-bucket.h"

static void
test_burst_then_rate (void)
{
  SnugTokenBucket bucket = SNUG_TOKEN_BUCKET_INIT (20, 200);
  gint64 now_us = 1000;

  for (int i = 0; i < 200; i++)
    g_assert_true (snug_token_bucket_take (&bucket, now_us));
  g_assert_false (snug_token_bucket_take (&bucket, now_us));
  g_assert_cmpuint (snug_token_bucket_wait_ms (&bucket, now_us), >=, 50);

  now_us += 51 * 1000;
  g_assert_cmpuint (snug_token_bucket_wait_ms (&bucket, now_us), ==, 0);
  g_assert_true (snug_token_bucket_take (&bucket, now_us));
  g_assert_false (snug_token_bucket_take (&bucket, now_us));
}

static void
test_never_more_than_the_burst (void)
{
  SnugTokenBucket bucket = SNUG_TOKEN_BUCKET_INIT (20, 3);
  gint64 now_us = 1000;

  g_assert_true (snug_token_bucket_take (&bucket, now_us));
  now_us += (gint64) 3600 * G_USEC_PER_SEC;
  for (int i = 0; i < 3; i++)
    g_assert_true (snug_token_bucket_take (&bucket, now_us));
  g_assert_false (snug_token_bucket_take (&bucket, now_us));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-bucket/burst-then-rate", test_burst_then_rate);
  g_test_add_func ("/token-bucket/never-more-than-the-burst", test_never_more_than_the_burst);
  return g_test_run ();
}
