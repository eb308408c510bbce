/* snug-transfer-private: how the transfer list writes a row. Each setter notifies only on a change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-transfer.h"

G_BEGIN_DECLS

/* @wire_id: the id of `file-offer`; @name is already safe (snug_file_name_make_safe()). */
SnugTransfer *snug_transfer_new (SnugTransferDirection direction, const char *wire_id, const char *member_id,
                                 const char *member_name, const char *name, const char *mime_type,
                                 guint64 size);

const char *snug_transfer_get_wire_id     (SnugTransfer *self);
/* Checks the move against the table of allowed ones and notifies; @reason is a sentence or NULL.
 * Returns: %FALSE if the move is not allowed (a stranger's message out of turn): nothing changed. */
gboolean    snug_transfer_enter           (SnugTransfer *self, SnugTransferState state, const char *reason);
/* It is a folder of so many files and folders. */
void        snug_transfer_set_folder      (SnugTransfer *self, guint n_items);
/* Counts progress and smooths the speed; @now_us: g_get_monotonic_time(). */
void        snug_transfer_set_bytes       (SnugTransfer *self, guint64 bytes, gint64 now_us);
/* Bytes of what is chosen. */
void        snug_transfer_set_size        (SnugTransfer *self, guint64 size);
void        snug_transfer_set_file        (SnugTransfer *self, GFile *file);
void        snug_transfer_set_fingerprint (SnugTransfer *self, const char *hex);
void        snug_transfer_set_member_name (SnugTransfer *self, const char *name);

G_END_DECLS
