/* snug-admission-private: what the files of an admission share. snug-admission.c is whom we pair with, and by what;
 * snug-admission-host.c what the host decides: who is let in, how many guesses are answered, who is sent out.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-admission.h"
#include "snug-pairing.h"
#include "snug-token-bucket.h"

G_BEGIN_DECLS

typedef struct
{
  SnugPairing *pairing;       /* owned */
  char        *name;          /* owned, nullable: what they called themselves when they knocked */
  guint64      seq;           /* 0: not known */
  gboolean     pending;       /* asks us to be let in */
  gboolean     let_in;        /* the server was told so */
  gboolean     key_refused;   /* as the host it has a newer room-key than we have */
} SnugAdmissionEntry;

struct _SnugAdmission
{
  GObject          parent_instance;

  /* Owned */
  SnugSignaling   *signaling;
  SnugSecret      *secret;
  SnugSecret      *room_key;      /* nullable */
  GHashTable      *entries;       /* member id → SnugAdmissionEntry */
  char            *code;
  char            *name;
  char            *own_id;        /* nullable */
  char            *host_id;       /* nullable */

  SnugTokenBucket  answers;
  guint64          own_seq;
  guint            n_open;        /* step 3 by the secret without a right step 4, ever */
  guint            n_wrong;       /* wrong tags, ever */
  guint            n_allowed;     /* of which this many more by leave of a person */
  gboolean         pending;
  gboolean         locked;        /* says the server */
  gboolean         asks;          /* our person wants to be asked, whatever the server says */
  gboolean         held;          /* as a newcomer: the host's person has to allow a try first */
  gboolean         closed;
};

/* The own person plays the host, and is in. */
gboolean            snug_admission_we_are_host      (SnugAdmission *self);
/* Emits SnugAdmission::changed. */
void                snug_admission_changed          (SnugAdmission *self);
/* Returns: (transfer none) (nullable): %NULL if there are as many pairings as there may be */
SnugAdmissionEntry *snug_admission_add_entry        (SnugAdmission *self, const char *id, guint64 seq,
                                                     gboolean we_start);
/* @key_taken: (transfer full) */
void                snug_admission_set_room_key     (SnugAdmission *self, SnugSecret *key_taken);
/* Tells the room-key that there is, sealed. */
void                snug_admission_give_room_key    (SnugAdmission *self, SnugPairing *pairing);

/* snug-admission-host.c */

/* Somebody has shown that they know the secret. */
void                snug_admission_welcome_newcomer (SnugAdmission *self, SnugAdmissionEntry *entry);
/* Another one is host: they ask there now. */
void                snug_admission_forget_knocks    (SnugAdmission *self);
/* A wrong secret was tried. */
void                snug_admission_count_guess      (SnugAdmission *self);
/* How many more are answered. */
guint               snug_admission_get_guesses_left (SnugAdmission *self);

G_END_DECLS
