/* snug-retry: whether an attempt at a server that failed is made again, and when.
 *
 * Pure: time and chance are given.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-backoff.h"

G_BEGIN_DECLS

/* A value: begin with %SNUG_RETRY_INIT. */
typedef struct
{
  SnugBackoff backoff;
  gint64      first_try_us;   /* of the monotonic clock */
  guint       n_limited;      /* refused in a row, as there were too many tries */
  gboolean    was_in;         /* once: it comes back for ever */
  gboolean    is_private;
} SnugRetry;

#define SNUG_RETRY_INIT { .backoff = { .first_ms = 500, .most_ms = 30000 } }

/**
 * snug_retry_told_ms:
 * @error: of %SNUG_SIGNALING_ERROR
 *
 * Counts a failure of that kind. Returns: how many milliseconds the server wants to be left alone for, 0: it says
 * nothing of the kind
 */
guint    snug_retry_told_ms (SnugRetry *self, const GError *error);

/**
 * snug_retry_again:
 * @error: why the last attempt failed
 * @at_least_ms: how long the server wants to be left alone
 * @now_us: of the monotonic clock
 * @random: a number in [0, 1)
 * @delay_ms: (out): when it is to be tried again
 *
 * A first entry is given up after half a minute, or a minute and a half while the server says that there were too many
 * tries. The last try is at the end of that, or after it where @at_least_ms is longer than what is left.
 *
 * Returns: %FALSE if it is over
 */
gboolean snug_retry_again   (SnugRetry *self, const GError *error, guint at_least_ms, gint64 now_us, double random,
                             guint *delay_ms);

/* It is in. */
void     snug_retry_came_in (SnugRetry *self);

/* The next wait is a first one again. */
void     snug_retry_hasten  (SnugRetry *self);

G_END_DECLS
