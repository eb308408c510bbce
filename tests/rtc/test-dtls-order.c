/* The order of a handshake's records, whichever way they come.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-dtls-order.h"

#include <string.h>

#define HANDSHAKE 22
#define CHANGE_CIPHER_SPEC 20
#define BODY_BYTES 5
#define RECORD_BYTES (13 + BODY_BYTES)

/* One record behind another, each of a type, an epoch and a number. */
static gsize
write_record (guint8 *out, guint8 type, guint8 epoch, guint8 number)
{
  memcpy (out, ((const guint8[RECORD_BYTES]) { type, 254, 253, 0, epoch, 0, 0, 0, 0, 0, number, 0, BODY_BYTES }), RECORD_BYTES);
  return RECORD_BYTES;
}

static void
add (SnugDtlsOrder *order, guint8 type, guint8 epoch, guint8 number)
{
  guint8 record[RECORD_BYTES];

  snug_dtls_order_add (order, record, write_record (record, type, epoch, number));
}

static void
assert_next (SnugDtlsOrder *order, guint8 epoch, guint8 number)
{
  g_autoptr (GBytes) datagram = snug_dtls_order_take (order);
  const guint8 *data;

  g_assert_nonnull (datagram);
  data = g_bytes_get_data (datagram, NULL);
  g_assert_cmpuint (data[4], ==, epoch);
  g_assert_cmpuint (data[10], ==, number);
}

static void
test_in_order (void)
{
  g_autoptr (SnugDtlsOrder) order = snug_dtls_order_new ();

  for (guint8 i = 0; i < 3; i++)
    {
      add (order, HANDSHAKE, 0, i);
      assert_next (order, 0, i);
      g_assert_null (snug_dtls_order_take (order));
      g_assert_false (snug_dtls_order_is_waiting (order));
    }
}

/* What is encrypted comes after the ChangeCipherSpec, and that after all before it. */
static void
test_backwards (void)
{
  g_autoptr (SnugDtlsOrder) order = snug_dtls_order_new ();

  add (order, HANDSHAKE, 1, 1);
  add (order, HANDSHAKE, 1, 0);
  add (order, CHANGE_CIPHER_SPEC, 0, 2);
  add (order, HANDSHAKE, 0, 1);
  g_assert_null (snug_dtls_order_take (order));
  g_assert_true (snug_dtls_order_is_waiting (order));
  add (order, HANDSHAKE, 0, 0);
  for (guint8 i = 0; i < 3; i++)
    assert_next (order, 0, i);
  assert_next (order, 1, 0);
  assert_next (order, 1, 1);
  g_assert_false (snug_dtls_order_is_waiting (order));
}

static void
test_several_in_a_datagram (void)
{
  g_autoptr (SnugDtlsOrder) order = snug_dtls_order_new ();
  guint8 records[3 * RECORD_BYTES];
  gsize n_bytes = write_record (records, HANDSHAKE, 0, 0);

  n_bytes += write_record (records + n_bytes, HANDSHAKE, 0, 1);
  n_bytes += write_record (records + n_bytes, CHANGE_CIPHER_SPEC, 0, 2);
  add (order, HANDSHAKE, 1, 0);
  snug_dtls_order_add (order, records, n_bytes);
  assert_next (order, 0, 0);
  assert_next (order, 1, 0);
}

/* What was sent again, or comes after it was given up, does not wait. */
static void
test_late (void)
{
  g_autoptr (SnugDtlsOrder) order = snug_dtls_order_new ();

  add (order, HANDSHAKE, 0, 2);
  add (order, HANDSHAKE, 0, 4);
  g_assert_null (snug_dtls_order_take (order));
  snug_dtls_order_skip (order);
  assert_next (order, 0, 2);
  assert_next (order, 0, 4);
  g_assert_null (snug_dtls_order_take (order));
  add (order, HANDSHAKE, 0, 0);
  assert_next (order, 0, 0);
  add (order, HANDSHAKE, 0, 6);
  g_assert_null (snug_dtls_order_take (order));
  add (order, HANDSHAKE, 0, 5);
  assert_next (order, 0, 5);
  assert_next (order, 0, 6);

  /* nothing waits, so nothing is skipped later */
  snug_dtls_order_skip (order);
  add (order, HANDSHAKE, 0, 9);
  g_assert_null (snug_dtls_order_take (order));
}

/* Of a stranger that leaves one out: as it comes, and none is lost. */
static void
test_too_many (void)
{
  g_autoptr (SnugDtlsOrder) order = snug_dtls_order_new ();
  guint n_taken = 0;

  for (guint8 i = 1; i < 100; i++)
    {
      g_autoptr (GBytes) datagram = NULL;

      add (order, HANDSHAKE, 0, i);
      while ((datagram = snug_dtls_order_take (order)) != NULL)
        {
          g_clear_pointer (&datagram, g_bytes_unref);
          n_taken++;
        }
      g_assert_cmpuint (i - n_taken, <=, 16);
    }
  g_assert_cmpuint (n_taken, ==, 99);
}

/* Numbers as large as they can be are only numbers. */
static void
test_largest_numbers (void)
{
  g_autoptr (SnugDtlsOrder) order = snug_dtls_order_new ();
  guint8 record[RECORD_BYTES];

  write_record (record, CHANGE_CIPHER_SPEC, 0, 0);
  memset (record + 3, 0xff, 8);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) datagram = NULL;

      snug_dtls_order_add (order, record, sizeof record);
      snug_dtls_order_skip (order);
      datagram = snug_dtls_order_take (order);
      g_assert_cmpmem (g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram), record, sizeof record);
    }
  add (order, HANDSHAKE, 0, 0);
  assert_next (order, 0, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtls-order/in-order", test_in_order);
  g_test_add_func ("/dtls-order/backwards", test_backwards);
  g_test_add_func ("/dtls-order/several-in-a-datagram", test_several_in_a_datagram);
  g_test_add_func ("/dtls-order/late", test_late);
  g_test_add_func ("/dtls-order/too-many", test_too_many);
  g_test_add_func ("/dtls-order/largest-numbers", test_largest_numbers);
  return g_test_run ();
}
