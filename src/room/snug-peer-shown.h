/* snug-peer-shown: what a person sees of a peer's link, told to the member that stands in the lists.
 *
 * Belongs to the main context. SnugPeer is its only user, and calls it after every change.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-member.h"
#include "snug-peer-link.h"

G_BEGIN_DECLS

/* What the link does not know of itself. */
typedef struct
{
  gboolean ready;            /* hello was exchanged */
  gboolean silent;           /* connected, but not heard */
  gboolean away;             /* the server lost sight of the member */
  gboolean unsafe;           /* somebody may stand between: the link is closed for good */
  gboolean never_by_relay;   /* a person's wish */
} SnugPeerShown;

/**
 * snug_peer_show:
 *
 * Sets state, steps, way, round trip, details and error of @member. Whoever sees the member change may end link and
 * peer then and there: the caller holds a reference to both.
 */
void snug_peer_show       (SnugMember *member, SnugPeerLink *link, const SnugPeerShown *shown);

/* Only the steps of its setting up. */
void snug_peer_show_steps (SnugMember *member, SnugPeerLink *link);

G_END_DECLS
