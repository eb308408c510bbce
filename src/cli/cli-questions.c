/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-questions.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "snug-display-text.h"

#define MAX_NAME_CHARS 200

struct _SnugCliQuestions
{
  /* Owned */
  SnugSession     *session;
  SnugCliTerminal *terminal;
  SnugCliReport   *report;
  GPtrArray       *waiting;      /* of SnugTransfer; the first is being asked about */
  char            *draft;        /* typed in the place of an answer, nullable */
};

static void ask_first (SnugCliQuestions *self);

static gboolean
is_word (const char *text, const char *english, const char *translated)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *wanted = g_utf8_casefold (translated, -1);

  return strcmp (folded, english) == 0 || strcmp (folded, wanted) == 0;
}

SnugCliAnswer
snug_cli_answer_parse (const char *text)
{
  g_autofree char *word = g_strstrip (g_strdup (text != NULL ? text : ""));
  int by_locale;

  if (*word == '\0' || is_word (word, "n", "no") || is_word (word, "no", C_("answer", "no")))
    return SNUG_CLI_ANSWER_NO;
  if (is_word (word, "y", "yes") || is_word (word, "yes", C_("answer", "yes")))
    return SNUG_CLI_ANSWER_YES;
  /* The locale's expression looks at the first letter only: "your turn" is no yes. */
  by_locale = g_utf8_strlen (word, -1) == 1 ? rpmatch (word) : -1;
  if (by_locale < 0)
    return SNUG_CLI_ANSWER_UNCLEAR;
  return by_locale == 1 ? SNUG_CLI_ANSWER_YES : SNUG_CLI_ANSWER_NO;
}

static void
next (SnugCliQuestions *self)
{
  g_ptr_array_remove_index (self->waiting, 0);
  if (self->waiting->len > 0)
    {
      ask_first (self);
      return;
    }
  if (self->draft != NULL)
    snug_cli_terminal_offer_text (self->terminal, self->draft);
  g_clear_pointer (&self->draft, g_free);
}

static void
accept (SnugCliQuestions *self, SnugTransfer *transfer)
{
  g_autoptr (GError) error = NULL;

  if (snug_session_accept (self->session, transfer, NULL, &error))
    return;
  snug_cli_report_error (self->report, "cannot-save", error->message, NULL);
  snug_session_decline (self->session, transfer);
}

static void
on_answer (const char *text, gpointer user_data)
{
  SnugCliQuestions *self = user_data;
  g_autoptr (SnugTransfer) transfer = g_object_ref (g_ptr_array_index (self->waiting, 0));

  switch (snug_cli_answer_parse (text))
    {
    case SNUG_CLI_ANSWER_YES:
      next (self);
      accept (self, transfer);
      break;
    case SNUG_CLI_ANSWER_NO:
      next (self);
      snug_session_decline (self->session, transfer);
      break;
    case SNUG_CLI_ANSWER_UNCLEAR:
    default:
      /* Somebody went on with a sentence: it waits until the question is answered. */
      g_free (self->draft);
      self->draft = g_strdup (text);
      snug_cli_report_notice (self->report,
                              _("Please answer y or n; what you typed comes back after it."));
      ask_first (self);
      break;
    }
}

static void
ask_first (SnugCliQuestions *self)
{
  SnugTransfer *transfer = g_ptr_array_index (self->waiting, 0);
  const char *given = snug_transfer_get_name (transfer);
  g_autofree char *name = snug_display_text_one_line (given, MAX_NAME_CHARS);
  g_autofree char *size = g_format_size (snug_transfer_get_size (transfer));
  /* Translators: keep [y/N] as it is unless your language's letters are known to its locale. */
  g_autofree char *question = g_strdup_printf (_("Take %s (%s)? [y/N] "), name, size);

  snug_cli_terminal_ask (self->terminal, question, on_answer, self);
}

void
snug_cli_questions_add (SnugCliQuestions *self, SnugTransfer *transfer)
{
  g_ptr_array_add (self->waiting, g_object_ref (transfer));
  if (self->waiting->len == 1)
    ask_first (self);
}

void
snug_cli_questions_review (SnugCliQuestions *self, SnugTransfer *transfer)
{
  guint index;

  if (snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED
      || !g_ptr_array_find (self->waiting, transfer, &index))
    return;
  if (index > 0)
    {
      g_ptr_array_remove_index (self->waiting, index);
      return;
    }
  snug_cli_terminal_unask (self->terminal);
  next (self);
}

SnugCliQuestions *
snug_cli_questions_new (SnugSession *session, SnugCliTerminal *terminal, SnugCliReport *report)
{
  SnugCliQuestions *self = g_new0 (SnugCliQuestions, 1);

  self->session = g_object_ref (session);
  self->terminal = g_object_ref (terminal);
  self->report = g_object_ref (report);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

void
snug_cli_questions_free (SnugCliQuestions *self)
{
  snug_cli_terminal_unask (self->terminal);
  g_object_unref (self->session);
  g_object_unref (self->terminal);
  g_object_unref (self->report);
  g_ptr_array_unref (self->waiting);
  g_free (self->draft);
  g_free (self);
}
