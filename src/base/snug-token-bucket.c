/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-token-bucket.h"

static void
fill (SnugTokenBucket *bucket, gint64 now_us)
{
  if (bucket->filled_us != 0 && now_us > bucket->filled_us)
    {
      double seconds = (double) (now_us - bucket->filled_us) / G_USEC_PER_SEC;
      bucket->tokens = MIN (bucket->burst, bucket->tokens + seconds * bucket->per_second);
    }
  bucket->filled_us = now_us;
}

gboolean
snug_token_bucket_take (SnugTokenBucket *bucket, gint64 now_us)
{
  fill (bucket, now_us);
  if (bucket->tokens < 1)
    return FALSE;
  bucket->tokens -= 1;
  return TRUE;
}

guint
snug_token_bucket_wait_ms (SnugTokenBucket *bucket, gint64 now_us)
{
  fill (bucket, now_us);
  if (bucket->tokens >= 1)
    return 0;
  return (guint) ((1 - bucket->tokens) / bucket->per_second * 1000) + 1;
}
