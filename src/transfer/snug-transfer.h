/* snug-transfer: one file on its way between us and one member, as a person sees it.
 *
 * A GObject of the main context, in the transfer list's model; every property notifies, progress at
 * most ten times a second. Written by SnugTransfers only; what a person decides goes through the
 * functions of SnugSession. An offer to three members is three transfers that share an offer id.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_TRANSFER_OFFERED,      /* in: somebody must decide; out: they have not decided */
  SNUG_TRANSFER_ACCEPTED,     /* asked for, no byte yet */
  SNUG_TRANSFER_RUNNING,
  SNUG_TRANSFER_PAUSED,       /* by a person, or the route is lost: "reason" says which */
  SNUG_TRANSFER_DONE,         /* the receiver has the whole, checked and in its place */
  SNUG_TRANSFER_DECLINED,
  SNUG_TRANSFER_CANCELLED,
  SNUG_TRANSFER_FAILED
} SnugTransferState;

typedef enum
{
  SNUG_TRANSFER_IN,
  SNUG_TRANSFER_OUT
} SnugTransferDirection;

#define SNUG_TYPE_TRANSFER (snug_transfer_get_type ())
G_DECLARE_FINAL_TYPE (SnugTransfer, snug_transfer, SNUG, TRANSFER, GObject)

/* Properties, all readable and notifying: "id" (string, unique in this session), "direction", "state" (ints),
 * "member-id", "member-name", "name" (safe display name), "n-items" (guint: what a folder holds, 0 = a file), "size"
 * (guint64 bytes), "bytes" (guint64, done so far), "speed" (double, bytes/s smoothed, 0 unless running),
 * "seconds-left" (int, -1 unknown), "reason" (string, nullable, a sentence), "mime-type", "file" (GFile, nullable: the
 * source, or the finished file), "fingerprint" (hex, nullable, when done), "active" (boolean: accepted, running or
 * paused), "finished" (boolean). What the functions of these names return is borrowed. */
const char            *snug_transfer_get_id          (SnugTransfer *self);
SnugTransferDirection  snug_transfer_get_direction   (SnugTransfer *self);
SnugTransferState      snug_transfer_get_state       (SnugTransfer *self);
const char            *snug_transfer_get_member_id   (SnugTransfer *self);
const char            *snug_transfer_get_member_name (SnugTransfer *self);
const char            *snug_transfer_get_name        (SnugTransfer *self);
const char            *snug_transfer_get_mime_type   (SnugTransfer *self);
guint                  snug_transfer_get_n_items     (SnugTransfer *self);
guint64                snug_transfer_get_size        (SnugTransfer *self);
guint64                snug_transfer_get_bytes       (SnugTransfer *self);
double                 snug_transfer_get_speed       (SnugTransfer *self);
int                    snug_transfer_get_seconds_left (SnugTransfer *self);
const char            *snug_transfer_get_reason      (SnugTransfer *self);
GFile                 *snug_transfer_get_file        (SnugTransfer *self);
const char            *snug_transfer_get_fingerprint (SnugTransfer *self);
gboolean               snug_transfer_is_folder       (SnugTransfer *self);
gboolean               snug_transfer_is_active       (SnugTransfer *self);
gboolean               snug_transfer_is_finished     (SnugTransfer *self);

/* As in --json: "offered", "accepted", … */
const char            *snug_transfer_state_to_text   (SnugTransferState state);

G_END_DECLS
