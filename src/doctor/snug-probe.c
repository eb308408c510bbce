/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-probe.h"

#include <string.h>

#include "snug-stun-line.h"

#define AVAHI "org.freedesktop.Avahi"
#define AVAHI_TIMEOUT_MS 3000

/* An address for documentation (RFC 3849): connecting a datagram socket asks the routing table only. */
#define OUTSIDE_IPV6 "2001:db8::1"

/* RFC 8489 section 14.8 and RFC 8656 section 19 */
enum
{
  UNAUTHENTICATED = 401,
  STALE_NONCE = 438,
  WRONG_CREDENTIALS = 441,
  ALLOCATION_QUOTA_REACHED = 486,
  INSUFFICIENT_CAPACITY = 508
};

static SnugProbe *
probe_new (SnugFinding finding)
{
  SnugProbe *probe = g_new0 (SnugProbe, 1);

  probe->finding = finding;
  return probe;
}

static SnugProbe *
probe_of_error (const GError *error)
{
  return probe_new (snug_finding_from_error (error));
}

void
snug_probe_free (SnugProbe *probe)
{
  g_clear_object (&probe->server);
  g_free (probe->address);
  g_free (probe);
}

SnugFinding
snug_finding_from_error (const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return SNUG_FINDING_NO_NAME;
  if (error->domain == G_TLS_ERROR)
    return error->code == G_TLS_ERROR_BAD_CERTIFICATE ? SNUG_FINDING_CERTIFICATE : SNUG_FINDING_SOMETHING_ELSE;
  if (error->domain != G_IO_ERROR)
    return SNUG_FINDING_SOMETHING_ELSE;
  switch (error->code)
    {
    case G_IO_ERROR_TIMED_OUT:
      return SNUG_FINDING_SILENT;
    case G_IO_ERROR_CONNECTION_REFUSED:
      return SNUG_FINDING_NOBODY;
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return SNUG_FINDING_NO_WAY;
    case G_IO_ERROR_HOST_NOT_FOUND:
      return SNUG_FINDING_NO_NAME;
    default:
      return SNUG_FINDING_SOMETHING_ELSE;
    }
}

static char *
text_of (GSocketAddress *address)
{
  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : g_strdup ("?");
}

/* Where it is, and where it sees us, or listens for us. */
static char *
describe (const SnugIceServerAddress *server, GSocketAddress *ours)
{
  g_autofree char *theirs = snug_ice_server_address_to_text (server);
  g_autofree char *text = text_of (ours);

  return g_strdup_printf ("%s → %s", theirs, text);
}

/* STUN */

static SnugProbe *
probe_stun (const SnugIceServerAddress *server, GSocketFamily family, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugStunLine) line = snug_stun_line_open (server, family, cancellable, &error);
  g_autoptr (SnugStunAnswer) answer = NULL;
  SnugProbe *probe;

  if (line != NULL)
    answer = snug_stun_line_ask (line, SNUG_STUN_BINDING, NULL, cancellable, &error);
  if (answer == NULL)
    return probe_of_error (error);
  if (answer->mapped == NULL)
    return probe_new (SNUG_FINDING_REFUSED);
  probe = probe_new (SNUG_FINDING_WORKS);
  probe->server = snug_stun_line_dup_remote (line);
  probe->address = describe (server, answer->mapped);
  return probe;
}

SnugProbe *
snug_probe_stun (const SnugIceServer *server, GCancellable *cancellable)
{
  g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (server->url);

  return address != NULL ? probe_stun (address, G_SOCKET_FAMILY_INVALID, cancellable)
                         : probe_new (SNUG_FINDING_NO_NAME);
}

/* TURN */

static SnugFinding
finding_from_refusal (guint code)
{
  switch (code)
    {
    case UNAUTHENTICATED:
    case WRONG_CREDENTIALS:
      return SNUG_FINDING_PASSWORD;
    case ALLOCATION_QUOTA_REACHED:
    case INSUFFICIENT_CAPACITY:
      return SNUG_FINDING_FULL;
    default:
      return SNUG_FINDING_REFUSED;
    }
}

