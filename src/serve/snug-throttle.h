/* snug-throttle: how often one address may do a thing.
 *
 * A token bucket for each. The caller gives the clock, so that tests need none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _SnugThrottle SnugThrottle;

/* At most @per_minute a minute for each key, and as many at once. */
SnugThrottle *snug_throttle_new  (guint per_minute);
void          snug_throttle_free (SnugThrottle *throttle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugThrottle, snug_throttle_free)

/* FALSE: that was one too many. @now_us: of the monotonic clock */
gboolean snug_throttle_take      (SnugThrottle *throttle, const char *key, gint64 now_us);
/* Undoes a take: it was no offence. */
void     snug_throttle_give_back (SnugThrottle *throttle, const char *key);
/* Keys that are remembered. */
guint    snug_throttle_get_size  (SnugThrottle *throttle);

/**
 * snug_throttle_key:
 *
 * Who an address is to a limit: IPv4 as it is (also when mapped into IPv6), IPv6 by its /64, which one
 * person has whole (RFC 6177).
 *
 * Returns: (transfer full): the key, in words for a log: "192.0.2.1", "2001:db8:1:2::/64"
 */
char *snug_throttle_key (GInetAddress *address);

G_END_DECLS
