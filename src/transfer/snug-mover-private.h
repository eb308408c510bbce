/* snug-mover-private: what the files of a mover share. snug-mover-in.c is about what comes, snug-mover.c about what
 * goes, and what both have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-context.h"
#include "snug-look.h"
#include "snug-mover.h"
#include "snug-receiver.h"
#include "snug-sender.h"
#include "snug-transfer-private.h"

G_BEGIN_DECLS

/* PROTOCOL.md section 4, "Several holders of one file". Of an incoming one: whom it follows, and what it passes on.
 * Of an outgoing one: from whom its member has it. */
typedef struct
{
  char            *holder;       /* nullable: id of a member; NULL: it comes from the one who offers it */
  char            *via;          /* nullable: what is asked of @holder */
  GSource         *watch;        /* nullable: whether @holder does */
  SnugPieceMap    *map;          /* nullable: of what comes, made when it is asked for; of what goes, of @chosen */
  guint64          told;         /* pieces whose hashes the follower was told */
  gint64           said_us;      /* when something was said of how far it is */

  /* Incoming */
  guint64          checked;      /* bytes that are checked and on the disk */
  guint64          n_checked;    /* pieces of them */
  guint64          watched_bytes;
  guint64          watched_lag;  /* bytes */
  guint64          held_from;    /* bytes: what it has asked for itself begins behind so many */
  gboolean         has_asked;
  SnugOffer       *held;         /* nullable: what is passed on */
  GPtrArray       *passes;       /* of those to whom */

  /* Incoming, PROTOCOL.md section 4, "When the one who offers is gone" */
  GPtrArray       *heirs;        /* nullable: who else takes it */
  gboolean         orphaned;     /* it is sought from them */
  gboolean         awaits_heirs; /* they were asked what they have just now */
  GSource         *asking;       /* nullable: while it is orphaned */
  guint64          followed_from; /* pieces that were here when it came from the present one; most: it is not judged */
  guint64          followed_bytes; /* and bytes that were shown */
  gint64           next_show_us; /* before that nothing is reckoned anew as others have got more */
  gboolean         refused;      /* that one has said that it does not */
  char            *words;        /* nullable: what a person is told of that */
  GBytes          *unsaid;       /* nullable: the fingerprint of all, which the one who offers has not heard */

  /* Outgoing */
  gpointer         transfers;    /* borrowed: whose it is */
  SnugWireMessage *get;          /* nullable: what was asked for last */
  gboolean         have_is_ours; /* what that says is there was compared, and is of this file */
  guint64          first_from;   /* bytes before the place where it began when it asked for the first time */
  SnugManifest    *chosen;       /* nullable: what of it that asked for; NULL: all */
  gboolean         introduced;   /* it was told of @holder */
  GPtrArray       *not_from;     /* ids of members that did not do */
  GHashTable      *named;        /* nullable: ids of members that are its heirs */
  gboolean         is_anew;      /* it has chosen anew, and was not named to them since */
  gint64           anew_us;      /* when it last was, after that */
} SnugMoverShare;

struct _SnugMover
{
  GObject       parent_instance;

  /* Owned */
  SnugRoom     *room;
  GMainContext *network;
  SnugTransfer *row;
  SnugOffer    *offer;         /* nullable: of outgoing ones */
  SnugSender   *sender;        /* nullable */
  SnugReceiver *receiver;      /* nullable */
  char         *fingerprint;   /* nullable: what we sent, in hex */

  GFile        *folder;        /* nullable: where an incoming one goes */
  GBytes       *manifest;      /* nullable: of incoming folders, its hash */
  guint64       manifest_size;
  SnugLook     *look;          /* nullable: it is looked what is in it */
  GPtrArray    *lookers;       /* of GTask: they wait for that */
  SnugManifest *whole;         /* nullable: what is in it, when it was looked */
  GBytes       *whole_bytes;   /* nullable: the same as it came */
  GBytes       *only;          /* nullable: what is chosen of it; NULL: all */
  SnugManifest *contents;      /* nullable: of a folder that comes or goes, what of it does */
  guint64       offered_bytes;

