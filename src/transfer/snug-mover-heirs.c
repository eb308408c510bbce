/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-mover-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-choice.h"

/* PROTOCOL.md section 4, "When the one who offers is gone". */
#define MAX_HEIRS 15
/* So long answers are waited for, and so often one that was busy is asked anew. */
#define ASK_MS 5000
#define SAY_INTERVAL_US (G_USEC_PER_SEC / 2)
/* What can still come is reckoned anew so often at most, and in one part of so many of the time. */
#define SHOW_INTERVAL_US (G_USEC_PER_SEC / 2)
#define SHOW_PART 20

typedef struct
{
  char         *member_id;
  char         *via;
  GBytes       *only;          /* nullable: what it has chosen; NULL: all */
  SnugManifest *chosen;        /* nullable: the same, where we have not chosen that, when it is known what there is */
  SnugPieceMap *map;           /* nullable: of @chosen */
  guint64       n_pieces;      /* it says that it has so many of that */
  guint         n_blamed;      /* it was left so often for bringing too little */
  gboolean      has_answered;  /* since it was asked the last time */
  gboolean      is_paused;     /* it takes no more, until its person says so */
  gboolean      is_busy;       /* with others: later */
  gboolean      is_mute;       /* it brought nothing at all: until it is back */
  gboolean      is_useless;    /* what it brought was not right, or it does not want */
} Heir;

static void
heir_free (gpointer data)
{
  Heir *heir = data;

  g_free (heir->member_id);
  g_free (heir->via);
  g_clear_pointer (&heir->only, g_bytes_unref);
  g_clear_pointer (&heir->chosen, snug_manifest_unref);
  g_clear_pointer (&heir->map, snug_piece_map_free);
  g_free (heir);
}

static guint
n_heirs (SnugMover *self)
{
  return self->share.heirs != NULL ? self->share.heirs->len : 0;
}

static Heir *
find_heir (SnugMover *self, const char *member_id)
{
  for (guint i = 0; i < n_heirs (self); i++)
    {
      Heir *heir = self->share.heirs->pdata[i];

      if (strcmp (heir->member_id, member_id) == 0)
        return heir;
    }
  return NULL;
}

static Heir *
find_heir_by_via (SnugMover *self, const char *member_id, const char *via)
{
  Heir *heir = find_heir (self, member_id);

  return heir != NULL && strcmp (heir->via, via) == 0 ? heir : NULL;
}

gboolean
snug_mover_is_heir (SnugMover *self, const char *member_id, const char *via)
{
  return find_heir_by_via (self, member_id, via) != NULL;
}

gboolean
snug_mover_has_heirs (SnugMover *self)
{
  return n_heirs (self) > 0;
}

gboolean
snug_mover_is_orphaned (SnugMover *self)
{
  return self->share.orphaned;
}

/* (nullable): cannot be reached now */
static SnugMember *
get_ready_member (SnugMover *self, const Heir *heir)
{
  SnugMember *member = snug_room_find_member (self->room, heir->member_id);

  return member != NULL && snug_room_is_ready (self->room, member) ? member : NULL;
}

/* --- what is said between heirs -------------------------------------------------------------------- */

/* What we would hand on, also while we take nothing ourselves. */
static guint64
count_pieces (SnugMover *self)
{
  if (snug_transfer_get_state (self->row) == SNUG_TRANSFER_DONE)
    return self->share.held != NULL ? snug_piece_map_get_n (self->share.held->map) : 0;
  return self->share.n_checked;
}

static void
say_have (SnugMover *self, Heir *heir, gboolean ask)
{
  g_autoptr (SnugWireMessage) have = snug_wire_message_new (SNUG_WIRE_HAVE_PIECES);
  SnugMember *member = get_ready_member (self, heir);

  heir->has_answered &= !ask;
  if (member == NULL)
    return;
  have->id = g_strdup (heir->via);
  have->pieces = count_pieces (self);
  have->ask = ask;
  have->paused = self->paused_here;
  snug_room_send (self->room, member, have);
}

static void
say_have_to_all (SnugMover *self, gboolean ask)
{
  for (guint i = 0; i < n_heirs (self); i++)
    say_have (self, self->share.heirs->pdata[i], ask);
}

