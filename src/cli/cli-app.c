/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-app.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli-choice.h"
#include "cli-commands.h"
#include "cli-json-report.h"
#include "cli-line-reader.h"
#include "cli-questions.h"
#include "cli-safety.h"
#include "cli-status.h"
#include "cli-text-report.h"
#include "cli-watch.h"
#include "snug-config.h"
#include "snug-display-text.h"
#include "snug-emoji.h"
#include "snug-network.h"
#include "snug-phrase.h"

/* How long leaving may take: for what was said to be confirmed, and for the goodbye. */
#define LAST_WORDS_MS 5000
#define GOODBYE_MS 5000

typedef struct
{
  /* Owned */
  GMainLoop            *loop;
  SnugSession          *session;
  SnugCliReport        *report;
  SnugCliTerminal      *terminal;       /* nullable */
  SnugCliQuestions     *questions;      /* nullable */
  SnugCliLineReader    *reader;         /* nullable */
  SnugCliWatch         *members;
  SnugCliWatch         *messages;
  SnugCliWatch         *transfers;
  GCancellable         *cancellable;
  GHashTable           *settled;        /* ids of transfers whose end was told */
  guint                 signal_sources[3];
  guint                 timeout_source;
  guint                 last_words_source;
  guint                 leave_source;

  const SnugCliOptions *options;        /* borrowed */
  SnugCliUntil          until;
  int                   status;
  guint                 n_hashing;      /* whole files whose end is not told yet */
  gboolean              entered;        /* we were in the room */
  gboolean              was_connected;
  gboolean              said;           /* --say is through */
  gboolean              failed_once;    /* a transfer did */
  gboolean              unreachable_once;
  gboolean              leaving;
} App;

/* Leaving */

static gboolean
on_leave (gpointer user_data)
{
  App *app = user_data;

  app->leave_source = 0;
  snug_session_leave (app->session);
  if (app->entered)
    snug_cli_report_room (app->report, app->session, "closed");
  g_main_loop_quit (app->loop);
  return G_SOURCE_REMOVE;
}

/* Not before what is just being told by the room is told to all who listen. */
static void
leave (App *app, int status)
{
  if (app->leaving)
    return;
  app->leaving = TRUE;
  app->status = status;
  app->leave_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_leave, app, NULL);
}

static void
fail (App *app, int status, const char *code, const char *message)
{
  if (app->leaving)
    return;
  snug_cli_report_error (app->report, code, message, NULL);
  leave (app, status);
}

/* The person, or the script by a signal, wants to go before --until holds. */
static void
leave_early (App *app, int status_if_asked)
{
  if (snug_cli_until_is_asked (&app->until) && !snug_cli_until_holds (&app->until))
    leave (app, status_if_asked);
  /* Who sits at a terminal has seen what failed. */
  else if (app->failed_once && app->questions == NULL)
    leave (app, SNUG_CLI_STATUS_TRANSFER);
  else
    leave (app, SNUG_CLI_STATUS_DONE);
}

static gboolean
is_unconfirmed (SnugMessage *message)
{
  SnugDelivery delivery = snug_message_get_delivery (message);

  return delivery == SNUG_DELIVERY_QUEUED || delivery == SNUG_DELIVERY_SENT;
}

static gboolean
has_unconfirmed_words (App *app)
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
  App *app = user_data;

  app->last_words_source = 0;
  leave (app, SNUG_CLI_STATUS_DONE);
  return G_SOURCE_REMOVE;
}

/* Who says something and leaves wants it to be heard. */
static void
check_until (App *app)
{
  if (app->leaving || !snug_cli_until_holds (&app->until))
    return;
  if (!has_unconfirmed_words (app))
    leave (app, SNUG_CLI_STATUS_DONE);
  else if (app->last_words_source == 0)
    app->last_words_source = g_timeout_add (LAST_WORDS_MS, on_last_words_took_too_long, app);
}

static gboolean
on_timeout (gpointer user_data)
{
  App *app = user_data;

  app->timeout_source = 0;
  if (snug_cli_until_holds (&app->until))
    leave (app, SNUG_CLI_STATUS_DONE);
  else if (app->unreachable_once && !app->was_connected)
    fail (app, SNUG_CLI_STATUS_NO_ROUTE, "peer-unreachable",
          _("Nobody in the room could be reached."));
  else
    fail (app, SNUG_CLI_STATUS_TIMEOUT, "timed-out", _("The time that --timeout gives is over."));
  return G_SOURCE_REMOVE;
}

