/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-bulk-channels.h"

#include "snug-data-channel-private.h"
#include "snug-path-mtu.h"
#include "snug-peer-connection.h"
#include "snug-sctp-probe.h"

/* RFC 9260 section 3: of the first chunk, behind the common header */
#define CHUNK_TYPE_OFFSET 12
#define CHUNK_INIT 1

struct _SnugBulkChannels
{
  GObject parent_instance;

  /* owned */
  SnugSctpTransport *first;
  SnugPathMtu       *mtu;
  SnugSctpTransport *sctp;              /* nullable: there is none */
  SnugChannelSet    *channels;          /* of it */

  /* borrowed */
  SnugPortSplitter  *splitter;
  SnugChannelSet    *first_channels;

  guint64            bytes_sent_before; /* by associations that have ended */
  guint64            bytes_received_before;
  gsize              most;              /* worth a try, once it is allowed */
  gboolean           is_dtls_client;
  gboolean           is_allowed;
  gboolean           is_closed;
  gboolean           has_failed;        /* and the path is the same: not by us again */
};

G_DEFINE_FINAL_TYPE (SnugBulkChannels, snug_bulk_channels, G_TYPE_OBJECT)

enum { DATA_CHANNEL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- The association ---- */

static void
drop_association (SnugBulkChannels *self)
{
  g_autoptr (SnugSctpTransport) sctp = g_steal_pointer (&self->sctp);
  g_autoptr (SnugChannelSet) channels = g_steal_pointer (&self->channels);

  if (sctp == NULL)
    return;
  g_signal_handlers_disconnect_by_data (sctp, self);
  g_signal_handlers_disconnect_by_data (channels, self);
  self->bytes_sent_before += snug_sctp_transport_get_bytes_sent (sctp);
  self->bytes_received_before += snug_sctp_transport_get_bytes_received (sctp);
  snug_port_splitter_remove (self->splitter, SNUG_BULK_PORT);
  snug_transport_close (SNUG_TRANSPORT (sctp));
  snug_channel_set_close (channels);   /* last: whoever hears of it may end everything */
}

static void
on_sctp_state (SnugTransport *sctp, SnugBulkChannels *self)
{
  g_autoptr (SnugBulkChannels) keep = g_object_ref (self);

  switch (snug_transport_get_state (sctp))
    {
    case SNUG_TRANSPORT_CONNECTED:
      snug_channel_set_attach (self->channels, self->sctp, self->is_dtls_client);
      break;
    case SNUG_TRANSPORT_FAILED:
    case SNUG_TRANSPORT_CLOSED:
      self->has_failed = TRUE;
      drop_association (self);
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
open_association (SnugBulkChannels *self)
{
  g_autoptr (SnugTransport) lane = snug_port_splitter_add (self->splitter, SNUG_BULK_PORT);

  self->channels = snug_channel_set_new (snug_transport_get_context (lane));
  snug_channel_set_set_max_message_size (self->channels, snug_channel_set_get_max_message_size (self->first_channels));
  g_signal_connect (self->channels, "data-channel", G_CALLBACK (on_data_channel), self);
  self->sctp = snug_sctp_transport_new (lane, SNUG_BULK_PORT, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  snug_sctp_transport_set_extra (self->sctp, SNUG_BULK_PORT, snug_path_mtu_get (self->mtu));
  g_signal_connect (self->sctp, "state-changed", G_CALLBACK (on_sctp_state), self);
  snug_sctp_transport_start (self->sctp);
}

/* The peer opens it: we do the same, and SCTP makes one of both. Or it has not heard that the last one has ended, and
 * would wait for ever. */
static void
on_strange_packet (guint16 port, const guint8 *packet, gsize n_bytes, gpointer user_data)
{
  SnugBulkChannels *self = user_data;
  g_autoptr (GByteArray) refusal = NULL;

  if (port != SNUG_BULK_PORT || !self->is_allowed || n_bytes <= CHUNK_TYPE_OFFSET)
    return;
  if (packet[CHUNK_TYPE_OFFSET] == CHUNK_INIT)
    open_association (self);
  else if ((refusal = snug_sctp_refusal_make (packet, n_bytes)) != NULL)
    {
      g_debug ("bulk: a packet of an association that has ended");
      snug_port_splitter_send (self->splitter, refusal->data, refusal->len);
    }
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

/* An association in packets that do not arrive any more would wait for ever. */
static void
on_mtu_changed (gpointer user_data, gsize n_bytes)
{
  SnugBulkChannels *self = user_data;
  g_autoptr (SnugBulkChannels) keep = g_object_ref (self);

  self->has_failed = FALSE;
  if (self->sctp != NULL && snug_sctp_transport_get_packet_bytes (self->sctp) > n_bytes)
    drop_association (self);
}

static gboolean
is_waiting (gpointer user_data)
{
  SnugBulkChannels *self = user_data;

  return self->sctp != NULL && !snug_sctp_transport_is_flushed (self->sctp);
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
snug_bulk_channels_search (SnugBulkChannels *self, gsize most)
{
  self->most = most;
  self->has_failed = FALSE;
  if (self->is_allowed && !self->is_closed)
    snug_path_mtu_search (self->mtu, most);
}

SnugDataChannel *
snug_bulk_channels_create (SnugBulkChannels *self, const char *label, const SnugDataChannelInit *init)
{
  g_autoptr (GError) error = NULL;
  SnugDataChannel *channel;

  if (snug_bulk_channels_get_packet_bytes (self) <= SNUG_SCTP_LEAST_PACKET)
    return NULL;
  if (self->sctp == NULL && !self->has_failed)
    open_association (self);
  if (self->sctp == NULL)
    return NULL;
  channel = snug_channel_set_create (self->channels, label, init, &error);
  if (channel == NULL)
    g_debug ("no channel for bulk: %s", error->message);
  return channel;
}

gboolean
snug_bulk_channels_is_flushed (SnugBulkChannels *self)
{
  return self->channels == NULL || snug_channel_set_is_flushed (self->channels);
}

guint64
snug_bulk_channels_get_bytes_sent (SnugBulkChannels *self)
{
  return self->bytes_sent_before + (self->sctp != NULL ? snug_sctp_transport_get_bytes_sent (self->sctp) : 0);
}

guint64
snug_bulk_channels_get_bytes_received (SnugBulkChannels *self)
{
  return self->bytes_received_before + (self->sctp != NULL ? snug_sctp_transport_get_bytes_received (self->sctp) : 0);
}

guint64
snug_bulk_channels_get_n_packets (SnugBulkChannels *self)
{
  return self->sctp != NULL ? snug_sctp_transport_get_n_packets (self->sctp) : 0;
}

gsize
snug_bulk_channels_get_packet_bytes (SnugBulkChannels *self)
{
  return self->mtu != NULL ? snug_path_mtu_get (self->mtu) : SNUG_SCTP_LEAST_PACKET;
}

void
snug_bulk_channels_close (SnugBulkChannels *self)
{
  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  snug_sctp_transport_set_probe_func (self->first, NULL, NULL);
  snug_port_splitter_set_strange_func (self->splitter, NULL, NULL);
  g_clear_pointer (&self->mtu, snug_path_mtu_free);
  drop_association (self);
}
