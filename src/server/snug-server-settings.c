/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-settings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "snug-config.h"
#include "snug-server-guard.h"

#define GROUP "server"
#define ICE_GROUP "ice-server "

static const struct
{
  const char *key;
  gsize       offset;
} numbers[] = {
#define NUMBER(key, member) { key, G_STRUCT_OFFSET (SnugServerConfig, member) }
  NUMBER ("max-frame-bytes", max_frame_bytes),
  NUMBER ("max-frames-per-second", max_frames_per_s),
  NUMBER ("max-frame-burst", max_frame_burst),
  NUMBER ("max-rooms-per-address", max_rooms_per_address),
  NUMBER ("max-joins-per-minute", max_joins_per_minute),
  NUMBER ("max-room-infos-per-minute", max_room_infos_per_minute),
  NUMBER ("ping-interval-ms", ping_interval_ms),
  NUMBER ("dead-after-ms", dead_after_ms),
  NUMBER ("empty-room-ms", empty_room_ms),
  NUMBER ("creator-grace-ms", creator_grace_ms),
  NUMBER ("resume-grace-ms", resume_grace_ms),
  NUMBER ("room-lifetime-s", room_lifetime_s),
  NUMBER ("patience-ms", patience_ms),
#undef NUMBER
};

const char *
snug_server_settings_help (void)
{
  return "FILE:\n"
         "  [server]\n"
         "  listen=ADDR:PORT  web-root=FOLDER  key-file=FILE\n"
         "  trusted-proxies=127.0.0.1;::1;10.0.0.0/8  tls-certificate=FILE  tls-key=FILE\n"
         "  redis=URI  log=events|quiet  log-addresses=false\n"
         "  max-frame-bytes=65536  max-frames-per-second=20  max-frame-burst=200\n"
         "  max-rooms-per-address=20  max-joins-per-minute=5  max-room-infos-per-minute=20\n"
         "  ping-interval-ms=25000  dead-after-ms=60000  empty-room-ms=300000\n"
         "  creator-grace-ms=60000  resume-grace-ms=180000  room-lifetime-s=86400  patience-ms=15000\n"
         "  [ice-server NAME]\n"
         "  url=turn:HOST[:PORT][?transport=tcp]  username=USER  credential=PASSWORD  secret=SHARED\n";
}

static guint *
find_number (SnugServerConfig *config, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (strcmp (numbers[i].key, key) == 0)
        return G_STRUCT_MEMBER_P (config, numbers[i].offset);
    }
  return NULL;
}

static char **
find_string (SnugServerSettings *settings, const char *key)
{
  if (strcmp (key, "listen") == 0)
    return &settings->listen;
  if (strcmp (key, "web-root") == 0)
    return &settings->web_root;
  if (strcmp (key, "key-file") == 0)
    return &settings->key_file;
  if (strcmp (key, "redis") == 0)
    return &settings->redis;
  if (strcmp (key, "tls-certificate") == 0)
    return &settings->tls_certificate;
  if (strcmp (key, "tls-key") == 0)
    return &settings->tls_key;
  return NULL;
}

static gboolean
unknown (const char *name, GError **error)
{
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
               _("“%s” is not a setting of this program"), name);
  return FALSE;
}

static gboolean
read_number (const char *text, const char *key, guint *out, GError **error)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &value, NULL))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, _("“%s” must be a number above 0"),
                   key);
      return FALSE;
    }
  *out = (guint) value;
  return TRUE;
}

/* What any proxy that is trusted may claim is the key to all limits, so nothing here is guessed. */
static gboolean
read_proxies (SnugServerSettings *settings, const char *text, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, ";, ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      GInetAddressMask *mask = *words[i] != '\0' ? g_inet_address_mask_new_from_string (words[i], error) : NULL;

      if (mask != NULL)
        g_ptr_array_add (settings->proxies, mask);
      else if (*words[i] != '\0')
        return FALSE;
    }
  return TRUE;
}

/* One of two words. */
static gboolean
read_choice (const char *key, const char *value, const char *yes, const char *no, gboolean *out, GError **error)
{
  *out = strcmp (value, yes) == 0;
  if (*out || strcmp (value, no) == 0)
    return TRUE;
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE, _("“%s” must be %s or %s"), key, yes, no);
  return FALSE;
}

