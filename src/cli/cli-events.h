/* cli-events: the lines of --json. Scripts rely on every name here (snug-cli(1), "Events").
 *
 * Pure: each function returns one JSON object as text without its line feed, all of it printable
 * ASCII or letters, never a control character (transfer full).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-check.h"
#include "snug-member.h"
#include "snug-message.h"
#include "snug-nearby-room.h"
#include "snug-transfer.h"
#include "snug-unfinished.h"

G_BEGIN_DECLS

/* @code, @invite, @link: nullable, left out then. @state: "waiting", "joined", "reconnecting",
 * "closed". */
char *snug_cli_event_room      (const char *code, const char *invite, const char *link,
                                const char *state);
char *snug_cli_event_member    (SnugMember *member);
char *snug_cli_event_safety    (SnugMember *member);
char *snug_cli_event_chat      (SnugMessage *message);
char *snug_cli_event_delivered (const char *message_id, const char *member_id);
char *snug_cli_event_edited    (SnugMessage *message);
char *snug_cli_event_deleted   (SnugMessage *message);
char *snug_cli_event_reacted   (SnugMessage *message, const char *member_id, const char *emoji, gboolean on);
/* @mb_per_s: < 0 leaves it out. @sha256: nullable, lower-case hexadecimal. */
char *snug_cli_event_transfer  (SnugTransfer *transfer, double mb_per_s, const char *sha256);
char *snug_cli_event_unfinished (SnugUnfinished *unfinished);
/* @with_address: say where it was tried, too */
char *snug_cli_event_check     (SnugCheck *check, gboolean with_address);
/* @found: it is there, or gone */
char *snug_cli_event_nearby    (SnugNearbyRoom *room, gboolean found);
/* @member_id: (nullable): whom it is about */
char *snug_cli_event_error     (const char *code, const char *message, const char *member_id);

G_END_DECLS
