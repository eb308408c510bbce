/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dcep.h"

#include <string.h>

#include "snug-bytes.h"

G_DEFINE_QUARK (snug-dcep-error-quark, snug_dcep_error)

/* RFC 8832 section 8.2.1. */
#define MESSAGE_ACK  0x02
#define MESSAGE_OPEN 0x03

/* RFC 8832 section 5.1: the channel type is a kind and a bit. */
#define TYPE_RELIABLE        0x00
#define TYPE_MAX_RETRANSMITS 0x01
#define TYPE_MAX_LIFETIME    0x02
#define TYPE_UNORDERED_BIT   0x80

/* RFC 8831 section 6.4: "normal". */
#define PRIORITY_NORMAL 256

static gboolean
set_bad (GError **error, const char *what)
{
  g_set_error (error, SNUG_DCEP_ERROR, SNUG_DCEP_ERROR_BAD, "Bad data channel opening: %s", what);
  return FALSE;
}

/* Labels reach people and file names: what is no text is refused here, at the border. */
static char *
read_name (SnugByteReader *reader, guint16 n_bytes)
{
  const char *bytes = (const char *) snug_byte_reader_bytes (reader, n_bytes);

  if (bytes == NULL || n_bytes > SNUG_DCEP_MAX_NAME_BYTES || !g_utf8_validate_len (bytes, n_bytes, NULL))
    return NULL;
  return g_strndup (bytes, n_bytes);
}

static gboolean
set_type (SnugDcep *dcep, guint8 type)
{
  dcep->unordered = (type & TYPE_UNORDERED_BIT) != 0;

  switch (type & ~TYPE_UNORDERED_BIT)
    {
    case TYPE_RELIABLE:
      /* RFC 8832 section 5.1: the reliability parameter is to be ignored then. */
      dcep->reliability = 0;
      return TRUE;
    case TYPE_MAX_RETRANSMITS:
      dcep->has_max_retransmits = TRUE;
      return TRUE;
    case TYPE_MAX_LIFETIME:
      dcep->has_max_lifetime = TRUE;
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
read_open (SnugDcep *dcep, SnugByteReader *reader, GError **error)
{
  guint8 type = snug_byte_reader_u8 (reader);

  dcep->priority = snug_byte_reader_u16 (reader);
  dcep->reliability = snug_byte_reader_u32 (reader);
  guint16 n_label = snug_byte_reader_u16 (reader);
  guint16 n_protocol = snug_byte_reader_u16 (reader);

  if (reader->failed)
    return set_bad (error, "too short");
  if (!set_type (dcep, type))
    return set_bad (error, "unknown channel type");
  if ((dcep->label = read_name (reader, n_label)) == NULL)
    return set_bad (error, "unusable label");
  if ((dcep->protocol = read_name (reader, n_protocol)) == NULL)
    return set_bad (error, "unusable protocol");
  if (snug_byte_reader_left (reader) != 0)
    return set_bad (error, "longer than it says");
  return TRUE;
}

SnugDcep *
snug_dcep_parse (const guint8 *data, gsize n_bytes, GError **error)
{
  g_autoptr (SnugDcep) dcep = g_new0 (SnugDcep, 1);
  SnugByteReader reader = SNUG_BYTE_READER_INIT (data, n_bytes);
  guint8 message = snug_byte_reader_u8 (&reader);

  if (reader.failed)
    return set_bad (error, "empty"), NULL;
  if (message == MESSAGE_ACK)
    {
      dcep->is_ack = TRUE;
      return g_steal_pointer (&dcep);
    }
  if (message != MESSAGE_OPEN)
    return set_bad (error, "unknown message"), NULL;
  return read_open (dcep, &reader, error) ? g_steal_pointer (&dcep) : NULL;
}

static guint8
channel_type (const SnugDcep *dcep)
{
  guint8 type = TYPE_RELIABLE;

  if (dcep->has_max_retransmits)
    type = TYPE_MAX_RETRANSMITS;
  else if (dcep->has_max_lifetime)
    type = TYPE_MAX_LIFETIME;
  return dcep->unordered ? type | TYPE_UNORDERED_BIT : type;
}

GBytes *
snug_dcep_to_bytes (const SnugDcep *dcep)
{
  GByteArray *array = g_byte_array_new ();

  if (dcep->is_ack)
    {
      snug_bytes_append_u8 (array, MESSAGE_ACK);
      return g_byte_array_free_to_bytes (array);
    }

  gsize n_label = strlen (dcep->label);
  gsize n_protocol = strlen (dcep->protocol);
  snug_bytes_append_u8 (array, MESSAGE_OPEN);
  snug_bytes_append_u8 (array, channel_type (dcep));
  snug_bytes_append_u16 (array, dcep->priority != 0 ? dcep->priority : PRIORITY_NORMAL);
  snug_bytes_append_u32 (array, dcep->reliability);
  snug_bytes_append_u16 (array, (guint16) n_label);
  snug_bytes_append_u16 (array, (guint16) n_protocol);
  g_byte_array_append (array, (const guint8 *) dcep->label, (guint) n_label);
  g_byte_array_append (array, (const guint8 *) dcep->protocol, (guint) n_protocol);
  return g_byte_array_free_to_bytes (array);
}

void
snug_dcep_free (SnugDcep *dcep)
{
  g_free (dcep->label);
  g_free (dcep->protocol);
  g_free (dcep);
}
