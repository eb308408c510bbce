/* snug-websocket-stream: one WebSocket, after the upgrade, at either end.
 *
 * Counts before it keeps: a message over its limits, frames faster than their rate, and a peer that
 * does not read what it is sent cost no memory. Pings, and notices the dead. Belongs to the context
 * that was the thread default at construction.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* RFC 6455 section 7.4.1 */
enum
{
  SNUG_WEBSOCKET_CLOSE_NORMAL = 1000,
  SNUG_WEBSOCKET_CLOSE_GOING_AWAY = 1001,
  SNUG_WEBSOCKET_CLOSE_PROTOCOL = 1002,
  SNUG_WEBSOCKET_CLOSE_POLICY = 1008,
  SNUG_WEBSOCKET_CLOSE_TOO_BIG = 1009
};

typedef struct
{
  gsize max_message_bytes;
  guint max_fragments;
  guint max_frames_per_s;   /* 0: any */
  guint max_frame_burst;
  guint ping_interval_ms;   /* 0: never, and nothing is noticed */
  guint dead_after_ms;      /* without any frame */
  gboolean is_client;       /* masks what it sends */
} SnugWebsocketLimits;

typedef enum
{
  SNUG_WEBSOCKET_REFUSED_BAD_FRAME,    /* a server refuses binaries too, a client drops them */
  SNUG_WEBSOCKET_REFUSED_TOO_LARGE,
  SNUG_WEBSOCKET_REFUSED_TOO_FAST
} SnugWebsocketRefusal;

#define SNUG_TYPE_WEBSOCKET_STREAM (snug_websocket_stream_get_type ())
G_DECLARE_FINAL_TYPE (SnugWebsocketStream, snug_websocket_stream, SNUG, WEBSOCKET_STREAM, GObject)

/* One listener. Any of them may close the stream, or drop the last reference to it. */
typedef struct
{
  /* NUL-terminated; not yet known to be UTF-8 or anything else */
  void (*text)    (SnugWebsocketStream *self, const char *text, gsize length, gpointer data);
  /* Any frame at all came: it is alive. */
  void (*alive)   (SnugWebsocketStream *self, gpointer data);
  /* Nothing more is read. The listener may say why, and must close. */
  void (*refused) (SnugWebsocketStream *self, SnugWebsocketRefusal why, gpointer data);
  /* Once, last: it is over, for whatever reason. Not after snug_websocket_stream_close(). */
  void (*lost)    (SnugWebsocketStream *self, gpointer data);
} SnugWebsocketListener;

/**
 * snug_websocket_stream_new:
 * @stream: as it was after the 101 response, with pollable ends
 * @connection: the socket below it, which the stream closes in the end
 * @listener: copied
 *
 * Keeps itself alive until the connection is closed.
 *
 * Returns: (transfer full)
 */
SnugWebsocketStream *snug_websocket_stream_new (GIOStream *stream, GSocketConnection *connection,
                                                const SnugWebsocketLimits *limits,
                                                const SnugWebsocketListener *listener, gpointer data);

/* Sends a text message, or drops the connection if its peer has stopped reading. */
void  snug_websocket_stream_send  (SnugWebsocketStream *self, const char *text, gsize length);
void  snug_websocket_stream_ping  (SnugWebsocketStream *self);
/* Says nothing more to the listener; writes what is queued, a close frame, and ends within seconds. */
void  snug_websocket_stream_close (SnugWebsocketStream *self, guint code, const char *reason);
/* Ends at once. */
void  snug_websocket_stream_kill  (SnugWebsocketStream *self);

G_END_DECLS