static gboolean
leave_on_signal (App *app, int number)
{
  /* The second time it is meant. */
  if (app->leaving)
    {
      if (app->terminal != NULL)
        snug_cli_terminal_close (app->terminal);
      _exit (128 + number);
    }
  leave_early (app, 128 + number);
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
on_report_broken (App *app)
{
  leave_early (app, 128 + SIGPIPE);
}

/* Saying and sending */

static void
say (App *app, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (snug_session_say (app->session, text, &error) == NULL && error != NULL)
    snug_cli_report_error (app->report, "cannot-say", error->message, NULL);
}

static void
say_what_was_asked (App *app)
{
  if (app->said || snug_session_get_n_connected (app->session) == 0)
    return;
  app->said = TRUE;
  for (char **text = app->options->say; text != NULL && *text != NULL; text++)
    say (app, *text);
}

static void
on_offered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  App *app = user_data;
  g_autoptr (GError) error = NULL;

  if (snug_session_offer_file_finish (SNUG_SESSION (source), result, &error) || app->leaving)
    return;
  app->failed_once = TRUE;
  snug_cli_report_error (app->report, "cannot-send", error->message, NULL);
  if (app->until.wanted[SNUG_CLI_SENT] > 0)
    leave (app, SNUG_CLI_STATUS_TRANSFER);
}

static void
offer (App *app, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  snug_session_offer_file (app->session, file, NULL, on_offered, app);
}

static void
on_line_too_long (App *app)
{
  snug_cli_report_error (app->report, "cannot-say",
                         _("A line of more than 64 KiB was left out: send it as a file."), NULL);
}

/* Ctrl+D at a keyboard; a pipe that ends only has nothing more to say. */
static void
on_lines_ended (App *app)
{
  if (isatty (STDIN_FILENO))
    leave_early (app, SNUG_CLI_STATUS_DONE);
}

/* Commands of the person at the terminal */

static void
show_who (App *app)
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

static void
show_link (App *app)
{
  g_autofree char *text = snug_cli_report_describe_room (app->session);

  snug_cli_report_notice (app->report, text);
}

static void
cancel_all (App *app)
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
send_typed (App *app, const char *argument)
{
  g_autofree char *path = snug_cli_command_path (argument);

  if (*path == '\0')
    snug_cli_report_notice (app->report, _("Which file? /send PATH"));
  else
    offer (app, path);
}

/* (nullable): borrowed from the list. */
static SnugMember *
find_member (App *app, const char *id)
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

/* (transfer full) (nullable): the last one that others said, or that we did. */
static SnugMessage *
find_last (App *app, gboolean own)
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

static gboolean
has_own (SnugMessage *message, const char *emoji)
{
  SnugReactions *reactions = snug_message_get_reactions (message);

  for (guint i = 0; i < snug_reactions_get_n (reactions); i++)
    if (g_str_equal (snug_reactions_get (reactions, i)->emoji, emoji))
      return snug_reaction_is_of (snug_reactions_get (reactions, i), "");
  return FALSE;
}

static void
react_typed (App *app, SnugMessage *message, const char *emoji)
{
  if (snug_emoji_is_one (emoji))
    snug_session_react (app->session, message, emoji, !has_own (message, emoji));
  else
    snug_cli_report_notice (app->report, _("With which emoji? /react 👍"));
}

/* Something about a message that was said before. */
static void
change_typed (App *app, SnugCliCommandKind kind, const char *argument)
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
let (App *app)
{
  if (snug_session_get_knock (app->session) != NULL)
    snug_session_answer_knock (app->session, TRUE);
  else if (snug_session_get_guessed (app->session))
    snug_session_let_them_try (app->session);
  else
    snug_cli_report_notice (app->report, _("Nobody asks to be let in."));
}

static void
on_typed (App *app, const char *line)
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
      show_link (app);
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
      leave_early (app, SNUG_CLI_STATUS_DONE);
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
static void
start_reading (App *app)
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
on_typing_ended (App *app)
{
  leave_early (app, SNUG_CLI_STATUS_DONE);
}

/* The room */

static void
on_entered (App *app)
{
  app->entered = TRUE;
  if (app->options->command == SNUG_CLI_CREATE)
    show_link (app);
  else if (app->questions != NULL)
    snug_cli_report_notice (app->report, _("You are in the room. /help lists what you can do."));
  for (char **path = app->options->send; path != NULL && *path != NULL; path++)
    offer (app, *path);
  start_reading (app);
}

/* Who asks to be let in, and who guesses, at a room of ours. */

static void
on_guessed (App *app)
{
  if (snug_session_get_guessed (app->session) && !app->leaving)
    snug_cli_report_error (app->report, "guessing",
                           _("Someone keeps guessing the secret. Nobody new is answered until you say /let."), NULL);
}

