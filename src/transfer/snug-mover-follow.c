/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-mover-private.h"

#include <string.h>

#include "snug-told-hashes.h"

/* PROTOCOL.md section 4, "Several holders of one file": how long a holder may bring nothing, or too little of what
 * there is to bring. */
#define WATCH_MS 20000
#define MIN_SHARE 4
#define MAX_LAG_BYTES (16 * (guint64) SNUG_WIRE_PIECE_BYTES)
#define SAY_INTERVAL_US (G_USEC_PER_SEC / 2)

SnugMember *
snug_mover_get_holder (SnugMover *self)
{
  return self->share.holder != NULL ? snug_room_find_member (self->room, self->share.holder) : NULL;
}

void
snug_mover_let_go_of_holder (SnugMover *self)
{
  snug_clear_source (&self->share.watch);
  g_clear_pointer (&self->share.holder, g_free);
  g_clear_pointer (&self->share.via, g_free);
  self->share.introduced = FALSE;
}

void
snug_mover_leave_holder (SnugMover *self)
{
  if (self->share.holder != NULL && self->receiver != NULL)
    snug_receiver_cut (self->receiver);
}

SnugPieceMap *
snug_mover_get_map (SnugMover *self)
{
  g_autoptr (SnugManifest) file = NULL;

  if (self->share.map != NULL || (self->manifest != NULL && self->contents == NULL))
    return self->share.map;
  file = self->contents == NULL ? snug_manifest_new_file ("", self->offered_bytes, 0) : NULL;
  self->share.map = snug_piece_map_new (self->contents != NULL ? self->contents : file);
  return self->share.map;
}

/* What was told of is missing, so much of it. Of a folder nothing is known until its manifest is here. */
static guint64
count_lag_bytes (SnugMover *self)
{
  guint64 told = MAX (self->share.told, self->share.n_checked);
  SnugPieceMap *map = snug_mover_get_map (self);

  if (map == NULL)
    return 0;
  return MIN (snug_piece_map_bytes_of (map, told) - snug_piece_map_bytes_of (map, self->share.n_checked),
              MAX_LAG_BYTES);
}

/* A large piece may be under way; of small ones more may be checked than was shown by now. */
guint64
snug_mover_count_bytes (SnugMover *self)
{
  return MAX (snug_transfer_get_bytes (self->row), self->share.checked);
}

static void
begin_watching (SnugMover *self)
{
  self->share.watched_bytes = snug_mover_count_bytes (self);
  self->share.watched_lag = count_lag_bytes (self);
}

/* Bytes count, and not pieces: those of a folder may be of one byte each. */
static gboolean
brings_enough (SnugMover *self)
{
  guint64 bytes = snug_mover_count_bytes (self);

  return (bytes - MIN (self->share.watched_bytes, bytes)) * MIN_SHARE > self->share.watched_lag;
}

/* A slow heir is better than nobody. */
static gboolean
is_good_enough (SnugMover *self)
{
  if (self->share.orphaned && !snug_mover_has_other_heir (self))
    return snug_mover_count_bytes (self) != self->share.watched_bytes;
  return brings_enough (self);
}

static gboolean
on_watch (gpointer user_data)
{
  SnugMover *self = user_data;
  gboolean waits_for_us = snug_transfer_get_state (self->row) == SNUG_TRANSFER_PAUSED;

  if (!waits_for_us && !is_good_enough (self))
    {
      g_debug ("%s brings too little", self->share.holder);
      snug_mover_blame_heir (self);
      snug_mover_leave_holder (self);
    }
  begin_watching (self);
  return G_SOURCE_CONTINUE;
}

void
snug_mover_follow_member (SnugMover *self, const char *member_id, const char *via)
{
  SnugMember *holder = snug_room_find_member (self->room, member_id);

  self->share.holder = g_strdup (member_id);
  self->share.via = g_strdup (via);
  self->share.watch = snug_context_timeout (g_main_context_get_thread_default (), WATCH_MS, on_watch, self);
  begin_watching (self);
  if (holder != NULL && snug_room_is_ready (self->room, holder) && !self->paused_here && !self->paused_there)
    snug_receiver_follow (self->receiver, snug_room_get_link (self->room, holder), via);
  else
    snug_mover_leave_holder (self);
}

void
snug_mover_hear_from (SnugMover *self, const SnugWireMessage *from)
{
  if (!self->started || self->receiver == NULL || self->share.holder != NULL || self->pushed
      || strcmp (from->peer, snug_transfer_get_member_id (self->row)) == 0)
    return;
  /* As the one who offers is lost it is cut, and nothing is held against it. */
  self->share.followed_from = G_MAXUINT64;
  self->share.followed_bytes = G_MAXUINT64;
  snug_mover_follow_member (self, from->peer, from->via);
}

/* What does not go on where it ended before is of no use. */
void
snug_mover_hear_hashes (SnugMover *self, const SnugWireMessage *hashes)
{
  guint64 end = hashes->pieces + g_bytes_get_size (hashes->hashes) / SNUG_WIRE_HASH_BYTES;

  if (self->receiver == NULL || (self->share.holder == NULL && !snug_mover_has_heirs (self))
      || (self->share.told > 0 && hashes->pieces > MAX (self->share.told, self->share.n_checked))
      || end > self->share.n_checked + SNUG_TOLD_HASHES_MAX)
    return;
  self->share.told = MAX (self->share.told, end);
  snug_receiver_tell_hashes (self->receiver, hashes->pieces, hashes->hashes);
}

static void
say_how_far (SnugMover *self)
{
  g_autoptr (SnugWireMessage) have = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (self->share.orphaned)
    {
      snug_mover_tell_heirs (self);
      return;
    }
  if (self->share.holder == NULL || now_us - self->share.said_us < SAY_INTERVAL_US)
    return;
  self->share.said_us = now_us;
  have = snug_wire_message_new (SNUG_WIRE_HAVE_PIECES);
  have->pieces = self->share.n_checked;
  snug_mover_say (self, have);
}

void
snug_mover_on_checked (SnugReceiver *receiver, guint64 bytes, guint64 n_pieces, SnugMover *self)
{
  self->share.n_checked = n_pieces;
  snug_mover_pass_on (self, bytes);
  say_how_far (self);
  snug_mover_leave_heir_if_all (self);
}
