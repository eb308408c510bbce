/* Messages that come by several channels, in all orders.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-stripe-order.h"

#define MESSAGE_BYTES (64 * 1024)

static gboolean
put (SnugStripeOrder *order, guint64 number)
{
  g_autoptr (GBytes) bytes = g_bytes_new (&number, sizeof number);

  return snug_stripe_order_put (order, number, bytes, number % 3 == 0);
}

/* All that may be taken now: @n of them, from @first on. */
static void
assert_takes (SnugStripeOrder *order, guint64 first, guint n)
{
  for (guint64 number = first; number < first + n; number++)
    {
      g_autoptr (SnugStripeMessage) message = snug_stripe_order_take (order);
      g_autoptr (GBytes) expected = g_bytes_new (&number, sizeof number);

      g_assert_nonnull (message);
      g_assert_true (g_bytes_equal (message->bytes, expected));
      g_assert_cmpint (message->is_text, ==, number % 3 == 0);
    }
  g_assert_null (snug_stripe_order_take (order));
}

static void
test_in_order (void)
{
  SnugStripeOrder *order = snug_stripe_order_new ();

  for (guint64 number = 0; number < 100; number++)
    {
      g_assert_true (put (order, number));
      assert_takes (order, number, 1);
      g_assert_cmpuint (snug_stripe_order_get_n_waiting (order), ==, 0);
    }
  snug_stripe_order_free (order);
}

/* All orders of five. */
static void
test_every_order (void)
{
  const guint n = 5, n_orders = 3125;

  for (guint code = 0; code < n_orders; code++)
    {
      SnugStripeOrder *order = snug_stripe_order_new ();
      guint seen = 0, taken = 0;

      for (guint i = 0, rest = code; i < n; i++, rest /= n)
        {
          guint number = rest % n, before = taken;

          g_assert_cmpint (put (order, number), ==, (seen & 1u << number) == 0);
          seen |= 1u << number;
          while ((seen & 1u << taken) != 0)
            taken++;
          assert_takes (order, before, taken - before);
          g_assert_cmpint (snug_stripe_order_get_n_waiting (order) == 0, ==, seen == (1u << taken) - 1);
        }
      snug_stripe_order_free (order);
    }
}

static void
test_not_more_than_may_wait (void)
{
  SnugStripeOrder *order = snug_stripe_order_new ();
  g_autofree guint8 *data = g_malloc0 (MESSAGE_BYTES);
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, MESSAGE_BYTES);
  guint64 number = 1;

  while (snug_stripe_order_put (order, number, bytes, FALSE))
    number++;
  /* what a message costs besides is less than a hundredth of it */
  g_assert_cmpuint (number * MESSAGE_BYTES, <=, SNUG_STRIPE_ORDER_MAX_BYTES);
  g_assert_cmpuint (number * MESSAGE_BYTES, >, SNUG_STRIPE_ORDER_MAX_BYTES - SNUG_STRIPE_ORDER_MAX_BYTES / 100);
  g_assert_cmpuint (snug_stripe_order_get_n_waiting (order), <=, SNUG_STRIPE_ORDER_MAX_BYTES);
  /* What they wait for may still come. */
  g_assert_true (snug_stripe_order_is_full (order, number, bytes));
  g_assert_false (snug_stripe_order_is_full (order, 0, bytes));
  g_assert_true (snug_stripe_order_put (order, 0, bytes, FALSE));
  for (guint64 taken = 0; taken < number; taken++)
    {
      g_autoptr (SnugStripeMessage) message = snug_stripe_order_take (order);

      g_assert_nonnull (message);
    }
  snug_stripe_order_free (order);
}

/* They are not free, so they cannot be without end. */
static void
test_empty_messages (void)
{
  SnugStripeOrder *order = snug_stripe_order_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  guint64 number = 1;

  while (snug_stripe_order_put (order, number, bytes, FALSE))
    g_assert_cmpuint (++number, <, SNUG_STRIPE_ORDER_MAX_BYTES / 100);
  snug_stripe_order_free (order);
}

static void
test_the_largest_number (void)
{
  SnugStripeOrder *order = snug_stripe_order_new ();

  g_assert_true (put (order, G_MAXUINT64));
  g_assert_null (snug_stripe_order_take (order));
  snug_stripe_order_free (order);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stripe-order/in-order", test_in_order);
  g_test_add_func ("/stripe-order/every-order", test_every_order);
  g_test_add_func ("/stripe-order/not-more-than-may-wait", test_not_more_than_may_wait);
  g_test_add_func ("/stripe-order/empty-messages", test_empty_messages);
  g_test_add_func ("/stripe-order/the-largest-number", test_the_largest_number);
  return g_test_run ();
}
