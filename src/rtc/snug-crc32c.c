/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-crc32c.h"

#include <string.h>

#if defined (__x86_64__)
#include <nmmintrin.h>
#elif defined (__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#include <asm/hwcap.h>
#endif

/* Castagnoli's polynomial, bits reversed. */
#define POLYNOMIAL 0x82f63b78u

#define CHECKSUM_OFFSET 8

typedef guint32 (*UpdateFunc) (guint32 crc, const guint8 *data, gsize n_bytes);

static guint32 table[8][256];

static gpointer
fill_table (G_GNUC_UNUSED gpointer data)
{
  for (guint32 i = 0; i < 256; i++)
    {
      guint32 crc = i;

      for (int bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
      table[0][i] = crc;
    }
  for (guint32 i = 0; i < 256; i++)
    for (int slice = 1; slice < 8; slice++)
      table[slice][i] = table[slice - 1][i] >> 8 ^ table[0][table[slice - 1][i] & 255];
  return NULL;
}

/* Eight bytes a step: table[k] advances a byte over k more zero bytes. */
static guint32
update_by_table (guint32 crc, const guint8 *data, gsize n_bytes)
{
  for (; n_bytes >= 8; data += 8, n_bytes -= 8)
    {
      guint64 word;

      memcpy (&word, data, sizeof word);
      word = GUINT64_FROM_LE (word) ^ crc;
      crc = table[7][word & 255] ^ table[6][word >> 8 & 255]
            ^ table[5][word >> 16 & 255] ^ table[4][word >> 24 & 255]
            ^ table[3][word >> 32 & 255] ^ table[2][word >> 40 & 255]
            ^ table[1][word >> 48 & 255] ^ table[0][word >> 56];
    }
  for (; n_bytes > 0; data++, n_bytes--)
    crc = crc >> 8 ^ table[0][(crc ^ *data) & 255];
  return crc;
}

#if defined (__x86_64__)

__attribute__ ((target ("sse4.2"))) static guint32
update_by_processor (guint32 crc, const guint8 *data, gsize n_bytes)
{
  guint64 wide = crc;

  for (; n_bytes >= 8; data += 8, n_bytes -= 8)
    {
      guint64 word;

      memcpy (&word, data, sizeof word);
      wide = _mm_crc32_u64 (wide, word);
    }
  for (; n_bytes > 0; data++, n_bytes--)
    wide = _mm_crc32_u8 ((guint32) wide, *data);
  return (guint32) wide;
}

static gboolean
processor_can (void)
{
  return __builtin_cpu_supports ("sse4.2");
}

#elif defined (__aarch64__)

__attribute__ ((target ("+crc"))) static guint32
update_by_processor (guint32 crc, const guint8 *data, gsize n_bytes)
{
  for (; n_bytes >= 8; data += 8, n_bytes -= 8)
    {
      guint64 word;

      memcpy (&word, data, sizeof word);
      crc = __crc32cd (crc, GUINT64_FROM_LE (word));
    }
  for (; n_bytes > 0; data++, n_bytes--)
    crc = __crc32cb (crc, *data);
  return crc;
}

static gboolean
processor_can (void)
{
  return (getauxval (AT_HWCAP) & HWCAP_CRC32) != 0;
}

#else

#define update_by_processor update_by_table

static gboolean
processor_can (void)
{
  return FALSE;
}

#endif

static void
ensure_table (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, fill_table, NULL);
}

static gpointer
choose (G_GNUC_UNUSED gpointer data)
{
  if (processor_can ())
    return (gpointer) update_by_processor;
  ensure_table ();
  return (gpointer) update_by_table;
}

guint32
snug_crc32c (const guint8 *data, gsize n_bytes)
{
  static GOnce once = G_ONCE_INIT;
  UpdateFunc update = (UpdateFunc) g_once (&once, choose, NULL);

  return ~update (G_MAXUINT32, data, n_bytes);
}

guint32
snug_crc32c_by_table (const guint8 *data, gsize n_bytes)
{
  ensure_table ();
  return ~update_by_table (G_MAXUINT32, data, n_bytes);
}

void
snug_crc32c_seal_packet (guint8 *packet, gsize n_bytes)
{
  guint32 crc;

  memset (packet + CHECKSUM_OFFSET, 0, sizeof crc);
  crc = GUINT32_TO_LE (snug_crc32c (packet, n_bytes));
  memcpy (packet + CHECKSUM_OFFSET, &crc, sizeof crc);
}
