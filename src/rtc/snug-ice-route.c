/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-route.h"

#include <sys/socket.h>

#include "snug-context.h"
#include "snug-nice-candidate.h"
#include "snug-own-addresses.h"
#include "snug-udp-path.h"

/* The kernel's default of 208 KB loses packets from 94 MB/s on. */
#define SOCKET_BUFFER_BYTES (4 * 1024 * 1024)

/* How long what arrives may keep everything else waiting. */
#define MAX_TURN_US (50 * 1000)

struct _SnugIceRoute
{
  /* owned */
  GMainContext            *context;
  SnugIceAgent            *agent;            /* NULL once freed */
  SnugUdpPath             *path;             /* nullable: beside the selected pair's socket */
  GSocket                 *path_socket;      /* nullable: which that is */
  NiceAddress              path_remote;      /* whom it goes to */

  NiceAgent               *nice;             /* borrowed from @agent */
  guint                    stream;
  SnugIceRouteReceiveFunc  receive;
  gpointer                 user_data;
  gboolean                 is_used;
  gboolean                 resting;          /* nothing is read until other sources have had their turn */
  guint                    n_send_failures;
};

/* ---- Sockets ---- */

static void
enlarge_buffer (int fd, int option, int force_option)
{
  int size = SOCKET_BUFFER_BYTES;

  /* The force option passes the system's limit, for those who may. */
  if (setsockopt (fd, SOL_SOCKET, force_option, &size, sizeof size) != 0)
    (void) setsockopt (fd, SOL_SOCKET, option, &size, sizeof size);
}

static void
enlarge_buffers (SnugIceRoute *self)
{
  g_autoptr (GPtrArray) sockets = nice_agent_get_sockets (self->nice, self->stream, SNUG_ICE_COMPONENT);

  for (guint i = 0; sockets != NULL && i < sockets->len; i++)
    {
      int fd = g_socket_get_fd (g_ptr_array_index (sockets, i));

      enlarge_buffer (fd, SO_RCVBUF, SO_RCVBUFFORCE);
      enlarge_buffer (fd, SO_SNDBUF, SO_SNDBUFFORCE);
    }
}

/* ---- The fast path ---- */

static void
drop_path (SnugIceRoute *self)
{
  g_clear_pointer (&self->path, snug_udp_path_free);
  g_clear_object (&self->path_socket);
}

static void
on_path_datagram (const guint8 *data, gsize n_bytes, gpointer user_data)
{
  SnugIceRoute *self = user_data;

  self->receive (data, n_bytes, self->user_data);
}

/* As libnice: only candidates, told or met in a check, may send. */
static gboolean
is_of_a_candidate (GSocketAddress *source, gpointer user_data)
{
  SnugIceRoute *self = user_data;
  GSList *candidates = nice_agent_get_remote_candidates (self->nice, self->stream, SNUG_ICE_COMPONENT);
  struct sockaddr_storage native;
  NiceAddress address;
  gboolean found = FALSE;

  nice_address_init (&address);
  if (g_socket_address_to_native (source, &native, sizeof native, NULL))
    nice_address_set_from_sockaddr (&address, (struct sockaddr *) &native);
  for (GSList *item = candidates; item != NULL && !found; item = item->next)
    found = nice_address_equal (&((NiceCandidate *) item->data)->addr, &address);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  return found;
}

static GSocketAddress *
address_to_socket_address (const NiceAddress *address)
{
  struct sockaddr_storage native = { 0 };

  nice_address_copy_to_sockaddr (address, (struct sockaddr *) &native);
  return g_socket_address_new_from_native (&native, sizeof native);
}

/* The other end of the same socket may be another one after a restart, to which the other side goes over a little later than
 * we: until then it is heard from where it was. */
