/* snug-negotiator-private: what the files of a negotiator share. snug-negotiator.c is the connection and its
 * session channel, snug-negotiator-offers.c what is said about them, snug-negotiator-mending.c what is done when
 * they are lost, snug-negotiator-silence.c whether the member is heard.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-backoff.h"
#include "snug-negotiator.h"

G_BEGIN_DECLS

/* Offers that are asked for: at most one in this time, as each costs a gathering (PROTOCOL.md section 4). */
#define SNUG_NEGOTIATOR_RESTART_SPACING_US G_USEC_PER_SEC

struct _SnugNegotiator
{
  GObject                  parent_instance;

  /* Owned */
  GMainContext            *network;
  SnugCertificate         *certificate;
  SnugPeerConnection      *connection;        /* nullable */
  SnugDataChannel         *session;           /* nullable */
  GPtrArray               *ice_servers;       /* nullable */
  SnugDialect             *dialect;           /* nullable once closed */
  GQueue                   early_candidates;  /* of SnugSignalMessage, of an offer still to come */
  GSource                 *mend_timer;
  GSource                 *info_timer;
  GSource                 *probe_timer;
  GSource                 *look_timer;
  GError                  *error;
  char                    *remote_ufrag;
  char                    *offered_ufrag;     /* nullable: of our last offer */

  guint8                   remote_fingerprint[SNUG_FINGERPRINT_SIZE];
  SnugRelayPolicy          relay;
  gboolean                 no_stripes;
  SnugBackoff              backoff;
  SnugPeerLinkState        state;
  guint64                  neg;               /* of the offer in force; 0 = none */
  gint64                   last_offer_us;     /* said, or answered */
  gint64                   trying_us;         /* since when it is being tried; 0 = connected */
  gint64                   searching_us;      /* since when both know where to look for a first route; 0 = not yet, or no more */
  guint                    n_sessions;        /* opened so far */
  guint64                  n_packets;         /* from the member when it was probed */
  guint64                  n_packets_heard;   /* and at the last look */
  guint                    n_silent_looks;    /* since any came */
  gboolean                 by_proxy;
  gboolean                 offerer;
  gboolean                 started;
  gboolean                 signaling_open;
  gboolean                 said_in_vain;      /* something was not sent while signaling was away */
  gboolean                 wants_new_session; /* begun when signaling is back */
  gboolean                 was_connected;
  gboolean                 had_session;       /* begun, if not opened */
  gboolean                 restarted;         /* ICE, in vain so far */
  gboolean                 awaits_answer;     /* to our last offer */
  gboolean                 speaks_version_2;  /* it has shown so */
  gboolean                 is_silent;         /* connected, but not heard */
};

static inline const SnugDialectRules *
rules (SnugNegotiator *self)
{
  return snug_dialect_get_rules (self->dialect);
}

/* snug-negotiator.c */
/* Nothing is entered after CLOSED. @error: nullable, copied */
void     snug_negotiator_enter           (SnugNegotiator *self, SnugPeerLinkState state, const GError *error);
/* "changed" */
void     snug_negotiator_tell            (SnugNegotiator *self);
/* Through the server, if it is there. */
void     snug_negotiator_say_signal      (SnugNegotiator *self, SnugSignalMessage *message);
void     snug_negotiator_learn_version   (SnugNegotiator *self, gboolean shows_version_2);
gboolean snug_negotiator_is_session_open (SnugNegotiator *self);
void     snug_negotiator_make_connection (SnugNegotiator *self);
/* The session channel, of the offerer. */
void     snug_negotiator_open_session    (SnugNegotiator *self);
/* A new connection and its first offer. */
void     snug_negotiator_begin_session   (SnugNegotiator *self);

/* snug-negotiator-offers.c */
void     snug_negotiator_say_offer     (SnugNegotiator *self, gboolean ice_restart);
void     snug_negotiator_ask_for_offer (SnugNegotiator *self, gboolean new_session);

/* snug-negotiator-mending.c */
void     snug_negotiator_mend_later            (SnugNegotiator *self, guint patience_ms);
void     snug_negotiator_give_up_or_try_again  (SnugNegotiator *self, const GError *error);
gboolean snug_negotiator_is_patience_over      (SnugNegotiator *self);
/* How long the next connection may look for a route; 0: as it likes. */
guint    snug_negotiator_get_route_patience_ms (SnugNegotiator *self);

/* snug-negotiator-silence.c */
/* From now on, for as long as the state is CONNECTED. May be called twice. */
void     snug_negotiator_watch_silence (SnugNegotiator *self);

G_END_DECLS
