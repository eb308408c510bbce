/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-websocket-parser.h"

#include <string.h>

#include "snug-bytes.h"

/* RFC 6455 section 11.8 */
enum
{
  OPCODE_CONTINUATION = 0,
  OPCODE_TEXT = 1,
  OPCODE_BINARY = 2,
  OPCODE_CLOSE = 8,
  OPCODE_PING = 9,
  OPCODE_PONG = 10
};

#define MAX_CONTROL_BYTES 125
#define MASK_BYTES 4
/* RFC 6455 section 5.2: instead of a length, that it follows in 2 or in 8 bytes. */
#define LENGTH_IN_2_BYTES 126
#define LENGTH_IN_8_BYTES 127

void
snug_websocket_parser_init (SnugWebsocketParser *parser, gsize max_bytes, guint max_fragments)
{
  *parser = (SnugWebsocketParser) { .max_bytes = max_bytes, .max_fragments = max_fragments };
  parser->message = g_byte_array_new ();
  parser->control = g_byte_array_new ();
}

void
snug_websocket_parser_clear (SnugWebsocketParser *parser)
{
  g_clear_pointer (&parser->message, g_byte_array_unref);
  g_clear_pointer (&parser->control, g_byte_array_unref);
}

static guint8
get_opcode (const SnugWebsocketParser *parser)
{
  return parser->header[0] & 0x0f;
}

static gboolean
is_final (const SnugWebsocketParser *parser)
{
  return (parser->header[0] & 0x80) != 0;
}

static gboolean
is_control (const SnugWebsocketParser *parser)
{
  return get_opcode (parser) >= OPCODE_CLOSE;
}

static gboolean
is_masked (const SnugWebsocketParser *parser)
{
  return (parser->header[1] & 0x80) != 0;
}

static guint
length_size (guint8 length)
{
  return length == LENGTH_IN_2_BYTES ? 2 : length == LENGTH_IN_8_BYTES ? 8 : 0;
}

/* Two bytes, then the length's, then those of the mask. */
static guint
header_size (const SnugWebsocketParser *parser)
{
  guint8 length = parser->header[1] & 0x7f;

  if (parser->n_header < 2)
    return 2;
  return 2 + length_size (length) + (is_masked (parser) ? MASK_BYTES : 0);
}

static guint64
payload_size (const SnugWebsocketParser *parser)
{
  guint8 length = parser->header[1] & 0x7f;
  guint n_bytes = length_size (length);
  guint64 size = 0;

  for (guint i = 0; i < n_bytes; i++)
    size = size << 8 | parser->header[2 + i];
  return n_bytes == 0 ? length : size;
}

/* Two bytes say it all. RFC 6455 sections 5.1 (clients mask, servers do not), 5.2 (no extension: no reserved bits), 5.5
 * (control frames). */
static gboolean
start_is_good (const SnugWebsocketParser *parser)
{
  guint8 opcode = get_opcode (parser);

  if ((parser->header[0] & 0x70) != 0 || is_masked (parser) == parser->from_server)
    return FALSE;
  if (is_control (parser))
    return opcode <= OPCODE_PONG && is_final (parser) && (parser->header[1] & 0x7f) <= MAX_CONTROL_BYTES;
  if (opcode == OPCODE_CONTINUATION)
    return parser->message_opcode != 0;
  return opcode <= OPCODE_BINARY && parser->message_opcode == 0;
}

/* Returns: FALSE if the bytes ended first, or *@bad. */
static gboolean
read_header (SnugWebsocketParser *parser, const guint8 **data, gsize *n_bytes, gboolean *bad)
{
  while (parser->n_header < header_size (parser))
    {
      if (*n_bytes == 0)
        return FALSE;
      parser->header[parser->n_header++] = *(*data)++;
      (*n_bytes)--;
      *bad = parser->n_header == 2 && !start_is_good (parser);
      if (*bad)
        return FALSE;
    }
  return TRUE;
}

static SnugWebsocketEvent
begin_payload (SnugWebsocketParser *parser)
{
  guint64 size = payload_size (parser);

  if (is_control (parser))
    {
      g_byte_array_set_size (parser->control, 0);
    }
  else
    {
      parser->n_fragments++;
      if (size > parser->max_bytes - parser->message->len || parser->n_fragments > parser->max_fragments)
        return SNUG_WEBSOCKET_TOO_LARGE;
      if (get_opcode (parser) != OPCODE_CONTINUATION)
        parser->message_opcode = get_opcode (parser);
    }

  parser->in_payload = TRUE;
  parser->n_left = size;
  parser->n_read = 0;
  return SNUG_WEBSOCKET_MORE;
}

