/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfers-private.h"

#include <string.h>

#include "snug-bytes.h"
#include "snug-mover-private.h"

/* PROTOCOL.md section 4, "Several holders of one file". */
/* So many have it from here before others are asked to pass it on. */
#define MAX_DIRECT 2
#define MAX_FOLLOWERS 2
#define PENDING_MS 5000
#define TELL_INTERVAL_US (G_USEC_PER_SEC / 4)
/* Hashes are told so far ahead; of those who may need them when we are gone, more. */
#define MAX_AHEAD SNUG_WIRE_MAX_HASHES
#define MAX_AHEAD_OF_HEIRS 32768

static const char *
member_id_of (SnugMover *mover)
{
  return snug_transfer_get_member_id (mover->row);
}

static gboolean
is_of (SnugMover *mover, SnugOffer *offer)
{
  return mover->offer == offer && snug_transfer_is_active (mover->row);
}

/* Neither is it paused. */
static gboolean
is_sent_from_here (SnugMover *mover)
{
  return mover->sender != NULL && !mover->paused_here && !mover->paused_there;
}

gboolean
snug_transfers_shares (SnugTransfers *self, SnugMover *mover, SnugWireFeatures more)
{
  const guint needed = SNUG_WIRE_FEATURE_HOLDERS | more | (mover->offer->is_folder ? SNUG_WIRE_FEATURE_FOLDER_HOLDERS : 0);
  SnugMember *member = snug_mover_get_member (mover);

  return member != NULL && snug_room_is_ready (self->room, member)
         && (snug_member_get_features (member) & needed) == needed;
}

gboolean
snug_transfers_was_asked_for (SnugMover *mover)
{
  const SnugWireMessage *get = mover->share.get;

  return get != NULL && (get->only == NULL || !snug_manifest_only_none (get->only));
}

SnugChoice
snug_transfers_get_choice (SnugMover *mover)
{
  if (mover->share.chosen != NULL)
    return (SnugChoice) { mover->share.chosen, mover->share.map };
  return (SnugChoice) { mover->offer->manifest, mover->offer->map };
}

gboolean
snug_transfers_can_share (SnugTransfers *self, SnugMover *mover, SnugMover *other, SnugWireFeatures more)
{
  gboolean is_chosen = mover->share.chosen != NULL || other->share.chosen != NULL;
  SnugWireFeatures needed = more | (is_chosen ? SNUG_WIRE_FEATURE_CHOSEN : 0);

  return snug_transfers_shares (self, mover, needed) && snug_transfers_shares (self, other, needed);
}

static guint64
count_all_pieces (SnugMover *mover)
{
  return snug_piece_map_get_n (snug_transfers_get_choice (mover).map);
}

static SnugPlace
get_place (SnugMover *mover)
{
  return (SnugPlace) { mover->share.get->from_entry, mover->share.get->from_offset };
}

/* Bytes before what @mover has asked for, of what @holder has. */
static guint64
count_before (SnugMover *mover, SnugMover *holder)
{
  const SnugPlace from = get_place (mover);

  return snug_piece_map_bytes_at (snug_transfers_get_choice (holder).map, &from);
}

static guint64
count_pieces_before (SnugMover *mover)
{
  const SnugPlace from = get_place (mover);

  return snug_piece_map_pieces_at (snug_transfers_get_choice (mover).map, &from);
}

static guint
count_direct (SnugTransfers *self, SnugMover *but)
{
  guint n = 0;

  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      n += mover != but && is_of (mover, but->offer) && is_sent_from_here (mover);
    }
  return n;
}

/* --- who is a holder for whom ---------------------------------------------------------------------- */

static guint
count_followers (SnugTransfers *self, SnugMover *holder)
{
  guint n = 0;

  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      n += is_of (mover, holder->offer) && g_strcmp0 (mover->share.holder, member_id_of (holder)) == 0;
    }
  return n;
}

static SnugMover *
get_holder (SnugTransfers *self, SnugMover *mover)
{
  return mover->share.holder != NULL
           ? snug_transfers_find (self, SNUG_TRANSFER_OUT, mover->share.holder, mover->offer->wire_id)
           : NULL;
}

/* Whether @holder has it, at last, from @mover: it would wait for itself. */
static gboolean
waits_for (SnugTransfers *self, SnugMover *holder, SnugMover *mover)
{
  for (guint depth = 0; holder != NULL && depth < self->movers->len; depth++)
    {
      if (holder == mover)
        return TRUE;
      holder = get_holder (self, holder);
    }
  return holder != NULL;
}

static gboolean
is_excluded (SnugMover *mover, const char *member_id)
{
  return mover->share.not_from != NULL
         && g_ptr_array_find_with_equal_func (mover->share.not_from, member_id, g_str_equal, NULL);
}

