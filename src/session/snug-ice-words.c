/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-ice-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* RFC 8489 section 8.1: where none is named. */
#define STUN_PORT 3478

static SnugIceServer *
refuse (const char *words, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
  return NULL;
}

/* HOST, HOST:PORT, [V6], [V6]:PORT */
static gboolean
is_address (const char *text)
{
  g_autoptr (GSocketConnectable) address = NULL;

  if (*text == '\0' || strpbrk (text, "/@?#% \t") != NULL)
    return FALSE;
  address = g_network_address_parse (text, STUN_PORT, NULL);
  return address != NULL
         && *g_network_address_get_hostname (G_NETWORK_ADDRESS (address)) != '\0'
         && g_network_address_get_port (G_NETWORK_ADDRESS (address)) != 0;
}

static SnugIceServer *
parse_stun (const char *text, GError **error)
{
  if (!is_address (text + strlen ("stun:")))
    return refuse (_("A STUN server is written stun:HOST or stun:HOST:PORT."), error);
  return snug_ice_server_new (text, NULL, NULL);
}

/* %3A and the like; what is no escape stays as it is, so that most passwords need none. */
static char *
unescape (const char *text, gsize n_bytes)
{
  g_autofree char *part = g_strndup (text, n_bytes);
  char *plain = g_uri_unescape_string (part, NULL);

  return plain != NULL && g_utf8_validate (plain, -1, NULL) ? plain : g_steal_pointer (&part);
}

static gboolean
is_transport (const char *query)
{
  return query == NULL
         || strcmp (query, "?transport=udp") == 0
         || strcmp (query, "?transport=tcp") == 0;
}

static SnugIceServer *
parse_turn (const char *text, GError **error)
{
  const char *user = strchr (text, ':') + 1;
  const char *colon = strchr (user, ':');
  /* A password may hold "@", a host may not. */
  const char *at = strrchr (user, '@');
  const char *query = at != NULL ? strchr (at, '?') : NULL;
  g_autofree char *host = NULL, *url = NULL, *name = NULL, *password = NULL;

  if (at != NULL)
    host = query != NULL ? g_strndup (at + 1, (gsize) (query - at - 1)) : g_strdup (at + 1);
  if (host == NULL || colon == NULL || colon > at || colon == user || !is_address (host)
      || !is_transport (query))
    return refuse (_("A TURN server is written turn:USER:PASSWORD@HOST[:PORT][?transport=udp|tcp], "
                     "or the same with turns: for TLS."), error);

  url = g_strdup_printf ("%.*s%s%s", (int) (user - text), text, host, query != NULL ? query : "");
  name = unescape (user, (gsize) (colon - user));
  password = unescape (colon + 1, (gsize) (at - colon - 1));
  return snug_ice_server_new (url, name, password);
}

SnugIceServer *
snug_ice_server_from_words (const char *text, GError **error)
{
  if (g_str_has_prefix (text, "stun:"))
    return parse_stun (text, error);
  if (g_str_has_prefix (text, "turn:") || g_str_has_prefix (text, "turns:"))
    return parse_turn (text, error);
  return refuse (_("A STUN or TURN server begins with stun:, turn: or turns:."), error);
}
