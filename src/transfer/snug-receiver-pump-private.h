/* snug-receiver-pump-private: what the files of a receiver's pump share. snug-receiver-pump.c is the pump, what it is
 * told from the main context and what it tells there, snug-receiver-pump-pieces.c the way of the pieces: from the
 * stream to a worker and onto the disk.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-receiver-pump.h"
#include "snug-told-hashes.h"

G_BEGIN_DECLS

struct _SnugReceiverPump
{
  gatomicrefcount       ref_count;
  GMainContext         *main;
  GMainContext         *network;
  GWeakRef              owner;          /* followed in the main context only */
  SnugReceiverNewsFunc  func;
  guint64               size;           /* bytes, of all */
  gboolean              resumable;

  /* Main context */
  guint                 n_starts_said;  /* as @n_started, when the network context has heard of it */

  SnugIntake           *intake;         /* owned by the one job under way, else of the network context */

  /* Network context */
  GFile                *folder;         /* nullable: it is not decided */
  SnugSinkConflict      conflict;
  SnugFileStream       *stream;         /* nullable */
  guint                 n_started;      /* which start a stream belongs to */
  SnugIntakeItem       *piece;          /* nullable: being assembled */
  SnugIntakeItem        header;         /* the last; @offset moves on */
  GQueue                waiting;        /* of SnugIntakeItem, for the worker */
  gsize                 n_waiting;      /* bytes of them */
  guint64               arrived;        /* bytes, in order */
  gint64                progress_us;
  GSource              *full_source;    /* nullable: the disk is full */
  guint                 full_ms;        /* so long until it is looked again */
  SnugToldHashes        told;           /* what the pieces of a holder must hash to */
  guint64               n_checked;      /* pieces that were told as checked */
  gboolean              following;      /* they come from a holder, not from who offers them */
  gboolean              completes;      /* all that has bytes is here, and nobody need send the rest */
  gboolean              tells_checked;
  gboolean              lends;          /* its part is asked for, and was not handed out yet */
  gboolean              begun;
  gboolean              asking;         /* tell where to begin when the sink is there */
  gboolean              working;
  gboolean              has_news;       /* for the worker, besides items: decided, or asked */
  gboolean              busy;
  gboolean              crowded;        /* much is here that waits for what is not, before it is a piece */
  gboolean              started;        /* a stream is here, or waited for; until it was told as lost */
  gboolean              lost;           /* the stream is gone; told when the worker is idle */
  gboolean              was_wrong;      /* and what came by it, of a holder, was not right */
  gboolean              looked;         /* what is in the folder was told */
  gboolean              ended;
  gboolean              stopped;        /* nobody waits for anything: as @end says */
  SnugIntakeEnd         end;
};

SnugReceiverPump *snug_receiver_pump_ref (SnugReceiverPump *pump);

/* To the owner, in the main context. @news: what it holds is taken over */
void snug_receiver_pump_tell             (SnugReceiverPump *pump, SnugReceiverNews news);

/* All that follows is for the network context.
 *
 * What waits goes to a worker, if none is at work and there is something to do. */
void snug_receiver_pump_work             (SnugReceiverPump *pump);
/* From here on @stream is heard, and no other one. */
void snug_receiver_pump_listen           (SnugReceiverPump *pump, SnugFileStream *stream);
/* It is given up, and told as lost. */
void snug_receiver_pump_drop_stream      (SnugReceiverPump *pump);
/* That the stream is lost, when all that came by it is worked off. */
void snug_receiver_pump_tell_lost        (SnugReceiverPump *pump);
/* How much is checked, if somebody wants to know. Not while a worker has the intake. */
void snug_receiver_pump_tell_checked     (SnugReceiverPump *pump);
/* At once, and not when the last one who knows the pump forgets it. */
void snug_receiver_pump_release_if_stopped (SnugReceiverPump *pump);

G_END_DECLS
