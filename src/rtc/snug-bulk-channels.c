/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-bulk-channels.h"

#include "snug-context.h"
#include "snug-data-channel-private.h"
#include "snug-path-mtu.h"
#include "snug-peer-connection.h"
#include "snug-sctp-probe.h"
#include "snug-usrsctp.h"

/* RFC 9260 section 3: of the first chunk, behind the common header */
#define CHUNK_TYPE_OFFSET 12
#define CHUNK_INIT 1

/* What the rule is told of. */
#define SECOND_MS 1000

/* Of what was under way when an association ended one packet is answered. If that answer is lost the peer sends again,
 * but not sooner. */
#define REFUSAL_US G_USEC_PER_SEC

typedef struct
{
  /* owned */
  SnugSctpTransport *sctp;              /* nullable: there is none */
  SnugChannelSet    *channels;          /* of it */

  guint64            n_bytes_seen;      /* of its tally, a second ago */
  guint64            n_again_seen;
  gint64             refused_us;        /* when a packet for what is not there was answered last */
  gboolean           has_failed;        /* and the path is the same: not by us again */
} Association;

struct _SnugBulkChannels
{
  GObject parent_instance;

  /* owned */
  SnugSctpTransport *first;
  SnugPathMtu       *mtu;
  Association        all[SNUG_STRIPES_MOST];
  GSource           *second;            /* nullable: nobody looks how much goes */

  /* borrowed */
  SnugPortSplitter  *splitter;
  SnugChannelSet    *first_channels;

  SnugStripeRule     rule;
  guint64            bytes_sent_before; /* by associations that have ended */
  guint64            bytes_received_before;
  gsize              most;              /* worth a try, once it is allowed */
  gboolean           is_dtls_client;
  gboolean           is_allowed;
  gboolean           may_stripe;
  gboolean           is_closed;
};

G_DEFINE_FINAL_TYPE (SnugBulkChannels, snug_bulk_channels, G_TYPE_OBJECT)

