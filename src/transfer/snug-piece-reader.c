/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-piece-reader.h"

#include <glib/gi18n-lib.h>

#include "snug-pieces.h"
#include "snug-sender.h"
#include "snug-source.h"

struct _SnugPieceReader
{
  SnugOffer       *offer;
  SnugManifest    *chosen;
  SnugSource      *source;
  SnugPlace        place;          /* of the next piece */
  gboolean         begins;         /* its header was not read out yet */
  gboolean         compared;
  GBytes          *have;           /* nullable */
  SnugFingerprint  fingerprint;
};

void
snug_piece_free (gpointer data)
{
  SnugPiece *piece = data;

  g_clear_pointer (&piece->data, g_bytes_unref);
  g_free (piece);
}

void
snug_piece_batch_clear (SnugPieceBatch *batch)
{
  g_queue_clear_full (&batch->pieces, snug_piece_free);
}

SnugPieceReader *
snug_piece_reader_new (SnugOffer *offer, SnugManifest *chosen, const SnugPlace *from, GBytes *have)
{
  SnugPieceReader *self = g_new0 (SnugPieceReader, 1);

  self->offer = snug_offer_ref (offer);
  self->chosen = snug_manifest_ref (chosen);
  if (offer->part_fd >= 0)
    self->source = snug_source_new_part (offer->part_fd, offer->manifest, offer->is_folder);
  else
    self->source = snug_source_new (g_file_peek_path (offer->file), offer->manifest, offer->is_folder);
  /* Who gets a part compares with what the one who offers it says. */
  self->compared = offer->part_fd >= 0;
  self->place = *from;
  self->begins = TRUE;
  self->have = have != NULL ? g_bytes_ref (have) : NULL;
  snug_fingerprint_init (&self->fingerprint);
  return self;
}

void
snug_piece_reader_free (SnugPieceReader *self)
{
  snug_source_free (self->source);
  snug_offer_unref (self->offer);
  snug_manifest_unref (self->chosen);
  g_clear_pointer (&self->have, g_bytes_unref);
  snug_fingerprint_clear (&self->fingerprint);
  g_free (self);
}

static void
set_changed (GError **error)
{
  g_set_error_literal (error, SNUG_TRANSFER_ERROR, SNUG_TRANSFER_ERROR_CHANGED,
                       _("The file has changed since it was offered."));
}

static gboolean
hash_piece (SnugPieceReader *self, const SnugPlace *place, GBytes *data, guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  if (snug_offer_hash_piece (self->offer, place, data, hash))
    return TRUE;
  set_changed (error);
  return FALSE;
}

/* Returns: %FALSE if it cannot be read */
static gboolean
read_hash (SnugPieceReader *self, const SnugPlace *place, guint8 hash[SNUG_WIRE_HASH_BYTES], GError **error)
{
  g_autoptr (GBytes) data = NULL;

  if (snug_offer_get_hash (self->offer, place, hash))
    return TRUE;
  data = snug_source_read (self->source, place, error);
  return data != NULL && hash_piece (self, place, data, hash, error);
}

/* PROTOCOL.md section 4, "Resume needs proof of content": what the receiver has must be ours. */
static gboolean
compare_have (SnugPieceReader *self, guint64 *n_before, GError **error)
{
  SnugManifest *manifest = self->chosen;
  SnugPlace place = { 0, 0 };
  g_autoptr (GBytes) ours = NULL;

  self->compared = TRUE;
  if (self->place.entry == SNUG_WIRE_ENTRY_MANIFEST)
    return TRUE;
  while (snug_manifest_settle (manifest, &place)
         && (place.entry < self->place.entry
             || (place.entry == self->place.entry && place.offset < self->place.offset)))
    {
      gsize length = snug_piece_length (snug_manifest_get (manifest, place.entry)->size, place.offset);
      guint8 hash[SNUG_WIRE_HASH_BYTES];

      if (length > 0 && !read_hash (self, &place, hash, error))
        return FALSE;
      if (length > 0)
        snug_fingerprint_add (&self->fingerprint, hash);
      *n_before += length;
      snug_manifest_advance (manifest, &place, length);
    }

  ours = snug_fingerprint_value (&self->fingerprint);
  if (self->have == NULL ? *n_before == 0 : g_bytes_equal (ours, self->have))
    return TRUE;
  set_changed (error);
  return FALSE;
}

