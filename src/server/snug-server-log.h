/* snug-server-log: what happens, on standard error, a JSON object a line.
 *
 * No codes and no names, ever; addresses, and the refusals that are of use with them only, if asked for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-server.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean quiet;
  gboolean addresses;
} SnugServerLog;

/* A SnugServerConfig.on_event. @log: a SnugServerLog */
void snug_server_log_event (const SnugServerEvent *event, gpointer log);
/* Something of the program itself. @detail: (nullable) */
void snug_server_log_say   (const SnugServerLog *log, const char *event, const char *detail);

G_END_DECLS
