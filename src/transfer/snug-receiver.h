/* snug-receiver: takes a file or a folder from a stream of a member, piece by checked piece.
 *
 * Made, steered and listened to in the main context; the stream is heard in the network context, and
 * pieces are checked and written by workers. It outlives a lost stream: start it again on the next one
 * and it goes on behind the last piece that was checked and written. What was left behind of the same, by a
 * program that was killed, is gone on with too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-intake.h"
#include "snug-peer-link.h"

G_BEGIN_DECLS

#define SNUG_TYPE_RECEIVER (snug_receiver_get_type ())
G_DECLARE_FINAL_TYPE (SnugReceiver, snug_receiver, SNUG, RECEIVER, GObject)

/* All signals come in the main context.
 *
 * SnugReceiver::asked: (guint64 entry, guint64 offset, GBytes *have): the stream is expected: say `file-get`
 * SnugReceiver::progress: (guint64 bytes): arrived so far, at most ten times a second
 * SnugReceiver::busy: (gboolean busy): the disk is behind: the sender must wait, or may go on
 * SnugReceiver::full: (gboolean full): the disk has no room; it is looked again by itself, until it has
 * SnugReceiver::lent: (SnugOffer *part): after each snug_receiver_lend(): what can be read of it
 * SnugReceiver::checked: (guint64 bytes, guint64 n_pieces): after snug_receiver_follow() or snug_receiver_lend(): so many
 *   are checked and on the disk
 * SnugReceiver::looked: (SnugManifest *manifest, GBytes *bytes): what is in the folder, which of it was chosen;
 *   @bytes: (nullable): the same as it came, of one that only looks
 * SnugReceiver::done: (GFile *file, GBytes *fingerprint): whole, checked and in its place
 * SnugReceiver::ended: (GError *error): a %SNUG_TRANSFER_ERROR; after LOST and WRONG it may be started again
 */

/* @folder: (nullable): %NULL if it is not decided yet whether the file is wanted: what comes is kept aside
 * until snug_receiver_decide() or snug_receiver_stop() */
SnugReceiver *snug_receiver_new (GMainContext *network, const SnugIntakePlan *plan, GFile *folder,
                                 SnugSinkConflict conflict);

void snug_receiver_decide (SnugReceiver *self, GFile *folder, SnugSinkConflict conflict);
void snug_receiver_start (SnugReceiver *self, SnugPeerLink *link, const char *wire_id);
/* Instead of the stream that was asked for, and has not come: another member's, whose pieces must be what
 * snug_receiver_tell_hashes() says. What is wrong with it is only that "ended" comes, with LOST. */
void snug_receiver_follow (SnugReceiver *self, SnugPeerLink *holder, const char *via);
void snug_receiver_tell_hashes (SnugReceiver *self, guint64 first, GBytes *hashes);
/* Whoever told them is not the one who offers it now. */
void snug_receiver_forget_hashes (SnugReceiver *self);
/* What is there is to be passed on: "lent" comes, and "checked". */
void snug_receiver_lend  (SnugReceiver *self);
/* All that has bytes is here, and nobody can send the rest: what is without bytes is made. */
void snug_receiver_complete (SnugReceiver *self);
/* The stream is given up, if there is one or one is waited for: "ended" comes, with LOST. */
void snug_receiver_cut   (SnugReceiver *self);
/* Closes the stream; no signal comes after this. */
void snug_receiver_stop  (SnugReceiver *self, SnugIntakeEnd end);

G_END_DECLS
