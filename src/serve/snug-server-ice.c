/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-ice.h"

#include <gnutls/crypto.h>
#include <string.h>

#define SHA1_BYTES 20

void
snug_server_ice_server_free (SnugServerIceServer *server)
{
  g_free (server->url);
  g_free (server->username);
  g_free (server->credential);
  g_free (server->secret);
  g_free (server);
}

static char *
sign (const char *username, const char *secret)
{
  guint8 digest[SHA1_BYTES] = { 0 };

  /* Without it the relay refuses them, and says so. */
  if (gnutls_hmac_fast (GNUTLS_MAC_SHA1, secret, strlen (secret), username, strlen (username), digest) < 0)
    g_warning ("a login at the relay could not be signed");
  return g_base64_encode (digest, sizeof digest);
}

SnugSignalIceServer *
snug_server_ice_server_tell (const SnugServerIceServer *server, gint64 until_s)
{
  SnugSignalIceServer *told = g_new0 (SnugSignalIceServer, 1);

  told->url = g_strdup (server->url);
  if (server->secret == NULL)
    {
      told->username = g_strdup (server->username);
      told->credential = g_strdup (server->credential);
      return told;
    }
  told->username = g_strdup_printf ("%" G_GINT64_FORMAT ":%08x", until_s, g_random_int ());
  told->credential = sign (told->username, server->secret);
  return told;
}