enum { DATA_CHANNEL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- The associations ---- */

static guint16
port_of (SnugBulkChannels *self, Association *one)
{
  return (guint16) (SNUG_BULK_PORT + (one - self->all));
}

/* Returns: (nullable): the place of the one with @port; %NULL if the peer may not know of it */
static Association *
find_port (SnugBulkChannels *self, guint16 port)
{
  guint n = self->may_stripe ? SNUG_STRIPES_MOST : 1;

  if (!self->is_allowed || port < SNUG_BULK_PORT || port >= SNUG_BULK_PORT + n)
    return NULL;
  return &self->all[port - SNUG_BULK_PORT];
}

static void
drop_association (SnugBulkChannels *self, Association *one)
{
  g_autoptr (SnugSctpTransport) sctp = g_steal_pointer (&one->sctp);
  g_autoptr (SnugChannelSet) channels = g_steal_pointer (&one->channels);

  if (sctp == NULL)
    return;
  g_signal_handlers_disconnect_by_data (sctp, self);
  g_signal_handlers_disconnect_by_data (channels, self);
  self->bytes_sent_before += snug_sctp_transport_get_bytes_sent (sctp);
  self->bytes_received_before += snug_sctp_transport_get_bytes_received (sctp);
  snug_port_splitter_remove (self->splitter, port_of (self, one));
  snug_transport_close (SNUG_TRANSPORT (sctp));
  snug_channel_set_close (channels);   /* last: whoever hears of it may end everything */
}

static Association *
find_sctp (SnugBulkChannels *self, gpointer sctp)
{
  Association *one = self->all;

  while (one->sctp != sctp)
    one++;
  return one;
}

static void
on_sctp_state (SnugTransport *sctp, SnugBulkChannels *self)
{
  g_autoptr (SnugBulkChannels) keep = g_object_ref (self);
  Association *one = find_sctp (self, sctp);

  switch (snug_transport_get_state (sctp))
    {
    case SNUG_TRANSPORT_CONNECTED:
      snug_channel_set_attach (one->channels, one->sctp, self->is_dtls_client);
      break;
    case SNUG_TRANSPORT_FAILED:
    case SNUG_TRANSPORT_CLOSED:
      one->has_failed = TRUE;
      drop_association (self, one);
      break;
    default:
      break;
    }
}

static void
on_data_channel (G_GNUC_UNUSED SnugChannelSet *channels, SnugDataChannel *channel, SnugBulkChannels *self)
{
  g_signal_emit (self, signals[DATA_CHANNEL], 0, channel);
}

static void
open_association (SnugBulkChannels *self, Association *one)
{
  guint16 port = port_of (self, one);
  g_autoptr (SnugTransport) lane = snug_port_splitter_add (self->splitter, port);

  one->n_bytes_seen = one->n_again_seen = 0;
  one->channels = snug_channel_set_new (snug_transport_get_context (lane));
  snug_channel_set_set_max_message_size (one->channels, snug_channel_set_get_max_message_size (self->first_channels));
  g_signal_connect (one->channels, "data-channel", G_CALLBACK (on_data_channel), self);
  one->sctp = snug_sctp_transport_new (lane, port, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  /* the others are for paths that lose, on which windows are small */
  snug_sctp_transport_set_extra (one->sctp, port, snug_path_mtu_get (self->mtu), one != self->all);
  g_signal_connect (one->sctp, "state-changed", G_CALLBACK (on_sctp_state), self);
  snug_sctp_transport_start (one->sctp);
}

static void
refuse (SnugBulkChannels *self, Association *one, const guint8 *packet, gsize n_bytes)
{
  gint64 now_us = g_get_monotonic_time ();
  g_autoptr (GByteArray) refusal = snug_sctp_refusal_make (packet, n_bytes);

  if (refusal == NULL || (one->refused_us != 0 && now_us - one->refused_us < REFUSAL_US))
    return;
  g_debug ("bulk: a packet of an association that has ended");
  one->refused_us = now_us;
  snug_port_splitter_send (self->splitter, refusal->data, refusal->len);
}

/* The peer opens it: we do the same, and SCTP makes one of both. Or it has not heard that the last one has ended, and
 * would wait for ever. */
static void
on_strange_packet (guint16 port, const guint8 *packet, gsize n_bytes, gpointer user_data)
{
  SnugBulkChannels *self = user_data;
  Association *one = find_port (self, port);

  if (one == NULL || n_bytes <= CHUNK_TYPE_OFFSET)
    return;
  if (packet[CHUNK_TYPE_OFFSET] == CHUNK_INIT)
    open_association (self, one);
  else
    refuse (self, one, packet, n_bytes);
}

/* ---- Over how many ---- */

static void
add_up (SnugStripeSecond *second, Association *one)
{
  const SnugSctpTally *tally = snug_sctp_transport_get_tally (one->sctp);
  guint64 n_bytes = tally->n_bytes - one->n_bytes_seen;

  second->n_bytes += n_bytes;
  second->n_again += tally->n_again - one->n_again_seen;
  one->n_bytes_seen = tally->n_bytes;
  one->n_again_seen = tally->n_again;
  if (n_bytes > 0)
    second->rtt_ms = MAX (second->rtt_ms, snug_sctp_transport_get_rtt_ms (one->sctp));
}

static gboolean
on_second (gpointer user_data)
{
  SnugBulkChannels *self = user_data;
  SnugStripeSecond second = { .rtt_ms = -1 };
  guint n;

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL)
      add_up (&second, &self->all[i]);
  n = snug_stripe_rule_feed (&self->rule, &second);
  if (second.n_bytes > 0)
    g_debug ("bulk: %" G_GUINT64_FORMAT " bytes, %" G_GUINT64_FORMAT " chunks again, %.0f ms: over %u now",
             second.n_bytes, second.n_again, second.rtt_ms, n);
  return G_SOURCE_CONTINUE;
}

/* Only of what we send: who receives has nothing to decide. */
static void
look_how_much_goes (SnugBulkChannels *self)
{
  if (self->second == NULL && self->may_stripe)
    self->second = snug_context_timeout (snug_transport_get_context (SNUG_TRANSPORT (self->first)), SECOND_MS,
                                         on_second, self);
}

guint
snug_bulk_channels_get_n_stripes (SnugBulkChannels *self)
{
  return self->all[0].sctp != NULL ? self->rule.n_stripes : 1;
}

gsize
snug_bulk_channels_get_send_room (SnugBulkChannels *self)
{
  return self->all[0].sctp != NULL ? snug_sctp_transport_get_send_room (self->all[0].sctp) : SNUG_USRSCTP_SEND_BUFFER;
}

/* ---- The path ---- */

static void
on_probe (gpointer user_data, guint32 number, gsize n_bytes)
{
  SnugBulkChannels *self = user_data;

  snug_sctp_transport_send_probe (self->first, number, n_bytes);
}

static void
on_answered (guint32 number, gpointer user_data)
{
  SnugBulkChannels *self = user_data;

  snug_path_mtu_answered (self->mtu, number);
}

static void
forget_failures (SnugBulkChannels *self)
{
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    self->all[i].has_failed = FALSE;
}

/* An association in packets that do not arrive any more would wait for ever. */
static void
on_mtu_changed (gpointer user_data, gsize n_bytes)
{
  SnugBulkChannels *self = user_data;
  g_autoptr (SnugBulkChannels) keep = g_object_ref (self);

  forget_failures (self);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL && snug_sctp_transport_get_packet_bytes (self->all[i].sctp) > n_bytes)
      drop_association (self, &self->all[i]);
}

static gboolean
is_waiting (gpointer user_data)
{
  SnugBulkChannels *self = user_data;

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL && !snug_sctp_transport_is_flushed (self->all[i].sctp))
      return TRUE;
  return FALSE;
}

/* ---- Life ---- */

static void
snug_bulk_channels_dispose (GObject *object)
{
  SnugBulkChannels *self = SNUG_BULK_CHANNELS (object);

  snug_bulk_channels_close (self);
  g_clear_object (&self->first);
  G_OBJECT_CLASS (snug_bulk_channels_parent_class)->dispose (object);
}

