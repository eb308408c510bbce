/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The texts of a file channel in their usual spelling, without a JSON library: of a folder with thousands of small files
 * there are two for each, and through one they took a quarter of the time of the thread that they come in on. */
#include "snug-wire-private.h"

#include <string.h>

#include "snug-json.h"

/* RFC 4648 section 5, without padding. */
#define HASH_CHARS ((SNUG_WIRE_HASH_BYTES * 8 + 5) / 6)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

typedef struct
{
  const char *at;
  const char *end;
} Cursor;

static gboolean
take (Cursor *cursor, const char *word)
{
  gsize n = strlen (word);

  if ((gsize) (cursor->end - cursor->at) < n || memcmp (cursor->at, word, n) != 0)
    return FALSE;
  cursor->at += n;
  return TRUE;
}

static gboolean
take_number (Cursor *cursor, guint64 *out)
{
  const char *start = cursor->at;
  guint64 value = 0;

  while (cursor->at < cursor->end && g_ascii_isdigit (*cursor->at) && value <= SNUG_JSON_MAX_INTEGER)
    value = value * 10 + (guint64) (*cursor->at++ - '0');
  *out = value;
  return cursor->at > start && value <= SNUG_JSON_MAX_INTEGER && (*start != '0' || cursor->at == start + 1);
}

static gboolean
take_hash (Cursor *cursor, guint8 hash[SNUG_WIRE_HASH_BYTES])
{
  guint bits = 0, n_bits = 0;

  if (cursor->end - cursor->at < HASH_CHARS)
    return FALSE;
  for (gsize i = 0, n = 0; i < HASH_CHARS; i++)
    {
      const char *digit = memchr (alphabet, *cursor->at++, sizeof alphabet - 1);

      if (digit == NULL)
        return FALSE;
      bits = bits << 6 | (guint) (digit - alphabet);
      n_bits += 6;
      if (n_bits < 8)
        continue;
      n_bits -= 8;
      hash[n++] = (guint8) (bits >> n_bits);
    }
  /* There is one spelling of each hash. */
  return (bits & ((1u << n_bits) - 1)) == 0;
}

static gboolean
take_entry (Cursor *cursor, guint64 *entry)
{
  *entry = SNUG_WIRE_ENTRY_MANIFEST;
  return take (cursor, "\"manifest\"") || take_number (cursor, entry);
}

gboolean
snug_wire_read_usual_file_text (const char *text, gsize length, SnugWireFileText *out)
{
  Cursor cursor = { text, text + length };

  *out = (SnugWireFileText) { 0 };
  out->is_hash = take (&cursor, "{\"sha256\":\"");
  if (out->is_hash)
    return take_hash (&cursor, out->hash) && take (&cursor, "\"}") && cursor.at == cursor.end;
  out->is_next = take (&cursor, "{\"next\":");
  out->is_name = !out->is_next && take (&cursor, "{\"stripes\":");
  if (out->is_next || out->is_name)
    return take_number (&cursor, &out->number) && take (&cursor, "}") && cursor.at == cursor.end;
  return take (&cursor, "{\"entry\":") && take_entry (&cursor, &out->entry)
         && take (&cursor, ",\"offset\":") && take_number (&cursor, &out->offset)
         && take (&cursor, ",\"size\":") && take_number (&cursor, &out->size)
         && take (&cursor, "}") && cursor.at == cursor.end && out->offset <= out->size;
}

static char *
hash_to_text (const guint8 hash[SNUG_WIRE_HASH_BYTES])
{
  char digits[HASH_CHARS + 1] = "";

  for (guint i = 0; i < HASH_CHARS; i++)
    {
      guint bit = i * 6, byte = bit / 8;
      guint two = (guint) hash[byte] << 8 | (byte + 1 < SNUG_WIRE_HASH_BYTES ? hash[byte + 1] : 0);

      digits[i] = alphabet[two >> (10 - bit % 8) & 63];
    }
  return g_strconcat ("{\"sha256\":\"", digits, "\"}", NULL);
}

char *
snug_wire_encode_file_text (const SnugWireFileText *file_text)
{
  char entry[24] = "\"manifest\"";

  if (file_text->is_hash)
    return hash_to_text (file_text->hash);
  if (file_text->is_next || file_text->is_name)
    return g_strdup_printf ("{\"%s\":%" G_GUINT64_FORMAT "}", file_text->is_next ? "next" : "stripes",
                            file_text->number);
  if (file_text->entry != SNUG_WIRE_ENTRY_MANIFEST)
    g_snprintf (entry, sizeof entry, "%" G_GUINT64_FORMAT, file_text->entry);
  return g_strdup_printf ("{\"entry\":%s,\"offset\":%" G_GUINT64_FORMAT ",\"size\":%" G_GUINT64_FORMAT "}",
                          entry, file_text->offset, file_text->size);
}
