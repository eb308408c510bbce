/* snug-server: signaling for rooms, and the web client. The door is described in its --help.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "snug-config.h"
#include "snug-language.h"
#include "snug-server-settings.h"
#include "snug-server.h"
#ifdef SNUG_HAVE_REDIS
#include "snug-redis.h"
#endif

#define EXIT_USAGE 1
#define EXIT_CANNOT_LISTEN 2
#define EXIT_NO_REDIS 2
#define DEFAULT_LISTEN "0.0.0.0:2029"
/* How long members have to read our goodbye. */
#define FAREWELL_MS 2000

typedef struct
{
  GMainLoop                *loop;         /* owned */
  SnugServer               *server;       /* owned */
  const SnugServerSettings *settings;     /* borrowed */
} Program;

static gboolean
on_farewell_over (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_check_connections (gpointer data)
{
  Program *program = data;

  if (snug_server_get_n_connections (program->server) == 0)
    g_main_loop_quit (program->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stop_signal (gpointer data)
{
  Program *program = data;

  snug_server_log_say (&program->settings->log, "stopping", NULL);
  snug_server_stop (program->server, "restart");
  g_timeout_add (20, on_check_connections, program);
  g_timeout_add (FAREWELL_MS, on_farewell_over, program->loop);
  return G_SOURCE_CONTINUE;
}

/* A certificate has been renewed. Who is connected stays so; a bad file changes nothing. */
static gboolean
on_reload_signal (gpointer data)
{
  Program *program = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (program->settings->certificate == NULL)
    return G_SOURCE_CONTINUE;
  certificate = snug_server_settings_load_certificate (program->settings, &error);
  if (certificate == NULL)
    {
      snug_server_log_say (&program->settings->log, "reload-failed", error->message);
      return G_SOURCE_CONTINUE;
    }
  snug_server_set_certificate (program->server, certificate);
  snug_server_log_say (&program->settings->log, "reloaded", NULL);
  return G_SOURCE_CONTINUE;
}

/* Every member is an open file. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* "http://ADDR:PORT", with the port that was really taken. */
static char *
make_url (const SnugServerSettings *settings, guint port)
{
  const char *listen = settings->listen;
  const char *scheme = settings->certificate != NULL ? "https" : "http";
  const char *colon = strrchr (listen, ':');
  g_autofree char *address = g_strndup (listen, (gsize) (colon - listen));
  gboolean bare_ipv6 = strchr (address, ':') != NULL && *address != '[';

  return g_strdup_printf (bare_ipv6 ? "%s://[%s]:%u" : "%s://%s:%u", scheme, address, port);
}

#ifdef SNUG_HAVE_REDIS
static SnugDirectory *
open_directory (const SnugServerSettings *settings, GError **error)
{
  g_autoptr (GBytes) key = snug_token_load_key (settings->key_file, error);

  return key != NULL ? snug_redis_new (settings->redis, key, error) : NULL;
}

static void
close_directory (SnugDirectory *directory)
{
  if (directory != NULL)
    snug_redis_free (directory);
}
#else
static SnugDirectory *
open_directory (const SnugServerSettings *settings, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("This program was built without Redis"));
  return NULL;
}

static void
close_directory (SnugDirectory *directory)
{
}
#endif

static int
run (const SnugServerSettings *settings)
{
  Program program = { .server = snug_server_new (&settings->config), .settings = settings };
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  if (!snug_server_listen (program.server, settings->listen, &error))
    {
      g_printerr (_("Cannot listen on %s: %s\n"), settings->listen, error->message);
      g_object_unref (program.server);
      return EXIT_CANNOT_LISTEN;
    }

  program.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_stop_signal, &program);
  g_unix_signal_add (SIGINT, on_stop_signal, &program);
  g_unix_signal_add (SIGHUP, on_reload_signal, &program);

  /* Last: who reads it may stop us at once. */
  url = make_url (settings, snug_server_get_port (program.server));
  snug_server_log_say (&settings->log, "started", url);
  g_print ("listening %s\n", url);
  fflush (stdout);
  g_main_loop_run (program.loop);
  g_main_loop_unref (program.loop);
  g_object_unref (program.server);
  return EXIT_SUCCESS;
}

/* With other servers of our name, if there are some. */
static int
run_among_others (SnugServerSettings *settings)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (settings->redis == NULL)
    return run (settings);
  settings->config.directory = open_directory (settings, &error);
  if (settings->config.directory == NULL)
    {
      g_printerr ("snug-server: %s\n", error->message);
      return EXIT_NO_REDIS;
    }
  status = run (settings);
  close_directory (settings->config.directory);
  return status;
}

static int
usage (const GError *error)
{
  g_printerr ("snug-server: %s\n", error->message);
  return EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  g_autofree char *listen = NULL;
  g_autofree char *config_file = NULL;
  g_autofree char *redis = NULL;
  gboolean version = FALSE;
  const GOptionEntry entries[] = {
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &listen,
      N_("Where to listen (default 0.0.0.0:2029); port 0 takes any free one"), N_("ADDR:PORT") },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &config_file, N_("Read settings from FILE"), N_("FILE") },
    { "redis", 0, 0, G_OPTION_ARG_STRING, &redis,
      N_("Share rooms with the other servers of this name through a Redis"), "URI" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Show the version and exit"), NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (SnugServerSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;

  /* Standard output says where we listen, and nothing else. */
  g_log_writer_default_set_use_stderr (TRUE);
  snug_language_begin ();

  g_option_context_add_main_entries (context, entries, SNUG_GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Signaling server of Snug: rooms for people, and the web client."));
  g_option_context_set_description (context, snug_server_settings_help ());
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return usage (error);
  if (argc > 1)
    {
      g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("unexpected “%s”"), argv[1]);
      return usage (error);
    }
  if (version)
    {
      g_print ("snug-server %s\n", SNUG_VERSION);
      return EXIT_SUCCESS;
    }
  if (!snug_server_settings_load (&settings, config_file, &error))
    return usage (error);
  if (listen != NULL || settings.listen == NULL)
    {
      g_free (settings.listen);
      settings.listen = g_strdup (listen != NULL ? listen : DEFAULT_LISTEN);
    }

  if (redis != NULL)
    {
      g_free (settings.redis);
      settings.redis = g_steal_pointer (&redis);
    }

  raise_file_limit ();
  return run_among_others (&settings);
}
