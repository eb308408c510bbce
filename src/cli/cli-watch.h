/* cli-watch: every object of a list model: when it comes, what of it changes, when it goes.
 *
 * Belongs to the context of the model.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SNUG_CLI_WATCH_ADDED,
  SNUG_CLI_WATCH_CHANGED,
  SNUG_CLI_WATCH_REMOVED
} SnugCliWatchEvent;

/* @property: what CHANGED, else NULL. */
typedef void (*SnugCliWatchFunc) (GObject *item, SnugCliWatchEvent event, const char *property,
                                  gpointer user_data);

typedef struct _SnugCliWatch SnugCliWatch;

/* Calls @func for what is there already, too. */
SnugCliWatch *snug_cli_watch_new  (GListModel *model, SnugCliWatchFunc func, gpointer user_data);
void          snug_cli_watch_free (SnugCliWatch *self);

G_END_DECLS
