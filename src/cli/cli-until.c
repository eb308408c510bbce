/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-until.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_QUARK (snug-cli-error-quark, snug_cli_error)

#define MOST 1000000

static const char *const names[SNUG_CLI_N_COUNTERS] = { "chat", "sent", "received", "members" };

static int
find_counter (const char *name, gsize n_bytes)
{
  for (int i = 0; i < SNUG_CLI_N_COUNTERS; i++)
    if (strlen (names[i]) == n_bytes && strncmp (names[i], name, n_bytes) == 0)
      return i;
  return -1;
}

gboolean
snug_cli_until_add (SnugCliUntil *self, const char *condition, GError **error)
{
  const char *equals = strchr (condition, '=');
  int counter = equals != NULL ? find_counter (condition, (gsize) (equals - condition)) : -1;
  guint64 number = 0;

  if (strcmp (condition, "alone") == 0)
    {
      self->wants_alone = TRUE;
      return TRUE;
    }
  if (counter < 0 || !g_ascii_string_to_unsigned (equals + 1, 10, 1, MOST, &number, NULL))
    {
      g_set_error (error, SNUG_CLI_ERROR, SNUG_CLI_ERROR_USAGE,
                   _("--until knows chat=N, sent=N, received=N, members=N (N from 1) and alone, "
                     "not “%s”."),
                   condition);
      return FALSE;
    }
  self->wanted[counter] = MAX (self->wanted[counter], (guint) number);
  return TRUE;
}

void
snug_cli_until_count (SnugCliUntil *self, SnugCliCounter counter)
{
  self->seen[counter]++;
}

void
snug_cli_until_present (SnugCliUntil *self, guint n_connected)
{
  /* The most there ever were at once: who got what they came for may leave before we got ours. */
  self->seen[SNUG_CLI_MEMBERS] = MAX (self->seen[SNUG_CLI_MEMBERS], n_connected);
  self->n_connected = n_connected;
  self->had_company |= n_connected > 0;
}

gboolean
snug_cli_until_is_asked (const SnugCliUntil *self)
{
  for (int i = 0; i < SNUG_CLI_N_COUNTERS; i++)
    if (self->wanted[i] > 0)
      return TRUE;
  return self->wants_alone;
}

gboolean
snug_cli_until_holds (const SnugCliUntil *self)
{
  for (int i = 0; i < SNUG_CLI_N_COUNTERS; i++)
    if (self->seen[i] < self->wanted[i])
      return FALSE;
  if (self->wants_alone && (!self->had_company || self->n_connected > 0))
    return FALSE;
  return snug_cli_until_is_asked (self);
}

gboolean
snug_cli_until_can_reach (const SnugCliUntil *self, SnugCliCounter counter, guint n_open)
{
  return self->seen[counter] + n_open >= self->wanted[counter];
}
