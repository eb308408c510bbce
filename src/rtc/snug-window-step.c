/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-window-step.h"

#include <math.h>

/* RFC 3649 section 5: up to the low window it is TCP as ever; the high one is that of 10 Gbit/s and 100 ms. */
#define LOW_WINDOW 38
#define HIGH_WINDOW 83000
#define HIGH_DECREASE 0.1

/* On a shorter way one packet a round trip is soon many. */
#define LONG_MS 20

/* As in snug-stripe-rule.c. */
#define FLAT_FACTOR 1.08
#define JITTER_MS 3

/* RFC 3649 section 5: a(w), with the b(w) and the p(w) of its table. */
static guint
count_packets (guint window)
{
  double w = CLAMP (window, LOW_WINDOW, HIGH_WINDOW);
  double b = 0.5 + (HIGH_DECREASE - 0.5) * (log (w) - log (LOW_WINDOW)) / (log (HIGH_WINDOW) - log (LOW_WINDOW));
  double p = 0.078 / pow (w, 1.2);

  return MAX (1, (guint) (w * w * p * 2 * b / (2 - b)));
}

static gboolean
is_flat (const SnugWindowStep *self, guint rtt_ms)
{
  return rtt_ms > 0 && self->least_rtt_ms >= LONG_MS && rtt_ms <= self->least_rtt_ms * FLAT_FACTOR + JITTER_MS;
}

gboolean
snug_window_step_feed (SnugWindowStep *self, guint window_packets, guint rtt_ms, guint least)
{
  guint before = self->n_packets;

  if (rtt_ms > 0 && (self->least_rtt_ms == 0 || rtt_ms < self->least_rtt_ms))
    self->least_rtt_ms = rtt_ms;
  self->n_packets = is_flat (self, rtt_ms) ? MAX (count_packets (window_packets), least) : 1;
  return self->n_packets != before;
}
