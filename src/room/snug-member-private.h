/* snug-member-private: how the room writes a member. Each setter notifies only on a change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-member.h"

G_BEGIN_DECLS

SnugMember *snug_member_new              (const char *id, guint64 seq);
guint64     snug_member_get_seq          (SnugMember *self);
void        snug_member_set_state        (SnugMember *self, SnugMemberState state);
/* @name is a stranger's: made safe here (one line, no control or direction characters, 64 characters). */
void        snug_member_set_name         (SnugMember *self, const char *name);
/* @ordinal: 2 for the second member of one name, else 1. */
void        snug_member_set_ordinal      (SnugMember *self, guint ordinal);
void        snug_member_set_device       (SnugMember *self, SnugMemberDevice device);
void        snug_member_set_features     (SnugMember *self, SnugWireFeatures features);
void        snug_member_set_legacy       (SnugMember *self, gboolean legacy);
void        snug_member_set_host         (SnugMember *self, gboolean host);
void        snug_member_set_path         (SnugMember *self, SnugPath path, const char *relay_server);
void        snug_member_set_lacks_relay  (SnugMember *self, gboolean lacks_relay);
void        snug_member_set_rtt_ms       (SnugMember *self, double rtt_ms);
void        snug_member_set_typing       (SnugMember *self, gboolean typing);
void        snug_member_set_details      (SnugMember *self, const char *details);
void        snug_member_set_error_text   (SnugMember *self, const char *error_text);
void        snug_member_set_safety       (SnugMember *self, SnugSafetyState safety, const char *phrase,
                                          gboolean can_compare);
void        snug_member_set_step         (SnugMember *self, guint step, SnugStepState state);

G_END_DECLS
