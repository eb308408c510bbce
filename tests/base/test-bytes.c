/* Reading and writing a packet's fields.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-bytes.h"

static void
test_round_trip (void)
{
  g_autoptr (GByteArray) array = g_byte_array_new ();
  SnugByteReader reader;

  snug_bytes_append_u8 (array, 1);
  snug_bytes_append_u16 (array, 0x0203);
  snug_bytes_append_u32 (array, 0xf4050607);

  reader = (SnugByteReader) SNUG_BYTE_READER_INIT (array->data, array->len);
  g_assert_cmpuint (snug_byte_reader_u8 (&reader), ==, 1);
  g_assert_cmpuint (snug_byte_reader_u16 (&reader), ==, 0x0203);
  g_assert_cmpuint (snug_byte_reader_u32 (&reader), ==, 0xf4050607);
  g_assert_cmpuint (snug_byte_reader_left (&reader), ==, 0);
  g_assert_false (reader.failed);
}

static void
test_never_past_the_end (void)
{
  const guint8 data[3] = { 1, 2, 3 };
  SnugByteReader reader = SNUG_BYTE_READER_INIT (data, sizeof data);

  g_assert_cmpuint (snug_byte_reader_u16 (&reader), ==, 0x0102);
  g_assert_cmpuint (snug_byte_reader_u16 (&reader), ==, 0);
  g_assert_true (reader.failed);
  /* a failed reader stays failed, though a byte is left */
  g_assert_cmpuint (snug_byte_reader_u8 (&reader), ==, 0);
  g_assert_null (snug_byte_reader_bytes (&reader, G_MAXSIZE));
  g_assert_cmpuint (snug_byte_reader_left (&reader), ==, 0);
}

static void
test_hex (void)
{
  const guint8 data[3] = { 0x00, 0xab, 0xff };
  g_autofree char *hex = snug_bytes_to_hex (data, sizeof data);

  g_assert_cmpstr (hex, ==, "00abff");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bytes/round-trip", test_round_trip);
  g_test_add_func ("/bytes/never-past-the-end", test_never_past_the_end);
  g_test_add_func ("/bytes/hex", test_hex);
  return g_test_run ();
}