static void
on_knock (App *app)
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
give_up_without_secret (App *app)
{
  const GError *error = snug_session_get_error (app->session);

  fail (app, snug_cli_status_from_error (error), snug_cli_error_code (error), error->message);
}

static void on_secret_typed (const char *text, gpointer user_data);

/* Four letters of a word of the list, and Tab, are enough. */
static void
ask_secret_word (App *app)
{
  snug_cli_terminal_ask (app->terminal, _("Secret: "), on_secret_typed, app);
  snug_cli_terminal_complete_answer (app->terminal, snug_phrase_complete);
}

static void
on_secret_typed (const char *text, gpointer user_data)
{
  App *app = user_data;
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
ask_for_secret (App *app, const GError *error)
{
  if (app->questions == NULL
      || (!g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_SECRET)
          && !g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_SECRET_NEEDED)))
    return FALSE;
  snug_cli_report_notice (app->report, error->message);
  ask_secret_word (app);
  return TRUE;
}

static void
on_failed (App *app)
{
  const GError *error = snug_session_get_error (app->session);

  /* The host may go the moment that we have the last file: it still counts. */
  if (app->n_hashing > 0)
    return;
  if (snug_cli_until_holds (&app->until))
    {
      leave (app, SNUG_CLI_STATUS_DONE);
      return;
    }

  /* Who made the room goes on waiting: somebody else may come who can be reached. */
  if (app->options->command == SNUG_CLI_CREATE
      && g_error_matches (error, SNUG_SESSION_ERROR, SNUG_SESSION_ERROR_NO_ROUTE))
    return;
  if (ask_for_secret (app, error))
    return;
  if (error == NULL)
    fail (app, SNUG_CLI_STATUS_UNREACHABLE, "failed", _("The room is over."));
  else
    fail (app, snug_cli_status_from_error (error), snug_cli_error_code (error), error->message);
}

static void
on_room_changed (App *app)
{
  SnugSessionState state = snug_session_get_state (app->session);
  const char *words;

  if (app->leaving)
    return;
  app->was_connected |= state == SNUG_SESSION_CONNECTED;
  words = snug_cli_room_state (state, app->was_connected);
  if (state == SNUG_SESSION_FAILED)
    {
      on_failed (app);
      return;
    }
  snug_cli_report_room (app->report, app->session, words);
  if (words != NULL && !app->entered)
    on_entered (app);
}

/* Nobody has let us in yet, and it goes on being tried. */
static void
on_trouble (App *app)
{
  const char *trouble = snug_session_get_trouble (app->session);
  gboolean pending = snug_session_get_state (app->session) == SNUG_SESSION_PENDING;

  if (trouble == NULL || app->leaving)
    return;
  snug_cli_report_error (app->report, pending ? "held" : "server-not-answering", trouble, NULL);
  if (app->terminal != NULL)
    snug_cli_report_notice (app->report, _("Ctrl+C gives up."));
}

static void
on_n_connected (App *app)
{
  snug_cli_until_present (&app->until, snug_session_get_n_connected (app->session));
  say_what_was_asked (app);
  check_until (app);
}

/* Members */

static void
on_member_failed (App *app, SnugMember *member)
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
  App *app = user_data;
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
  App *app = user_data;
  SnugMessage *message = SNUG_MESSAGE (item);

  if (event == SNUG_CLI_WATCH_ADDED)
    {
      snug_cli_report_message (app->report, message);
      if (snug_message_get_kind (message) == SNUG_MESSAGE_TEXT && !snug_message_get_own (message))
        snug_cli_until_count (&app->until, SNUG_CLI_CHATS);
    }
  if (event != SNUG_CLI_WATCH_REMOVED)
    check_until (app);
}

static void
on_message_edited (App *app, SnugMessage *message)
{
  snug_cli_report_edited (app->report, message);
}

static void
on_message_deleted (App *app, SnugMessage *message)
{
  snug_cli_report_deleted (app->report, message);
}

static void
on_message_reacted (App *app, SnugMessage *message, const char *member_id, const char *emoji, gboolean on)
{
  SnugMember *member = find_member (app, member_id);

  snug_cli_report_reacted (app->report, message, member_id,
                           member != NULL ? snug_member_get_display_name (member) : "", emoji, on);
}

static void
on_delivered (App *app, const char *message_id, const char *member_id)
{
  snug_cli_report_delivered (app->report, message_id, member_id);
}

/* Files */

static SnugCliCounter
counter_of (SnugTransfer *transfer)
{
  gboolean in = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;

  return in ? SNUG_CLI_RECEIVED : SNUG_CLI_SENT;
}

