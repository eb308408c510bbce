/* snug-websocket-signaling: the signaling of a room over a WebSocket to a Snug or 0trace server.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-signaling.h"

G_BEGIN_DECLS

#define SNUG_TYPE_WEBSOCKET_SIGNALING (snug_websocket_signaling_get_type ())
G_DECLARE_FINAL_TYPE (SnugWebsocketSignaling, snug_websocket_signaling, SNUG, WEBSOCKET_SIGNALING, SnugSignaling)

/* What create-room answered. */
typedef struct
{
  char    *code;
  char    *member;    /* nullable: version-1 server */
  char    *token;     /* nullable: version-1 server */
  gboolean v2;
} SnugCreatedRoom;

void snug_created_room_free (SnugCreatedRoom *room);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugCreatedRoom, snug_created_room_free)

/**
 * snug_websocket_signaling_create_room_async:
 * @server: "http[s]://HOST[:PORT]", no path
 * @capacity: 2 … 16
 *
 * `POST /api/create-room`. A server that is waking up is tried again, up to 30 s in all.
 *
 * Returns: by the finish: (transfer full) (nullable): %NULL with a #SnugSignalingError, or %G_IO_ERROR_CANCELLED
 */
void             snug_websocket_signaling_create_room_async  (const char *server, guint capacity, gboolean is_private,
                                                              GCancellable *cancellable,
                                                              GAsyncReadyCallback callback, gpointer user_data);
SnugCreatedRoom *snug_websocket_signaling_create_room_finish (GAsyncResult *result, GError **error);

/**
 * snug_websocket_signaling_new:
 * @server: "http[s]://HOST[:PORT]"
 * @code: room code, upper case
 * @member: (nullable): with @token, the membership that create-room or an earlier welcome gave
 * @role: for a version-1 server: "sender" (we created the room) or "receiver"
 *
 * Does nothing until snug_signaling_open(). Speaks version 2, and version 1 if the server sends no
 * `welcome` within one second of being let in.
 */
SnugSignaling *snug_websocket_signaling_new (const char *server, const char *code,
                                             const char *member, const char *token, const char *role);

/* The room is private: no falling back to version 1, but SNUG_SIGNALING_ERROR_NOT_PRIVATE. Before
 * snug_signaling_open(). */
void snug_websocket_signaling_set_private (SnugSignaling *self);

/* For tests: how often it pings, and after how much silence a server is taken for dead, in milliseconds [25000,
 * 60000]. Before snug_signaling_open(). */
void snug_websocket_signaling_set_ping (SnugSignaling *self, guint ping_ms, guint dead_ms);

/* For tests: whether it would have tried again by now, but for snug_signaling_hold(). */
gboolean snug_websocket_signaling_is_held (SnugSignaling *self);

G_END_DECLS
