/* snug-offer: something of ours that stands: a file or a folder, for some members or for everybody.
 *
 * Belongs to the main context. It is what every transfer of it shares, and does not change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-manifest.h"
#include "snug-piece-hashes.h"
#include "snug-piece-map.h"
#include "snug-wire.h"

G_BEGIN_DECLS

typedef struct
{
  gatomicrefcount  ref_count;
  char            *wire_id;
  GFile           *file;        /* nullable: of a part */
  char            *name;
  char            *mime_type;   /* nullable */
  GStrv            member_ids;  /* nullable: everybody who is there or comes */
  guint64          size;        /* bytes, of all */
  guint64          mtime;       /* unix seconds */
  gboolean         is_folder;
  gboolean         is_anew;     /* of something that had changed since it was offered before */
  SnugManifest    *manifest;    /* of a file: itself */
  GBytes          *manifest_bytes;   /* nullable: of a folder, as it goes to the member */
  char            *note;        /* nullable: a sentence: of a folder, what of it is left out */
  SnugPieceMap    *map;         /* of all that is in the manifest */
  SnugPieceHashes *hashes;      /* of a part: those of the pieces that are there */
  int              part_fd;     /* owned; -1: it is whole */
} SnugOffer;

/**
 * snug_offer_new_async:
 * @member_ids: (nullable): %NULL for everybody
 *
 * Looks at @file (a worker does): it must be a regular file or a folder on this computer.
 */
void       snug_offer_new_async  (GFile *file, const char *const *member_ids, GAsyncReadyCallback callback,
                                  gpointer user_data);
SnugOffer *snug_offer_new_finish (GAsyncResult *result, GError **error);

/**
 * snug_offer_new_part:
 * @manifest_bytes: (nullable): of a folder
 * @part_fd: (transfer full): the file that it is in, or the folder
 *
 * Something that is still coming in, and is passed on.
 */
SnugOffer *snug_offer_new_part   (SnugManifest *manifest, GBytes *manifest_bytes, int part_fd);

SnugOffer *snug_offer_ref        (SnugOffer *self);
void       snug_offer_unref      (SnugOffer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugOffer, snug_offer_unref)

gboolean   snug_offer_is_for     (const SnugOffer *self, const char *member_id);

/* Whether what is chosen of it is large enough to come from other receivers, and not in pieces so small that they would be waited for. */
gboolean   snug_offer_is_worth_passing_on (const SnugOffer *self, SnugPieceMap *chosen);

/* Returns: %FALSE if it is not known what the piece at @place hashes to. Any thread may ask. */
gboolean   snug_offer_get_hash   (const SnugOffer *self, const SnugPlace *place, guint8 hash[SNUG_WIRE_HASH_BYTES]);
/* Of @data, which was read at @place. Returns: %FALSE if that is not what was checked of a part */
gboolean   snug_offer_hash_piece (const SnugOffer *self, const SnugPlace *place, GBytes *data,
                                  guint8 hash[SNUG_WIRE_HASH_BYTES]);
/* Returns: (transfer full): `file-offer`. */
SnugWireMessage *snug_offer_to_message (const SnugOffer *self);

G_END_DECLS
