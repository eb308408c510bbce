/* snug-piece-reader: what a sender sends, read and hashed piece by piece from the place where it begins: the manifest
 * of a folder, and the chosen entries in order.
 *
 * Calls block on the disk. Not thread-safe; it belongs to the one job under way, and to whoever started that job while
 * there is none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-offer.h"

G_BEGIN_DECLS

/* What an entry costs besides its bytes. */
#define SNUG_PIECE_ITEM_BYTES 1024

/* A header, a piece or both. */
typedef struct
{
  gboolean  begins;     /* an entry, or what is sent of it */
  guint64   entry;
  guint64   offset;     /* bytes */
  guint64   size;       /* bytes, of the entry */
  GBytes   *data;       /* nullable */
  guint8    hash[SNUG_WIRE_HASH_BYTES];
} SnugPiece;

void snug_piece_free (gpointer piece);

/* What was read in one go. */
typedef struct
{
  GQueue    pieces;     /* of SnugPiece */
  gsize     n_bytes;    /* of them, with what entries cost */
  guint64   n_before;   /* bytes of entries before the place where it begins, of the first go */
  gboolean  all;        /* nothing is behind them */
} SnugPieceBatch;

void snug_piece_batch_clear (SnugPieceBatch *batch);

typedef struct _SnugPieceReader SnugPieceReader;

/**
 * snug_piece_reader_new:
 * @chosen: what is read of @offer
 * @have: (nullable): what the receiver's pieces before @from hash to: compared with ours first
 */
SnugPieceReader *snug_piece_reader_new  (SnugOffer *offer, SnugManifest *chosen, const SnugPlace *from, GBytes *have);
void             snug_piece_reader_free (SnugPieceReader *self);

/* Whether the next piece is, of something that is still coming in and has @limit bytes. */
gboolean         snug_piece_reader_is_there (SnugPieceReader *self, guint64 limit);

/**
 * snug_piece_reader_read:
 * @limit: bytes of a part that are there
 * @n_bytes: about so many at once
 * @batch: (out caller-allocates): has what was read before @error, too
 *
 * Returns: %FALSE with a %SNUG_TRANSFER_ERROR
 */
gboolean         snug_piece_reader_read (SnugPieceReader *self, guint64 limit, gsize n_bytes, SnugPieceBatch *batch,
                                         GError **error);

/* Returns: (transfer full): over the pieces from the first to the last that was read */
GBytes          *snug_piece_reader_get_fingerprint (SnugPieceReader *self);

G_END_DECLS
