/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-stun-line.h"

#include <gnutls/crypto.h>

#include "snug-proxy.h"

/* How long to wait for an answer before a datagram is sent again, or given up. RFC 8489 section 6.2.1 doubles as
 * well, but goes on for 40 s: who waits at a screen has made up their mind by then. */
static const guint waits_ms[] = { 500, 1000, 2000, 2000 };

#define STREAM_TIMEOUT_S 8

struct _SnugStunLine
{
  /* owned, one of them */
  GSocket           *socket;
  GSocketConnection *stream;
};

/* Opening */

static GSocketAddress *
resolve (const SnugIceServerAddress *server, GSocketFamily family, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) name = g_network_address_new (server->host, server->port);
  g_autoptr (GSocketAddressEnumerator) addresses = g_socket_connectable_enumerate (name);
  GSocketAddress *address;

  while ((address = g_socket_address_enumerator_next (addresses, cancellable, error)) != NULL)
    {
      if (family == G_SOCKET_FAMILY_INVALID || g_socket_address_get_family (address) == family)
        return address;
      g_object_unref (address);
    }
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no address of that kind");
  return NULL;
}

static GSocket *
open_datagrams (const SnugIceServerAddress *server, GSocketFamily family, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketAddress) address = resolve (server, family, cancellable, error);
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    return NULL;
  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  return socket != NULL && g_socket_connect (socket, address, cancellable, error) ? g_steal_pointer (&socket) : NULL;
}

static GSocketConnection *
open_stream (const SnugIceServerAddress *server, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketConnectable) name = g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", server->host,
                                                      "port", (guint) server->port, "scheme", "https", NULL);
  g_autoptr (GProxyResolver) proxies = snug_proxy_resolver_new (NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_proxy_resolver (client, proxies);
  g_socket_client_set_timeout (client, STREAM_TIMEOUT_S);
  g_socket_client_set_tls (client, server->kind == SNUG_ICE_SERVER_TURN_TLS);
  return g_socket_client_connect (client, name, cancellable, error);
}

SnugStunLine *
snug_stun_line_open (const SnugIceServerAddress *server, GSocketFamily family, GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (SnugStunLine) self = g_new0 (SnugStunLine, 1);

  if (server->kind == SNUG_ICE_SERVER_TURN_TCP || server->kind == SNUG_ICE_SERVER_TURN_TLS)
    self->stream = open_stream (server, cancellable, error);
  else
    self->socket = open_datagrams (server, family, cancellable, error);
  return self->stream != NULL || self->socket != NULL ? g_steal_pointer (&self) : NULL;
}

GSocketAddress *
snug_stun_line_dup_remote (SnugStunLine *self)
{
  return self->socket != NULL ? g_socket_get_remote_address (self->socket, NULL) : NULL;
}

void
snug_stun_line_free (SnugStunLine *self)
{
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  if (self->stream != NULL)
    g_io_stream_close (G_IO_STREAM (self->stream), NULL, NULL);
  g_clear_object (&self->stream);
  g_free (self);
}

/* Asking */

static void
make_id (guint8 *id)
{
  gnutls_rnd (GNUTLS_RND_NONCE, id, SNUG_STUN_ID_BYTES);
}

