/* snug-intake: what happens on the disk to a file or a folder that arrives: each piece is checked, written and
 * noted, and the whole gets its name.
 *
 * Calls block on the disk: use it from a worker. Not thread-safe; it belongs to the one job under way, and to
 * whoever started that job while there is none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-manifest.h"
#include "snug-offer.h"
#include "snug-pieces.h"
#include "snug-sink.h"

G_BEGIN_DECLS

/* What shall come. */
typedef struct
{
  char     *name;            /* safe */
  guint64   size;            /* bytes, of all */
  guint64   mtime;           /* unix seconds, 0 = unknown */
  GBytes   *manifest;        /* nullable: of a folder, the SHA-256 of its manifest */
  guint64   manifest_size;   /* bytes */
  GBytes   *manifest_bytes;  /* nullable: of a folder that was looked into, its manifest */
  GBytes   *only;            /* nullable: of a folder, what is chosen of it, as in `file-get`; %NULL: all */
  gboolean  looks;           /* only the manifest is to come, and nothing is written */
  gboolean  resumable;       /* it can be asked for from the middle */
} SnugIntakePlan;

typedef enum
{
  SNUG_INTAKE_DELETE,     /* what is not whole goes */
  SNUG_INTAKE_KEEP,       /* it stays, to be gone on with */
  SNUG_INTAKE_DISOWN      /* it stays, and is not what is offered here */
} SnugIntakeEnd;

/* A header, or a piece as it came: slices in order. */
typedef struct
{
  gboolean   is_header;
  guint64    entry;
  guint64    offset;     /* bytes */
  guint64    size;       /* bytes, of the entry */

  GPtrArray *slices;     /* of GBytes, nullable */
  gsize      n_bytes;
  gboolean   has_hash;   /* the sender's: compared with ours */
  gboolean   is_told;    /* of a holder's piece: the hash is not the holder's, but of the one who offers */
  guint8     hash[SNUG_WIRE_HASH_BYTES];
} SnugIntakeItem;

void snug_intake_item_free (gpointer item);

typedef struct _SnugIntake SnugIntake;

/* @plan: copied */
SnugIntake *snug_intake_new     (const SnugIntakePlan *plan);
/* The disk is let go of, as @end says; nothing can be taken after it. */
void        snug_intake_release (SnugIntake *self, SnugIntakeEnd end);
void        snug_intake_free    (SnugIntake *self);

/**
 * snug_intake_settle:
 * @folder: (nullable): %NULL if it is not decided: what comes is kept aside
 *
 * There is a place for what comes, in @folder if that is known by now. What was left behind there of the same
 * is checked and counts as taken.
 */
gboolean    snug_intake_settle  (SnugIntake *self, GFile *folder, SnugSinkConflict conflict, GError **error);

/* After that has failed: whether nothing is lost if it is tried once more. */
gboolean    snug_intake_can_settle_again (SnugIntake *self);

/* Returns: %FALSE with a %SNUG_TRANSFER_ERROR, or what the disk said. For lack of room the same @item may be
 * taken again. */
gboolean    snug_intake_take    (SnugIntake *self, SnugIntakeItem *item, GError **error);

/* Files without bytes are made when they are reached, and not waited for: it comes from somebody who may not have them. */
void        snug_intake_set_fills     (SnugIntake *self, gboolean fills);

/* Those behind all that has bytes, when that is here. It may be tried again. */
gboolean    snug_intake_fill_end      (SnugIntake *self, GError **error);

/* Returns: (transfer full): the whole, in its place; %NULL without @error if something is still to come. */
GFile      *snug_intake_finish_if_all (SnugIntake *self, GError **error);

/* @error: what a disk said; becomes a %SNUG_TRANSFER_ERROR_DISK in the same words */
void        snug_intake_as_disk_error (GError **error);

/* @bytes: (out) (nullable): as it came, if that was kept. Returns: (transfer none) (nullable): of a folder, when it
 * is here */
SnugManifest *snug_intake_peek_manifest (SnugIntake *self, GBytes **bytes);
gboolean      snug_intake_only_looks    (SnugIntake *self);

/* What comes from here on comes on a new stream, from snug_intake_get_next() on. */
void        snug_intake_begin_stream  (SnugIntake *self);

/* @next: (out): the first piece that is missing, or the manifest. Returns: (transfer full) (nullable): the
 * fingerprint of what is before it; %NULL for the very first. */
GBytes     *snug_intake_get_next      (SnugIntake *self, SnugPlace *next);
/* Returns: (transfer full) (nullable): what is there, and comes, to be passed on as far as it is written */
SnugOffer  *snug_intake_lend          (SnugIntake *self);
guint64     snug_intake_get_written   (SnugIntake *self);                      /* bytes that are checked and on the disk */
guint64     snug_intake_count_pieces  (SnugIntake *self);                      /* of these */
GBytes     *snug_intake_get_fingerprint (SnugIntake *self);                    /* transfer full */

G_END_DECLS
