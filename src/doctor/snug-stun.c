/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-stun.h"

#include <string.h>

#include "snug-bytes.h"

#define MAGIC_COOKIE 0x2112a442
#define CLASS_SUCCESS 0x0100
#define CLASS_ERROR 0x0110

#define INTEGRITY_BYTES 20
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2
#define TRANSPORT_UDP 17

/* RFC 8489 section 14.9 and 14.10: fewer than 128 characters, which may take 763 bytes. */
#define MAX_TEXT_BYTES 763

/* RFC 8489 section 14.8 */
#define LOWEST_ERROR 300
#define HIGHEST_ERROR 699

enum
{
  ATTRIBUTE_USERNAME = 0x0006,
  ATTRIBUTE_MESSAGE_INTEGRITY = 0x0008,
  ATTRIBUTE_ERROR_CODE = 0x0009,
  ATTRIBUTE_LIFETIME = 0x000d,
  ATTRIBUTE_REALM = 0x0014,
  ATTRIBUTE_NONCE = 0x0015,
  ATTRIBUTE_XOR_RELAYED_ADDRESS = 0x0016,
  ATTRIBUTE_REQUESTED_TRANSPORT = 0x0019,
  ATTRIBUTE_XOR_MAPPED_ADDRESS = 0x0020,
};

/* Asking */

static void
append_attribute (GByteArray *message, guint16 type, const void *data, gsize n_bytes)
{
  snug_bytes_append_u16 (message, type);
  snug_bytes_append_u16 (message, (guint16) n_bytes);
  g_byte_array_append (message, data, (guint) n_bytes);
  while (message->len % 4 != 0)
    snug_bytes_append_u8 (message, 0);
}

static void
append_number (GByteArray *message, guint16 type, guint32 value)
{
  guint32 bytes = g_htonl (value);

  append_attribute (message, type, &bytes, sizeof bytes);
}

static void
append_text (GByteArray *message, guint16 type, const char *text)
{
  append_attribute (message, type, text, MIN (strlen (text), MAX_TEXT_BYTES));
}

static void
set_length (GByteArray *message, gsize n_following)
{
  guint16 length = g_htons ((guint16) (message->len - SNUG_STUN_HEADER_BYTES + n_following));

  memcpy (message->data + 2, &length, sizeof length);
}

/* RFC 8489 section 9.2.2: MD5 (username ":" realm ":" password). No SASLprep, as libnice. */
static void
make_key (const SnugStunLogin *login, guint8 *key, gsize *n_key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  g_autofree char *text = g_strdup_printf ("%s:%s:%s", login->username, login->realm, login->password);

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, key, n_key);
}

/* RFC 8489 section 14.5: over all that is before it, with a length that counts it in. */
static void
append_integrity (GByteArray *message, const SnugStunLogin *login)
{
  guint8 key[16], digest[INTEGRITY_BYTES];
  gsize n_key = sizeof key, n_digest = sizeof digest;
  GHmac *hmac;

  make_key (login, key, &n_key);
  set_length (message, 4 + INTEGRITY_BYTES);
  hmac = g_hmac_new (G_CHECKSUM_SHA1, key, n_key);
  g_hmac_update (hmac, message->data, message->len);
  g_hmac_get_digest (hmac, digest, &n_digest);
  g_hmac_unref (hmac);
  append_attribute (message, ATTRIBUTE_MESSAGE_INTEGRITY, digest, n_digest);
}

GBytes *
snug_stun_request_new (SnugStunMethod method, const guint8 *id, const SnugStunLogin *login)
{
  GByteArray *message = g_byte_array_new ();

  snug_bytes_append_u16 (message, (guint16) method);
  snug_bytes_append_u16 (message, 0);
  snug_bytes_append_u32 (message, MAGIC_COOKIE);
  g_byte_array_append (message, id, SNUG_STUN_ID_BYTES);
  if (method == SNUG_STUN_ALLOCATE)
    append_number (message, ATTRIBUTE_REQUESTED_TRANSPORT, (guint32) TRANSPORT_UDP << 24);
  if (method == SNUG_STUN_REFRESH)
    append_number (message, ATTRIBUTE_LIFETIME, 0);
  if (login != NULL)
    {
      append_text (message, ATTRIBUTE_USERNAME, login->username);
      append_text (message, ATTRIBUTE_NONCE, login->nonce);
      append_text (message, ATTRIBUTE_REALM, login->realm);
      append_integrity (message, login);
    }
  set_length (message, 0);
  return g_byte_array_free_to_bytes (message);
}

/* Hearing */

