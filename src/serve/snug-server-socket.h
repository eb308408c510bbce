/* snug-server-socket: what a room of this server speaks to: a WebSocket here (snug-server-guest), or one at another
 * server (snug-server-afar). Each begins with a SnugServerSocket.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signal-message.h"

G_BEGIN_DECLS

typedef struct _SnugServerSocket SnugServerSocket;

/* As SnugServerRoomIo has them. */
typedef struct
{
  void     (*send)   (SnugServerSocket *socket, const char *text, gsize length);
  void     (*ping)   (SnugServerSocket *socket);
  void     (*refuse) (SnugServerSocket *socket, SnugSignalCode code, gboolean fatal);
  void     (*close)  (SnugServerSocket *socket, guint code);
  gboolean (*reached_private) (SnugServerSocket *socket);
} SnugServerSocketFuncs;

struct _SnugServerSocket
{
  const SnugServerSocketFuncs *funcs;
  char                        *client;    /* owned, nullable: as it calls itself */
};

G_END_DECLS
