/* snug-dialects: which dialect a member speaks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"

G_BEGIN_DECLS

/* @version: %SNUG_WIRE_VERSION, or 1. */
SnugDialect            *snug_dialects_new       (guint version, GMainContext *network);
const SnugDialectRules *snug_dialects_get_rules (guint version);

/**
 * snug_dialects_expect:
 * @legacy: the server says that the member came in as version 1 does
 *
 * Returns: the rules for it until it shows what it speaks
 */
const SnugDialectRules *snug_dialects_expect    (gboolean legacy);

G_END_DECLS
