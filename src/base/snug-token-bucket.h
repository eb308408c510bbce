/* snug-token-bucket: a rate with a burst, for what strangers may do and for what we do to them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Plain data. Starts full: initialise @tokens with @burst. */
typedef struct
{
  double per_second;
  double burst;
  double tokens;
  gint64 filled_us;     /* monotonic; 0 = never */
} SnugTokenBucket;

#define SNUG_TOKEN_BUCKET_INIT(per_second_, burst_) \
  { .per_second = (per_second_), .burst = (burst_), .tokens = (burst_) }

/**
 * snug_token_bucket_take:
 * @now_us: g_get_monotonic_time(), given by the caller so that tests are deterministic
 *
 * Returns: %TRUE if a token was there, and is now taken
 */
gboolean snug_token_bucket_take    (SnugTokenBucket *bucket, gint64 now_us);

/* Returns: milliseconds until a token will be there, 0 if one is. */
guint    snug_token_bucket_wait_ms (SnugTokenBucket *bucket, gint64 now_us);

G_END_DECLS