/* It has what comes next, and all that is behind that is to come to it, too. */
static gboolean
is_ahead (SnugMover *holder, SnugMover *mover)
{
  const SnugChoice has = snug_transfers_get_choice (holder), wants = snug_transfers_get_choice (mover);
  const SnugPlace from = get_place (mover);
  guint64 before = count_before (mover, holder);

  return holder->share.first_from <= before && snug_transfer_get_bytes (holder->row) >= before
         && snug_choice_covers (&has, &wants, &from);
}

static gboolean
can_be_holder (SnugTransfers *self, SnugMover *holder, SnugMover *mover)
{
  return is_of (holder, mover->offer) && snug_transfers_was_asked_for (holder)
         && snug_mover_is_pumping (holder) && !holder->paused_here && !holder->paused_there
         && is_ahead (holder, mover) && !is_excluded (mover, member_id_of (holder))
         && snug_transfers_can_share (self, holder, mover, 0) && !waits_for (self, holder, mover);
}

/* The least busy one, of several the first that came. Returns: nullable */
static SnugMover *
choose_holder (SnugTransfers *self, SnugMover *mover)
{
  SnugMover *best = NULL;
  guint least = MAX_FOLLOWERS;

  for (guint i = 0; i < self->movers->len && least > 0; i++)
    {
      SnugMover *holder = self->movers->pdata[i];
      guint n;

      if (!can_be_holder (self, holder, mover))
        continue;
      n = count_followers (self, holder);
      if (n < least)
        best = holder;
      least = MIN (least, n);
    }
  return best;
}

static void
exclude_holder (SnugMover *mover)
{
  if (mover->share.holder == NULL)
    return;
  if (mover->share.not_from == NULL)
    mover->share.not_from = g_ptr_array_new_with_free_func (g_free);
  if (!is_excluded (mover, mover->share.holder))
    g_ptr_array_add (mover->share.not_from, g_strdup (mover->share.holder));
  snug_mover_let_go_of_holder (mover);
}

/* As the sender would, which has to read for it: what is there must be of this file. */
static gboolean
knows_have (SnugMover *mover)
{
  const SnugChoice choice = snug_transfers_get_choice (mover);
  SnugWireMessage *get = mover->share.get;
  guint64 n = count_pieces_before (mover);
  g_autoptr (GBytes) ours = NULL;

  if (n == 0)
    return TRUE;
  ours = snug_choice_fingerprint (&choice, mover->offer, n);
  return ours != NULL && get->have != NULL && g_bytes_equal (ours, get->have);
}

static gboolean
may_follow (SnugTransfers *self, SnugMover *mover)
{
  return snug_transfers_was_asked_for (mover)
         && snug_offer_is_worth_passing_on (mover->offer, snug_transfers_get_choice (mover).map)
         && count_pieces_before (mover) < count_all_pieces (mover) && !mover->paused_here
         && snug_transfers_shares (self, mover, 0) && count_direct (self, mover) >= MAX_DIRECT && knows_have (mover);
}

/* --- introducing them ------------------------------------------------------------------------------ */

static void answer_get (SnugTransfers *self, SnugMover *mover);

static gboolean
on_no_answer (gpointer user_data)
{
  SnugMover *mover = user_data;

  g_debug ("%s does not answer", mover->share.holder);
  snug_clear_source (&mover->share.watch);
  answer_get (mover->share.transfers, mover);
  return G_SOURCE_REMOVE;
}

static void
say_via (SnugMover *to, SnugWireType type, const char *via, const char *peer)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (type);

  message->via = g_strdup (via);
  message->peer = g_strdup (peer);
  snug_mover_say (to, message);
}

static void
introduce (SnugTransfers *self, SnugMover *mover, SnugMover *holder)
{
  snug_mover_let_others_send (mover, mover->share.get);
  mover->share.holder = g_strdup (member_id_of (holder));
  mover->share.via = g_uuid_string_random ();
  mover->share.told = count_pieces_before (mover);
  mover->share.said_us = 0;
  mover->share.watch = snug_context_timeout (g_main_context_get_thread_default (), PENDING_MS, on_no_answer, mover);
  g_debug ("%s shall have it from %s", member_id_of (mover), mover->share.holder);
  say_via (holder, SNUG_WIRE_FILE_PASS, mover->share.via, member_id_of (mover));
}

/* By whoever is to do it now: a holder that was named before did not. */
static void
answer_get (SnugTransfers *self, SnugMover *mover)
{
  SnugMover *holder;

  exclude_holder (mover);
  holder = may_follow (self, mover) ? choose_holder (self, mover) : NULL;
  if (holder != NULL)
    introduce (self, mover, holder);
  else
    snug_mover_hear_get (mover, mover->share.get);
}