  const char   *warning;       /* borrowed from static words or the offer, nullable: what a person should know
                                * of it while it runs */
  guint64       mtime;         /* of incoming ones */
  gboolean      paused_here;
  gboolean      paused_there;
  gboolean      busy_there;     /* paused, but not by a person */
  gboolean      full_here;      /* incoming: there is no room on the disk for what comes */
  gboolean      sent_again;    /* outgoing: what was asked for last, as the member did not see it coming */
  gboolean      started;       /* incoming: the pieces are asked for, on the present connection */
  gboolean      went_on;       /* incoming: not asked for from the beginning */
  SnugMoverShare share;
  gboolean      pushed;        /* incoming: they come whether they are asked for or not */
};

SnugMember *snug_mover_get_member       (SnugMover *self);    /* nullable: gone */
const char *snug_mover_get_member_name  (SnugMover *self);

void        snug_mover_say              (SnugMover *self, SnugWireMessage *message);
void        snug_mover_say_plain        (SnugMover *self, SnugWireType type);
void        snug_mover_say_cancel       (SnugMover *self, const char *reason);
void        snug_mover_say_pause        (SnugMover *self, gboolean on, gboolean busy);
const char *snug_mover_reason_for_them  (const GError *error);

void        snug_mover_stop_pumps       (SnugMover *self, SnugIntakeEnd end);
void        snug_mover_finish_with      (SnugMover *self, SnugIntakeEnd end, SnugTransferState state,
                                         const char *reason);
/* Whoever waits to see what is in the folder will not. */
void        snug_mover_end_look_in_vain (SnugMover *self);
/* Of an outgoing one: @get is answered by another member. */
void        snug_mover_let_others_send  (SnugMover *self, SnugWireMessage *get);
/* Of an outgoing one whose member was to have it from another, and does not know yet from whom: it is sent from here. */
void        snug_mover_introduce_nobody (SnugMover *self);
/* It comes from who offers it, or from nobody. */
void        snug_mover_let_go_of_holder (SnugMover *self);
/* Returns: (nullable): whom it follows */
SnugMember *snug_mover_get_holder       (SnugMover *self);
/* It comes from @member_id, who calls it @via. */
void        snug_mover_follow_member    (SnugMover *self, const char *member_id, const char *via);
/* Returns: (nullable): of an incoming one: of a folder it is known when its manifest is */
SnugPieceMap *snug_mover_get_map        (SnugMover *self);
/* Bytes that have come, checked or not. */
guint64     snug_mover_count_bytes      (SnugMover *self);
/* It has all of it. */
void        snug_mover_say_done         (SnugMover *self, GBytes *fingerprint);
/* So many have it from us. */
guint       snug_mover_count_passes     (SnugMover *self);
/* What nobody has from us any more, and nobody will, is let go of. */
void        snug_mover_let_go_if_unused (SnugMover *self);

/* Of an incoming one, about its heirs. */
gboolean    snug_mover_has_heirs         (SnugMover *self);
/* If it cannot come from who offers it: from one of them. */
void        snug_mover_seek_heir         (SnugMover *self);
void        snug_mover_stop_seeking      (SnugMover *self);
/* The row says what can still come. */
void        snug_mover_show_heirs        (SnugMover *self);
/* They hear how much is here. */
void        snug_mover_tell_heirs        (SnugMover *self);
/* That it is paused here, and takes nothing, or is not any more. */
void        snug_mover_tell_heirs_at_once (SnugMover *self);
void        snug_mover_leave_heir_if_all (SnugMover *self);
/* While it comes from one of them: whether it could come from another one. */
gboolean    snug_mover_has_other_heir    (SnugMover *self);
/* That one is left as it brings too little. */
void        snug_mover_blame_heir        (SnugMover *self);
/* It does not come from @member_id any more. @was_wrong: what came */
void        snug_mover_end_following     (SnugMover *self, const char *member_id, gboolean was_wrong);
void        snug_mover_hear_heir_refuse  (SnugMover *self, const char *member_id, const char *reason);
/* The row says that the disk is full. */
void        snug_mover_show_full         (SnugMover *self);
/* That it is asked for, or that the disk is full, which is to be seen whoever is asked. */
void        snug_mover_show_asked        (SnugMover *self);
void        snug_mover_on_lent          (SnugReceiver *receiver, SnugOffer *part, SnugMover *self);
void        snug_mover_on_checked       (SnugReceiver *receiver, guint64 bytes, guint64 n_pieces, SnugMover *self);
/* All that is here is right now, @n_bytes of it. */
void        snug_mover_pass_on          (SnugMover *self, guint64 n_bytes);
void        snug_mover_clear_share      (SnugMover *self);
/* "stopped" */
void        snug_mover_tell_stopped     (SnugMover *self);

G_END_DECLS
