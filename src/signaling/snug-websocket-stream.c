/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-websocket-stream.h"

#include <gnutls/crypto.h>
#include <string.h>

#include "snug-context.h"
#include "snug-token-bucket.h"
#include "snug-websocket-parser.h"

/* What may wait for a peer that reads slowly: a room's worth of descriptions, several times over. */
#define MAX_BACKLOG_BYTES (1024 * 1024)
#define READ_BYTES 16384
/* How long a closing peer has to read what is left and to say close too. */
#define LINGER_MS 3000

typedef enum
{
  OPEN,
  CLOSING,    /* our close frame is queued; input is thrown away */
  ENDED
} State;

struct _SnugWebsocketStream
{
  GObject                parent_instance;

  GMainContext          *context;        /* owned */
  GIOStream             *stream;         /* owned */
  GSocketConnection     *connection;     /* owned */
  SnugWebsocketLimits    limits;
  SnugWebsocketListener  listener;
  gpointer               listener_data;  /* borrowed */

  State                  state;
  gboolean               refused;        /* reads and throws away from now on */
  gboolean               broken;         /* writes nothing more */
  SnugWebsocketParser    parser;
  SnugTokenBucket        bucket;
  GByteArray            *out;            /* owned: not yet written */
  gint64                 heard_us;

  GSource               *in_source;      /* owned */
  GSource               *out_source;     /* owned */
  GSource               *timer;          /* owned: ping while OPEN, linger while CLOSING */
};

G_DEFINE_FINAL_TYPE (SnugWebsocketStream, snug_websocket_stream, G_TYPE_OBJECT)

static void flush (SnugWebsocketStream *self);

static void
end (SnugWebsocketStream *self)
{
  if (self->state == ENDED)
    return;

  self->state = ENDED;
  snug_clear_source (&self->in_source);
  snug_clear_source (&self->out_source);
  snug_clear_source (&self->timer);
  /* The socket, not the stream on it: nobody waits for a goodbye of TLS. */
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  g_object_unref (self);
}

static void
lose (SnugWebsocketStream *self)
{
  gboolean tell = self->state == OPEN;

  if (self->state == ENDED)
    return;

  g_object_ref (self);
  end (self);
  if (tell)
    self->listener.lost (self, self->listener_data);
  g_object_unref (self);
}

static void
on_broken (gpointer data)
{
  lose (data);
}

/* In a later turn: the listener may be in the middle of telling a whole room something. */
static void
lose_later (SnugWebsocketStream *self)
{
  if (self->broken)
    return;
  self->broken = TRUE;
  g_byte_array_set_size (self->out, 0);
  snug_context_post (self->context, on_broken, g_object_ref (self), g_object_unref);
}

/* Writing */

static gboolean
on_writable (GObject *pollable, gpointer data)
{
  SnugWebsocketStream *self = data;

  snug_clear_source (&self->out_source);
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
wait_until_writable (SnugWebsocketStream *self)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);

  if (self->out_source != NULL)
    return;
  self->out_source = g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (output), NULL);
  g_source_set_callback (self->out_source, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->out_source, self->context);
}

static void
on_all_written (SnugWebsocketStream *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);

  /* Half-closed, so that a peer still sending reads our reason instead of a reset. */
  if (self->state == CLOSING)
    g_socket_shutdown (socket, FALSE, TRUE, NULL);
}

static void
flush (SnugWebsocketStream *self)
{
  GOutputStream *output = g_io_stream_get_output_stream (self->stream);
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->state == ENDED || self->out_source != NULL)
    return;

  while (self->out->len > 0)
    {
      n = g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), self->out->data,
                                                      self->out->len, NULL, &error);
      if (n > 0)
        g_byte_array_remove_range (self->out, 0, (guint) n);
      else if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return wait_until_writable (self);
      else
        return lose_later (self);
    }
  on_all_written (self);
}

