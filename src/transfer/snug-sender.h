/* snug-sender: pumps a file or a folder into a stream to a member.
 *
 * One of the places where the contexts meet: made, steered and listened to in the main context; the pump
 * itself runs in the network context, and the disk is read and hashed by workers. No locks: the parts
 * speak by posted messages.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-manifest.h"
#include "snug-offer.h"
#include "snug-peer-link.h"

G_BEGIN_DECLS

#define SNUG_TRANSFER_ERROR (snug_transfer_error_quark ())
GQuark snug_transfer_error_quark (void);

typedef enum
{
  SNUG_TRANSFER_ERROR_LOST,        /* the stream was cut off: it can be gone on with */
  SNUG_TRANSFER_ERROR_WRONG,       /* the same, as a holder brought what was not right */
  SNUG_TRANSFER_ERROR_UNSEEN,      /* the same, and the member does not know that there was one */
  SNUG_TRANSFER_ERROR_REFUSED,     /* the member ended it for good; the message says why */
  SNUG_TRANSFER_ERROR_CHANGED,     /* the source is not what was offered */
  SNUG_TRANSFER_ERROR_BAD_DATA,    /* the peer sent what does not fit, or a wrong hash */
  SNUG_TRANSFER_ERROR_DISK
} SnugTransferError;

#define SNUG_TYPE_SENDER (snug_sender_get_type ())
G_DECLARE_FINAL_TYPE (SnugSender, snug_sender, SNUG, SENDER, GObject)

/* All signals come in the main context.
 *
 * SnugSender::progress: (guint64 bytes): handed to the stream so far, at most ten times a second
 * SnugSender::all-sent: (GBytes *fingerprint): the receiver has the last word, `file-done`
 * SnugSender::ended: (GError *error): it stopped early; a %SNUG_TRANSFER_ERROR
 */

/**
 * snug_sender_new:
 * @from: where to begin, between two pieces; the entry %SNUG_WIRE_ENTRY_MANIFEST is a folder's manifest,
 *   and all behind it
 * @have: (nullable): hash over the piece hashes before @from, as the receiver says; it is compared with
 *   the source's before a byte is sent. %NULL only where there are none
 */
SnugSender *snug_sender_new (GMainContext *network, SnugOffer *offer, SnugManifest *chosen, const SnugPlace *from,
                             GBytes *have);

/* Opens the stream and begins. Once. */
void snug_sender_start      (SnugSender *self, SnugPeerLink *link, const char *wire_id);
/* Of a part: so many of its bytes are there, from the beginning. Before that nothing is sent. */
void snug_sender_let_read   (SnugSender *self, guint64 n_bytes);
void snug_sender_set_paused (SnugSender *self, gboolean paused);
/* Closes the stream after what is queued has gone; no signal comes after this. */
void snug_sender_stop       (SnugSender *self);

G_END_DECLS
