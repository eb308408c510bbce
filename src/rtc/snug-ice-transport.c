/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-transport.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-ice-agent.h"
#include "snug-ice-consent.h"
#include "snug-ice-head-start.h"
#include "snug-ice-local.h"
#include "snug-ice-remote.h"
#include "snug-ice-route.h"
#include "snug-own-addresses.h"

#define DEFAULT_ROUTE_TIMEOUT_MS (30 * 1000)
#define DEFAULT_REPAIR_TIMEOUT_MS (5 * 60 * 1000)

/* The other side takes a new route a round trip after us. What it sends until then comes by the former one. */
#define FAREWELL_MS 3000

struct _SnugIceTransport
{
  SnugTransport parent_instance;

  /* owned */
  SnugIceRoute    *route;             /* nullable once closed: the last that was begun */
  SnugIceRoute    *former;            /* nullable: the one before, which carries until @route has a pair, and then hears */
  GSource         *farewell;          /* nullable: @former only hears, and no longer than this */
  SnugPeerConnectionConfig config;    /* with its servers */
  char            *addresses;         /* nullable: ours, when the agent gathered from them */
  SnugIceLocal    *local;
  SnugIceRemote   *remote;
  GSource         *deadline;          /* no route yet, or no route any more */
  SnugIceConsent  *consent;
  SnugIceHeadStart *head_start;

  NiceAgent       *agent;             /* borrowed from @route */
  guint            stream;
  guint            route_timeout_ms;
  guint            repair_timeout_ms;
  gint64           searching_us;      /* since when a route is looked for beside @former */
  gboolean         started;
  gboolean         is_controlling;
  gboolean         restarting;        /* no pair was found since the last restart */
  gboolean         given_up;          /* the pair that there was; and ICE was not restarted since */
};

G_DEFINE_FINAL_TYPE (SnugIceTransport, snug_ice_transport, SNUG_TYPE_TRANSPORT)

enum { LOCAL_CANDIDATE, PATH_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- The head start of direct routes ---- */

/* Neighbours reach each other sooner than a relay, and others not at all where UDP does not get out. A relay-only side tells
 * nothing else, and its checks come from there; between two families nothing passes. Whoever tells a name, found or not, may
 * come by either. */
static gboolean
may_be_direct (SnugIceTransport *self)
{
  guint theirs = snug_ice_remote_get_direct_families (self->remote);

  if (self->route != NULL && snug_ice_agent_lacks_udp (snug_ice_route_get_agent (self->route)))
    return FALSE;
  if (self->agent == NULL || !snug_ice_remote_is_complete (self->remote))
    return TRUE;
  if (theirs != 0 && !snug_ice_local_is_complete (self->local))
    return TRUE;
  return (theirs & snug_ice_local_get_direct_families (self->local)) != 0;
}

static void
consider_head_start (SnugIceTransport *self)
{
  if (!may_be_direct (self))
    snug_ice_head_start_end (self->head_start);
}

static void
begin_head_start (SnugIceTransport *self)
{
  snug_ice_head_start_begin (self->head_start);
  consider_head_start (self);
}

static void
on_local_candidate (const char *candidate, gpointer user_data)
{
  SnugIceTransport *self = user_data;
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  g_signal_emit (self, signals[LOCAL_CANDIDATE], 0, candidate);
  consider_head_start (self);
}

/* ---- States ---- */

static gboolean
on_deadline (gpointer data)
{
  SnugIceTransport *self = data;
  gboolean had_route = snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_DISCONNECTED;

  snug_clear_source (&self->deadline);
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_FAILED,
                        g_error_new_literal (SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE,
                                             had_route ? _("The route to the other side was lost")
                                                       : _("No route to the other side was found")));
  return G_SOURCE_REMOVE;
}

static void
arm_deadline (SnugIceTransport *self, guint delay_ms)
{
  snug_clear_source (&self->deadline);
  self->deadline = snug_context_timeout (snug_transport_get_context (SNUG_TRANSPORT (self)), delay_ms,
                                         on_deadline, self);
}

