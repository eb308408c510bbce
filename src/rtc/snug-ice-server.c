/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-server.h"

#include <string.h>

#include "snug-peer-connection.h"

#define MAX_URL 512
#define PORT_PLAIN 3478
#define PORT_TLS 5349

static const struct
{
  const char        *prefix;
  const char        *transport;   /* nullable: the query is absent */
  SnugIceServerKind  kind;
} kinds[] = {
  { "stun:",  NULL,  SNUG_ICE_SERVER_STUN },
  { "turn:",  NULL,  SNUG_ICE_SERVER_TURN_UDP },
  { "turn:",  "udp", SNUG_ICE_SERVER_TURN_UDP },
  { "turn:",  "tcp", SNUG_ICE_SERVER_TURN_TCP },
  { "turns:", NULL,  SNUG_ICE_SERVER_TURN_TLS },
  { "turns:", "tcp", SNUG_ICE_SERVER_TURN_TLS },
};

static gboolean
is_host (const char *host)
{
  if (strchr (host, ':') != NULL)
    return g_hostname_is_ip_address (host);
  for (const char *c = host; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '.')
      return FALSE;
  return *host != '\0';
}

static gboolean
split_host_port (SnugIceServerAddress *address, const char *text)
{
  const char *end = *text == '[' ? strchr (text, ']') : strchr (text, ':');
  const char *colon = *text == '[' && end != NULL ? end + 1 : end;
  guint64 port = address->kind == SNUG_ICE_SERVER_TURN_TLS ? PORT_TLS : PORT_PLAIN;

  if (*text == '[' && end == NULL)
    return FALSE;
  if (colon != NULL && *colon != '\0'
      && (*colon != ':'
          || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL)))
    return FALSE;

  if (*text == '[')
    text++;
  address->host = end != NULL ? g_strndup (text, (gsize) (end - text)) : g_strdup (text);
  address->port = (guint16) port;
  return is_host (address->host);
}

/* Returns: (nullable): what follows "?transport=", "" for a query that is another */
static const char *
query_transport (const char *query)
{
  if (query == NULL)
    return NULL;
  return g_str_has_prefix (query, "?transport=") ? query + strlen ("?transport=") : "";
}

SnugIceServerAddress *
snug_ice_server_address_parse (const char *url)
{
  g_autoptr (SnugIceServerAddress) address = g_new0 (SnugIceServerAddress, 1);
  const char *query = strchr (url, '?');
  const char *transport = query_transport (query);

  if (strnlen (url, MAX_URL + 1) > MAX_URL)
    return NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (url, kinds[i].prefix) && g_strcmp0 (transport, kinds[i].transport) == 0)
      {
        const char *start = url + strlen (kinds[i].prefix);
        g_autofree char *host_port = query != NULL ? g_strndup (start, (gsize) (query - start))
                                                   : g_strdup (start);

        address->kind = kinds[i].kind;
        return split_host_port (address, host_port) ? g_steal_pointer (&address) : NULL;
      }
  return NULL;
}

char *
snug_ice_server_address_to_text (const SnugIceServerAddress *address)
{
  gboolean ipv6 = strchr (address->host, ':') != NULL;

  return g_strdup_printf ("%s%s%s:%u", ipv6 ? "[" : "", address->host, ipv6 ? "]" : "", address->port);
}

void
snug_ice_server_address_free (SnugIceServerAddress *address)
{
  g_free (address->host);
  g_free (address);
}

SnugIceServer *
snug_ice_server_new (const char *url, const char *username, const char *password)
{
  SnugIceServer *server = g_new (SnugIceServer, 1);

  *server = (SnugIceServer) { g_strdup (url), g_strdup (username), g_strdup (password) };
  return server;
}

void
snug_ice_server_free (SnugIceServer *server)
{
  g_free (server->url);
  g_free (server->username);
  g_free (server->password);
  g_free (server);
}
