/* snug: the window.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>

#include "snug-application.h"
#include "snug-language.h"
#include "snug-network.h"

/* How long the end of the program waits for a goodbye to get out, in milliseconds. */
#define GOODBYE_MS 4500

int
main (int argc, char **argv)
{
  g_autoptr (SnugApplication) application = NULL;
  int status;

  snug_language_begin ();
  g_set_application_name (_("Snug"));

  application = snug_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);

  /* What was said before the goodbye arrives before it. */
  snug_network_settle (GOODBYE_MS);
  return status;
}
