/* snug-css-class: a style class that a widget has or has not.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void snug_css_class_set (GtkWidget *widget, const char *name, gboolean on);

G_END_DECLS
