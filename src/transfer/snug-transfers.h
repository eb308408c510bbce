/* snug-transfers: the files offered to us and by us, and what becomes of them.
 *
 * Belongs to the main context; stands on the room. Decides who sends and receives when, and writes the
 * rows; the bytes flow in SnugSender and SnugReceiver.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-room.h"
#include "snug-sink.h"
#include "snug-transfer.h"

G_BEGIN_DECLS

#define SNUG_TYPE_TRANSFERS (snug_transfers_get_type ())
G_DECLARE_FINAL_TYPE (SnugTransfers, snug_transfers, SNUG, TRANSFERS, GObject)

/* SnugTransfers::offered: (SnugTransfer *transfer): a member offers a file
 * SnugTransfers::offering: (SnugTransfer *transfer): the first row of an own offer */

SnugTransfers *snug_transfers_new      (void);

/* Registers with @room; %NULL lets go: whatever runs is cancelled, finished rows stay. */
void           snug_transfers_set_room (SnugTransfers *self, SnugRoom *room, GMainContext *network);
/* The same as with %NULL, and why: a sentence. */
void           snug_transfers_leave_room (SnugTransfers *self, const char *reason);

GListModel    *snug_transfers_get_list (SnugTransfers *self);    /* of SnugTransfer */

/**
 * snug_transfers_offer_async:
 * @member_ids: (nullable): %NULL offers to everybody, now and later
 *
 * Looks at it first (a worker does); it must be a readable regular file, or a folder. Who cannot be reached now is
 * told of it when they are back.
 */
void           snug_transfers_offer_async  (SnugTransfers *self, GFile *file, const char *const *member_ids,
                                            GAsyncReadyCallback callback, gpointer user_data);
gboolean       snug_transfers_offer_finish (SnugTransfers *self, GAsyncResult *result, GError **error);

/* Offers what @transfer, which is over and may be forgotten, was about again, to the same member. Ends with
 * snug_transfers_offer_finish(). */
void           snug_transfers_offer_again_async (SnugTransfers *self, SnugTransfer *transfer,
                                                 GAsyncReadyCallback callback, gpointer user_data);

/* Returns: by the finish: (transfer full): of SnugFolderEntry: what is in a folder, and which of that is chosen */
void           snug_transfers_look_into_async  (SnugTransfers *self, SnugTransfer *transfer,
                                                GAsyncReadyCallback callback, gpointer user_data);
GListModel    *snug_transfers_look_into_finish (SnugTransfers *self, GAsyncResult *result, GError **error);

/* @only: (nullable): of a folder, what is chosen of it, as in `file-get`; %NULL: all */
gboolean       snug_transfers_accept  (SnugTransfers *self, SnugTransfer *transfer, GFile *folder,
                                       SnugSinkConflict conflict, GBytes *only, GError **error);
void           snug_transfers_decline (SnugTransfers *self, SnugTransfer *transfer);
void           snug_transfers_cancel  (SnugTransfers *self, SnugTransfer *transfer);
void           snug_transfers_pause   (SnugTransfers *self, SnugTransfer *transfer);
void           snug_transfers_resume  (SnugTransfers *self, SnugTransfer *transfer);
void           snug_transfers_forget  (SnugTransfers *self, SnugTransfer *transfer);

G_END_DECLS
