/* snug-admission: who may be talked to in a private room.
 *
 * Belongs to the main context. Holds the secret, the room-key and a pairing with each other member, and
 * counts guesses. Everything that members of a private room say to each other through the server goes
 * through here, sealed; nothing goes past it. See PROTOCOL.md section 3.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-secret.h"
#include "snug-signaling.h"

G_BEGIN_DECLS

#define SNUG_ADMISSION_ERROR (snug_admission_error_quark ())
GQuark snug_admission_error_quark (void);

typedef enum
{
  SNUG_ADMISSION_ERROR_SECRET_NEEDED,   /* the room is private, and we have no secret */
  SNUG_ADMISSION_ERROR_WRONG_SECRET,    /* the host says so */
  SNUG_ADMISSION_ERROR_NO_ANSWER        /* it was shown that we know it, several times, and nobody else did */
} SnugAdmissionError;

#define SNUG_TYPE_ADMISSION (snug_admission_get_type ())
G_DECLARE_FINAL_TYPE (SnugAdmission, snug_admission, SNUG, ADMISSION, GObject)

/**
 * SnugAdmission::paired: (const char *id, guint64 seq): there is a key for this member, which has a seat
 * SnugAdmission::content: (const char *id, SnugSignalMessage *message): it said this, sealed
 * SnugAdmission::failed: (const GError *error): we do not get in; nothing is tried any more
 * SnugAdmission::changed: guesses, or who asks to be let in
 */

/**
 * snug_admission_new:
 * @secret: as snug_phrase_fold() made it
 * @name: own display name, told sealed to whoever lets us in
 */
SnugAdmission *snug_admission_new     (SnugSignaling *signaling, const char *code, SnugSecret *secret,
                                       const char *name);
/* Keys are wiped, nothing is said any more. */
void           snug_admission_close   (SnugAdmission *self);

/* The server's words. */
void           snug_admission_welcome (SnugAdmission *self, const SnugSignalMessage *welcome);
void           snug_admission_set_host (SnugAdmission *self, const char *id);   /* nullable */
void           snug_admission_set_locked (SnugAdmission *self, gboolean locked);
/* Somebody with a seat. */
void           snug_admission_meet    (SnugAdmission *self, const char *id, guint64 seq);
/* Somebody asks the host, us, to be let in. */
void           snug_admission_hear_knock (SnugAdmission *self, const char *id);
/* Whoever it was is gone, from the room or from its door. */
void           snug_admission_part    (SnugAdmission *self, const char *id);
/* A `pake` or `sealed` of @message->from. */
void           snug_admission_handle  (SnugAdmission *self, const SnugSignalMessage *message);

/* Seals @message for that member. Dropped if there is no key for it. */
void           snug_admission_send    (SnugAdmission *self, const char *id, const SnugSignalMessage *message);

/* There is a key for this member. */
gboolean       snug_admission_is_paired  (SnugAdmission *self, const char *id);
/* Ids of those with a seat who have not paired: (transfer container). */
GPtrArray     *snug_admission_get_unpaired (SnugAdmission *self);
/* We wait to be let in. */
gboolean       snug_admission_is_pending (SnugAdmission *self);
/* And the host says that its person has to allow it first, as too many wrong secrets were tried. */
gboolean       snug_admission_is_held    (SnugAdmission *self);

/* Of the host: so many wrong secrets were tried that nobody is answered until its person says so. */
gboolean       snug_admission_is_guessed (SnugAdmission *self);
guint          snug_admission_get_n_wrong (SnugAdmission *self);
/* One more is answered, at once if somebody waits for it. */
void           snug_admission_let_them_try (SnugAdmission *self);

/* Of the host of a locked room: the id of one who asks (nullable, borrowed), and the @name they gave (out, borrowed).
 * Only who knows the secret is heard. */
const char    *snug_admission_get_knock  (SnugAdmission *self, char **name);
void           snug_admission_let_in     (SnugAdmission *self, const char *id);
void           snug_admission_turn_away  (SnugAdmission *self, const char *id);
/* The server says that the room is full: whether that is news about somebody whom we let in. */
gboolean       snug_admission_take_full  (SnugAdmission *self);
/* Of the host: whether it wants to be asked, whatever the server says of the lock. Who waits is let in when it
 * does not want to any more. */
void           snug_admission_ask_first  (SnugAdmission *self, gboolean on);
/* Of the host: out with them, and a new room-key for the others. */
void           snug_admission_remove     (SnugAdmission *self, const char *id);

G_END_DECLS
