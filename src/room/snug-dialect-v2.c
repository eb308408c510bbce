/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dialect-v2.h"

#include <string.h>

#include "snug-channel-stream.h"
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
  /* A page asks for another session when its browser has given up, Chromium after 15 s; that one counts, too. With the two
   * seconds that every session has, a person is told after 30 s at the latest. */
  .route_patience_ms = 28 * 1000,
  .first_patience_ms = 45 * 1000,
  .again_patience_ms = 300 * 1000,
  .large_file_bytes = G_MAXUINT64,
};

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
  GPtrArray       *spread;         /* owned: of SnugChannelStream, that come and may be spread */
  guint64          n_spread;       /* of those that were sent */
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
forget_those_over (SnugDialectV2 *self)
{
  for (guint i = self->spread->len; i > 0; i--)
    if (snug_channel_stream_is_over (self->spread->pdata[i - 1]))
      g_ptr_array_remove_index_fast (self->spread, i - 1);
}

/* What was asked for in the session before may not have been heard. */
static void
snug_dialect_v2_begin (SnugDialect *dialect)
{
  g_hash_table_remove_all (SNUG_DIALECT_V2 (dialect)->expectations);
}

static void
snug_dialect_v2_end (SnugDialect *dialect)
{
  forget_those_over (SNUG_DIALECT_V2 (dialect));
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

/* Returns: (transfer full) */
static SnugChannelStream *
make_incoming (SnugDialectV2 *self, SnugDataChannel *channel)
{
  SnugPeerConnection *connection = snug_dialect_get_connection (SNUG_DIALECT (self));
  gboolean may_be_spread = connection != NULL && snug_peer_connection_may_stripe (connection);
  SnugChannelStream *stream = snug_channel_stream_new_incoming (channel, may_be_spread);

  forget_those_over (self);
  if (may_be_spread)
    g_ptr_array_add (self->spread, g_object_ref (stream));
  return stream;
}

static gboolean
hear_file (SnugDialectV2 *self, SnugDataChannel *channel)
{
  g_autofree char *key = NULL;
  g_autoptr (SnugChannelStream) stream = NULL;
  Expectation *expectation;
  SnugFileStreamFunc func;

  if (!g_hash_table_steal_extended (self->expectations, snug_data_channel_get_protocol (channel), (gpointer *) &key,
                                    (gpointer *) &expectation))
    return FALSE;
  stream = make_incoming (self, channel);
  func = g_steal_pointer (&expectation->func);
  func (SNUG_FILE_STREAM (stream), expectation->user_data);
  expectation_free (expectation);
  return TRUE;
}

static gboolean
hear_stripe (SnugDialectV2 *self, SnugDataChannel *channel)
{
  for (guint i = 0; i < self->spread->len; i++)
    if (snug_channel_stream_is_called (self->spread->pdata[i], snug_data_channel_get_protocol (channel)))
      return snug_channel_stream_add_stripe (self->spread->pdata[i], channel);
  return FALSE;
}

static gboolean
snug_dialect_v2_hear_channel (SnugDialect *dialect, SnugDataChannel *channel)
{
  const char *label = snug_data_channel_get_label (channel);

  if (strcmp (label, SNUG_WIRE_FILE_LABEL) == 0)
    return hear_file (SNUG_DIALECT_V2 (dialect), channel);
  return strcmp (label, SNUG_WIRE_STRIPE_LABEL) == 0 && hear_stripe (SNUG_DIALECT_V2 (dialect), channel);
}

static void
snug_dialect_v2_open_file (SnugDialect *dialect, const char *id, SnugFileStreamFunc func, gpointer user_data)
{
  SnugPeerConnection *connection = snug_dialect_get_connection (dialect);
  SnugDataChannelInit init = { .protocol = id, .is_bulk = TRUE };
  g_autoptr (SnugDataChannel) channel = NULL;
  g_autoptr (SnugChannelStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  if (connection != NULL)
    channel = snug_peer_connection_create_data_channel (connection, SNUG_WIRE_FILE_LABEL, &init, &error);
  if (error != NULL)
    g_debug ("no channel: %s", error->message);
  if (channel != NULL)
    stream = snug_channel_stream_new (channel, snug_peer_connection_may_stripe (connection) ? connection : NULL,
                                      SNUG_DIALECT_V2 (dialect)->n_spread++);
  func (stream != NULL ? SNUG_FILE_STREAM (stream) : NULL, user_data);
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
  g_ptr_array_set_size (SNUG_DIALECT_V2 (object)->spread, 0);
  G_OBJECT_CLASS (snug_dialect_v2_parent_class)->dispose (object);
}

static void
snug_dialect_v2_finalize (GObject *object)
{
  g_hash_table_unref (SNUG_DIALECT_V2 (object)->expectations);
  g_ptr_array_unref (SNUG_DIALECT_V2 (object)->spread);
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
  self->spread = g_ptr_array_new_with_free_func (g_object_unref);
  self->take = (SnugTokenBucket) SNUG_TOKEN_BUCKET_INIT (TAKE_PER_SECOND, TAKE_BURST);
}

SnugDialect *
snug_dialect_v2_new (void)
{
  return g_object_new (SNUG_TYPE_DIALECT_V2, NULL);
}
