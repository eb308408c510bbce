/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-backoff.h"

guint
snug_backoff_next_ms (SnugBackoff *backoff, double random)
{
  guint64 window_ms = (guint64) backoff->first_ms << MIN (backoff->n_failures, 20u);

  backoff->n_failures++;
  window_ms = MIN (window_ms, backoff->most_ms);
  return (guint) (window_ms / 2 + (guint64) ((double) (window_ms - window_ms / 2) * random));
}

void
snug_backoff_reset (SnugBackoff *backoff)
{
  backoff->n_failures = 0;
}