static gboolean
is_former_carrying (SnugIceTransport *self)
{
  return self->former != NULL && self->farewell == NULL;
}

/* The one whose pair datagrams go by; nullable once closed. */
static SnugIceRoute *
get_carrier (SnugIceTransport *self)
{
  return is_former_carrying (self) ? self->former : self->route;
}

/* Whoever wants to be seen by relays only has a proxy now, and this route began without: its relay sees past that. */
static gboolean
goes_round_proxy (SnugIceTransport *self, SnugIceRoute *route)
{
  return self->config.relay == SNUG_RELAY_ONLY && self->config.by_proxy && route != NULL
         && !snug_ice_agent_is_by_proxy (snug_ice_route_get_agent (route));
}

static void
retire (SnugIceTransport *self, SnugIceRoute *route)
{
  if (goes_round_proxy (self, route))
    snug_ice_agent_mute (snug_ice_route_get_agent (route));
  snug_ice_route_free (route);
}

static void
drop_former (SnugIceTransport *self)
{
  snug_clear_source (&self->farewell);
  if (self->former == NULL)
    return;
  g_signal_handlers_disconnect_by_data (snug_ice_agent_get_nice (snug_ice_route_get_agent (self->former)), self);
  retire (self, g_steal_pointer (&self->former));
}

static gboolean
on_farewell (gpointer data)
{
  drop_former (data);
  return G_SOURCE_REMOVE;
}

/* To the route that was begun last, from the one before if there is one. */
static void
go_over (SnugIceTransport *self)
{
  gboolean is_from_another = is_former_carrying (self);

  snug_ice_route_use (self->route);
  if (!is_from_another)
    return;
  snug_ice_consent_stop (self->consent);   /* what was renewed was the other's */
  self->farewell = snug_context_timeout (snug_transport_get_context (SNUG_TRANSPORT (self)), FAREWELL_MS, on_farewell,
                                         self);
  g_signal_emit (self, signals[PATH_CHANGED], 0);
}

static void
on_route_found (SnugIceTransport *self)
{
  snug_clear_source (&self->deadline);
  snug_ice_head_start_stop (self->head_start);
  go_over (self);
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CONNECTED, NULL);
}

/* libnice gives up 10 s after the last answer to a consent check (RFC 7675). Before there was a route
 * its FAILED means nothing: a check from an address not yet known may still come. */
static void
on_route_lost (SnugIceTransport *self)
{
  if (snug_transport_get_state (SNUG_TRANSPORT (self)) != SNUG_TRANSPORT_CONNECTED)
    return;
  self->given_up |= !self->restarting && !is_former_carrying (self);
  snug_ice_consent_stop (self->consent);
  drop_former (self);
  snug_ice_route_leave (self->route);
  arm_deadline (self, self->repair_timeout_ms);
  snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_DISCONNECTED, NULL);
}

static gboolean
had_route (SnugIceTransport *self)
{
  SnugTransportState state = snug_transport_get_state (SNUG_TRANSPORT (self));

  return state == SNUG_TRANSPORT_CONNECTED || state == SNUG_TRANSPORT_DISCONNECTED;
}

/* Where nothing carries, only the first route is worth waiting for a better one; libnice may change to that later, too. */
static void
consider_route (SnugIceTransport *self)
{
  if ((had_route (self) && !is_former_carrying (self))
      || snug_ice_head_start_may_use (self->head_start, snug_ice_route_is_relayed (self->route)))
    on_route_found (self);
}

/* None that could have been waited for has come, and this one may be gone meanwhile. */
static void
on_head_start_over (gpointer user_data)
{
  SnugIceTransport *self = user_data;
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  g_debug ("ICE: by a relay, as there is no other route");
  if (snug_ice_route_has_pair (self->route))
    on_route_found (self);
}

