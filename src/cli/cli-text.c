/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

guint
snug_cli_char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

guint
snug_cli_text_width (const char *text)
{
  guint columns = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    columns += snug_cli_char_width (g_utf8_get_char (at));
  return columns;
}

/* A copy on one row: what would move the cursor becomes a space. */
static char *
flatten (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *row = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (row, g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 ? ' ' : c);
    }
  return g_string_free (row, FALSE);
}

/* The end of the longest beginning of @text that takes at most @columns. */
static const char *
end_of_columns (const char *text, guint columns)
{
  const char *at = text;

  while (*at != '\0')
    {
      guint width = snug_cli_char_width (g_utf8_get_char (at));

      if (width > columns)
        break;
      columns -= width;
      at = g_utf8_next_char (at);
    }
  return at;
}

/* The start of the longest end of @text that takes at most @columns. */
static const char *
start_of_columns (const char *text, guint columns)
{
  const char *at = text + strlen (text);

  while (at > text)
    {
      const char *before = g_utf8_prev_char (at);
      guint width = snug_cli_char_width (g_utf8_get_char (before));

      if (width > columns)
        break;
      columns -= width;
      at = before;
    }
  /* A combining mark without its letter would sit on the ellipsis. */
  while (*at != '\0' && snug_cli_char_width (g_utf8_get_char (at)) == 0)
    at = g_utf8_next_char (at);
  return at;
}

static char *
fit (const char *text, guint columns, guint n_tail, gboolean utf8)
{
  const char *dots = utf8 ? "…" : "..";
  guint dots_width = utf8 ? 1 : 2;
  char *row = flatten (text);
  const char *head_end, *tail;
  char *cut;

  if (snug_cli_text_width (row) <= columns)
    return row;
  if (columns <= dots_width)
    {
      g_free (row);
      return g_strndup ("..", MIN (columns, 2));
    }
  columns -= dots_width;
  head_end = end_of_columns (row, columns - MIN (n_tail, columns));
  tail = start_of_columns (row, MIN (n_tail, columns));
  cut = g_strdup_printf ("%.*s%s%s", (int) (head_end - row), row, dots, tail);
  g_free (row);
  return cut;
}

char *
snug_cli_text_fit (const char *text, guint columns, gboolean utf8)
{
  return fit (text, columns, 0, utf8);
}

char *
snug_cli_text_fit_middle (const char *text, guint columns, gboolean utf8)
{
  return fit (text, columns, columns / 3, utf8);
}

char *
snug_cli_text_indent (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strjoinv ("\n    ", lines);
}

char *
snug_cli_seconds_to_text (int seconds)
{
  if (seconds < 60)
    return g_strdup_printf (_("%d s"), seconds);
  if (seconds < 3600)
    return g_strdup_printf (_("%d min"), (seconds + 30) / 60);
  return g_strdup_printf (_("%d h %d min"), seconds / 3600, seconds % 3600 / 60);
}

static guint
percent_of (SnugTransfer *transfer)
{
  guint64 size = snug_transfer_get_size (transfer);
  guint64 bytes = MIN (snug_transfer_get_bytes (transfer), size);

  return size == 0 ? 100 : (guint) ((double) bytes / (double) size * 100);
}

static void
append_bar (GString *row, guint percent, guint n_cells, gboolean utf8)
{
  guint n_full = percent * n_cells / 100;

  g_string_append (row, utf8 ? "▕" : "[");
  for (guint i = 0; i < n_cells; i++)
    g_string_append (row, i < n_full ? (utf8 ? "█" : "#") : (utf8 ? "░" : "-"));
  g_string_append (row, utf8 ? "▏" : "]");
}

/* "45 %  92 MB/s  14 s left", or why nothing moves. */
static char *
describe_progress (SnugTransfer *transfer)
{
  int seconds = snug_transfer_get_seconds_left (transfer);
  SnugTransferState state = snug_transfer_get_state (transfer);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "%3u %%", percent_of (transfer));
  if (state == SNUG_TRANSFER_PAUSED)
    g_string_append_printf (text, "  %s", _("paused"));
  else if (state == SNUG_TRANSFER_RUNNING && snug_transfer_get_speed (transfer) > 0)
    {
      g_autofree char *speed = g_format_size ((guint64) snug_transfer_get_speed (transfer));

      g_string_append_printf (text, "  ");
      /* Translators: a speed, such as "92 MB/s". */
      g_string_append_printf (text, _("%s/s"), speed);
      if (seconds >= 0)
        {
          g_autofree char *left = snug_cli_seconds_to_text (seconds);

          g_string_append (text, "  ");
          g_string_append_printf (text, C_("time", "%s left"), left);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define BAR_CELLS 20
#define LEAST_NAME 12

char *
snug_cli_progress_row (SnugTransfer *transfer, guint columns, gboolean utf8)
{
  gboolean in = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;
  g_autofree char *numbers = describe_progress (transfer);
  guint numbers_width = snug_cli_text_width (numbers);
  guint bar_width = BAR_CELLS + 2 + 1;
  gboolean with_bar = columns >= 2 + LEAST_NAME + 2 + bar_width + numbers_width;
  guint taken = 2 + 2 + (with_bar ? bar_width : 0) + numbers_width;
  guint room = columns > taken ? columns - taken : 0;
  g_autofree char *name = snug_cli_text_fit_middle (snug_transfer_get_name (transfer), room, utf8);
  g_autoptr (GString) row = g_string_new (utf8 ? (in ? "↓ " : "↑ ") : (in ? "< " : "> "));

  g_string_append_printf (row, "%s  ", name);
  if (with_bar)
    {
      append_bar (row, percent_of (transfer), BAR_CELLS, utf8);
      g_string_append_c (row, ' ');
    }
  g_string_append (row, numbers);
  return snug_cli_text_fit (row->str, columns, utf8);
}
