/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-safety.h"

#include <sodium.h>
#include <string.h>

#include "snug-safety-words.h"

struct _SnugSafety
{
  const SnugSafetyOwner *owner;       /* borrowed */
  gpointer               user_data;

  char                  *words;       /* owned, nullable */
  SnugSafetyPair         pair;
  guint8                 nonce[SNUG_SAFETY_NONCE_BYTES];
  guint8                 ours[SNUG_SAFETY_COMMITMENT_BYTES];
  guint8                 theirs[SNUG_SAFETY_COMMITMENT_BYTES];
  SnugSafetyState        state;
  guint                  n_runs;      /* with these two certificates */
  gboolean               offerer;
  gboolean               has_session;
  /* In this session: */
  gboolean               committed;
  gboolean               has_theirs;
  gboolean               revealed;    /* they have */
};

static guint8 *
their_fingerprint_of (SnugSafety *self)
{
  return self->offerer ? self->pair.answerer : self->pair.offerer;
}

SnugSafety *
snug_safety_new (gboolean offerer, const guint8 *own_fingerprint, const SnugSafetyOwner *owner, gpointer user_data)
{
  SnugSafety *self = g_new0 (SnugSafety, 1);

  self->offerer = offerer;
  self->owner = owner;
  self->user_data = user_data;
  memcpy (offerer ? self->pair.offerer : self->pair.answerer, own_fingerprint, SNUG_FINGERPRINT_SIZE);
  return self;
}

void
snug_safety_free (SnugSafety *self)
{
  g_free (self->words);
  g_free (self);
}

static void
enter (SnugSafety *self, SnugSafetyState state)
{
  self->state = state;
  self->owner->changed (self->user_data);
}

static void
forget_words (SnugSafety *self)
{
  g_clear_pointer (&self->words, g_free);
}

static void
become_unsafe (SnugSafety *self)
{
  forget_words (self);
  enter (self, SNUG_SAFETY_MISMATCH);
}

/* --- sessions -------------------------------------------------------------------------------------- */

/* Other certificates: what was found out about the old ones is worth nothing. */
static void
meet_anew (SnugSafety *self, const guint8 *their_fingerprint)
{
  gboolean was_checked = self->state == SNUG_SAFETY_CHECKED || self->state == SNUG_SAFETY_CHANGED;

  memcpy (their_fingerprint_of (self), their_fingerprint, SNUG_FINGERPRINT_SIZE);
  self->n_runs = 0;
  forget_words (self);
  enter (self, was_checked ? SNUG_SAFETY_CHANGED : SNUG_SAFETY_UNCHECKED);
}

void
snug_safety_begin_session (SnugSafety *self, const guint8 *their_fingerprint)
{
  gboolean same = self->has_session
                  && memcmp (their_fingerprint_of (self), their_fingerprint, SNUG_FINGERPRINT_SIZE) == 0;

  if (self->state == SNUG_SAFETY_MISMATCH)
    return;
  self->has_session = TRUE;
  self->committed = self->has_theirs = self->revealed = FALSE;
  if (!same)
    meet_anew (self, their_fingerprint);
  else if (self->state == SNUG_SAFETY_ASKED)
    enter (self, SNUG_SAFETY_INTERRUPTED);
}

/* --- ours ------------------------------------------------------------------------------------------ */

static gboolean
commit (SnugSafety *self)
{
  g_autoptr (SnugWireMessage) message = snug_wire_message_new (SNUG_WIRE_PHRASE_COMMIT);

  if (self->n_runs >= SNUG_SAFETY_MAX_RUNS)
    return FALSE;
  self->n_runs++;
  self->committed = TRUE;
  randombytes_buf (self->nonce, sizeof self->nonce);
  snug_safety_commit (&self->pair, self->offerer, self->nonce, self->ours);
  message->commitment = g_bytes_new (self->ours, sizeof self->ours);
  self->owner->say (message, self->user_data);
  return TRUE;
}

/* What was compared before holds until there is something else to compare. */
static void
be_asked (SnugSafety *self)
{
  if (self->state != SNUG_SAFETY_CHECKED)
    enter (self, SNUG_SAFETY_ASKED);
}

gboolean
snug_safety_can_start (SnugSafety *self)
{
  return self->has_session && !self->committed && self->n_runs < SNUG_SAFETY_MAX_RUNS
         && (self->state == SNUG_SAFETY_UNCHECKED || self->state == SNUG_SAFETY_INTERRUPTED
             || self->state == SNUG_SAFETY_CHANGED);
}

void
snug_safety_start (SnugSafety *self)
{
  if (snug_safety_can_start (self) && commit (self))
    be_asked (self);
}

/* --- theirs ---------------------------------------------------------------------------------------- */

static void
handle_commitment (SnugSafety *self, GBytes *commitment)
{
  g_autoptr (SnugWireMessage) reveal = snug_wire_message_new (SNUG_WIRE_PHRASE_REVEAL);
  gsize n_bytes;
  const guint8 *theirs = g_bytes_get_data (commitment, &n_bytes);

  if (self->has_theirs || (self->committed && memcmp (theirs, self->ours, n_bytes) == 0))
    {
      become_unsafe (self);
      return;
    }
  if (!self->committed && !commit (self))
    return;
  memcpy (self->theirs, theirs, sizeof self->theirs);
  self->has_theirs = TRUE;
  be_asked (self);
  reveal->nonce = g_bytes_new (self->nonce, sizeof self->nonce);
  self->owner->say (reveal, self->user_data);
}

static void
handle_nonce (SnugSafety *self, GBytes *nonce)
{
  const guint8 *theirs = g_bytes_get_data (nonce, NULL);
  guint8 promised[SNUG_SAFETY_COMMITMENT_BYTES];

  snug_safety_commit (&self->pair, !self->offerer, theirs, promised);
  if (!self->has_theirs || self->revealed || memcmp (promised, self->theirs, sizeof promised) != 0)
    {
      become_unsafe (self);
      return;
    }
  self->revealed = TRUE;
  forget_words (self);
  self->words = snug_safety_words (&self->pair, self->offerer ? self->nonce : theirs,
                                   self->offerer ? theirs : self->nonce);
  enter (self, self->state == SNUG_SAFETY_CHECKED ? SNUG_SAFETY_CHECKED : SNUG_SAFETY_PHRASE);
}

void
snug_safety_handle (SnugSafety *self, const SnugWireMessage *message)
{
  if (!self->has_session || self->state == SNUG_SAFETY_MISMATCH)
    return;
  if (message->type == SNUG_WIRE_PHRASE_COMMIT)
    handle_commitment (self, message->commitment);
  else
    handle_nonce (self, message->nonce);
}

void
snug_safety_confirm (SnugSafety *self, gboolean same)
{
  if (self->state != SNUG_SAFETY_PHRASE && self->state != SNUG_SAFETY_CHECKED)
    return;
  if (same)
    enter (self, SNUG_SAFETY_CHECKED);
  else
    become_unsafe (self);
}

SnugSafetyState
snug_safety_get_state (SnugSafety *self)
{
  return self->state;
}

const char *
snug_safety_get_words (SnugSafety *self)
{
  return self->words;
}
