/* snug-websocket-parser: WebSocket frames (RFC 6455 section 5), as a server reads them, or a client.
 *
 * Pure: bytes in, events out. Holds at most one message, and refuses what is too long when its header
 * is seen, before a byte of it is kept. (libsoup limits frames only: a message of ever more fragments
 * grows without end. That is why both ends read their sockets themselves.)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_WEBSOCKET_MORE,          /* all bytes are used up */
  SNUG_WEBSOCKET_FRAGMENT,      /* a frame is complete, its message is not */
  SNUG_WEBSOCKET_TEXT,          /* @payload: a whole message */
  SNUG_WEBSOCKET_BINARY,        /* @payload: a whole message */
  SNUG_WEBSOCKET_PING,          /* @payload: to be sent back */
  SNUG_WEBSOCKET_PONG,
  SNUG_WEBSOCKET_CLOSE,
  SNUG_WEBSOCKET_BAD_FRAME,     /* against RFC 6455: nothing after it can be read */
  SNUG_WEBSOCKET_TOO_LARGE      /* over a limit: nothing after it is read */
} SnugWebsocketEvent;

typedef struct
{
  /* limits of one message */
  gsize       max_bytes;
  guint       max_fragments;
  /* RFC 6455 section 5.1: a client masks what it sends, a server does not. */
  gboolean    from_server;

  /* the frame being read */
  guint8      header[14];
  guint       n_header;
  gboolean    in_payload;
  guint64     n_left;
  guint64     n_read;

  /* the message, and a control frame that may stand inside it (RFC 6455 section 5.4) */
  GByteArray *message;          /* owned */
  GByteArray *control;          /* owned */
  guint8      message_opcode;   /* 0: between messages */
  guint       n_fragments;
  gboolean    done;             /* the last event handed out @message: begin anew */
} SnugWebsocketParser;

/* Reads what a client sends. Set @from_server to read what a server does. */
void snug_websocket_parser_init  (SnugWebsocketParser *parser, gsize max_bytes, guint max_fragments);
void snug_websocket_parser_clear (SnugWebsocketParser *parser);

/**
 * snug_websocket_parser_next:
 * @data: (inout): moved past what was read
 * @n_bytes: (inout): lessened by as much
 * @payload: (out) (transfer none): of TEXT, BINARY, PING, PONG, CLOSE; good until the next call
 *
 * Returns: what came; call again until it is %SNUG_WEBSOCKET_MORE
 */
SnugWebsocketEvent snug_websocket_parser_next (SnugWebsocketParser *parser, const guint8 **data,
                                               gsize *n_bytes, GByteArray **payload);

/* Appends one frame. @opcode: 1 text, 8 close, 9 ping, 10 pong. @mask: (nullable): four random bytes of a
 * client; a server does not mask. */
void snug_websocket_append_frame (GByteArray *out, guint8 opcode, const void *payload, gsize n_bytes,
                                  const guint8 *mask);

G_END_DECLS
