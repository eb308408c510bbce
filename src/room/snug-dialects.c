/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dialects.h"

#include "snug-dialect-v1.h"
#include "snug-dialect-v2.h"

SnugDialect *
snug_dialects_new (guint version, GMainContext *network)
{
  return version == SNUG_WIRE_VERSION ? snug_dialect_v2_new () : snug_dialect_v1_new (network);
}

const SnugDialectRules *
snug_dialects_get_rules (guint version)
{
  return version == SNUG_WIRE_VERSION ? &snug_dialect_v2_rules : &snug_dialect_v1_rules;
}

const SnugDialectRules *
snug_dialects_expect (gboolean legacy)
{
  return legacy ? &snug_dialect_v1_rules : &snug_dialect_v2_rules;
}
