/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfers-private.h"

#include <string.h>

#include "snug-mover-private.h"

/* PROTOCOL.md section 4, "When the one who offers is gone". */
/* So many that are done stay open for others. */
#define MAX_KEPT 8
/* Who chooses anew is named anew so often. */
#define ANEW_INTERVAL_US (5 * G_USEC_PER_SEC)

static const char *
member_id_of (SnugMover *mover)
{
  return snug_transfer_get_member_id (mover->row);
}

/* --- naming them ----------------------------------------------------------------------------------- */

static gboolean
can_be_heir (SnugTransfers *self, SnugMover *mover)
{
  return snug_transfers_was_asked_for (mover) && snug_transfer_is_active (mover->row)
         && snug_offer_is_worth_passing_on (mover->offer, snug_transfers_get_choice (mover).map)
         && snug_transfers_shares (self, mover, SNUG_WIRE_FEATURE_HEIRS);
}

/* Of what only one of them takes the other learns nothing. */
static gboolean
are_heirs (SnugTransfers *self, SnugMover *mover, SnugMover *other)
{
  SnugChoice ours, theirs;

  if (other == mover || other->offer != mover->offer || !can_be_heir (self, other)
      || !snug_transfers_can_share (self, mover, other, SNUG_WIRE_FEATURE_HEIRS))
    return FALSE;
  ours = snug_transfers_get_choice (mover);
  theirs = snug_transfers_get_choice (other);
  return snug_choice_meets (&ours, &theirs);
}

static void
note_named (SnugMover *mover, const char *member_id)
{
  if (mover->share.named == NULL)
    mover->share.named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (mover->share.named, g_strdup (member_id));
}

static void
say_heir (SnugMover *to, SnugMover *heir, const char *via)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_FILE_HEIR);

  message->via = g_strdup (via);
  message->peer = g_strdup (member_id_of (heir));
  message->only = heir->share.get->only != NULL ? g_bytes_ref (heir->share.get->only) : NULL;
  snug_mover_say (to, message);
  note_named (to, message->peer);
}

static gboolean
knows (SnugMover *mover, SnugMover *heir)
{
  return mover->share.named != NULL && g_hash_table_contains (mover->share.named, member_id_of (heir));
}

gboolean
snug_transfers_has_heirs (SnugMover *mover)
{
  return mover->share.named != NULL && g_hash_table_size (mover->share.named) > 0;
}

/* A few words of one member that chooses anew are not many long ones to all others. */
static gboolean
may_be_named (SnugMover *mover)
{
  gint64 now_us = g_get_monotonic_time ();

  if (!mover->share.is_anew)
    return TRUE;
  if (mover->share.anew_us != 0 && now_us - mover->share.anew_us < ANEW_INTERVAL_US)
    return FALSE;
  mover->share.is_anew = FALSE;
  mover->share.anew_us = now_us;
  return TRUE;
}

void
snug_transfers_name_heirs (SnugTransfers *self, SnugMover *mover)
{
  if (!can_be_heir (self, mover) || !may_be_named (mover))
    return;
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *other = self->movers->pdata[i];
      g_autofree char *via = NULL;

      if ((knows (mover, other) && knows (other, mover)) || !are_heirs (self, mover, other))
        continue;
      via = g_uuid_string_random ();
      say_heir (mover, other, via);
      say_heir (other, mover, via);
    }
}

void
snug_transfers_name_anew (SnugTransfers *self, SnugMover *mover)
{
  if (!snug_transfers_has_heirs (mover))
    return;
  mover->share.is_anew = TRUE;
  g_hash_table_remove_all (mover->share.named);
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *other = self->movers->pdata[i];

      if (other->offer == mover->offer && other->share.named != NULL)
        g_hash_table_remove (other->share.named, member_id_of (mover));
    }
}

/* What it was told may not have arrived: it is told anew when it asks again. */
static void
forget_named (SnugTransfers *self, const char *member_id)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (mover->share.named == NULL)
        continue;
      if (strcmp (member_id_of (mover), member_id) == 0)
        g_hash_table_remove_all (mover->share.named);
      else
        g_hash_table_remove (mover->share.named, member_id);
    }
}

/* --- members come and go --------------------------------------------------------------------------- */

static gboolean
is_in (SnugMover *mover)
{
  return mover->offer == NULL;
}

void
snug_transfers_heir_lost (SnugTransfers *self, const char *member_id)
{
  forget_named (self, member_id);
}

void
snug_transfers_heir_left (SnugTransfers *self, const char *member_id)
{
  for (guint i = 0; i < self->movers->len; i++)
    if (is_in (self->movers->pdata[i]))
      snug_mover_forget_heir (self->movers->pdata[i], member_id);
}

void
snug_transfers_heir_found (SnugTransfers *self, const char *member_id)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (!is_in (mover))
        continue;
      if (strcmp (member_id_of (mover), member_id) == 0)
        snug_mover_find_offerer (mover);
      else
        snug_mover_find_heir (mover, member_id);
    }
}

void
snug_transfers_keep_few (SnugTransfers *self)
{
  guint n = 0;

  for (guint i = self->movers->len; i > 0; i--)
    if (snug_mover_is_kept_for_heirs (self->movers->pdata[i - 1]) && ++n > MAX_KEPT)
      snug_mover_disinherit (self->movers->pdata[i - 1]);
}

/* --- what members say of it ------------------------------------------------------------------------ */

static void
handle_heir (SnugRoom *room, SnugMember *member, SnugWireMessage *heir, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find_standing (user_data, SNUG_TRANSFER_IN, member, heir->id);

  if (mover != NULL && !snug_transfers_is_known (user_data, heir->peer, heir->via))
    snug_mover_hear_heir (mover, heir);
}

void
snug_transfers_hear_of_heirs (SnugTransfers *self, gboolean on)
{
  snug_room_set_handler (self->room, SNUG_WIRE_FILE_HEIR, on ? handle_heir : NULL, on ? self : NULL);
}
