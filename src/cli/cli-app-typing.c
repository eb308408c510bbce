/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-app-private.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "cli-commands.h"
#include "cli-safety.h"
#include "cli-status.h"
#include "snug-display-text.h"
#include "snug-emoji.h"

/* Saying */

static void
say (SnugCliApp *app, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (snug_session_say (app->session, text, &error) == NULL && error != NULL)
    snug_cli_report_error (app->report, "cannot-say", error->message, NULL);
}

void
snug_cli_app_say_what_was_asked (SnugCliApp *app)
{
  if (app->said || snug_session_get_n_connected (app->session) == 0)
    return;
  app->said = TRUE;
  for (char **text = app->options->say; text != NULL && *text != NULL; text++)
    say (app, *text);
}

static void
on_line_too_long (SnugCliApp *app)
{
  snug_cli_report_error (app->report, "cannot-say",
                         _("A line of more than 64 KiB was left out: send it as a file."), NULL);
}

/* Ctrl+D at a keyboard; a pipe that ends only has nothing more to say. */
static void
on_lines_ended (SnugCliApp *app)
{
  if (isatty (STDIN_FILENO))
    snug_cli_app_leave_early (app, SNUG_CLI_STATUS_DONE);
}

/* Commands of the person at the terminal */

static void
show_who (SnugCliApp *app)
{
  GListModel *members = snug_session_get_members (app->session);

  if (g_list_model_get_n_items (members) == 0)
    snug_cli_report_notice (app->report, _("Nobody else is here."));
  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);
      g_autofree char *path = NULL, *name = NULL, *line = NULL;

      g_object_get (member, "path-text", &path, NULL);
      name = snug_display_text_one_line (snug_member_get_display_name (member),
                                         SNUG_DISPLAY_NAME_MAX_CHARS);
      line = g_strdup_printf ("%s  %s%s", name, *path != '\0' ? path : _("not connected"),
                              snug_member_get_safety (member) == SNUG_SAFETY_CHECKED ? _(" · checked") : "");
      snug_cli_report_notice (app->report, line);
    }
}

void
snug_cli_app_show_link (SnugCliApp *app)
{
  g_autofree char *text = snug_cli_report_describe_room (app->session);

  snug_cli_report_notice (app->report, text);
}

static void
cancel_all (SnugCliApp *app)
{
  GListModel *transfers = snug_session_get_transfers (app->session);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (!snug_transfer_is_finished (transfer))
        snug_session_cancel (app->session, transfer);
    }
}

static void
send_typed (SnugCliApp *app, const char *argument)
{
  g_autofree char *path = snug_cli_command_path (argument);

  if (*path == '\0')
    snug_cli_report_notice (app->report, _("Which file? /send PATH"));
  else
    snug_cli_app_offer (app, path);
}

/* (transfer full) (nullable): the last one that others said, or that we did. */
static SnugMessage *
find_last (SnugCliApp *app, gboolean own)
{
  GListModel *messages = snug_session_get_messages (app->session);

  for (guint i = g_list_model_get_n_items (messages); i-- > 0;)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (snug_message_get_kind (message) == SNUG_MESSAGE_TEXT && !snug_message_get_deleted (message)
          && snug_message_get_own (message) == own)
        return g_steal_pointer (&message);
    }
  return NULL;
}

static void
react_typed (SnugCliApp *app, SnugMessage *message, const char *emoji)
{
  if (snug_emoji_is_one (emoji))
    snug_session_react (app->session, message, emoji,
                        !snug_reactions_has (snug_message_get_reactions (message), "", emoji));
  else
    snug_cli_report_notice (app->report, _("With which emoji? /react 👍"));
}

/* Something about a message that was said before. */
static void
change_typed (SnugCliApp *app, SnugCliCommandKind kind, const char *argument)
{
  gboolean own = kind == SNUG_CLI_COMMAND_EDIT || kind == SNUG_CLI_COMMAND_DELETE;
  g_autoptr (SnugMessage) message = find_last (app, own);
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    snug_cli_report_notice (app->report, own ? _("You have not said anything yet.")
                                             : _("Nobody has said anything yet."));
  else if (kind == SNUG_CLI_COMMAND_REPLY)
    snug_session_reply (app->session, message, argument, &error);
  else if (kind == SNUG_CLI_COMMAND_EDIT)
    snug_session_edit (app->session, message, argument, &error);
  else if (kind == SNUG_CLI_COMMAND_DELETE)
    snug_session_delete (app->session, message);
  else
    react_typed (app, message, argument);
  if (error != NULL)
    snug_cli_report_error (app->report, "cannot-say", error->message, NULL);
}

