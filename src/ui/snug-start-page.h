/* snug-start-page: outside a room: open one, or join one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_START_PAGE (snug_start_page_get_type ())
G_DECLARE_FINAL_TYPE (SnugStartPage, snug_start_page, SNUG, START_PAGE, AdwBin)

/* Property "settings" (SnugSettings, writable). Raises room.create, room.join and room.suggest. */

/* Once. Rooms nearby are looked for while the page is there to be seen. */
void snug_start_page_set_session (SnugStartPage *self, SnugSession *session);
void snug_start_page_focus_join (SnugStartPage *self);
/* @text: a sentence under the entry, until the person types again. */
void snug_start_page_show_error (SnugStartPage *self, const char *text);
void snug_start_page_clear      (SnugStartPage *self);
/* Of snug_session_get_shuts_browsers_out(). */
void snug_start_page_set_shuts_browsers_out (SnugStartPage *self, gboolean shut_out);

G_END_DECLS