static void
read_payload (SnugWebsocketParser *parser, const guint8 **data, gsize *n_bytes)
{
  const guint8 *mask = parser->header + header_size (parser) - MASK_BYTES;
  GByteArray *into = is_control (parser) ? parser->control : parser->message;
  gsize n = (gsize) MIN (parser->n_left, *n_bytes);
  guint start = into->len;

  g_byte_array_append (into, *data, (guint) n);
  for (gsize i = 0; i < n && is_masked (parser); i++)
    into->data[start + i] ^= mask[(parser->n_read + i) % MASK_BYTES];

  parser->n_read += n;
  parser->n_left -= n;
  *data += n;
  *n_bytes -= n;
}

static SnugWebsocketEvent
end_frame (SnugWebsocketParser *parser, GByteArray **payload)
{
  guint8 opcode = get_opcode (parser);
  gboolean is_text;

  parser->in_payload = FALSE;
  parser->n_header = 0;

  if (is_control (parser))
    {
      *payload = parser->control;
      return opcode == OPCODE_PING ? SNUG_WEBSOCKET_PING
             : opcode == OPCODE_PONG ? SNUG_WEBSOCKET_PONG : SNUG_WEBSOCKET_CLOSE;
    }
  if (!is_final (parser))
    return SNUG_WEBSOCKET_FRAGMENT;

  is_text = parser->message_opcode == OPCODE_TEXT;
  *payload = parser->message;
  parser->done = TRUE;
  return is_text ? SNUG_WEBSOCKET_TEXT : SNUG_WEBSOCKET_BINARY;
}

static void
begin_message (SnugWebsocketParser *parser)
{
  g_byte_array_set_size (parser->message, 0);
  parser->message_opcode = 0;
  parser->n_fragments = 0;
  parser->done = FALSE;
}

SnugWebsocketEvent
snug_websocket_parser_next (SnugWebsocketParser *parser, const guint8 **data, gsize *n_bytes,
                            GByteArray **payload)
{
  SnugWebsocketEvent event;
  gboolean bad = FALSE;

  if (parser->done)
    begin_message (parser);

  if (!parser->in_payload)
    {
      if (!read_header (parser, data, n_bytes, &bad))
        return bad ? SNUG_WEBSOCKET_BAD_FRAME : SNUG_WEBSOCKET_MORE;
      event = begin_payload (parser);
      if (event != SNUG_WEBSOCKET_MORE)
        return event;
    }

  read_payload (parser, data, n_bytes);
  return parser->n_left > 0 ? SNUG_WEBSOCKET_MORE : end_frame (parser, payload);
}

static void
append_header (GByteArray *out, guint8 opcode, gsize n_bytes, guint8 mask_bit)
{
  snug_bytes_append_u8 (out, 0x80 | opcode);
  if (n_bytes < LENGTH_IN_2_BYTES)
    {
      snug_bytes_append_u8 (out, mask_bit | (guint8) n_bytes);
    }
  else if (n_bytes <= G_MAXUINT16)
    {
      snug_bytes_append_u8 (out, mask_bit | LENGTH_IN_2_BYTES);
      snug_bytes_append_u16 (out, (guint16) n_bytes);
    }
  else
    {
      snug_bytes_append_u8 (out, mask_bit | LENGTH_IN_8_BYTES);
      snug_bytes_append_u32 (out, (guint32) ((guint64) n_bytes >> 32));
      snug_bytes_append_u32 (out, (guint32) n_bytes);
    }
}

void
snug_websocket_append_frame (GByteArray *out, guint8 opcode, const void *payload, gsize n_bytes,
                             const guint8 *mask)
{
  guint start;

  append_header (out, opcode, n_bytes, mask != NULL ? 0x80 : 0);
  if (mask != NULL)
    g_byte_array_append (out, mask, MASK_BYTES);
  start = out->len;
  if (n_bytes > 0)
    g_byte_array_append (out, payload, (guint) n_bytes);
  for (gsize i = 0; i < n_bytes && mask != NULL; i++)
    out->data[start + i] ^= mask[i % MASK_BYTES];
}
