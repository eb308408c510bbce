/* cli-until: the conditions of --until, and whether they all hold.
 *
 * Pure: it counts what it is told.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SNUG_CLI_ERROR (snug_cli_error_quark ())
GQuark snug_cli_error_quark (void);

typedef enum
{
  SNUG_CLI_ERROR_USAGE
} SnugCliError;

/* What is counted, and how much of it is waited for (0 = not asked). */
typedef enum
{
  SNUG_CLI_CHATS,        /* chat=N: messages of others */
  SNUG_CLI_SENT,         /* sent=N: files that a receiver confirmed */
  SNUG_CLI_RECEIVED,     /* received=N: files received whole */
  SNUG_CLI_MEMBERS,      /* members=N: that many others were connected at once */
  SNUG_CLI_N_COUNTERS
} SnugCliCounter;

typedef struct
{
  guint    wanted[SNUG_CLI_N_COUNTERS];
  guint    seen[SNUG_CLI_N_COUNTERS];
  gboolean wants_alone;      /* alone: somebody was there, and nobody is any more */
  guint    n_connected;      /* now */
  gboolean had_company;
} SnugCliUntil;

/* Adds one condition as written: "chat=3", "alone". The same counter twice keeps the larger
 * number. */
gboolean snug_cli_until_add      (SnugCliUntil *self, const char *condition, GError **error);

void     snug_cli_until_count    (SnugCliUntil *self, SnugCliCounter counter);
void     snug_cli_until_present  (SnugCliUntil *self, guint n_connected);

gboolean snug_cli_until_is_asked (const SnugCliUntil *self);
gboolean snug_cli_until_holds    (const SnugCliUntil *self);

/* Whether @n_open transfers more could still bring @counter to what is waited for. */
gboolean snug_cli_until_can_reach (const SnugCliUntil *self, SnugCliCounter counter, guint n_open);

G_END_DECLS
