/* snug-tooltip: what is said where the pointer rests, for widgets of rows that come and change often.
 *
 * GTK asks the display where the pointer is each time that "tooltip-text" is set, in a template too, and waits for the
 * answer; here nothing is asked until a pointer rests. A screen reader hears nothing of it: say snug_accessible_set_label
 * beside it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @text: (nullable): none. What stands there already changes when the pointer moves on. */
void snug_tooltip_set (GtkWidget *widget, const char *text);

G_END_DECLS
