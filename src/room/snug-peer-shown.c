/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-peer-shown.h"

#include <glib/gi18n-lib.h>

#include "snug-member-private.h"

static const char *
not_safe (void)
{
  return _("Not safe: somebody may be listening in between. The connection was closed.");
}

static const char *
explain (SnugPeerLink *link, const SnugPeerShown *shown)
{
  const GError *error = snug_peer_link_get_error (link);
  const SnugDialectRules *rules = snug_peer_link_get_rules (link);

  if (g_error_matches (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_FINGERPRINT))
    return _("Not safe: the certificate was not the one announced. The connection was closed.");
  if (rules->lost_words != NULL)
    return _(rules->lost_words);
  if (g_error_matches (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE))
    return shown->never_by_relay
             ? _("No way through: both networks block direct links, and relays are turned off here.")
             : _("No way through: both networks block direct links, and no relay is set up or it does not answer.");
  return _("The connection could not be set up.");
}

static SnugMemberState
member_state (SnugPeerLinkState state, const SnugPeerShown *shown)
{
  if (shown->unsafe)
    return SNUG_MEMBER_FAILED;
  switch (state)
    {
    case SNUG_PEER_LINK_CONNECTED:
      return !shown->ready ? SNUG_MEMBER_CONNECTING
             : shown->away ? SNUG_MEMBER_AWAY
             : shown->silent ? SNUG_MEMBER_RECONNECTING : SNUG_MEMBER_CONNECTED;
    case SNUG_PEER_LINK_RECONNECTING:
      return shown->away ? SNUG_MEMBER_AWAY : SNUG_MEMBER_RECONNECTING;
    case SNUG_PEER_LINK_FAILED:
      return SNUG_MEMBER_FAILED;
    case SNUG_PEER_LINK_CLOSED:
      return SNUG_MEMBER_LEFT;
    case SNUG_PEER_LINK_CONNECTING:
    default:
      return shown->away ? SNUG_MEMBER_AWAY : SNUG_MEMBER_CONNECTING;
    }
}

static const char *
candidate_type_text (SnugCandidateType type)
{
  switch (type)
    {
    case SNUG_CANDIDATE_HOST: return _("own address");
    case SNUG_CANDIDATE_SERVER_REFLEXIVE: return _("address seen by a STUN server");
    case SNUG_CANDIDATE_PEER_REFLEXIVE: return _("address seen by the other side");
    case SNUG_CANDIDATE_RELAYED:
    default: return _("relay");
    }
}

static char *
describe_info (const SnugPeerConnectionInfo *info)
{
  g_autofree char *fingerprint = snug_fingerprint_to_text (info->remote_fingerprint);
  g_autofree char *text = NULL;
  g_autofree char *stripes = NULL;

  text = g_strdup_printf (_("Here: %s (%s)\nThere: %s (%s)\n%s, %s, %s\nTheir certificate: %s"),
                          info->local_address, candidate_type_text (info->local_type),
                          info->remote_address, candidate_type_text (info->remote_type),
                          info->ipv6 ? "IPv6" : "IPv4", info->dtls_version, info->dtls_cipher, fingerprint);
  if (info->n_stripes <= 1)
    return g_steal_pointer (&text);
  stripes = g_strdup_printf (_("Large files: over %u SCTP associations at once"), info->n_stripes);
  return g_strconcat (text, "\n", stripes, NULL);
}

static void
show_info (SnugMember *member, const SnugPeerConnectionInfo *info)
{
  gboolean relayed = info->local_type == SNUG_CANDIDATE_RELAYED || info->remote_type == SNUG_CANDIDATE_RELAYED;
  g_autofree char *details = describe_info (info);

  snug_member_set_path (member,
                        relayed ? SNUG_PATH_RELAY : info->same_network ? SNUG_PATH_DIRECT_LOCAL : SNUG_PATH_DIRECT,
                        info->relay_server);
  snug_member_set_lacks_relay (member, info->lacks_relay);
  if (snug_member_get_rtt_ms (member) < 0 && info->rtt_ms >= 0)
    snug_member_set_rtt_ms (member, info->rtt_ms);
  snug_member_set_details (member, details);
}

void
snug_peer_show_steps (SnugMember *member, SnugPeerLink *link)
{
  static const SnugPeerConnectionStage needed[SNUG_N_STEPS] = {
    SNUG_PEER_CONNECTION_STAGE_ANSWERED, SNUG_PEER_CONNECTION_STAGE_ROUTE, SNUG_PEER_CONNECTION_STAGE_VERIFIED
  };
  SnugPeerConnectionStage stage = snug_peer_link_get_stage (link);
  gboolean failed = snug_peer_link_get_state (link) == SNUG_PEER_LINK_FAILED;
  gboolean earlier_done = TRUE;

  for (guint step = 0; step < SNUG_N_STEPS; step++)
    {
      gboolean done = stage >= needed[step];
      SnugStepState running = failed ? SNUG_STEP_FAILED : SNUG_STEP_RUNNING;

      snug_member_set_step (member, step, done ? SNUG_STEP_DONE : earlier_done ? running : SNUG_STEP_WAITING);
      earlier_done = done;
    }
}

void
snug_peer_show (SnugMember *member, SnugPeerLink *link, const SnugPeerShown *shown)
{
  SnugPeerLinkState state = snug_peer_link_get_state (link);
  const SnugPeerConnectionInfo *info = snug_peer_link_get_info (link);

  snug_member_set_legacy (member, snug_peer_link_get_rules (link)->version < SNUG_WIRE_VERSION);
  snug_member_set_error_text (member, shown->unsafe ? not_safe ()
                                      : state == SNUG_PEER_LINK_FAILED ? explain (link, shown) : NULL);
  if (shown->unsafe)
    snug_member_set_step (member, SNUG_STEP_KEYS, SNUG_STEP_FAILED);
  else
    snug_peer_show_steps (member, link);
  if (info != NULL)
    show_info (member, info);
  snug_member_set_state (member, member_state (state, shown));
}
