/* snug-local-names: where the computers are of which a member tells a name of the local network only (RFC 6762).
 *
 * Belongs to the network context that it was made with; Avahi is asked in the main one, over D-Bus. Where there is no
 * Avahi, no name is found.
 *
 * The question is multicast: the local network hears that this computer looks for a random name, so that it is about to
 * talk, mostly with a browser, and with which one if that is there. Any member may tell such a name.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-candidate.h"

G_BEGIN_DECLS

typedef struct _SnugLocalNames SnugLocalNames;

/* @candidate: (nullable): the one that was asked for, with its address; NULL: that is not known, or not of the local
 *   network */
typedef void (*SnugLocalNamesFunc) (const SnugCandidate *candidate, gpointer user_data);

SnugLocalNames *snug_local_names_new (GMainContext *context, SnugLocalNamesFunc func, gpointer user_data);
/* May be called by @func. It is not called any more. */
void            snug_local_names_free (SnugLocalNames *self);

/**
 * snug_local_names_ask:
 * @candidate: named (snug_candidate_is_named())
 *
 * Calls the func once, later: when Avahi has given up, which it does after five seconds, or ten seconds after it was asked
 * without a word from it. A member that tells more names than a computer has addresses is not listened to: of those there is
 * no question and no call. What is more than all connections of this program may ask for is not asked either, and not known.
 */
void            snug_local_names_ask (SnugLocalNames *self, const SnugCandidate *candidate);

/* A call is still to come. */
gboolean        snug_local_names_is_waiting (SnugLocalNames *self);

/* Nobody wants to know what was asked so far. */
void            snug_local_names_forget (SnugLocalNames *self);

G_END_DECLS