static void
open_path (SnugIceRoute *self, GSocket *socket, const NiceAddress *remote)
{
  g_autoptr (GSocketAddress) address = address_to_socket_address (remote);

  if (self->path != NULL && socket == self->path_socket && address != NULL)
    {
      snug_udp_path_turn_to (self->path, address);
      self->path_remote = *remote;
      return;
    }
  drop_path (self);   /* first: the filter counts on two sockets */
  if (address != NULL)
    self->path = snug_udp_path_new (self->context, socket, address, on_path_datagram, is_of_a_candidate, self);
  self->path_socket = g_object_ref (socket);
  self->path_remote = *remote;
}

/* libnice's pair may change while the connection lasts; a relay has no socket that we could stand beside. */
static void
follow_pair (SnugIceRoute *self)
{
  NiceCandidate *local = NULL, *remote = NULL;
  g_autoptr (GSocket) socket = nice_agent_get_selected_socket (self->nice, self->stream, SNUG_ICE_COMPONENT);

  if (socket == NULL || !self->is_used
      || !nice_agent_get_selected_pair (self->nice, self->stream, SNUG_ICE_COMPONENT, &local, &remote)
      || local->type == NICE_CANDIDATE_TYPE_RELAYED || local->transport != NICE_CANDIDATE_TRANSPORT_UDP)
    drop_path (self);
  else if (socket != self->path_socket || !nice_address_equal (&remote->addr, &self->path_remote))
    open_path (self, socket, &remote->addr);
}

void
snug_ice_route_use (SnugIceRoute *self)
{
  self->is_used = TRUE;
  follow_pair (self);
}

void
snug_ice_route_leave (SnugIceRoute *self)
{
  self->is_used = FALSE;
  drop_path (self);
}

static void
on_new_selected_pair (G_GNUC_UNUSED NiceAgent *nice, G_GNUC_UNUSED guint stream, G_GNUC_UNUSED guint component,
                      G_GNUC_UNUSED NiceCandidate *local, G_GNUC_UNUSED NiceCandidate *remote, SnugIceRoute *self)
{
  enlarge_buffers (self);
  follow_pair (self);
}

/* ---- What is carried ---- */

static void on_receive (NiceAgent *nice, guint stream, guint component, guint n_bytes, char *data, gpointer user_data);

static void
set_receiver (SnugIceRoute *self, NiceAgentRecvFunc func)
{
  nice_agent_attach_recv (self->nice, self->stream, SNUG_ICE_COMPONENT, self->context, func, self);
}

static void
clear (gpointer data)
{
  g_main_context_unref (((SnugIceRoute *) data)->context);
}

static void
release (gpointer data)
{
  g_rc_box_release_full (data, clear);
}

static void
on_rested (gpointer data)
{
  SnugIceRoute *self = data;

  self->resting = FALSE;
  if (self->agent != NULL)
    set_receiver (self, on_receive);
}

/* libnice reads until its socket is empty. On a busy machine a fast sender keeps it from ever being that, and
 * libnice from asking for consent: the connection would be given up for what comes in too well. */
static void
rest_if_due (SnugIceRoute *self)
{
  GSource *turn = g_main_current_source ();

  if (self->resting || self->agent == NULL || turn == NULL
      || g_get_monotonic_time () - g_source_get_time (turn) < MAX_TURN_US)
    return;
  self->resting = TRUE;
  set_receiver (self, NULL);
  snug_context_post (self->context, on_rested, g_rc_box_acquire (self), release);
}

static void
on_receive (G_GNUC_UNUSED NiceAgent *nice, G_GNUC_UNUSED guint stream, G_GNUC_UNUSED guint component, guint n_bytes,
            char *data, gpointer user_data)
{
  SnugIceRoute *self = g_rc_box_acquire (user_data);

  self->receive ((const guint8 *) data, n_bytes, self->user_data);
  rest_if_due (self);
  release (self);
}

