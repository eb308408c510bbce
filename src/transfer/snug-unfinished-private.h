/* snug-unfinished-private: one of them as it was read off the disk. Its folder is set by who looked there.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-unfinished.h"

G_BEGIN_DECLS

SnugUnfinished *snug_unfinished_new (const char *stem, const char *name, guint64 size, guint64 bytes);

G_END_DECLS
