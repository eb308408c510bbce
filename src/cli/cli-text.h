/* cli-text: text as columns of a terminal, and numbers as words.
 *
 * Pure. Widths follow the Unicode data of GLib: a terminal may disagree about new emoji, so nothing
 * here is relied on beyond one row.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-transfer.h"

G_BEGIN_DECLS

/* 0, 1 or 2 columns. */
guint snug_cli_char_width (gunichar c);
guint snug_cli_text_width (const char *text);

/**
 * snug_cli_text_fit:
 *
 * Returns: (transfer full): one row of at most @columns columns; what is cut ends in "…" (or ".."
 * where @utf8 is %FALSE), control characters become spaces
 */
char *snug_cli_text_fit (const char *text, guint columns, gboolean utf8);

/* (transfer full). The same, but cut in the middle: the ends of file names say most. */
char *snug_cli_text_fit_middle (const char *text, guint columns, gboolean utf8);

/* (transfer full). Several lines as a body under a first: "a\n    b". */
char *snug_cli_text_indent (const char *text);

/* (transfer full). "14 s", "3 min", "2 h 5 min". */
char *snug_cli_seconds_to_text (int seconds);

/**
 * snug_cli_progress_row:
 *
 * Returns: (transfer full): name, bar, share, speed and time left in at most @columns columns;
 * the bar goes first where there is little room
 */
char *snug_cli_progress_row (SnugTransfer *transfer, guint columns, gboolean utf8);

G_END_DECLS