/* RFC 8489 section 14.2: hidden from routers that change addresses wherever they see one. */
static GSocketAddress *
read_xor_address (SnugByteReader *value, const guint8 *id)
{
  guint8 mask[4 + SNUG_STUN_ID_BYTES] = { MAGIC_COOKIE >> 24, MAGIC_COOKIE >> 16 & 0xff, MAGIC_COOKIE >> 8 & 0xff,
                                          MAGIC_COOKIE & 0xff };
  guint8 plain[sizeof mask];
  g_autoptr (GInetAddress) address = NULL;
  const guint8 *bytes;
  guint8 family;
  guint16 port;
  gsize n_bytes;

  memcpy (mask + 4, id, SNUG_STUN_ID_BYTES);
  snug_byte_reader_u8 (value);
  family = snug_byte_reader_u8 (value);
  port = snug_byte_reader_u16 (value) ^ MAGIC_COOKIE >> 16;
  n_bytes = family == FAMILY_IPV6 ? 16 : 4;
  bytes = snug_byte_reader_bytes (value, n_bytes);
  if (bytes == NULL || (family != FAMILY_IPV4 && family != FAMILY_IPV6))
    return NULL;
  for (gsize i = 0; i < n_bytes; i++)
    plain[i] = bytes[i] ^ mask[i];
  address = g_inet_address_new_from_bytes (plain, family == FAMILY_IPV6 ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4);
  return g_inet_socket_address_new (address, port);
}

static char *
read_text (SnugByteReader *value)
{
  gsize n_bytes = snug_byte_reader_left (value);
  const guint8 *bytes = snug_byte_reader_bytes (value, n_bytes);

  if (bytes == NULL || n_bytes > MAX_TEXT_BYTES || memchr (bytes, '\0', n_bytes) != NULL)
    return NULL;
  return g_strndup ((const char *) bytes, n_bytes);
}

static guint
read_error (SnugByteReader *value)
{
  guint code;

  snug_byte_reader_u16 (value);
  code = (snug_byte_reader_u8 (value) & 7u) * 100;
  code += snug_byte_reader_u8 (value);
  return value->failed ? 0 : code;
}

/* The first of a kind counts (RFC 8489 section 14). */
static void
read_attribute (SnugStunAnswer *answer, guint16 type, SnugByteReader *value, const guint8 *id)
{
  if (type == ATTRIBUTE_XOR_MAPPED_ADDRESS && answer->mapped == NULL)
    answer->mapped = read_xor_address (value, id);
  else if (type == ATTRIBUTE_XOR_RELAYED_ADDRESS && answer->relayed == NULL)
    answer->relayed = read_xor_address (value, id);
  else if (type == ATTRIBUTE_REALM && answer->realm == NULL)
    answer->realm = read_text (value);
  else if (type == ATTRIBUTE_NONCE && answer->nonce == NULL)
    answer->nonce = read_text (value);
  else if (type == ATTRIBUTE_ERROR_CODE && answer->error_code == 0)
    answer->error_code = read_error (value);
}

static gboolean
read_attributes (SnugStunAnswer *answer, SnugByteReader *reader, const guint8 *id)
{
  while (snug_byte_reader_left (reader) > 0)
    {
      guint16 type = snug_byte_reader_u16 (reader);
      guint16 n_bytes = snug_byte_reader_u16 (reader);
      const guint8 *bytes = snug_byte_reader_bytes (reader, n_bytes);
      SnugByteReader value = SNUG_BYTE_READER_INIT (bytes, n_bytes);

      snug_byte_reader_bytes (reader, (4 - n_bytes % 4) % 4);
      if (reader->failed)
        return FALSE;
      read_attribute (answer, type, &value, id);
    }
  return TRUE;
}

gssize
snug_stun_body_bytes (const guint8 *header)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (header, SNUG_STUN_HEADER_BYTES);
  guint16 type = snug_byte_reader_u16 (&reader);
  guint16 n_bytes = snug_byte_reader_u16 (&reader);

  /* RFC 8489 section 5: two bits that are always zero, the cookie, and everything in fours. */
  if ((type & 0xc000) != 0 || snug_byte_reader_u32 (&reader) != MAGIC_COOKIE || n_bytes % 4 != 0
      || n_bytes > SNUG_STUN_MAX_BYTES - SNUG_STUN_HEADER_BYTES)
    return -1;
  return n_bytes;
}

SnugStunAnswer *
snug_stun_answer_parse (const guint8 *data, gsize n_bytes, SnugStunMethod method, const guint8 *id)
{
  SnugByteReader reader = SNUG_BYTE_READER_INIT (data, n_bytes);
  g_autoptr (SnugStunAnswer) answer = NULL;
  guint16 type;

  if (n_bytes < SNUG_STUN_HEADER_BYTES || snug_stun_body_bytes (data) != (gssize) (n_bytes - SNUG_STUN_HEADER_BYTES)
      || memcmp (data + SNUG_STUN_HEADER_BYTES - SNUG_STUN_ID_BYTES, id, SNUG_STUN_ID_BYTES) != 0)
    return NULL;
  type = snug_byte_reader_u16 (&reader);
  snug_byte_reader_bytes (&reader, SNUG_STUN_HEADER_BYTES - 2);
  if (type != (method | CLASS_SUCCESS) && type != (method | CLASS_ERROR))
    return NULL;

  answer = g_new0 (SnugStunAnswer, 1);
  if (!read_attributes (answer, &reader, id))
    return NULL;
  if (type == (method | CLASS_SUCCESS))
    answer->error_code = 0;
  else if (answer->error_code < LOWEST_ERROR || answer->error_code > HIGHEST_ERROR)
    return NULL;
  return g_steal_pointer (&answer);
}

void
snug_stun_answer_free (SnugStunAnswer *answer)
{
  g_free (answer->realm);
  g_free (answer->nonce);
  g_clear_object (&answer->mapped);
  g_clear_object (&answer->relayed);
  g_free (answer);
}
