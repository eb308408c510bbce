/* snug-piece-map: which piece is where. The pieces of all chosen files of a manifest are counted in order, from 0; an
 * entry smaller than a piece is one, an entry without bytes is none.
 *
 * Does not change: any thread may use it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-manifest.h"

G_BEGIN_DECLS

typedef struct _SnugPieceMap SnugPieceMap;

SnugPieceMap *snug_piece_map_new          (SnugManifest *manifest);
void          snug_piece_map_free         (SnugPieceMap *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugPieceMap, snug_piece_map_free)

guint64       snug_piece_map_get_n        (SnugPieceMap *self);    /* pieces of all */

/* How much is before @place, which is between two pieces. The manifest itself is before everything. */
guint64       snug_piece_map_pieces_at    (SnugPieceMap *self, const SnugPlace *place);
guint64       snug_piece_map_bytes_at     (SnugPieceMap *self, const SnugPlace *place);

/* Where the piece with that number begins. */
SnugPlace     snug_piece_map_place_of     (SnugPieceMap *self, guint64 piece);

/* Bytes of the first @n_pieces. */
guint64       snug_piece_map_bytes_of     (SnugPieceMap *self, guint64 n_pieces);
/* Pieces that are whole within the first @n_bytes. */
guint64       snug_piece_map_pieces_in    (SnugPieceMap *self, guint64 n_bytes);
/* Returns: the first entry from @first on of which it has more pieces than @other, of the same entries; @end if there is
 * none before that */
guint64       snug_piece_map_find_more (SnugPieceMap *self, SnugPieceMap *other, guint64 first, guint64 end);

G_END_DECLS
