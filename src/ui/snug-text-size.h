/* snug-text-size: pixels that grow with the text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Returns: @px at the text size that a person has set; with large text as much room holds fewer words. */
int snug_text_size_scale (GtkWidget *widget, int px);

G_END_DECLS
