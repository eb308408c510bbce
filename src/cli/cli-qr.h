/* cli-qr: a QR code as rows of text.
 *
 * Pure.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Light modules around the code (ISO/IEC 18004, 9.1). */
#define SNUG_CLI_QR_QUIET_ZONE 4

typedef enum
{
  /* Two modules a character, by half blocks; else two characters a module. */
  SNUG_CLI_QR_UTF8 = 1 << 0,
  /* Black on white whatever the terminal's colours are; else light modules are drawn and dark
   * ones left as they are, which is right on a dark terminal. */
  SNUG_CLI_QR_COLORS = 1 << 1
} SnugCliQrStyle;

/**
 * snug_cli_qr_to_text:
 * @columns: the width of the terminal
 *
 * Returns: (transfer full) (nullable): lines that each end in a line feed, or %NULL if @text has
 * no code or the code is too wide
 */
char *snug_cli_qr_to_text (const char *text, guint columns, SnugCliQrStyle style);

G_END_DECLS