static void
queue_frame (SnugWebsocketStream *self, guint8 opcode, const void *payload, gsize length)
{
  guint8 mask[4];

  if (self->broken)
    return;
  if (self->out->len + length > MAX_BACKLOG_BYTES)
    {
      g_debug ("a peer does not read what it is sent: dropped");
      lose_later (self);
      return;
    }
  if (self->limits.is_client)
    gnutls_rnd (GNUTLS_RND_NONCE, mask, sizeof mask);
  snug_websocket_append_frame (self->out, opcode, payload, length, self->limits.is_client ? mask : NULL);
  flush (self);
}

void
snug_websocket_stream_send (SnugWebsocketStream *self, const char *text, gsize length)
{
  if (self->state == OPEN)
    queue_frame (self, 1, text, length);
}

void
snug_websocket_stream_ping (SnugWebsocketStream *self)
{
  if (self->state == OPEN)
    queue_frame (self, 9, NULL, 0);
}

/* Timers */

static gboolean
on_linger_over (gpointer data)
{
  lose (data);
  return G_SOURCE_REMOVE;
}

static void arm_ping (SnugWebsocketStream *self, guint delay_ms);

static gboolean
on_ping_time (gpointer data)
{
  SnugWebsocketStream *self = data;
  gint64 silent_ms = (g_get_monotonic_time () - self->heard_us) / 1000;

  if (silent_ms >= self->limits.dead_after_ms)
    {
      g_debug ("silent for %" G_GINT64_FORMAT " ms: dropped", silent_ms);
      lose (self);
      return G_SOURCE_REMOVE;
    }

  g_object_ref (self);
  snug_websocket_stream_ping (self);
  if (self->state == OPEN)
    arm_ping (self, (guint) MIN (self->limits.ping_interval_ms,
                                 self->limits.dead_after_ms - silent_ms));
  g_object_unref (self);
  return G_SOURCE_REMOVE;
}

static void
arm_ping (SnugWebsocketStream *self, guint delay_ms)
{
  snug_clear_source (&self->timer);
  if (self->limits.ping_interval_ms > 0)
    self->timer = snug_context_timeout (self->context, delay_ms, on_ping_time, self);
}

void
snug_websocket_stream_close (SnugWebsocketStream *self, guint code, const char *reason)
{
  guint8 payload[2 + 123] = { (guint8) (code >> 8), (guint8) code };
  gsize n_reason = MIN (strlen (reason), sizeof payload - 2);

  if (self->state != OPEN)
    return;

  memcpy (payload + 2, reason, n_reason);
  self->state = CLOSING;
  snug_clear_source (&self->timer);
  self->timer = snug_context_timeout (self->context, LINGER_MS, on_linger_over, self);
  queue_frame (self, 8, payload, 2 + n_reason);
}

void
snug_websocket_stream_kill (SnugWebsocketStream *self)
{
  self->state = self->state == OPEN ? CLOSING : self->state;
  lose (self);
}

/* Reading */

static void
refuse (SnugWebsocketStream *self, SnugWebsocketRefusal why)
{
  self->refused = TRUE;
  self->listener.refused (self, why, self->listener_data);
}

static void
on_text (SnugWebsocketStream *self, GByteArray *payload)
{
  g_byte_array_append (payload, (const guint8 *) "", 1);
  self->listener.text (self, (const char *) payload->data, payload->len - 1, self->listener_data);
}

/* RFC 6455 section 5.5.1: a close is answered by a close. */
static void
on_close_frame (SnugWebsocketStream *self)
{
  if (self->state == CLOSING)
    {
      lose (self);
      return;
    }

  snug_websocket_stream_close (self, SNUG_WEBSOCKET_CLOSE_NORMAL, "");
  self->listener.lost (self, self->listener_data);
}

