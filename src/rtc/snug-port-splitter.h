/* snug-port-splitter: several SCTP associations over one DTLS, told apart by their port (RFC 8261 section 6.1).
 *
 * Each association stands on a lane, which is a layer like any other. What comes for the first one, on which words are
 * said, is heard inside the call that brings it. The rest waits, in order, for turns of the context that are short: a word
 * waits for what was read before it to be decrypted, not for a file to be put together. At most 1 MiB waits; once it is
 * full each packet of the rest that is read has the oldest heard first, and words wait for that, too.
 *
 * Belongs to the network context of its peer connection.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-transport.h"

G_BEGIN_DECLS

typedef struct _SnugPortSplitter SnugPortSplitter;

/* A packet came for a port that nobody has; a lane that is added now gets it. */
typedef void (*SnugStrangePacketFunc) (guint16 port, const guint8 *packet, gsize n_bytes, gpointer user_data);

/* @below: connected; referenced */
SnugPortSplitter *snug_port_splitter_new    (SnugTransport *below);
void              snug_port_splitter_free   (SnugPortSplitter *self);

void              snug_port_splitter_set_strange_func (SnugPortSplitter *self, SnugStrangePacketFunc func, gpointer user_data);

/**
 * snug_port_splitter_add:
 *
 * Returns: (transfer full): what gets the packets for @port; what came before the first lane is heard on it
 */
SnugTransport    *snug_port_splitter_add    (SnugPortSplitter *self, guint16 port);
/* Past all lanes. */
void              snug_port_splitter_send   (SnugPortSplitter *self, const guint8 *packet, gsize n_bytes);
void              snug_port_splitter_remove (SnugPortSplitter *self, guint16 port);

G_END_DECLS
