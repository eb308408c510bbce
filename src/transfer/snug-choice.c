/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-choice.h"

#include "snug-pieces.h"

static gboolean
has_bytes (SnugManifest *manifest, guint64 entry)
{
  return snug_manifest_is_chosen (manifest, entry) && snug_manifest_get (manifest, entry)->size > 0;
}

gboolean
snug_choice_covers (const SnugChoice *holder, const SnugChoice *wanted, const SnugPlace *from)
{
  guint64 first = from->entry == SNUG_WIRE_ENTRY_MANIFEST ? 0 : from->entry;

  for (guint64 i = first; i < wanted->manifest->entries->len; i++)
    if (has_bytes (wanted->manifest, i) && !snug_manifest_is_chosen (holder->manifest, i))
      return FALSE;
  return TRUE;
}

gboolean
snug_choice_meets (const SnugChoice *self, const SnugChoice *other)
{
  for (guint64 i = 0; i < self->manifest->entries->len; i++)
    if (has_bytes (self->manifest, i) && snug_manifest_is_chosen (other->manifest, i))
      return TRUE;
  return FALSE;
}

/* Pieces before the entry, and of it. */
static guint64
count_before (const SnugChoice *self, guint64 entry, guint64 *n)
{
  const SnugPlace begin = { entry, 0 }, end = { entry + 1, 0 };
  guint64 before = snug_piece_map_pieces_at (self->map, &begin);

  *n = snug_piece_map_pieces_at (self->map, &end) - before;
  return before;
}

/* Up to what the holder has not chosen, or has not got whole. */
guint64
snug_choice_reach (const SnugChoice *holder, guint64 n_held, const SnugChoice *wanted, guint64 n_before)
{
  const SnugPlace from = snug_piece_map_place_of (wanted->map, n_before);
  const SnugPlace end = snug_piece_map_place_of (holder->map, n_held);
  const SnugPlace lacks = { snug_piece_map_find_more (wanted->map, holder->map, from.entry, end.entry), 0 };
  guint64 n_there = n_held - MIN (snug_piece_map_pieces_at (holder->map, &lacks), n_held), n;
  guint64 reach = count_before (wanted, lacks.entry, &n);

  return MAX (n_before, reach + (lacks.entry == end.entry ? MIN (n_there, n) : 0));
}

/* Of that entry. */
static guint64
count_held (const SnugHeld *held, guint64 entry)
{
  guint64 n, before = count_before (&held->choice, entry, &n);

  return MIN (held->n - MIN (before, held->n), n);
}

/* The next piece is of the first entry with bytes that is not there whole. */
gboolean
snug_choice_has_next (const SnugHeld *held, const SnugChoice *wanted, guint64 n_before)
{
  guint64 entry = snug_piece_map_place_of (wanted->map, n_before).entry, n;
  guint64 before = count_before (wanted, entry, &n);

  return count_held (held, entry) > n_before - before;
}

guint64
snug_choice_reach_by_all (const SnugHeld *held, guint n_held, const SnugChoice *wanted, guint64 n_before)
{
  for (guint64 i = snug_piece_map_place_of (wanted->map, n_before).entry; i < wanted->manifest->entries->len; i++)
    {
      guint64 n, before = count_before (wanted, i, &n), n_there = 0;

      for (guint j = 0; j < n_held && n_there < n; j++)
        n_there = MAX (n_there, count_held (&held[j], i));
      if (n_there < n)
        return MAX (n_before, before + n_there);
    }
  return MAX (n_before, snug_piece_map_get_n (wanted->map));
}

SnugManifest *
snug_choice_cut (SnugManifest *holder, SnugManifest *wanted, const SnugPlace *from)
{
  guint64 n = wanted->entries->len, first = from->entry == SNUG_WIRE_ENTRY_MANIFEST ? 0 : from->entry;
  g_autofree guint8 *bits = NULL;
  g_autoptr (GBytes) only = NULL;

  if (holder->only == NULL)
    return snug_manifest_ref (wanted);
  bits = g_malloc0 (n / 8 + 1);
  for (guint64 i = first; i < n; i++)
    if (snug_manifest_is_chosen (wanted, i) && snug_manifest_is_chosen (holder, i))
      bits[i / 8] |= (guint8) (1u << i % 8);
    else if (has_bytes (wanted, i))
      break;
  only = g_bytes_new_take (g_steal_pointer (&bits), n / 8 + 1);
  return snug_manifest_choose (wanted, only);
}

/* --- hashes ---------------------------------------------------------------------------------------- */

GBytes *
snug_choice_get_hashes (const SnugChoice *self, const SnugOffer *offer, guint64 first, gsize n)
{
  SnugPlace place = snug_piece_map_place_of (self->map, first);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  guint8 hash[SNUG_WIRE_HASH_BYTES];

  while (hashes->len / SNUG_WIRE_HASH_BYTES < n && snug_manifest_settle (self->manifest, &place))
    {
      gsize length = snug_piece_length (snug_manifest_get (self->manifest, place.entry)->size, place.offset);

      if (length > 0 && !snug_offer_get_hash (offer, &place, hash))
        break;
      if (length > 0)
        g_byte_array_append (hashes, hash, sizeof hash);
      snug_manifest_advance (self->manifest, &place, length);
    }
  return hashes->len > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&hashes)) : NULL;
}

GBytes *
snug_choice_fingerprint (const SnugChoice *self, const SnugOffer *offer, guint64 n)
{
  g_autoptr (GBytes) hashes = snug_choice_get_hashes (self, offer, 0, n);
  gsize n_bytes = 0;
  const guint8 *data = hashes != NULL ? g_bytes_get_data (hashes, &n_bytes) : NULL;
  guint8 value[SNUG_WIRE_HASH_BYTES];

  if (n_bytes / SNUG_WIRE_HASH_BYTES < n)
    return NULL;
  snug_piece_hash (data, n_bytes, value);
  return g_bytes_new (value, sizeof value);
}
