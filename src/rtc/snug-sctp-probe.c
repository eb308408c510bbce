/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sctp-probe.h"

#include <string.h>

#include "snug-bytes.h"
#include "snug-crc32c.h"

#define COMMON_HEADER 12
#define CHUNK_HEADER 4

/* RFC 9260 section 3.2, RFC 4820 section 3 */
#define CHUNK_INIT 1
#define CHUNK_HEARTBEAT 4
#define CHUNK_HEARTBEAT_ACK 5
#define CHUNK_ABORT 6
#define CHUNK_ERROR 9
#define CHUNK_COOKIE_ACK 11
#define CHUNK_SHUTDOWN_COMPLETE 14
#define CHUNK_PAD 0x84
#define ABORT_TAG_REFLECTED 1
#define PARAMETER_HEARTBEAT_INFO 1

/* "snug-mtu": tells our own from those that usrsctp sends by itself. */
#define MARK_HIGH 0x736e7567
#define MARK_LOW 0x2d6d7475
#define INFO_BYTES (4 + 8 + 4)
#define HEARTBEAT_BYTES (CHUNK_HEADER + INFO_BYTES)

G_STATIC_ASSERT (SNUG_SCTP_PROBE_MIN_BYTES == COMMON_HEADER + HEARTBEAT_BYTES + CHUNK_HEADER);

gboolean
snug_sctp_address_read (SnugSctpAddress *address, const guint8 *packet, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (packet, n_bytes);

  address->source_port = snug_byte_reader_u16 (&reader);
  address->destination_port = snug_byte_reader_u16 (&reader);
  address->verification_tag = snug_byte_reader_u32 (&reader);
  return !reader.failed;
}

static void
append_common_header (GByteArray *packet, const SnugSctpAddress *to)
{
  snug_bytes_append_u16 (packet, to->source_port);
  snug_bytes_append_u16 (packet, to->destination_port);
  snug_bytes_append_u32 (packet, to->verification_tag);
  snug_bytes_append_u32 (packet, 0);
}

static void
append_chunk_header (GByteArray *packet, guint8 type, guint8 flags, gsize n_bytes)
{
  snug_bytes_append_u8 (packet, type);
  snug_bytes_append_u8 (packet, flags);
  snug_bytes_append_u16 (packet, (guint16) n_bytes);
}

GByteArray *
snug_sctp_probe_make (guint32 number, const SnugSctpAddress *to, gsize n_bytes)
{
  GByteArray *packet = g_byte_array_sized_new ((guint) n_bytes);
  guint n_filled;

  append_common_header (packet, to);
  append_chunk_header (packet, CHUNK_HEARTBEAT, 0, HEARTBEAT_BYTES);
  snug_bytes_append_u16 (packet, PARAMETER_HEARTBEAT_INFO);
  snug_bytes_append_u16 (packet, INFO_BYTES);
  snug_bytes_append_u32 (packet, MARK_HIGH);
  snug_bytes_append_u32 (packet, MARK_LOW);
  snug_bytes_append_u32 (packet, number);

  append_chunk_header (packet, CHUNK_PAD, 0, n_bytes - packet->len);
  n_filled = packet->len;
  g_byte_array_set_size (packet, (guint) n_bytes);
  memset (packet->data + n_filled, 0, n_bytes - n_filled);
  snug_crc32c_seal_packet (packet->data, n_bytes);
  return packet;
}

/* @chunk: one that is as long as an answer to ours */
static gboolean
read_answer (guint32 *number, const guint8 *chunk)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (chunk, HEARTBEAT_BYTES);
  gboolean is_ours;

  snug_byte_reader_bytes (&reader, CHUNK_HEADER);
  is_ours = snug_byte_reader_u16 (&reader) == PARAMETER_HEARTBEAT_INFO && snug_byte_reader_u16 (&reader) == INFO_BYTES
            && snug_byte_reader_u32 (&reader) == MARK_HIGH && snug_byte_reader_u32 (&reader) == MARK_LOW;
  *number = snug_byte_reader_u32 (&reader);
  return is_ours;
}

/* Returns: the bytes of the whole chunk; 0 if there is none */
static gsize
read_chunk (SnugByteReader *reader, guint8 *type)
{
  gsize n_bytes;

  if (reader->failed || snug_byte_reader_left (reader) < CHUNK_HEADER)
    return 0;
  *type = snug_byte_reader_u8 (reader);
  snug_byte_reader_u8 (reader);
  n_bytes = snug_byte_reader_u16 (reader);
  if (n_bytes < CHUNK_HEADER || snug_byte_reader_bytes (reader, n_bytes - CHUNK_HEADER) == NULL)
    return 0;
  /* RFC 9260 section 3.2: a chunk begins at a multiple of four */
  snug_byte_reader_bytes (reader, MIN (-n_bytes % 4, snug_byte_reader_left (reader)));
  return n_bytes;
}

gsize
snug_sctp_probe_find_answer (guint32 *number, const guint8 *packet, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (packet, n_bytes);
  gsize offset, chunk_bytes;
  guint8 type;

  snug_byte_reader_bytes (&reader, COMMON_HEADER);
  while (offset = reader.offset, (chunk_bytes = read_chunk (&reader, &type)) > 0)
    if (type == CHUNK_HEARTBEAT_ACK && chunk_bytes == HEARTBEAT_BYTES && read_answer (number, packet + offset))
      return offset;
  return 0;
}

void
snug_sctp_probe_hide_answer (guint8 *packet, gsize offset)
{
  packet[offset] = CHUNK_PAD;
}

/* RFC 9260 section 8.4. An INIT is for whoever opens associations, and no SHUTDOWN ACK is said where all of them are
 * aborted. */
static gboolean
is_refused (const guint8 *packet, gsize n_bytes)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (packet, n_bytes);
  guint n_chunks = 0;
  guint8 type;

  snug_byte_reader_bytes (&reader, COMMON_HEADER);
  for (; read_chunk (&reader, &type) > 0; n_chunks++)
    if (type == CHUNK_INIT || type == CHUNK_ABORT || type == CHUNK_ERROR || type == CHUNK_COOKIE_ACK
        || type == CHUNK_SHUTDOWN_COMPLETE)
      return FALSE;
  return n_chunks > 0;
}

GByteArray *
snug_sctp_refusal_make (const guint8 *packet, gsize n_bytes)
{
  SnugSctpAddress from;
  SnugSctpAddress back;
  GByteArray *refusal;

  if (!is_refused (packet, n_bytes) || !snug_sctp_address_read (&from, packet, n_bytes))
    return NULL;
  /* With the tag of the packet itself, as no other is known: that is what the flag says. */
  back = (SnugSctpAddress) { from.destination_port, from.source_port, from.verification_tag };
  refusal = g_byte_array_new ();
  append_common_header (refusal, &back);
  append_chunk_header (refusal, CHUNK_ABORT, ABORT_TAG_REFLECTED, CHUNK_HEADER);
  snug_crc32c_seal_packet (refusal->data, refusal->len);
  return refusal;
}