static guint
count_open (App *app, SnugTransferDirection direction)
{
  GListModel *transfers = snug_session_get_transfers (app->session);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      /* What stands for whoever may come is for nobody yet. */
      n += snug_transfer_get_direction (transfer) == direction
           && !snug_transfer_is_finished (transfer)
           && *snug_transfer_get_member_id (transfer) != '\0';
    }
  return n;
}

/* A failure ends the wait for a number of files that cannot be reached any more. */
static void
on_transfer_failed (App *app, SnugTransfer *transfer)
{
  guint n_open = count_open (app, snug_transfer_get_direction (transfer));

  app->failed_once = TRUE;
  if (!snug_cli_until_can_reach (&app->until, counter_of (transfer), n_open))
    leave (app, SNUG_CLI_STATUS_TRANSFER);
}

static void
settle (App *app, SnugTransfer *transfer, const char *sha256)
{
  SnugTransferState state = snug_transfer_get_state (transfer);

  snug_cli_report_transfer (app->report, transfer, sha256);
  if (state == SNUG_TRANSFER_DONE)
    {
      snug_cli_until_count (&app->until, counter_of (transfer));
      check_until (app);
    }
  else if (state == SNUG_TRANSFER_FAILED)
    on_transfer_failed (app, transfer);
}

typedef struct
{
  App          *app;         /* borrowed: it waits for its cancellable's tasks */
  SnugTransfer *transfer;    /* owned */
} Hashing;

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Hashing *hashing = user_data;
  App *app = hashing->app;
  g_autoptr (SnugTransfer) transfer = hashing->transfer;
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = snug_session_hash_finish (SNUG_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  app->n_hashing--;
  settle (app, transfer, sha256);
  if (snug_session_get_state (app->session) == SNUG_SESSION_FAILED)
    on_failed (app);
}

static void
hash_then_settle (App *app, SnugTransfer *transfer)
{
  Hashing *hashing = g_new0 (Hashing, 1);

  app->n_hashing++;
  hashing->app = app;
  hashing->transfer = g_object_ref (transfer);
  snug_session_hash_async (app->session, transfer, app->cancellable, on_hashed, hashing);
}

static void
on_transfer_ended (App *app, SnugTransfer *transfer)
{
  if (!g_hash_table_add (app->settled, g_strdup (snug_transfer_get_id (transfer))))
    return;
  if (app->options->sha256 && snug_transfer_get_state (transfer) == SNUG_TRANSFER_DONE
      && snug_transfer_get_file (transfer) != NULL)
    hash_then_settle (app, transfer);
  else
    settle (app, transfer, NULL);
}

static void
on_transfer (GObject *item, SnugCliWatchEvent event, const char *property, gpointer user_data)
{
  App *app = user_data;
  SnugTransfer *transfer = SNUG_TRANSFER (item);

  if (event == SNUG_CLI_WATCH_REMOVED)
    return;
  if (app->questions != NULL)
    snug_cli_questions_review (app->questions, transfer);
  if (snug_transfer_is_finished (transfer))
    on_transfer_ended (app, transfer);
  else
    snug_cli_report_transfer (app->report, transfer, NULL);
}

/* It should have been accepted, and that was not to be. */
static void
on_not_accepted (App *app, SnugTransfer *transfer, const GError *error)
{
  snug_cli_report_error (app->report, "cannot-save", error->message, NULL);
  snug_session_decline (app->session, transfer);
  on_transfer_failed (app, transfer);
}

static void
on_chosen (SnugTransfer *transfer, const GError *error, gpointer user_data)
{
  if (error != NULL)
    on_not_accepted (user_data, transfer, error);
}

static void
accept_by_policy (App *app, SnugTransfer *transfer)
{
  g_autoptr (GError) error = NULL;

  if (app->options->only != NULL && snug_cli_choice_is_folder (transfer))
    snug_cli_choice_accept (app->session, transfer, (const char *const *) app->options->only, on_chosen, app);
  else if (!snug_session_accept (app->session, transfer, NULL, &error))
    on_not_accepted (app, transfer, error);
}

static void
on_offer_received (App *app, SnugTransfer *transfer)
{
  if (app->options->only != NULL)
    {
      accept_by_policy (app, transfer);
      return;
    }
  if (app->questions != NULL)
    {
      snug_cli_questions_add (app->questions, transfer);
      return;
    }
  if (app->options->accept == SNUG_ACCEPT_ALL)
    {
      accept_by_policy (app, transfer);
      return;
    }
  snug_cli_report_notice (app->report,
                          _("Declined a file, because nobody is here to ask: "
                            "--save-to DIR accepts all."));
  snug_session_decline (app->session, transfer);
}