/* Without a restart there is nothing to be checked until there is one. Beside a route that carries another is looked for no
 * longer than a first one, be it that it was found, had to wait, and is lost again. */
static gboolean
is_searching (SnugIceTransport *self)
{
  if (!is_former_carrying (self))
    return self->restarting;
  return g_get_monotonic_time () - self->searching_us < (gint64) self->route_timeout_ms * 1000;
}

/* A pair whose consent expires makes libnice's component FAILED, also while checks run that have nothing to
 * do with it: those of a restart, or of a better pair. If one of them succeeds then, libnice 0.1.21 aborts
 * the process, as it knows no way from FAILED to CONNECTED. So those checks are begun once more from the
 * start, under the credentials that were told. */
static void
rewind_checks (SnugIceTransport *self)
{
  snug_ice_agent_restart (self->agent);
  snug_ice_local_repeat (self->local);
  if (is_searching (self))
    snug_ice_remote_repeat (self->remote);
}

/* A relay that was kept waiting while that carried will do now. */
static void
on_former_lost (SnugIceTransport *self)
{
  gboolean has_waiting = snug_ice_head_start_has_waiting (self->head_start);

  snug_ice_consent_stop (self->consent);
  if (has_waiting && snug_ice_route_has_pair (self->route))
    on_route_found (self);
  else
    on_route_lost (self);
}

/* Only of a pair that there was: before that, FAILED is not for ever. */
static void
on_consent_expired (gpointer user_data)
{
  SnugIceTransport *self = user_data;
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  if (is_former_carrying (self))
    {
      on_former_lost (self);
      return;
    }
  rewind_checks (self);
  on_route_lost (self);
}

static gboolean
may_renew_consent (SnugIceTransport *self)
{
  return !self->restarting && !self->given_up
         && snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_CONNECTED;
}

static void
on_component_state (G_GNUC_UNUSED NiceAgent *agent, G_GNUC_UNUSED guint stream,
                    G_GNUC_UNUSED guint component, guint state, SnugIceTransport *self)
{
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  g_debug ("ICE: %s", nice_component_state_to_string (state));
  if (state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY)
    {
      self->restarting = FALSE;
      /* Consent that has expired does not come back (RFC 7675 5.1): libnice may say READY, and sends nothing. Of a pair
       * that we gave up it does not know, and says so whenever a check of another one ends. */
      if (!self->given_up)
        consider_route (self);
    }
  else if (state == NICE_COMPONENT_STATE_FAILED && is_former_carrying (self))
    rewind_checks (self);
  else if (state == NICE_COMPONENT_STATE_FAILED && had_route (self)
           && !(may_renew_consent (self)
                && snug_ice_consent_renew (self->consent, self->agent, self->stream, SNUG_ICE_COMPONENT)))
    on_consent_expired (self);
}

static void
on_new_selected_pair (G_GNUC_UNUSED NiceAgent *agent, G_GNUC_UNUSED guint stream,
                      G_GNUC_UNUSED guint component, G_GNUC_UNUSED NiceCandidate *local,
                      G_GNUC_UNUSED NiceCandidate *remote, SnugIceTransport *self)
{
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  g_signal_emit (self, signals[PATH_CHANGED], 0);
  if (snug_ice_head_start_has_waiting (self->head_start))
    consider_route (self);
}

static void
on_former_state (NiceAgent *agent, guint stream, guint component, guint state, SnugIceTransport *self)
{
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  if (state != NICE_COMPONENT_STATE_FAILED
      || (is_former_carrying (self) && snug_ice_consent_renew (self->consent, agent, stream, component)))
    return;
  snug_ice_agent_restart (agent);   /* as in rewind_checks(): no check of it may succeed now */
  if (is_former_carrying (self))
    on_former_lost (self);
}

