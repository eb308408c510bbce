/* snug-piece-hashes: what the pieces of a file or folder hash to, as far as it is known: each is worked out once,
 * whoever needs it, and how many members it goes to. They are numbered as in a SnugPieceMap.
 *
 * Any thread may use it: a hash is written by whoever claims its place first, and seen when it is whole.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-wire.h"

G_BEGIN_DECLS

typedef struct _SnugPieceHashes SnugPieceHashes;

SnugPieceHashes *snug_piece_hashes_new         (guint64 n);
void             snug_piece_hashes_free        (SnugPieceHashes *self);

/* Returns: %FALSE if it is not known */
gboolean         snug_piece_hashes_get         (SnugPieceHashes *self, guint64 piece, guint8 out[SNUG_WIRE_HASH_BYTES]);
void             snug_piece_hashes_set         (SnugPieceHashes *self, guint64 piece,
                                                const guint8 hash[SNUG_WIRE_HASH_BYTES]);

G_END_DECLS
