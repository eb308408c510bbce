/* snug-signaling-version-1: a version-1 server seen as a version-2 one (PROTOCOL.md section 1).
 *
 * Pure: frames in, frames out. Members are "sender" and "receiver", both legacy.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signal-message.h"

G_BEGIN_DECLS

typedef struct
{
  const char *role;        /* static: ours */
  gboolean    peer_here;   /* as far as we were told */
} SnugVersion1;

/* (transfer full) What a version-2 server would have said at entry. */
SnugSignalMessage *snug_version_1_welcome (const SnugVersion1 *state, gboolean resumed);

/**
 * snug_version_1_translate:
 * @message: as it came
 *
 * Returns: (transfer full) (element-type SnugSignalMessage): what a room is to hear instead, in order
 */
GPtrArray         *snug_version_1_translate (SnugVersion1 *state, const SnugSignalMessage *message);

/* (transfer full) (nullable): @message as version 1 says it; %NULL: it has no word for that. */
SnugSignalMessage *snug_version_1_from_room (const SnugSignalMessage *message);

G_END_DECLS
