/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-doctor.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

#include "cli-events.h"
#include "cli-status.h"
#include "snug-doctor.h"

typedef struct
{
  const SnugCliOptions *options;       /* borrowed */
  GMainLoop            *loop;          /* owned */
  GCancellable         *cancellable;   /* owned */
  SnugCliStatus         status;
} Visit;

static char *
line_of (SnugCheck *check, gboolean with_address)
{
  static const char *const statuses[] = {
    [SNUG_CHECK_OK] = N_("ok"), [SNUG_CHECK_NOT] = N_("not ok"), [SNUG_CHECK_SKIPPED] = N_("skipped"),
  };
  g_autofree char *title = snug_check_dup_title (check);
  const char *action = snug_check_get_action (check);
  const char *address = with_address ? snug_check_get_address (check) : NULL;
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s - %s: %s", _(statuses[snug_check_get_status (check)]), title,
                          snug_check_get_reason (check));
  if (action != NULL)
    g_string_append_printf (line, " %s", action);
  if (address != NULL)
    g_string_append_printf (line, " (%s)", address);
  return g_string_free (line, FALSE);
}

/* The server first: who does not reach it makes no room, whatever else works. */
static void
take_into_account (Visit *visit, SnugCheck *check)
{
  SnugCheckStep step = snug_check_get_step (check);

  if (snug_check_get_status (check) != SNUG_CHECK_NOT || visit->status != SNUG_CLI_STATUS_DONE)
    return;
  if (step == SNUG_CHECK_SERVER)
    visit->status = SNUG_CLI_STATUS_UNREACHABLE;
  else if (step == SNUG_CHECK_REACH)
    visit->status = SNUG_CLI_STATUS_NO_ROUTE;
}

static void
on_checked (GListModel *checks, guint position, guint n_removed, guint n_added, Visit *visit)
{
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugCheck) check = g_list_model_get_item (checks, i);
      g_autofree char *line = visit->options->json ? snug_cli_event_check (check, visit->options->addresses)
                                                   : line_of (check, visit->options->addresses);

      take_into_account (visit, check);
      printf ("%s\n", line);
      fflush (stdout);
    }
}

static void
on_finished (GObject *doctor, GAsyncResult *result, gpointer data)
{
  Visit *visit = data;

  if (!snug_doctor_run_finish (SNUG_DOCTOR (doctor), result, NULL))
    visit->status = SNUG_CLI_STATUS_TIMEOUT;
  g_main_loop_quit (visit->loop);
}

static gboolean
on_timeout (gpointer data)
{
  g_cancellable_cancel (((Visit *) data)->cancellable);
  return G_SOURCE_CONTINUE;
}

int
snug_cli_doctor_run (const SnugCliOptions *options)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SnugDoctor) doctor = snug_doctor_new (options->server, options->ice_servers, options->relay);
  Visit visit = { options, loop, cancellable, SNUG_CLI_STATUS_DONE };
  guint timeout = 0;

  g_signal_connect (snug_doctor_get_checks (doctor), "items-changed", G_CALLBACK (on_checked), &visit);
  if (options->timeout_ms > 0)
    timeout = g_timeout_add (options->timeout_ms, on_timeout, &visit);
  snug_doctor_run_async (doctor, cancellable, on_finished, &visit);
  g_main_loop_run (loop);
  g_clear_handle_id (&timeout, g_source_remove);
  g_signal_handlers_disconnect_by_data (snug_doctor_get_checks (doctor), &visit);
  return visit.status;
}
