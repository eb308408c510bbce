/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-peer-connection.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "snug-bulk-channels.h"
#include "snug-channel-set.h"
#include "snug-dtls-transport.h"
#include "snug-ice-transport.h"
#include "snug-network.h"
#include "snug-path-mtu.h"
#include "snug-port-splitter.h"
#include "snug-sctp-transport.h"
#include "snug-sdp.h"
#include "snug-usrsctp.h"

/* The peer may send candidates before its description; these wait. */
#define MAX_EARLY_CANDIDATES 100
/* How long what was sent may take to arrive before a goodbye, and how often that is looked at. */
#define FINISH_PATIENCE_US (4 * G_USEC_PER_SEC)
#define FINISH_TICK_MS 5

struct _SnugPeerConnection
{
  GObject parent_instance;

  /* owned */
  GMainContext       *context;
  SnugCertificate    *certificate;
  SnugIceTransport   *ice;
  SnugDtlsTransport  *dtls;            /* nullable until there is a route */
  SnugPortSplitter   *splitter;        /* nullable until the peer is verified */
  SnugSctpTransport  *sctp;            /* the same */
  SnugChannelSet     *channels;
  SnugBulkChannels   *bulk;            /* nullable until @sctp is connected */
  SnugSdp            *remote;          /* nullable: the peer's description in force */
  GPtrArray          *early;           /* of SnugCandidate */
  GError             *error;

  SnugPeerConnectionState  state;
  SnugPeerConnectionStage  stage;
  guint64             session_id;
  guint64             session_version;
  gboolean            has_offer;         /* ours, made and not yet answered */
  gboolean            is_restart_offer;
  gboolean            includes_candidates;   /* they were told before and belong in the description */
  gboolean            is_dtls_client;
  gboolean            early_end;         /* the end of candidates came early too */
  gboolean            may_bulk;          /* the peer knows of it */
  gboolean            may_stripe;        /* of several, too */
};

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

static gboolean
enter (SnugPeerConnection *self, SnugPeerConnectionState state)
{
  if ((allowed_moves[self->state] & 1u << state) == 0)
    return FALSE;
  g_debug ("peer connection: %s → %s", state_names[self->state], state_names[state]);
  self->state = state;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  return TRUE;
}

static void
enter_stage (SnugPeerConnection *self, SnugPeerConnectionStage stage)
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
  if (enter (self, state))
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
  enter_stage (self, SNUG_PEER_CONNECTION_STAGE_OPEN);
  enter (self, SNUG_PEER_CONNECTION_CONNECTED);
}

static void
on_dtls_state (SnugTransport *dtls, SnugPeerConnection *self)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);
  g_autoptr (SnugTransport) lane = NULL;

  if (ends_with (self, dtls) || snug_transport_get_state (dtls) != SNUG_TRANSPORT_CONNECTED)
    return;
  enter_stage (self, SNUG_PEER_CONNECTION_STAGE_VERIFIED);
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
  enter_stage (self, SNUG_PEER_CONNECTION_STAGE_ROUTE);
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
    enter (self, SNUG_PEER_CONNECTION_CONNECTED);
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
      enter (self, SNUG_PEER_CONNECTION_DISCONNECTED);
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

/* ---- Our descriptions ---- */

static void
copy_sections (SnugSdp *sdp, const SnugSdp *offer)
{
  sdp->section_index = offer->section_index;
  for (guint i = 0; i < offer->rejected_sections->len; i++)
    g_ptr_array_add (sdp->rejected_sections,
                     g_strdup (g_ptr_array_index (offer->rejected_sections, i)));
}

static char *
describe (SnugPeerConnection *self, SnugSdpSetup setup, const SnugSdp *offer)
{
  g_autoptr (SnugSdp) sdp = snug_sdp_new ();

  sdp->session_id = self->session_id;
  sdp->session_version = self->session_version;
  sdp->mid = g_strdup (offer != NULL ? offer->mid : self->remote != NULL ? self->remote->mid : "0");
  sdp->bundle = offer == NULL || offer->bundle;
  if (offer != NULL)
    copy_sections (sdp, offer);
  sdp->ice_ufrag = g_strdup (snug_ice_transport_get_ufrag (self->ice));
  sdp->ice_pwd = g_strdup (snug_ice_transport_get_pwd (self->ice));
  sdp->trickle = TRUE;
  memcpy (sdp->fingerprint, snug_certificate_get_fingerprint (self->certificate),
          sizeof sdp->fingerprint);
  sdp->setup = setup;
  sdp->sctp_port = SNUG_SCTP_PORT;
  sdp->max_message_size = SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE;
  if (self->includes_candidates)
    {
      g_clear_pointer (&sdp->candidates, g_ptr_array_unref);
      sdp->candidates = snug_ice_transport_get_local_candidates (self->ice);
      sdp->end_of_candidates = snug_ice_transport_is_gathering_done (self->ice);
    }
  return snug_sdp_to_text (sdp);
}

static gboolean
check_open (SnugPeerConnection *self, GError **error)
{
  if (!is_over (self))
    return TRUE;
  g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE, _("The connection is closed"));
  return FALSE;
}

