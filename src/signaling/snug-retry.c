/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-retry.h"

#include "snug-signaling-errors.h"

/* A first entry is tried for this long; one that was in comes back for ever. */
#define GIVE_UP_MS 30000
/* A limit on tries grows again one try in twelve seconds. */
#define RATE_LIMITED_MS 12500
#define RATE_LIMITED_GIVE_UP_MS 90000
/* At the door of a private room there is one at a time of an address, for a moment: at first it is that. */
#define DOOR_MS 1000
#define DOOR_TRIES 3

static gboolean
is_limited (const GError *error)
{
  return g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_RATE_LIMITED);
}

guint
snug_retry_told_ms (SnugRetry *self, const GError *error)
{
  if (!is_limited (error))
    return 0;
  return self->is_private && self->n_limited++ < DOOR_TRIES ? DOOR_MS : RATE_LIMITED_MS;
}

gboolean
snug_retry_again (SnugRetry *self, const GError *error, guint at_least_ms, gint64 now_us, double random,
                  guint *delay_ms)
{
  gint64 left_ms = (is_limited (error) ? RATE_LIMITED_GIVE_UP_MS : GIVE_UP_MS) - (now_us - self->first_try_us) / 1000;
  guint wait_ms = snug_backoff_next_ms (&self->backoff, random);

  if (!snug_signaling_error_may_pass (error))
    return FALSE;
  if (!self->was_in && left_ms <= 0)
    return FALSE;
  if (!self->was_in)
    wait_ms = MIN (wait_ms, (guint) left_ms);
  *delay_ms = MAX (at_least_ms, wait_ms);
  return TRUE;
}

void
snug_retry_came_in (SnugRetry *self)
{
  self->was_in = TRUE;
  self->n_limited = 0;
  snug_retry_hasten (self);
}

void
snug_retry_hasten (SnugRetry *self)
{
  snug_backoff_reset (&self->backoff);
}
