/* cli-line: the line being typed: keys in, text and a one-row view of it out.
 *
 * Pure: knows no terminal. Takes UTF-8, the usual escape sequences and bracketed paste.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What can be said in one message. */
#define SNUG_CLI_LINE_MAX_BYTES 65536

typedef enum
{
  SNUG_CLI_LINE_ENTERED,     /* the line is done: text */
  SNUG_CLI_LINE_ENDED,       /* Ctrl+D on an empty line */
  SNUG_CLI_LINE_ESCAPED,     /* Esc */
  SNUG_CLI_LINE_REDRAW       /* Ctrl+L */
} SnugCliLineEvent;

typedef struct _SnugCliLine SnugCliLine;
/* Returns: (nullable): borrowed: the one word that begins so. */
typedef const char *(*SnugCliCompleteFunc) (const char *beginning);
typedef void (*SnugCliLineFunc) (SnugCliLineEvent event, const char *text, gpointer user_data);

SnugCliLine *snug_cli_line_new      (SnugCliLineFunc func, gpointer user_data);
void         snug_cli_line_free     (SnugCliLine *self);

/* What one read from the terminal gave; calls the function for each event. */
void         snug_cli_line_feed     (SnugCliLine *self, const char *bytes, gsize n_bytes);

char        *snug_cli_line_get_text (SnugCliLine *self);    /* (transfer full) */
void         snug_cli_line_set_text (SnugCliLine *self, const char *text);
gboolean     snug_cli_line_is_empty (SnugCliLine *self);
/* What Tab does with the word before the cursor; %NULL: nothing. */
void         snug_cli_line_set_completion (SnugCliLine *self, SnugCliCompleteFunc complete);
/* Up and Down find it again. */
void         snug_cli_line_remember (SnugCliLine *self, const char *text);

/**
 * snug_cli_line_view:
 * @cursor: (out): the column of the cursor, below @columns
 *
 * Returns: (transfer full): the part of the line around the cursor, less than @columns wide
 */
char        *snug_cli_line_view     (SnugCliLine *self, guint columns, guint *cursor);

G_END_DECLS
