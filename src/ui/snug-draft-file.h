/* snug-draft-file: a file for what has none yet: a pasted picture, a text too long for a message.
 *
 * In a folder of its own below the user's cache, for this person only, until the program ends.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Returns: (transfer full): or %NULL with an error that is a sentence */
GFile *snug_draft_file_new     (const char *name, GBytes *bytes, GError **error);

/* When the program starts: erases what an earlier one left that was killed, if no other Snug is running. */
void   snug_draft_files_begin  (void);

/* Erases all of our own. */
void   snug_draft_files_forget (void);

G_END_DECLS
