/* Over how many associations a file goes, second by second, on paths that the test tells of; and what of an
 * association's packets counts as sent again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "snug-sctp-tally.h"
#include "snug-stripe-rule.h"

/* What one second was like, and over how many it is to go from then on. */
typedef struct
{
  guint64 n_bytes;
  guint64 n_again;
  double  rtt_ms;
  guint   expected;
} Golden;

static void
follow (SnugStripeRule *rule, const Golden *seconds, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const SnugStripeSecond second = { seconds[i].n_bytes, seconds[i].n_again, seconds[i].rtt_ms };
      guint n_stripes = snug_stripe_rule_feed (rule, &second);

      if (n_stripes != seconds[i].expected)
        g_error ("second %u: over %u", i, n_stripes);
      g_assert_cmpuint (rule->n_stripes, ==, n_stripes);
    }
}

static void
repeat (SnugStripeRule *rule, guint n, Golden second)
{
  for (guint i = 0; i < n; i++)
    follow (rule, &second, 1);
}

#define FOLLOW(rule, seconds) follow (rule, seconds, G_N_ELEMENTS (seconds))

static void
test_lost_by_chance_and_gains (void)
{
  static const Golden seconds[] = {
    { 2000, 3, 20, 1 }, { 2100, 1, 21, 1 }, { 1900, 0, 20, 1 }, { 2000, 4, 20, 4 },
    /* 6,000 before it; 9,000 are enough */
    { 2000, 9, 21, 4 }, { 3000, 9, 20, 4 }, { 4000, 9, 21, 4 },
    { 9000, 20, 21, 4 }, { 9000, 20, 22, 4 }, { 9000, 20, 24, 4 },
  };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  FOLLOW (&rule, seconds);
}

/* One byte less than the gain that is asked for; then it is not tried for ten seconds, the next time for twenty. */
static void
test_gains_too_little (void)
{
  static const Golden vain[] = { { 3000, 9, 20, 4 }, { 3000, 9, 20, 4 }, { 2999, 9, 20, 1 } };
  static const Golden lossy = { 2000, 1, 20, 1 };
  static const Golden tried = { 2000, 1, 20, 4 };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  repeat (&rule, 3, lossy);
  follow (&rule, &tried, 1);
  FOLLOW (&rule, vain);
  repeat (&rule, 9, lossy);
  follow (&rule, &tried, 1);
  FOLLOW (&rule, vain);
  repeat (&rule, 19, lossy);
  follow (&rule, &tried, 1);
  for (guint hold = 40; hold <= 160; hold *= 2)
    {
      FOLLOW (&rule, vain);
      repeat (&rule, hold - 1, lossy);
      follow (&rule, &tried, 1);
    }
  FOLLOW (&rule, vain);
  repeat (&rule, 159, lossy);
  follow (&rule, &tried, 1);
}

static void
test_nothing_is_lost (void)
{
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  repeat (&rule, 100, (Golden) { 5000, 0, 20, 1 });
}

/* What slow start lost in the queue that it filled goes again for seconds, while that is empty already. */
static void
test_lost_in_a_queue_that_was_full (void)
{
  static const Golden seconds[] = {
    { 3500, 1265, 54, 1 }, { 800, 944, 42, 1 }, { 1700, 0, 40, 1 }, { 2500, 0, 40, 1 }, { 3300, 0, 40, 1 },
    { 4100, 0, 40, 1 }, { 4900, 1, 40, 4 },
  };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  FOLLOW (&rule, seconds);
}

/* What is lost because a queue is full: the round trip has grown with it, in one second of the four at least. */
static void
test_a_queue_is_full (void)
{
  static const Golden seconds[] = {
    { 5000, 0, 40, 1 }, { 5000, 1, 46.3, 1 }, { 5000, 1, 40, 1 }, { 5000, 1, 40, 1 }, { 5000, 1, 40, 1 },
    /* 40 ms × 1.08 + 3 is still flat */
    { 5000, 1, 46.2, 4 },
  };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  FOLLOW (&rule, seconds);
}

/* In the middle of a try, and after it: at once. */
static void
test_the_round_trip_grows (void)
{
  static const Golden lossy = { 2000, 1, 100, 1 };
  static const Golden tried = { 2000, 1, 100, 4 };
  static const Golden kept[] = {
    { 6000, 1, 100, 4 }, { 6000, 1, 100, 4 }, { 6000, 1, 117.9, 4 }, { 6000, 1, 117.9, 4 }, { 6000, 1, 118.1, 1 },
  };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  repeat (&rule, 3, lossy);
  follow (&rule, &tried, 1);
  follow (&rule, &(Golden) { 6000, 1, 119, 1 }, 1);
  repeat (&rule, 9, lossy);
  follow (&rule, &tried, 1);
  FOLLOW (&rule, kept);
  /* It had gained, so it is not held against it. */
  repeat (&rule, 9, lossy);
  follow (&rule, &tried, 1);
}

