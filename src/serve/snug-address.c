/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-address.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

/* An address for documentation (RFC 5737): nobody is there, and connecting a datagram socket asks the
 * routing table only. */
#define OUTSIDE "203.0.113.1"

static GInetAddress *
address_towards_outside (void)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) outside = g_inet_socket_address_new_from_string (OUTSIDE, 9);
  g_autoptr (GSocketAddress) local = NULL;
  GInetAddress *address;

  if (socket == NULL || !g_socket_connect (socket, outside, NULL, NULL))
    return NULL;
  local = g_socket_get_local_address (socket, NULL);
  if (local == NULL)
    return NULL;
  address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local));
  return g_inet_address_get_is_loopback (address) ? NULL : g_object_ref (address);
}

static GInetAddress *
address_of (const struct ifaddrs *interface)
{
  gsize length = 0;
  g_autoptr (GSocketAddress) socket_address = NULL;

  if (interface->ifa_addr == NULL || (interface->ifa_flags & IFF_UP) == 0 || (interface->ifa_flags & IFF_LOOPBACK) != 0)
    return NULL;
  if (interface->ifa_addr->sa_family == AF_INET)
    length = sizeof (struct sockaddr_in);
  else if (interface->ifa_addr->sa_family == AF_INET6)
    length = sizeof (struct sockaddr_in6);
  else
    return NULL;

  socket_address = g_socket_address_new_from_native (interface->ifa_addr, length);
  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (socket_address)));
}

/* IPv4 first: a phone's browser takes it without brackets and zones. Link-local IPv6 needs a zone, which
 * no link can carry. */
static GInetAddress *
address_of_any_interface (void)
{
  struct ifaddrs *interfaces = NULL;
  GInetAddress *best = NULL;

  if (getifaddrs (&interfaces) != 0)
    return NULL;
  for (struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next)
    {
      g_autoptr (GInetAddress) address = address_of (i);
      gboolean ipv4 = address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;

      if (address == NULL || (!ipv4 && g_inet_address_get_is_link_local (address)))
        continue;
      if (best == NULL || (ipv4 && g_inet_address_get_family (best) == G_SOCKET_FAMILY_IPV6))
        g_set_object (&best, address);
    }
  freeifaddrs (interfaces);
  return best;
}

GInetAddress *
snug_address_for_others (void)
{
  GInetAddress *address = address_towards_outside ();

  if (address == NULL)
    address = address_of_any_interface ();
  return address != NULL ? address : g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
}

char *
snug_address_to_url (GInetAddress *address, guint port)
{
  g_autofree char *text = g_inet_address_to_string (address);
  gboolean ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (ipv6 ? "http://[%s]:%u" : "http://%s:%u", text, port);
}
