/* snug-pairing: what two members of a private room need before they can talk: a key that the server does not
 * have.
 *
 * One object is our side of one pair, in the main context: it starts or answers attempts (CPace, four
 * frames) and seals what is said once one was right. What it may pair by, and how many guesses there
 * are, is its owner's business (SnugAdmission). See PROTOCOL.md section 3.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-cpace.h"
#include "snug-private-message.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_PAIRING_BY_SECRET,
  SNUG_PAIRING_BY_ROOM_KEY
} SnugPairingKind;

#define SNUG_TYPE_PAIRING (snug_pairing_get_type ())
G_DECLARE_FINAL_TYPE (SnugPairing, snug_pairing, SNUG, PAIRING, GObject)

typedef struct
{
  /* @frame has no `to` yet. */
  void        (*send)    (SnugPairing *pairing, SnugSignalMessage *frame, gpointer owner);
  /* For an attempt of ours: what by. (transfer none), %NULL: by nothing, now. */
  SnugSecret *(*choose)  (SnugPairing *pairing, SnugPairingKind *kind, gpointer owner);
  /* For one of theirs. (transfer none), %NULL: it is left unanswered, and told so if *@held, which was %FALSE. */
  SnugSecret *(*answer)  (SnugPairing *pairing, SnugPairingKind kind, gboolean *held, gpointer owner);
  /* As A: they say that no attempt of ours is answered now. */
  void        (*held)    (SnugPairing *pairing, SnugPairingKind kind, gpointer owner);
  /* We are about to let them try a guess. */
  gboolean    (*confirm) (SnugPairing *pairing, SnugPairingKind kind, gpointer owner);
  /* There is a key, or a new one. */
  void        (*paired)  (SnugPairing *pairing, SnugPairingKind kind, SnugCpaceRole role, gpointer owner);
  /* As B: their tag was wrong. As A: they say that ours was, and that @left guesses are answered yet; < 0: that
   * is not said. */
  void        (*refused) (SnugPairing *pairing, SnugPairingKind kind, SnugCpaceRole role, gint left, gpointer owner);
  /* As B, then: how many more guesses will be answered; < 0: not to be said. */
  gint        (*left)    (SnugPairing *pairing, SnugPairingKind kind, gpointer owner);
  /* What was in a box of theirs. */
  void        (*content) (SnugPairing *pairing, SnugSignalMessage *content, gpointer owner);
} SnugPairingOwner;

/**
 * snug_pairing_new:
 * @we_start: they are the earlier member, or we are pending
 * @vtable: static
 * @owner: borrowed; it outlives the object, or calls snug_pairing_end()
 */
SnugPairing *snug_pairing_new    (const char *code, const char *own_id, const char *their_id, gboolean we_start,
                                  const SnugPairingOwner *vtable, gpointer owner);

/* Attempts are made from now on until there is a key: at once, or, if it is theirs to start, when nothing
 * has come for a while. Again: there is something else to pair by. */
void         snug_pairing_begin  (SnugPairing *self);
/* A `pake` or `sealed` of theirs. Nonsense is dropped. */
void         snug_pairing_handle (SnugPairing *self, const SnugSignalMessage *frame);
/* Answers what was left unanswered, if that may be now. */
void         snug_pairing_answer_now (SnugPairing *self);
/* Seals @content and sends it. FALSE: there is no key yet, or it is too long. */
gboolean     snug_pairing_send   (SnugPairing *self, const SnugSignalMessage *content);
/* No more attempts of ours. */
void         snug_pairing_stop   (SnugPairing *self);
/* Nothing is said any more, and keys are wiped. */
void         snug_pairing_end    (SnugPairing *self);

const char  *snug_pairing_get_their_id (SnugPairing *self);
gboolean     snug_pairing_is_paired    (SnugPairing *self);

G_END_DECLS
