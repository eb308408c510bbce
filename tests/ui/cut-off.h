/* cut-off: what of a window cannot be read whole.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

/* A line for each: a text that ends in an ellipsis, a text that sticks out to the left or to the right of what
 * shows it, a list that would have to be scrolled sideways, a window that needs more than @width pixels. What people
 * and files are called, and what others say, may be cut: the words of the program may not. */
GPtrArray *find_cut_off (GtkWidget *window, int width);
