/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Listening sockets, and the connections that come in by them. */
#include "snug-server-private.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "snug-address.h"
#include "snug-context.h"
#include "snug-server-guard.h"

/* A listener's queue, so that a thousand who lost the server can come back at once. */
#define BACKLOG 4096
#define ACCEPT_AT_ONCE 64
#define ACCEPT_AGAIN_MS 200
#define MAX_DOORS_OF_ADDRESS 1024

typedef struct
{
  SnugServer *server;     /* borrowed */
  GSocket    *socket;     /* owned */
  GSource    *source;     /* owned */
} Listener;

/* Doors: accepted connections */

static void
count_door (SnugServer *self, const char *address, int change)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_doors, address)) + (guint) change;

  if (n == 0)
    g_hash_table_remove (self->n_doors, address);
  else
    g_hash_table_insert (self->n_doors, g_strdup (address), GUINT_TO_POINTER (n));
}

static void
on_connection_gone (gpointer data, GObject *connection)
{
  SnugServerDoor *door = data;

  snug_clear_source (&door->deadline);
  if (door->server != NULL)
    {
      count_door (door->server, door->address, -1);
      g_hash_table_remove (door->server->doors, door);
    }
  g_free (door->address);
  g_free (door);
}

static gboolean
on_http_time_over (gpointer data)
{
  SnugServerDoor *door = data;

  g_socket_shutdown (g_socket_connection_get_socket (door->connection), TRUE, TRUE, NULL);
  snug_clear_source (&door->deadline);
  return G_SOURCE_REMOVE;
}

/* HTTP has this long to send a request, to take a piece of the answer, to idle in between. */
void
snug_server_door_rearm (SnugServerDoor *door)
{
  snug_clear_source (&door->deadline);
  if (door->server != NULL && !door->upgraded)
    door->deadline = snug_context_timeout (door->server->context, door->server->config.patience_ms,
                                           on_http_time_over, door);
}

gboolean
snug_server_is_proxy (SnugServer *self, GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = snug_guard_unmap (address);

  for (guint i = 0; self->proxies != NULL && i < self->proxies->len; i++)
    {
      if (g_inet_address_mask_matches (g_ptr_array_index (self->proxies, i), plain))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_loopback (GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = snug_guard_unmap (address);

  return g_inet_address_get_is_loopback (plain);
}

static SnugServerDoor *
door_new (SnugServer *self, GSocketConnection *connection, GInetAddress *remote, GInetAddress *local)
{
  SnugServerDoor *door = g_new0 (SnugServerDoor, 1);

  door->server = self;
  door->connection = connection;
  door->address = snug_throttle_key (remote);
  door->from_proxy = snug_server_is_proxy (self, remote);
  door->from_here = !door->from_proxy && is_loopback (remote);
  door->reached_private = !door->from_proxy && snug_guard_address_is_private (local);
  count_door (self, door->address, 1);
  g_hash_table_add (self->doors, door);
  g_object_weak_ref (G_OBJECT (connection), on_connection_gone, door);
  snug_server_door_rearm (door);
  return door;
}

static gboolean
may_come_in (SnugServer *self, GInetAddress *remote)
{
  g_autofree char *address = snug_throttle_key (remote);

  if (snug_server_is_proxy (self, remote))
    return TRUE;
  if (GPOINTER_TO_UINT (g_hash_table_lookup (self->n_doors, address)) >= MAX_DOORS_OF_ADDRESS)
    return FALSE;
  return !self->config.built_in || self->config.allow_any_peer || snug_guard_address_is_near (remote);
}

/* The handshake begins when HTTP wants to read, and is under its deadline. */
static GIOStream *
wrap (SnugServer *self, GSocketConnection *connection)
{
  GIOStream *plain = G_IO_STREAM (connection);
  GIOStream *tls = self->certificate != NULL
                   ? g_tls_server_connection_new (plain, self->certificate, NULL) : NULL;

  if (tls == NULL)
    return self->certificate != NULL ? NULL : g_object_ref (plain);
  /* Phones go away without a goodbye of TLS; HTTP and WebSockets have ends of their own. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  return tls;
}

void
snug_server_set_certificate (SnugServer *self, GTlsCertificate *certificate)
{
  if (self->certificate != NULL)
    g_set_object (&self->certificate, certificate);
}

static void
let_in (SnugServer *self, GSocket *socket)
{
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autoptr (GIOStream) stream = wrap (self, connection);
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  GInetAddress *remote_address;

  if (remote == NULL || local == NULL || stream == NULL)
    return;
  remote_address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  if (!may_come_in (self, remote_address))
    return;

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  /* The address is what every request of this connection shows us: so it leads back to the door. */
  g_object_set_data (G_OBJECT (remote), "snug-door",
                     door_new (self, connection, remote_address,
                               g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local))));
  soup_server_accept_iostream (self->soup, stream, local, remote, NULL);
}

