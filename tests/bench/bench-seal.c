/* bench-seal: what the seal of a private room costs those who meet in it: the time from the link until two people
 * are connected, in open and in private rooms by turns.
 *
 * Two sessions and the built-in server in one process, on loopback. It measures; it tests nothing.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>

#include "snug-await.h"
#include "snug-session.h"

static int option_rooms = 20;
static gboolean option_json;

static const GOptionEntry options[] = {
  { "rooms", 'r', 0, G_OPTION_ARG_INT, &option_rooms, "Rooms of each kind (20)", "N" },
  { "json", 'j', 0, G_OPTION_ARG_NONE, &option_json, "Machine-readable", NULL },
  { NULL }
};

static gboolean
is_connected (SnugSession *session)
{
  return snug_session_get_state (session) == SNUG_SESSION_CONNECTED;
}

static double
meet (gboolean open)
{
  g_autoptr (SnugSession) host = g_object_new (SNUG_TYPE_SESSION, "name", "Ana", "listen", "127.0.0.1:0", NULL);
  g_autoptr (SnugSession) guest = g_object_new (SNUG_TYPE_SESSION, "name", "Bo", NULL);
  gint64 start_us;
  double setup_ms;

  snug_session_create (host, open);
  snug_await (NULL, snug_session_get_state (host) == SNUG_SESSION_WAITING);
  start_us = g_get_monotonic_time ();
  g_assert_true (snug_session_join (guest, snug_session_get_link (host), NULL));
  snug_await (NULL, is_connected (host) && is_connected (guest));
  setup_ms = (double) (g_get_monotonic_time () - start_us) / 1000;
  snug_session_leave (guest);
  snug_session_leave (host);
  snug_await_idle (NULL);
  return setup_ms;
}

static int
compare (const void *a, const void *b)
{
  double difference = *(const double *) a - *(const double *) b;

  return difference < 0 ? -1 : difference > 0;
}

static double
percentile (double *sorted, int n, double part)
{
  return sorted[(int) (part * (n - 1) + 0.5)];
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- what the seal of a private room costs");
  g_autoptr (GError) error = NULL;
  g_autofree double *open_ms = NULL, *private_ms = NULL;
  double open_p50, private_p50;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || option_rooms < 1)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "--rooms is 1 or more");
      return EXIT_FAILURE;
    }

  open_ms = g_new0 (double, option_rooms);
  private_ms = g_new0 (double, option_rooms);
  /* The first one starts threads and loads libraries, for both. */
  meet (TRUE);
  meet (FALSE);
  for (int i = 0; i < option_rooms; i++)
    {
      open_ms[i] = meet (TRUE);
      private_ms[i] = meet (FALSE);
    }
  qsort (open_ms, (gsize) option_rooms, sizeof *open_ms, compare);
  qsort (private_ms, (gsize) option_rooms, sizeof *private_ms, compare);
  open_p50 = percentile (open_ms, option_rooms, 0.5);
  private_p50 = percentile (private_ms, option_rooms, 0.5);
  if (option_json)
    g_print ("{\"link to connected, open ms\":%.2f,\"the same, private ms\":%.2f}\n", open_p50, private_p50);
  else
    g_print ("from the link until connected, p50 / p90 of %d rooms: open %.1f / %.1f ms, private %.1f / %.1f ms, "
             "%.2f times as long\n", option_rooms, open_p50, percentile (open_ms, option_rooms, 0.9), private_p50,
             percentile (private_ms, option_rooms, 0.9), private_p50 / open_p50);
  return EXIT_SUCCESS;
}
