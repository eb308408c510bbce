/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-peer-connection-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-network.h"
#include "snug-path-mtu.h"
#include "snug-usrsctp.h"

/* How long what was sent may take to arrive before a goodbye, and how often that is looked at. */
#define FINISH_PATIENCE_US (4 * G_USEC_PER_SEC)
#define FINISH_TICK_MS 5

G_DEFINE_FINAL_TYPE (SnugPeerConnection, snug_peer_connection, G_TYPE_OBJECT)

G_DEFINE_QUARK (snug-rtc-error-quark, snug_rtc_error)

enum { STATE_CHANGED, STAGE_CHANGED, LOCAL_CANDIDATE, NEW_DATA_CHANNEL, PATH_CHANGED, DRAINED, N_SIGNALS };

static guint signals[N_SIGNALS];

#define TO(state) (1u << SNUG_PEER_CONNECTION_ ## state)

static const guint allowed_moves[] = {
  [SNUG_PEER_CONNECTION_NEW]          = TO (CONNECTING) | TO (FAILED) | TO (CLOSED),
  [SNUG_PEER_CONNECTION_CONNECTING]   = TO (CONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_PEER_CONNECTION_CONNECTED]    = TO (DISCONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_PEER_CONNECTION_DISCONNECTED] = TO (CONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_PEER_CONNECTION_FAILED]       = TO (CLOSED),
  [SNUG_PEER_CONNECTION_CLOSED]       = 0,
};

static const char *const state_names[] = {
  "new", "connecting", "connected", "disconnected", "failed", "closed"
};

/* ---- States ---- */

gboolean
snug_peer_connection_enter (SnugPeerConnection *self, SnugPeerConnectionState state)
{
  if ((allowed_moves[self->state] & 1u << state) == 0)
    return FALSE;
  g_debug ("peer connection: %s → %s", state_names[self->state], state_names[state]);
  self->state = state;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  return TRUE;
}

void
snug_peer_connection_enter_stage (SnugPeerConnection *self, SnugPeerConnectionStage stage)
{
  if (stage <= self->stage)
    return;
  self->stage = stage;
  g_signal_emit (self, signals[STAGE_CHANGED], 0);
}

static gboolean
is_over (SnugPeerConnection *self)
{
  return self->state == SNUG_PEER_CONNECTION_FAILED || self->state == SNUG_PEER_CONNECTION_CLOSED;
}

gboolean
snug_peer_connection_check_open (SnugPeerConnection *self, GError **error)
{
  if (!is_over (self))
    return TRUE;
  g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE, _("The connection is closed"));
  return FALSE;
}

/* Top to bottom: each layer says its goodbye through the ones below. */
static void
close_layers (SnugPeerConnection *self)
{
  if (self->bulk != NULL)
    snug_bulk_channels_close (self->bulk);
  snug_channel_set_close (self->channels);
  if (self->sctp != NULL)
    snug_transport_close (SNUG_TRANSPORT (self->sctp));
  if (self->dtls != NULL)
    snug_transport_close (SNUG_TRANSPORT (self->dtls));
  snug_transport_close (SNUG_TRANSPORT (self->ice));
}

static void
end (SnugPeerConnection *self, SnugPeerConnectionState state)
{
  if (snug_peer_connection_enter (self, state))
    close_layers (self);
}

/* The one exit for failure. */
static void
fail (SnugPeerConnection *self, const GError *error)
{
  if (is_over (self))
    return;
  if (error != NULL)
    self->error = g_error_copy (error);
  end (self, SNUG_PEER_CONNECTION_FAILED);
}

/* Says whether a layer's state ends everything, and then ends it. */
static gboolean
ends_with (SnugPeerConnection *self, gpointer transport)
{
  switch (snug_transport_get_state (transport))
    {
    case SNUG_TRANSPORT_FAILED:
      fail (self, snug_transport_get_error (transport));
      return TRUE;
    case SNUG_TRANSPORT_CLOSED:
      /* by the peer, if it was not us */
      if (!is_over (self))
        end (self, SNUG_PEER_CONNECTION_CLOSED);
      return TRUE;
    default:
      return is_over (self);
    }
}

/* ---- Large packets ---- */