void
snug_mover_tell_heirs_at_once (SnugMover *self)
{
  say_have_to_all (self, FALSE);
}

void
snug_mover_tell_heirs (SnugMover *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - self->share.said_us < SAY_INTERVAL_US && !snug_transfer_is_finished (self->row))
    return;
  self->share.said_us = now_us;
  say_have_to_all (self, FALSE);
}

/* --- what can still come --------------------------------------------------------------------------- */

static gboolean
has_chosen_the_same (SnugMover *self, const Heir *heir)
{
  if (heir->only == NULL || self->only == NULL)
    return heir->only == self->only;
  return g_bytes_equal (heir->only, self->only);
}

/* Returns: whether the two choices can be compared, and have to be: of a file there is nothing to choose, and what is
 * in a folder is known when its manifest is */
static gboolean
get_choices (SnugMover *self, Heir *heir, SnugChoice *ours, SnugChoice *theirs)
{
  if (self->contents == NULL || has_chosen_the_same (self, heir) || heir->is_useless)
    return FALSE;
  if (heir->chosen == NULL)
    heir->chosen = snug_manifest_choose (self->contents, heir->only);
  heir->is_useless = heir->chosen == NULL;
  if (heir->chosen != NULL && heir->map == NULL)
    heir->map = snug_piece_map_new (heir->chosen);
  *ours = (SnugChoice) { self->contents, snug_mover_get_map (self) };
  *theirs = (SnugChoice) { heir->chosen, heir->map };
  return heir->chosen != NULL;
}

/* So many of our pieces can be here when @heir has brought what it has. What they must be is known. */
static guint64
count_usable (SnugMover *self, Heir *heir)
{
  guint64 n = heir->n_pieces;
  SnugChoice ours, theirs;

  if (get_choices (self, heir, &ours, &theirs))
    n = snug_choice_reach (&theirs, heir->n_pieces, &ours, self->share.n_checked);
  return heir->is_useless || heir->is_mute ? 0 : MIN (n, self->share.told);
}

/* Whether the next of our pieces can come from it. It is asked for each piece that came. */
static gboolean
has_more (SnugMover *self, Heir *heir)
{
  gboolean has_next = heir->n_pieces > self->share.n_checked;
  SnugHeld theirs = { .n = heir->n_pieces };
  SnugChoice ours;

  if (get_choices (self, heir, &ours, &theirs.choice))
    has_next = snug_choice_has_next (&theirs, &ours, self->share.n_checked);
  return has_next && !heir->is_useless && !heir->is_mute && self->share.told > self->share.n_checked
         && get_ready_member (self, heir) != NULL;
}

/* Whether it can have something from here. */
static gboolean
has_less (SnugMover *self, Heir *heir)
{
  SnugHeld ours = { .n = self->share.n_checked };
  SnugChoice theirs;

  if (get_choices (self, heir, &ours.choice, &theirs))
    return snug_choice_has_next (&ours, &theirs, heir->n_pieces);
  return heir->n_pieces < self->share.n_checked;
}

/* What it says that it has is a claim, what it has brought is not. */
static gboolean
is_better (SnugMover *self, Heir *heir, Heir *other)
{
  if (heir->n_blamed != other->n_blamed)
    return heir->n_blamed < other->n_blamed;
  return count_usable (self, heir) > count_usable (self, other);
}

/* Returns: (nullable): the one to have it from */
static Heir *
choose_heir (SnugMover *self, gboolean also_busy)
{
  Heir *best = NULL;

  for (guint i = 0; i < n_heirs (self); i++)
    {
      Heir *heir = self->share.heirs->pdata[i];

      if ((also_busy || !heir->is_busy) && has_more (self, heir) && (best == NULL || is_better (self, heir, best)))
        best = heir;
    }
  return best;
}

gboolean
snug_mover_has_other_heir (SnugMover *self)
{
  for (guint i = 0; i < n_heirs (self); i++)
    {
      Heir *heir = self->share.heirs->pdata[i];

      if (!heir->is_busy && has_more (self, heir) && g_strcmp0 (heir->member_id, self->share.holder) != 0)
        return TRUE;
    }
  return FALSE;
}

