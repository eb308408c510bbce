/* snug-mover: moves one transfer: its pumps, its pauses, and the words about it.
 *
 * Belongs to the main context. It writes the row; which transfers there are, and whose turn it is, is
 * for SnugTransfers to say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-offer.h"
#include "snug-room.h"
#include "snug-sink.h"
#include "snug-transfer.h"

G_BEGIN_DECLS

#define SNUG_TYPE_MOVER (snug_mover_get_type ())
G_DECLARE_FINAL_TYPE (SnugMover, snug_mover, SNUG, MOVER, GObject)

/* SnugMover::stopped: nothing moves here now: another one may have its turn
 * SnugMover::changed: what we offer is not what it was: it should be offered anew, before this one ends */

/**
 * snug_mover_new_in:
 * @offer: a member's, within its limits; the row's name is made safe here
 */
SnugMover *snug_mover_new_in  (SnugRoom *room, GMainContext *network, SnugMember *member,
                               const SnugWireMessage *offer);

/**
 * snug_mover_new_out:
 * @member: (nullable): %NULL while nobody is there
 */
SnugMover *snug_mover_new_out (SnugRoom *room, GMainContext *network, SnugOffer *offer, SnugMember *member);

SnugTransfer *snug_mover_get_row     (SnugMover *self);
gboolean      snug_mover_is_standing (SnugMover *self);    /* not over */
gboolean      snug_mover_is_pumping  (SnugMover *self);    /* takes one of the few places */
gboolean      snug_mover_is_pushed   (SnugMover *self);    /* comes whether it is asked for or not */
SnugOffer    *snug_mover_get_offer   (SnugMover *self);    /* nullable: of outgoing ones */

/* It is over: nothing moves it any more. */
void snug_mover_finish     (SnugMover *self, SnugTransferState state, const char *reason);
/* As snug_mover_finish(), but what is here of it stays, to be gone on with. */
void snug_mover_leave      (SnugMover *self, SnugTransferState state, const char *reason);
/* As snug_mover_finish(), and the member hears `file-decline`. */
void snug_mover_decline    (SnugMover *self, SnugTransferState state, const char *reason);

/* Of an outgoing one, after "changed" was heard: it ends, and the member hears why. */
void snug_mover_end_changed (SnugMover *self);

/* Whether two incoming ones are of the same, as far as offers tell. */
gboolean snug_mover_is_same (SnugMover *self, SnugMover *other);

/**
 * snug_mover_can_follow:
 *
 * Returns: whether @self is to receive the same that @former was receiving, from whoever
 */
gboolean snug_mover_can_follow (SnugMover *self, SnugMover *former);
/* Whether nothing moves it, by nobody's wish. */
gboolean snug_mover_is_lost    (SnugMover *self);
/* If its member cannot be reached: it is not waited for any longer, and "stopped" comes. */
void     snug_mover_give_up_waiting (SnugMover *self);
/* @former is over; @self goes on where it was. */
void     snug_mover_follow     (SnugMover *self, SnugMover *former);

/* Of a folder. @task: (transfer full): returns a GListModel of SnugFolderEntry: what is in it, and which of that is
 * chosen */
void     snug_mover_look_into     (SnugMover *self, GTask *task);

/* Bytes that are still to come of what is chosen by @only (nullable: all), if it goes on with what was left
 * behind in @folder. */
guint64  snug_mover_count_missing (SnugMover *self, GFile *folder, GBytes *only);

/* What we decide. @only: (nullable): of a folder, what is chosen of it, as in `file-get` */
void snug_mover_accept     (SnugMover *self, GFile *folder, SnugSinkConflict conflict, GBytes *only);
/* It comes now, and cannot be told to wait: it is kept aside until somebody decides. */
void snug_mover_keep_aside (SnugMover *self);
void snug_mover_pause      (SnugMover *self);
/* Returns: %TRUE if it has to be started too */
gboolean snug_mover_resume (SnugMover *self);
void snug_mover_cancel     (SnugMover *self);

/* Its turn: asks for an accepted file that is not under way, if the member is there. */
void snug_mover_start      (SnugMover *self);
/* The member is there, and is told of our offer. */
void snug_mover_say_offer  (SnugMover *self);

/* Whether @get asks for something that is offered here. */
gboolean snug_mover_is_in   (SnugMover *self, const SnugWireMessage *get);

/* What is said of other holders. @member has to be who says it; each returns %FALSE if it is about nothing here.
 * An incoming one that follows somebody, or is passed on to somebody: */
void     snug_mover_hear_from        (SnugMover *self, const SnugWireMessage *from);
void     snug_mover_hear_hashes      (SnugMover *self, const SnugWireMessage *hashes);
void     snug_mover_hear_pass        (SnugMover *self, const SnugWireMessage *pass);
gboolean snug_mover_hear_via_get     (SnugMover *self, SnugMember *member, const SnugWireMessage *get);
gboolean snug_mover_hear_via_pause   (SnugMover *self, SnugMember *member, const SnugWireMessage *pause);
gboolean snug_mover_hear_via_cancel  (SnugMover *self, SnugMember *member, const SnugWireMessage *cancel);
/* The follower is not in the room any more. */
void     snug_mover_end_passes_to    (SnugMover *self, const char *member_id);
void     snug_mover_end_passes       (SnugMover *self);
/* Only those that the one who offers it has asked for, who have it from elsewhere then: heirs ask by themselves. */
void     snug_mover_end_asked_passes (SnugMover *self);
/* Whom it follows is not wanted any more: it asks again, if it can. */
void     snug_mover_leave_holder     (SnugMover *self);

/* What receivers of the same do when the one who offers it is gone. @message, @have: as above */
void     snug_mover_hear_heir     (SnugMover *self, const SnugWireMessage *message);
gboolean snug_mover_hear_via_have (SnugMover *self, SnugMember *member, const SnugWireMessage *have);
/* The one who offers it cannot be reached. Returns: %FALSE if it is an end: nobody else has it */
gboolean snug_mover_lose_offerer  (SnugMover *self);
void     snug_mover_find_offerer  (SnugMover *self);
gboolean snug_mover_is_orphaned   (SnugMover *self);
/* @via is what it and @member_id call it. */
gboolean snug_mover_is_heir       (SnugMover *self, const char *member_id, const char *via);
/* It can be reached again; it has left the room. */
void     snug_mover_find_heir     (SnugMover *self, const char *member_id);
void     snug_mover_forget_heir   (SnugMover *self, const char *member_id);
/* Of one that is done. */
gboolean snug_mover_is_kept_for_heirs (SnugMover *self);
void     snug_mover_disinherit        (SnugMover *self);

/* What the member said. */
void snug_mover_hear_get    (SnugMover *self, SnugWireMessage *get);
void snug_mover_hear_done   (SnugMover *self, SnugWireMessage *done);
void snug_mover_hear_cancel (SnugMover *self, SnugWireMessage *cancel);
void snug_mover_hear_pause  (SnugMover *self, SnugWireMessage *pause);

G_END_DECLS
