/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The address of a relay that a server names has a host and a port, whatever is written there. */
#include "snug-ice-server.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *url = g_strndup ((const char *) data, size);
  g_autoptr (SnugIceServerAddress) address = snug_ice_server_address_parse (url);

  if (address == NULL)
    return 0;
  g_assert_cmpuint (address->port, !=, 0);
  g_assert_true (address->host != NULL && *address->host != '\0');
  g_assert_true (g_utf8_validate (address->host, -1, NULL));
  return 0;
}