/* Listening */

static void listen_again (Listener *listener);

static gboolean
on_listen_time (gpointer data)
{
  Listener *listener = data;

  snug_clear_source (&listener->source);
  listen_again (listener);
  return G_SOURCE_REMOVE;
}

/* Most likely there is no descriptor left: the queue waits, and some will be freed. */
static void
rest (Listener *listener, const GError *error)
{
  g_debug ("accept: %s", error->message);
  snug_clear_source (&listener->source);
  listener->source = snug_context_timeout (listener->server->context, ACCEPT_AGAIN_MS, on_listen_time,
                                           listener);
}

static gboolean
on_connections (GSocket *socket, GIOCondition condition, gpointer data)
{
  Listener *listener = data;

  for (guint i = 0; i < ACCEPT_AT_ONCE; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

      if (accepted != NULL)
        {
          let_in (listener->server, accepted);
          continue;
        }
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        rest (listener, error);
      break;
    }
  return G_SOURCE_CONTINUE;
}

static void
listen_again (Listener *listener)
{
  listener->source = g_socket_create_source (listener->socket, G_IO_IN, NULL);
  g_source_set_callback (listener->source, G_SOURCE_FUNC (on_connections), listener, NULL);
  g_source_attach (listener->source, listener->server->context);
}

void
snug_server_listener_free (gpointer data)
{
  Listener *listener = data;

  snug_clear_source (&listener->source);
  g_socket_close (listener->socket, NULL);
  g_object_unref (listener->socket);
  g_free (listener);
}

static GSocketAddress *
parse_address (const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *name = NULL;
  GSocketAddress *address = NULL;
  guint64 port;

  if (colon != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    {
      name = *text == '[' && colon > text + 1 && colon[-1] == ']'
             ? g_strndup (text + 1, (gsize) (colon - text - 2)) : g_strndup (text, (gsize) (colon - text));
      address = g_inet_socket_address_new_from_string (name, (guint) port);
    }
  if (address == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("“%s” is not an address and port to listen on"), text);
  return address;
}

static guint
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return address != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) : 0;
}

gboolean
snug_server_listen (SnugServer *self, const char *text, GError **error)
{
  g_autoptr (GSocketAddress) address = parse_address (text, error);
  g_autoptr (GSocket) socket = NULL;
  Listener *listener;

  if (address == NULL)
    return FALSE;

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return FALSE;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return FALSE;

  if (self->port == 0)
    self->port = get_port (socket);
  listener = g_new0 (Listener, 1);
  *listener = (Listener) { self, g_steal_pointer (&socket), NULL };
  g_ptr_array_add (self->listeners, listener);
  listen_again (listener);
  return TRUE;
}

/* A listener on all addresses is one on @address, too, if it is of that family. */
static gboolean
listens_on (GSocket *socket, GInetAddress *address)
{
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);

  if (bound == NULL || !g_inet_address_get_is_any (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (bound))))
    return FALSE;
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4
         ? g_socket_speaks_ipv4 (socket) : g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6;
}

char *
snug_server_dup_url_for_others (SnugServer *self)
{
  g_autoptr (GInetAddress) address = snug_address_for_others ();

  /* A certificate is for a name, and which one that is, the operator knows. */
  if (g_inet_address_get_is_loopback (address) || self->certificate != NULL)
    return NULL;
  for (guint i = 0; i < self->listeners->len; i++)
    {
      const Listener *listener = g_ptr_array_index (self->listeners, i);

      if (listens_on (listener->socket, address))
        return snug_address_to_url (address, get_port (listener->socket));
    }
  return NULL;
}
