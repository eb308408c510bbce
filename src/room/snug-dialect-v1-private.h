/* snug-dialect-v1-private: what the dialect of version 1 and its boxes of files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"
#include "snug-wire-v1.h"

G_BEGIN_DECLS

gboolean snug_dialect_v1_send       (SnugDialect *dialect, const SnugWireV1Message *message);
/* To ourselves, in the page's name. @reason: (nullable) */
void     snug_dialect_v1_tell_about (SnugDialect *dialect, SnugWireType type, const char *id, const char *reason);
/* Where the connection's count of bytes will stand when all that is said so far has gone. */
guint64  snug_dialect_v1_mark_here  (SnugDialect *dialect);

G_END_DECLS
