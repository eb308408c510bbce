/* snug-dialect-v2: members that speak version 2 (PROTOCOL.md section 4). Messages go as they are; each
 * file has a channel of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"

G_BEGIN_DECLS

SnugDialect *snug_dialect_v2_new (void);

extern const SnugDialectRules snug_dialect_v2_rules;

G_END_DECLS
