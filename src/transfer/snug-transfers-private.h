/* snug-transfers-private: what the files of the transfer list share. snug-transfers-out.c is about what we offer,
 * snug-transfers.c about what others offer, and whose turn it is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-choice.h"
#include "snug-mover.h"
#include "snug-offer.h"
#include "snug-transfers.h"

G_BEGIN_DECLS

/* PROTOCOL.md section 4, limits: of a member and a direction. */
#define SNUG_TRANSFERS_MAX_RUNNING 8

struct _SnugTransfers
{
  GObject       parent_instance;

  /* Owned */
  SnugRoom     *room;       /* nullable */
  GMainContext *network;    /* nullable */
  GListStore   *rows;
  GPtrArray    *movers;     /* of SnugMover, in the order of the rows */
  GPtrArray    *offers;     /* of SnugOffer that still stand */
};

/* Each returns %NULL if there is none. A transfer is keyed by (member, id): an id alone belongs to nobody. */
SnugMover *snug_transfers_find          (SnugTransfers *self, SnugTransferDirection direction, const char *member_id,
                                         const char *wire_id);
SnugMover *snug_transfers_find_standing (SnugTransfers *self, SnugTransferDirection direction, SnugMember *member,
                                         const char *wire_id);
guint      snug_transfers_count         (SnugTransfers *self, SnugTransferDirection direction, const char *member_id,
                                         gboolean (*counts) (SnugMover *mover));

/* @mover: (transfer full) */
SnugMover *snug_transfers_add           (SnugTransfers *self, SnugMover *mover);
void       snug_transfers_remove        (SnugTransfers *self, SnugMover *mover);
/* "offering" */
void       snug_transfers_tell_offering (SnugTransfers *self, SnugTransfer *row);

/* Of what we offer: the member is there, and hears of it; the source is another than it was. */
void       snug_transfers_offer_to      (SnugTransfers *self, SnugOffer *offer, SnugMember *member);
void       snug_transfers_offer_anew    (SnugTransfers *self, SnugMover *mover);

/* Of what we offer: @mover's member asks for it; it may have it from somebody else who has it from us. */
void       snug_transfers_answer_get    (SnugTransfers *self, SnugMover *mover, const SnugWireMessage *get);
/* More of it is known, and those who have it from somebody else are told. */
void       snug_transfers_on_progress   (SnugTransfers *self, SnugOffer *offer);
/* The member of @mover says that it has all: what all is, is known if somebody else was to send it. */
void       snug_transfers_believe_done  (SnugTransfers *self, SnugMover *mover);
void       snug_transfers_holder_gone   (SnugTransfers *self, const char *member_id);
/* Returns: whether it is about what one receiver passes on to another */
gboolean   snug_transfers_hear_via      (SnugTransfers *self, SnugMember *member, const SnugWireMessage *message);
void       snug_transfers_hear_of_holders (SnugTransfers *self, gboolean on);
/* Whether the member of @mover can be reached, and takes part in passing on what that is, and in @more. */
gboolean   snug_transfers_shares        (SnugTransfers *self, SnugMover *mover, SnugWireFeatures more);
/* What of it that is: of one that was asked for. */
SnugChoice snug_transfers_get_choice  (SnugMover *mover);
/* Whether the two can have it from each other. */
gboolean   snug_transfers_can_share   (SnugTransfers *self, SnugMover *mover, SnugMover *other, SnugWireFeatures more);
/* Whether it was asked for, and not only looked what is in it. */
gboolean   snug_transfers_was_asked_for (SnugMover *mover);
/* Whether @via is already the name of something between us and @peer: nobody else has us ask for it. */
gboolean   snug_transfers_is_known      (SnugTransfers *self, const char *peer, const char *via);

/* Of what we offer: @mover's member and those who take it, too, are named to each other. */
void       snug_transfers_name_heirs    (SnugTransfers *self, SnugMover *mover);
gboolean   snug_transfers_has_heirs     (SnugMover *mover);
/* It has chosen other files, which its heirs are to know when it is named the next time. */
void       snug_transfers_name_anew     (SnugTransfers *self, SnugMover *mover);
/* A member cannot be reached; can again; is not in the room any more. */
void       snug_transfers_heir_lost     (SnugTransfers *self, const char *member_id);
void       snug_transfers_heir_found    (SnugTransfers *self, const char *member_id);
void       snug_transfers_heir_left     (SnugTransfers *self, const char *member_id);
/* Of what is done the oldest are let go of. */
void       snug_transfers_keep_few      (SnugTransfers *self);
void       snug_transfers_hear_of_heirs (SnugTransfers *self, gboolean on);

void snug_transfers_handle_get     (SnugRoom *room, SnugMember *member, SnugWireMessage *get, gpointer user_data);
void snug_transfers_handle_done    (SnugRoom *room, SnugMember *member, SnugWireMessage *done, gpointer user_data);
void snug_transfers_handle_decline (SnugRoom *room, SnugMember *member, SnugWireMessage *message, gpointer user_data);

G_END_DECLS
