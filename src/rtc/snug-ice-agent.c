/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-agent.h"

#include <string.h>
#include <sys/socket.h>
#include <nice/interfaces.h>

#include "snug-context.h"
#include "snug-ice-server.h"
#include "snug-relay-tunnel.h"

/* Between two checks; RFC 8445 section 14.2 allows 5 ms and no less. We have few candidates, and with
 * libnice's 20 ms a connection takes 70 ms instead of 30. */
#define PACING_MS 5

/* libnice 0.1.21 asks STUN in the way of RFC 3489. The answer is dropped if a relay stands before STUN on the list of
 * those asked from that socket, as it has no cookie; a relay that lets us in tells our address, too, and nobody notices.
 * So relays are named when STUN is on the list. The first thing heard of that is its answer; until the limit its name may
 * be looked up, and that of a relay takes as long again. It is short, as where UDP is blocked all wait for it. */
#define STUN_PATIENCE_MS 100

/* The least that libnice lets us say: what nobody hears need not be waited for. */
#define MUTE_TIMEOUT_MS 20

/* libnice itself gives up on a relay that does not answer after 2 s, and after 2 s more on one that did so once. */
#define RELAYS_PATIENCE_MS (10 * 1000)

struct _SnugIceAgent
{
  /* owned */
  GMainContext   *context;
  NiceAgent      *nice;
  GPtrArray      *servers;     /* of SnugIceServer */
  GPtrArray      *tunnels;     /* of SnugRelayTunnel: to relays over TCP and TLS; @nice holds them, too */
  GSource        *patience;    /* nullable: with STUN, then with the relays */

  guint           stream;
  SnugRelayPolicy policy;
  gboolean        by_proxy;
  gboolean        has_stun;
  gboolean        relays_named;
  gboolean        has_turn;    /* some of them were */
  gboolean        stun_is_late;
  gboolean        is_tunnelled;      /* a relay has let us in over TCP */
  gboolean        is_heard_by_udp;   /* a server has answered so */
};

/* ---- Servers ---- */

static gboolean
has_ipv4 (void)
{
  GList *addresses = nice_interfaces_get_local_ips (FALSE);
  gboolean found = FALSE;

  for (GList *item = addresses; item != NULL && !found; item = item->next)
    found = strchr (item->data, ':') == NULL;
  g_list_free_full (addresses, g_free);
  return found;
}

/* libnice goes to a relay only from an address of the relay's own kind: so must the tunnel's be. */
static gboolean
set_tunnelled_relay (SnugIceAgent *self, const SnugIceServerAddress *address, const SnugIceServer *server)
{
  g_autoptr (GError) error = NULL;
  SnugRelayTunnel *tunnel = snug_relay_tunnel_new (address, has_ipv4 () ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6,
                                                   &error);

  if (tunnel == NULL)
    {
      g_debug ("ICE: no tunnel: %s", error->message);
      return FALSE;
    }
  g_ptr_array_add (self->tunnels, tunnel);
  return nice_agent_set_relay_info (self->nice, self->stream, SNUG_ICE_COMPONENT, snug_relay_tunnel_get_door (tunnel),
                                    snug_relay_tunnel_get_port (tunnel), server->username, server->password,
                                    NICE_RELAY_TYPE_TURN_TCP);
}

static void
name_relay (SnugIceAgent *self, const SnugIceServerAddress *address, const SnugIceServer *server)
{
  if (self->policy == SNUG_RELAY_NEVER || server->username == NULL || server->password == NULL)
    return;
  /* Whoever wants relays only, and has a proxy, does not want to be seen: by the relay neither. */
  if (address->kind == SNUG_ICE_SERVER_TURN_UDP && self->policy == SNUG_RELAY_ONLY && self->by_proxy)
    g_debug ("ICE: a relay that is not asked, as UDP goes round the proxy");
  else if (address->kind == SNUG_ICE_SERVER_TURN_UDP)
    self->has_turn |= nice_agent_set_relay_info (self->nice, self->stream, SNUG_ICE_COMPONENT, address->host,
                                                 address->port, server->username, server->password,
                                                 NICE_RELAY_TYPE_TURN_UDP);
  else
    self->has_turn |= set_tunnelled_relay (self, address, server);
}

