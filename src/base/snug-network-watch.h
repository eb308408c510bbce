/* snug-network-watch: says when connections may have ended without a word: this computer has other addresses than
 * before, or it has slept.
 *
 * Belongs to the context that was the thread default when it was made.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What it knows of this computer; others for tests. */
typedef struct
{
  /* Returns: (transfer full): as snug_own_addresses_to_text() */
  char   *(*get_addresses) (void);
  /* How long this computer has slept since it was started. */
  gint64  (*get_slept_us)  (void);
} SnugNetworkSenses;

#define SNUG_TYPE_NETWORK_WATCH (snug_network_watch_get_type ())
G_DECLARE_FINAL_TYPE (SnugNetworkWatch, snug_network_watch, SNUG, NETWORK_WATCH, GObject)

/**
 * SnugNetworkWatch::changed: what goes over the network should be looked after
 */

/* @senses: (nullable): static; %NULL for those there are */
SnugNetworkWatch *snug_network_watch_new (const SnugNetworkSenses *senses);

G_END_DECLS
