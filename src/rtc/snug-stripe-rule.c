/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-stripe-rule.h"

/* The round trip is flat; a queue is filling. What it is above is this much of its least value, and what a clock
 * that ticks in milliseconds and a busy peer add to it. */
#define FLAT_FACTOR 1.08
#define QUEUE_FACTOR 1.15
#define JITTER_MS 3

/* A try is so many seconds, and has to bring 3/2 of what as many before it brought. */
#define TRY_SECONDS 3
#define GAIN_NUMERATOR 3
#define GAIN_DENOMINATOR 2

/* A smoothed round trip needs some measures until it is of another path. */
#define SETTLING_SECONDS 5

#define HOLD_SECONDS 10
#define MOST_HOLD_SECONDS 160

G_STATIC_ASSERT (TRY_SECONDS <= SNUG_STRIPE_RULE_SECONDS);

void
snug_stripe_rule_init (SnugStripeRule *self)
{
  *self = (SnugStripeRule) { .n_stripes = 1, .least_rtt_ms = -1, .next_hold = HOLD_SECONDS };
}

void
snug_stripe_rule_forget_path (SnugStripeRule *self)
{
  snug_stripe_rule_init (self);
  self->unsettled = SETTLING_SECONDS;
}

static void
note (SnugStripeRule *self, const SnugStripeSecond *second)
{
  for (guint i = SNUG_STRIPE_RULE_SECONDS - 1; i > 0; i--)
    self->last[i] = self->last[i - 1];
  self->last[0] = *second;
  self->n_last = MIN (self->n_last + 1, SNUG_STRIPE_RULE_SECONDS);
  if (second->rtt_ms >= 0 && (self->least_rtt_ms < 0 || second->rtt_ms < self->least_rtt_ms))
    self->least_rtt_ms = second->rtt_ms;
}

/* Of the last seconds in which something is tried. */
static guint64
count_bytes (SnugStripeRule *self)
{
  guint64 n_bytes = 0;

  for (guint i = 0; i < TRY_SECONDS; i++)
    n_bytes += self->last[i].n_bytes;
  return n_bytes;
}

static gboolean
is_flat (SnugStripeRule *self)
{
  double most_ms = self->least_rtt_ms * FLAT_FACTOR + JITTER_MS;

  if (self->n_last < SNUG_STRIPE_RULE_SECONDS || self->least_rtt_ms < 0)
    return FALSE;
  for (guint i = 0; i < self->n_last; i++)
    if (self->last[i].rtt_ms < 0 || self->last[i].rtt_ms > most_ms)
      return FALSE;
  return TRUE;
}

/* What went again in the first of the seconds may have been lost before it, in a queue that is empty by now: slow start
 * ends with such a one. */
static gboolean
is_lost_by_chance (SnugStripeRule *self)
{
  for (guint i = 0; i < self->n_last - 1; i++)
    if (self->last[i].n_again > 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_queue_filling (SnugStripeRule *self)
{
  return self->last[0].rtt_ms > self->least_rtt_ms * QUEUE_FACTOR + JITTER_MS;
}

static void
begin_try (SnugStripeRule *self)
{
  self->before = count_bytes (self);
  self->n_stripes = SNUG_STRIPES_MOST;
  self->n_tried = 1;
}

static void
give_back (SnugStripeRule *self)
{
  self->n_stripes = 1;
  self->hold = self->next_hold;
  if (self->n_tried > 0)
    self->next_hold = MIN (self->next_hold * 2, MOST_HOLD_SECONDS);
  self->n_tried = 0;
}

static void
look_at_try (SnugStripeRule *self)
{
  if (self->n_tried++ < TRY_SECONDS)
    return;
  if (count_bytes (self) * GAIN_DENOMINATOR < self->before * GAIN_NUMERATOR)
    {
      give_back (self);
      return;
    }
  self->n_tried = 0;
  self->next_hold = HOLD_SECONDS;
}

/* Nothing was sent: it says nothing of the path, and a try is over without a result. */
static void
pass_idle (SnugStripeRule *self)
{
  self->n_last = 0;
  if (self->n_tried > 0)
    self->n_stripes = 1;
  self->n_tried = 0;
}

guint
snug_stripe_rule_feed (SnugStripeRule *self, const SnugStripeSecond *second)
{
  if (self->hold > 0)
    self->hold--;
  if (second->n_bytes == 0)
    {
      pass_idle (self);
      return self->n_stripes;
    }
  if (self->unsettled > 0)
    {
      self->unsettled--;
      return self->n_stripes;
    }
  note (self, second);
  if (self->n_stripes > 1 && is_queue_filling (self))
    give_back (self);
  else if (self->n_tried > 0)
    look_at_try (self);
  else if (self->n_stripes == 1 && self->hold == 0 && is_flat (self) && is_lost_by_chance (self))
    begin_try (self);
  return self->n_stripes;
}
