/* snug-ice-head-start: what direct routes have before those by a relay.
 *
 * Belongs to the network context of its peer connection. A relay carries at once; two routers let each other in only when
 * both sides have written, and a browser takes its time with that. So for a second no route by a relay is begun with, and
 * most often none is needed then. Who wants relays only, or none, does not wait; nor does anybody where no route but by a
 * relay can come. Who only meets somebody out of whose network UDP does not get waits for that second in vain: that does not
 * show from outside.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-peer-connection.h"

G_BEGIN_DECLS

typedef struct _SnugIceHeadStart SnugIceHeadStart;

/* A route by a relay was kept waiting, and may be used now. */
typedef void (*SnugIceHeadStartFunc) (gpointer user_data);

SnugIceHeadStart *snug_ice_head_start_new  (GMainContext *context, SnugRelayPolicy policy, SnugIceHeadStartFunc over,
                                            gpointer user_data);
void              snug_ice_head_start_free (SnugIceHeadStart *self);

/* Both sides know how to reach each other, and look for a route. */
void              snug_ice_head_start_begin (SnugIceHeadStart *self);

/**
 * snug_ice_head_start_may_use:
 *
 * Returns: %FALSE: the route has to wait, and @over is called if it does so in vain
 */
gboolean          snug_ice_head_start_may_use (SnugIceHeadStart *self, gboolean is_relayed);

/* One is waiting. */
gboolean          snug_ice_head_start_has_waiting (SnugIceHeadStart *self);

/* No route can come that would be worth waiting for. May run twice. */
void              snug_ice_head_start_end (SnugIceHeadStart *self);

/* A route is used, or none is wanted any more. May run twice. */
void              snug_ice_head_start_stop (SnugIceHeadStart *self);

G_END_DECLS
