/* snug-server-afar: rooms that other servers behind our name have, and members of our rooms who came in by them.
 *
 * A room lives on one server, its home, as if there were no other. A member who comes to another one is carried:
 * that server keeps the WebSocket with all its limits, a SnugServerCall, and the home has a socket that stands for it.
 * What is said between them is one line of words and, behind it, a frame as it came:
 *
 *   FROM enter ID CODE ADDRESS private|public sender|receiver|-    with the first frame
 *   FROM text ID            a frame, either way
 *   FROM alive ID           a frame came after `ping`
 *   FROM lost ID
 *   FROM ping ID            from the home, as are
 *   FROM refuse ID CODE fatal|mild
 *   FROM close ID NUMBER
 *   FROM in ID              it has a seat
 *   FROM describe ID CODE   for room-info, and
 *   FROM described ID       the answer to it
 *
 * When the way to a home is lost, members are, too: they come back by their tokens, and a home that is gone is made
 * again where the first of them comes in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-directory.h"
#include "snug-server-socket.h"
#include "snug-server.h"

G_BEGIN_DECLS

typedef struct _SnugServerAfar SnugServerAfar;
typedef struct _SnugServerCall SnugServerCall;

/* Who wants in. */
typedef struct
{
  const char *code;
  const char *address;
  const char *role;             /* nullable: of version 1 */
  gboolean    reached_private;
  const char *text;             /* the first frame of version 2; NULL with a role */
} SnugServerKnock;

/* @directory: borrowed */
SnugServerAfar *snug_server_afar_new  (SnugServer *server, SnugDirectory *directory);
void            snug_server_afar_free (SnugServerAfar *afar);

/* Has a room at @home speak to @socket. @on_in: it has a seat. */
SnugServerCall *snug_server_afar_call (SnugServerAfar *afar, const char *home, const SnugServerKnock *knock,
                                       SnugServerSocket *socket, void (*on_in) (SnugServerSocket *socket));
void            snug_server_call_text    (SnugServerCall *call, const char *text, gsize length);
void            snug_server_call_alive   (SnugServerCall *call);
/* The socket is no more, or has had its last word. Frees @call. */
void            snug_server_call_hang_up (SnugServerCall *call);
guint           snug_server_afar_count_calls (SnugServerAfar *afar);

/* @answer: (nullable): NULL: there is no such room */
typedef void (*SnugServerDescribed) (const char *answer, gpointer data);
/* What room-info says of a room that is not here. */
void            snug_server_afar_describe (SnugServerAfar *afar, const char *code, SnugServerDescribed described,
                                           gpointer data);

G_END_DECLS