void
snug_mover_blame_heir (SnugMover *self)
{
  Heir *heir = self->share.orphaned ? find_heir (self, self->share.holder) : NULL;

  if (heir != NULL)
    heir->n_blamed++;
}

/* So many pieces can still be here, from one after the other. */
static guint64
count_reach (SnugMover *self)
{
  guint64 n = self->share.n_checked;
  SnugHeld held[MAX_HEIRS];
  SnugChoice ours = { 0 };
  guint n_held = 0;

  for (guint i = 0; i < n_heirs (self); i++)
    {
      Heir *heir = self->share.heirs->pdata[i];

      if (heir->is_mute || get_ready_member (self, heir) == NULL)
        continue;
      held[n_held].n = heir->n_pieces;
      if (get_choices (self, heir, &ours, &held[n_held].choice))
        n_held++;
      else if (!heir->is_useless)
        n = MAX (n, MIN (heir->n_pieces, self->share.told));
    }
  return n_held > 0 ? MAX (n, MIN (snug_choice_reach_by_all (held, n_held, &ours, n), self->share.told)) : n;
}

/* Of a folder, files that are whole within the first @n_pieces. */
static guint
count_whole_files (SnugMover *self, SnugPieceMap *map, guint64 n_pieces, guint *n_files)
{
  SnugManifest *manifest = self->contents;
  guint n_whole = 0;

  *n_files = 0;
  for (guint i = 0; i < manifest->entries->len; i++)
    {
      const SnugPlace end = { i, snug_manifest_get (manifest, i)->size };

      if (snug_manifest_get (manifest, i)->is_folder || !snug_manifest_is_chosen (manifest, i))
        continue;
      *n_files += 1;
      n_whole += snug_piece_map_pieces_at (map, &end) <= n_pieces;
    }
  return n_whole;
}

/* Returns: (transfer full): a sentence */
static char *
describe (SnugMover *self)
{
  const char *name = snug_mover_get_member_name (self);
  SnugPieceMap *map = snug_mover_get_map (self);
  guint n_files, n_whole;
  guint64 n_pieces;

  if (choose_heir (self, TRUE) == NULL)
    return g_strdup_printf (_("%s cannot be reached, and nobody else has the rest."), name);
  n_pieces = count_reach (self);
  if (self->contents == NULL || map == NULL || n_pieces >= snug_piece_map_get_n (map))
    return g_strdup_printf (_("%s cannot be reached. The rest comes from others."), name);
  n_whole = count_whole_files (self, map, n_pieces, &n_files);
  return g_strdup_printf (ngettext ("%s cannot be reached. %u of %u file can come from others.",
                                    "%s cannot be reached. %u of %u files can come from others.", n_files),
                          name, n_whole, n_files);
}

static void
set_words (SnugMover *self, char *words)
{
  g_free (self->share.words);
  self->share.words = words;
  self->warning = words;
}

void
snug_mover_show_heirs (SnugMover *self)
{
  SnugTransferState state = snug_transfer_get_state (self->row);

  if (!self->share.orphaned || self->share.holder == NULL)
    return;
  set_words (self, describe (self));
  if (state != SNUG_TRANSFER_PAUSED)
    snug_transfer_enter (self->row, state, self->warning);
}

/* Of many small files, of which each heir has others, it is much work, and all heirs say how far they are. */
static void
show_heirs_now_and_then (SnugMover *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (now_us < self->share.next_show_us)
    return;
  snug_mover_show_heirs (self);
  self->share.next_show_us = now_us + MAX (SHOW_INTERVAL_US, SHOW_PART * (g_get_monotonic_time () - now_us));
}

/* --- without the one who offers -------------------------------------------------------------------- */

static void
follow (SnugMover *self, Heir *heir)
{
  self->started = TRUE;
  self->share.followed_from = self->share.n_checked;
  self->share.followed_bytes = snug_mover_count_bytes (self);
  self->share.refused = FALSE;
  if (snug_transfer_get_state (self->row) == SNUG_TRANSFER_PAUSED)
    snug_mover_show_asked (self);
  snug_mover_follow_member (self, heir->member_id, heir->via);
  snug_mover_show_heirs (self);
}

/* Whether it may yet bring something, when it can be reached again, or have something from here. Who gives no answer
 * has ended it. */
