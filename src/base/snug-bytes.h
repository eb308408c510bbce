/* snug-bytes: reading and writing big-endian fields of a stranger's packet, never past its end.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A cursor over borrowed bytes. A read past the end sets @failed, returns 0 or %NULL, and so do all
 * later reads: check @failed once, at the end. */
typedef struct
{
  const guint8 *data;      /* borrowed */
  gsize         n_bytes;
  gsize         offset;
  gboolean      failed;
} SnugByteReader;

#define SNUG_BYTE_READER_INIT(data_, n_bytes_) { .data = (data_), .n_bytes = (n_bytes_) }

/* The next field, of one, two or four bytes. */
guint8        snug_byte_reader_u8    (SnugByteReader *reader);
guint16       snug_byte_reader_u16   (SnugByteReader *reader);
guint32       snug_byte_reader_u32   (SnugByteReader *reader);
const guint8 *snug_byte_reader_bytes (SnugByteReader *reader, gsize n_bytes);  /* borrowed */
/* How many bytes were not read yet. */
gsize         snug_byte_reader_left  (const SnugByteReader *reader);

/* Writers append to a GByteArray, big-endian. */
void snug_bytes_append_u8  (GByteArray *array, guint8 value);
void snug_bytes_append_u16 (GByteArray *array, guint16 value);
void snug_bytes_append_u32 (GByteArray *array, guint32 value);

/**
 * snug_bytes_to_hex:
 *
 * Returns: (transfer full): lower-case hexadecimal
 */
char *snug_bytes_to_hex (const guint8 *data, gsize n_bytes);

G_END_DECLS
