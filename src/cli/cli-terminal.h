/* cli-terminal: a terminal with lines that scroll, and below them a few rows that stay: what is
 * under way, and the line being typed.
 *
 * Belongs to the default main context. Puts the terminal into character mode and gives it back
 * as it was at dispose, exit, stop (Ctrl+Z) and crash.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "cli-line.h"

G_BEGIN_DECLS

#define SNUG_CLI_TYPE_TERMINAL (snug_cli_terminal_get_type ())
G_DECLARE_FINAL_TYPE (SnugCliTerminal, snug_cli_terminal, SNUG_CLI, TERMINAL, GObject)

/**
 * SnugCliTerminal::line: (const char *text): the person pressed Enter
 * SnugCliTerminal::ended: Ctrl+D on an empty line, or the terminal is gone
 * SnugCliTerminal::resized: rows that were made for a width want to be made anew
 */

/**
 * snug_cli_terminal_new:
 * @in_fd: a terminal to type on, or -1: then there is no line to type on
 * @out_fd: a terminal
 */
SnugCliTerminal *snug_cli_terminal_new (int in_fd, int out_fd);

/* Whether @in_fd is a terminal that we may read: not from the background. */
gboolean snug_cli_terminal_can_read  (int in_fd);
/* Whether @out_fd is a terminal that can move its cursor. */
gboolean snug_cli_terminal_can_write (int out_fd);
/* Whether words may have colours there (https://no-color.org). */
gboolean snug_cli_terminal_has_colors (int out_fd);
guint    snug_cli_terminal_width      (int out_fd);

guint    snug_cli_terminal_get_columns (SnugCliTerminal *self);
gboolean snug_cli_terminal_get_utf8    (SnugCliTerminal *self);
gboolean snug_cli_terminal_get_colors  (SnugCliTerminal *self);

/* A line, or several, above the rows that stay. Of others' text, @text holds only what is safe. */
void     snug_cli_terminal_print       (SnugCliTerminal *self, const char *text);

/* What is under way, a row each; cut to the width. */
void     snug_cli_terminal_set_rows    (SnugCliTerminal *self, const char *const *rows);

typedef void (*SnugCliAnswerFunc) (const char *answer, gpointer user_data);

/**
 * snug_cli_terminal_ask:
 * @func: called once with the line typed, or with %NULL for Esc; not at all after unask
 *
 * Puts a question in the place of the prompt. It waits until the line being typed is done, so that
 * nobody answers what they have not seen. One question at a time.
 */
void     snug_cli_terminal_ask         (SnugCliTerminal *self, const char *question,
                                        SnugCliAnswerFunc func, gpointer user_data);
void     snug_cli_terminal_unask       (SnugCliTerminal *self);
/* What Tab does while that question is answered. */
void     snug_cli_terminal_complete_answer (SnugCliTerminal *self, SnugCliCompleteFunc complete);
/* Puts @text into the line to be typed on, unless something is there. */
void     snug_cli_terminal_offer_text  (SnugCliTerminal *self, const char *text);

/* Takes the rows away and gives the terminal back. Idempotent; dispose does it too. */
void     snug_cli_terminal_close       (SnugCliTerminal *self);

G_END_DECLS
