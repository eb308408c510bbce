/* snug-told-hashes: what the one who offers says of pieces that come from somebody else, in order, and no further
 * ahead than is of use.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-wire.h"

G_BEGIN_DECLS

/* So many may be waiting for their pieces: what comes in one message four times over. */
#define SNUG_TOLD_HASHES_MAX (4 * SNUG_WIRE_MAX_HASHES)

typedef struct
{
  guint64     first;    /* number of the first piece */
  GByteArray *hashes;   /* nullable: none yet */
} SnugToldHashes;

void          snug_told_hashes_clear (SnugToldHashes *self);

/* @hashes: whole ones. Returns: %FALSE if they are not the next ones, or too many: then nothing is added. */
gboolean      snug_told_hashes_add   (SnugToldHashes *self, guint64 first, GBytes *hashes);

/* What is before @piece is forgotten. Returns: nullable: it is not known yet */
const guint8 *snug_told_hashes_reach (SnugToldHashes *self, guint64 piece);

G_END_DECLS
