/* snug-send-dialog: files that came from outside, and the question to whom they shall go.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_SEND_DIALOG (snug_send_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SnugSendDialog, snug_send_dialog, SNUG, SEND_DIALOG, AdwWindow)

/**
 * SnugSendDialog::send: (GListModel *files, GStrv member_ids): the person said yes; no id at all is
 * everybody
 */

/* @files: of GFile, not empty */
SnugSendDialog *snug_send_dialog_new (GtkWindow *parent, SnugSession *session, GListModel *files);

G_END_DECLS
