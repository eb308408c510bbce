/* snug-fake-session: the session's public face over models that a scene has filled, without any
 * network.
 *
 * The gallery's window cannot tell it from the real one: same header, same properties, real
 * members, messages and transfers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* NULL-terminated names, in the order of a contact sheet. */
const char *const *snug_fake_session_get_scenes (void);

/* The page on which a scene is worth looking at: "chat", "files" or "room". */
const char        *snug_fake_session_get_page   (const char *scene);

/* Empties everything and plays @scene. Returns: %FALSE if there is no such scene */
gboolean           snug_fake_session_play       (SnugSession *self, const char *scene);

G_END_DECLS
