/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-bytes.h"

const guint8 *
snug_byte_reader_bytes (SnugByteReader *reader, gsize n_bytes)
{
  const guint8 *at;

  if (reader->failed || n_bytes > reader->n_bytes - reader->offset)
    {
      reader->failed = TRUE;
      return NULL;
    }

  at = reader->data + reader->offset;
  reader->offset += n_bytes;
  return at;
}

static guint32
read_big_endian (SnugByteReader *reader, gsize n_bytes)
{
  const guint8 *at = snug_byte_reader_bytes (reader, n_bytes);
  guint32 value = 0;

  for (gsize i = 0; at != NULL && i < n_bytes; i++)
    value = value << 8 | at[i];
  return value;
}

guint8
snug_byte_reader_u8 (SnugByteReader *reader)
{
  return (guint8) read_big_endian (reader, 1);
}

guint16
snug_byte_reader_u16 (SnugByteReader *reader)
{
  return (guint16) read_big_endian (reader, 2);
}

guint32
snug_byte_reader_u32 (SnugByteReader *reader)
{
  return read_big_endian (reader, 4);
}

gsize
snug_byte_reader_left (const SnugByteReader *reader)
{
  return reader->failed ? 0 : reader->n_bytes - reader->offset;
}

void
snug_bytes_append_u8 (GByteArray *array, guint8 value)
{
  g_byte_array_append (array, &value, 1);
}

void
snug_bytes_append_u16 (GByteArray *array, guint16 value)
{
  guint16 big_endian = GUINT16_TO_BE (value);

  g_byte_array_append (array, (const guint8 *) &big_endian, sizeof big_endian);
}

void
snug_bytes_append_u32 (GByteArray *array, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);

  g_byte_array_append (array, (const guint8 *) &big_endian, sizeof big_endian);
}

char *
snug_bytes_to_hex (const guint8 *data, gsize n_bytes)
{
  static const char digits[] = "0123456789abcdef";
  char *hex = g_new (char, n_bytes * 2 + 1);

  for (gsize i = 0; i < n_bytes; i++)
    {
      hex[2 * i] = digits[data[i] >> 4];
      hex[2 * i + 1] = digits[data[i] & 15];
    }
  hex[n_bytes * 2] = '\0';
  return hex;
}