static gboolean
is_waited_for (SnugMover *self, Heir *heir)
{
  if (get_ready_member (self, heir) == NULL)
    return !heir->is_useless;
  return heir->has_answered && !heir->is_paused && has_less (self, heir);
}

static gboolean
waits_for_heirs (SnugMover *self)
{
  for (guint i = 0; i < n_heirs (self); i++)
    if (is_waited_for (self, self->share.heirs->pdata[i]))
      return TRUE;
  return snug_mover_count_passes (self) > 0;
}

/* Of one that has left the room nothing more can come; another one may be back. */
static void
give_up (SnugMover *self)
{
  g_autofree char *words = describe (self);

  if (snug_mover_get_member (self) == NULL && !waits_for_heirs (self))
    snug_mover_leave (self, SNUG_TRANSFER_FAILED, words);
  else
    snug_transfer_enter (self->row, SNUG_TRANSFER_PAUSED, words);
}

/* What nobody need send: files without bytes are known from the manifest, and that what has bytes is right from the
 * hashes that were told. Returns: whether nothing else is missing */
static gboolean
complete (SnugMover *self)
{
  SnugPieceMap *map = snug_mover_get_map (self);

  if (self->contents == NULL || map == NULL || self->share.n_checked < snug_piece_map_get_n (map)
      || self->share.told < self->share.n_checked)
    return FALSE;
  if (self->share.held == NULL)
    snug_receiver_lend (self->receiver);
  snug_receiver_complete (self->receiver);
  return TRUE;
}

void
snug_mover_seek_heir (SnugMover *self)
{
  Heir *heir;

  if (!self->share.orphaned || self->receiver == NULL || self->share.holder != NULL || self->paused_here
      || !snug_transfer_is_active (self->row) || complete (self))
    return;
  heir = choose_heir (self, FALSE);
  /* The break may be a short one: what is asked for may still come. */
  if (self->started && heir != NULL)
    snug_receiver_cut (self->receiver);
  if (self->started)
    return;
  if (heir != NULL)
    follow (self, heir);
  else if (!self->share.awaits_heirs && choose_heir (self, TRUE) == NULL)
    give_up (self);
}

static void
ask_heirs (SnugMover *self)
{
  self->share.awaits_heirs = TRUE;
  self->share.said_us = g_get_monotonic_time ();
  say_have_to_all (self, TRUE);
}

static gboolean
on_asked_long_ago (gpointer user_data)
{
  SnugMover *self = user_data;
  g_autoptr (SnugMover) alive = g_object_ref (self);

  self->share.awaits_heirs = FALSE;
  for (guint i = 0; i < n_heirs (self); i++)
    ((Heir *) self->share.heirs->pdata[i])->is_busy = FALSE;
  snug_mover_seek_heir (self);
  show_heirs_now_and_then (self);
  /* Who has it from the one who offers says nothing unasked. */
  if (self->share.orphaned && self->share.holder == NULL && !self->paused_here)
    ask_heirs (self);
  return G_SOURCE_CONTINUE;
}

gboolean
snug_mover_lose_offerer (SnugMover *self)
{
  g_autoptr (SnugMover) alive = g_object_ref (self);

  if (self->receiver == NULL || !snug_transfer_is_active (self->row))
    return FALSE;
  if (!self->paused_here && complete (self))
    return TRUE;
  if (n_heirs (self) == 0)
    return FALSE;
  /* Lost before, and now it leaves the room. */
  if (self->share.orphaned && self->share.holder != NULL)
    return TRUE;
  self->paused_there = FALSE;
  if (!self->share.orphaned)
    {
      self->share.orphaned = TRUE;
      self->share.asking = snug_context_timeout (g_main_context_get_thread_default (), ASK_MS, on_asked_long_ago, self);
      snug_receiver_lend (self->receiver);
      ask_heirs (self);
    }
  if (self->share.holder != NULL || (self->started && snug_mover_get_member (self) == NULL))
    snug_receiver_cut (self->receiver);
  else
    snug_mover_seek_heir (self);
  return TRUE;
}

void
snug_mover_stop_seeking (SnugMover *self)
{
  snug_clear_source (&self->share.asking);
  self->share.orphaned = FALSE;
  self->share.awaits_heirs = FALSE;
  if (self->share.words != NULL)
    set_words (self, NULL);
}