/* RFC 8839 section 4.4.1.1.1. libnice keeps its sockets, so no candidate would be told again: those that are known are
 * written into the description from now on. */
static gboolean
restart_ice (SnugPeerConnection *self, GError **error)
{
  if (!snug_ice_transport_restart (self->ice, error))
    return FALSE;
  self->session_version++;
  self->includes_candidates = TRUE;
  return TRUE;
}

char *
snug_peer_connection_create_offer (SnugPeerConnection *self, gboolean ice_restart, GError **error)
{
  if (!check_open (self, error))
    return NULL;
  if (ice_restart && self->remote == NULL)
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE,
                           _("There is no connection yet that could be restarted"));
      return NULL;
    }
  if (!snug_ice_transport_start (self->ice, TRUE, error)
      || (ice_restart && !restart_ice (self, error)))
    return NULL;

  self->has_offer = TRUE;
  self->is_restart_offer = ice_restart || self->is_restart_offer;
  enter (self, SNUG_PEER_CONNECTION_CONNECTING);
  return describe (self, SNUG_SDP_SETUP_ACTPASS, NULL);
}

/* ---- The peer's descriptions ---- */

static gboolean
refuse (GError **error, SnugRtcError code, const char *message)
{
  g_set_error_literal (error, SNUG_RTC_ERROR, code, message);
  return FALSE;
}

static SnugSdp *
parse_remote (const char *text, GError **error)
{
  g_autoptr (GError) reason = NULL;
  SnugSdp *sdp = snug_sdp_parse (text, &reason);

  if (sdp == NULL)
    {
      g_debug ("peer connection: %s", reason->message);
      refuse (error, SNUG_RTC_ERROR_BAD_REMOTE, _("The other side sent a description that cannot be used"));
    }
  return sdp;
}

static gboolean
has_new_credentials (SnugPeerConnection *self, const SnugSdp *sdp)
{
  return self->remote == NULL || strcmp (self->remote->ice_ufrag, sdp->ice_ufrag) != 0
         || strcmp (self->remote->ice_pwd, sdp->ice_pwd) != 0;
}

static gboolean
check_fingerprint (SnugPeerConnection *self, const SnugSdp *sdp, GError **error)
{
  if (self->remote == NULL
      || memcmp (self->remote->fingerprint, sdp->fingerprint, sizeof sdp->fingerprint) == 0)
    return TRUE;
  return refuse (error, SNUG_RTC_ERROR_FINGERPRINT,
                 _("The other side names another certificate than before"));
}

static void
add_candidate (SnugPeerConnection *self, const char *text)
{
  g_autoptr (SnugCandidate) candidate = snug_candidate_parse (text, NULL);

  if (candidate != NULL)
    snug_ice_transport_add_remote_candidate (self->ice, candidate);
  else
    g_debug ("peer connection: a bad candidate in a description");
}

static void
add_early_candidates (SnugPeerConnection *self)
{
  for (guint i = 0; i < self->early->len; i++)
    snug_ice_transport_add_remote_candidate (self->ice, g_ptr_array_index (self->early, i));
  g_ptr_array_set_size (self->early, 0);
  if (self->early_end)
    snug_ice_transport_end_remote_candidates (self->ice);
  self->early_end = FALSE;
}

static void
take_candidates (SnugPeerConnection *self, const SnugSdp *sdp)
{
  for (guint i = 0; i < sdp->candidates->len; i++)
    add_candidate (self, g_ptr_array_index (sdp->candidates, i));
  if (sdp->end_of_candidates)
    snug_ice_transport_end_remote_candidates (self->ice);
  add_early_candidates (self);
}

/* RFC 8841 section 6.1: zero stands for any size. */
static void
take_max_message_size (SnugPeerConnection *self, const SnugSdp *sdp)
{
  guint64 size = sdp->max_message_size;

  if (size == 0 || size > SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE)
    size = SNUG_DATA_CHANNEL_MAX_MESSAGE_SIZE;
  snug_channel_set_set_max_message_size (self->channels, (gsize) size);
}

/* @sdp: (transfer full). From here on the description is in force. */
static gboolean
take_remote (SnugPeerConnection *self, SnugSdp *sdp, GError **error)
{
  gboolean is_new = has_new_credentials (self, sdp);

  if (is_new
      && !snug_ice_transport_set_remote_credentials (self->ice, sdp->ice_ufrag, sdp->ice_pwd, error))
    {
      snug_sdp_free (sdp);
      return FALSE;
    }
  g_clear_pointer (&self->remote, snug_sdp_free);
  self->remote = sdp;
  take_max_message_size (self, sdp);
  take_candidates (self, sdp);
  enter_stage (self, SNUG_PEER_CONNECTION_STAGE_ANSWERED);
  return TRUE;
}

/* Who is the DTLS client stays so for the life of the association (RFC 8842 section 5.5). */
static SnugSdpSetup
choose_setup (SnugPeerConnection *self, const SnugSdp *offer)
{
  if (self->dtls == NULL)
    self->is_dtls_client = offer->setup != SNUG_SDP_SETUP_ACTIVE;
  return self->is_dtls_client ? SNUG_SDP_SETUP_ACTIVE : SNUG_SDP_SETUP_PASSIVE;
}

