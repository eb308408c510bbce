/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dialect-v2.h"

#include <string.h>

#include "snug-token-bucket.h"

/* PROTOCOL.md section 4, limits. */
#define TAKE_PER_SECOND 20
#define TAKE_BURST 200

static gboolean
we_offer (const char *role, guint64 own_seq, guint64 seq)
{
  return own_seq < seq;
}

const SnugDialectRules snug_dialect_v2_rules = {
  .version = SNUG_WIRE_VERSION,
  .we_offer = we_offer,
  .takes_requests = TRUE,
  .ask_patience_ms = 4 * 1000,
  .answer_patience_ms = 10 * 1000,
  .first_patience_ms = 45 * 1000,
  .again_patience_ms = 300 * 1000,
  .large_file_bytes = G_MAXUINT64,
};

/* --- one file, one channel ------------------------------------------------------------------------- */

#define TYPE_CHANNEL_STREAM (channel_stream_get_type ())
G_DECLARE_FINAL_TYPE (ChannelStream, channel_stream, CHANNEL, STREAM, SnugFileStream)

struct _ChannelStream
{
  SnugFileStream   parent_instance;

  SnugDataChannel *channel;    /* owned */
};

G_DEFINE_FINAL_TYPE (ChannelStream, channel_stream, SNUG_TYPE_FILE_STREAM)

static void
on_text (ChannelStream *self, GBytes *message)
{
  SnugFileStream *stream = SNUG_FILE_STREAM (self);
  SnugWireFileText text;
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  if (!snug_wire_decode_file_text (data, length, &text, NULL))
    snug_file_stream_tell_nonsense (stream, "text");
  else if (text.is_hash)
    snug_file_stream_tell_piece (stream, text.hash);
  else
    snug_file_stream_tell_begun (stream, text.entry, text.offset, text.size);
}

static void
on_message (SnugDataChannel *channel, GBytes *message, gboolean is_text, gpointer user_data)
{
  g_autoptr (ChannelStream) self = g_object_ref (user_data);

  if (is_text)
    on_text (self, message);
  else
    snug_file_stream_tell_bytes (SNUG_FILE_STREAM (self), message);
}

static void
on_state_changed (SnugDataChannel *channel, ChannelStream *stream)
{
  g_autoptr (ChannelStream) self = g_object_ref (stream);

  if (snug_data_channel_get_state (channel) == SNUG_DATA_CHANNEL_CLOSED)
    snug_file_stream_tell_closed (SNUG_FILE_STREAM (self), NULL);
  else
    snug_file_stream_tell_writable (SNUG_FILE_STREAM (self));
}

static void
on_buffered_amount_low (SnugDataChannel *channel, ChannelStream *stream)
{
  g_autoptr (ChannelStream) self = g_object_ref (stream);

  snug_file_stream_tell_writable (SNUG_FILE_STREAM (self));
}

static void
channel_stream_listen (SnugFileStream *stream)
{
  ChannelStream *self = CHANNEL_STREAM (stream);
  gboolean on = snug_file_stream_has_listener (stream);

  g_signal_handlers_disconnect_by_data (self->channel, self);
  snug_data_channel_set_message_func (self->channel, on ? on_message : NULL, self, NULL);
  if (!on)
    return;
  g_signal_connect (self->channel, "state-changed", G_CALLBACK (on_state_changed), self);
  g_signal_connect (self->channel, "buffered-amount-low", G_CALLBACK (on_buffered_amount_low), self);
}

static gboolean
channel_stream_is_open (SnugFileStream *stream)
{
  return snug_data_channel_get_state (CHANNEL_STREAM (stream)->channel) == SNUG_DATA_CHANNEL_OPEN;
}

static gsize
channel_stream_get_buffered (SnugFileStream *stream)
{
  return snug_data_channel_get_buffered_amount (CHANNEL_STREAM (stream)->channel);
}

static gboolean
send_text (SnugFileStream *stream, const SnugWireFileText *text)
{
  g_autofree char *json = snug_wire_encode_file_text (text);

  return snug_data_channel_send_text (CHANNEL_STREAM (stream)->channel, json, NULL);
}

