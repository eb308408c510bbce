/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-room-link.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-phrase.h"
#include "snug-secret.h"

#define CODE_LENGTH 6

G_DEFINE_QUARK (snug-room-link-error-quark, snug_room_link_error)

SnugRoomLink *
snug_room_link_new (const char *server, const char *code, const char *secret)
{
  SnugRoomLink *link = g_new0 (SnugRoomLink, 1);

  link->server = g_strdup (server);
  link->code = g_strdup (code);
  link->secret = g_strdup (secret);
  return link;
}

void
snug_room_link_free (SnugRoomLink *link)
{
  g_free (link->server);
  g_free (link->code);
  snug_wipe_string (&link->secret);
  g_free (link);
}

/* Returns: (transfer full): the code in upper case, or NULL. */
static char *
fold_code (const char *text)
{
  if (strlen (text) != CODE_LENGTH)
    return NULL;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c))
      return NULL;
  return g_ascii_strup (text, -1);
}

static SnugRoomLink *
refuse_secret (const char *secret, GError **error)
{
  g_set_error_literal (error, SNUG_ROOM_LINK_ERROR, SNUG_ROOM_LINK_ERROR_NOT_A_LINK,
                       *secret == '\0' ? _("The secret at the end of this link is missing. Copy the whole link once more.")
                                       : _("The secret at the end of this link is not readable."));
  return NULL;
}

static SnugRoomLink *
make (const char *server, const char *code_text, const char *secret, GError **error)
{
  g_autofree char *code = code_text != NULL ? fold_code (code_text) : NULL;
  char *folded = NULL;
  SnugRoomLink *link;

  if (code == NULL)
    {
      g_set_error_literal (error, SNUG_ROOM_LINK_ERROR, SNUG_ROOM_LINK_ERROR_BAD_CODE,
                           _("A room code has six letters and digits, like BOOK23."));
      return NULL;
    }
  if (secret != NULL && (folded = snug_phrase_fold (secret)) == NULL)
    return refuse_secret (secret, error);
  link = snug_room_link_new (server, code, folded);
  snug_wipe_string (&folded);
  return link;
}

/* Cuts off what follows #, for GLib would refuse the whole address for what is encoded badly there.
 *
 * Returns: (nullable): a part of @text. */
static const char *
cut_fragment (char *text)
{
  char *mark = strchr (text, '#');

  if (mark == NULL)
    return NULL;
  *mark = '\0';
  return mark + 1;
}

static SnugRoomLink *
make_of_fragment (const char *server, const char *code, const char *fragment, GError **error)
{
  char *secret = fragment != NULL ? g_uri_unescape_string (fragment, NULL) : NULL;
  SnugRoomLink *link = NULL;

  if (fragment != NULL && secret == NULL)
    return refuse_secret (fragment, error);
  link = make (server, code, secret, error);
  snug_wipe_string (&secret);
  return link;
}

/* GLib has decoded it: what may stand in no host (WHATWG URL, "forbidden host code points") may have been hidden there,
 * and would make another address of it. */
static gboolean
is_plain_host (const char *host)
{
  for (const char *c = host; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) || strchr (" #/<>?@[\\]^|%", *c) != NULL)
      return FALSE;
  return *host != '\0';
}

/* "http[s]://HOST[:PORT]" of a parsed URI, or NULL if it names no plain host. */
static char *
server_of (const char *scheme, GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  gboolean ipv6 = host != NULL && strchr (host, ':') != NULL;
  int port = g_uri_get_port (uri);

  if (host == NULL || !is_plain_host (host) || g_uri_get_userinfo (uri) != NULL)
    return NULL;
  if (port == -1)
    return g_strdup_printf (ipv6 ? "%s://[%s]" : "%s://%s", scheme, host);
  return g_strdup_printf (ipv6 ? "%s://[%s]:%d" : "%s://%s:%d", scheme, host, port);
}

static SnugRoomLink *
refuse_server (GError **error)
{
  g_set_error_literal (error, SNUG_ROOM_LINK_ERROR, SNUG_ROOM_LINK_ERROR_BAD_SERVER,
                       _("This link does not name a server that Snug can ask."));
  return NULL;
}