void
snug_mover_find_offerer (SnugMover *self)
{
  if (self->share.unsaid != NULL)
    snug_mover_say_done (self, self->share.unsaid);
  if (!self->share.orphaned)
    return;
  snug_mover_stop_seeking (self);
  snug_mover_leave_holder (self);
}

void
snug_mover_end_following (SnugMover *self, const char *member_id, gboolean was_wrong)
{
  Heir *heir = self->share.orphaned ? find_heir (self, member_id) : NULL;

  if (heir == NULL || self->share.refused || self->paused_here)
    return;
  heir->is_useless |= was_wrong;
  heir->is_mute |= snug_mover_count_bytes (self) == self->share.followed_bytes;
  /* Not at once again. */
  heir->is_busy |= self->share.n_checked == self->share.followed_from;
}

/* What it has is here; somebody may have more. */
void
snug_mover_leave_heir_if_all (SnugMover *self)
{
  Heir *heir = self->share.orphaned && self->share.holder != NULL ? find_heir (self, self->share.holder) : NULL;

  if (heir != NULL && !has_more (self, heir))
    snug_mover_leave_holder (self);
}

/* --- what is heard --------------------------------------------------------------------------------- */

void
snug_mover_hear_heir (SnugMover *self, const SnugWireMessage *message)
{
  Heir *heir = find_heir (self, message->peer);

  if (self->receiver == NULL || self->pushed
      || strcmp (message->peer, snug_transfer_get_member_id (self->row)) == 0
      || strcmp (message->peer, snug_room_get_self_id (self->room)) == 0
      || (heir == NULL && n_heirs (self) >= MAX_HEIRS))
    return;
  if (self->share.heirs == NULL)
    self->share.heirs = g_ptr_array_new_with_free_func (heir_free);
  if (heir != NULL)
    g_ptr_array_remove (self->share.heirs, heir);
  heir = g_new0 (Heir, 1);
  heir->member_id = g_strdup (message->peer);
  heir->via = g_strdup (message->via);
  heir->only = message->only != NULL ? g_bytes_ref (message->only) : NULL;
  g_ptr_array_add (self->share.heirs, heir);
  if (self->share.held == NULL)
    snug_receiver_lend (self->receiver);
}

gboolean
snug_mover_hear_via_have (SnugMover *self, SnugMember *member, const SnugWireMessage *have)
{
  Heir *heir = find_heir_by_via (self, snug_member_get_id (member), have->id);

  if (heir == NULL)
    return FALSE;
  heir->n_pieces = have->pieces;
  heir->has_answered = TRUE;
  heir->is_paused = have->paused;
  heir->is_busy = FALSE;
  if (have->ask)
    say_have (self, heir, FALSE);
  snug_mover_seek_heir (self);
  show_heirs_now_and_then (self);
  return TRUE;
}

void
snug_mover_hear_heir_refuse (SnugMover *self, const char *member_id, const char *reason)
{
  Heir *heir = find_heir (self, member_id);

  if (heir == NULL)
    return;
  self->share.refused = TRUE;
  heir->is_busy = g_strcmp0 (reason, SNUG_WIRE_REASON_STALLED) == 0;
  heir->is_useless |= !heir->is_busy;
}

void
snug_mover_find_heir (SnugMover *self, const char *member_id)
{
  Heir *heir = self->share.orphaned ? find_heir (self, member_id) : NULL;

  if (heir == NULL)
    return;
  heir->is_mute = FALSE;
  say_have (self, heir, TRUE);
}

void
snug_mover_forget_heir (SnugMover *self, const char *member_id)
{
  Heir *heir = find_heir (self, member_id);

  if (heir == NULL)
    return;
  g_ptr_array_remove (self->share.heirs, heir);
  snug_mover_let_go_if_unused (self);
}

gboolean
snug_mover_is_kept_for_heirs (SnugMover *self)
{
  return n_heirs (self) > 0 && self->share.held != NULL && snug_transfer_is_finished (self->row);
}

void
snug_mover_disinherit (SnugMover *self)
{
  g_clear_pointer (&self->share.heirs, g_ptr_array_unref);
  snug_mover_let_go_if_unused (self);
}
