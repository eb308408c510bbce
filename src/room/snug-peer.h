/* snug-peer: one member's link, put into words: hello, wire messages at a bearable rate, and the
 * member's state as a person sees it.
 *
 * Belongs to the main context. The room makes one for each member and is its only user.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-member.h"
#include "snug-peer-link.h"
#include "snug-wire.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PEER (snug_peer_get_type ())
G_DECLARE_FINAL_TYPE (SnugPeer, snug_peer, SNUG, PEER, GObject)

/**
 * SnugPeer::signal: (SnugSignalMessage *message): to be sent to the member, without address
 * SnugPeer::message: (SnugWireMessage *message): (pointer, borrowed) what the member said
 * SnugPeer::ready: hello was exchanged on a new `session` channel: messages can be sent
 * SnugPeer::lost: no longer ready; "ready" comes again, or "ended"
 * SnugPeer::silence: it is no longer heard, or again. Nothing ends by that: it stays ready
 * SnugPeer::named: the member told its name
 * SnugPeer::unsafe: (gboolean says_person): somebody may stand between; the link is about to be
 *   closed for good
 * SnugPeer::ended: the link is over and the member has left the room
 */

/* @member, @certificate: references are taken. @offerer, @network: see snug_peer_link_new(). */
SnugPeer *snug_peer_new (SnugMember *member, GMainContext *network, SnugCertificate *certificate,
                         const SnugPeerConnectionConfig *config, gboolean offerer,
                         const char *own_name, SnugMemberDevice own_device);

/* Borrowed. */
SnugMember   *snug_peer_get_member    (SnugPeer *self);
SnugPeerLink *snug_peer_get_link      (SnugPeer *self);
gboolean      snug_peer_is_ready      (SnugPeer *self);
/* Ready, and not silent. */
gboolean      snug_peer_is_heard      (SnugPeer *self);

void          snug_peer_start         (SnugPeer *self, gboolean signaling_open);
/* Queues @message; it goes when the peer is ready and the rate allows. FALSE if not ready. */
gboolean      snug_peer_send          (SnugPeer *self, const SnugWireMessage *message);
/* The safety phrase: works it out with the member; what our person says of it. */
void          snug_peer_compare       (SnugPeer *self);
void          snug_peer_confirm       (SnugPeer *self, gboolean same);
/* Says hello again, with another name. */
void          snug_peer_set_own_name  (SnugPeer *self, const char *own_name);
/* The server lost sight of the member (away), or sees it again. */
void          snug_peer_set_away      (SnugPeer *self, gboolean away);
/* The server says it left. @at_once: by its own wish; else the link may live on without the server. */
void          snug_peer_leave         (SnugPeer *self, gboolean at_once);
/* The server sees it again after all. */
void          snug_peer_stay          (SnugPeer *self);
/* The server says that it has entered, although it was here. */
void          snug_peer_enter_again   (SnugPeer *self);

G_END_DECLS
