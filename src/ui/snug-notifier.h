/* snug-notifier: tells the desktop what happens while the window is not in front.
 *
 * What was said is left out unless the person asked for it: a lock screen shows notifications too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "snug-copies.h"
#include "snug-session.h"
#include "snug-settings.h"

G_BEGIN_DECLS

#define SNUG_TYPE_NOTIFIER (snug_notifier_get_type ())
G_DECLARE_FINAL_TYPE (SnugNotifier, snug_notifier, SNUG, NOTIFIER, GObject)

/* @application: borrowed, and outlives the notifier */
SnugNotifier *snug_notifier_new (GtkApplication *application, SnugSession *session,
                                 SnugSettings *settings, SnugCopies *copies);

/* The window is out of sight and the room is not left. */
void snug_notifier_tell_staying (SnugNotifier *self);

G_END_DECLS
