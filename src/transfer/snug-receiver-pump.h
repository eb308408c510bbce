/* snug-receiver-pump: the side of a SnugReceiver that hears the stream: assembles pieces, hands them to workers,
 * and holds the sender up while the disk is behind.
 *
 * Lives in the network context; the functions here are called in the main context, post there, and the news
 * come back to the main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-intake.h"
#include "snug-peer-link.h"

G_BEGIN_DECLS

typedef struct _SnugReceiverPump SnugReceiverPump;

typedef enum
{
  SNUG_RECEIVER_NEWS_ASKED,       /* @entry, @bytes (the offset), @hash (nullable: of what is there) */
  SNUG_RECEIVER_NEWS_PROGRESS,    /* @bytes */
  SNUG_RECEIVER_NEWS_BUSY,        /* @on */
  SNUG_RECEIVER_NEWS_FULL,        /* @on */
  SNUG_RECEIVER_NEWS_LENT,        /* @part */
  SNUG_RECEIVER_NEWS_CHECKED,     /* @bytes, @n_pieces */
  SNUG_RECEIVER_NEWS_LOOKED,      /* @manifest, @hash (nullable: its bytes) */
  SNUG_RECEIVER_NEWS_DONE,        /* @file, @hash */
  SNUG_RECEIVER_NEWS_ENDED        /* @error */
} SnugReceiverNewsKind;

typedef struct
{
  SnugReceiverNewsKind  kind;
  guint64               entry;
  guint64               bytes;
  guint64               n_pieces;
  gboolean              on;
  SnugOffer            *part;     /* nullable */
  GBytes               *hash;     /* nullable */
  SnugManifest         *manifest; /* nullable */
  GFile                *file;     /* nullable */
  GError               *error;    /* nullable */
} SnugReceiverNews;

typedef void (*SnugReceiverNewsFunc) (GObject *owner, const SnugReceiverNews *news);

/* @owner: weak; @func is not called after its end, nor after snug_receiver_pump_stop() */
SnugReceiverPump *snug_receiver_pump_new    (GMainContext *network, const SnugIntakePlan *plan, GFile *folder,
                                             SnugSinkConflict conflict, GObject *owner, SnugReceiverNewsFunc func);
void              snug_receiver_pump_unref  (SnugReceiverPump *self);

void              snug_receiver_pump_decide (SnugReceiverPump *self, GFile *folder, SnugSinkConflict conflict);
void              snug_receiver_pump_start  (SnugReceiverPump *self, SnugPeerLink *link, const char *wire_id);
void              snug_receiver_pump_follow (SnugReceiverPump *self, SnugPeerLink *holder, const char *via);
void              snug_receiver_pump_tell_hashes (SnugReceiverPump *self, guint64 first, GBytes *hashes);
void              snug_receiver_pump_forget_hashes (SnugReceiverPump *self);
void              snug_receiver_pump_lend   (SnugReceiverPump *self);
void              snug_receiver_pump_complete (SnugReceiverPump *self);
void              snug_receiver_pump_cut    (SnugReceiverPump *self);
void              snug_receiver_pump_stop   (SnugReceiverPump *self, SnugIntakeEnd end);

G_END_DECLS
