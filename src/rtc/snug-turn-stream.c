/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-turn-stream.h"

#include <string.h>

/* Of ChannelData (RFC 8656 section 12.4), and as much of STUN's head as says how long a message is. */
#define HEAD_BYTES 4
#define STUN_HEAD_BYTES 20

/* RFC 8489 section 5 and RFC 8656 section 12.4: the first two bits tell one from the other. */
#define KIND_BITS 0xc0
#define KIND_STUN 0x00
#define KIND_CHANNEL_DATA 0x40

#define ALLOCATE_REFUSED 0x0113
#define ERROR_CODE 0x0009
#define CLASS_TRY_ELSEWHERE 3

static guint
read_16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

static guint
pad (guint n_bytes)
{
  return (n_bytes + 3) & ~3u;
}

/* With what it is padded by; 0 of what is neither. */
static guint
length_of (const guint8 *head)
{
  switch (head[0] & KIND_BITS)
    {
    case KIND_STUN: return pad (STUN_HEAD_BYTES + read_16 (head + 2));
    case KIND_CHANNEL_DATA: return pad (HEAD_BYTES + read_16 (head + 2));
    default: return 0;
    }
}

static gboolean
sends_elsewhere (const guint8 *message, guint n_bytes)
{
  guint at = STUN_HEAD_BYTES;

  while (at + HEAD_BYTES <= n_bytes)
    {
      guint n_value = read_16 (message + at + 2);

      /* RFC 8489 section 14.8: the class is in the third byte. Nobody else than libnice need make sense of a cut one. */
      if (read_16 (message + at) == ERROR_CODE && at + HEAD_BYTES + 3 <= n_bytes
          && (message[at + HEAD_BYTES + 2] & 7) == CLASS_TRY_ELSEWHERE)
        return TRUE;
      at += HEAD_BYTES + pad (n_value);
    }
  return FALSE;
}

/* Up to @n_wanted; returns how many were taken. */
static gsize
gather (SnugTurnStream *self, guint n_wanted, const guint8 *bytes, gsize n_bytes)
{
  gsize n_taken = MIN (n_bytes, n_wanted - self->n_there);

  memcpy (self->message + self->n_there, bytes, n_taken);
  self->n_there += (guint) n_taken;
  return n_taken;
}

static void
pass_on (SnugTurnStream *self, GByteArray *passed)
{
  g_byte_array_append (passed, self->message, self->n_there);
  self->n_there = 0;
}

/* The head of a message is there. */
static gboolean
weigh (SnugTurnStream *self, GByteArray *passed)
{
  guint length = length_of (self->message);

  if (length == 0 || length > SNUG_TURN_STREAM_MAX_BYTES)
    return FALSE;
  if (read_16 (self->message) == ALLOCATE_REFUSED)
    {
      if (length > sizeof self->message)
        return FALSE;
      if (self->n_there < length)
        return TRUE;
      if (sends_elsewhere (self->message, length))
        return FALSE;
      pass_on (self, passed);
      return TRUE;
    }
  self->n_to_pass = length - self->n_there;
  if (self->n_to_pass > 0)
    pass_on (self, passed);
  else
    self->n_there = 0;   /* ChannelData of nothing: STUN's head is longer */
  return TRUE;
}

gboolean
snug_turn_stream_take (SnugTurnStream *self, const guint8 *bytes, gsize n_bytes, GByteArray *passed)
{
  while (n_bytes > 0)
    {
      gsize n_taken;

      if (self->n_to_pass > 0)
        {
          n_taken = MIN (n_bytes, self->n_to_pass);
          g_byte_array_append (passed, bytes, (guint) n_taken);
          self->n_to_pass -= (guint) n_taken;
        }
      else
        {
          guint n_wanted = self->n_there < HEAD_BYTES ? HEAD_BYTES : length_of (self->message);

          n_taken = gather (self, n_wanted, bytes, n_bytes);
          if (self->n_there >= HEAD_BYTES && !weigh (self, passed))
            return FALSE;
        }
      bytes += n_taken;
      n_bytes -= n_taken;
    }
  return TRUE;
}
