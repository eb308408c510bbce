/* snug-peer-connection-private: what the files of a peer connection share. snug-peer-connection.c is its layers, their
 * states and what is asked of it, snug-peer-connection-descriptions.c what the two sides tell each other to find one
 * another: offers, answers and candidates.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-bulk-channels.h"
#include "snug-channel-set.h"
#include "snug-dtls-transport.h"
#include "snug-ice-transport.h"
#include "snug-peer-connection.h"
#include "snug-port-splitter.h"
#include "snug-sctp-transport.h"
#include "snug-sdp.h"

G_BEGIN_DECLS

struct _SnugPeerConnection
{
  GObject parent_instance;

  /* owned */
  GMainContext       *context;
  SnugCertificate    *certificate;
  SnugIceTransport   *ice;
  SnugDtlsTransport  *dtls;            /* nullable until there is a route */
  SnugPortSplitter   *splitter;        /* nullable until the peer is verified */
  SnugSctpTransport  *sctp;            /* the same */
  SnugChannelSet     *channels;
  SnugBulkChannels   *bulk;            /* nullable until @sctp is connected */
  SnugSdp            *remote;          /* nullable: the peer's description in force */
  GPtrArray          *early;           /* of SnugCandidate */
  GError             *error;

  SnugPeerConnectionState  state;
  SnugPeerConnectionStage  stage;
  guint64             session_id;
  guint64             session_version;
  gboolean            has_offer;         /* ours, made and not yet answered */
  gboolean            is_restart_offer;
  gboolean            includes_candidates;   /* they were told before and belong in the description */
  gboolean            is_dtls_client;
  gboolean            early_end;         /* the end of candidates came early too */
  gboolean            may_bulk;          /* the peer knows of it */
  gboolean            may_stripe;        /* of several, too */
};

/* Returns: %FALSE if there is no such move */
gboolean snug_peer_connection_enter       (SnugPeerConnection *self, SnugPeerConnectionState state);
/* Never back to an earlier one. */
void     snug_peer_connection_enter_stage (SnugPeerConnection *self, SnugPeerConnectionStage stage);

/* Returns: %FALSE and a reason if it has failed or was closed */
gboolean snug_peer_connection_check_open  (SnugPeerConnection *self, GError **error);

G_END_DECLS