/* Where datagrams go by libnice or a relay, it is theirs to cut them: no size says anything about the path. */
static void
search_path (SnugPeerConnection *self)
{
  SnugPeerConnectionInfo info;
  gsize most = SNUG_SCTP_LEAST_PACKET;

  if (self->bulk == NULL)
    return;
  if (snug_ice_transport_get_path (self->ice, &info) && info.in_bulk && info.remote_type != SNUG_CANDIDATE_RELAYED)
    most = info.same_network ? SNUG_PATH_MTU_NEAR : SNUG_PATH_MTU_FAR;
  snug_bulk_channels_search (self->bulk, most);
}

static void
on_bulk_channel (G_GNUC_UNUSED SnugBulkChannels *bulk, SnugDataChannel *channel, SnugPeerConnection *self)
{
  g_signal_emit (self, signals[NEW_DATA_CHANNEL], 0, channel);
}

static void
make_bulk (SnugPeerConnection *self)
{
  self->bulk = snug_bulk_channels_new (self->splitter, self->sctp, self->channels, self->is_dtls_client);
  g_signal_connect (self->bulk, "data-channel", G_CALLBACK (on_bulk_channel), self);
  if (self->may_stripe)
    snug_bulk_channels_allow_stripes (self->bulk);
  if (self->may_bulk)
    snug_bulk_channels_allow (self->bulk);
  search_path (self);
}

void
snug_peer_connection_allow_bulk (SnugPeerConnection *self)
{
  self->may_bulk = TRUE;
  if (self->bulk != NULL)
    snug_bulk_channels_allow (self->bulk);
}

void
snug_peer_connection_allow_stripes (SnugPeerConnection *self)
{
  self->may_stripe = TRUE;
  if (self->bulk != NULL)
    snug_bulk_channels_allow_stripes (self->bulk);
}

gboolean
snug_peer_connection_may_stripe (SnugPeerConnection *self)
{
  return self->may_stripe;
}

guint
snug_peer_connection_get_n_stripes (SnugPeerConnection *self)
{
  return self->bulk != NULL ? snug_bulk_channels_get_n_stripes (self->bulk) : 1;
}

gsize
snug_peer_connection_get_send_room (SnugPeerConnection *self)
{
  return self->bulk != NULL ? snug_bulk_channels_get_send_room (self->bulk) : SNUG_USRSCTP_SEND_BUFFER;
}

/* ---- Layer by layer: a layer that is connected gets the next one on top ---- */

static void
on_sctp_state (SnugTransport *sctp, SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);

  if (ends_with (self, sctp) || snug_transport_get_state (sctp) != SNUG_TRANSPORT_CONNECTED)
    return;
  snug_channel_set_attach (self->channels, self->sctp, self->is_dtls_client);
  make_bulk (self);
  snug_peer_connection_enter_stage (self, SNUG_PEER_CONNECTION_STAGE_OPEN);
  snug_peer_connection_enter (self, SNUG_PEER_CONNECTION_CONNECTED);
}

static void
on_dtls_state (SnugTransport *dtls, SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);
  g_autoptr (SnugTransport) lane = NULL;

  if (ends_with (self, dtls) || snug_transport_get_state (dtls) != SNUG_TRANSPORT_CONNECTED)
    return;
  snug_peer_connection_enter_stage (self, SNUG_PEER_CONNECTION_STAGE_VERIFIED);
  if (is_over (self))
    return;
  self->splitter = snug_port_splitter_new (dtls);
  lane = snug_port_splitter_add (self->splitter, SNUG_SCTP_PORT);
  self->sctp = snug_sctp_transport_new (lane, self->remote->sctp_port, SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE);
  g_signal_connect (self->sctp, "state-changed", G_CALLBACK (on_sctp_state), self);
  snug_sctp_transport_start (self->sctp);
}

static void
start_dtls (SnugPeerConnection *self)
{
  snug_peer_connection_enter_stage (self, SNUG_PEER_CONNECTION_STAGE_ROUTE);
  if (is_over (self))
    return;
  self->dtls = snug_dtls_transport_new (SNUG_TRANSPORT (self->ice), self->certificate,
                                        self->is_dtls_client, self->remote->fingerprint);
  g_signal_connect (self->dtls, "state-changed", G_CALLBACK (on_dtls_state), self);
  snug_dtls_transport_start (self->dtls);
}

