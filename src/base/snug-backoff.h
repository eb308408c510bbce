/* snug-backoff: how long to wait before the next try.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Jitter over the upper half of an exponentially growing window, so that clients thrown off by one server restart
 * do not come back in step. Plain data: zero-initialise the counter, copy freely. */
typedef struct
{
  guint first_ms;     /* window of the first wait */
  guint most_ms;      /* windows stop growing here */
  guint n_failures;
} SnugBackoff;

/**
 * snug_backoff_next_ms:
 * @random: a number in [0, 1), given by the caller so that tests are deterministic
 *
 * Counts a failure. Returns: how many milliseconds to wait, between half the window and the whole
 */
guint snug_backoff_next_ms (SnugBackoff *backoff, double random);

/* After a success: the next wait is a first one again. */
void  snug_backoff_reset   (SnugBackoff *backoff);

G_END_DECLS
