/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-app-private.h"

#include <glib/gi18n-lib.h>

#include "cli-choice.h"
#include "cli-status.h"

static void
on_offered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SnugCliApp *app = user_data;
  g_autoptr (GError) error = NULL;

  if (snug_session_offer_file_finish (SNUG_SESSION (source), result, &error) || app->leaving)
    return;
  app->failed_once = TRUE;
  snug_cli_report_error (app->report, "cannot-send", error->message, NULL);
  if (app->until.wanted[SNUG_CLI_SENT] > 0)
    snug_cli_app_leave (app, SNUG_CLI_STATUS_TRANSFER);
}

void
snug_cli_app_offer (SnugCliApp *app, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  snug_session_offer_file (app->session, file, NULL, on_offered, app);
}

static SnugCliCounter
counter_of (SnugTransfer *transfer)
{
  gboolean in = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;

  return in ? SNUG_CLI_RECEIVED : SNUG_CLI_SENT;
}

static guint
count_open (SnugCliApp *app, SnugTransferDirection direction)
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
on_transfer_failed (SnugCliApp *app, SnugTransfer *transfer)
{
  guint n_open = count_open (app, snug_transfer_get_direction (transfer));

  app->failed_once = TRUE;
  if (!snug_cli_until_can_reach (&app->until, counter_of (transfer), n_open))
    snug_cli_app_leave (app, SNUG_CLI_STATUS_TRANSFER);
}

static void
settle (SnugCliApp *app, SnugTransfer *transfer, const char *sha256)
{
  SnugTransferState state = snug_transfer_get_state (transfer);

  snug_cli_report_transfer (app->report, transfer, sha256);
  if (state == SNUG_TRANSFER_DONE)
    {
      snug_cli_until_count (&app->until, counter_of (transfer));
      snug_cli_app_check_until (app);
    }
  else if (state == SNUG_TRANSFER_FAILED)
    on_transfer_failed (app, transfer);
}

typedef struct
{
  SnugCliApp   *app;         /* borrowed: it waits for its cancellable's tasks */
  SnugTransfer *transfer;    /* owned */
} Hashing;

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Hashing *hashing = user_data;
  SnugCliApp *app = hashing->app;
  g_autoptr (SnugTransfer) transfer = hashing->transfer;
  g_autoptr (GError) error = NULL;
  g_autofree char *sha256 = snug_session_hash_finish (SNUG_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  app->n_hashing--;
  settle (app, transfer, sha256);
  if (snug_session_get_state (app->session) == SNUG_SESSION_FAILED)
    snug_cli_app_room_failed (app);
}

static void
hash_then_settle (SnugCliApp *app, SnugTransfer *transfer)
{
  Hashing *hashing = g_new0 (Hashing, 1);

  app->n_hashing++;
  hashing->app = app;
  hashing->transfer = g_object_ref (transfer);
  snug_session_hash_async (app->session, transfer, app->cancellable, on_hashed, hashing);
}

static void
on_transfer_ended (SnugCliApp *app, SnugTransfer *transfer)
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
  SnugCliApp *app = user_data;
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
on_not_accepted (SnugCliApp *app, SnugTransfer *transfer, const GError *error)
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
accept_by_policy (SnugCliApp *app, SnugTransfer *transfer)
{
  g_autoptr (GError) error = NULL;

  if (app->options->only != NULL && snug_cli_choice_is_folder (transfer))
    snug_cli_choice_accept (app->session, transfer, (const char *const *) app->options->only, on_chosen, app);
  else if (!snug_session_accept (app->session, transfer, NULL, &error))
    on_not_accepted (app, transfer, error);
}

static void
on_offer_received (SnugCliApp *app, SnugTransfer *transfer)
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
on_unfinished (SnugCliApp *app, guint position, guint n_removed, guint n_added, GListModel *list)
{
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (SnugUnfinished) unfinished = g_list_model_get_item (list, position + i);

      snug_cli_report_unfinished (app->report, unfinished);
      snug_session_resume_unfinished (app->session, unfinished);
    }
}

static void
on_unfinished_to_discard (SnugCliApp *app, guint position, guint n_removed, guint n_added, GListModel *list)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_added; i++)
    g_ptr_array_add (added, g_list_model_get_item (list, position + i));
  for (guint i = 0; i < added->len; i++)
    snug_session_discard_unfinished (app->session, added->pdata[i]);
}

void
snug_cli_app_look_for_unfinished (SnugCliApp *app)
{
  if (app->options->accept == SNUG_ACCEPT_NONE && !app->options->discard_unfinished)
    return;
  g_signal_connect_swapped (snug_session_get_unfinished (app->session), "items-changed",
                            G_CALLBACK (app->options->discard_unfinished ? on_unfinished_to_discard
                                                                         : on_unfinished), app);
  snug_session_find_unfinished (app->session);
}

void
snug_cli_app_listen_to_files (SnugCliApp *app)
{
  g_signal_connect_swapped (app->session, "offer-received", G_CALLBACK (on_offer_received), app);
  app->transfers = snug_cli_watch_new (snug_session_get_transfers (app->session), on_transfer, app);
}