static void
on_former_pair (G_GNUC_UNUSED NiceAgent *agent, G_GNUC_UNUSED guint stream, G_GNUC_UNUSED guint component,
                G_GNUC_UNUSED NiceCandidate *local, G_GNUC_UNUSED NiceCandidate *remote, SnugIceTransport *self)
{
  g_signal_emit (self, signals[PATH_CHANGED], 0);
}

static void
on_datagram (const guint8 *data, gsize n_bytes, gpointer user_data)
{
  SnugIceTransport *self = user_data;
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  snug_ice_consent_hear (self->consent);
  snug_transport_deliver (SNUG_TRANSPORT (self), data, n_bytes);
}

static gboolean
snug_ice_transport_send (SnugTransport *transport, const guint8 *data, gsize n_bytes)
{
  SnugIceTransport *self = SNUG_ICE_TRANSPORT (transport);

  return self->route != NULL && snug_ice_route_send (get_carrier (self), data, n_bytes);
}

/* ---- End ---- */

static void
drop_route (SnugIceTransport *self)
{
  if (self->route == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->agent, self);
  snug_ice_local_set_agent (self->local, NULL, 0);
  snug_ice_remote_set_agent (self->remote, NULL, 0);
  self->agent = NULL;
  retire (self, g_steal_pointer (&self->route));
}

static void
snug_ice_transport_close (SnugTransport *transport)
{
  SnugIceTransport *self = SNUG_ICE_TRANSPORT (transport);

  snug_clear_source (&self->deadline);
  snug_ice_head_start_stop (self->head_start);
  snug_ice_consent_stop (self->consent);
  drop_former (self);
  drop_route (self);
}

static void
snug_ice_transport_dispose (GObject *object)
{
  SnugIceTransport *self = SNUG_ICE_TRANSPORT (object);

  snug_clear_source (&self->deadline);
  snug_ice_head_start_stop (self->head_start);
  snug_ice_consent_stop (self->consent);
  drop_former (self);
  drop_route (self);
  G_OBJECT_CLASS (snug_ice_transport_parent_class)->dispose (object);
}

static void
snug_ice_transport_finalize (GObject *object)
{
  SnugIceTransport *self = SNUG_ICE_TRANSPORT (object);

  g_free (self->addresses);
  g_clear_pointer (&self->config.ice_servers, g_ptr_array_unref);
  snug_ice_consent_free (self->consent);
  snug_ice_local_free (self->local);
  snug_ice_remote_free (self->remote);
  snug_ice_head_start_free (self->head_start);
  G_OBJECT_CLASS (snug_ice_transport_parent_class)->finalize (object);
}

