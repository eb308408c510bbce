/* snug-transfer-details: what there is to know about one transfer, in a window of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

void snug_transfer_details_present (GtkWindow *parent, SnugSession *session, SnugTransfer *transfer);

G_END_DECLS