static void
let (SnugCliApp *app)
{
  if (snug_session_get_knock (app->session) != NULL)
    snug_session_answer_knock (app->session, TRUE);
  else if (snug_session_get_guessed (app->session))
    snug_session_let_them_try (app->session);
  else
    snug_cli_report_notice (app->report, _("Nobody asks to be let in."));
}

static void
on_typed (SnugCliApp *app, const char *line)
{
  g_autofree char *argument = NULL, *words = NULL;
  SnugCliCommandKind kind = snug_cli_command_parse (line, &argument);

  switch (kind)
    {
    case SNUG_CLI_COMMAND_REPLY:
    case SNUG_CLI_COMMAND_REACT:
    case SNUG_CLI_COMMAND_EDIT:
    case SNUG_CLI_COMMAND_DELETE:
      change_typed (app, kind, argument);
      break;
    case SNUG_CLI_COMMAND_SAY:
      say (app, argument);
      break;
    case SNUG_CLI_COMMAND_SEND:
      send_typed (app, argument);
      break;
    case SNUG_CLI_COMMAND_WHO:
      show_who (app);
      break;
    case SNUG_CLI_COMMAND_LINK:
      snug_cli_app_show_link (app);
      break;
    case SNUG_CLI_COMMAND_NAME:
      g_object_set (app->session, "name", argument, NULL);
      break;
    case SNUG_CLI_COMMAND_CANCEL:
      cancel_all (app);
      break;
    case SNUG_CLI_COMMAND_LET:
      let (app);
      break;
    case SNUG_CLI_COMMAND_REFUSE:
      snug_session_answer_knock (app->session, FALSE);
      break;
    case SNUG_CLI_COMMAND_COMPARE:
      snug_cli_safety_compare (app->session, app->report, argument);
      break;
    case SNUG_CLI_COMMAND_SAME:
    case SNUG_CLI_COMMAND_DIFFERENT:
      snug_cli_safety_confirm (app->session, app->report, argument, kind == SNUG_CLI_COMMAND_SAME);
      break;
    case SNUG_CLI_COMMAND_LEAVE:
      snug_cli_app_leave_early (app, SNUG_CLI_STATUS_DONE);
      break;
    case SNUG_CLI_COMMAND_HELP:
      snug_cli_report_notice (app->report, snug_cli_command_help ());
      break;
    case SNUG_CLI_COMMAND_UNKNOWN:
      words = g_strdup_printf (_("There is no /%s; /help lists what there is."), argument);
      snug_cli_report_notice (app->report, words);
      break;
    case SNUG_CLI_COMMAND_NOTHING:
    default:
      break;
    }
}

/* Without a line to type on, lines of standard input are said as they come, or mean what typed ones do; a
 * process in the background must leave its terminal alone. */
void
snug_cli_app_start_reading (SnugCliApp *app)
{
  gboolean in_background = isatty (STDIN_FILENO) && !snug_cli_terminal_can_read (STDIN_FILENO);

  if (app->questions != NULL || in_background)
    return;
  app->reader = snug_cli_line_reader_new (STDIN_FILENO);
  g_signal_connect_swapped (app->reader, "line", G_CALLBACK (app->options->commands ? on_typed : say), app);
  g_signal_connect_swapped (app->reader, "too-long", G_CALLBACK (on_line_too_long), app);
  g_signal_connect_swapped (app->reader, "ended", G_CALLBACK (on_lines_ended), app);
}

static void
on_typing_ended (SnugCliApp *app)
{
  snug_cli_app_leave_early (app, SNUG_CLI_STATUS_DONE);
}

void
snug_cli_app_listen_to_typing (SnugCliApp *app)
{
  g_signal_connect_swapped (app->terminal, "line", G_CALLBACK (on_typed), app);
  g_signal_connect_swapped (app->terminal, "ended", G_CALLBACK (on_typing_ended), app);
}