/* What an earlier program left behind */

static void
on_unfinished (App *app, guint position, guint n_removed, guint n_added, GListModel *list)
{
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (SnugUnfinished) unfinished = g_list_model_get_item (list, position + i);

      snug_cli_report_unfinished (app->report, unfinished);
      snug_session_resume_unfinished (app->session, unfinished);
    }
}

static void
on_unfinished_to_discard (App *app, guint position, guint n_removed, guint n_added, GListModel *list)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_added; i++)
    g_ptr_array_add (added, g_list_model_get_item (list, position + i));
  for (guint i = 0; i < added->len; i++)
    snug_session_discard_unfinished (app->session, added->pdata[i]);
}

static void
look_for_unfinished (App *app)
{
  if (app->options->accept == SNUG_ACCEPT_NONE && !app->options->discard_unfinished)
    return;
  g_signal_connect_swapped (snug_session_get_unfinished (app->session), "items-changed",
                            G_CALLBACK (app->options->discard_unfinished ? on_unfinished_to_discard
                                                                         : on_unfinished), app);
  snug_session_find_unfinished (app->session);
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
                                       NULL);

  if (options->capacity != 0)
    g_object_set (session, "capacity", options->capacity, NULL);
  return session;
}

static void
make_report (App *app)
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
  g_signal_connect_swapped (app->terminal, "line", G_CALLBACK (on_typed), app);
  g_signal_connect_swapped (app->terminal, "ended", G_CALLBACK (on_typing_ended), app);
}

static void
listen_to_session (App *app)
{
  g_signal_connect_swapped (app->session, "notify::state", G_CALLBACK (on_room_changed), app);
  g_signal_connect_swapped (app->session, "notify::trouble", G_CALLBACK (on_trouble), app);
  g_signal_connect_swapped (app->session, "notify::n-connected", G_CALLBACK (on_n_connected), app);
  g_signal_connect_swapped (app->session, "notify::guessed", G_CALLBACK (on_guessed), app);
  g_signal_connect_swapped (app->session, "notify::knock", G_CALLBACK (on_knock), app);
  g_signal_connect_swapped (app->session, "delivered", G_CALLBACK (on_delivered), app);
  g_signal_connect_swapped (app->session, "message-edited", G_CALLBACK (on_message_edited), app);
  g_signal_connect_swapped (app->session, "message-deleted", G_CALLBACK (on_message_deleted), app);
  g_signal_connect_swapped (app->session, "message-reacted", G_CALLBACK (on_message_reacted), app);
  g_signal_connect_swapped (app->session, "offer-received", G_CALLBACK (on_offer_received), app);
  app->members = snug_cli_watch_new (snug_session_get_members (app->session), on_member, app);
  app->messages = snug_cli_watch_new (snug_session_get_messages (app->session), on_message, app);
  app->transfers = snug_cli_watch_new (snug_session_get_transfers (app->session), on_transfer, app);
}

static void
listen_to_world (App *app)
{
  app->signal_sources[0] = g_unix_signal_add (SIGINT, on_interrupt, app);
  app->signal_sources[1] = g_unix_signal_add (SIGTERM, on_terminate, app);
  app->signal_sources[2] = g_unix_signal_add (SIGHUP, on_hangup, app);
  if (app->options->timeout_ms > 0)
    app->timeout_source = g_timeout_add (app->options->timeout_ms, on_timeout, app);
}

static void
begin (App *app)
{
  g_autoptr (GError) error = NULL;

  if (app->options->command == SNUG_CLI_CREATE && app->options->secret != NULL)
    snug_session_create_with_secret (app->session, app->options->secret);
  else if (app->options->command == SNUG_CLI_CREATE)
    snug_session_create (app->session, app->options->open);
  else if (!snug_session_join_with_secret (app->session, app->options->invite, app->options->secret, &error))
    fail (app, snug_cli_status_from_error (error), snug_cli_error_code (error), error->message);
}

static void
clear (App *app)
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
  App app = { .options = options, .until = options->until };
  g_autoptr (GError) error = NULL;

  app.loop = g_main_loop_new (NULL, FALSE);
  app.cancellable = g_cancellable_new ();
  app.settled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  app.session = make_session (options);
  make_report (&app);
  if (check_files (options, &error))
    {
      listen_to_session (&app);
      listen_to_world (&app);
      look_for_unfinished (&app);
      begin (&app);
    }
  else
    fail (&app, SNUG_CLI_STATUS_USAGE, "usage", error->message);
  g_main_loop_run (app.loop);
  clear (&app);
  snug_network_settle (GOODBYE_MS);
  return app.status;
}
