/* snug-room: the members of a room and what they say to each other.
 *
 * Belongs to the main context. Joins signaling and the links to the members; chat and transfer stand on
 * it and register the wire messages that they handle. Knows neither.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-admission.h"
#include "snug-member.h"
#include "snug-peer-link.h"
#include "snug-signaling.h"
#include "snug-wire.h"

G_BEGIN_DECLS

#define SNUG_TYPE_ROOM (snug_room_get_type ())
G_DECLARE_FINAL_TYPE (SnugRoom, snug_room, SNUG, ROOM, GObject)

#define SNUG_ROOM_ERROR (snug_room_error_quark ())
GQuark snug_room_error_quark (void);

typedef enum
{
  SNUG_ROOM_ERROR_NOT_SAFE     /* somebody may stand between us and a member */
} SnugRoomError;

typedef struct
{
  GMainContext             *network;
  SnugCertificate          *certificate;
  SnugPeerConnectionConfig  connection;
  const char               *name;        /* own display name */
  SnugMemberDevice          device;
  const char               *code;        /* of a private room */
  SnugSecret               *secret;      /* nullable: an open room */
} SnugRoomConfig;                        /* all borrowed during construction */

/**
 * SnugRoom::changed: signaling state, host, lock, expiry, admission, the count of connected members or their
 *   silence
 * SnugRoom::member-ready: (SnugMember *member): messages reach it from now on; comes again after a break
 * SnugRoom::member-lost: (SnugMember *member): messages wait
 * SnugRoom::member-left: (SnugMember *member): it is no longer in the list
 * SnugRoom::full: we let somebody in, and there was no seat for them
 */

/**
 * SnugRoomHandler:
 * @message: (transfer none): by @member, decoded and within its limits
 */
typedef void (*SnugRoomHandler) (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data);

/* @signaling: a reference is taken; it is opened and closed by the room. */
SnugRoom *snug_room_new (SnugSignaling *signaling, const SnugRoomConfig *config);

void      snug_room_open  (SnugRoom *self);
/* Leaves, in good order: last words are still sent. For good; may run twice. */
void      snug_room_close (SnugRoom *self);
/* Asks the server again now, and whoever could not be reached. */
void      snug_room_retry (SnugRoom *self);
/* The network is another one, or this computer has slept: makes sure of all connections, and mends them. */
void      snug_room_check (SnugRoom *self);
/* Whether files are on their way: not the time to be a newcomer to anybody. */
void      snug_room_set_transferring (SnugRoom *self, gboolean on);

/* One handler a type. */
void      snug_room_set_handler (SnugRoom *self, SnugWireType type, SnugRoomHandler handler, gpointer user_data);

/* Returns: %FALSE if the member is not ready: nothing is queued then. */
gboolean  snug_room_send        (SnugRoom *self, SnugMember *member, const SnugWireMessage *message);
void      snug_room_send_to_all (SnugRoom *self, const SnugWireMessage *message);

GListModel    *snug_room_get_members   (SnugRoom *self);    /* of SnugMember; borrowed, one object for life */
SnugMember    *snug_room_find_member   (SnugRoom *self, const char *id);   /* nullable, borrowed */
gboolean       snug_room_is_ready      (SnugRoom *self, SnugMember *member);
/* Nullable, borrowed: for channels of one's own. */
SnugPeerLink  *snug_room_get_link      (SnugRoom *self, SnugMember *member);

SnugSignaling *snug_room_get_signaling (SnugRoom *self);
/* Nullable: the room is open. */
SnugAdmission *snug_room_get_admission (SnugRoom *self);
/* Why we do not get in or are out again, besides what signaling says: of SNUG_ADMISSION_ERROR or
 * SNUG_ROOM_ERROR; nullable. */
const GError  *snug_room_get_refusal   (SnugRoom *self);
const char    *snug_room_get_self_id   (SnugRoom *self);    /* nullable before welcome */
gboolean       snug_room_get_is_host   (SnugRoom *self);
gboolean       snug_room_get_locked    (SnugRoom *self);
gint64         snug_room_get_expires   (SnugRoom *self);    /* unix seconds; 0: not said */
guint          snug_room_get_n_ready   (SnugRoom *self);
/* Of those who are ready: some are silent for a while. */
gboolean       snug_room_is_anybody_heard (SnugRoom *self);
/* What a host may do; the server refuses it from anybody else. Locked: newcomers need to be let in. Who is
 * removed cannot come back, and the room is locked by that. */
void           snug_room_lock          (SnugRoom *self, gboolean on);
void           snug_room_remove_member (SnugRoom *self, SnugMember *member);
/* The safety phrase of PROTOCOL.md section 4: asks for it; our person says whether it is the same there. If not,
 * the room is left. */
void           snug_room_compare       (SnugRoom *self, SnugMember *member);
void           snug_room_confirm       (SnugRoom *self, SnugMember *member, gboolean same);
/* Own display name: everybody is told. */
void           snug_room_set_name      (SnugRoom *self, const char *name);

G_END_DECLS
