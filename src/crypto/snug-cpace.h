/* snug-cpace: CPACE-RISTR255-SHA512 of draft-irtf-cfrg-cpace, initiator and responder.
 *
 * Two who know the same secret get the same key; who does not know it learns nothing, and may try one
 * guess an exchange. One object is one side of one exchange. What it holds lies in memory of its own and
 * is wiped with it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-secret.h"

G_BEGIN_DECLS

#define SNUG_CPACE_SID_SIZE 16
#define SNUG_CPACE_SHARE_SIZE 32
#define SNUG_CPACE_KEY_SIZE 64
#define SNUG_CPACE_TAG_SIZE 64

/* A speaks first. */
typedef enum
{
  SNUG_CPACE_A,
  SNUG_CPACE_B
} SnugCpaceRole;

typedef struct _SnugCpace SnugCpace;

/**
 * snug_cpace_new:
 * @secret: PRS: what both must know
 * @ci: the channel identifier, the same on both sides
 * @sid: %SNUG_CPACE_SID_SIZE bytes that A chose, fresh for each exchange
 * @ad: ADa of A, ADb of B: what this side says of itself, open but not to be changed on the way
 *
 * Picks a scalar at random and computes the own share.
 */
SnugCpace    *snug_cpace_new       (SnugCpaceRole role, SnugSecret *secret, GBytes *ci, const guint8 *sid,
                                    GBytes *ad);
/* The same with a given scalar, for golden data. */
SnugCpace    *snug_cpace_new_with_scalar (SnugCpaceRole role, SnugSecret *secret, GBytes *ci, const guint8 *sid,
                                          GBytes *ad, const guint8 *scalar);
void          snug_cpace_free      (SnugCpace *self);

/* What was given at the begin, and what goes to the other side: of the sizes above, borrowed. */
const guint8 *snug_cpace_get_sid   (SnugCpace *self);
const guint8 *snug_cpace_get_share (SnugCpace *self);
GBytes       *snug_cpace_get_ad    (SnugCpace *self);

/**
 * snug_cpace_take_share:
 * @share: %SNUG_CPACE_SHARE_SIZE bytes from the other side
 *
 * Returns: %FALSE if @share is no element of the group, leads to the identity or is our own: the
 * exchange is over then
 */
gboolean      snug_cpace_take_share (SnugCpace *self, const guint8 *share, GBytes *ad);

/* After snug_cpace_take_share(). Our tag proves to the other side that we knew the secret. */
const guint8 *snug_cpace_get_tag   (SnugCpace *self);
/* In constant time. Only after this was TRUE is the key known to be the same on both sides. */
gboolean      snug_cpace_verify    (SnugCpace *self, const guint8 *tag);
/* ISK. */
const guint8 *snug_cpace_get_key   (SnugCpace *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugCpace, snug_cpace_free)

G_END_DECLS