/* libnice does not say that it is done if a relay's name is not found, or no address of ours reaches it. */
static gboolean
on_relays_late (gpointer data)
{
  SnugIceAgent *self = data;

  snug_clear_source (&self->patience);
  g_signal_emit_by_name (self->nice, "candidate-gathering-done", self->stream);
  return G_SOURCE_REMOVE;
}

/* Returns: whether there are any, so that more may be found */
static gboolean
name_relays (SnugIceAgent *self)
{
  if (self->relays_named)
    return FALSE;
  self->relays_named = TRUE;
  snug_clear_source (&self->patience);
  for (guint i = 0; i < self->servers->len; i++)
    {
      const SnugIceServer *server = self->servers->pdata[i];
      g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (server->url);

      if (address == NULL)
        g_debug ("ICE: a server's URL that is none");
      else if (address->kind != SNUG_ICE_SERVER_STUN)
        name_relay (self, address, server);
    }
  if (self->has_turn)
    self->patience = snug_context_timeout (self->context, RELAYS_PATIENCE_MS, on_relays_late, self);
  return self->has_turn;
}

static gboolean
on_stun_late (gpointer data)
{
  SnugIceAgent *self = data;

  self->stun_is_late = TRUE;
  name_relays (self);
  return G_SOURCE_REMOVE;
}

/* libnice tells of whom it has a candidate only when that is selected. A relay over UDP was asked from where a host candidate
 * is, as that is the socket. */
static gboolean
is_by_udp (SnugIceAgent *self, const NiceCandidate *relayed)
{
  GSList *candidates = nice_agent_get_local_candidates (self->nice, self->stream, SNUG_ICE_COMPONENT);
  gboolean found = FALSE;

  for (GSList *item = candidates; item != NULL && !found; item = item->next)
    found = ((NiceCandidate *) item->data)->type == NICE_CANDIDATE_TYPE_HOST
            && nice_address_equal (&((NiceCandidate *) item->data)->addr, &relayed->base_addr);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return found;
}

static void
on_new_candidate (G_GNUC_UNUSED NiceAgent *nice, NiceCandidate *candidate, SnugIceAgent *self)
{
  if (candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE
      || (candidate->type == NICE_CANDIDATE_TYPE_RELAYED && is_by_udp (self, candidate)))
    self->is_heard_by_udp = TRUE;
  else if (candidate->type == NICE_CANDIDATE_TYPE_RELAYED)
    self->is_tunnelled = TRUE;
  if (candidate->type == NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE)
    name_relays (self);
}

/* We heard of it first; it is no end if the relays are asked only now. */
static void
on_gathering_done (NiceAgent *nice, G_GNUC_UNUSED guint stream, SnugIceAgent *self)
{
  if (name_relays (self))
    g_signal_stop_emission_by_name (nice, "candidate-gathering-done");
  else
    snug_clear_source (&self->patience);
}

/* libnice asks one only. */
static void
name_stun (SnugIceAgent *self)
{
  for (guint i = 0; i < self->servers->len && !self->has_stun; i++)
    {
      const SnugIceServer *server = self->servers->pdata[i];
      g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (server->url);

      if (address == NULL || address->kind != SNUG_ICE_SERVER_STUN)
        continue;
      g_object_set (self->nice, "stun-server", address->host, "stun-server-port", (guint) address->port, NULL);
      self->has_stun = TRUE;
    }
}

/* ---- No 403 ---- */

/* With consent freshness libnice 0.1.21 takes a 403 that answers any check for the end of the selected pair's consent (RFC
 * 7675 5.2). Without such a pair it reads from NULL; with one it has the component FAILED at once, from where it aborts
 * if another check that was under way succeeds. Any member can send that. Whether a 403 is one is settled when libnice makes
 * the component's STUN agent, by a property that GObject lets be set while the object is made only; its class does not
 * mind. Without, a 403 is an error like any: that check has failed. Consent is asked for all the same, and ends when
 * nothing answers; whoever does not want to hear us any more says so by DTLS. */