static void
snug_ice_transport_class_init (SnugIceTransportClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  SnugTransportClass *transport_class = SNUG_TRANSPORT_CLASS (class);

  object_class->dispose = snug_ice_transport_dispose;
  object_class->finalize = snug_ice_transport_finalize;
  transport_class->send = snug_ice_transport_send;
  transport_class->close = snug_ice_transport_close;

  signals[LOCAL_CANDIDATE] = g_signal_new ("local-candidate", SNUG_TYPE_ICE_TRANSPORT, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PATH_CHANGED] = g_signal_new ("path-changed", SNUG_TYPE_ICE_TRANSPORT, G_SIGNAL_RUN_LAST,
                                        0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_ice_transport_init (G_GNUC_UNUSED SnugIceTransport *self)
{
}

/* ---- Beginning ---- */

static void
make_route (SnugIceTransport *self)
{
  GMainContext *context = snug_transport_get_context (SNUG_TRANSPORT (self));
  SnugIceAgent *agent = snug_ice_agent_new (context, &self->config);

  self->agent = snug_ice_agent_get_nice (agent);
  self->stream = snug_ice_agent_get_stream (agent);
  self->route = snug_ice_route_new (context, agent, on_datagram, self);
  snug_ice_local_set_agent (self->local, self->agent, self->stream);
  snug_ice_remote_set_agent (self->remote, self->agent, self->stream);
  g_signal_connect (self->agent, "component-state-changed", G_CALLBACK (on_component_state), self);
  g_signal_connect (self->agent, "new-selected-pair-full", G_CALLBACK (on_new_selected_pair), self);
}

SnugIceTransport *
snug_ice_transport_new (GMainContext *context, const SnugPeerConnectionConfig *config)
{
  static const SnugPeerConnectionConfig plain;
  SnugIceTransport *self = g_object_new (SNUG_TYPE_ICE_TRANSPORT, "context", context, NULL);

  if (config == NULL)
    config = &plain;
  self->config = *config;
  if (config->ice_servers != NULL)
    g_ptr_array_ref (config->ice_servers);
  self->route_timeout_ms = config->route_timeout_ms != 0 ? config->route_timeout_ms
                                                         : DEFAULT_ROUTE_TIMEOUT_MS;
  self->repair_timeout_ms = config->repair_timeout_ms != 0 ? config->repair_timeout_ms
                                                           : DEFAULT_REPAIR_TIMEOUT_MS;
  self->consent = snug_ice_consent_new (context, on_consent_expired, self);
  self->local = snug_ice_local_new (context, config->relay, on_local_candidate, self);
  self->remote = snug_ice_remote_new (context, &self->config);
  self->head_start = snug_ice_head_start_new (context, config->relay, on_head_start_over, self);
  make_route (self);
  return self;
}

static gboolean
gather (SnugIceTransport *self, GError **error)
{
  g_clear_pointer (&self->addresses, g_free);
  if (!snug_ice_route_gather (self->route, self->is_controlling))
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_ICE,
                           _("This computer has no usable network address"));
      return FALSE;
    }

  self->addresses = snug_own_addresses_to_text ();
  snug_ice_local_read_credentials (self->local);
  return TRUE;
}

gboolean
snug_ice_transport_start (SnugIceTransport *self, gboolean controlling, GError **error)
{
  if (self->started)
    return TRUE;

  self->is_controlling = controlling;
  self->started = gather (self, error);
  return self->started;
}

void
snug_ice_transport_set_servers (SnugIceTransport *self, GPtrArray *ice_servers, gboolean by_proxy)
{
  GPtrArray *before = self->config.ice_servers;

  self->config.ice_servers = ice_servers != NULL ? g_ptr_array_ref (ice_servers) : NULL;
  self->config.by_proxy = by_proxy;
  g_clear_pointer (&before, g_ptr_array_unref);
  snug_ice_remote_set_by_proxy (self->remote, by_proxy);
}

const char *
snug_ice_transport_get_ufrag (SnugIceTransport *self)
{
  return snug_ice_local_get_ufrag (self->local);
}

const char *
snug_ice_transport_get_pwd (SnugIceTransport *self)
{
  return snug_ice_local_get_pwd (self->local);
}

/* What carries goes on doing so until the next one has a pair. */
static void
keep_carrier (SnugIceTransport *self)
{
  NiceAgent *agent = self->agent;

  if (is_former_carrying (self))
    return;
  drop_former (self);
  self->former = g_steal_pointer (&self->route);
  self->agent = NULL;
  g_signal_handlers_disconnect_by_data (agent, self);
  g_signal_connect (agent, "component-state-changed", G_CALLBACK (on_former_state), self);
  g_signal_connect (agent, "new-selected-pair-full", G_CALLBACK (on_former_pair), self);
}

/* libnice gathers once and keeps its sockets, each bound to an address of that time, and its relays. So another agent takes
 * over; to the other side it is a restart like any. What stands on the route, DTLS and SCTP, does not notice. */
static gboolean
begin_elsewhere (SnugIceTransport *self, GError **error)
{
  if (snug_ice_transport_is_cut_off (self) || goes_round_proxy (self, get_carrier (self)))
    on_route_lost (self);
  if (snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_CONNECTED)
    keep_carrier (self);
  snug_ice_head_start_stop (self->head_start);
  drop_route (self);
  make_route (self);
  return gather (self, error);
}

