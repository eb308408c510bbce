/* snug-copy-strip: how far a file is that is being copied, how many come after it, and a button against it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_COPY_STRIP (snug_copy_strip_get_type ())
G_DECLARE_FINAL_TYPE (SnugCopyStrip, snug_copy_strip, SNUG, COPY_STRIP, AdwBin)

/* Signal "cancelled": the button was pressed: once for each file, and not by what may be the second
 * press of a double click that began when another stood there. */

/* @to: what it will be; @size: 0 as long as it is not known; @n_more: how many are copied after it */
void snug_copy_strip_show (SnugCopyStrip *self, GFile *to, guint64 n_bytes, guint64 size, guint n_more);

G_END_DECLS
