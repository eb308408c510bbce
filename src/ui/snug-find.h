/* snug-find: where a word stands in a text, whatever the case of its letters. Pure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <pango/pango.h>

G_BEGIN_DECLS

/* (transfer full). A needle as the others want it: "" for nothing to find. */
char          *snug_find_fold (const char *needle);

gboolean       snug_find_has  (const char *text, const char *folded_needle);

/* (transfer full) (nullable): a background for each place. @strong: more than elsewhere. */
PangoAttrList *snug_find_mark (const char *text, const char *folded_needle, gboolean strong);

G_END_DECLS
