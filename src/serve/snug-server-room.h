/* snug-server-room: one room as the server keeps it: members, seats, seq, routing, grace.
 *
 * No sockets and no clock: a socket is an opaque pointer, the time comes with each call, and what is to
 * be said or closed goes out through the functions of SnugServerRoomIo. See PROTOCOL.md section 2.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signal-message.h"
#include "snug-token.h"

G_BEGIN_DECLS

/* The member id of a room's creator, with seq 1. */
#define SNUG_SERVER_ROOM_CREATOR "m1"

typedef struct _SnugServerRoom SnugServerRoom;

/* What a room needs of its server. None of these may call back into the room. After refuse() with
 * @fatal, and after close(), the room has forgotten the socket. */
typedef struct
{
  void (*send)   (gpointer socket, const char *text, gsize length, gpointer data);
  void (*ping)   (gpointer socket, gpointer data);
  /* Says `error`, in the words of the version that the socket speaks, and closes it if @fatal. */
  void (*refuse) (gpointer socket, SnugSignalCode code, gboolean fatal, gpointer data);
  void (*close)  (gpointer socket, guint code, gpointer data);
  /* Whether the same run of a program, or the same page, opened both. */
  gboolean (*is_same_client) (gpointer socket, gpointer other, gpointer data);
  /* Adds the ICE servers that a client on this socket may be told of. */
  void (*add_ice_servers) (gpointer socket, SnugSignalMessage *welcome, gpointer data);
  /* Nullable: a frame went from member to member. */
  void (*relayed) (gpointer data);
} SnugServerRoomIo;

typedef struct
{
  guint resume_grace_ms;
  guint creator_grace_ms;
  guint empty_room_ms;
  guint probe_ms;              /* [2000] how long an old socket has to answer a ping */
  guint pending_ms;            /* [30000] how long a newcomer waits to be noticed */
  guint asked_ms;              /* [300000] and once the host has spoken to it */
  guint max_candidates;        /* [100] of one `neg` from one member to another */
} SnugServerRoomTimes;

typedef enum
{
  SNUG_SERVER_ROOM_VERSION_1,     /* open to whoever comes first, two seats */
  SNUG_SERVER_ROOM_VERSION_2      /* closed until its creator is in */
} SnugServerRoomKind;

/* @claims: code, instance, capacity, is_private, expires are read; the token of the creator, or of the
 * first member to come back after a restart. @io and @times are borrowed, @key is referenced. */
SnugServerRoom *snug_server_room_new  (SnugServerRoomKind kind, const SnugTokenClaims *claims,
                                       const SnugServerRoomIo *io, gpointer io_data,
                                       const SnugServerRoomTimes *times, GBytes *key, gint64 now_us);
/* The same after a restart: members come back by their tokens, in any order. @reserved_seq: above every
 * seq that the server may have given before. */
SnugServerRoom *snug_server_room_recreate (const SnugTokenClaims *claims, guint64 reserved_seq,
                                           const SnugServerRoomIo *io, gpointer io_data,
                                           const SnugServerRoomTimes *times, GBytes *key, gint64 now_us);
/* When `expires` of the claims is, on the clock of @now_us. */
void            snug_server_room_set_expiry (SnugServerRoom *room, gint64 expires_us);
void            snug_server_room_free (SnugServerRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugServerRoom, snug_server_room_free)

/* @claims: (nullable): of a token whose MAC is right. @address: who it is to the limits. */
void     snug_server_room_enter        (SnugServerRoom *room, gpointer socket, const char *address,
                                        const SnugTokenClaims *claims, gint64 now_us);
void     snug_server_room_enter_legacy (SnugServerRoom *room, gpointer socket, const char *address,
                                        const char *role, gint64 now_us);
/* A text frame came. @text: NUL-terminated after @length bytes of a stranger's. */
void     snug_server_room_receive      (SnugServerRoom *room, gpointer socket, const char *text,
                                        gsize length, gint64 now_us);
/* Any frame came on it. */
void     snug_server_room_alive        (SnugServerRoom *room, gpointer socket);
/* The socket is no more. */
void     snug_server_room_lost         (SnugServerRoom *room, gpointer socket, gint64 now_us);

/* Does what has become due. */
void     snug_server_room_tick         (SnugServerRoom *room, gint64 now_us);
/* When to tick next; G_MAXINT64: never. */
gint64   snug_server_room_get_deadline (SnugServerRoom *room);
/* Tells all members, closes their sockets; the room is over. @again_after: seconds, 0 = not again. */
void     snug_server_room_goodbye      (SnugServerRoom *room, const char *reason, guint again_after);
/* Nothing more will happen in it: free it. */
gboolean snug_server_room_is_over      (SnugServerRoom *room);

const char *snug_server_room_get_code      (SnugServerRoom *room);
const char *snug_server_room_get_instance  (SnugServerRoom *room);
gboolean    snug_server_room_is_private    (SnugServerRoom *room);
/* The highest that was given. */
guint64     snug_server_room_get_last_seq  (SnugServerRoom *room);
/* Whether anybody but the creator may know that it is there. */
gboolean    snug_server_room_is_open_yet   (SnugServerRoom *room);
guint       snug_server_room_get_n_members (SnugServerRoom *room);    /* seats taken */
/* Whether @socket is a member's, with a seat. */
gboolean    snug_server_room_has_socket    (SnugServerRoom *room, gpointer socket);
/* What room-info says to version 1. */
void        snug_server_room_get_roles     (SnugServerRoom *room, gboolean *has_sender,
                                            gboolean *has_receiver);
/* (transfer full) The creator's token. */
char       *snug_server_room_make_creator_token (SnugServerRoom *room);

G_END_DECLS
