/* cli-questions: asks the person at the terminal about each file that is offered, one after the
 * other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-report.h"
#include "cli-terminal.h"

G_BEGIN_DECLS

typedef struct _SnugCliQuestions SnugCliQuestions;

SnugCliQuestions *snug_cli_questions_new  (SnugSession *session, SnugCliTerminal *terminal,
                                           SnugCliReport *report);
void              snug_cli_questions_free (SnugCliQuestions *self);

void snug_cli_questions_add    (SnugCliQuestions *self, SnugTransfer *transfer);
/* Takes the question away if the offer does not stand any more. */
void snug_cli_questions_review (SnugCliQuestions *self, SnugTransfer *transfer);

typedef enum
{
  SNUG_CLI_ANSWER_NO,
  SNUG_CLI_ANSWER_YES,
  SNUG_CLI_ANSWER_UNCLEAR
} SnugCliAnswer;

/* @text: (nullable): "y" and "yes", also in the language of the locale; nothing at all is a no. */
SnugCliAnswer snug_cli_answer_parse (const char *text);

G_END_DECLS
