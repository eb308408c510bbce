/* snug-transfer-details: what there is to know about one transfer, in a window of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-transfer.h"

G_BEGIN_DECLS

void snug_transfer_details_present (GtkWindow *parent, SnugTransfer *transfer);

G_END_DECLS