static SnugRoomLink *
parse_web_link (char *text, GError **error)
{
  const char *fragment = cut_fragment (text);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_ENCODED_QUERY, NULL);
  g_autofree char *server = uri != NULL ? server_of (g_uri_get_scheme (uri), uri) : NULL;
  g_autoptr (GHashTable) query = NULL;
  const char *query_text;

  if (server == NULL)
    return refuse_server (error);
  query_text = g_uri_get_query (uri);
  if (query_text != NULL)
    query = g_uri_parse_params (query_text, -1, "&", G_URI_PARAMS_NONE, NULL);
  return make_of_fragment (server, query != NULL ? g_hash_table_lookup (query, "code") : NULL, fragment, error);
}

/* snug:HOST[:PORT]/CODE#secret. Loopback and local addresses have no certificates: they are plain
 * http; everything else is https. */
static gboolean
is_local_host (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address == NULL)
    return strcmp (host, "localhost") == 0 || g_str_has_suffix (host, ".local");
  return g_inet_address_get_is_loopback (address) || g_inet_address_get_is_site_local (address)
         || g_inet_address_get_is_link_local (address);
}

static SnugRoomLink *
parse_snug_link (char *rest, GError **error)
{
  const char *fragment = cut_fragment (rest);
  g_autofree char *as_uri = g_strconcat ("snug://", rest + (g_str_has_prefix (rest, "//") ? 2 : 0), NULL);
  g_autoptr (GUri) uri = g_uri_parse (as_uri, G_URI_FLAGS_NONE, NULL);
  g_autofree char *server = NULL;
  const char *path;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return refuse_server (error);

  server = server_of (is_local_host (g_uri_get_host (uri)) ? "http" : "https", uri);
  if (server == NULL)
    return refuse_server (error);

  path = g_uri_get_path (uri);
  return make_of_fragment (server, *path == '/' ? path + 1 : path, fragment, error);
}

/* CODE or CODE-word-word-word. */
static SnugRoomLink *
parse_invite (const char *text, GError **error)
{
  g_autofree char *code = g_strndup (text, CODE_LENGTH);
  const char *rest = strlen (text) > CODE_LENGTH ? text + CODE_LENGTH : "";

  if (strlen (text) < CODE_LENGTH || (*rest != '\0' && *rest != '-'))
    {
      g_set_error_literal (error, SNUG_ROOM_LINK_ERROR, SNUG_ROOM_LINK_ERROR_NOT_A_LINK,
                           _("This is neither a room code nor a room link."));
      return NULL;
    }
  return make (NULL, code, *rest == '-' ? rest + 1 : NULL, error);
}

SnugRoomLink *
snug_room_link_parse (const char *text, GError **error)
{
  g_autofree char *stripped = NULL;

  if (strlen (text) > SNUG_ROOM_LINK_MAX_BYTES || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, SNUG_ROOM_LINK_ERROR, SNUG_ROOM_LINK_ERROR_NOT_A_LINK,
                           _("This is neither a room code nor a room link."));
      return NULL;
    }

  stripped = g_strstrip (g_strdup (text));
  if (g_ascii_strncasecmp (stripped, "snug:", 5) == 0)
    return parse_snug_link (stripped + 5, error);

  if (g_ascii_strncasecmp (stripped, "http://", 7) == 0 || g_ascii_strncasecmp (stripped, "https://", 8) == 0)
    return parse_web_link (stripped, error);
  return parse_invite (stripped, error);
}

char *
snug_room_link_to_url (const SnugRoomLink *link)
{
  char *secret, *url;

  if (link->server == NULL)
    return NULL;
  if (link->secret == NULL)
    return g_strdup_printf ("%s/?code=%s", link->server, link->code);

  secret = g_uri_escape_string (link->secret, NULL, FALSE);
  url = g_strdup_printf ("%s/?code=%s#%s", link->server, link->code, secret);
  snug_wipe_string (&secret);
  return url;
}

char *
snug_room_link_to_invite (const SnugRoomLink *link)
{
  return link->secret != NULL ? g_strdup_printf ("%s-%s", link->code, link->secret) : g_strdup (link->code);
}
