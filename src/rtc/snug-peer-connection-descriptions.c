/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-peer-connection-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* The peer may send candidates before its description; these wait. */
#define MAX_EARLY_CANDIDATES 100

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
  if (!snug_peer_connection_check_open (self, error))
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
  snug_peer_connection_enter (self, SNUG_PEER_CONNECTION_CONNECTING);
  return describe (self, SNUG_SDP_SETUP_ACTPASS, NULL);
}

void
snug_peer_connection_set_servers (SnugPeerConnection *self, GPtrArray *ice_servers, gboolean by_proxy)
{
  snug_ice_transport_set_servers (self->ice, ice_servers, by_proxy);
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
  snug_peer_connection_enter_stage (self, SNUG_PEER_CONNECTION_STAGE_ANSWERED);
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

  if (!snug_peer_connection_check_open (self, error))
    return NULL;
  if (self->has_offer)
    return refuse (error, SNUG_RTC_ERROR_STATE, _("Our own offer is not answered yet")), NULL;
  if ((offer = parse_remote (text, error)) == NULL || !check_fingerprint (self, offer, error)
      || !prepare_answer (self, offer, error))
    return NULL;

  snug_peer_connection_enter (self, SNUG_PEER_CONNECTION_CONNECTING);
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

  if (!snug_peer_connection_check_open (self, error))
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

  if (!snug_peer_connection_check_open (self, error))
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
