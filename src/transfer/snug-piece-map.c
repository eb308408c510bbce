/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-piece-map.h"

#include "snug-wire.h"

struct _SnugPieceMap
{
  gsize    n;        /* entries */
  guint64 *pieces;   /* before each entry, and before the end: @n + 1 of them */
  guint64 *bytes;    /* the same */
};

static guint64
count_pieces (guint64 size)
{
  return size / SNUG_WIRE_PIECE_BYTES + (size % SNUG_WIRE_PIECE_BYTES != 0);
}

SnugPieceMap *
snug_piece_map_new (SnugManifest *manifest)
{
  SnugPieceMap *self = g_new0 (SnugPieceMap, 1);

  self->n = manifest->entries->len;
  self->pieces = g_new0 (guint64, self->n + 1);
  self->bytes = g_new0 (guint64, self->n + 1);
  for (gsize i = 0; i < self->n; i++)
    {
      guint64 size = snug_manifest_is_chosen (manifest, i) ? snug_manifest_get (manifest, i)->size : 0;

      self->pieces[i + 1] = self->pieces[i] + count_pieces (size);
      self->bytes[i + 1] = self->bytes[i] + size;
    }
  return self;
}

void
snug_piece_map_free (SnugPieceMap *self)
{
  g_free (self->pieces);
  g_free (self->bytes);
  g_free (self);
}

guint64
snug_piece_map_get_n (SnugPieceMap *self)
{
  return self->pieces[self->n];
}

guint64
snug_piece_map_pieces_at (SnugPieceMap *self, const SnugPlace *place)
{
  if (place->entry == SNUG_WIRE_ENTRY_MANIFEST)
    return 0;
  if (place->entry >= self->n)
    return snug_piece_map_get_n (self);
  return MIN (self->pieces[place->entry] + count_pieces (place->offset), self->pieces[place->entry + 1]);
}

guint64
snug_piece_map_bytes_at (SnugPieceMap *self, const SnugPlace *place)
{
  if (place->entry == SNUG_WIRE_ENTRY_MANIFEST)
    return 0;
  if (place->entry >= self->n)
    return self->bytes[self->n];
  return MIN (self->bytes[place->entry] + place->offset, self->bytes[place->entry + 1]);
}

/* The last entry before which there is no more than @value. */
static gsize
find_last (const guint64 *before, gsize n, guint64 value)
{
  gsize low = 0, high = n;

  while (low < high)
    {
      gsize middle = low + (high - low + 1) / 2;

      if (before[middle] <= value)
        low = middle;
      else
        high = middle - 1;
    }
  return low;
}

SnugPlace
snug_piece_map_place_of (SnugPieceMap *self, guint64 piece)
{
  gsize entry = find_last (self->pieces, self->n, piece);

  if (entry == self->n)
    return (SnugPlace) { self->n, 0 };
  return (SnugPlace) { entry, (piece - self->pieces[entry]) * SNUG_WIRE_PIECE_BYTES };
}

guint64
snug_piece_map_bytes_of (SnugPieceMap *self, guint64 n_pieces)
{
  const SnugPlace place = snug_piece_map_place_of (self, n_pieces);

  return self->bytes[place.entry] + place.offset;
}

guint64
snug_piece_map_pieces_in (SnugPieceMap *self, guint64 n_bytes)
{
  gsize entry = find_last (self->bytes, self->n, n_bytes);

  if (entry == self->n)
    return snug_piece_map_get_n (self);
  return self->pieces[entry] + (n_bytes - self->bytes[entry]) / SNUG_WIRE_PIECE_BYTES;
}

guint64
snug_piece_map_find_more (SnugPieceMap *self, SnugPieceMap *other, guint64 first, guint64 end)
{
  for (guint64 i = first; i < end; i++)
    if (self->pieces[i + 1] - self->pieces[i] > other->pieces[i + 1] - other->pieces[i])
      return i;
  return end;
}