/* Who chooses anew counts anew. */
static void
note_get (SnugTransfers *self, SnugMover *mover, const SnugWireMessage *get)
{
  GBytes *former = mover->share.get != NULL ? mover->share.get->only : NULL;

  if (former != NULL ? get->only == NULL || !g_bytes_equal (former, get->only) : get->only != NULL)
    snug_transfers_name_anew (self, mover);
  g_clear_pointer (&mover->share.get, snug_wire_message_free);
  g_clear_pointer (&mover->share.chosen, snug_manifest_unref);
  g_clear_pointer (&mover->share.map, snug_piece_map_free);
  mover->share.get = snug_wire_message_copy (get);
  mover->share.have_is_ours = FALSE;
  if (get->only == NULL)
    return;
  mover->share.chosen = snug_manifest_choose (mover->offer->manifest, get->only);
  mover->share.map = snug_piece_map_new (mover->share.chosen);
}

void
snug_transfers_answer_get (SnugTransfers *self, SnugMover *mover, const SnugWireMessage *get)
{
  gboolean is_first = !snug_transfers_was_asked_for (mover);

  note_get (self, mover, get);
  /* Who has looked what is in it has nothing by that. */
  if (is_first)
    mover->share.first_from = count_before (mover, mover);
  mover->share.transfers = self;
  mover->share.told = count_pieces_before (mover);
  answer_get (self, mover);
  snug_transfers_name_heirs (self, mover);
}

/* Who has something else at the beginning would take the rest for the rest of that. */
static gboolean
has_ours (SnugMover *mover)
{
  mover->share.have_is_ours = mover->share.have_is_ours || knows_have (mover);
  return mover->share.have_is_ours;
}

/* As far as is of use to it now, and not in many small messages. */
static void
tell_hashes (SnugMover *mover)
{
  const SnugChoice choice = snug_transfers_get_choice (mover);
  guint64 has = snug_piece_map_pieces_in (choice.map, snug_transfer_get_bytes (mover->row)), told = mover->share.told;
  guint64 end = has + (snug_transfers_has_heirs (mover) ? MAX_AHEAD_OF_HEIRS : MAX_AHEAD);
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GBytes) hashes = NULL;
  g_autoptr (SnugWireMessage) message = NULL;

  if (end > told)
    hashes = snug_choice_get_hashes (&choice, mover->offer, told, MIN (end - told, SNUG_WIRE_MAX_HASHES));
  if (hashes == NULL || !has_ours (mover))
    return;
  told += g_bytes_get_size (hashes) / SNUG_WIRE_HASH_BYTES;
  if (told - mover->share.told < SNUG_WIRE_MAX_HASHES && told < count_all_pieces (mover)
      && now_us - mover->share.said_us < TELL_INTERVAL_US)
    return;
  message = snug_wire_message_new (SNUG_WIRE_PIECE_HASHES);
  message->pieces = mover->share.told;
  message->hashes = g_steal_pointer (&hashes);
  mover->share.told = told;
  mover->share.said_us = now_us;
  snug_mover_say (mover, message);
}

void
snug_transfers_on_progress (SnugTransfers *self, SnugOffer *offer)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (is_of (mover, offer) && mover->share.is_anew)
        snug_transfers_name_heirs (self, mover);
      if (is_of (mover, offer) && (mover->share.introduced || snug_transfers_has_heirs (mover)))
        tell_hashes (mover);
    }
}

void
snug_transfers_holder_gone (SnugTransfers *self, const char *member_id)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (mover->offer == NULL)
        snug_mover_end_passes_to (mover, member_id);
      else if (strcmp (member_id_of (mover), member_id) == 0)
        {
          snug_mover_introduce_nobody (mover);
          snug_mover_let_go_of_holder (mover);
        }
      else if (!mover->share.introduced && g_strcmp0 (mover->share.holder, member_id) == 0)
        answer_get (self, mover);
    }
}

/* --- what members say of it ------------------------------------------------------------------------ */

/* The one who shall have it from @holder, and waits to hear that. Returns: nullable */
static SnugMover *
find_waiting (SnugTransfers *self, SnugMember *holder, const SnugWireMessage *passing)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (mover->offer != NULL && !mover->share.introduced && g_strcmp0 (mover->share.via, passing->via) == 0
          && g_strcmp0 (mover->share.holder, snug_member_get_id (holder)) == 0
          && strcmp (mover->offer->wire_id, passing->id) == 0)
        return mover;
    }
  return NULL;
}

static void
handle_passing (SnugRoom *room, SnugMember *member, SnugWireMessage *passing, gpointer user_data)
{
  SnugMover *mover = find_waiting (user_data, member, passing);

  if (mover == NULL)
    return;
  if (!passing->on)
    {
      answer_get (user_data, mover);
      return;
    }
  snug_clear_source (&mover->share.watch);
  mover->share.introduced = TRUE;
  say_via (mover, SNUG_WIRE_FILE_FROM, passing->via, mover->share.holder);
  tell_hashes (mover);
}