/* SCTP has kept what was said meanwhile and tries again within four seconds by itself. */
static void
on_route_back (SnugPeerConnection *self)
{
  search_path (self);
  if (self->state == SNUG_PEER_CONNECTION_DISCONNECTED)
    snug_peer_connection_enter (self, SNUG_PEER_CONNECTION_CONNECTED);
}

static void
on_ice_state (SnugTransport *ice, SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);

  if (ends_with (self, ice))
    return;
  switch (snug_transport_get_state (ice))
    {
    case SNUG_TRANSPORT_CONNECTED:
      if (self->dtls == NULL)
        start_dtls (self);
      else
        on_route_back (self);
      break;
    case SNUG_TRANSPORT_DISCONNECTED:
      snug_peer_connection_enter (self, SNUG_PEER_CONNECTION_DISCONNECTED);
      break;
    default:
      break;
    }
}

static void
on_local_candidate (G_GNUC_UNUSED SnugIceTransport *ice, const char *candidate, SnugPeerConnection *self)
{
  if (!is_over (self))
    g_signal_emit (self, signals[LOCAL_CANDIDATE], 0, candidate);
}

static void
on_path_changed (G_GNUC_UNUSED SnugIceTransport *ice, SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);

  search_path (self);
  if (!is_over (self))
    g_signal_emit (self, signals[PATH_CHANGED], 0);
}

static void
on_data_channel (G_GNUC_UNUSED SnugChannelSet *channels, SnugDataChannel *channel,
                 SnugPeerConnection *self)
{
  g_signal_emit (self, signals[NEW_DATA_CHANNEL], 0, channel);
}

static void
on_drained (G_GNUC_UNUSED SnugChannelSet *channels, SnugPeerConnection *self)
{
  g_signal_emit (self, signals[DRAINED], 0);
}

/* ---- Life ---- */

static void
forget (gpointer object, gpointer self)
{
  if (object != NULL)
    g_signal_handlers_disconnect_by_data (object, self);
}

static void
snug_peer_connection_dispose (GObject *object)
{
  SnugPeerConnection *self = SNUG_PEER_CONNECTION (object);

  forget (self->bulk, self);
  forget (self->sctp, self);
  forget (self->dtls, self);
  forget (self->ice, self);
  if (self->channels != NULL && self->ice != NULL)
    close_layers (self);
  forget (self->channels, self);
  g_clear_object (&self->bulk);
  g_clear_object (&self->channels);
  g_clear_object (&self->sctp);
  g_clear_pointer (&self->splitter, snug_port_splitter_free);
  g_clear_object (&self->dtls);
  g_clear_object (&self->ice);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (snug_peer_connection_parent_class)->dispose (object);
}

static void
snug_peer_connection_finalize (GObject *object)
{
  SnugPeerConnection *self = SNUG_PEER_CONNECTION (object);

  g_clear_pointer (&self->remote, snug_sdp_free);
  g_clear_pointer (&self->early, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->context, g_main_context_unref);
  G_OBJECT_CLASS (snug_peer_connection_parent_class)->finalize (object);
}

static guint
new_signal (const char *name, guint n_parameters, GType type)
{
  return g_signal_new (name, SNUG_TYPE_PEER_CONNECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_parameters, type);
}

static void
snug_peer_connection_class_init (SnugPeerConnectionClass *class)
{
  G_OBJECT_CLASS (class)->dispose = snug_peer_connection_dispose;
  G_OBJECT_CLASS (class)->finalize = snug_peer_connection_finalize;

  signals[STATE_CHANGED] = new_signal ("state-changed", 0, G_TYPE_NONE);
  signals[STAGE_CHANGED] = new_signal ("stage-changed", 0, G_TYPE_NONE);
  signals[PATH_CHANGED] = new_signal ("path-changed", 0, G_TYPE_NONE);
  signals[DRAINED] = new_signal ("drained", 0, G_TYPE_NONE);
  signals[LOCAL_CANDIDATE] = new_signal ("local-candidate", 1, G_TYPE_STRING);
  signals[NEW_DATA_CHANNEL] = new_signal ("data-channel", 1, SNUG_TYPE_DATA_CHANNEL);
}

static void
snug_peer_connection_init (SnugPeerConnection *self)
{
  self->early = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_candidate_free);
  /* RFC 9429 section 5.2.1: 62 random bits */
  self->session_id = ((guint64) g_random_int () << 32 | g_random_int ()) >> 2;
  self->session_version = 1;
}

