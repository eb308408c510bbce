/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-app-private.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <unistd.h>

#include "cli-json-report.h"
#include "cli-status.h"
#include "cli-text-report.h"
#include "snug-config.h"
#include "snug-network.h"

/* How long leaving may take: for what was said to be confirmed, and for the goodbye. */
#define LAST_WORDS_MS 5000
#define GOODBYE_MS 5000

/* Leaving */

static gboolean
on_leave (gpointer user_data)
{
  SnugCliApp *app = user_data;

  app->leave_source = 0;
  snug_session_leave (app->session);
  if (app->entered)
    snug_cli_report_room (app->report, app->session, "closed");
  g_main_loop_quit (app->loop);
  return G_SOURCE_REMOVE;
}

/* Not before what is just being told by the room is told to all who listen. */
void
snug_cli_app_leave (SnugCliApp *app, int status)
{
  if (app->leaving)
    return;
  app->leaving = TRUE;
  app->status = status;
  app->leave_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_leave, app, NULL);
}

void
snug_cli_app_fail (SnugCliApp *app, int status, const char *code, const char *message)
{
  if (app->leaving)
    return;
  snug_cli_report_error (app->report, code, message, NULL);
  snug_cli_app_leave (app, status);
}

/* The person, or the script by a signal, wants to go before --until holds. */
void
snug_cli_app_leave_early (SnugCliApp *app, int status_if_asked)
{
  if (snug_cli_until_is_asked (&app->until) && !snug_cli_until_holds (&app->until))
    snug_cli_app_leave (app, status_if_asked);
  /* Who sits at a terminal has seen what failed. */
  else if (app->failed_once && app->questions == NULL)
    snug_cli_app_leave (app, SNUG_CLI_STATUS_TRANSFER);
  else
    snug_cli_app_leave (app, SNUG_CLI_STATUS_DONE);
}

static gboolean
is_unconfirmed (SnugMessage *message)
{
  SnugDelivery delivery = snug_message_get_delivery (message);

  return delivery == SNUG_DELIVERY_QUEUED || delivery == SNUG_DELIVERY_SENT;
}

static gboolean
has_unconfirmed_words (SnugCliApp *app)
{
  GListModel *messages = snug_session_get_messages (app->session);

  if (snug_session_get_n_connected (app->session) == 0)
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (is_unconfirmed (message))
        return TRUE;
    }
  return FALSE;
}

static gboolean
on_last_words_took_too_long (gpointer user_data)
{
  SnugCliApp *app = user_data;

  app->last_words_source = 0;
  snug_cli_app_leave (app, SNUG_CLI_STATUS_DONE);
  return G_SOURCE_REMOVE;
}

/* Who says something and leaves wants it to be heard. */
void
snug_cli_app_check_until (SnugCliApp *app)
{
  if (app->leaving || !snug_cli_until_holds (&app->until))
    return;
  if (!has_unconfirmed_words (app))
    snug_cli_app_leave (app, SNUG_CLI_STATUS_DONE);
  else if (app->last_words_source == 0)
    app->last_words_source = g_timeout_add (LAST_WORDS_MS, on_last_words_took_too_long, app);
}

static gboolean
on_timeout (gpointer user_data)
{
  SnugCliApp *app = user_data;

  app->timeout_source = 0;
  if (snug_cli_until_holds (&app->until))
    snug_cli_app_leave (app, SNUG_CLI_STATUS_DONE);
  else if (app->unreachable_once && !app->was_connected)
    snug_cli_app_fail (app, SNUG_CLI_STATUS_NO_ROUTE, "peer-unreachable",
                       _("Nobody in the room could be reached."));
  else
    snug_cli_app_fail (app, SNUG_CLI_STATUS_TIMEOUT, "timed-out", _("The time that --timeout gives is over."));
  return G_SOURCE_REMOVE;
}

static gboolean
leave_on_signal (SnugCliApp *app, int number)
{
  /* The second time it is meant. */
  if (app->leaving)
    {
      if (app->terminal != NULL)
        snug_cli_terminal_close (app->terminal);
      _exit (128 + number);
    }
  snug_cli_app_leave_early (app, 128 + number);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  return leave_on_signal (user_data, SIGINT);
}

static gboolean
on_terminate (gpointer user_data)
{
  return leave_on_signal (user_data, SIGTERM);
}

static gboolean
on_hangup (gpointer user_data)
{
  return leave_on_signal (user_data, SIGHUP);
}

static void
on_report_broken (SnugCliApp *app)
{
  snug_cli_app_leave_early (app, 128 + SIGPIPE);
}

/* The whole */

static GFile *
folder_to_save_to (const SnugCliOptions *options)
{
  return g_file_new_for_path (options->save_to != NULL ? options->save_to : ".");
}

static SnugSession *
make_session (const SnugCliOptions *options)
{
  g_autoptr (GFile) folder = folder_to_save_to (options);
  const char *web_root = g_getenv ("SNUG_WEB_ROOT");
  /* What is to be chosen from is looked into first. */
  SnugAcceptPolicy accept = options->only != NULL ? SNUG_ACCEPT_ASK : options->accept;
  SnugSession *session = g_object_new (SNUG_TYPE_SESSION,
                                       "name", options->name != NULL ? options->name : "",
                                       "device", (int) SNUG_MEMBER_DEVICE_TERMINAL,
                                       "server", options->server,
                                       "listen", options->listen,
                                       "web-root", web_root != NULL ? web_root : SNUG_WEB_ROOT,
                                       "relay-policy", (int) options->relay,
                                       "accept-policy", (int) accept,
                                       "conflict-policy", (int) options->conflict,
                                       "ice-servers", options->ice_servers,
                                       "save-to", folder,
                                       "nearby", (int) (options->nearby ? SNUG_NEARBY_ALL_ROOMS : SNUG_NEARBY_NO_ROOMS),
                                       NULL);

  if (options->capacity != 0)
    g_object_set (session, "capacity", options->capacity, NULL);
  return session;
}

