/* snug-cli: a member of a room, on a terminal or in a script.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>

#include "cli-app.h"
#include "cli-doctor.h"
#include "cli-events.h"
#include "cli-nearby.h"
#include "cli-status.h"
#include "snug-config.h"
#include "snug-language.h"

static int
refuse (char **argv, const GError *error)
{
  gboolean json = g_strv_contains ((const char *const *) argv, "--json");
  g_autofree char *line = json ? snug_cli_event_error ("usage", error->message, NULL) : NULL;

  fprintf (stderr, "snug-cli: %s\n", error->message);
  if (json)
    printf ("%s\n", line);
  return SNUG_CLI_STATUS_USAGE;
}

int
main (int argc, char **argv)
{
  g_autoptr (SnugCliOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  snug_language_begin ();
  g_set_prgname ("snug-cli");
  /* With --json nothing else is on standard output, debugging included. */
  g_log_writer_default_set_use_stderr (TRUE);
  /* Who reads our lines may go first: that is an error of the write, not our end. */
  signal (SIGPIPE, SIG_IGN);

  options = snug_cli_options_parse ((const char *const *) argv, &error);
  if (options == NULL)
    return refuse (argv, error);
  switch (options->command)
    {
    case SNUG_CLI_HELP:
      printf ("%s", options->help);
      return SNUG_CLI_STATUS_DONE;
    case SNUG_CLI_VERSION:
      printf ("snug-cli %s\n", SNUG_VERSION);
      return SNUG_CLI_STATUS_DONE;
    case SNUG_CLI_DOCTOR:
      return snug_cli_doctor_run (options);
    case SNUG_CLI_NEARBY:
      return snug_cli_nearby_run (options);
    case SNUG_CLI_CREATE:
    case SNUG_CLI_JOIN:
    default:
      return snug_cli_app_run (options);
    }
}
