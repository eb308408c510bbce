/* snug-copy-strip: how far a file is that is being copied, and a button against it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_COPY_STRIP (snug_copy_strip_get_type ())
G_DECLARE_FINAL_TYPE (SnugCopyStrip, snug_copy_strip, SNUG, COPY_STRIP, AdwBin)

/* Signal "cancelled": the button was pressed, which it can be once. */

/* @to: what it will be */
GtkWidget *snug_copy_strip_new  (GFile *to);
/* @size: 0 as long as it is not known */
void       snug_copy_strip_show (SnugCopyStrip *self, guint64 n_bytes, guint64 size);

G_END_DECLS