static gboolean
read_setting (SnugServerSettings *settings, GKeyFile *file, const char *key, GError **error)
{
  g_autofree char *value = g_key_file_get_string (file, GROUP, key, error);
  guint *number = find_number (&settings->config, key);
  char **string = find_string (settings, key);

  if (value == NULL)
    return FALSE;
  if (number != NULL)
    return read_number (value, key, number, error);
  if (string != NULL)
    {
      g_free (*string);
      *string = g_steal_pointer (&value);
      return TRUE;
    }
  if (strcmp (key, "trusted-proxies") == 0)
    return read_proxies (settings, value, error);
  if (strcmp (key, "log") == 0)
    return read_choice (key, value, "quiet", "events", &settings->log.quiet, error);
  if (strcmp (key, "log-addresses") == 0)
    return read_choice (key, value, "true", "false", &settings->log.addresses, error);
  return unknown (key, error);
}

static gboolean
check_ice_keys (GKeyFile *file, const char *group, GError **error)
{
  static const char *const known[] = { "url", "username", "credential", "secret", NULL };
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  for (guint i = 0; keys[i] != NULL; i++)
    if (!g_strv_contains (known, keys[i]))
      return unknown (keys[i], error);
  return TRUE;
}

static gboolean
read_ice_server (SnugServerSettings *settings, GKeyFile *file, const char *group, GError **error)
{
  SnugServerIceServer *server;

  if (!check_ice_keys (file, group, error))
    return FALSE;
  server = g_new0 (SnugServerIceServer, 1);
  g_ptr_array_add (settings->ice_servers, server);
  server->url = g_key_file_get_string (file, group, "url", error);
  server->username = g_key_file_get_string (file, group, "username", NULL);
  server->credential = g_key_file_get_string (file, group, "credential", NULL);
  server->secret = g_key_file_get_string (file, group, "secret", NULL);
  if (server->url == NULL)
    return FALSE;
  if (server->secret != NULL && *server->secret == '\0')
    return unknown ("secret", error);
  if (!snug_guard_ice_url_is_allowed (server->url, TRUE))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   _("“%s” is not a STUN or TURN server"), server->url);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_group (SnugServerSettings *settings, GKeyFile *file, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, NULL);

  if (g_str_has_prefix (group, ICE_GROUP))
    return read_ice_server (settings, file, group, error);
  if (strcmp (group, GROUP) != 0)
    return unknown (group, error);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      if (!read_setting (settings, file, keys[i], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_file (SnugServerSettings *settings, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      if (!read_group (settings, file, groups[i], error))
        {
          g_prefix_error (error, "%s: ", path);
          return FALSE;
        }
    }
  return TRUE;
}

GTlsCertificate *
snug_server_settings_load_certificate (const SnugServerSettings *settings, GError **error)
{
  return g_tls_certificate_new_from_files (settings->tls_certificate, settings->tls_key, error);
}

static gboolean
read_certificate (SnugServerSettings *settings, GError **error)
{
  if (settings->tls_certificate == NULL && settings->tls_key == NULL)
    return TRUE;
  if (settings->tls_certificate == NULL || settings->tls_key == NULL)
    {
      g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
                           _("“tls-certificate” and “tls-key” go together"));
      return FALSE;
    }
  settings->certificate = snug_server_settings_load_certificate (settings, error);
  return settings->certificate != NULL;
}

gboolean
snug_server_settings_load (SnugServerSettings *settings, const char *path, GError **error)
{
  const char *web_root = g_getenv ("SNUG_WEB_ROOT");

  settings->web_root = g_strdup (web_root != NULL ? web_root : SNUG_WEB_ROOT);
  settings->ice_servers =
    g_ptr_array_new_with_free_func ((GDestroyNotify) snug_server_ice_server_free);
  settings->proxies = g_ptr_array_new_with_free_func (g_object_unref);
  if (path != NULL && !read_file (settings, path, error))
    return FALSE;
  if (!read_certificate (settings, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }

  settings->config.web_root = settings->web_root;
  settings->config.key_file = settings->key_file;
  settings->config.ice_servers = settings->ice_servers;
  settings->config.proxies = settings->proxies;
  settings->config.certificate = settings->certificate;
  settings->config.on_event = snug_server_log_event;
  settings->config.event_data = &settings->log;
  return TRUE;
}

void
snug_server_settings_clear (SnugServerSettings *settings)
{
  g_clear_pointer (&settings->listen, g_free);
  g_clear_pointer (&settings->web_root, g_free);
  g_clear_pointer (&settings->key_file, g_free);
  g_clear_pointer (&settings->redis, g_free);
  g_clear_pointer (&settings->tls_certificate, g_free);
  g_clear_pointer (&settings->tls_key, g_free);
  g_clear_pointer (&settings->proxies, g_ptr_array_unref);
  g_clear_object (&settings->certificate);
  g_clear_pointer (&settings->ice_servers, g_ptr_array_unref);
}
