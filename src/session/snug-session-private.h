/* snug-session-private: what the files of a session share. snug-session.c is the object, snug-session-entry.c its
 * way into a room and out of it, snug-session-state.c where it stands there, snug-session-files.c what comes and
 * goes, snug-session-secret.c who is to be trusted, snug-session-nearby.c what the local network is told and tells.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-chat.h"
#include "snug-local-host.h"
#include "snug-nearby-announcer.h"
#include "snug-nearby.h"
#include "snug-network-watch.h"
#include "snug-room.h"
#include "snug-session.h"
#include "snug-transfers.h"

G_BEGIN_DECLS

struct _SnugSession
{
  GObject             parent_instance;

  /* Owned: settings */
  char               *name;
  char               *server;
  char               *web_root;
  char               *listen;
  GPtrArray          *ice_servers;
  GFile              *save_to;

  /* Owned: the room */
  char               *code;
  char               *link;
  char               *invite;
  GError             *error;
  char               *trouble;       /* nullable */
  GSource            *slow;          /* nullable: until SLOW_SERVER_MS are over */
  GListStore         *members;       /* what the room's list holds, for the session's life */
  SnugChat           *chat;
  SnugRoom           *room;          /* nullable */
  SnugNetworkWatch   *network_watch; /* nullable before the first room */
  SnugLocalHost      *local_host;    /* nullable */
  GCancellable       *creating;      /* nullable: a room is being made on a server */
  GHashTable         *announced;     /* id → the name by which the chat spoke of them last */

  /* Owned: the local network */
  SnugNearby         *nearby;        /* rooms of others */
  SnugNearbyAnnouncer *announcer;    /* nullable: our own */
  GSource            *renamed;       /* nullable: until the name we are announced by is typed */

  /* Owned: files */
  SnugTransfers      *transfers;
  GListStore         *unfinished;
  GHashTable         *resuming;      /* of SnugUnfinished, borrowed from the list above */

  SnugSecret         *secret;        /* nullable: an open room */

  /* Owned: how to get in again */
  char               *entry_server;
  char               *entry_member;
  char               *entry_token;
  const char         *entry_role;

  SnugSessionState    state;
  SnugMemberDevice    device;
  guint               capacity;
  SnugRelayPolicy     relay_policy;   /* what the next room gets */
  SnugRelayPolicy     room_policy;    /* what this one has got */
  gboolean            stripes;
  SnugAcceptPolicy    accept_policy;
  SnugConflictPolicy  conflict_policy;
  SnugNearbyPolicy    nearby_policy;
  SnugAnnouncement    announcement;
  gboolean            has_nearby;
  gboolean            open;          /* the last room that was made */
  gboolean            is_host;
  gboolean            is_private;
  gboolean            rounds_proxy;
  gboolean            lacks_relay;
  gboolean            guessed;
  char               *knock;         /* owned, nullable */
  gboolean            locked;
  gint64              expires;
  guint               n_connected;
  gboolean            was_connected; /* to anybody in this room */
  gboolean            was_in;        /* the server let us into this room */
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ERROR,
  PROP_TROUBLE,
  PROP_CODE,
  PROP_LINK,
  PROP_INVITE,
  PROP_NAME,
  PROP_DEVICE,
  PROP_SERVER,
  PROP_WEB_ROOT,
  PROP_LISTEN,
  PROP_CAPACITY,
  PROP_RELAY_POLICY,
  PROP_STRIPES,
  PROP_ICE_SERVERS,
  PROP_ACCEPT_POLICY,
  PROP_CONFLICT_POLICY,
  PROP_SAVE_TO,
  PROP_NEARBY,
  PROP_ANNOUNCEMENT,
  PROP_HAS_NEARBY,
  PROP_IS_HOST,
  PROP_PRIVATE,
  PROP_ROUNDS_PROXY,
  PROP_LACKS_RELAY,
  PROP_GUESSED,
  PROP_KNOCK,
  PROP_LOCKED,
  PROP_EXPIRES,
  PROP_N_CONNECTED,
  N_PROPS
};

void snug_session_notify      (SnugSession *self, guint prop);
/* Notifies if it changes. */
void snug_session_set_boolean (SnugSession *self, gboolean *field, gboolean value, guint prop);

/* @error_taken: nullable */
void snug_session_set_error         (SnugSession *self, GError *error_taken);
void snug_session_enter_state       (SnugSession *self, SnugSessionState state);
void snug_session_fail              (SnugSession *self, SnugSessionError code, const char *sentence);
void snug_session_fail_as_signaling (SnugSession *self, const GError *error);
void snug_session_show_knock        (SnugSession *self);
/* The room that was just made. */
void snug_session_listen_to_room    (SnugSession *self);
void snug_session_forget_room       (SnugSession *self);

/* After whatever may make our room one to be announced, or no longer. */
void snug_session_update_announcement (SnugSession *self);
void snug_session_announce_new_name   (SnugSession *self);
void snug_session_nearby_init         (SnugSession *self);
void snug_session_nearby_clear        (SnugSession *self);   /* may run twice */

void snug_session_files_init  (SnugSession *self);
void snug_session_files_clear (SnugSession *self);
/* "offer-received" */
void snug_session_emit_offer_received (SnugSession *self, SnugTransfer *transfer);

/* The same room once more, by another link. */
void snug_session_enter_again (SnugSession *self, const SnugRoomLink *link);
/* @folded: nullable */
void     snug_session_set_secret (SnugSession *self, const char *folded);
gboolean snug_session_is_pending (SnugSession *self);
/* What else than a word of the host we wait for; nullable */
const char *snug_session_explain_pending (SnugSession *self);
/* Why a room does not let us in, for a person. Returns: the sentence */
const char *snug_session_explain_refusal (const GError *refusal, SnugSessionError *code);

/* What signaling says, for a person. Returns: the sentence */
const char *snug_session_explain (const GError *signaling_error, SnugSessionError *code);

G_END_DECLS