/* RFC 8489 section 9.2.4: the refusal of a stale nonce brings a fresh one. */
static SnugStunAnswer *
allocate (SnugStunLine *line, SnugStunLogin *login, SnugStunAnswer **challenge, GCancellable *cancellable,
          GError **error)
{
  SnugStunAnswer *answer = NULL;

  for (guint tries = 0; tries < 2; tries++)
    {
      login->realm = (*challenge)->realm;
      login->nonce = (*challenge)->nonce;
      answer = snug_stun_line_ask (line, SNUG_STUN_ALLOCATE, login, cancellable, error);
      if (answer == NULL || answer->error_code != STALE_NONCE || answer->realm == NULL || answer->nonce == NULL)
        return answer;
      snug_stun_answer_free (*challenge);
      *challenge = answer;
    }
  return NULL;
}

static void
give_back (SnugStunLine *line, const SnugStunLogin *login, GCancellable *cancellable)
{
  g_autoptr (SnugStunAnswer) answer = snug_stun_line_ask (line, SNUG_STUN_REFRESH, login, cancellable, NULL);

  g_debug ("TURN: the place is %sgiven back", answer != NULL && answer->error_code == 0 ? "" : "not ");
}

static SnugProbe *
probe_relay (const SnugIceServerAddress *address, const SnugIceServer *server, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugStunLine) line = snug_stun_line_open (address, G_SOCKET_FAMILY_INVALID, cancellable, &error);
  g_autoptr (SnugStunAnswer) challenge = NULL;
  g_autoptr (SnugStunAnswer) answer = NULL;
  SnugStunLogin login = { .username = server->username, .password = server->password };
  SnugProbe *probe;

  if (line != NULL)
    challenge = snug_stun_line_ask (line, SNUG_STUN_ALLOCATE, NULL, cancellable, &error);
  if (challenge == NULL)
    return probe_of_error (error);
  if (challenge->error_code != UNAUTHENTICATED || challenge->realm == NULL || challenge->nonce == NULL)
    return probe_new (SNUG_FINDING_SOMETHING_ELSE);   /* libnice takes no relay that asks for no password */
  answer = allocate (line, &login, &challenge, cancellable, &error);
  if (answer == NULL)
    return error != NULL ? probe_of_error (error) : probe_new (SNUG_FINDING_REFUSED);
  if (answer->error_code != 0 || answer->relayed == NULL)
    return probe_new (finding_from_refusal (answer->error_code));

  give_back (line, &login, cancellable);
  probe = probe_new (SNUG_FINDING_WORKS);
  probe->server = snug_stun_line_dup_remote (line);
  probe->address = describe (address, answer->relayed);
  return probe;
}

SnugProbe *
snug_probe_relay (const SnugIceServer *server, GCancellable *cancellable)
{
  g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (server->url);

  if (address == NULL)
    return probe_new (SNUG_FINDING_NO_NAME);
  if (server->username == NULL || server->password == NULL)
    return probe_new (SNUG_FINDING_PASSWORD);
  return probe_relay (address, server, cancellable);
}

/* The router */

/* Where packets to @to leave from; NULL if nothing leads there. */
static GInetAddress *
own_address_towards (GSocketAddress *to)
{
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (to), G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) local = NULL;

  if (socket == NULL || !g_socket_connect (socket, to, NULL, NULL)
      || (local = g_socket_get_local_address (socket, NULL)) == NULL)
    return NULL;
  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
}

static gboolean
is_same (GSocketAddress *a, GSocketAddress *b)
{
  g_autofree char *one = text_of (a), *other = text_of (b);

  return g_str_equal (one, other);
}

static gboolean
is_own (GSocket *socket, GSocketAddress *server, GSocketAddress *mapped)
{
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  g_autoptr (GInetAddress) address = own_address_towards (server);
  g_autoptr (GSocketAddress) own = NULL;

  if (bound == NULL || address == NULL)
    return FALSE;
  own = g_inet_socket_address_new (address, g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  return is_same (own, mapped);
}

static GSocket *
open_any_port (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, 0);

  return socket != NULL && g_socket_bind (socket, address, FALSE, NULL) ? g_steal_pointer (&socket) : NULL;
}