static void
snug_bulk_channels_class_init (SnugBulkChannelsClass *class)
{
  G_OBJECT_CLASS (class)->dispose = snug_bulk_channels_dispose;

  signals[DATA_CHANNEL] = g_signal_new ("data-channel", SNUG_TYPE_BULK_CHANNELS, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, SNUG_TYPE_DATA_CHANNEL);
}

static void
snug_bulk_channels_init (SnugBulkChannels *self)
{
  self->most = SNUG_SCTP_LEAST_PACKET;
  snug_stripe_rule_init (&self->rule);
}

SnugBulkChannels *
snug_bulk_channels_new (SnugPortSplitter *splitter, SnugSctpTransport *first, SnugChannelSet *channels,
                        gboolean is_dtls_client)
{
  static const SnugPathMtuUser user = { on_probe, on_mtu_changed, is_waiting };
  SnugBulkChannels *self = g_object_new (SNUG_TYPE_BULK_CHANNELS, NULL);

  self->splitter = splitter;
  self->first = g_object_ref (first);
  self->first_channels = channels;
  self->is_dtls_client = is_dtls_client;
  self->mtu = snug_path_mtu_new (snug_transport_get_context (SNUG_TRANSPORT (first)), SNUG_SCTP_LEAST_PACKET, &user,
                                 self);
  snug_sctp_transport_set_probe_func (first, on_answered, self);
  snug_port_splitter_set_strange_func (splitter, on_strange_packet, self);
  return self;
}

void
snug_bulk_channels_allow (SnugBulkChannels *self)
{
  if (self->is_allowed || self->is_closed)
    return;
  self->is_allowed = TRUE;
  snug_path_mtu_search (self->mtu, self->most);
}

void
snug_bulk_channels_allow_stripes (SnugBulkChannels *self)
{
  self->may_stripe = TRUE;
}

static void
forget_path (SnugBulkChannels *self)
{
  snug_stripe_rule_init (&self->rule);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL)
      {
        snug_sctp_transport_forget_path (self->all[i].sctp);
        snug_stripe_rule_forget_path (&self->rule);
      }
}

void
snug_bulk_channels_search (SnugBulkChannels *self, gsize most)
{
  self->most = most;
  forget_failures (self);
  forget_path (self);
  if (self->is_allowed && !self->is_closed)
    snug_path_mtu_search (self->mtu, most);
}

SnugDataChannel *
snug_bulk_channels_create (SnugBulkChannels *self, const char *label, const SnugDataChannelInit *init)
{
  Association *one = find_port (self, (guint16) (SNUG_BULK_PORT + init->stripe));
  g_autoptr (GError) error = NULL;
  SnugDataChannel *channel;

  if (one == NULL || snug_bulk_channels_get_packet_bytes (self) <= SNUG_SCTP_LEAST_PACKET)
    return NULL;
  if (one->sctp == NULL && !one->has_failed)
    open_association (self, one);
  if (one->sctp == NULL)
    return NULL;
  look_how_much_goes (self);
  channel = snug_channel_set_create (one->channels, label, init, &error);
  if (channel == NULL)
    g_debug ("no channel for bulk: %s", error->message);
  return channel;
}

gboolean
snug_bulk_channels_is_flushed (SnugBulkChannels *self)
{
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].channels != NULL && !snug_channel_set_is_flushed (self->all[i].channels))
      return FALSE;
  return TRUE;
}

guint64
snug_bulk_channels_get_bytes_sent (SnugBulkChannels *self)
{
  guint64 n_bytes = self->bytes_sent_before;

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL)
      n_bytes += snug_sctp_transport_get_bytes_sent (self->all[i].sctp);
  return n_bytes;
}

guint64
snug_bulk_channels_get_bytes_received (SnugBulkChannels *self)
{
  guint64 n_bytes = self->bytes_received_before;

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL)
      n_bytes += snug_sctp_transport_get_bytes_received (self->all[i].sctp);
  return n_bytes;
}

guint64
snug_bulk_channels_get_n_packets (SnugBulkChannels *self)
{
  guint64 n_packets = 0;

  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    if (self->all[i].sctp != NULL)
      n_packets += snug_sctp_transport_get_n_packets (self->all[i].sctp);
  return n_packets;
}

gsize
snug_bulk_channels_get_packet_bytes (SnugBulkChannels *self)
{
  return self->mtu != NULL ? snug_path_mtu_get (self->mtu) : SNUG_SCTP_LEAST_PACKET;
}

void
snug_bulk_channels_close (SnugBulkChannels *self)
{
  g_autoptr (SnugBulkChannels) keep = g_object_ref (self);

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  snug_sctp_transport_set_probe_func (self->first, NULL, NULL);
  snug_port_splitter_set_strange_func (self->splitter, NULL, NULL);
  g_clear_pointer (&self->mtu, snug_path_mtu_free);
  snug_clear_source (&self->second);
  for (guint i = 0; i < SNUG_STRIPES_MOST; i++)
    drop_association (self, &self->all[i]);
}
