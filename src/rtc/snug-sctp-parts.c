/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-sctp-parts.h"

/* A message that has not come to its end. */
typedef struct
{
  GByteArray *bytes;          /* owned; NULL: too large, the rest is thrown away */
} Partial;

static void
partial_free (gpointer data)
{
  Partial *partial = data;

  g_clear_pointer (&partial->bytes, g_byte_array_unref);
  g_free (partial);
}

/* Ordered and unordered messages of a stream may arrive side by side. */
static gpointer
partial_key (guint16 stream, gboolean unordered)
{
  return GUINT_TO_POINTER ((guint) stream << 1 | (unordered ? 1u : 0u));
}

void
snug_sctp_parts_init (SnugSctpParts *self, gsize max_message_bytes)
{
  *self = (SnugSctpParts) {
    .unfinished = g_hash_table_new_full (NULL, NULL, NULL, partial_free),
    .max_message_bytes = max_message_bytes,
  };
}

void
snug_sctp_parts_clear (SnugSctpParts *self)
{
  g_clear_pointer (&self->unfinished, g_hash_table_unref);
  self->n_bytes = 0;
}

static Partial *
find_partial (SnugSctpParts *self, gpointer key)
{
  Partial *partial = g_hash_table_lookup (self->unfinished, key);

  if (partial == NULL)
    {
      partial = g_new (Partial, 1);
      partial->bytes = g_byte_array_new ();
      g_hash_table_insert (self->unfinished, key, partial);
    }
  return partial;
}

/* Returns: %FALSE if it is given up */
static gboolean
add_part (SnugSctpParts *self, Partial *partial, const guint8 *data, gsize n_bytes)
{
  if (partial->bytes == NULL)
    return TRUE;
  if (partial->bytes->len + n_bytes > self->max_message_bytes
      || self->n_bytes + n_bytes > SNUG_SCTP_PARTS_MAX_BYTES)
    {
      self->n_bytes -= partial->bytes->len;
      g_clear_pointer (&partial->bytes, g_byte_array_unref);
      return FALSE;
    }
  g_byte_array_append (partial->bytes, data, (guint) n_bytes);
  self->n_bytes += n_bytes;
  return TRUE;
}

static void
drop_partial (SnugSctpParts *self, gpointer key)
{
  Partial *partial = g_hash_table_lookup (self->unfinished, key);

  if (partial == NULL)
    return;
  if (partial->bytes != NULL)
    self->n_bytes -= partial->bytes->len;
  g_hash_table_remove (self->unfinished, key);
}

/* Returns: (transfer full) (nullable): the message, if it was not given up */
static GBytes *
finish_partial (SnugSctpParts *self, gpointer key)
{
  Partial *partial = g_hash_table_lookup (self->unfinished, key);
  GByteArray *bytes = g_steal_pointer (&partial->bytes);

  if (bytes != NULL)
    self->n_bytes -= bytes->len;
  g_hash_table_remove (self->unfinished, key);
  return bytes != NULL ? g_byte_array_free_to_bytes (bytes) : NULL;
}

GBytes *
snug_sctp_parts_add (SnugSctpParts *self, guint16 stream, gboolean unordered, const guint8 *data, gsize n_bytes,
                     gboolean is_end, gboolean *too_large)
{
  gpointer key = partial_key (stream, unordered);

  *too_large = FALSE;
  if (is_end && n_bytes <= self->max_message_bytes && !g_hash_table_contains (self->unfinished, key))
    return g_bytes_new (data, n_bytes);
  *too_large = !add_part (self, find_partial (self, key), data, n_bytes);
  return is_end ? finish_partial (self, key) : NULL;
}

void
snug_sctp_parts_drop (SnugSctpParts *self, guint16 stream)
{
  drop_partial (self, partial_key (stream, FALSE));
  drop_partial (self, partial_key (stream, TRUE));
}