/* Two that are not the same, as far as there are. */
static GSocketAddress *
second_server (GPtrArray *servers)
{
  for (guint i = 1; i < servers->len; i++)
    if (!is_same (servers->pdata[0], servers->pdata[i]))
      return servers->pdata[i];
  return NULL;
}

SnugProbe *
snug_probe_router (GPtrArray *servers, GCancellable *cancellable)
{
  g_autoptr (GSocket) socket = open_any_port ();
  g_autoptr (SnugStunAnswer) first = NULL;
  g_autoptr (SnugStunAnswer) second = NULL;
  GSocketAddress *other = servers->len > 0 ? second_server (servers) : NULL;

  if (socket != NULL && servers->len > 0)
    first = snug_stun_ask_datagram (socket, servers->pdata[0], SNUG_STUN_BINDING, NULL, cancellable, NULL);
  if (first == NULL || first->mapped == NULL)
    return probe_new (SNUG_FINDING_UNKNOWN);
  if (is_own (socket, servers->pdata[0], first->mapped))
    return probe_new (SNUG_FINDING_NO_ROUTER);
  if (other != NULL)
    second = snug_stun_ask_datagram (socket, other, SNUG_STUN_BINDING, NULL, cancellable, NULL);
  if (second == NULL || second->mapped == NULL)
    return probe_new (SNUG_FINDING_UNKNOWN);
  return probe_new (is_same (first->mapped, second->mapped) ? SNUG_FINDING_EASY : SNUG_FINDING_STRICT);
}

/* IPv6 */

/* RFC 4193 (local to a site) and link-local ones lead nowhere else. */
static gboolean
is_global (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  return !g_inet_address_get_is_loopback (address) && !g_inet_address_get_is_link_local (address)
         && (bytes[0] & 0xfe) != 0xfc;
}

SnugProbe *
snug_probe_ipv6 (GPtrArray *stun, GCancellable *cancellable)
{
  g_autoptr (GSocketAddress) outside = g_inet_socket_address_new_from_string (OUTSIDE_IPV6, 9);
  g_autoptr (GInetAddress) own = own_address_towards (outside);
  SnugProbe *probe;

  if (own == NULL || !is_global (own))
    return probe_new (SNUG_FINDING_ABSENT);
  for (guint i = 0; i < stun->len; i++)
    {
      const SnugIceServer *server = stun->pdata[i];
      g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (server->url);
      g_autoptr (SnugProbe) answer = address != NULL ? probe_stun (address, G_SOCKET_FAMILY_IPV6, cancellable) : NULL;

      if (answer != NULL && answer->finding != SNUG_FINDING_NO_NAME)
        return g_steal_pointer (&answer);
    }
  probe = probe_new (SNUG_FINDING_WORKS);
  probe->address = g_inet_address_to_string (own);
  return probe;
}

/* Names of this network */

static GVariant *
ask_avahi (GDBusConnection *bus, const char *method, GVariant *arguments, const char *type, GCancellable *cancellable)
{
  g_autoptr (GVariantType) reply = g_variant_type_new (type);

  return g_dbus_connection_call_sync (bus, AVAHI, "/", AVAHI ".Server", method, arguments, reply,
                                      G_DBUS_CALL_FLAGS_NO_AUTO_START, AVAHI_TIMEOUT_MS, cancellable, NULL);
}

SnugProbe *
snug_probe_local_names (GCancellable *cancellable)
{
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, cancellable, NULL);
  g_autoptr (GVariant) name = NULL;
  g_autoptr (GVariant) found = NULL;
  const char *text;

  if (bus != NULL)
    name = ask_avahi (bus, "GetHostNameFqdn", NULL, "(s)", cancellable);
  if (name == NULL)
    return probe_new (SNUG_FINDING_ABSENT);
  g_variant_get (name, "(&s)", &text);
  /* On any interface, by any protocol, to an address of any kind, without flags. */
  found = ask_avahi (bus, "ResolveHostName", g_variant_new ("(iisiu)", -1, -1, text, -1, 0), "(iisisu)", cancellable);
  return probe_new (found != NULL ? SNUG_FINDING_WORKS : SNUG_FINDING_SILENT);
}
