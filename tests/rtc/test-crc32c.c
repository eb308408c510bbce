/* SCTP's checksum.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-crc32c.h"

#include <string.h>

typedef guint32 (*Crc32c) (const guint8 *data, gsize n_bytes);

/* RFC 3720 appendix B.4, and the "check" value everybody prints. */
static void
check_vectors (Crc32c crc32c)
{
  guint8 zeros[32] = { 0 }, ones[32], rising[32], falling[32];

  memset (ones, 0xff, sizeof ones);
  for (guint8 i = 0; i < 32; i++)
    {
      rising[i] = i;
      falling[i] = 31 - i;
    }
  g_assert_cmphex (crc32c (zeros, 32), ==, 0x8a9136aa);
  g_assert_cmphex (crc32c (ones, 32), ==, 0x62a8ab43);
  g_assert_cmphex (crc32c (rising, 32), ==, 0x46dd794e);
  g_assert_cmphex (crc32c (falling, 32), ==, 0x113fdb5c);
  g_assert_cmphex (crc32c ((const guint8 *) "123456789", 9), ==, 0xe3069283);
  g_assert_cmphex (crc32c (zeros, 0), ==, 0);
}

static void
test_vectors (void)
{
  check_vectors (snug_crc32c);
  check_vectors (snug_crc32c_by_table);
}

/* Every length and alignment that a packet's head and tail can have. */
static void
test_processor_agrees_with_table (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  guint8 data[96];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) g_rand_int (rand);
  for (gsize start = 0; start < 16; start++)
    for (gsize n = 0; start + n <= sizeof data; n++)
      g_assert_cmphex (snug_crc32c (data + start, n), ==, snug_crc32c_by_table (data + start, n));
}

/* RFC 9260 appendix A: computed with zeros in the field, least significant byte first. */
static void
test_seal (void)
{
  guint8 packet[16] = { 0x13, 0x88, 0x13, 0x88, 1, 2, 3, 4, 0xde, 0xad, 0xbe, 0xef, 10, 0, 0, 4 };
  guint8 blank[16];
  guint32 crc;

  memcpy (blank, packet, sizeof blank);
  memset (blank + 8, 0, 4);
  crc = snug_crc32c_by_table (blank, sizeof blank);

  snug_crc32c_seal_packet (packet, sizeof packet);
  for (int i = 0; i < 4; i++)
    g_assert_cmphex (packet[8 + i], ==, crc >> 8 * i & 255);
  g_assert_cmpmem (packet, 8, blank, 8);
  g_assert_cmpmem (packet + 12, 4, blank + 12, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crc32c/vectors", test_vectors);
  g_test_add_func ("/crc32c/processor-agrees-with-table", test_processor_agrees_with_table);
  g_test_add_func ("/crc32c/seal", test_seal);
  return g_test_run ();
}
