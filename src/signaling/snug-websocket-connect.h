/* snug-websocket-connect: the way to a server's WebSocket, up to the answer that lets us in.
 *
 * Belongs to the context that was the thread default at the call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a server may say before it lets us in. */
#define SNUG_WEBSOCKET_MAX_HEAD_BYTES 8192

/* How it went, as far as it came. */
typedef struct
{
  guint                 status;               /* of the HTTP answer; 0: none came */
  gboolean              by_proxy;             /* a proxy carries it */
  GTlsCertificateFlags  certificate_errors;   /* why the certificate is not to be trusted; 0: it is, or none was shown */
} SnugWebsocketAnswer;

/**
 * snug_websocket_connect_async:
 * @url: "http[s]://HOST[:PORT]/PATH?QUERY"
 *
 * Connects, through a proxy where one is set up (snug-proxy.h): RFC 6455 section 4.1, without extensions and protocols.
 * Proxies for HTTP are asked for CONNECT, whether TLS is spoken in it or not.
 */
void snug_websocket_connect_async (const char *url, GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);

/**
 * snug_websocket_connect_finish:
 * @answer: (out)
 *
 * Returns: (transfer full): read up to the end of the answer's head, TLS in it if asked for; or %NULL with @error
 */
GSocketConnection *snug_websocket_connect_finish (GAsyncResult *result, SnugWebsocketAnswer *answer,
                                                  GError **error);

G_END_DECLS
