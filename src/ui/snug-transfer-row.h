/* snug-transfer-row: one file on its way, with its one button and its menu.
 *
 * Stands in the Files list and, as a card, in the chat: both show the same SnugTransfer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-transfer.h"

G_BEGIN_DECLS

#define SNUG_TYPE_TRANSFER_ROW (snug_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (SnugTransferRow, snug_transfer_row, SNUG, TRANSFER_ROW, AdwBin)

/* @transfer: (nullable): bind later */
GtkWidget    *snug_transfer_row_new          (SnugTransfer *transfer);
/* @transfer: (nullable): %NULL lets go of it */
void          snug_transfer_row_set_transfer (SnugTransferRow *self, SnugTransfer *transfer);
SnugTransfer *snug_transfer_row_get_transfer (SnugTransferRow *self);   /* (transfer none) (nullable) */

/* In the chat, whose list it is not taken off. @clock: when it was offered */
void          snug_transfer_row_be_card         (SnugTransferRow *self, const char *clock);
/* The picture that it is stands above: it says what kind of file this is, and opens it. */
void          snug_transfer_row_set_has_picture (SnugTransferRow *self, gboolean has_picture);

/* Where the list can show what is in a folder below its row. Of a file this does nothing. */
void          snug_transfer_row_show_expanded (SnugTransferRow *self, gboolean expanded);

/* What Space and Delete do on this row; the action's name, or %NULL for nothing. */
const char   *snug_transfer_row_get_space_action  (SnugTransferRow *self);
const char   *snug_transfer_row_get_delete_action (SnugTransferRow *self);

G_END_DECLS
