/* snug-turn-stream: what a TURN server says over TCP (RFC 8656 section 3.1), looked at on its way to libnice.
 *
 * libnice 0.1.21 goes where an answer of 3xx sends it by itself: beside a proxy, without TLS, and to any address that the
 * server likes. And of a message longer than its buffer it reads the end over what lies behind that. So neither gets there.
 * Nor does an empty ChannelData, which comes of an empty datagram that anybody sends to where the relay listens for us: behind
 * its head libnice reads no bytes more, and takes that for the end of the connection.
 *
 * A pure codec.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest refusal of an allocation that is read. */
#define SNUG_TURN_STREAM_REFUSAL_BYTES 2048

/* Of a message with its head and padding: what libnice has room for. */
#define SNUG_TURN_STREAM_MAX_BYTES 65536

/* Zeros when it begins. */
typedef struct
{
  guint8 message[SNUG_TURN_STREAM_REFUSAL_BYTES];   /* as far as it is there and did not go on: its head, a refusal whole */
  guint  n_there;
  guint  n_to_pass;                                 /* of another message */
} SnugTurnStream;

/**
 * snug_turn_stream_take:
 * @passed: what of all that was taken goes on now is put behind what is there; what it depends on is kept until that has come
 *
 * Returns: %FALSE if these next bytes may not go on; then nothing behind them may, either
 */
gboolean snug_turn_stream_take (SnugTurnStream *self, const guint8 *bytes, gsize n_bytes, GByteArray *passed);

G_END_DECLS