static void
make_report (SnugCliApp *app)
{
  gboolean can_write = !app->options->json && snug_cli_terminal_can_write (STDOUT_FILENO);
  gboolean can_type = can_write && snug_cli_terminal_can_read (STDIN_FILENO);

  if (can_write)
    app->terminal = snug_cli_terminal_new (can_type ? STDIN_FILENO : -1, STDOUT_FILENO);
  app->report = app->options->json ? snug_cli_json_report_new ()
                                   : snug_cli_text_report_new (app->terminal);
  g_signal_connect_swapped (app->report, "broken", G_CALLBACK (on_report_broken), app);
  if (!can_type)
    return;
  app->questions = snug_cli_questions_new (app->session, app->terminal, app->report);
  snug_cli_app_listen_to_typing (app);
}

static void
listen_to_world (SnugCliApp *app)
{
  app->signal_sources[0] = g_unix_signal_add (SIGINT, on_interrupt, app);
  app->signal_sources[1] = g_unix_signal_add (SIGTERM, on_terminate, app);
  app->signal_sources[2] = g_unix_signal_add (SIGHUP, on_hangup, app);
  if (app->options->timeout_ms > 0)
    app->timeout_source = g_timeout_add (app->options->timeout_ms, on_timeout, app);
}

static void
begin (SnugCliApp *app)
{
  g_autoptr (GError) error = NULL;

  if (app->options->command == SNUG_CLI_CREATE && app->options->secret != NULL)
    snug_session_create_with_secret (app->session, app->options->secret);
  else if (app->options->command == SNUG_CLI_CREATE)
    snug_session_create (app->session, app->options->open);
  else if (!snug_session_join_with_secret (app->session, app->options->invite, app->options->secret, &error))
    snug_cli_app_fail (app, snug_cli_status_from_error (error), snug_cli_error_code (error), error->message);
}

static void
clear (SnugCliApp *app)
{
  g_cancellable_cancel (app->cancellable);
  for (guint i = 0; i < G_N_ELEMENTS (app->signal_sources); i++)
    g_clear_handle_id (&app->signal_sources[i], g_source_remove);
  g_clear_handle_id (&app->timeout_source, g_source_remove);
  g_clear_handle_id (&app->last_words_source, g_source_remove);
  g_clear_handle_id (&app->leave_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (app->session, app);
  g_signal_handlers_disconnect_by_data (snug_session_get_unfinished (app->session), app);
  g_clear_pointer (&app->members, snug_cli_watch_free);
  g_clear_pointer (&app->messages, snug_cli_watch_free);
  g_clear_pointer (&app->transfers, snug_cli_watch_free);
  g_clear_pointer (&app->questions, snug_cli_questions_free);
  g_clear_object (&app->reader);
  snug_cli_report_flush (app->report);
  if (app->terminal != NULL)
    snug_cli_terminal_close (app->terminal);
  g_clear_object (&app->terminal);
  g_clear_object (&app->report);
  g_clear_object (&app->session);
  /* Hashing that was cancelled still comes back to us. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&app->cancellable);
  g_clear_pointer (&app->settled, g_hash_table_unref);
  g_clear_pointer (&app->loop, g_main_loop_unref);
}

static gboolean
can_send (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (access (path, R_OK) == 0)
    return TRUE;
  g_set_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE, _("--send: “%s” cannot be read."), name);
  return FALSE;
}

static gboolean
can_save_to (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (g_mkdir_with_parents (path, 0777) == 0 && access (path, W_OK | X_OK) == 0)
    return TRUE;
  g_set_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE,
               _("--save-to: “%s” is no folder to write to."), name);
  return FALSE;
}

/* What can be seen to be wrong before anybody hears of us. */
static gboolean
check_files (const SnugCliOptions *options, GError **error)
{
  for (char **path = options->send; path != NULL && *path != NULL; path++)
    if (!can_send (*path, error))
      return FALSE;
  return options->save_to == NULL || can_save_to (options->save_to, error);
}

int
snug_cli_app_run (const SnugCliOptions *options)
{
  SnugCliApp app = { .options = options, .until = options->until };
  g_autoptr (GError) error = NULL;

  app.loop = g_main_loop_new (NULL, FALSE);
  app.cancellable = g_cancellable_new ();
  app.settled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  app.session = make_session (options);
  make_report (&app);
  if (check_files (options, &error))
    {
      snug_cli_app_listen_to_room (&app);
      snug_cli_app_listen_to_files (&app);
      listen_to_world (&app);
      snug_cli_app_look_for_unfinished (&app);
      begin (&app);
    }
  else
    snug_cli_app_fail (&app, SNUG_CLI_STATUS_USAGE, "usage", error->message);
  g_main_loop_run (app.loop);
  clear (&app);
  snug_network_settle (GOODBYE_MS);
  return app.status;
}
