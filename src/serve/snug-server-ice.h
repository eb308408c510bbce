/* snug-server-ice: a STUN or TURN server that a server names to its members.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signal-message.h"

G_BEGIN_DECLS

typedef struct
{
  char *url;
  char *username;      /* nullable */
  char *credential;    /* nullable */
  char *secret;        /* nullable: the relay has it, too, and each member gets a login of their own made with it */
} SnugServerIceServer;

void snug_server_ice_server_free (SnugServerIceServer *server);

/**
 * snug_server_ice_server_tell:
 * @until_s: when a login that is made for it ends, in unix seconds
 *
 * With a secret by the TURN REST scheme (draft-uberti-behave-turn-rest-00): the username is "UNTIL:RANDOM", which says
 * nothing of anybody, the credential an HMAC of it.
 *
 * Returns: (transfer full): as one member is told of it
 */
SnugSignalIceServer *snug_server_ice_server_tell (const SnugServerIceServer *server, gint64 until_s);

G_END_DECLS
