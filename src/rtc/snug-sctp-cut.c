/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sctp-cut.h"

#include <string.h>

#include "snug-bytes.h"

/* RFC 9260 section 3.2 */
#define CHUNK_HEADER 4

/* Where the chunk at @offset ends, padding included. What is no chunk ends with the packet. */
static gsize
find_end (const SnugSctpCut *self, gsize offset)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (self->packet + offset, self->n_bytes - offset);
  gsize chunk_bytes;

  snug_byte_reader_bytes (&reader, 2);
  chunk_bytes = snug_byte_reader_u16 (&reader);
  if (reader.failed || chunk_bytes < CHUNK_HEADER)
    return self->n_bytes;
  return MIN (offset + chunk_bytes + -chunk_bytes % 4, self->n_bytes);
}

guint8 *
snug_sctp_cut_next (SnugSctpCut *self, gsize *n_bytes)
{
  gsize begin = MAX (self->offset, SNUG_SCTP_COMMON_HEADER), end;
  guint8 *piece;

  if (self->offset >= self->n_bytes)
    return NULL;
  if (self->n_bytes <= self->most_bytes || self->n_bytes <= SNUG_SCTP_COMMON_HEADER)
    {
      self->offset = *n_bytes = self->n_bytes;
      return self->packet;
    }

  end = find_end (self, begin);
  while (end < self->n_bytes && find_end (self, end) - begin + SNUG_SCTP_COMMON_HEADER <= self->most_bytes)
    end = find_end (self, end);
  piece = self->packet + begin - SNUG_SCTP_COMMON_HEADER;
  if (self->offset == 0)
    memcpy (self->header, piece, SNUG_SCTP_COMMON_HEADER);
  else
    /* what stood there was the end of the piece before */
    memcpy (piece, self->header, SNUG_SCTP_COMMON_HEADER);
  self->offset = end;
  *n_bytes = end - begin + SNUG_SCTP_COMMON_HEADER;
  return piece;
}
