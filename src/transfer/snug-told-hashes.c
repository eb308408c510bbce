/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-told-hashes.h"

#include <string.h>

/* Those that are gone make room not one by one: what is behind them moves each time. */
#define MOST_GONE SNUG_WIRE_MAX_HASHES

void
snug_told_hashes_clear (SnugToldHashes *self)
{
  g_clear_pointer (&self->hashes, g_byte_array_unref);
  self->first = 0;
  self->n_gone = 0;
}

static guint64
count (SnugToldHashes *self)
{
  return self->hashes != NULL ? self->hashes->len / SNUG_WIRE_HASH_BYTES - self->n_gone : 0;
}

static guint8 *
get (SnugToldHashes *self, guint64 i)
{
  return self->hashes->data + (self->n_gone + i) * SNUG_WIRE_HASH_BYTES;
}

/* The first @n of @data were told already. */
static void
compare (SnugToldHashes *self, guint64 at, const guint8 *data, guint64 n)
{
  if (memcmp (get (self, at), data, n * SNUG_WIRE_HASH_BYTES) == 0)
    return;
  memcpy (get (self, at), data, n * SNUG_WIRE_HASH_BYTES);
  g_byte_array_set_size (self->hashes, (guint) ((self->n_gone + at + n) * SNUG_WIRE_HASH_BYTES));
}

gboolean
snug_told_hashes_add (SnugToldHashes *self, guint64 first, GBytes *hashes)
{
  const guint8 *data = g_bytes_get_data (hashes, NULL);
  guint64 n = g_bytes_get_size (hashes) / SNUG_WIRE_HASH_BYTES, skip, n_known;

  if (self->hashes == NULL)
    self->hashes = g_byte_array_new ();
  if (count (self) == 0)
    self->first = MAX (self->first, first);
  if (first > self->first + count (self) || first + n > self->first + SNUG_TOLD_HASHES_MAX)
    return FALSE;
  /* Some may be of pieces that are here. */
  skip = MIN (n, self->first - MIN (first, self->first));
  data += skip * SNUG_WIRE_HASH_BYTES;
  first += skip;
  n -= skip;
  n_known = n > 0 ? MIN (n, self->first + count (self) - first) : 0;
  if (n_known > 0)
    compare (self, first - self->first, data, n_known);
  g_byte_array_append (self->hashes, data + n_known * SNUG_WIRE_HASH_BYTES,
                       (guint) ((n - n_known) * SNUG_WIRE_HASH_BYTES));
  return TRUE;
}

void
snug_told_hashes_forget (SnugToldHashes *self, guint64 piece)
{
  guint64 n = MIN (count (self), piece - MIN (piece, self->first));

  self->first += n;
  self->n_gone += (guint) n;
  if (self->n_gone < MOST_GONE)
    return;
  g_byte_array_remove_range (self->hashes, 0, self->n_gone * SNUG_WIRE_HASH_BYTES);
  self->n_gone = 0;
}

const guint8 *
snug_told_hashes_reach (SnugToldHashes *self, guint64 piece)
{
  if (self->hashes == NULL || piece < self->first || piece - self->first >= count (self))
    return NULL;
  snug_told_hashes_forget (self, piece);
  return get (self, 0);
}
