/* snug-signal-message: the frames of the signaling WebSocket, versions 1 and 2, as structs.
 *
 * A pure codec, used by client and server. See PROTOCOL.md sections 1 and 2.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SNUG_SIGNAL_VERSION 2              /* the newest that we speak */
#define SNUG_SIGNAL_MAX_BYTES 65536        /* one frame */
#define SNUG_SIGNAL_MAX_ID_BYTES 32        /* member ids */
#define SNUG_SIGNAL_MAX_SDP_BYTES 32768
#define SNUG_SIGNAL_MAX_UFRAG_BYTES 256    /* RFC 8839 section 5.4 */
#define SNUG_SIGNAL_MAX_CANDIDATE_BYTES 1024
#define SNUG_SIGNAL_MAX_TOKEN_BYTES 512
#define SNUG_SIGNAL_MAX_TEXT_BYTES 1024    /* reasons, messages, URLs */
#define SNUG_SIGNAL_MAX_MEMBERS 16
#define SNUG_SIGNAL_MAX_ICE_SERVERS 4

typedef enum
{
  SNUG_SIGNAL_UNKNOWN,        /* a type not listed here: @type_name has it */
  /* client → server */
  SNUG_SIGNAL_ENTER, SNUG_SIGNAL_LEAVE, SNUG_SIGNAL_PING,
  SNUG_SIGNAL_ADMIT, SNUG_SIGNAL_DENY, SNUG_SIGNAL_REMOVE, SNUG_SIGNAL_LOCK,
  /* server → client */
  SNUG_SIGNAL_WELCOME, SNUG_SIGNAL_PEER_JOINED, SNUG_SIGNAL_PEER_PENDING, SNUG_SIGNAL_PEER_AWAY,
  SNUG_SIGNAL_PEER_BACK, SNUG_SIGNAL_PEER_LEFT, SNUG_SIGNAL_HOST, SNUG_SIGNAL_ROOM,
  SNUG_SIGNAL_GOODBYE, SNUG_SIGNAL_PONG, SNUG_SIGNAL_ERROR,
  /* member → member */
  SNUG_SIGNAL_OFFER, SNUG_SIGNAL_ANSWER, SNUG_SIGNAL_ICE_CANDIDATE, SNUG_SIGNAL_RESTART,
  SNUG_SIGNAL_PAKE, SNUG_SIGNAL_SEALED
} SnugSignalType;

/* The codes of `error` (PROTOCOL.md section 2), on the wire with hyphens. */
typedef enum
{
  SNUG_SIGNAL_CODE_NONE,           /* version 1 names no code; or one we do not know */
  SNUG_SIGNAL_CODE_ROOM_NOT_FOUND, SNUG_SIGNAL_CODE_ROOM_FULL, SNUG_SIGNAL_CODE_LOCKED,
  SNUG_SIGNAL_CODE_DENIED, SNUG_SIGNAL_CODE_REMOVED, SNUG_SIGNAL_CODE_REPLACED, SNUG_SIGNAL_CODE_IN_USE,
  SNUG_SIGNAL_CODE_BAD_TOKEN, SNUG_SIGNAL_CODE_NOT_ALLOWED, SNUG_SIGNAL_CODE_EXPIRED,
  SNUG_SIGNAL_CODE_PRIVATE, SNUG_SIGNAL_CODE_BAD_MESSAGE, SNUG_SIGNAL_CODE_TOO_LARGE,
  SNUG_SIGNAL_CODE_RATE_LIMITED, SNUG_SIGNAL_CODE_NO_SUCH_PEER, SNUG_SIGNAL_CODE_VERSION
} SnugSignalCode;

typedef struct
{
  char     *id;
  guint64   seq;
  char     *role;        /* nullable: of legacy members, "sender" or "receiver" */
  gboolean  legacy;      /* speaks version 1 on its WebSocket */
  gboolean  away;
} SnugSignalPeer;

typedef struct
{
  char *url;
  char *username;        /* nullable */
  char *credential;      /* nullable */
} SnugSignalIceServer;

