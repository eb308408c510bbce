/* snug-server-private: what the parts of the server share: the rooms (snug-server.c), connections
 * (snug-server-door.c), HTTP (snug-server-http.c) and the WebSockets (snug-server-guest.c).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <libsoup/soup.h>

#include "snug-server-afar.h"
#include "snug-server-room.h"
#include "snug-server-socket.h"
#include "snug-server.h"
#include "snug-throttle.h"
#include "snug-websocket-stream.h"

G_BEGIN_DECLS

/* A room, and what only the server knows of it. */
typedef struct
{
  SnugServer     *server;       /* borrowed */
  SnugServerRoom *room;         /* owned */
  char           *owner;        /* owned: address that made it; NULL: this process, or a token */
  gint64          created_at;   /* unix seconds */
  guint64         expires;      /* unix seconds */
  gboolean        lost_to_another;   /* server: not over by this one's ending it here */
  GSource        *timer;        /* owned */
  gint64          timer_us;
} SnugServerEntry;

/* One accepted TCP connection; lives as long as its GSocketConnection. */
typedef struct
{
  SnugServer        *server;          /* borrowed; NULL once the server is gone */
  GSocketConnection *connection;      /* borrowed: it owns us */
  char              *address;         /* owned: key to the limits */
  gboolean           reached_private; /* the client found us on a private address */
  gboolean           from_proxy;      /* speaks for others, see X-Forwarded-For */
  gboolean           from_here;       /* the client runs on this computer */
  gboolean           upgraded;
  GSource           *deadline;        /* owned: while it is HTTP */
} SnugServerDoor;

typedef struct _SnugServerGuest SnugServerGuest;

struct _SnugServer
{
  GObject             parent_instance;

  /* Owned */
  GMainContext       *context;
  SoupServer         *soup;
  GPtrArray          *listeners;      /* of Listener */
  GHashTable         *rooms;          /* code → SnugServerEntry */
  GHashTable         *ended;          /* instances of rooms that are over: a token does not bring them back */
  GHashTable         *guests;         /* set of SnugServerGuest */
  GHashTable         *doors;          /* set of SnugServerDoor */
  GHashTable         *n_doors;        /* address → how many */
  GBytes             *key;
  char               *web_root;
  GPtrArray          *ice_servers;    /* nullable */
  GPtrArray          *proxies;        /* nullable, of GInetAddressMask */
  GTlsCertificate    *certificate;    /* nullable */
  SnugThrottle       *joins;          /* those that came to nothing */
  SnugThrottle       *entries;        /* all */
  SnugThrottle       *room_infos;

  SnugServerAfar     *afar;           /* nullable: other servers */

  SnugServerConfig    config;         /* numbers with their defaults filled in; no pointers */
  SnugServerRoomTimes times;
  SnugWebsocketLimits limits;
  guint               port;
  gboolean            stopped;

  /* for /metrics */
  guint64             n_rooms_made;
  guint64             n_entered;
  guint64             n_relayed;
  guint64             n_refused[SNUG_SIGNAL_CODE_VERSION + 1];
};

/* In snug-server.c */
SnugServerEntry *snug_server_find_room (SnugServer *self, const char *code);
/* Makes a room of this kind. @owner: (nullable). NULL and @code if there may be no more. */
SnugServerEntry *snug_server_make_room (SnugServer *self, SnugServerRoomKind kind, guint capacity,
                                        gboolean is_private, const char *owner, SnugSignalCode *code);
/* The living room that a token is of. @error: NONE if there is none, and it may be made again. */
SnugServerEntry *snug_server_find_room_by_token (SnugServer *self, const char *code,
                                                 const SnugTokenClaims *claims, SnugSignalCode *error);
/* After a restart. @reserved_seq: above all that were given; 0: by the clock */
SnugServerEntry *snug_server_make_room_again    (SnugServer *self, const SnugTokenClaims *claims,
                                                 guint64 reserved_seq);
/* The directory may have forgotten that they are ours. Those that another server has by now say goodbye. */
void             snug_server_claim_all_rooms (SnugServer *self);
/* A new room turned out to be another server's: its code is not to be given out. */
void             snug_server_abandon_room (SnugServer *self, SnugServerEntry *entry);
/* After each call into a room: ends it, or sets its timer. @entry may be gone then. */
void             snug_server_settle    (SnugServer *self, SnugServerEntry *entry);
guint            snug_server_count_members (SnugServer *self);
/* @entry, @address, @why: (nullable) */
void             snug_server_report    (SnugServer *self, SnugServerEventKind kind,
                                        const SnugServerEntry *entry, const char *address, const char *why);

/* In snug-server-door.c */
gboolean         snug_server_is_proxy      (SnugServer *self, GInetAddress *address);
void             snug_server_door_rearm    (SnugServerDoor *door);
void             snug_server_listener_free (gpointer listener);
/* The address of this computer at which others reach the server, or NULL: at none (transfer full) */
char            *snug_server_dup_url_for_others (SnugServer *self);

/* In snug-server-http.c */
void             snug_server_add_http_handlers (SnugServer *self);
/* What room-info answers, or NULL: no such room (transfer full) */
char            *snug_server_describe_room     (SnugServer *self, const char *code);

/* In snug-server-guest.c */
/* @client: who it is to the limits. @role: (nullable): of version 1 */
void             snug_server_guest_new     (SnugServer *server, SnugServerDoor *door, GIOStream *stream,
                                            const char *client, const char *code, const char *role);
void             snug_server_guest_goodbye (SnugServerGuest *guest);
void             snug_server_guest_kill    (SnugServerGuest *guest);
void             snug_server_guest_release (gpointer guest);
extern const SnugServerRoomIo snug_server_guest_io;

G_END_DECLS