static void
handle_have_pieces (SnugRoom *room, SnugMember *member, SnugWireMessage *have, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find_standing (user_data, SNUG_TRANSFER_OUT, member, have->id);

  if (mover == NULL)
    snug_transfers_hear_via (user_data, member, have);
  if (mover == NULL || !mover->share.introduced || have->pieces > mover->share.told)
    return;
  if (!mover->paused_here && !mover->paused_there)
    snug_transfer_enter (mover->row, SNUG_TRANSFER_RUNNING, mover->warning);
  snug_transfer_set_bytes (mover->row, snug_piece_map_bytes_of (snug_transfers_get_choice (mover).map, have->pieces),
                           g_get_monotonic_time ());
  tell_hashes (mover);
}

/* Also of one that was let go of meanwhile: it may have had all but the last word. */
void
snug_transfers_believe_done (SnugTransfers *self, SnugMover *mover)
{
  const SnugChoice choice = snug_transfers_get_choice (mover);
  g_autoptr (GBytes) fingerprint = NULL;

  if (!snug_transfers_was_asked_for (mover) || mover->sender != NULL)
    return;
  fingerprint = snug_choice_fingerprint (&choice, mover->offer, count_all_pieces (mover));
  if (fingerprint == NULL)
    return;
  g_free (mover->fingerprint);
  mover->fingerprint = snug_bytes_to_hex (g_bytes_get_data (fingerprint, NULL), g_bytes_get_size (fingerprint));
}

static void
handle_pass (SnugRoom *room, SnugMember *member, SnugWireMessage *pass, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find (user_data, SNUG_TRANSFER_IN, snug_member_get_id (member), pass->id);

  if (mover != NULL)
    snug_mover_hear_pass (mover, pass);
}

gboolean
snug_transfers_is_known (SnugTransfers *self, const char *peer, const char *via)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];

      if (mover->offer == NULL
          && ((g_strcmp0 (mover->share.holder, peer) == 0 && g_strcmp0 (mover->share.via, via) == 0)
              || snug_mover_is_heir (mover, peer, via)))
        return TRUE;
    }
  return snug_transfers_find (self, SNUG_TRANSFER_IN, peer, via) != NULL
         || snug_transfers_find (self, SNUG_TRANSFER_OUT, peer, via) != NULL;
}

static void
handle_from (SnugRoom *room, SnugMember *member, SnugWireMessage *from, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find_standing (user_data, SNUG_TRANSFER_IN, member, from->id);

  if (mover != NULL && !snug_transfers_is_known (user_data, from->peer, from->via))
    snug_mover_hear_from (mover, from);
}

static void
handle_hashes (SnugRoom *room, SnugMember *member, SnugWireMessage *hashes, gpointer user_data)
{
  SnugMover *mover = snug_transfers_find_standing (user_data, SNUG_TRANSFER_IN, member, hashes->id);

  if (mover != NULL)
    snug_mover_hear_hashes (mover, hashes);
}

gboolean
snug_transfers_hear_via (SnugTransfers *self, SnugMember *member, const SnugWireMessage *message)
{
  for (guint i = 0; i < self->movers->len; i++)
    {
      SnugMover *mover = self->movers->pdata[i];
      gboolean is_heard = FALSE;

      if (mover->offer != NULL)
        continue;
      if (message->type == SNUG_WIRE_FILE_GET)
        is_heard = snug_mover_hear_via_get (mover, member, message);
      else if (message->type == SNUG_WIRE_FILE_PAUSE)
        is_heard = snug_mover_hear_via_pause (mover, member, message);
      else if (message->type == SNUG_WIRE_FILE_CANCEL)
        is_heard = snug_mover_hear_via_cancel (mover, member, message);
      else if (message->type == SNUG_WIRE_HAVE_PIECES)
        is_heard = snug_mover_hear_via_have (mover, member, message);
      if (is_heard)
        return TRUE;
    }
  return FALSE;
}

static const struct
{
  SnugWireType    type;
  SnugRoomHandler handler;
} handled[] = {
  { SNUG_WIRE_FILE_PASS, handle_pass },
  { SNUG_WIRE_FILE_PASSING, handle_passing },
  { SNUG_WIRE_FILE_FROM, handle_from },
  { SNUG_WIRE_PIECE_HASHES, handle_hashes },
  { SNUG_WIRE_HAVE_PIECES, handle_have_pieces },
};

void
snug_transfers_hear_of_holders (SnugTransfers *self, gboolean on)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handled); i++)
    snug_room_set_handler (self->room, handled[i].type, on ? handled[i].handler : NULL, on ? self : NULL);
}
