/* snug-server: the signaling server and the web client's host, as a library.
 *
 * Used by the program snug-server (many rooms) and by the app and snug-cli (the built-in server: one
 * room of their own). Belongs to the context that was the thread default at construction. Knows
 * nothing of rtc.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "snug-directory.h"
#include "snug-server-ice.h"

G_BEGIN_DECLS

typedef enum
{
  SNUG_SERVER_ROOM_MADE,
  SNUG_SERVER_ROOM_OVER,
  SNUG_SERVER_ENTERED,
  SNUG_SERVER_REFUSED
} SnugServerEventKind;

/* Something that an operator may want in a log. Without the room's code: it opens the door of open rooms. */
typedef struct
{
  SnugServerEventKind kind;
  const char         *room;       /* nullable: a name for this life of the room, that means nothing else */
  const char         *address;    /* nullable: who it is to the limits */
  const char         *why;        /* nullable: of a refusal, a code of PROTOCOL.md section 2 */
} SnugServerEvent;

/* Defaults in brackets; zero means the default. Borrowed during construction. */
typedef struct
{
  const char *web_root;             /* folder of the web client; NULL: no page, only the API */
  gboolean    built_in;             /* one own room; create-room over HTTP answers 403; Host and Origin checked;
                                     * peers from loopback, private and on-link prefixes only */
  gboolean    allow_any_peer;       /* built_in: also take peers from public addresses */
  GPtrArray  *proxies;              /* nullable, of GInetAddressMask: who names the client in X-Forwarded-For */
  GTlsCertificate *certificate;     /* nullable: with its private key; the server then speaks TLS only */
  const char *key_file;             /* HMAC key of tokens, made with 0600 if absent; NULL: a key in memory */
  SnugDirectory *directory;         /* nullable; has to live longer: other servers of our name, and the key */
  GPtrArray  *ice_servers;          /* nullable, of SnugServerIceServer */
  guint       max_frame_bytes;      /* [65536] */
  guint       max_frames_per_s;     /* [20] */
  guint       max_frame_burst;      /* [200] */
  guint       max_rooms_per_address;        /* [20] */
  guint       max_joins_per_minute;         /* [5] a minute and address */
  guint       max_room_infos_per_minute;    /* [20] */
  guint       ping_interval_ms;             /* [25000] */
  guint       dead_after_ms;                /* [60000] */
  guint       empty_room_ms;                /* [300000] version-1 rooms */
  guint       creator_grace_ms;             /* [60000] version-2 creator must enter in this time */
  guint       resume_grace_ms;              /* [180000] */
  guint       room_lifetime_s;              /* [86400] */
  guint       patience_ms;                  /* [15000] for an HTTP request, and for `enter` after an upgrade */
  void      (*on_event) (const SnugServerEvent *event, gpointer data);    /* nullable; may not call the server */
  gpointer    event_data;
} SnugServerConfig;

#define SNUG_TYPE_SERVER (snug_server_get_type ())
G_DECLARE_FINAL_TYPE (SnugServer, snug_server, SNUG, SERVER, GObject)

SnugServer *snug_server_new (const SnugServerConfig *config);

/**
 * snug_server_listen:
 * @address: "ADDR:PORT" or "[ADDR]:PORT"; port 0 takes any free one
 *
 * Listens on its own socket with a backlog of 4096. May be called for several addresses.
 *
 * Returns: %TRUE, or %FALSE with a %G_IO_ERROR (address in use, not available, no permission)
 */
gboolean snug_server_listen (SnugServer *self, const char *address, GError **error);

/* From the next connection on. Nothing happens to a server that was made without one. */
void     snug_server_set_certificate (SnugServer *self, GTlsCertificate *certificate);

/* The port of the first listening socket. */
guint    snug_server_get_port (SnugServer *self);

/**
 * snug_server_create_room:
 *
 * What `POST /api/create-room` does, for the process that hosts the server.
 *
 * Returns: %TRUE and the room's code and its creator's membership (all transfer full)
 */
gboolean snug_server_create_room (SnugServer *self, guint capacity, gboolean is_private,
                                  char **code, char **member, char **token, GError **error);

/* What `goodbye` tells members to wait before they try again, when the reason is "restart". */
#define SNUG_SERVER_AGAIN_AFTER_S 5

/**
 * snug_server_stop:
 * @reason: for the members: "restart" (come back, see above) or "over"
 *
 * Listens no more, says `goodbye` to every member and closes their sockets, which takes a moment: see
 * snug_server_get_n_connections(). Idempotent.
 */
void     snug_server_stop (SnugServer *self, const char *reason);

/* Open TCP connections, of all kinds. */
guint    snug_server_get_n_connections (SnugServer *self);

G_END_DECLS