/* One frame. Only the fields of its type are set; the others are zero. Reference counted so that it
 * can travel in GObject signals; treat as immutable once shared. */
typedef struct
{
  SnugSignalType  type;
  char           *type_name;     /* always set */
  char           *to;            /* nullable; member-to-member frames */
  char           *from;          /* nullable; stamped by the server */

  /* offer, answer, ice-candidate, restart */
  char           *sdp;
  char           *candidate;     /* "candidate:…" or "": the string inside the JSON string */
  char           *sdp_mid;       /* nullable */
  guint64         neg;           /* 0 = absent (version 1) */
  JsonObject     *caps;          /* nullable; of offer and answer */
  char           *of;            /* nullable; of answer: the ICE ufrag of the offer that it is to */

  /* enter, welcome, peer-*, host */
  char           *peer;          /* `peer`, or of enter `member` */
  guint64         seq;
  char           *role;          /* version 1: "sender" or "receiver" */
  char           *reason;
  char           *token;
  char           *client;        /* nullable; of enter: the same for all sockets of one client */

  /* welcome, room */
  char           *self;
  char           *host;
  GPtrArray      *members;       /* of SnugSignalPeer */
  GPtrArray      *ice_servers;   /* of SnugSignalIceServer */
  guint64         version;
  guint64         capacity;
  guint64         expires;       /* unix seconds; 0 = not said */
  gboolean        locked;
  gboolean        is_private;
  gboolean        resumed;
  gboolean        lost;
  gboolean        pending;       /* welcome: let in only when the host admits us */
  gboolean        legacy;        /* peer-joined: speaks version 1 on its WebSocket; restart, not on the
                                  * wire: the receiver does not know the word */

  /* error, goodbye */
  SnugSignalCode  code;
  char           *message;
  guint64         again_after;   /* seconds */

  /* ping, pong (echoed), lock */
  guint64         t;
  gboolean        on;

  /* pake, sealed: the whole object, for the seal to read */
  JsonObject     *body;

  gatomicrefcount ref_count;
} SnugSignalMessage;

#define SNUG_TYPE_SIGNAL_MESSAGE (snug_signal_message_get_type ())
GType              snug_signal_message_get_type (void);
SnugSignalMessage *snug_signal_message_new   (SnugSignalType type);
SnugSignalMessage *snug_signal_message_ref   (SnugSignalMessage *message);
void               snug_signal_message_unref (SnugSignalMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugSignalMessage, snug_signal_message_unref)

void snug_signal_peer_free (SnugSignalPeer *peer);
void snug_signal_ice_server_free (SnugSignalIceServer *server);

/**
 * snug_signal_message_decode:
 *
 * Through the JSON gate; every field type-checked and capped. A frame whose required fields are missing
 * or ill-typed is refused; unknown types decode as %SNUG_SIGNAL_UNKNOWN; unknown fields are ignored.
 *
 * Returns: (transfer full): the message, or %NULL with a %SNUG_JSON_ERROR
 */
SnugSignalMessage *snug_signal_message_decode (const char *text, gsize length, GError **error);

/* The same for an object that came through the gate already. */
SnugSignalMessage *snug_signal_message_from_object (JsonObject *object, GError **error);

/* %SNUG_SIGNAL_UNKNOWN for what is none. */
SnugSignalType snug_signal_type_from_name (const char *name);

/* TRUE for the types that only a server says: from a client they are nonsense. */
gboolean snug_signal_type_is_of_server (SnugSignalType type);

/* TRUE for [A-Za-z0-9_-]{1,32}: what a member id may look like. */
gboolean snug_signal_is_id (const char *text);

/* Returns: (transfer full): one frame's text. */
char *snug_signal_message_encode (const SnugSignalMessage *message);

/* As in PROTOCOL.md section 2: "room-full"; a word that is not there is %SNUG_SIGNAL_CODE_NONE. */
const char    *snug_signal_code_to_text   (SnugSignalCode code);
SnugSignalCode snug_signal_code_from_text (const char *text);

G_END_DECLS
