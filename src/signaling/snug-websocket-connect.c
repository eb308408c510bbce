/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-websocket-connect.h"

#include <gnutls/crypto.h>
#include <libsoup/soup.h>
#include <string.h>

#include "snug-proxy.h"

/* RFC 6455 section 1.3 */
#define KEY_SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_BYTES 16
#define SHA1_BYTES 20

typedef struct
{
  GSocketClient       *client;       /* owned */
  GSocketConnection   *connection;   /* owned, nullable: with TLS in it */
  char                *key;          /* owned */
  char                *request;      /* owned */
  GString             *head;         /* owned: of the answer */
  SnugWebsocketAnswer  answer;
} Attempt;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_clear_object (&attempt->client);
  g_clear_object (&attempt->connection);
  g_string_free (attempt->head, TRUE);
  g_free (attempt->key);
  g_free (attempt->request);
  g_free (attempt);
}

static void
fail (GTask *task, const char *why)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s", why);
}

/* The answer */

static char *
expected_accept (const char *key)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[SHA1_BYTES];
  gsize n_digest = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) KEY_SUFFIX, -1);
  g_checksum_get_digest (checksum, digest, &n_digest);
  return g_base64_encode (digest, n_digest);
}

/* RFC 6455 section 4.1: and nothing that we did not ask for. */
static gboolean
is_good_answer (Attempt *attempt, SoupMessageHeaders *headers)
{
  g_autofree char *expected = expected_accept (attempt->key);
  const char *accept = soup_message_headers_get_one (headers, "Sec-WebSocket-Accept");

  return soup_message_headers_header_equals (headers, "Upgrade", "websocket")
         && soup_message_headers_header_contains (headers, "Connection", "upgrade")
         && g_strcmp0 (accept, expected) == 0
         && soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions") == NULL
         && soup_message_headers_get_list (headers, "Sec-WebSocket-Protocol") == NULL;
}

static void
on_head (GTask *task)
{
  Attempt *attempt = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  guint status = 0;

  if (!soup_headers_parse_response (attempt->head->str, (int) attempt->head->len, headers, NULL, &status, NULL))
    fail (task, "what answered is no web server");
  else if ((attempt->answer.status = status) != SOUP_STATUS_SWITCHING_PROTOCOLS || !is_good_answer (attempt, headers))
    fail (task, "not let in");
  else
    g_task_return_boolean (task, TRUE);
  soup_message_headers_unref (headers);
}

/* Byte by byte: what is behind the head belongs to whoever reads on. */
static gboolean
on_readable (GObject *pollable, gpointer data)
{
  GTask *task = data;
  Attempt *attempt = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gssize n = 1;
  char byte;

  while (!g_str_has_suffix (attempt->head->str, "\r\n\r\n") && attempt->head->len < SNUG_WEBSOCKET_MAX_HEAD_BYTES)
    {
      n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (pollable), &byte, 1,
                                                    g_task_get_cancellable (task), &error);
      if (n <= 0)
        break;
      g_string_append_c (attempt->head, byte);
    }

  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n < 0)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (n == 0)
    fail (task, "the connection was closed");
  else if (!g_str_has_suffix (attempt->head->str, "\r\n\r\n"))
    fail (task, "an answer without end");
  else
    on_head (task);
  return G_SOURCE_REMOVE;
}

/* The request */

static void
on_written (GObject *output, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (attempt->connection));
  g_autoptr (GSource) source = NULL;
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (output), result, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), g_task_get_cancellable (task));
  g_task_attach_source (task, source, G_SOURCE_FUNC (on_readable));
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Attempt *attempt = g_task_get_task_data (task);
  GError *error = NULL;

  attempt->connection = g_socket_client_connect_to_uri_finish (G_SOCKET_CLIENT (client), result, &error);
  if (attempt->connection == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (attempt->connection)), attempt->request,
                                   strlen (attempt->request), G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   on_written, g_object_ref (task));
}

static char *
make_key (void)
{
  guint8 bytes[KEY_BYTES];

  gnutls_rnd (GNUTLS_RND_NONCE, bytes, sizeof bytes);
  return g_base64_encode (bytes, sizeof bytes);
}

/* NULL: not a name that could stand in a header. */
static char *
make_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  g_autofree char *ascii = host != NULL ? g_hostname_to_ascii (host) : NULL;
  gboolean is_ipv6 = ascii != NULL && strchr (ascii, ':') != NULL;

  if (ascii == NULL || *ascii == '\0' || strspn (ascii, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".-_:") != strlen (ascii))
    return NULL;
  if (g_uri_get_port (uri) < 0)
    return g_strdup_printf (is_ipv6 ? "[%s]" : "%s", ascii);
  return g_strdup_printf (is_ipv6 ? "[%s]:%d" : "%s:%d", ascii, g_uri_get_port (uri));
}

/* Still encoded, so that nothing in them ends the line. */
static char *
make_request (GUri *uri, const char *host, const char *key)
{
  const char *path = g_uri_get_path (uri);
  const char *query = g_uri_get_query (uri);

  return g_strdup_printf ("GET %s%s%s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          *path != '\0' ? path : "/", query != NULL ? "?" : "", query != NULL ? query : "", host, key);
}

/* Never accepted: only remembered, for words about it. */
static gboolean
on_bad_certificate (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  Attempt *attempt = g_task_get_task_data (data);

  attempt->answer.certificate_errors = errors;
  return FALSE;
}

/* A server of several protocols is to speak HTTP/1.1 (RFC 7301). */
static void
on_client_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable, GIOStream *stream,
                 gpointer data)
{
  const char *const protocols[] = { "http/1.1", NULL };
  GTask *task = data;
  Attempt *attempt = g_task_get_task_data (task);

  if (event == G_SOCKET_CLIENT_PROXY_NEGOTIATED)
    attempt->answer.by_proxy = TRUE;
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING || !G_IS_TLS_CONNECTION (stream))
    return;
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (stream), protocols);
  g_signal_connect_object (stream, "accept-certificate", G_CALLBACK (on_bad_certificate), task, 0);
}

void
snug_websocket_connect_async (const char *url, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *host = uri != NULL ? make_host (uri) : NULL;
  gboolean is_tls = uri != NULL && strcmp (g_uri_get_scheme (uri), "https") == 0;
  g_autoptr (GProxyResolver) proxies = snug_proxy_resolver_new (NULL);
  Attempt *attempt;

  g_task_set_source_tag (task, snug_websocket_connect_async);
  if (host == NULL || (!is_tls && strcmp (g_uri_get_scheme (uri), "http") != 0))
    {
      fail (task, "not the address of a server");
      return;
    }

  attempt = g_new0 (Attempt, 1);
  attempt->head = g_string_new (NULL);
  attempt->key = make_key ();
  attempt->request = make_request (uri, host, attempt->key);
  attempt->client = g_socket_client_new ();
  g_socket_client_set_tls (attempt->client, is_tls);
  g_socket_client_set_proxy_resolver (attempt->client, proxies);
  g_signal_connect_object (attempt->client, "event", G_CALLBACK (on_client_event), task, 0);
  g_task_set_task_data (task, attempt, attempt_free);
  g_socket_client_connect_to_uri_async (attempt->client, url, is_tls ? 443 : 80, cancellable, on_connected,
                                        g_steal_pointer (&task));
}

GSocketConnection *
snug_websocket_connect_finish (GAsyncResult *result, SnugWebsocketAnswer *answer, GError **error)
{
  Attempt *attempt = g_task_get_task_data (G_TASK (result));

  *answer = attempt != NULL ? attempt->answer : (SnugWebsocketAnswer) { 0 };
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&attempt->connection);
}
