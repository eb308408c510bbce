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

guint64
snug_choice_reach (const SnugChoice *holder, guint64 n_held, const SnugChoice *wanted, guint64 n_before)
{
  SnugPlace place = snug_piece_map_place_of (wanted->map, n_before);
  guint64 reach = n_before;

  for (; place.entry < wanted->manifest->entries->len; place.entry++)
    {
      guint64 n, n_theirs, n_there;

      if (!has_bytes (wanted->manifest, place.entry))
        continue;
      n_there = count_before (holder, place.entry, &n_theirs);
      n_there = MIN (n_held - MIN (n_there, n_held), n_theirs);
      reach = MAX (reach, count_before (wanted, place.entry, &n) + n_there);
      if (n_there < n)
        break;
    }
  return reach;
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
