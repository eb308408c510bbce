/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-guard.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

GInetAddress *
snug_guard_unmap (GInetAddress *address)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6
      || memcmp (bytes, mapped, sizeof mapped) != 0)
    return g_object_ref (address);
  return g_inet_address_new_from_bytes (bytes + 12, G_SOCKET_FAMILY_IPV4);
}

gboolean
snug_guard_address_is_private (GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = snug_guard_unmap (address);
  const guint8 *bytes = g_inet_address_to_bytes (plain);

  if (g_inet_address_get_is_loopback (plain) || g_inet_address_get_is_link_local (plain)
      || g_inet_address_get_is_site_local (plain))
    return TRUE;
  if (g_inet_address_get_family (plain) == G_SOCKET_FAMILY_IPV6)
    return (bytes[0] & 0xfe) == 0xfc;
  return bytes[0] == 100 && (bytes[1] & 0xc0) == 64;
}

static gboolean
same_network (const guint8 *a, const guint8 *b, const guint8 *mask, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i++)
    {
      if (((a[i] ^ b[i]) & mask[i]) != 0)
        return FALSE;
    }
  return TRUE;
}

static const guint8 *
address_bytes (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return (const guint8 *) &((const struct sockaddr_in *) address)->sin_addr;
  return (const guint8 *) &((const struct sockaddr_in6 *) address)->sin6_addr;
}

/* A point-to-point line's mask of zero or one host says nothing about neighbours. */
static gboolean
is_network (const guint8 *mask, gsize n_bytes)
{
  return mask[0] != 0 && mask[n_bytes - 1] != 0xff;
}

static gboolean
is_on_link (const struct ifaddrs *interface, GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  gsize n_bytes = g_inet_address_get_native_size (address);
  int family = (int) g_inet_address_get_family (address);

  if (interface->ifa_addr == NULL || interface->ifa_netmask == NULL
      || interface->ifa_addr->sa_family != family)
    return FALSE;
  return is_network (address_bytes (interface->ifa_netmask), n_bytes)
         && same_network (bytes, address_bytes (interface->ifa_addr),
                          address_bytes (interface->ifa_netmask), n_bytes);
}

gboolean
snug_guard_address_is_near (GInetAddress *address)
{
  g_autoptr (GInetAddress) plain = snug_guard_unmap (address);
  struct ifaddrs *interfaces = NULL;
  gboolean near = snug_guard_address_is_private (plain);

  if (near || getifaddrs (&interfaces) != 0)
    return near;
  for (struct ifaddrs *i = interfaces; i != NULL && !near; i = i->ifa_next)
    near = is_on_link (i, plain);
  freeifaddrs (interfaces);
  return near;
}

/* Splits "[::1]:80" and "name:80"; the name keeps no brackets. */
static char *
dup_name (const char *host, const char **after)
{
  const char *end;

  if (*host == '[')
    {
      end = strchr (host, ']');
      *after = end != NULL ? end + 1 : host;
      return end != NULL ? g_strndup (host + 1, (gsize) (end - host - 1)) : g_strdup ("");
    }
  end = strchrnul (host, ':');
  *after = end;
  return g_strndup (host, (gsize) (end - host));
}

static gboolean
port_is_well_formed (const char *text)
{
  gsize n;

  if (*text == '\0')
    return TRUE;
  if (*text++ != ':')
    return FALSE;
  n = strspn (text, G_CSET_DIGITS);
  return n >= 1 && n <= 5 && text[n] == '\0';
}

gboolean
snug_guard_host_is_well_formed (const char *host)
{
  const char *after;
  g_autofree char *name = dup_name (host, &after);
  const char *allowed = *host == '[' ? "0123456789abcdefABCDEF:."
                                     : G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-._";

  return *name != '\0' && strlen (name) <= 253 && strspn (name, allowed) == strlen (name)
         && port_is_well_formed (after);
}

gboolean
snug_guard_host_is_local (const char *host)
{
  const char *after;
  g_autofree char *name = dup_name (host, &after);
  g_autofree char *folded = g_ascii_strdown (name, -1);

  return snug_guard_host_is_well_formed (host)
         && (g_hostname_is_ip_address (folded) || strcmp (folded, "localhost") == 0
             || (g_str_has_suffix (folded, ".local") && strlen (folded) > strlen (".local")));
}

gboolean
snug_guard_host_is_loopback (const char *host)
{
  const char *after;
  g_autofree char *name = dup_name (host, &after);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  return snug_guard_host_is_well_formed (host)
         && (address != NULL ? g_inet_address_get_is_loopback (address) : g_ascii_strcasecmp (name, "localhost") == 0);
}

gboolean
snug_guard_origin_matches (const char *origin, const char *host)
{
  const char *scheme_end = origin != NULL ? strstr (origin, "://") : NULL;

  if (origin == NULL)
    return TRUE;
  return scheme_end != NULL
         && (g_str_has_prefix (origin, "http://") || g_str_has_prefix (origin, "https://"))
         && g_ascii_strcasecmp (scheme_end + 3, host) == 0;
}

static gboolean
name_is_private (const char *name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address != NULL)
    return snug_guard_address_is_private (address);
  return g_ascii_strcasecmp (name, "localhost") == 0 || g_str_has_suffix (name, ".local")
         || strchr (name, '.') == NULL;
}

gboolean
snug_guard_ice_url_is_allowed (const char *url, gboolean reached_private)
{
  static const char *const schemes[] = { "stun:", "turn:", "turns:" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autofree char *host = NULL;
      g_autofree char *name = NULL;
      const char *after;

      if (!g_str_has_prefix (url, schemes[i]))
        continue;
      host = g_strndup (url + strlen (schemes[i]), strcspn (url + strlen (schemes[i]), "?"));
      name = dup_name (host, &after);
      return snug_guard_host_is_well_formed (host) && (reached_private || !name_is_private (name));
    }
  return FALSE;
}
