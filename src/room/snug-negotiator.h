/* snug-negotiator: offers and answers with one member, and the peer connection that comes of them.
 *
 * The network-context half of a SnugPeerLink; everything here happens in that context. It decides when
 * to offer, when to restart ICE and when to start a new session (PROTOCOL.md section 2, "Who offers").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-dialect.h"
#include "snug-signal-message.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_PEER_LINK_CONNECTING,
  SNUG_PEER_LINK_CONNECTED,       /* the `session` channel is open */
  SNUG_PEER_LINK_RECONNECTING,    /* was connected; the route is being mended */
  SNUG_PEER_LINK_FAILED,          /* given up for now; the error says why; retry tries again */
  SNUG_PEER_LINK_CLOSED
} SnugPeerLinkState;

/* What the other context may know, copied at each change. */
typedef struct
{
  SnugPeerLinkState        state;
  SnugPeerConnectionStage  stage;
  guint                    n_sessions; /* opened so far */
  gboolean                 is_silent;  /* CONNECTED, but nothing of it was heard for five seconds, though it was asked */
  GError                  *error;      /* owned, nullable */
  const SnugDialectRules  *rules;      /* borrowed, static: of the member's version */
  gboolean                 has_info;
  SnugPeerConnectionInfo   info;
} SnugPeerLinkStatus;

/**
 * SnugChannelFunc:
 * @channel: (nullable): %NULL if there will be no channel (the connection ended first)
 *
 * Runs in the network context.
 */
typedef void (*SnugChannelFunc) (SnugDataChannel *channel, gpointer user_data);

#define SNUG_TYPE_NEGOTIATOR (snug_negotiator_get_type ())
G_DECLARE_FINAL_TYPE (SnugNegotiator, snug_negotiator, SNUG, NEGOTIATOR, GObject)

/**
 * SnugNegotiator::signal: (SnugSignalMessage *message): to be sent to the member
 * SnugNegotiator::changed: read it with snug_negotiator_get_status()
 * SnugNegotiator::message: (SnugWireMessage *message): (pointer, transfer full) what the member said; one
 *   listener
 * SnugNegotiator::session-opened: a new `session` channel is open
 */

SnugNegotiator *snug_negotiator_new (GMainContext *network, SnugCertificate *certificate,
                                     const SnugPeerConnectionConfig *config, gboolean offerer);

/* What the server says of the member's version; what it shows itself counts more. Before start. */
void snug_negotiator_set_version   (SnugNegotiator *self, guint version);
void snug_negotiator_start         (SnugNegotiator *self);
void snug_negotiator_handle_signal (SnugNegotiator *self, SnugSignalMessage *message);
void snug_negotiator_set_signaling (SnugNegotiator *self, gboolean open);
/* Whom to ask at the next gathering, of this connection and of others after it, and how: see SnugPeerConnectionConfig.
 * @ice_servers: (nullable), not changed any more */
void snug_negotiator_set_servers   (SnugNegotiator *self, GPtrArray *ice_servers, gboolean by_proxy);
void snug_negotiator_retry         (SnugNegotiator *self);
/* The way to the member may have ended without a word: finds out, and mends it. */
void snug_negotiator_check         (SnugNegotiator *self);
/* The server says that the member has entered, again. */
void snug_negotiator_renew         (SnugNegotiator *self);
/* The session is open, but the member is not heard in it: begins another one, or asks for one, once there is
 * signaling. */
void snug_negotiator_begin_anew    (SnugNegotiator *self);
void snug_negotiator_close         (SnugNegotiator *self);
void snug_negotiator_say           (SnugNegotiator *self, const SnugWireMessage *message);
/* See snug_peer_link_open_file() and the others of these names. */
void snug_negotiator_send_text        (SnugNegotiator *self, const char *text);
void snug_negotiator_open_channel     (SnugNegotiator *self, const char *label, const char *protocol,
                                       SnugChannelFunc func, gpointer user_data, GDestroyNotify destroy);
void snug_negotiator_open_file        (SnugNegotiator *self, const char *id, SnugFileStreamFunc func,
                                       gpointer user_data, GDestroyNotify destroy);
void snug_negotiator_expect_file      (SnugNegotiator *self, const char *id, SnugFileStreamFunc func,
                                       gpointer user_data, GDestroyNotify destroy);

/* @status is filled with copies; clear it with snug_peer_link_status_clear(). */
void snug_negotiator_get_status    (SnugNegotiator *self, SnugPeerLinkStatus *status);
void snug_peer_link_status_clear   (SnugPeerLinkStatus *status);

G_END_DECLS
