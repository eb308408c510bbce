/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-relay-tunnel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "snug-context.h"
#include "snug-proxy.h"
#include "snug-relay-splice.h"

#define TIMEOUT_S 10

/* Too many open files, say, may pass. A door that is broken does not. */
#define PAUSE_MS 500
#define MAX_FAILURES 20

struct _SnugRelayTunnel
{
  /* owned */
  GSocketListener    *listener;
  GSocketClient      *client;
  GSocketConnectable *name;         /* of the server */
  GCancellable       *cancellable;  /* of all that goes through it */
  GCancellable       *connecting;   /* of who will */
  GCancellable       *mute;         /* of what goes out */
  GMainContext       *context;
  char               *door;
  char               *server;
  guint              *n_visitors;   /* shared with the visitors, who may outlive the tunnel */
  GSource            *pause;        /* nullable: after a failure */

  guint               n_failures;   /* one after the other */
  guint16             port;
};

/* Who came by the door, until either end is shut. */
typedef struct
{
  GSocketConnection *inside;        /* owned */
  GSocket           *outside;       /* owned, nullable: that the relay is at */
  GCancellable      *cancellable;   /* owned */
  GCancellable      *mute;          /* owned */
  gulong             muted;         /* its handler, once there is @outside */
  guint             *n_visitors;    /* owned, shared: this one is in it */
} Visitor;

static Visitor *
visitor_new (SnugRelayTunnel *tunnel, GSocketConnection *inside)
{
  Visitor *visitor = g_new (Visitor, 1);

  *visitor = (Visitor) { .inside = g_object_ref (inside), .cancellable = g_object_ref (tunnel->cancellable),
                         .mute = g_object_ref (tunnel->mute), .n_visitors = g_rc_box_acquire (tunnel->n_visitors) };
  ++*visitor->n_visitors;
  return visitor;
}

static void
visitor_free (Visitor *visitor)
{
  --*visitor->n_visitors;
  g_rc_box_release (visitor->n_visitors);
  g_cancellable_disconnect (visitor->mute, visitor->muted);
  g_object_unref (visitor->inside);
  g_clear_object (&visitor->outside);
  g_object_unref (visitor->cancellable);
  g_object_unref (visitor->mute);
  g_free (visitor);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visitor, visitor_free)

/* Each write is a datagram that waits for no other. */
static void
send_at_once (GSocketConnection *connection)
{
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

/* The splice hears the end of it, and swallows what comes after. */
static void
on_mute (G_GNUC_UNUSED GCancellable *mute, gpointer data)
{
  Visitor *visitor = data;

  g_socket_shutdown (visitor->outside, TRUE, TRUE, NULL);
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (Visitor) visitor = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) outside = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  if (outside == NULL)
    {
      g_debug ("TURN by a tunnel: %s", error->message);
      g_io_stream_close (G_IO_STREAM (visitor->inside), NULL, NULL);
      return;
    }
  /* The time was for the handshake: what follows may be silent for as long as it likes. */
  g_socket_set_timeout (g_socket_connection_get_socket (outside), 0);
  send_at_once (outside);
  send_at_once (visitor->inside);
  visitor->outside = g_object_ref (g_socket_connection_get_socket (outside));
  visitor->muted = g_cancellable_connect (visitor->mute, G_CALLBACK (on_mute), visitor, NULL);
  snug_relay_splice (visitor->inside, outside, visitor->cancellable, (GDestroyNotify) visitor_free, visitor);
  g_steal_pointer (&visitor);
}

static void on_visitor (GObject *listener, GAsyncResult *result, gpointer data);

static void
await_visitor (SnugRelayTunnel *self)
{
  g_socket_listener_accept_async (self->listener, self->cancellable, on_visitor, self);
}

static gboolean
on_pause_over (gpointer data)
{
  SnugRelayTunnel *self = data;

  snug_clear_source (&self->pause);
  await_visitor (self);
  return G_SOURCE_REMOVE;
}

static void
let_in (SnugRelayTunnel *self, GSocketConnection *inside)
{
  if (*self->n_visitors >= SNUG_RELAY_TUNNEL_MAX_VISITORS)
    g_io_stream_close (G_IO_STREAM (inside), NULL, NULL);
  else
    g_socket_client_connect_async (self->client, self->name, self->connecting, on_connected,
                                   visitor_new (self, inside));
}

static void
on_visitor (GObject *listener, GAsyncResult *result, gpointer data)
{
  SnugRelayTunnel *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) inside = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL,
                                                                          &error);

  /* The tunnel is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED))
    return;
  if (inside != NULL)
    {
      self->n_failures = 0;
      let_in (self, inside);
      await_visitor (self);
      return;
    }
  g_debug ("TURN by a tunnel, at the door: %s", error->message);
  if (++self->n_failures < MAX_FAILURES)
    self->pause = snug_context_timeout (self->context, PAUSE_MS, on_pause_over, self);
}

static gboolean
open_door (SnugRelayTunnel *self, GSocketFamily family, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  if (!g_socket_listener_add_address (self->listener, any_port, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                      &bound, error))
    return FALSE;
  self->door = g_inet_address_to_string (loopback);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return TRUE;
}

/* By the scheme proxies are chosen; it says nothing of TLS. */
static GSocketConnectable *
name_server (const SnugIceServerAddress *server)
{
  return g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", server->host, "port", (guint) server->port,
                       "scheme", "https", NULL);
}

SnugRelayTunnel *
snug_relay_tunnel_new (const SnugIceServerAddress *server, GSocketFamily family, GError **error)
{
  g_autoptr (GProxyResolver) proxies = snug_proxy_resolver_new (NULL);
  SnugRelayTunnel *self = g_new0 (SnugRelayTunnel, 1);

  self->listener = g_socket_listener_new ();
  self->client = g_socket_client_new ();
  self->name = name_server (server);
  self->cancellable = g_cancellable_new ();
  self->connecting = g_cancellable_new ();
  self->mute = g_cancellable_new ();
  self->context = g_main_context_ref_thread_default ();
  self->n_visitors = g_rc_box_new0 (guint);
  self->server = snug_ice_server_address_to_text (server);
  g_socket_client_set_tls (self->client, server->kind == SNUG_ICE_SERVER_TURN_TLS);
  g_socket_client_set_timeout (self->client, TIMEOUT_S);
  g_socket_client_set_proxy_resolver (self->client, proxies);
  if (!open_door (self, family, error))
    {
      snug_relay_tunnel_free (self);
      return NULL;
    }
  await_visitor (self);
  return self;
}

const char *
snug_relay_tunnel_get_door (SnugRelayTunnel *self)
{
  return self->door;
}

guint16
snug_relay_tunnel_get_port (SnugRelayTunnel *self)
{
  return self->port;
}

const char *
snug_relay_tunnel_get_server (SnugRelayTunnel *self)
{
  return self->server;
}

void
snug_relay_tunnel_mute (SnugRelayTunnel *self)
{
  g_cancellable_cancel (self->connecting);
  g_cancellable_cancel (self->mute);
}

void
snug_relay_tunnel_free (SnugRelayTunnel *self)
{
  snug_clear_source (&self->pause);
  g_cancellable_cancel (self->connecting);
  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  g_clear_object (&self->listener);
  g_clear_object (&self->client);
  g_clear_object (&self->name);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connecting);
  g_clear_object (&self->mute);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->n_visitors, g_rc_box_release);
  g_free (self->door);
  g_free (self->server);
  g_free (self);
}
