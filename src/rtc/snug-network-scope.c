/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-network-scope.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <gio/gio.h>

gboolean
snug_network_scope_shares_prefix (const guint8 *a, const guint8 *b, gsize n_bytes, guint prefix_bits)
{
  for (guint bit = 0; bit < prefix_bits && bit < n_bytes * 8; bit++)
    if (((a[bit / 8] ^ b[bit / 8]) & 0x80 >> bit % 8) != 0)
      return FALSE;
  return prefix_bits > 0;
}

/* RFC 4193: GInetAddress knows RFC 1918 and fec0::/10 only. */
static gboolean
is_private (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc;
  return g_inet_address_get_is_site_local (address);
}

static const guint8 *
sockaddr_bytes (const struct sockaddr *sockaddr, GSocketFamily family)
{
  if (sockaddr == NULL || sockaddr->sa_family != (int) family)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV6)
    return ((const struct sockaddr_in6 *) (const void *) sockaddr)->sin6_addr.s6_addr;
  return (const guint8 *) &((const struct sockaddr_in *) (const void *) sockaddr)->sin_addr;
}

static guint
count_bits (const guint8 *mask, gsize n_bytes)
{
  guint n = 0;

  for (gsize i = 0; i < n_bytes; i++)
    n += (guint) __builtin_popcount (mask[i]);
  return n;
}

/* @local: (nullable): that interface's address; NULL: any of ours */
static gboolean
is_on_link (GInetAddress *local, GInetAddress *remote)
{
  GSocketFamily family = g_inet_address_get_family (remote);
  gsize n_bytes = g_inet_address_get_native_size (remote);
  const guint8 *local_bytes = local != NULL ? g_inet_address_to_bytes (local) : NULL;
  struct ifaddrs *interfaces;
  gboolean result = FALSE;

  if (getifaddrs (&interfaces) != 0)
    return FALSE;

  for (struct ifaddrs *item = interfaces; item != NULL && !result; item = item->ifa_next)
    {
      const guint8 *address = sockaddr_bytes (item->ifa_addr, family);
      const guint8 *mask = sockaddr_bytes (item->ifa_netmask, family);

      result = address != NULL && mask != NULL
               && (local_bytes == NULL || memcmp (address, local_bytes, n_bytes) == 0)
               && snug_network_scope_shares_prefix (address, g_inet_address_to_bytes (remote), n_bytes,
                                                    count_bits (mask, n_bytes));
    }
  freeifaddrs (interfaces);
  return result;
}

gboolean
snug_network_scope_is_same (const char *local, const char *remote)
{
  g_autoptr (GInetAddress) a = g_inet_address_new_from_string (local);
  g_autoptr (GInetAddress) b = g_inet_address_new_from_string (remote);

  if (a == NULL || b == NULL || g_inet_address_get_family (a) != g_inet_address_get_family (b))
    return FALSE;
  return (g_inet_address_get_is_loopback (a) && g_inet_address_get_is_loopback (b))
         || (g_inet_address_get_is_link_local (a) && g_inet_address_get_is_link_local (b))
         || (is_private (a) && is_private (b))
         || is_on_link (a, b);
}

gboolean
snug_network_scope_is_near (GInetAddress *address)
{
  gboolean is_ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  if (g_inet_address_get_is_loopback (address) || g_inet_address_get_is_multicast (address))
    return FALSE;
  if (g_inet_address_get_is_link_local (address))
    return !is_ipv6;
  return is_private (address) || is_on_link (NULL, address);
}
