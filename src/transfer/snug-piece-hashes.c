/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-piece-hashes.h"

#include <string.h>

enum
{
  UNKNOWN,
  CLAIMED,
  KNOWN
};

struct _SnugPieceHashes
{
  guint64  n;
  gint    *states;
  guint8  *hashes;
};

SnugPieceHashes *
snug_piece_hashes_new (guint64 n)
{
  SnugPieceHashes *self = g_new0 (SnugPieceHashes, 1);

  self->n = n;
  self->states = g_new0 (gint, self->n);
  self->hashes = g_malloc0_n (self->n, SNUG_WIRE_HASH_BYTES);
  return self;
}

void
snug_piece_hashes_free (SnugPieceHashes *self)
{
  g_free (self->states);
  g_free (self->hashes);
  g_free (self);
}

static gboolean
is_known (SnugPieceHashes *self, guint64 piece)
{
  return piece < self->n && g_atomic_int_get (&self->states[piece]) == KNOWN;
}

gboolean
snug_piece_hashes_get (SnugPieceHashes *self, guint64 piece, guint8 out[SNUG_WIRE_HASH_BYTES])
{
  if (!is_known (self, piece))
    return FALSE;
  memcpy (out, self->hashes + piece * SNUG_WIRE_HASH_BYTES, SNUG_WIRE_HASH_BYTES);
  return TRUE;
}

void
snug_piece_hashes_set (SnugPieceHashes *self, guint64 piece, const guint8 hash[SNUG_WIRE_HASH_BYTES])
{
  if (piece >= self->n || !g_atomic_int_compare_and_exchange (&self->states[piece], UNKNOWN, CLAIMED))
    return;
  memcpy (self->hashes + piece * SNUG_WIRE_HASH_BYTES, hash, SNUG_WIRE_HASH_BYTES);
  g_atomic_int_set (&self->states[piece], KNOWN);
}