static gboolean
handle_event (SnugWebsocketStream *self, SnugWebsocketEvent event, GByteArray *payload)
{
  if (event == SNUG_WEBSOCKET_BAD_FRAME)
    refuse (self, SNUG_WEBSOCKET_REFUSED_BAD_FRAME);
  else if (event == SNUG_WEBSOCKET_TOO_LARGE)
    refuse (self, SNUG_WEBSOCKET_REFUSED_TOO_LARGE);
  else if (self->limits.max_frames_per_s > 0 && !snug_token_bucket_take (&self->bucket, g_get_monotonic_time ()))
    refuse (self, SNUG_WEBSOCKET_REFUSED_TOO_FAST);
  else if (event == SNUG_WEBSOCKET_BINARY && !self->limits.is_client)
    refuse (self, SNUG_WEBSOCKET_REFUSED_BAD_FRAME);
  else if (event == SNUG_WEBSOCKET_TEXT)
    on_text (self, payload);
  else if (event == SNUG_WEBSOCKET_PING)
    queue_frame (self, 10, payload->data, payload->len);
  else if (event == SNUG_WEBSOCKET_CLOSE)
    on_close_frame (self);
  return self->state == OPEN && !self->refused;
}

static void
read_frames (SnugWebsocketStream *self, const guint8 *data, gsize n_bytes)
{
  GByteArray *payload = NULL;
  SnugWebsocketEvent event;

  do
    {
      event = snug_websocket_parser_next (&self->parser, &data, &n_bytes, &payload);
      if (event == SNUG_WEBSOCKET_MORE)
        continue;
      self->heard_us = g_get_monotonic_time ();
      self->listener.alive (self, self->listener_data);
      if (self->state != OPEN || !handle_event (self, event, payload))
        return;
    }
  while (n_bytes > 0);
}

/* While closing only a close frame matters, and none is looked for behind what was refused. */
static void
read_leftovers (SnugWebsocketStream *self, const guint8 *data, gsize n_bytes)
{
  GByteArray *payload = NULL;
  SnugWebsocketEvent event;

  if (self->refused)
    return;
  do
    {
      event = snug_websocket_parser_next (&self->parser, &data, &n_bytes, &payload);
      if (event == SNUG_WEBSOCKET_CLOSE)
        return lose (self);
      if (event == SNUG_WEBSOCKET_BAD_FRAME || event == SNUG_WEBSOCKET_TOO_LARGE)
        self->refused = TRUE;
    }
  while (n_bytes > 0 && !self->refused);
}

static gboolean
on_readable (GObject *pollable, gpointer data)
{
  SnugWebsocketStream *self = data;
  g_autoptr (GError) error = NULL;
  guint8 buffer[READ_BYTES];
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (pollable), buffer,
                                                       sizeof buffer, NULL, &error);

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;

  g_object_ref (self);
  if (n <= 0)
    lose (self);
  else if (self->state == OPEN && !self->refused)
    read_frames (self, buffer, (gsize) n);
  else
    read_leftovers (self, buffer, (gsize) n);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

SnugWebsocketStream *
snug_websocket_stream_new (GIOStream *stream, GSocketConnection *connection,
                           const SnugWebsocketLimits *limits,
                           const SnugWebsocketListener *listener, gpointer data)
{
  SnugWebsocketStream *self = g_object_new (SNUG_TYPE_WEBSOCKET_STREAM, NULL);
  GInputStream *input = g_io_stream_get_input_stream (stream);

  self->stream = g_object_ref (stream);
  self->connection = g_object_ref (connection);
  self->limits = *limits;
  self->listener = *listener;
  self->listener_data = data;
  self->heard_us = g_get_monotonic_time ();
  self->bucket = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (limits->max_frames_per_s,
                                                           limits->max_frame_burst);
  snug_websocket_parser_init (&self->parser, limits->max_message_bytes, limits->max_fragments);
  self->parser.from_server = limits->is_client;
  arm_ping (self, limits->ping_interval_ms);

  self->in_source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (self->in_source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->in_source, self->context);
  return g_object_ref (self);
}

static void
snug_websocket_stream_finalize (GObject *object)
{
  SnugWebsocketStream *self = SNUG_WEBSOCKET_STREAM (object);

  snug_websocket_parser_clear (&self->parser);
  g_byte_array_unref (self->out);
  g_clear_object (&self->stream);
  g_clear_object (&self->connection);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (snug_websocket_stream_parent_class)->finalize (object);
}

static void
snug_websocket_stream_class_init (SnugWebsocketStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_websocket_stream_finalize;
}

static void
snug_websocket_stream_init (SnugWebsocketStream *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->out = g_byte_array_new ();
}