static void
test_seconds_without_a_byte (void)
{
  static const Golden seconds[] = {
    { 2000, 1, 20, 1 }, { 2000, 1, 20, 1 }, { 2000, 1, 20, 1 }, { 0, 0, -1, 1 },
    { 2000, 1, 20, 1 }, { 2000, 1, 20, 1 }, { 2000, 1, 20, 1 }, { 2000, 1, 20, 4 },
    /* a try in which nothing was sent says nothing */
    { 6000, 1, 20, 4 }, { 0, 0, -1, 1 },
    { 2000, 1, 20, 1 }, { 2000, 1, 20, 1 }, { 2000, 1, 20, 1 }, { 2000, 1, 20, 4 },
    { 6000, 1, 20, 4 }, { 6000, 1, 20, 4 }, { 6000, 1, 20, 4 }, { 0, 0, -1, 4 }, { 2000, 1, 20, 4 },
  };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  FOLLOW (&rule, seconds);
}

/* From the local network to a far one: the smoothed round trip is slow to follow. */
static void
test_another_path (void)
{
  static const Golden following[] = {
    { 2000, 1, 13, 1 }, { 2000, 1, 60, 1 }, { 2000, 1, 80, 1 }, { 2000, 1, 90, 1 }, { 2000, 1, 99, 1 },
    { 2000, 1, 100, 1 }, { 2000, 1, 100, 1 }, { 2000, 1, 100, 1 }, { 2000, 1, 100, 4 },
  };
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  repeat (&rule, 3, (Golden) { 2000, 0, 1, 1 });
  snug_stripe_rule_forget_path (&rule);
  FOLLOW (&rule, following);
}

static void
test_round_trip_that_is_not_known (void)
{
  SnugStripeRule rule;

  snug_stripe_rule_init (&rule);
  repeat (&rule, 20, (Golden) { 2000, 1, -1, 1 });
}

/* --- what goes again ------------------------------------------------------------------------------- */

#define COMMON "\x13\x89\x13\x89" "\0\0\0\1" "\0\0\0\0"
#define DATA(tsn, payload) "\0\3\0\x14" tsn "\0\0\0\0" "\0\0\0\x35" payload
#define SACK "\3\0\0\x10" "\0\0\0\1" "\0\1\0\0" "\0\0\0\0"

static void
assert_tally (SnugSctpTally *tally, const char *packet, gsize n_bytes, guint64 n_new, guint64 n_again)
{
  snug_sctp_tally_add (tally, (const guint8 *) packet, n_bytes);
  g_assert_cmpuint (tally->n_bytes, ==, n_new);
  g_assert_cmpuint (tally->n_again, ==, n_again);
}

#define TALLY(packet, n_new, n_again) assert_tally (&tally, packet, sizeof packet - 1, n_new, n_again)

static void
test_what_goes_again (void)
{
  SnugSctpTally tally = { 0 };

  TALLY (COMMON SACK, 0, 0);
  TALLY (COMMON DATA ("\xff\xff\xff\xfe", "abcd"), 4, 0);
  TALLY (COMMON SACK DATA ("\xff\xff\xff\xff", "abcd") DATA ("\0\0\0\0", "abcd"), 12, 0);
  TALLY (COMMON DATA ("\xff\xff\xff\xff", "abcd"), 12, 1);
  TALLY (COMMON DATA ("\xff\xff\xff\xfe", "abcd") DATA ("\0\0\0\1", "abcd"), 16, 2);
  /* of three bytes, padded, and another one behind it */
  TALLY (COMMON "\0\3\0\x13" "\0\0\0\2" "\0\0\0\0" "\0\0\0\x35" "abc\0" DATA ("\0\0\0\3", "abcd"), 23, 2);
}

static void
test_packets_that_are_none (void)
{
  static const char whole[] = COMMON SACK DATA ("\0\0\0\1", "abcd");
  static const char endless[] = COMMON "\0\3\0\0" "\0\0\0\1" "\0\0\0\0" "\0\0\0\x35" "abcd";
  SnugSctpTally tally = { 0 };

  for (gsize n = 0; n < sizeof whole - 1; n++)
    {
      g_autofree char *cut = g_memdup2 (whole, n);

      assert_tally (&tally, cut, n, 0, 0);
    }
  TALLY (endless, 0, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stripe-rule/lost-by-chance-and-gains", test_lost_by_chance_and_gains);
  g_test_add_func ("/stripe-rule/lost-in-a-queue-that-was-full", test_lost_in_a_queue_that_was_full);
  g_test_add_func ("/stripe-rule/gains-too-little", test_gains_too_little);
  g_test_add_func ("/stripe-rule/nothing-is-lost", test_nothing_is_lost);
  g_test_add_func ("/stripe-rule/a-queue-is-full", test_a_queue_is_full);
  g_test_add_func ("/stripe-rule/the-round-trip-grows", test_the_round_trip_grows);
  g_test_add_func ("/stripe-rule/seconds-without-a-byte", test_seconds_without_a_byte);
  g_test_add_func ("/stripe-rule/another-path", test_another_path);
  g_test_add_func ("/stripe-rule/round-trip-that-is-not-known", test_round_trip_that_is_not_known);
  g_test_add_func ("/stripe-rule/what-goes-again", test_what_goes_again);
  g_test_add_func ("/stripe-rule/packets-that-are-none", test_packets_that_are_none);
  return g_test_run ();
}