/* What is no answer to this is passed over. NULL without an error: the time is up. */
static SnugStunAnswer *
hear_datagram (GSocket *socket, SnugStunMethod method, const guint8 *id, guint wait_ms, GCancellable *cancellable,
               GError **error)
{
  gint64 until_us = g_get_monotonic_time () + (gint64) wait_ms * 1000;
  guint8 buffer[SNUG_STUN_MAX_BYTES];
  g_autoptr (GError) local_error = NULL;

  for (gint64 left_us; (left_us = until_us - g_get_monotonic_time ()) > 0;)
    {
      SnugStunAnswer *answer;
      gssize n_read;

      if (!g_socket_condition_timed_wait (socket, G_IO_IN, left_us, cancellable, &local_error))
        break;
      n_read = g_socket_receive_with_blocking (socket, (char *) buffer, sizeof buffer, FALSE, cancellable,
                                               &local_error);
      /* What woke us was nothing after all, such as a datagram with a wrong checksum. */
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_clear_error (&local_error);
          continue;
        }
      if (n_read < 0)
        break;
      answer = snug_stun_answer_parse (buffer, (gsize) n_read, method, id);
      if (answer != NULL)
        return answer;
    }
  if (local_error != NULL && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

SnugStunAnswer *
snug_stun_ask_datagram (GSocket *socket, GSocketAddress *to, SnugStunMethod method, const SnugStunLogin *login,
                        GCancellable *cancellable, GError **error)
{
  guint8 id[SNUG_STUN_ID_BYTES];
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GError) local_error = NULL;

  make_id (id);
  request = snug_stun_request_new (method, id, login);
  for (gsize i = 0; i < G_N_ELEMENTS (waits_ms); i++)
    {
      SnugStunAnswer *answer = NULL;

      if (g_socket_send_to (socket, to, g_bytes_get_data (request, NULL), g_bytes_get_size (request), cancellable,
                            &local_error) > 0)
        answer = hear_datagram (socket, method, id, waits_ms[i], cancellable, &local_error);
      if (answer != NULL)
        return answer;
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no answer");
  return NULL;
}

static SnugStunAnswer *
not_stun (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "what answers is no STUN server");
  return NULL;
}

/* TRUE with less than asked for at the end of the stream. However it comes, byte by byte even: not after @until_us. */
static gboolean
read_until (GSocketConnection *stream, guint8 *bytes, gsize n_wanted, gsize *n_read, gint64 until_us,
            GCancellable *cancellable, GError **error)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (stream)));
  GSocket *socket = g_socket_connection_get_socket (stream);

  for (*n_read = 0; *n_read < n_wanted;)
    {
      g_autoptr (GError) local_error = NULL;
      gssize n = g_pollable_input_stream_read_nonblocking (input, bytes + *n_read, n_wanted - *n_read, cancellable,
                                                           &local_error);

      if (n == 0)
        break;
      if (n > 0)
        *n_read += (gsize) n;
      else if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      else if (!g_socket_condition_timed_wait (socket, G_IO_IN, MAX (until_us - g_get_monotonic_time (), 0),
                                               cancellable, error))
        return FALSE;
    }
  return TRUE;
}

static SnugStunAnswer *
hear_stream (GSocketConnection *stream, SnugStunMethod method, const guint8 *id, GCancellable *cancellable,
             GError **error)
{
  gint64 until_us = g_get_monotonic_time () + STREAM_TIMEOUT_S * G_USEC_PER_SEC;
  guint8 buffer[SNUG_STUN_MAX_BYTES];
  SnugStunAnswer *answer;
  gsize n_read;
  gssize n_body;

  if (!read_until (stream, buffer, SNUG_STUN_HEADER_BYTES, &n_read, until_us, cancellable, error))
    return NULL;
  n_body = n_read == SNUG_STUN_HEADER_BYTES ? snug_stun_body_bytes (buffer) : -1;
  if (n_body < 0)
    return not_stun (error);
  if (!read_until (stream, buffer + SNUG_STUN_HEADER_BYTES, (gsize) n_body, &n_read, until_us, cancellable, error))
    return NULL;
  answer = snug_stun_answer_parse (buffer, SNUG_STUN_HEADER_BYTES + n_read, method, id);
  return answer != NULL ? answer : not_stun (error);
}

static SnugStunAnswer *
ask_stream (GSocketConnection *stream, SnugStunMethod method, const SnugStunLogin *login, GCancellable *cancellable,
            GError **error)
{
  guint8 id[SNUG_STUN_ID_BYTES];
  g_autoptr (GBytes) request = NULL;

  make_id (id);
  request = snug_stun_request_new (method, id, login);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (stream)),
                                  g_bytes_get_data (request, NULL), g_bytes_get_size (request), NULL, cancellable,
                                  error))
    return NULL;
  return hear_stream (stream, method, id, cancellable, error);
}

SnugStunAnswer *
snug_stun_line_ask (SnugStunLine *self, SnugStunMethod method, const SnugStunLogin *login, GCancellable *cancellable,
                    GError **error)
{
  if (self->stream != NULL)
    return ask_stream (self->stream, method, login, cancellable, error);
  return snug_stun_ask_datagram (self->socket, NULL, method, login, cancellable, error);
}
