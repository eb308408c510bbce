/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-app-private.h"

#include <glib/gi18n-lib.h>

#include "cli-safety.h"
#include "cli-status.h"
#include "snug-display-text.h"
#include "snug-phrase.h"

static void
on_entered (SnugCliApp *app)
{
  app->entered = TRUE;
  if (app->options->command == SNUG_CLI_CREATE)
    snug_cli_app_show_link (app);
  else if (app->questions != NULL)
    snug_cli_report_notice (app->report, _("You are in the room. /help lists what you can do."));
  for (char **path = app->options->send; path != NULL && *path != NULL; path++)
    snug_cli_app_offer (app, *path);
  snug_cli_app_start_reading (app);
}

/* Who asks to be let in, and who guesses, at a room of ours. */

static void
on_guessed (SnugCliApp *app)
{
  if (snug_session_get_guessed (app->session) && !app->leaving)
    snug_cli_report_error (app->report, "guessing",
                           _("Someone keeps guessing the secret. Nobody new is answered until you say /let."), NULL);
}

static void
on_knock (SnugCliApp *app)
{
  const char *knock = snug_session_get_knock (app->session);
  g_autofree char *name = NULL, *line = NULL;

  if (knock == NULL || app->leaving)
    return;
  name = snug_display_text_one_line (knock, SNUG_DISPLAY_NAME_MAX_CHARS);
  line = g_strdup_printf (_("%s asks to be let in: /let or /refuse"), *name != '\0' ? name : _("Somebody"));
  snug_cli_report_notice (app->report, line);
}

/* A person at the terminal knows the secret, or gives up by Esc or an empty line. */

static void
give_up_without_secret (SnugCliApp *app)
{
  const GError *error = snug_session_get_error (app->session);

  snug_cli_app_fail (app, snug_cli_status_from_error (error), snug_cli_error_code (error), error->message);
}

static void on_secret_typed (const char *text, gpointer user_data);

/* Four letters of a word of the list, and Tab, are enough. */
static void
ask_secret_word (SnugCliApp *app)
{
  snug_cli_terminal_ask (app->terminal, _("Secret: "), on_secret_typed, app);
  snug_cli_terminal_complete_answer (app->terminal, snug_phrase_complete);
}

static void
on_secret_typed (const char *text, gpointer user_data)
{
  SnugCliApp *app = user_data;
  g_autoptr (GError) error = NULL;

  if (text == NULL || *text == '\0')
    give_up_without_secret (app);
  else if (!snug_session_enter_secret (app->session, text, &error))
    {
      snug_cli_report_notice (app->report, error->message);
      ask_secret_word (app);
    }
}

static gboolean
ask_for_secret (SnugCliApp *app, const GError *error)
{
  if (app->questions == NULL
      || (!g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_SECRET)
          && !g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_SECRET_NEEDED)))
    return FALSE;
  snug_cli_report_notice (app->report, error->message);
  ask_secret_word (app);
  return TRUE;
}

void
snug_cli_app_room_failed (SnugCliApp *app)
{
  const GError *error = snug_session_get_error (app->session);

  /* The host may go the moment that we have the last file: it still counts. */
  if (app->n_hashing > 0)
    return;
  if (snug_cli_until_holds (&app->until))
    {
      snug_cli_app_leave (app, SNUG_CLI_STATUS_DONE);
      return;
    }

  /* Who made the room goes on waiting: somebody else may come who can be reached. */
  if (app->options->command == SNUG_CLI_CREATE
      && g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_NO_ROUTE))
    return;
  if (ask_for_secret (app, error))
    return;
  if (error == NULL)
    snug_cli_app_fail (app, SNUG_CLI_STATUS_UNREACHABLE, "failed", _("The room is over."));
  else
    snug_cli_app_fail (app, snug_cli_status_from_error (error), snug_cli_error_code (error), error->message);
}

static void
on_room_changed (SnugCliApp *app)
{
  SnugSessionState state = snug_session_get_state (app->session);
  const char *words;

  if (app->leaving)
    return;
  app->was_connected |= state == SNUG_SESSION_CONNECTED;
  words = snug_cli_room_state (state, app->was_connected);
  if (state == SNUG_SESSION_FAILED)
    {
      snug_cli_app_room_failed (app);
      return;
    }
  snug_cli_report_room (app->report, app->session, words);
  if (words != NULL && !app->entered)
    on_entered (app);
}

/* Nobody has let us in yet, and it goes on being tried. */
static void
on_trouble (SnugCliApp *app)
{
  const char *trouble = snug_session_get_trouble (app->session);
  gboolean pending = snug_session_get_state (app->session) == SNUG_SESSION_PENDING;

  if (trouble == NULL || app->leaving)
    return;
  snug_cli_report_error (app->report, pending ? "held" : "server-not-answering", trouble, NULL);
  if (app->terminal != NULL)
    snug_cli_report_notice (app->report, _("Ctrl+C gives up."));
}

/* The room is there all the same. */
static void
on_announcement (SnugCliApp *app)
{
  int announcement;

  g_object_get (app->session, "announcement", &announcement, NULL);
  if (announcement == SNUG_ANNOUNCEMENT_IMPOSSIBLE && !app->leaving)
    snug_cli_report_error (app->report, "not-announced",
                           _("Others nearby cannot find the room by themselves: Avahi is not running on this computer, "
                             "or --listen names one address only."), NULL);
}