static void
set_consent_freshness (NiceAgent *nice, gboolean is_on)
{
  GObjectClass *class = G_OBJECT_GET_CLASS (nice);
  GParamSpec *property = g_object_class_find_property (class, "consent-freshness");
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_BOOLEAN);
  g_value_set_boolean (&value, is_on);
  class->set_property (G_OBJECT (nice), property->param_id, &value, property);
}

static guint
add_stream (NiceAgent *nice)
{
  guint stream;

  set_consent_freshness (nice, FALSE);
  stream = nice_agent_add_stream (nice, 1);
  set_consent_freshness (nice, TRUE);
  return stream;
}

gboolean
snug_ice_agent_restart (NiceAgent *nice)
{
  gboolean is_restarted;

  set_consent_freshness (nice, FALSE);
  is_restarted = nice_agent_restart (nice);
  set_consent_freshness (nice, TRUE);
  return is_restarted;
}

/* ---- Beginning ---- */

SnugIceAgent *
snug_ice_agent_new (GMainContext *context, const SnugPeerConnectionConfig *config)
{
  SnugIceAgent *self = g_new0 (SnugIceAgent, 1);

  self->context = g_main_context_ref (context);
  /* Not regular nomination: of what works all is nominated, and the best of it counts at both ends, also if it is found late
   * (RFC 5245 8.1.1.2, and RFC 8445 8.1.1 for who answers). To nominate one pair only, libnice 0.1.21 takes the better of
   * the first two that work, which may both be relayed, or with one only it waits two seconds for all others to fail. */
  self->nice = nice_agent_new_full (context, NICE_COMPATIBILITY_RFC5245,
                                    NICE_AGENT_OPTION_ICE_TRICKLE | NICE_AGENT_OPTION_CONSENT_FRESHNESS);
  self->tunnels = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_relay_tunnel_free);
  g_object_set (self->nice, "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer", PACING_MS,
                "force-relay", config->relay == SNUG_RELAY_ONLY, NULL);
  self->stream = add_stream (self->nice);
  /* It takes leave of its relays when we may be gone already. */
  g_object_set_data_full (G_OBJECT (self->nice), "snug-tunnels", g_ptr_array_ref (self->tunnels),
                          (GDestroyNotify) g_ptr_array_unref);
  self->policy = config->relay;
  self->by_proxy = config->by_proxy;
  self->servers = config->ice_servers != NULL ? g_ptr_array_ref (config->ice_servers) : g_ptr_array_new ();
  if (self->policy != SNUG_RELAY_ONLY)
    name_stun (self);
  g_signal_connect (self->nice, "new-candidate-full", G_CALLBACK (on_new_candidate), self);
  g_signal_connect (self->nice, "candidate-gathering-done", G_CALLBACK (on_gathering_done), self);
  return self;
}

/* A machine without any network still has rooms of its own: then, and only then, loopback counts. */
static void
add_loopback_if_alone (SnugIceAgent *self)
{
  GList *addresses = nice_interfaces_get_local_ips (FALSE);

  if (addresses == NULL)
    {
      addresses = nice_interfaces_get_local_ips (TRUE);
      for (GList *item = addresses; item != NULL; item = item->next)
        {
          NiceAddress address;

          nice_address_init (&address);
          if (nice_address_set_from_string (&address, item->data))
            nice_agent_add_local_address (self->nice, &address);
        }
    }
  g_list_free_full (addresses, g_free);
}

gboolean
snug_ice_agent_gather (SnugIceAgent *self, gboolean controlling)
{
  g_object_set (self->nice, "controlling-mode", controlling, NULL);
  add_loopback_if_alone (self);
  if (self->has_stun)
    {
      self->patience = snug_context_timeout (self->context, STUN_PATIENCE_MS, on_stun_late, self);
      /* Whoever was too busy to put STUN on the list does that first. */
      g_source_set_priority (self->patience, G_PRIORITY_LOW);
    }
  else
    name_relays (self);
  return nice_agent_gather_candidates (self->nice, self->stream);
}

gboolean
snug_ice_agent_is_by_proxy (SnugIceAgent *self)
{
  return self->by_proxy;
}

NiceAgent *
snug_ice_agent_get_nice (SnugIceAgent *self)
{
  return self->nice;
}

