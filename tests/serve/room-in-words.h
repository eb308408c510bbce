/* room-in-words: a room without a network, for tests: what it says is kept as words, one for each thing that went out:
 *   "2<peer-joined:m1"  a frame to socket 2, about m1       "2!room-full"  refused and closed
 *   "2?no-such-peer"    refused, not closed                 "2#1000"       closed
 *   "2~"                pinged
 * Sockets 2, 102, 202 … are of one client.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-server-room.h"

G_BEGIN_DECLS

typedef struct
{
  SnugServerRoom *room;      /* owned */
  GString        *words;     /* owned */
  GPtrArray      *tokens;    /* owned; index: socket */
  GPtrArray      *raw;       /* owned: every text sent, whole */
  GBytes         *key;       /* owned */
  gint64          now_us;
} RoomInWords;

#define SOCKET(n) GUINT_TO_POINTER (n)

void        set_up_room   (RoomInWords *f, SnugServerRoomKind kind, guint capacity, gboolean is_private);
/* As by a server that was restarted, from the token that was given to @old_socket. */
void        make_again    (RoomInWords *f, guint old_socket, guint64 reserved_seq);
void        tear_down     (RoomInWords *f);

void        enter_with    (RoomInWords *f, guint socket, const char *address, const char *token);
/* Somebody new. */
void        enter         (RoomInWords *f, guint socket);
/* On socket 1. */
void        enter_creator (RoomInWords *f);
/* With the token that was given to @old_socket. */
void        enter_again   (RoomInWords *f, guint socket, guint old_socket);
void        enter_legacy  (RoomInWords *f, guint socket, const char *address, const char *role);
/* m1, m2 … on sockets 1, 2 …; what was said on the way is forgotten. */
void        fill          (RoomInWords *f, guint n);

void        say           (RoomInWords *f, guint socket, const char *text);
void        lose          (RoomInWords *f, guint socket);
void        pass_ms       (RoomInWords *f, guint ms);

/* The last text that was sent, whole. */
const char *last_raw      (RoomInWords *f);

/* Checks what was said since the last time. */
#define assert_said(f, expected)                         \
  G_STMT_START {                                         \
    g_assert_cmpstr ((f)->words->str, ==, (expected));   \
    g_string_truncate ((f)->words, 0);                   \
  } G_STMT_END

G_END_DECLS
