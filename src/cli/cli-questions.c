/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-questions.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "cli-choice.h"
#include "snug-display-text.h"

#define MAX_NAME_CHARS 200
/* Lines of a folder that are listed. */
#define MAX_SHOWN 100

/* It is looked what is in a folder, for the first question. */
typedef struct
{
  SnugCliQuestions *questions;   /* borrowed; NULL when they are gone */
  SnugTransfer     *transfer;    /* owned */
} Looking;

struct _SnugCliQuestions
{
  /* Owned */
  SnugSession     *session;
  SnugCliTerminal *terminal;
  SnugCliReport   *report;
  GPtrArray       *waiting;      /* of SnugTransfer; the first is being asked about */
  char            *draft;        /* typed in the place of an answer, nullable */
  Looking         *looking;      /* nullable: freed by its answer */
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
on_chosen (SnugTransfer *transfer, const GError *error, gpointer report)
{
  if (error != NULL)
    snug_cli_report_error (report, "cannot-save", error->message, NULL);
}

/* Translators: typed before patterns: "only *.jpg". */
static const char *
only_word (void)
{
  return C_("answer", "only");
}

/* Returns: (transfer full) (nullable): the patterns of "only *.jpg letters" */
static GStrv
parse_only (const char *text)
{
  g_auto (GStrv) words = NULL;

  if (text == NULL || !g_shell_parse_argv (text, NULL, &words, NULL) || words[1] == NULL
      || !is_word (words[0], "only", only_word ()))
    return NULL;
  return g_strdupv (words + 1);
}

static void
show_entries (SnugCliQuestions *self, GListModel *entries)
{
  guint n = g_list_model_get_n_items (entries);

  for (guint i = 0; i < MIN (n, MAX_SHOWN); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (entries, i);
      g_autofree char *path = snug_display_text_one_line (snug_folder_entry_get_path (entry), MAX_NAME_CHARS);
      g_autofree char *size = g_format_size (snug_folder_entry_get_size (entry));
      g_autofree char *line = snug_folder_entry_is_folder (entry) ? g_strdup_printf ("  %s/", path)
                                                                  : g_strdup_printf ("  %s  %s", path, size);

      snug_cli_report_notice (self->report, line);
    }
  if (n > MAX_SHOWN)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("  … and %u more", "  … and %u more", n - MAX_SHOWN),
                                               n - MAX_SHOWN);

      snug_cli_report_notice (self->report, more);
    }
}

static void
on_looked_into (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) entries = snug_session_look_into_finish (SNUG_SESSION (object), result, &error);
  Looking *looking = user_data;
  SnugCliQuestions *self = looking->questions;

  if (self != NULL)
    self->looking = NULL;
  /* If it is not asked about any more, nobody wants to know. */
  if (self != NULL && self->waiting->len > 0 && self->waiting->pdata[0] == looking->transfer)
    {
      if (entries != NULL)
        show_entries (self, entries);
      else
        snug_cli_report_error (self->report, "cannot-look", error->message, NULL);
      ask_first (self);
    }
  g_object_unref (looking->transfer);
  g_free (looking);
}

static void
look_into_first (SnugCliQuestions *self)
{
  self->looking = g_new0 (Looking, 1);
  self->looking->questions = self;
  self->looking->transfer = g_object_ref (g_ptr_array_index (self->waiting, 0));
  snug_session_look_into_async (self->session, self->looking->transfer, on_looked_into, self->looking);
}

/* Of a folder: what is in it, or some of it. Returns: %FALSE if @text is another answer. */
static gboolean
take_folder_answer (SnugCliQuestions *self, SnugTransfer *transfer, const char *text)
{
  g_auto (GStrv) globs = parse_only (text);

  if (!snug_cli_choice_is_folder (transfer))
    return FALSE;
  if (globs != NULL)
    {
      next (self);
      snug_cli_choice_accept (self->session, transfer, (const char *const *) globs, on_chosen, self->report);
      return TRUE;
    }
  if (text == NULL || !is_word (text, "l", C_("answer", "l")))
    return FALSE;
  look_into_first (self);
  return TRUE;
}

static void
on_answer (const char *text, gpointer user_data)
{
  SnugCliQuestions *self = user_data;
  g_autoptr (SnugTransfer) transfer = g_object_ref (g_ptr_array_index (self->waiting, 0));

  if (take_folder_answer (self, transfer, text))
    return;
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
  g_autofree char *question = NULL;

  /* Translators: keep [y/N] as it is unless your language's letters are known to its locale. */
  if (!snug_cli_choice_is_folder (transfer))
    question = g_strdup_printf (_("Take %s (%s)? [y/N] "), name, size);
  else
    /* Translators: of a folder: "l" lists what is in it; "only" takes what matches the patterns after it. */
    question = g_strdup_printf (_("Take %s (%s)? [y/N, l: what is in it, only *.jpg: some] "), name, size);
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
  if (self->looking != NULL)
    self->looking->questions = NULL;
  g_object_unref (self->session);
  g_object_unref (self->terminal);
  g_object_unref (self->report);
  g_ptr_array_unref (self->waiting);
  g_free (self->draft);
  g_free (self);
}