static void
make_channels (SnugPeerConnection *self)
{
  self->channels = snug_channel_set_new (self->context);
  g_signal_connect (self->channels, "data-channel", G_CALLBACK (on_data_channel), self);
  g_signal_connect (self->channels, "drained", G_CALLBACK (on_drained), self);
}

SnugPeerConnection *
snug_peer_connection_new (GMainContext *context, SnugCertificate *certificate,
                          const SnugPeerConnectionConfig *config)
{
  SnugPeerConnection *self = g_object_new (SNUG_TYPE_PEER_CONNECTION, NULL);

  self->context = g_main_context_ref (context);
  self->certificate = g_object_ref (certificate);
  self->ice = snug_ice_transport_new (context, config);
  make_channels (self);
  g_signal_connect (self->ice, "state-changed", G_CALLBACK (on_ice_state), self);
  g_signal_connect (self->ice, "local-candidate", G_CALLBACK (on_local_candidate), self);
  g_signal_connect (self->ice, "path-changed", G_CALLBACK (on_path_changed), self);
  return self;
}

/* What stands on ICE goes without a word: it would reach somebody who does not know it. */
static void
drop_layers (SnugPeerConnection *self)
{
  snug_transport_set_receiver (SNUG_TRANSPORT (self->ice), NULL, NULL);
  forget (self->bulk, self);
  forget (self->sctp, self);
  forget (self->dtls, self);
  forget (self->channels, self);
  if (self->bulk != NULL)
    snug_bulk_channels_close (self->bulk);
  g_clear_object (&self->bulk);
  self->may_bulk = self->may_stripe = FALSE;
  snug_channel_set_close (self->channels);
  g_clear_object (&self->channels);
  g_clear_object (&self->sctp);
  g_clear_pointer (&self->splitter, snug_port_splitter_free);
  g_clear_object (&self->dtls);
  g_clear_pointer (&self->remote, snug_sdp_free);
}

void
snug_peer_connection_start_over (SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);

  if (is_over (self) || !self->has_offer)
    return;
  snug_ice_transport_lose_route (self->ice);
  drop_layers (self);
  make_channels (self);
  self->is_restart_offer = FALSE;
  self->stage = SNUG_PEER_CONNECTION_STAGE_NONE;
  /* back to the beginning, which is no other state's move */
  self->state = SNUG_PEER_CONNECTION_CONNECTING;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

/* ---- The rest ---- */

SnugDataChannel *
snug_peer_connection_create_data_channel (SnugPeerConnection *self, const char *label,
                                          const SnugDataChannelInit *init, GError **error)
{
  SnugDataChannel *channel = NULL;

  if (!snug_peer_connection_check_open (self, error))
    return NULL;
  if (init != NULL && init->is_bulk && self->bulk != NULL)
    channel = snug_bulk_channels_create (self->bulk, label, init);
  if (channel == NULL && init != NULL && init->stripe > 0)
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE, _("The data channel is closed"));
      return NULL;
    }
  return channel != NULL ? channel : snug_channel_set_create (self->channels, label, init, error);
}

SnugPeerConnectionState
snug_peer_connection_get_state (SnugPeerConnection *self)
{
  return self->state;
}

SnugPeerConnectionStage
snug_peer_connection_get_stage (SnugPeerConnection *self)
{
  return self->stage;
}

const GError *
snug_peer_connection_get_error (SnugPeerConnection *self)
{
  return self->error;
}

gsize
snug_peer_connection_get_max_message_size (SnugPeerConnection *self)
{
  if (self->remote == NULL)
    return SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE;
  if (self->remote->max_message_size == 0)
    return G_MAXSIZE;
  return (gsize) MIN (self->remote->max_message_size, G_MAXSIZE);
}

