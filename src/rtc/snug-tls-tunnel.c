/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-tls-tunnel.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define TIMEOUT_S 10

struct _SnugTlsTunnel
{
  /* owned */
  GSocketListener    *listener;
  GSocketClient      *client;
  GSocketConnectable *name;         /* of the server */
  GCancellable       *cancellable;  /* of all that was begun */
  char               *door;
  char               *server;

  guint16             port;
};

/* What waits for the server's side. */
typedef struct
{
  GSocketConnection *inside;        /* owned */
  GCancellable      *cancellable;   /* owned */
} Visitor;

static void
visitor_free (Visitor *visitor)
{
  g_object_unref (visitor->inside);
  g_object_unref (visitor->cancellable);
  g_free (visitor);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Visitor, visitor_free)

/* Each write is a datagram that waits for no other. */
static void
send_at_once (GSocketConnection *connection)
{
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

/* The end of either is that of both. */
static void
on_connected (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (Visitor) visitor = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) outside = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  if (outside == NULL)
    {
      g_debug ("TURN over TLS: %s", error->message);
      g_io_stream_close (G_IO_STREAM (visitor->inside), NULL, NULL);
      return;
    }
  /* The time was for the handshake: what follows may be silent for as long as it likes. */
  g_socket_set_timeout (g_socket_connection_get_socket (outside), 0);
  send_at_once (outside);
  send_at_once (visitor->inside);
  g_io_stream_splice_async (G_IO_STREAM (visitor->inside), G_IO_STREAM (outside),
                            G_IO_STREAM_SPLICE_CLOSE_STREAM1 | G_IO_STREAM_SPLICE_CLOSE_STREAM2, G_PRIORITY_DEFAULT,
                            visitor->cancellable, NULL, NULL);
}

static void on_visitor (GObject *listener, GAsyncResult *result, gpointer data);

static void
await_visitor (SnugTlsTunnel *self)
{
  g_socket_listener_accept_async (self->listener, self->cancellable, on_visitor, self);
}

static void
on_visitor (GObject *listener, GAsyncResult *result, gpointer data)
{
  SnugTlsTunnel *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) inside = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL,
                                                                          &error);
  Visitor *visitor;

  /* Cancelled: the tunnel is gone. Whatever else may be wrong with the door, nobody comes by it any more. */
  if (inside == NULL)
    return;
  visitor = g_new (Visitor, 1);
  *visitor = (Visitor) { g_steal_pointer (&inside), g_object_ref (self->cancellable) };
  g_socket_client_connect_async (self->client, self->name, self->cancellable, on_connected, visitor);
  await_visitor (self);
}

static gboolean
open_door (SnugTlsTunnel *self, GSocketFamily family, GError **error)
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

SnugTlsTunnel *
snug_tls_tunnel_new (const char *host, guint16 port, GSocketFamily family, GError **error)
{
  SnugTlsTunnel *self = g_new0 (SnugTlsTunnel, 1);

  self->listener = g_socket_listener_new ();
  self->client = g_socket_client_new ();
  self->name = g_network_address_new (host, port);
  self->cancellable = g_cancellable_new ();
  self->server = strchr (host, ':') != NULL ? g_strdup_printf ("[%s]:%u", host, port)
                                            : g_strdup_printf ("%s:%u", host, port);
  g_socket_client_set_tls (self->client, TRUE);
  g_socket_client_set_timeout (self->client, TIMEOUT_S);
  /* As libnice, which knows of none. */
  g_socket_client_set_enable_proxy (self->client, FALSE);
  if (!open_door (self, family, error))
    {
      snug_tls_tunnel_free (self);
      return NULL;
    }
  await_visitor (self);
  return self;
}

const char *
snug_tls_tunnel_get_door (SnugTlsTunnel *self)
{
  return self->door;
}

guint16
snug_tls_tunnel_get_port (SnugTlsTunnel *self)
{
  return self->port;
}

const char *
snug_tls_tunnel_get_server (SnugTlsTunnel *self)
{
  return self->server;
}

void
snug_tls_tunnel_free (SnugTlsTunnel *self)
{
  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  g_clear_object (&self->listener);
  g_clear_object (&self->client);
  g_clear_object (&self->name);
  g_clear_object (&self->cancellable);
  g_free (self->door);
  g_free (self->server);
  g_free (self);
}
