/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-qr.h"

#include <qrencode.h>

/* Fixed entries of the 256-colour cube: the first eight colours follow the theme, where white
 * may be grey and black blue. */
#define BLACK_ON_WHITE "\033[38;5;16;48;5;231m"
#define PLAIN "\033[0m"

static gboolean
is_dark (const QRcode *code, int x, int y)
{
  x -= SNUG_CLI_QR_QUIET_ZONE;
  y -= SNUG_CLI_QR_QUIET_ZONE;
  if (x < 0 || y < 0 || x >= code->width || y >= code->width)
    return FALSE;
  return (code->data[y * code->width + x] & 1) != 0;
}

/* The character with that much ink. */
static const char *
half_blocks (gboolean top, gboolean bottom)
{
  if (top)
    return bottom ? "█" : "▀";
  return bottom ? "▄" : " ";
}

static void
append_cell (GString *out, const QRcode *code, int x, int y, int rows_a_line, gboolean ink_is_dark)
{
  gboolean top = is_dark (code, x, y) == ink_is_dark;
  gboolean bottom = is_dark (code, x, y + 1) == ink_is_dark;

  if (rows_a_line == 2)
    g_string_append (out, half_blocks (top, bottom));
  else
    g_string_append (out, top ? "##" : "  ");
}

char *
snug_cli_qr_to_text (const char *text, guint columns, SnugCliQrStyle style)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  int rows_a_line = style & SNUG_CLI_QR_UTF8 ? 2 : 1;
  gboolean colors = (style & SNUG_CLI_QR_COLORS) != 0;
  GString *out = NULL;
  int n_modules;

  if (code == NULL)
    return NULL;
  n_modules = code->width + 2 * SNUG_CLI_QR_QUIET_ZONE;
  if ((guint) n_modules * (rows_a_line == 2 ? 1 : 2) <= columns)
    {
      out = g_string_new (NULL);
      for (int y = 0; y < n_modules; y += rows_a_line)
        {
          g_string_append (out, colors ? BLACK_ON_WHITE : "");
          for (int x = 0; x < n_modules; x++)
            append_cell (out, code, x, y, rows_a_line, colors);
          g_string_append (out, colors ? PLAIN "\n" : "\n");
        }
    }
  QRcode_free (code);
  return out != NULL ? g_string_free (out, FALSE) : NULL;
}