static gboolean
channel_stream_begin (SnugFileStream *stream, guint64 entry, guint64 offset, guint64 size)
{
  SnugWireFileText header = { .entry = entry, .offset = offset, .size = size };

  return send_text (stream, &header);
}

static gboolean
channel_stream_send (SnugFileStream *stream, GBytes *slice)
{
  return snug_data_channel_send_bytes (CHANNEL_STREAM (stream)->channel, slice, NULL);
}

static gboolean
channel_stream_end_piece (SnugFileStream *stream, const guint8 *hash)
{
  SnugWireFileText text = { .is_hash = TRUE };

  memcpy (text.hash, hash, sizeof text.hash);
  return send_text (stream, &text);
}

/* The receiver says `file-done`, and then we close. */
static gboolean
channel_stream_end (SnugFileStream *stream, GBytes *fingerprint)
{
  return TRUE;
}

static void
channel_stream_close (SnugFileStream *stream)
{
  snug_data_channel_close (CHANNEL_STREAM (stream)->channel);
}

static void
channel_stream_dispose (GObject *object)
{
  ChannelStream *self = CHANNEL_STREAM (object);

  if (self->channel != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->channel, self);
      snug_data_channel_set_message_func (self->channel, NULL, NULL, NULL);
    }
  g_clear_object (&self->channel);
  G_OBJECT_CLASS (channel_stream_parent_class)->dispose (object);
}

static void
channel_stream_class_init (ChannelStreamClass *klass)
{
  SnugFileStreamClass *stream_class = SNUG_FILE_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = channel_stream_dispose;
  stream_class->slice_bytes = SNUG_WIRE_CHUNK_BYTES;
  stream_class->listen = channel_stream_listen;
  stream_class->is_open = channel_stream_is_open;
  stream_class->get_buffered = channel_stream_get_buffered;
  stream_class->begin = channel_stream_begin;
  stream_class->send = channel_stream_send;
  stream_class->end_piece = channel_stream_end_piece;
  stream_class->end = channel_stream_end;
  stream_class->close = channel_stream_close;
}

static void
channel_stream_init (ChannelStream *self)
{
}

static SnugFileStream *
channel_stream_new (SnugDataChannel *channel)
{
  ChannelStream *self = g_object_new (TYPE_CHANNEL_STREAM, NULL);

  self->channel = g_object_ref (channel);
  snug_data_channel_set_buffered_amount_low_threshold (channel, SNUG_FILE_STREAM_LOW_WATER_BYTES);
  return SNUG_FILE_STREAM (self);
}

/* --- the dialect ----------------------------------------------------------------------------------- */

#define SNUG_TYPE_DIALECT_V2 (snug_dialect_v2_get_type ())
G_DECLARE_FINAL_TYPE (SnugDialectV2, snug_dialect_v2, SNUG, DIALECT_V2, SnugDialect)

typedef struct
{
  SnugFileStreamFunc func;
  gpointer           user_data;
  GDestroyNotify     destroy;
} Expectation;

struct _SnugDialectV2
{
  SnugDialect      parent_instance;

  GHashTable      *expectations;   /* owned: transfer id → Expectation */
  SnugTokenBucket  take;
};

G_DEFINE_FINAL_TYPE (SnugDialectV2, snug_dialect_v2, SNUG_TYPE_DIALECT)

static void
expectation_free (gpointer data)
{
  Expectation *expectation = data;

  if (expectation->func != NULL)
    expectation->func (NULL, expectation->user_data);
  if (expectation->destroy != NULL)
    expectation->destroy (expectation->user_data);
  g_free (expectation);
}

static void
snug_dialect_v2_begin (SnugDialect *dialect)
{
}

static void
snug_dialect_v2_end (SnugDialect *dialect)
{
}

static void
snug_dialect_v2_say (SnugDialect *dialect, const SnugWireMessage *message)
{
  g_autofree char *text = snug_wire_encode (message);

  if (!snug_dialect_send_text (dialect, text))
    g_debug ("%s not sent", snug_wire_type_to_text (message->type));
}