gboolean
snug_ice_route_send (SnugIceRoute *self, const guint8 *data, gsize n_bytes)
{
  if (self->path != NULL)
    return snug_udp_path_send (self->path, data, n_bytes);
  if (nice_agent_send (self->nice, self->stream, SNUG_ICE_COMPONENT, (guint) n_bytes, (const char *) data) > 0)
    return TRUE;
  g_debug ("ICE: datagram of %zu bytes not sent (%u so far)", n_bytes, ++self->n_send_failures);
  return FALSE;
}

/* ---- What it is like ---- */

gboolean
snug_ice_route_has_pair (SnugIceRoute *self)
{
  NiceComponentState state = nice_agent_get_component_state (self->nice, self->stream, SNUG_ICE_COMPONENT);

  return state == NICE_COMPONENT_STATE_CONNECTED || state == NICE_COMPONENT_STATE_READY;
}

gboolean
snug_ice_route_is_relayed (SnugIceRoute *self)
{
  NiceCandidate *local = NULL, *remote = NULL;

  return nice_agent_get_selected_pair (self->nice, self->stream, SNUG_ICE_COMPONENT, &local, &remote)
         && snug_nice_candidate_is_pair_relayed (local, remote);
}

gboolean
snug_ice_route_is_cut_off (SnugIceRoute *self)
{
  g_autoptr (GSocket) socket = nice_agent_get_selected_socket (self->nice, self->stream, SNUG_ICE_COMPONENT);
  g_autoptr (GSocketAddress) address = socket != NULL ? g_socket_get_local_address (socket, NULL) : NULL;

  return address != NULL && !snug_own_addresses_include (address);
}

gboolean
snug_ice_route_get_path (SnugIceRoute *self, SnugPeerConnectionInfo *info)
{
  NiceCandidate *local = NULL, *remote = NULL;

  if (!nice_agent_get_selected_pair (self->nice, self->stream, SNUG_ICE_COMPONENT, &local, &remote))
    return FALSE;

  info->local_type = (SnugCandidateType) local->type;
  info->remote_type = (SnugCandidateType) remote->type;
  snug_ice_agent_write_address (info->local_address, sizeof info->local_address, &local->addr);
  snug_ice_agent_write_address (info->remote_address, sizeof info->remote_address, &remote->addr);
  info->relay_server[0] = '\0';
  if (local->type == NICE_CANDIDATE_TYPE_RELAYED)
    snug_ice_agent_write_relay (self->agent, info->relay_server, sizeof info->relay_server, local);
  info->ipv6 = nice_address_ip_version (&remote->addr) == 6;
  info->same_network = snug_nice_candidate_is_same_network (local, remote);
  info->in_bulk = self->path != NULL;
  return TRUE;
}

SnugIceAgent *
snug_ice_route_get_agent (SnugIceRoute *self)
{
  return self->agent;
}

/* ---- Life ---- */

gboolean
snug_ice_route_gather (SnugIceRoute *self, gboolean controlling)
{
  if (!snug_ice_agent_gather (self->agent, controlling))
    return FALSE;
  enlarge_buffers (self);
  return TRUE;
}

SnugIceRoute *
snug_ice_route_new (GMainContext *context, SnugIceAgent *agent, SnugIceRouteReceiveFunc receive, gpointer user_data)
{
  SnugIceRoute *self = g_rc_box_new0 (SnugIceRoute);

  self->context = g_main_context_ref (context);
  self->agent = agent;
  self->nice = snug_ice_agent_get_nice (agent);
  self->stream = snug_ice_agent_get_stream (agent);
  self->receive = receive;
  self->user_data = user_data;
  nice_address_init (&self->path_remote);
  set_receiver (self, on_receive);
  g_signal_connect (self->nice, "new-selected-pair-full", G_CALLBACK (on_new_selected_pair), self);
  return self;
}

void
snug_ice_route_free (SnugIceRoute *self)
{
  drop_path (self);
  g_signal_handlers_disconnect_by_data (self->nice, self);
  self->nice = NULL;
  snug_ice_agent_retire (g_steal_pointer (&self->agent));
  release (self);
}
