/* snug-dialect-v1: members that speak version 1, the 0trace page (PROTOCOL.md section 5).
 *
 * Such a page has one channel, no names, no confirmations, and sends files without being asked, one after
 * the other. This makes of it a member like others: it says hello for it, confirms for it what the
 * transport has brought there, asks us for the files that we offer, and offers its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"

G_BEGIN_DECLS

SnugDialect *snug_dialect_v1_new (GMainContext *network);

extern const SnugDialectRules snug_dialect_v1_rules;

G_END_DECLS
