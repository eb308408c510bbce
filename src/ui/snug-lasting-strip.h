/* snug-lasting-strip: words that stand there until somebody has closed them, and let all else go on: a toast that
 * lasted would keep the next ones waiting.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_LASTING_STRIP (snug_lasting_strip_get_type ())
G_DECLARE_FINAL_TYPE (SnugLastingStrip, snug_lasting_strip, SNUG, LASTING_STRIP, AdwBin)

/* Signal "closed": a person has read all of it, and it is about to be hidden. */

/* Below what stands there already; all of it stays, and is scrolled if it is much. */
void snug_lasting_strip_add (SnugLastingStrip *self, const char *text);

G_END_DECLS
