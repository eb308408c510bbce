/* snug-server-settings: the configuration file of the program snug-server.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-server-log.h"
#include "snug-server.h"

G_BEGIN_DECLS

typedef struct
{
  SnugServerConfig config;
  char            *listen;       /* owned, nullable */
  char            *web_root;     /* owned */
  char            *key_file;     /* owned, nullable */
  char            *redis;        /* owned, nullable: URI */
  char            *tls_certificate, *tls_key;   /* owned, nullable: files */
  GTlsCertificate *certificate;  /* owned, nullable: what they hold */
  GPtrArray       *proxies;      /* owned */
  GPtrArray       *ice_servers;  /* owned */
  SnugServerLog    log;
} SnugServerSettings;

/**
 * snug_server_settings_load:
 * @path: (nullable): a key file; %NULL: the defaults
 *
 * A group or key that we do not know is an error: a limit that is misspelt is no limit.
 */
gboolean snug_server_settings_load  (SnugServerSettings *settings, const char *path, GError **error);
void     snug_server_settings_clear (SnugServerSettings *settings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SnugServerSettings, snug_server_settings_clear)

/* (transfer full): what the files hold now, or %NULL with an error. */
GTlsCertificate *snug_server_settings_load_certificate (const SnugServerSettings *settings, GError **error);

/* What may stand in the file, for --help. */
const char *snug_server_settings_help (void);

G_END_DECLS