/* @data: (transfer full) (nullable) */
static gboolean
add_piece (SnugPieceReader *self, SnugPieceBatch *batch, guint64 size, GBytes *data, GError **error)
{
  SnugPiece *piece = g_new0 (SnugPiece, 1);
  gsize n = data != NULL ? g_bytes_get_size (data) : 0;

  piece->begins = self->begins;
  piece->entry = self->place.entry;
  piece->offset = self->place.offset;
  piece->size = size;
  piece->data = data;
  if (data != NULL && !hash_piece (self, &self->place, data, piece->hash, error))
    {
      snug_piece_free (piece);
      return FALSE;
    }
  self->begins = FALSE;
  batch->n_bytes += n + SNUG_PIECE_ITEM_BYTES;
  g_queue_push_tail (&batch->pieces, piece);
  return TRUE;
}

static gboolean
read_manifest (SnugPieceReader *self, SnugPieceBatch *batch, GError **error)
{
  GBytes *bytes = self->offer->manifest_bytes;
  gsize size = g_bytes_get_size (bytes), n = snug_piece_length (size, self->place.offset);

  if (!add_piece (self, batch, size, n > 0 ? g_bytes_new_from_bytes (bytes, self->place.offset, n) : NULL, error))
    return FALSE;
  self->place.offset += n;
  if (self->place.offset < size)
    return TRUE;
  self->place = (SnugPlace) { 0, 0 };
  self->begins = TRUE;
  return TRUE;
}

/* The piece at the place, which is in an entry. */
static gboolean
read_piece (SnugPieceReader *self, SnugPieceBatch *batch, GError **error)
{
  const SnugEntry *entry = snug_manifest_get (self->chosen, self->place.entry);
  guint64 before = self->place.entry;
  GBytes *data = NULL;
  gsize n = 0;

  if (!snug_source_open (self->source, self->place.entry, error))
    return FALSE;
  if (entry->size > self->place.offset)
    {
      data = snug_source_read (self->source, &self->place, error);
      if (data == NULL)
        return FALSE;
      n = g_bytes_get_size (data);
    }
  if (!add_piece (self, batch, entry->size, data, error))
    return FALSE;
  if (data != NULL)
    snug_fingerprint_add (&self->fingerprint, ((SnugPiece *) g_queue_peek_tail (&batch->pieces))->hash);
  snug_manifest_advance (self->chosen, &self->place, n);
  self->begins = self->place.entry != before;
  return TRUE;
}

gboolean
snug_piece_reader_is_there (SnugPieceReader *self, guint64 limit)
{
  return limit >= self->offer->size || self->place.entry == SNUG_WIRE_ENTRY_MANIFEST
         || snug_piece_map_bytes_at (self->offer->map, &self->place) < limit;
}

gboolean
snug_piece_reader_read (SnugPieceReader *self, guint64 limit, gsize n_bytes, SnugPieceBatch *batch, GError **error)
{
  gboolean ok;

  *batch = (SnugPieceBatch) { .pieces = G_QUEUE_INIT };
  ok = self->compared || compare_have (self, &batch->n_before, error);
  while (ok && batch->n_bytes < n_bytes && !batch->all && snug_piece_reader_is_there (self, limit))
    if (self->place.entry == SNUG_WIRE_ENTRY_MANIFEST)
      ok = read_manifest (self, batch, error);
    else if (snug_manifest_settle (self->chosen, &self->place))
      ok = read_piece (self, batch, error);
    else
      batch->all = TRUE;
  return ok;
}

GBytes *
snug_piece_reader_get_fingerprint (SnugPieceReader *self)
{
  return snug_fingerprint_value (&self->fingerprint);
}
