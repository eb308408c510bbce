/* snug-qr-window: the QR code as large as the window, to be scanned across a table.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-qr.h"

G_BEGIN_DECLS

/* Does nothing if @link is NULL. */
void snug_qr_window_present (GtkWindow *parent, const char *link, const char *invite);

G_END_DECLS
