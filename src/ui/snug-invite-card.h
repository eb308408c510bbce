/* snug-invite-card: how to get somebody in: QR code, code and link.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_INVITE_CARD (snug_invite_card_get_type ())
G_DECLARE_FINAL_TYPE (SnugInviteCard, snug_invite_card, SNUG, INVITE_CARD, AdwBin)

/* Property "session" (SnugSession, writable). The focus that is put on it goes to Copy Link. */

G_END_DECLS