/* What was gathered is as good as the route that it led to. Once that is lost a relay may have forgotten us, or a router
 * calls us by another address; where there is no network at all, ours will be as it was. */
static gboolean
gathers_anew (SnugIceTransport *self)
{
  g_autofree char *now = snug_own_addresses_to_text ();
  gboolean is_worthless = snug_transport_get_state (SNUG_TRANSPORT (self)) == SNUG_TRANSPORT_DISCONNECTED
                          || goes_round_proxy (self, get_carrier (self));

  return snug_ice_transport_has_moved (self) || (is_worthless && *now != '\0');
}

gboolean
snug_ice_transport_restart (SnugIceTransport *self, GError **error)
{
  gboolean is_elsewhere = gathers_anew (self);

  if (self->agent == NULL || (!is_elsewhere && !snug_ice_agent_restart (self->agent)))
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE,
                           _("The connection is closed"));
      return FALSE;
    }

  self->given_up = FALSE;
  self->restarting = TRUE;
  snug_ice_remote_forget (self->remote);
  if (is_elsewhere)
    return begin_elsewhere (self, error);
  snug_ice_local_read_credentials (self->local);
  return TRUE;
}

/* Without any address now, those that were may come back. */
gboolean
snug_ice_transport_has_moved (SnugIceTransport *self)
{
  g_autofree char *now = snug_own_addresses_to_text ();

  return self->started && *now != '\0' && g_strcmp0 (now, self->addresses) != 0;
}

gboolean
snug_ice_transport_is_cut_off (SnugIceTransport *self)
{
  return self->route != NULL && snug_ice_route_is_cut_off (get_carrier (self));
}

void
snug_ice_transport_lose_route (SnugIceTransport *self)
{
  on_route_lost (self);
}

GPtrArray *
snug_ice_transport_get_local_candidates (SnugIceTransport *self)
{
  return snug_ice_local_get_candidates (self->local);
}

gboolean
snug_ice_transport_is_gathering_done (SnugIceTransport *self)
{
  return snug_ice_local_is_complete (self->local);
}

/* ---- The peer's side ---- */

gboolean
snug_ice_transport_set_remote_credentials (SnugIceTransport *self, const char *ufrag, const char *pwd,
                                           GError **error)
{
  if (!snug_ice_remote_set_credentials (self->remote, ufrag, pwd))
    {
      g_set_error_literal (error, SNUG_RTC_ERROR, SNUG_RTC_ERROR_STATE,
                           _("The connection is closed"));
      return FALSE;
    }

  if (snug_transport_enter (SNUG_TRANSPORT (self), SNUG_TRANSPORT_CONNECTING, NULL))
    {
      arm_deadline (self, self->route_timeout_ms);
      begin_head_start (self);
    }
  else if (is_former_carrying (self))
    {
      self->searching_us = g_get_monotonic_time ();
      begin_head_start (self);
    }
  return TRUE;
}

void
snug_ice_transport_add_remote_candidate (SnugIceTransport *self, const SnugCandidate *candidate)
{
  snug_ice_remote_add_candidate (self->remote, candidate);
}

void
snug_ice_transport_end_remote_candidates (SnugIceTransport *self)
{
  g_autoptr (SnugIceTransport) keep = g_object_ref (self);

  snug_ice_remote_end_candidates (self->remote);
  consider_head_start (self);
}

/* ---- What a person may know ---- */

gboolean
snug_ice_transport_get_path (SnugIceTransport *self, SnugPeerConnectionInfo *info)
{
  if (self->route == NULL || !snug_ice_route_get_path (get_carrier (self), info))
    return FALSE;
  info->lacks_relay = snug_ice_local_is_complete (self->local)
                      && snug_ice_agent_lacks_relay (snug_ice_route_get_agent (self->route));
  return TRUE;
}
