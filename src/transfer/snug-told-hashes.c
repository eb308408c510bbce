/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-told-hashes.h"

void
snug_told_hashes_clear (SnugToldHashes *self)
{
  g_clear_pointer (&self->hashes, g_byte_array_unref);
  self->first = 0;
}

static guint64
count (SnugToldHashes *self)
{
  return self->hashes != NULL ? self->hashes->len / SNUG_WIRE_HASH_BYTES : 0;
}

gboolean
snug_told_hashes_add (SnugToldHashes *self, guint64 first, GBytes *hashes)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (hashes, &n_bytes);

  if (self->hashes == NULL)
    {
      self->first = first;
      self->hashes = g_byte_array_new ();
    }
  if (first != self->first + count (self) || count (self) + n_bytes / SNUG_WIRE_HASH_BYTES > SNUG_TOLD_HASHES_MAX)
    return FALSE;
  g_byte_array_append (self->hashes, data, (guint) n_bytes);
  return TRUE;
}

const guint8 *
snug_told_hashes_reach (SnugToldHashes *self, guint64 piece)
{
  if (self->hashes == NULL || piece < self->first || piece - self->first >= count (self))
    return NULL;
  if (piece > self->first)
    g_byte_array_remove_range (self->hashes, 0, (guint) (piece - self->first) * SNUG_WIRE_HASH_BYTES);
  self->first = piece;
  return self->hashes->data;
}