/* An offer that changes nothing, or the first one, or an ICE restart by the peer. */
static gboolean
prepare_answer (SnugPeerConnection *self, const SnugSdp *offer, GError **error)
{
  if (self->remote != NULL && has_new_credentials (self, offer))
    return restart_ice (self, error);
  return snug_ice_transport_start (self->ice, FALSE, error);
}

char *
snug_peer_connection_accept_offer (SnugPeerConnection *self, const char *text, GError **error)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);
  g_autoptr (SnugSdp) offer = NULL;
  g_autofree char *answer = NULL;

  if (!check_open (self, error))
    return NULL;
  if (self->has_offer)
    return refuse (error, SNUG_RTC_ERROR_STATE, _("Our own offer is not answered yet")), NULL;
  if ((offer = parse_remote (text, error)) == NULL || !check_fingerprint (self, offer, error)
      || !prepare_answer (self, offer, error))
    return NULL;

  enter (self, SNUG_PEER_CONNECTION_CONNECTING);
  answer = describe (self, choose_setup (self, offer), offer);
  if (!take_remote (self, g_steal_pointer (&offer), error))
    return NULL;
  return g_steal_pointer (&answer);
}

static gboolean
check_answer (SnugPeerConnection *self, const SnugSdp *answer, GError **error)
{
  if (answer->setup == SNUG_SDP_SETUP_ACTPASS)
    return refuse (error, SNUG_RTC_ERROR_BAD_REMOTE, _("The other side sent an answer that cannot be used"));
  /* RFC 8839 section 4.4.1.1.1: else it is one to an older offer */
  if (self->is_restart_offer && !has_new_credentials (self, answer))
    return refuse (error, SNUG_RTC_ERROR_BAD_REMOTE, _("The other side answered an older offer"));
  return check_fingerprint (self, answer, error);
}

gboolean
snug_peer_connection_accept_answer (SnugPeerConnection *self, const char *text, GError **error)
{
  g_autoptr (SnugPeerConnection) keep = g_object_ref (self);
  g_autoptr (SnugSdp) answer = NULL;

  if (!check_open (self, error))
    return FALSE;
  if (!self->has_offer)
    return refuse (error, SNUG_RTC_ERROR_STATE, _("The other side answered an offer that was not made"));
  if ((answer = parse_remote (text, error)) == NULL || !check_answer (self, answer, error))
    return FALSE;

  self->has_offer = FALSE;
  self->is_restart_offer = FALSE;
  /* Firefox says "active" to every offer, also where it is the server of the association that lives on;
   * its roles stay (RFC 8842 section 5.5). */
  if (self->dtls == NULL)
    self->is_dtls_client = answer->setup == SNUG_SDP_SETUP_PASSIVE;
  return take_remote (self, g_steal_pointer (&answer), error);
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

/* Candidates of the restart that is under way belong to the answer that is not here yet. */
static gboolean
must_wait (SnugPeerConnection *self)
{
  return self->remote == NULL || (self->has_offer && self->is_restart_offer);
}

static gboolean
end_candidates (SnugPeerConnection *self)
{
  if (must_wait (self))
    self->early_end = TRUE;
  else
    snug_ice_transport_end_remote_candidates (self->ice);
  return TRUE;
}

gboolean
snug_peer_connection_add_remote_candidate (SnugPeerConnection *self, const char *text, GError **error)
{
  g_autoptr (SnugCandidate) candidate = NULL;

  if (!check_open (self, error))
    return FALSE;
  if (snug_candidate_is_end (text))
    return end_candidates (self);
  if ((candidate = snug_candidate_parse (text, NULL)) == NULL)
    return refuse (error, SNUG_RTC_ERROR_BAD_REMOTE, _("The other side sent an address that is none"));

  if (!must_wait (self))
    snug_ice_transport_add_remote_candidate (self->ice, candidate);
  else if (self->early->len < MAX_EARLY_CANDIDATES)
    g_ptr_array_add (self->early, g_steal_pointer (&candidate));
  return TRUE;
}

/* ---- The rest ---- */

SnugDataChannel *
snug_peer_connection_create_data_channel (SnugPeerConnection *self, const char *label,
                                          const SnugDataChannelInit *init, GError **error)
{
  SnugDataChannel *channel = NULL;

  if (!check_open (self, error))
    return NULL;
  if (init != NULL && init->is_bulk && self->bulk != NULL)
    channel = snug_bulk_channels_create (self->bulk, label, init);
  if (channel == NULL && init != NULL && init->stripe > 0)
    {
      refuse (error, SNUG_RTC_ERROR_STATE, _("The data channel is closed"));
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
  g_autoptr (GSource) source = g_timeout_source_new (FINISH_TICK_MS);
  Finish *finish = g_new (Finish, 1);

  *finish = (Finish) { g_object_ref (self), g_get_monotonic_time () + FINISH_PATIENCE_US };
  snug_network_hold ();
  g_source_set_callback (source, on_finish_tick, finish, finish_free);
  g_source_attach (source, self->context);
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
