/* snug-notes: what is not as one might think, a sentence each with a sign before it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_NOTES (snug_notes_get_type ())
G_DECLARE_FINAL_TYPE (SnugNotes, snug_notes, SNUG, NOTES, AdwBin)

/* @lines: plain text; none of them: there is nothing to see. */
void snug_notes_set_lines (SnugNotes *self, const char *const *lines);

G_END_DECLS
