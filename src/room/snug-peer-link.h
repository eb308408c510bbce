/* snug-peer-link: the connection to one member, seen from the main context.
 *
 * One of the few places where the main and the network context meet: the object belongs to the main
 * context; the peer connection inside it belongs to the network context, and the two speak by posted
 * messages, without locks. It joins rtc and signaling: descriptions and candidates go out as
 * SnugSignalMessages without a receiver, which the room addresses.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-negotiator.h"

G_BEGIN_DECLS

#define SNUG_TYPE_PEER_LINK (snug_peer_link_get_type ())
G_DECLARE_FINAL_TYPE (SnugPeerLink, snug_peer_link, SNUG, PEER_LINK, GObject)

/**
 * SnugPeerLink::signal: (SnugSignalMessage *message): to be sent to the member (offer, answer, …)
 * SnugPeerLink::changed: state, silence, stage, error or info
 * SnugPeerLink::message: (SnugWireMessage *message): (pointer, borrowed) what the member said
 * SnugPeerLink::session-opened: a new `session` channel is open: what the old one did not confirm is lost
 */

/**
 * snug_peer_link_new:
 * @network: where the peer connection lives
 * @offerer: the lower `seq` of a pair offers, for the pair's whole life
 */
SnugPeerLink *snug_peer_link_new (GMainContext *network, SnugCertificate *certificate,
                                  const SnugPeerConnectionConfig *config, gboolean offerer);

/* What the server says of the member's version; what it shows itself counts more. Before start. */
void snug_peer_link_set_version   (SnugPeerLink *self, guint version);
/* Makes the first offer (offerer), or asks for one if none comes (answerer). */
void snug_peer_link_start         (SnugPeerLink *self);
/* An offer, answer, candidate or restart of this member. Nonsense is dropped. */
void snug_peer_link_handle_signal (SnugPeerLink *self, SnugSignalMessage *message);
/* Signaling works (again): what waited for it is done now. */
void snug_peer_link_set_signaling (SnugPeerLink *self, gboolean open);
/* Whom it asks when it gathers the next time, and how: see SnugPeerConnectionConfig.
 * @ice_servers: (nullable), not changed any more */
void snug_peer_link_set_servers   (SnugPeerLink *self, GPtrArray *ice_servers, gboolean by_proxy);
/* A person's wish: tries again now, with all patience, unless it is connected and heard. */
void snug_peer_link_retry         (SnugPeerLink *self);
/* The way to the member may have ended without a word: finds out, and mends it. */
void snug_peer_link_check         (SnugPeerLink *self);
/* The server says that the member has entered, again. */
void snug_peer_link_renew         (SnugPeerLink *self);
/* The session is open, but the member is not heard in it: begins another one, or asks for one, once there is
 * signaling. */
void snug_peer_link_begin_anew    (SnugPeerLink *self);
/* For good, in good order: what was said still arrives. May run twice. */
void snug_peer_link_close         (SnugPeerLink *self);

/* Says @message in the member's dialect; FALSE if the session is not open. */
gboolean snug_peer_link_say       (SnugPeerLink *self, const SnugWireMessage *message);

SnugPeerLinkState             snug_peer_link_get_state (SnugPeerLink *self);
/* CONNECTED, but the member has not been heard for some seconds: a person should know, and nothing else follows. */
gboolean                      snug_peer_link_is_silent (SnugPeerLink *self);
SnugPeerConnectionStage       snug_peer_link_get_stage (SnugPeerLink *self);
/* Opened so far: while it stays the same, so does what was said in the session. */
guint                         snug_peer_link_get_n_sessions (SnugPeerLink *self);
const GError                 *snug_peer_link_get_error (SnugPeerLink *self);   /* nullable */
const SnugPeerConnectionInfo *snug_peer_link_get_info  (SnugPeerLink *self);   /* NULL until connected */
/* Static: what is fixed for the member's version, as far as it is known. */
const SnugDialectRules       *snug_peer_link_get_rules (SnugPeerLink *self);

/**
 * snug_peer_link_open_file:
 *
 * To send the bytes of what we offered as @id. @func gets the stream at once, before it is open; like @destroy it runs
 * in the network context.
 */
void snug_peer_link_open_file   (SnugPeerLink *self, const char *id, SnugFileStreamFunc func,
                                 gpointer user_data, GDestroyNotify destroy);

/**
 * snug_peer_link_expect_file:
 *
 * To receive the bytes of what the member offered as @id. @func gets the stream when it comes, or %NULL
 * when the link is closed, or another session begins: what was asked for in the last one is forgotten.
 */
void snug_peer_link_expect_file (SnugPeerLink *self, const char *id, SnugFileStreamFunc func,
                                 gpointer user_data, GDestroyNotify destroy);

/* For tests, which play a member of another program: what goes past the dialect. */

/* Queues a text on the `session` channel, as it is; %FALSE if it is not open. */
gboolean snug_peer_link_send_text    (SnugPeerLink *self, const char *text);
/* @func gets the channel at once, before it is open, or %NULL; @destroy runs in the network context, too. */
void     snug_peer_link_open_channel (SnugPeerLink *self, const char *label, const char *protocol,
                                      SnugChannelFunc func, gpointer user_data, GDestroyNotify destroy);

G_END_DECLS
