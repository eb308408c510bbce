/* snug-safety: our side of the safety phrase with one member (PROTOCOL.md section 4): commit, reveal, four words.
 *
 * Plain data of the main context: it says by a function what is to be sent, and knows neither link nor clock.
 * What somebody does who breaks its rules ends in SNUG_SAFETY_MISMATCH, and nothing leads out of that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-member.h"

G_BEGIN_DECLS

/* How often two certificates are compared at most: each time, somebody between them has one guess. */
#define SNUG_SAFETY_MAX_RUNS 3

typedef struct _SnugSafety SnugSafety;

typedef struct
{
  void (*say)     (const SnugWireMessage *message, gpointer user_data);
  void (*changed) (gpointer user_data);
} SnugSafetyOwner;

/**
 * snug_safety_new:
 * @offerer: whether we make the pair's offers
 * @own_fingerprint: of our certificate, copied
 * @owner: static
 */
SnugSafety *snug_safety_new  (gboolean offerer, const guint8 *own_fingerprint, const SnugSafetyOwner *owner,
                              gpointer user_data);
void        snug_safety_free (SnugSafety *self);

/* A new DTLS session with whoever has the certificate of @their_fingerprint. */
void        snug_safety_begin_session (SnugSafety *self, const guint8 *their_fingerprint);
/* Our person wants to compare. Does nothing where can_start() is false. */
void        snug_safety_start         (SnugSafety *self);
gboolean    snug_safety_can_start     (SnugSafety *self);
/* `phrase-commit` or `phrase-reveal` of theirs. */
void        snug_safety_handle        (SnugSafety *self, const SnugWireMessage *message);
/* Our person has compared: the words are the same there, or not. */
void        snug_safety_confirm       (SnugSafety *self, gboolean same);

SnugSafetyState snug_safety_get_state (SnugSafety *self);
const char     *snug_safety_get_words (SnugSafety *self);      /* nullable: not known (yet) */

G_END_DECLS
