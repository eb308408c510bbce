/* snug-stripe-rule: over how many associations large files go (PROTOCOL.md section 4, "Stripes").
 *
 * Where packets are lost by chance, several associations bring several times as much. Where they are lost because a
 * queue is full, several would only take from those who share it. What tells the two apart is the round trip, which
 * grows with the queue. So: several are begun only while packets are lost and the round trip is flat, kept only if they gain much, and
 * until it grows. A pure function of what it is told once a second.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SNUG_STRIPES_MOST 4

#define SNUG_STRIPE_RULE_SECONDS 4

/* What went over all of them in one second. */
typedef struct
{
  guint64 n_bytes;   /* for the first time */
  guint64 n_again;   /* chunks that had to go again */
  double  rtt_ms;    /* smoothed, of the slowest; < 0: not known */
} SnugStripeSecond;

typedef struct
{
  guint            n_stripes;                          /* 1 or SNUG_STRIPES_MOST */

  SnugStripeSecond last[SNUG_STRIPE_RULE_SECONDS];     /* the newest first */
  guint            n_last;                             /* of them that are known */
  double           least_rtt_ms;                       /* < 0: not known */
  guint64          before;                             /* bytes, of the seconds before a try */
  guint            n_tried;                            /* seconds of a try; 0: there is none */
  guint            hold;                               /* seconds in which nothing is tried */
  guint            next_hold;
  guint            unsettled;                          /* seconds whose round trip is in part one of another path */
} SnugStripeRule;

/* Of a path of which nothing is known. */
void  snug_stripe_rule_init (SnugStripeRule *self);

/* It may be another path from now on, under associations that stay. */
void  snug_stripe_rule_forget_path (SnugStripeRule *self);

/* Returns: over how many from now on */
guint snug_stripe_rule_feed (SnugStripeRule *self, const SnugStripeSecond *second);

G_END_DECLS
