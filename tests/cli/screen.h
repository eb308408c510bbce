/* screen: what a terminal would show of the bytes written to it. As much of one as snug-cli needs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

typedef struct _Screen Screen;

Screen     *screen_new  (guint columns);
void        screen_free (Screen *self);
/* Fails the test on a sequence it does not know. */
void        screen_feed (Screen *self, const char *bytes, gsize n_bytes);
/* (transfer full): all rows from the first, without trailing spaces, one a line, no empty ones at the end */
char       *screen_text (Screen *self);
guint       screen_row  (Screen *self);
guint       screen_column (Screen *self);
