/* snug-told-hashes: what the one who offers says of pieces that may come from somebody else, in order, and no further
 * ahead than is of use.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-wire.h"

G_BEGIN_DECLS

/* So many may be waiting for their pieces: two mebibytes of them. */
#define SNUG_TOLD_HASHES_MAX 65536

typedef struct
{
  guint64     first;      /* number of the first piece */
  guint       n_gone;     /* hashes before it that are still in @hashes */
  GByteArray *hashes;     /* nullable: none yet */
} SnugToldHashes;

void          snug_told_hashes_clear  (SnugToldHashes *self);

/* @hashes: whole ones, the next (where there is none, any), or some that were told already: what is told last counts,
 * and if it is another, what was behind it does not. Returns: %FALSE if some are missing before them, or they are too many: then nothing is added */
gboolean      snug_told_hashes_add    (SnugToldHashes *self, guint64 first, GBytes *hashes);

/* What is before @piece, as far as it was told. */
void          snug_told_hashes_forget (SnugToldHashes *self, guint64 piece);

/* What is before @piece is forgotten. Returns: nullable: it is not known yet */
const guint8 *snug_told_hashes_reach  (SnugToldHashes *self, guint64 piece);

G_END_DECLS