static void
snug_dialect_v2_hear (SnugDialect *dialect, GBytes *message, gboolean is_text)
{
  SnugDialectV2 *self = SNUG_DIALECT_V2 (dialect);
  g_autoptr (GError) error = NULL;
  SnugWireMessage *wire;
  gsize length;
  const char *data = g_bytes_get_data (message, &length);

  if (!is_text)
    {
      snug_dialect_count_nonsense (dialect, "a binary on the session channel");
      return;
    }
  if (!snug_token_bucket_take (&self->take, g_get_monotonic_time ()))
    {
      snug_dialect_count_nonsense (dialect, "more messages than may be");
      return;
    }

  wire = snug_wire_decode (data, length, &error);
  if (wire != NULL)
    snug_dialect_tell (dialect, wire);
  else
    snug_dialect_count_nonsense (dialect, error->message);
}

static gboolean
snug_dialect_v2_hear_channel (SnugDialect *dialect, SnugDataChannel *channel)
{
  SnugDialectV2 *self = SNUG_DIALECT_V2 (dialect);
  g_autofree char *key = NULL;
  g_autoptr (SnugFileStream) stream = NULL;
  Expectation *expectation;
  SnugFileStreamFunc func;

  if (strcmp (snug_data_channel_get_label (channel), SNUG_WIRE_FILE_LABEL) != 0
      || !g_hash_table_steal_extended (self->expectations, snug_data_channel_get_protocol (channel),
                                       (gpointer *) &key, (gpointer *) &expectation))
    return FALSE;

  stream = channel_stream_new (channel);
  func = g_steal_pointer (&expectation->func);
  func (stream, expectation->user_data);
  expectation_free (expectation);
  return TRUE;
}

static void
snug_dialect_v2_open_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data)
{
  SnugPeerConnection *connection = snug_dialect_get_connection (dialect);
  SnugDataChannelInit init = { .protocol = id, .is_bulk = TRUE };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugFileStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  if (connection != NULL)
    channel = snug_peer_connection_create_data_channel (connection, SNUG_WIRE_FILE_LABEL, &init, &error);
  if (error != NULL)
    g_debug ("no channel: %s", error->message);
  if (channel != NULL)
    stream = channel_stream_new (channel);
  func (stream, user_data);
}

static void
snug_dialect_v2_expect_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data,
                             GDestroyNotify destroy)
{
  Expectation *expectation = g_new (Expectation, 1);

  *expectation = (Expectation) { func, user_data, destroy };
  g_hash_table_replace (SNUG_DIALECT_V2 (dialect)->expectations, g_strdup (id), expectation);
}

static void
snug_dialect_v2_dispose (GObject *object)
{
  g_hash_table_remove_all (SNUG_DIALECT_V2 (object)->expectations);
  G_OBJECT_CLASS (snug_dialect_v2_parent_class)->dispose (object);
}

static void
snug_dialect_v2_finalize (GObject *object)
{
  g_hash_table_unref (SNUG_DIALECT_V2 (object)->expectations);
  G_OBJECT_CLASS (snug_dialect_v2_parent_class)->finalize (object);
}

static void
snug_dialect_v2_class_init (SnugDialectV2Class *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  SnugDialectClass *dialect_class = SNUG_DIALECT_CLASS (klass);

  object_class->dispose = snug_dialect_v2_dispose;
  object_class->finalize = snug_dialect_v2_finalize;
  dialect_class->rules = &snug_dialect_v2_rules;
  dialect_class->begin = snug_dialect_v2_begin;
  dialect_class->end = snug_dialect_v2_end;
  dialect_class->say = snug_dialect_v2_say;
  dialect_class->hear = snug_dialect_v2_hear;
  dialect_class->hear_channel = snug_dialect_v2_hear_channel;
  dialect_class->open_file = snug_dialect_v2_open_file;
  dialect_class->expect_file = snug_dialect_v2_expect_file;
}

static void
snug_dialect_v2_init (SnugDialectV2 *self)
{
  self->expectations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, expectation_free);
  self->take = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (TAKE_PER_SECOND, TAKE_BURST);
}

SnugDialect *
snug_dialect_v2_new (void)
{
  return g_object_new (SNUG_TYPE_DIALECT_V2, NULL);
}
