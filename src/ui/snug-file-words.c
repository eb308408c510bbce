/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-words.h"

#include <glib/gi18n-lib.h>

char *
snug_words_size (guint64 n_bytes)
{
  static const char *const units[] = { N_("kB"), N_("MB"), N_("GB"), N_("TB"), N_("PB") };
  double amount = (double) n_bytes / 1000;
  guint unit = 0;

  if (n_bytes < 1000)
    return g_strdup_printf (ngettext ("%u byte", "%u bytes", (gulong) n_bytes), (guint) n_bytes);

  while (amount >= 999.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      amount /= 1000;
      unit++;
    }
  /* Translators: an amount and its unit, "1.5 GB". Ten and more go without a fraction: calmer to
   * watch. */
  return g_strdup_printf (amount < 9.95 ? _("%.1f %s") : _("%.0f %s"), amount, _(units[unit]));
}

#define NO_BREAK_SPACE "\u00a0"

char *
snug_words_tie (const char *words)
{
  GString *tied = g_string_new (NULL);

  for (const char *at = words; *at != '\0'; at++)
    {
      gboolean after_number = at > words && g_ascii_isdigit (at[-1]);

      if (*at == ' ' && (after_number || g_str_has_prefix (at, " ·")))
        g_string_append (tied, NO_BREAK_SPACE);
      else
        g_string_append_c (tied, *at);
    }
  return g_string_free (tied, FALSE);
}

char *
snug_words_time_left (int seconds)
{
  if (seconds < 0)
    return g_strdup ("");
  if (seconds < 60)
    return g_strdup_printf (_("%d s left"), MAX (seconds, 1));
  if (seconds < 3600)
    return g_strdup_printf (_("%d min left"), (seconds + 30) / 60);
  return g_strdup_printf (_("%d h %d min left"), seconds / 3600, seconds % 3600 / 60);
}

