/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-nearby-record.h"

#include <string.h>

#include "snug-address.h"
#include "snug-display-text.h"
#include "snug-server-guard.h"

#define VERSION "1"
#define CODE_LENGTH 6
#define MAX_STRINGS 32
/* RFC 6763 6.1: a string of TXT has 255 bytes at most. */
#define MAX_STRING_BYTES 255
#define MAX_NAME_BYTES 240

SnugNearbyRecord *
snug_nearby_record_new (const char *name, const char *code, gboolean is_private)
{
  SnugNearbyRecord *self = g_new0 (SnugNearbyRecord, 1);

  self->name = snug_display_text_one_line (name, SNUG_DISPLAY_NAME_MAX_CHARS);
  self->code = g_strdup (code);
  self->is_private = is_private;
  return self;
}

void
snug_nearby_record_free (SnugNearbyRecord *self)
{
  g_free (self->name);
  g_free (self->code);
  g_free (self);
}

/* Not more bytes of it than fit, and no part of a character. */
static void
shorten (char *text, gsize max_bytes)
{
  if (strlen (text) > max_bytes)
    *g_utf8_find_prev_char (text, text + max_bytes + 1) = '\0';
}

static void
add_string (GVariantBuilder *txt, const char *key, const char *value)
{
  g_autofree char *string = g_strdup_printf ("%s=%s", key, value);

  g_variant_builder_add_value (txt, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, string, strlen (string), 1));
}

GVariant *
snug_nearby_record_to_txt (const SnugNearbyRecord *self)
{
  GVariantBuilder txt = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aay"));
  g_autofree char *name = g_strdup (self->name);

  shorten (name, MAX_NAME_BYTES);
  add_string (&txt, "txtvers", VERSION);
  add_string (&txt, "code", self->code);
  add_string (&txt, "private", self->is_private ? "1" : "0");
  if (*name != '\0')
    add_string (&txt, "name", name);
  return g_variant_builder_end (&txt);
}

/* (transfer full) (nullable): the value of the first string of that key, cut at a NUL. */
static char *
find_value (GVariant *txt, const char *key)
{
  gsize n_strings = MIN (g_variant_n_children (txt), MAX_STRINGS);
  gsize key_length = strlen (key);

  for (gsize i = 0; i < n_strings; i++)
    {
      g_autoptr (GVariant) string = g_variant_get_child_value (txt, i);
      gsize n_bytes = 0;
      const char *bytes = g_variant_get_fixed_array (string, &n_bytes, 1);

      if (n_bytes > key_length && n_bytes <= MAX_STRING_BYTES && bytes[key_length] == '='
          && g_ascii_strncasecmp (bytes, key, key_length) == 0)
        return g_strndup (bytes + key_length + 1, n_bytes - key_length - 1);
    }
  return NULL;
}

static gboolean
is_code (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isupper (*c) && !g_ascii_isdigit (*c))
      return FALSE;
  return strlen (text) == CODE_LENGTH;
}

SnugNearbyRecord *
snug_nearby_record_from_txt (GVariant *txt)
{
  g_autofree char *version = NULL, *code = NULL, *private = NULL, *name = NULL;

  if (!g_variant_is_of_type (txt, G_VARIANT_TYPE ("aay")))
    return NULL;
  version = find_value (txt, "txtvers");
  code = find_value (txt, "code");
  private = find_value (txt, "private");
  name = find_value (txt, "name");
  if (g_strcmp0 (version, VERSION) != 0 || code == NULL || !is_code (code))
    return NULL;
  if (g_strcmp0 (private, "0") != 0 && g_strcmp0 (private, "1") != 0)
    return NULL;
  return snug_nearby_record_new (name != NULL ? name : "", code, *private == '1');
}

char *
snug_nearby_server_url (const char *address, guint port)
{
  g_autoptr (GInetAddress) named = g_inet_address_new_from_string (address);
  g_autoptr (GInetAddress) plain = named != NULL ? snug_guard_unmap (named) : NULL;
  gboolean is_ipv6 = plain != NULL && g_inet_address_get_family (plain) == G_SOCKET_FAMILY_IPV6;

  if (plain == NULL || port == 0 || port > G_MAXUINT16)
    return NULL;
  /* Near, but ourselves, or not to be named in a link. */
  if (g_inet_address_get_is_loopback (plain) || (is_ipv6 && g_inet_address_get_is_link_local (plain)))
    return NULL;
  return snug_guard_address_is_near (plain) ? snug_address_to_url (plain, port) : NULL;
}
