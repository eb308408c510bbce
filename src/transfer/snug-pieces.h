/* snug-pieces: the hashes of a file's pieces, and the workers that read, check and write them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <gnutls/crypto.h>

#include "snug-wire.h"

G_BEGIN_DECLS

/* SHA-256 of @data. */
void snug_piece_hash (const guint8 *data, gsize n_bytes, guint8 out[SNUG_WIRE_HASH_BYTES]);

/* Length in bytes of the piece that begins at @offset of a file of @size bytes. */
gsize snug_piece_length (guint64 size, guint64 offset);

/* The running hash over piece hashes in order: a transfer's fingerprint when all are in. */
typedef struct
{
  gnutls_hash_hd_t handle;
} SnugFingerprint;

void    snug_fingerprint_init  (SnugFingerprint *fingerprint);
void    snug_fingerprint_add   (SnugFingerprint *fingerprint, const guint8 hash[SNUG_WIRE_HASH_BYTES]);
/* Returns: (transfer full): the value so far; more may be added afterwards. */
GBytes *snug_fingerprint_value (SnugFingerprint *fingerprint);
void    snug_fingerprint_clear (SnugFingerprint *fingerprint);

/**
 * snug_pieces_run:
 * @func: runs on one of a few worker threads that all transfers share; may block on the disk
 *
 * Jobs of one transfer are handed in one at a time, so that they need no lock.
 */
void    snug_pieces_run        (GFunc func, gpointer job);

G_END_DECLS