/* Worded as the page has it, so that it is translated once. */
char *
snug_words_progress (guint64 n_bytes, guint64 size)
{
  g_autofree char *done = snug_words_size (n_bytes);
  g_autofree char *all = snug_words_size (size);
  g_autoptr (GString) words = g_string_new (_("{done} of {all}"));

  g_string_replace (words, "{done}", done, 1);
  g_string_replace (words, "{all}", all, 1);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

char *
snug_words_whole (SnugTransfer *transfer)
{
  guint n_items = snug_transfer_get_n_items (transfer);
  g_autofree char *size = snug_words_size (snug_transfer_get_size (transfer));

  if (!snug_transfer_is_folder (transfer))
    return g_steal_pointer (&size);
  /* Translators: what a folder holds, and its size: "1,204 items · 3.2 GB". */
  return g_strdup_printf (ngettext ("%'u item · %s", "%'u items · %s", n_items), n_items, size);
}

static char *
who_words (SnugTransfer *transfer)
{
  const char *name = snug_transfer_get_member_name (transfer);

  return g_strdup_printf (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_OUT ? _("to %s") : _("from %s"),
                          name);
}

static char *
offer_words (SnugTransfer *transfer, const char *whole)
{
  const char *name = snug_transfer_get_member_name (transfer);

  if (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN)
    return g_strdup_printf (snug_transfer_is_folder (transfer) ? _("%s wants to send you this folder · %s")
                                                               : _("%s wants to send you this · %s"), name, whole);
  return g_strdup_printf (_("%s · waiting for %s to accept"), whole, name);
}

static char *
running_words (SnugTransfer *transfer, const char *size)
{
  g_autofree char *who = who_words (transfer);
  g_autofree char *bytes = snug_words_size (snug_transfer_get_bytes (transfer));
  g_autofree char *speed = snug_words_size ((guint64) snug_transfer_get_speed (transfer));
  g_autofree char *left = snug_words_time_left (snug_transfer_get_seconds_left (transfer));

  if (snug_transfer_get_speed (transfer) < 1)
    return g_strdup_printf (_("%s of %s · %s"), bytes, size, who);
  if (*left == '\0')
    return g_strdup_printf (_("%s of %s · %s/s · %s"), bytes, size, speed, who);
  return g_strdup_printf (_("%s of %s · %s/s · %s · %s"), bytes, size, speed, left, who);
}

static char *
paused_words (SnugTransfer *transfer, const char *size)
{
  const char *reason = snug_transfer_get_reason (transfer);
  g_autofree char *who = who_words (transfer);
  g_autofree char *bytes = snug_words_size (snug_transfer_get_bytes (transfer));

  return g_strdup_printf (_("%s of %s · %s · %s"), bytes, size,
                          reason != NULL ? reason : _("Paused"), who);
}

static char *
done_words (SnugTransfer *transfer, const char *whole)
{
  const char *name = snug_transfer_get_member_name (transfer);

  if (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN)
    return g_strdup_printf (_("%s · received from %s"), whole, name);
  return g_strdup_printf (_("%s · %s has it"), whole, name);
}

char *
snug_words_unfinished (SnugUnfinished *unfinished)
{
  g_autofree char *bytes = snug_words_size (snug_unfinished_get_bytes (unfinished));
  g_autofree char *size = snug_words_size (snug_unfinished_get_size (unfinished));

  /* Translators: a file that has arrived in part: "film.mkv · 174 MB of 1.5 GB are here". */
  return g_strdup_printf (_("%s · %s of %s are here"), snug_unfinished_get_name (unfinished), bytes, size);
}

/* Named one by one up to here. */
#define MOST_NAMES 3

char *
snug_words_unfinished_list (GListModel *unfinished)
{
  guint n = g_list_model_get_n_items (unfinished);
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, MOST_NAMES); i++)
    {
      g_autoptr (SnugUnfinished) item = g_list_model_get_item (unfinished, i);
      g_autofree char *one = snug_words_unfinished (item);

      g_string_append_printf (words, "%s%s", i > 0 ? "\n" : "", one);
    }
  if (n > MOST_NAMES)
    {
      g_string_append_c (words, '\n');
      g_string_append_printf (words, ngettext ("and %u more", "and %u more", n - MOST_NAMES), n - MOST_NAMES);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* It goes on, but not as a person would think. */
static gboolean
comes_otherwise (SnugTransfer *transfer)
{
  return snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN && snug_transfer_get_reason (transfer) != NULL;
}

char *
snug_words_transfer (SnugTransfer *transfer)
{
  const char *reason = snug_transfer_get_reason (transfer);
  g_autofree char *who = who_words (transfer);
  g_autofree char *size = snug_words_size (snug_transfer_get_size (transfer));
  g_autofree char *whole = snug_words_whole (transfer);

  switch (snug_transfer_get_state (transfer))
    {
    case SNUG_TRANSFER_OFFERED: return offer_words (transfer, whole);
    case SNUG_TRANSFER_ACCEPTED:
      return comes_otherwise (transfer) ? paused_words (transfer, size)
                                        : g_strdup_printf (_("%s · starting · %s"), whole, who);
    case SNUG_TRANSFER_RUNNING:
      return comes_otherwise (transfer) ? paused_words (transfer, size) : running_words (transfer, size);
    case SNUG_TRANSFER_PAUSED: return paused_words (transfer, size);
    case SNUG_TRANSFER_DONE: return done_words (transfer, whole);
    case SNUG_TRANSFER_DECLINED: return g_strdup_printf (_("Declined · %s · %s"), whole, who);
    case SNUG_TRANSFER_CANCELLED:
      return g_strdup_printf (_("%s · %s · %s"), reason != NULL ? reason : _("Cancelled"), whole,
                              who);
    case SNUG_TRANSFER_FAILED:
    default:
      return g_strdup_printf (_("%s · %s · %s"), reason != NULL ? reason : _("Failed"), whole, who);
    }
}

/* --- Below the name of who sends it --- */

static char *
running_card_words (SnugTransfer *transfer)
{
  g_autofree char *progress = snug_words_progress (snug_transfer_get_bytes (transfer), snug_transfer_get_size (transfer));
  g_autofree char *size = snug_words_size ((guint64) snug_transfer_get_speed (transfer));
  g_autofree char *speed = g_strdup_printf (_("%s/s"), size);
  g_autofree char *left = snug_words_time_left (snug_transfer_get_seconds_left (transfer));

  if (snug_transfer_get_speed (transfer) < 1)
    return g_steal_pointer (&progress);
  return g_strjoin (" · ", progress, speed, *left != '\0' ? left : NULL, NULL);
}

static char *
paused_card_words (SnugTransfer *transfer, const char *why)
{
  g_autofree char *progress = snug_words_progress (snug_transfer_get_bytes (transfer), snug_transfer_get_size (transfer));

  return g_strdup_printf (_("%s · %s"), progress, why);
}

static const char *
or_else (const char *reason, const char *words)
{
  return reason != NULL ? reason : words;
}

char *
snug_words_card (SnugTransfer *transfer)
{
  const char *reason = snug_transfer_get_reason (transfer);
  g_autofree char *whole = snug_words_whole (transfer);

  if (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_OUT)
    return snug_words_transfer (transfer);
  switch (snug_transfer_get_state (transfer))
    {
    case SNUG_TRANSFER_OFFERED: return g_steal_pointer (&whole);
    case SNUG_TRANSFER_ACCEPTED:
      return g_strdup_printf (_("%s · %s"), whole, or_else (reason, _("waiting to begin")));
    case SNUG_TRANSFER_RUNNING:
      return reason != NULL ? paused_card_words (transfer, reason) : running_card_words (transfer);
    case SNUG_TRANSFER_PAUSED: return paused_card_words (transfer, or_else (reason, _("Paused")));
    case SNUG_TRANSFER_DONE: return g_strdup_printf (_("%s · %s"), whole, _("received"));
    case SNUG_TRANSFER_DECLINED: return g_strdup_printf (_("%s · %s"), _("Declined"), whole);
    case SNUG_TRANSFER_CANCELLED:
      return g_strdup_printf (_("%s · %s"), or_else (reason, _("Cancelled")), whole);
    case SNUG_TRANSFER_FAILED:
    default:
      return g_strdup_printf (_("%s · %s"), or_else (reason, _("Failed")), whole);
    }
}