static void
on_rounds_proxy (SnugCliApp *app)
{
  gboolean rounds_proxy;

  g_object_get (app->session, "rounds-proxy", &rounds_proxy, NULL);
  if (rounds_proxy && !app->leaving)
    snug_cli_report_error (app->report, "rounds-proxy",
                           _("Your proxy does not carry direct connections: they go round it, and people in the "
                             "room see your address."), NULL);
}

static void
on_lacks_relay (SnugCliApp *app)
{
  gboolean lacks_relay;

  g_object_get (app->session, "lacks-relay", &lacks_relay, NULL);
  if (lacks_relay && !app->leaving)
    snug_cli_report_error (app->report, "no-relay",
                           _("Your relay does not answer, or does not let us in: it is not used."), NULL);
}

static void
on_n_connected (SnugCliApp *app)
{
  snug_cli_until_present (&app->until, snug_session_get_n_connected (app->session));
  snug_cli_app_say_what_was_asked (app);
  snug_cli_app_check_until (app);
}

/* Members */

/* Returns: (nullable): borrowed from the list */
static SnugMember *
find_member (SnugCliApp *app, const char *id)
{
  GListModel *members = snug_session_get_members (app->session);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (g_str_equal (snug_member_get_id (member), id))
        return member;
    }
  return NULL;
}

static void
on_member_failed (SnugCliApp *app, SnugMember *member)
{
  g_autofree char *why = NULL;

  g_object_get (member, "error-text", &why, NULL);
  app->unreachable_once = TRUE;
  snug_cli_report_error (app->report,
                         snug_member_get_safety (member) == SNUG_SAFETY_MISMATCH ? "not-safe" : "peer-unreachable",
                         why != NULL ? why : _("Somebody could not be reached."),
                         snug_member_get_id (member));
}

static void
on_member (GObject *item, SnugCliWatchEvent event, const char *property, gpointer user_data)
{
  SnugCliApp *app = user_data;
  SnugMember *member = SNUG_MEMBER (item);
  gboolean state_changed = event == SNUG_CLI_WATCH_ADDED
                           || (property != NULL && g_str_equal (property, "state"));

  snug_cli_report_member (app->report, member, property);
  snug_cli_safety_tell (app->report, member, property);
  if (state_changed && snug_member_get_state (member) == SNUG_MEMBER_FAILED)
    on_member_failed (app, member);
}

/* Chat */

static void
on_message (GObject *item, SnugCliWatchEvent event, const char *property, gpointer user_data)
{
  SnugCliApp *app = user_data;
  SnugMessage *message = SNUG_MESSAGE (item);

  if (event == SNUG_CLI_WATCH_ADDED)
    {
      snug_cli_report_message (app->report, message);
      if (snug_message_get_kind (message) == SNUG_MESSAGE_TEXT && !snug_message_get_own (message))
        snug_cli_until_count (&app->until, SNUG_CLI_CHATS);
    }
  if (event != SNUG_CLI_WATCH_REMOVED)
    snug_cli_app_check_until (app);
}

static void
on_message_edited (SnugCliApp *app, SnugMessage *message)
{
  snug_cli_report_edited (app->report, message);
}

static void
on_message_deleted (SnugCliApp *app, SnugMessage *message)
{
  snug_cli_report_deleted (app->report, message);
}

static void
on_message_reacted (SnugCliApp *app, SnugMessage *message, const char *member_id, const char *emoji, gboolean on)
{
  SnugMember *member = find_member (app, member_id);

  snug_cli_report_reacted (app->report, message, member_id,
                           member != NULL ? snug_member_get_display_name (member) : "", emoji, on);
}

static void
on_delivered (SnugCliApp *app, const char *message_id, const char *member_id)
{
  snug_cli_report_delivered (app->report, message_id, member_id);
}

void
snug_cli_app_listen_to_room (SnugCliApp *app)
{
  g_signal_connect_swapped (app->session, "notify::state", G_CALLBACK (on_room_changed), app);
  g_signal_connect_swapped (app->session, "notify::trouble", G_CALLBACK (on_trouble), app);
  g_signal_connect_swapped (app->session, "notify::announcement", G_CALLBACK (on_announcement), app);
  g_signal_connect_swapped (app->session, "notify::rounds-proxy", G_CALLBACK (on_rounds_proxy), app);
  g_signal_connect_swapped (app->session, "notify::lacks-relay", G_CALLBACK (on_lacks_relay), app);
  g_signal_connect_swapped (app->session, "notify::n-connected", G_CALLBACK (on_n_connected), app);
  g_signal_connect_swapped (app->session, "notify::guessed", G_CALLBACK (on_guessed), app);
  g_signal_connect_swapped (app->session, "notify::knock", G_CALLBACK (on_knock), app);
  g_signal_connect_swapped (app->session, "delivered", G_CALLBACK (on_delivered), app);
  g_signal_connect_swapped (app->session, "message-edited", G_CALLBACK (on_message_edited), app);
  g_signal_connect_swapped (app->session, "message-deleted", G_CALLBACK (on_message_deleted), app);
  g_signal_connect_swapped (app->session, "message-reacted", G_CALLBACK (on_message_reacted), app);
  app->members = snug_cli_watch_new (snug_session_get_members (app->session), on_member, app);
  app->messages = snug_cli_watch_new (snug_session_get_messages (app->session), on_message, app);
}