guint
snug_ice_agent_get_stream (SnugIceAgent *self)
{
  return self->stream;
}

/* ---- End ---- */

static void
agent_free (SnugIceAgent *self)
{
  g_object_unref (self->nice);
  g_ptr_array_unref (self->tunnels);
  g_ptr_array_unref (self->servers);
  g_main_context_unref (self->context);
  g_free (self);
}

static void
on_agent_closed (G_GNUC_UNUSED GObject *nice, G_GNUC_UNUSED GAsyncResult *result, gpointer user_data)
{
  agent_free (user_data);
}

/* Runs by itself and not inside a callback of the agent, which holds pointers to what goes away here.
 * An agent with relays first takes leave of them, else they stay allocated for minutes. */
static void
take_leave (gpointer data)
{
  SnugIceAgent *self = data;

  if (self->has_turn)
    nice_agent_close_async (self->nice, on_agent_closed, self);
  else
    {
      nice_agent_remove_stream (self->nice, self->stream);
      agent_free (self);
    }
}

void
snug_ice_agent_retire (SnugIceAgent *self)
{
  snug_clear_source (&self->patience);
  g_signal_handlers_disconnect_by_data (self->nice, self);
  nice_agent_attach_recv (self->nice, self->stream, SNUG_ICE_COMPONENT, self->context, NULL, NULL);
  snug_context_post (self->context, take_leave, self, NULL);
}

/* libnice takes leave of relays in any case, and checks until that is done. It must not hear that a connection is at its end
 * (snug-relay-splice.h), but a socket for datagrams may be shut for what goes out. Linux says that it is not connected, and
 * shuts it. */
void
snug_ice_agent_mute (SnugIceAgent *self)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (self->nice, self->stream, SNUG_ICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    if (g_socket_get_socket_type (sockets->pdata[i]) == G_SOCKET_TYPE_DATAGRAM)
      (void) shutdown (g_socket_get_fd (sockets->pdata[i]), SHUT_WR);
  for (guint i = 0; i < self->tunnels->len; i++)
    snug_relay_tunnel_mute (self->tunnels->pdata[i]);
  g_object_set (self->nice, "stun-initial-timeout", MUTE_TIMEOUT_MS, "stun-max-retransmissions", 1, NULL);
}

/* ---- What a person may know ---- */

void
snug_ice_agent_write_address (char *out, gsize size, const NiceAddress *address)
{
  char text[NICE_ADDRESS_STRING_LEN];
  guint port = nice_address_get_port (address);

  nice_address_to_string (address, text);
  if (nice_address_ip_version (address) == 6)
    g_snprintf (out, size, "[%s]:%u", text, port);
  else
    g_snprintf (out, size, "%s:%u", text, port);
}

gboolean
snug_ice_agent_lacks_udp (SnugIceAgent *self)
{
  return self->stun_is_late && self->is_tunnelled && !self->is_heard_by_udp;
}

gboolean
snug_ice_agent_lacks_relay (SnugIceAgent *self)
{
  gboolean lacks = self->has_turn;
  GSList *candidates = nice_agent_get_local_candidates (self->nice, self->stream, SNUG_ICE_COMPONENT);

  for (GSList *item = candidates; item != NULL && lacks; item = item->next)
    lacks = ((NiceCandidate *) item->data)->type != NICE_CANDIDATE_TYPE_RELAYED;
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return lacks;
}

/* Of a tunnel its other end: the near one is no relay. */
void
snug_ice_agent_write_relay (SnugIceAgent *self, char *out, gsize size, const NiceCandidate *local)
{
  char text[NICE_ADDRESS_STRING_LEN];
  NiceAddress relay;

  nice_candidate_relay_address (local, &relay);
  nice_address_to_string (&relay, text);
  snug_ice_agent_write_address (out, size, &relay);
  for (guint i = 0; i < self->tunnels->len; i++)
    {
      SnugRelayTunnel *tunnel = self->tunnels->pdata[i];

      if (snug_relay_tunnel_get_port (tunnel) == nice_address_get_port (&relay)
          && g_str_equal (snug_relay_tunnel_get_door (tunnel), text))
        g_strlcpy (out, snug_relay_tunnel_get_server (tunnel), size);
    }
}