gboolean
snug_peer_connection_get_info (SnugPeerConnection *self, SnugPeerConnectionInfo *info)
{
  const char *version = self->dtls != NULL ? snug_dtls_transport_get_version (self->dtls) : NULL;
  const char *cipher = self->dtls != NULL ? snug_dtls_transport_get_cipher (self->dtls) : NULL;

  memset (info, 0, sizeof *info);
  info->rtt_ms = -1;
  if (!snug_ice_transport_get_path (self->ice, info))
    return FALSE;

  g_strlcpy (info->dtls_version, version != NULL ? version : "", sizeof info->dtls_version);
  g_strlcpy (info->dtls_cipher, cipher != NULL ? cipher : "", sizeof info->dtls_cipher);
  if (self->remote != NULL)
    memcpy (info->remote_fingerprint, self->remote->fingerprint, sizeof info->remote_fingerprint);
  if (self->sctp != NULL)
    {
      info->rtt_ms = snug_sctp_transport_get_rtt_ms (self->sctp);
      info->bytes_sent = snug_sctp_transport_get_bytes_sent (self->sctp);
      info->bytes_received = snug_sctp_transport_get_bytes_received (self->sctp);
    }
  info->packet_bytes = SNUG_SCTP_LEAST_PACKET;
  info->n_stripes = snug_peer_connection_get_n_stripes (self);
  if (self->bulk != NULL)
    {
      info->bytes_sent += snug_bulk_channels_get_bytes_sent (self->bulk);
      info->bytes_received += snug_bulk_channels_get_bytes_received (self->bulk);
      info->packet_bytes = snug_bulk_channels_get_packet_bytes (self->bulk);
    }
  return TRUE;
}

typedef struct
{
  SnugPeerConnection *connection;   /* owned */
  gint64              until_us;
} Finish;

static gboolean
is_flushed (SnugPeerConnection *self)
{
  return snug_channel_set_is_flushed (self->channels)
         && (self->bulk == NULL || snug_bulk_channels_is_flushed (self->bulk));
}

static gboolean
on_finish_tick (gpointer data)
{
  Finish *finish = data;
  SnugPeerConnection *connection = finish->connection;

  if (connection->state == SNUG_PEER_CONNECTION_CONNECTED && !is_flushed (connection)
      && g_get_monotonic_time () < finish->until_us)
    return G_SOURCE_CONTINUE;
  snug_peer_connection_close (connection);
  return G_SOURCE_REMOVE;
}

static void
finish_free (gpointer data)
{
  Finish *finish = data;

  g_object_unref (finish->connection);
  g_free (finish);
  snug_network_release ();
}

void
snug_peer_connection_finish (SnugPeerConnection *self)
{
  Finish *finish = g_new (Finish, 1);
  g_autoptr (GSource) source = NULL;

  *finish = (Finish) { g_object_ref (self), g_get_monotonic_time () + FINISH_PATIENCE_US };
  snug_network_hold ();
  source = snug_context_timeout_full (self->context, FINISH_TICK_MS, on_finish_tick, finish, finish_free);
}

guint64
snug_peer_connection_get_bytes_sent (SnugPeerConnection *self)
{
  return self->sctp != NULL ? snug_sctp_transport_get_bytes_sent (self->sctp) : 0;
}

guint64
snug_peer_connection_get_bytes_acked (SnugPeerConnection *self)
{
  return self->sctp != NULL ? snug_sctp_transport_get_bytes_acked (self->sctp) : 0;
}

guint64
snug_peer_connection_get_n_packets (SnugPeerConnection *self)
{
  guint64 n_packets = self->sctp != NULL ? snug_sctp_transport_get_n_packets (self->sctp) : 0;

  return n_packets + (self->bulk != NULL ? snug_bulk_channels_get_n_packets (self->bulk) : 0);
}

void
snug_peer_connection_probe (SnugPeerConnection *self)
{
  if (self->sctp != NULL)
    snug_sctp_transport_probe (self->sctp);
}

gboolean
snug_peer_connection_has_moved (SnugPeerConnection *self)
{
  return !is_over (self) && snug_ice_transport_has_moved (self->ice);
}

gboolean
snug_peer_connection_is_cut_off (SnugPeerConnection *self)
{
  return !is_over (self) && snug_ice_transport_is_cut_off (self->ice);
}

void
snug_peer_connection_lose_route (SnugPeerConnection *self)
{
  if (!is_over (self))
    snug_ice_transport_lose_route (self->ice);
}

void
snug_peer_connection_set_reading (SnugPeerConnection *self, gboolean on)
{
  if (self->sctp != NULL)
    snug_sctp_transport_set_reading (self->sctp, on);
}

void
snug_peer_connection_close (SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);

  end (self, SNUG_PEER_CONNECTION_CLOSED);
}
