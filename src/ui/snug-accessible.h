/* snug-accessible: names for what a screen reader stops at.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void snug_accessible_set_label        (GtkWidget *widget, const char *label);

/* An image that is not read out: what it shows stands beside it in words. @icon_name: (nullable): told later */
GtkWidget *snug_accessible_decoration_new (const char *icon_name);

/* The same for the images that a widget of the toolkit is made of. Before it is seen. */
void       snug_accessible_hide_pictures  (GtkWidget *widget);

/* A status page scrolls, and what it scrolls in can have the focus: that gets the page's title as
 * its name. */
void snug_accessible_name_status_page (AdwStatusPage *page);

/* The same for the two lists that an expander row is made of: they get @label. The row in the first of
 * them is what the keyboard stops at: it gets @sentence. Its arrow is not read out. */
void snug_accessible_name_expander    (AdwExpanderRow *row, const char *label, const char *sentence);

/* A cross that a widget of the toolkit brings has no name of its own: those in @widget get one. */
void snug_accessible_name_closing     (GtkWidget *widget);

/* The same for each toast that comes. */
void snug_accessible_name_toasts      (AdwToastOverlay *overlay);

G_END_DECLS
