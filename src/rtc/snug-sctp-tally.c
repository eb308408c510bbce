/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sctp-tally.h"

#include "snug-bytes.h"

/* RFC 9260 sections 3.1, 3.2 and 3.3.1 */
#define COMMON_HEADER 12
#define CHUNK_HEADER 4
#define CHUNK_DATA 0
#define DATA_HEADER 16

/* RFC 9260 section 1.6: serial arithmetic (RFC 1982) */
static gboolean
is_after (guint32 tsn, guint32 other)
{
  return (gint32) (tsn - other) > 0;
}

static void
add_data (SnugSctpTally *self, guint32 tsn, gsize chunk_bytes)
{
  if (self->has_tsn && !is_after (tsn, self->last_tsn))
    {
      self->n_again++;
      return;
    }
  self->has_tsn = TRUE;
  self->last_tsn = tsn;
  self->n_bytes += chunk_bytes - DATA_HEADER;
}

void
snug_sctp_tally_add (SnugSctpTally *self, const guint8 *packet, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (packet, n_bytes);

  snug_byte_reader_bytes (&reader, COMMON_HEADER);
  while (!reader.failed && snug_byte_reader_left (&reader) >= CHUNK_HEADER)
    {
      guint8 type = snug_byte_reader_u8 (&reader);
      gsize chunk_bytes, n_left = snug_byte_reader_left (&reader) + 1;

      snug_byte_reader_u8 (&reader);
      chunk_bytes = snug_byte_reader_u16 (&reader);
      if (chunk_bytes < CHUNK_HEADER || chunk_bytes > n_left)
        break;
      if (type == CHUNK_DATA && chunk_bytes > DATA_HEADER)
        {
          SnugByteReader body = reader;

          add_data (self, snug_byte_reader_u32 (&body), chunk_bytes);
        }
      snug_byte_reader_bytes (&reader, chunk_bytes - CHUNK_HEADER);
      /* a chunk begins at a multiple of four */
      snug_byte_reader_bytes (&reader, MIN (-chunk_bytes % 4, snug_byte_reader_left (&reader)));
    }
}
