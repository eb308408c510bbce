/* snug-choose-dialog: what is in an offered folder, with a check box each; ten thousand of them scroll as ten do.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-transfer.h"

G_BEGIN_DECLS

#define SNUG_TYPE_CHOOSE_DIALOG (snug_choose_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SnugChooseDialog, snug_choose_dialog, SNUG, CHOOSE_DIALOG, AdwWindow)

/**
 * SnugChooseDialog::chosen: (GListModel *entries): Accept was pressed; of SnugFolderEntry
 */

/* @entries: from snug_session_look_into_finish() */
SnugChooseDialog *snug_choose_dialog_new (GtkWindow *parent, SnugTransfer *transfer, GListModel *entries);

G_END_DECLS
