/* snug-unfinished-strip: what is left of an earlier time, above the files: "2 unfinished transfers",
 * Resume, Discard. Takes no room while nothing is left.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_UNFINISHED_STRIP (snug_unfinished_strip_get_type ())
G_DECLARE_FINAL_TYPE (SnugUnfinishedStrip, snug_unfinished_strip, SNUG, UNFINISHED_STRIP, AdwBin)

/* Property "session" (SnugSession, writable). */

G_END_DECLS
