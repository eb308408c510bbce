/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-own-addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

static GInetAddress *
address_of (const struct ifaddrs *interface)
{
  g_autoptr (GSocketAddress) native = NULL;
  gsize n_bytes = 0;

  if (interface->ifa_addr == NULL || (interface->ifa_flags & IFF_UP) == 0)
    return NULL;
  if (interface->ifa_addr->sa_family == AF_INET)
    n_bytes = sizeof (struct sockaddr_in);
  else if (interface->ifa_addr->sa_family == AF_INET6)
    n_bytes = sizeof (struct sockaddr_in6);
  else
    return NULL;
  native = g_socket_address_new_from_native (interface->ifa_addr, n_bytes);
  return g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (native)));
}

static gboolean
counts (GInetAddress *address)
{
  gboolean is_ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return !g_inet_address_get_is_loopback (address) && !(is_ipv6 && g_inet_address_get_is_link_local (address));
}

/* Of IPv6 it is not known for a second or two whether somebody else has it (RFC 4862 5.4): it is listed, and nothing can
 * be sent from there. */
static gboolean
can_be_sent_from (GInetAddress *address)
{
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (address, 0);
  g_autoptr (GSocket) socket = NULL;

  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return TRUE;
  socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  return socket == NULL || g_socket_bind (socket, any_port, FALSE, NULL);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer full): of char*, in order */
static GPtrArray *
list_addresses (gboolean (*is_wanted) (GInetAddress *address))
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  struct ifaddrs *interfaces;

  if (getifaddrs (&interfaces) != 0)
    return texts;
  for (struct ifaddrs *item = interfaces; item != NULL; item = item->ifa_next)
    {
      g_autoptr (GInetAddress) address = address_of (item);

      if (address != NULL && is_wanted (address))
        g_ptr_array_add (texts, g_inet_address_to_string (address));
    }
  freeifaddrs (interfaces);
  g_ptr_array_sort (texts, compare_texts);
  return texts;
}

static gboolean
counts_and_can_be_sent_from (GInetAddress *address)
{
  return counts (address) && can_be_sent_from (address);
}

char *
snug_own_addresses_to_text (void)
{
  g_autoptr (GPtrArray) texts = list_addresses (counts_and_can_be_sent_from);

  g_ptr_array_add (texts, NULL);
  return g_strjoinv (" ", (char **) texts->pdata);
}

gboolean
snug_own_addresses_include (GSocketAddress *address)
{
  GInetAddress *inet = G_IS_INET_SOCKET_ADDRESS (address)
                         ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)) : NULL;
  g_autoptr (GPtrArray) texts = NULL;
  g_autofree char *text = NULL;

  if (inet == NULL || !counts (inet) || g_inet_address_get_is_any (inet))
    return TRUE;
  texts = list_addresses (counts);
  text = g_inet_address_to_string (inet);
  return g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL);
}
