/* snug-window: header, problem strip, the three panes, and the actions behind every button and key.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-application.h"

G_BEGIN_DECLS

#define SNUG_TYPE_WINDOW (snug_window_get_type ())
G_DECLARE_FINAL_TYPE (SnugWindow, snug_window, SNUG, WINDOW, AdwApplicationWindow)

/* Properties, read-only: "session" (SnugSession), "settings" (SnugSettings). */
SnugWindow *snug_window_new      (SnugApplication *application);

/**
 * snug_window_ask_join:
 * @invite: a code, an invite or a link from outside the program
 *
 * Shows where it leads and waits for Join. Nothing is contacted before that.
 */
void        snug_window_ask_join (SnugWindow *self, const char *invite);

/**
 * snug_window_ask_send:
 * @files: of GFile
 *
 * Shows what would be sent and to whom, and waits for Send.
 */
void        snug_window_ask_send (SnugWindow *self, GListModel *files);

/* Closes it for good, whatever the settings say; asks first while files are on their way or being copied. */
void        snug_window_quit     (SnugWindow *self);

/* A word in passing. @text is plain: it is escaped here, because a toast takes markup. */
void        snug_window_toast    (SnugWindow *self, const char *text);

/* Something the person may want: @button raises @action with @target. Returns: (transfer none). */
AdwToast   *snug_window_suggest  (SnugWindow *self, const char *text, const char *button,
                                  const char *action,
                                  const char *target);

/* What did not work, and for long enough to be read. @button: (nullable): with what would help */
void        snug_window_complain (SnugWindow *self, const char *text, const char *button,
                                  const char *action,
                                  const char *target);

/* The same, until a person closes it: of what they may not be looking at. */
void        snug_window_complain_for_good (SnugWindow *self, const char *text);

G_END_DECLS
