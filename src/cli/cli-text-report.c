/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-text-report.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "cli-text.h"
#include "snug-display-text.h"

/* Transfers with a row of their own; the others are counted. */
#define MOST_BARS 4
#define MAX_NAME_CHARS 200
#define EXCERPT_CHARS 40

struct _SnugCliTextReport
{
  SnugCliReport    parent_instance;

  /* Owned */
  SnugCliTerminal *terminal;      /* nullable */
  GPtrArray       *active;        /* of SnugTransfer: with a bar */
  GHashTable      *told;          /* id of transfer → its state + 1 when it was last told */
  char            *status;        /* of the room, for the bottom of the screen, nullable */
  char            *last_room;     /* nullable */
  gboolean         said_to_nobody;
};

G_DEFINE_FINAL_TYPE (SnugCliTextReport, snug_cli_text_report, SNUG_CLI_TYPE_REPORT)

typedef enum
{
  STYLE_NONE,
  STYLE_DIM,
  STYLE_WARNING,
  STYLE_NAME
} Style;

/* The six colours that can be read on black and on white, by name. */
static const char *
color_of_name (const char *name)
{
  static const char *const colors[] = { "\033[1;31m", "\033[1;32m", "\033[1;33m",
                                        "\033[1;34m", "\033[1;35m", "\033[1;36m" };

  return colors[g_str_hash (name) % G_N_ELEMENTS (colors)];
}

static char *
paint (SnugCliTextReport *self, Style style, const char *text)
{
  gboolean colors = self->terminal != NULL && snug_cli_terminal_get_colors (self->terminal);
  const char *begin;

  if (!colors || style == STYLE_NONE)
    return g_strdup (text);
  begin = style == STYLE_DIM       ? "\033[2m"
          : style == STYLE_WARNING ? "\033[33m"
                                   : color_of_name (text);
  return g_strconcat (begin, text, "\033[0m", NULL);
}

/* What a script may want goes to standard output, what only a person wants beside it. */
static void
print (SnugCliTextReport *self, gboolean to_stderr, Style style, const char *text)
{
  g_autofree char *line = paint (self, style, text);

  if (self->terminal != NULL && (!to_stderr || isatty (STDERR_FILENO)))
    snug_cli_terminal_print (self->terminal, line);
  else
    snug_cli_report_write (SNUG_CLI_REPORT (self), to_stderr, line);
}

static char *
make_bar (SnugCliTextReport *self, SnugTransfer *transfer)
{
  return snug_cli_progress_row (transfer, snug_cli_terminal_get_columns (self->terminal) - 1,
                                snug_cli_terminal_get_utf8 (self->terminal));
}

static void
show_rows (SnugCliTextReport *self)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint n_bars = MIN (self->active->len, MOST_BARS);
  guint n_more = self->active->len - n_bars;

  if (self->terminal == NULL)
    return;
  rows = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n_bars; i++)
    g_ptr_array_add (rows, make_bar (self, g_ptr_array_index (self->active, i)));
  if (n_more > 0)
    g_ptr_array_add (rows, g_strdup_printf (ngettext ("and %u more file", "and %u more files",
                                                      n_more), n_more));
  if (self->status != NULL)
    g_ptr_array_add (rows, g_strdup (self->status));
  g_ptr_array_add (rows, NULL);
  snug_cli_terminal_set_rows (self->terminal, (const char *const *) rows->pdata);
}

static const char *
describe_state (SnugSessionState state)
{
  switch (state)
    {
    case SNUG_SESSION_STARTING:
      return _("Reaching the server…");
    case SNUG_SESSION_PENDING:
      return _("Waiting to be let in…");
    case SNUG_SESSION_WAITING:
      return _("Waiting for people");
    case SNUG_SESSION_CONNECTING:
      return _("Connecting…");
    case SNUG_SESSION_RECONNECTING:
      return _("Reconnecting… what you say waits, transfers are paused");
    case SNUG_SESSION_NO_SERVER:
      return _("Server unreachable: nobody new can join, people already connected stay connected");
    case SNUG_SESSION_EMPTY:
    case SNUG_SESSION_CONNECTED:
    case SNUG_SESSION_FAILED:
    default:
      return NULL;
    }
}

static void
snug_cli_text_report_room (SnugCliReport *report, SnugSession *session, const char *state)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  const char *status = describe_state (snug_session_get_state (session));

  g_free (self->status);
  self->status = g_strdup (status);
  show_rows (self);
  if (g_strcmp0 (state, self->last_room) == 0)
    return;
  g_free (self->last_room);
  self->last_room = g_strdup (state);
  if (g_strcmp0 (state, "reconnecting") == 0 && self->terminal == NULL && status != NULL)
    print (self, TRUE, STYLE_DIM, status);
}

static void
snug_cli_text_report_member (SnugCliReport *report, SnugMember *member, const char *property)
{
  /* That somebody came or left is a line of the chat. */
}

/* (transfer full) (nullable) */
static char *
describe_safety (SnugMember *member, const char *name)
{
  switch (snug_member_get_safety (member))
    {
    case SNUG_SAFETY_PHRASE:
      /* Translators: name of a person, and the four words. */
      return g_strdup_printf (_("Safety phrase with %s: %s\nIs it the same on their screen? /same or /different"), name,
                              snug_member_get_phrase (member));
    case SNUG_SAFETY_CHECKED:
      return g_strdup_printf (_("%s is checked: %s"), name, snug_member_get_phrase (member));
    case SNUG_SAFETY_INTERRUPTED:
      return g_strdup_printf (_("The check with %s was interrupted."), name);
    case SNUG_SAFETY_CHANGED:
      return g_strdup_printf (_("%s has come back with another certificate: /compare once more."), name);
    case SNUG_SAFETY_UNCHECKED:
    case SNUG_SAFETY_ASKED:
    case SNUG_SAFETY_MISMATCH:
    default:
      return NULL;
    }
}

static void
snug_cli_text_report_safety (SnugCliReport *report, SnugMember *member)
{
  g_autofree char *name = snug_display_text_one_line (snug_member_get_display_name (member),
                                                      SNUG_DISPLAY_NAME_MAX_CHARS);
  g_autofree char *text = describe_safety (member, name);

  if (text != NULL)
    print (SNUG_CLI_TEXT_REPORT (report), TRUE, STYLE_NONE, text);
}

static void
print_chat (SnugCliTextReport *self, SnugMessage *message, const char *sender)
{
  g_autofree char *safe = snug_display_text_block (snug_message_get_text (message));
  g_autofree char *body = snug_cli_text_indent (safe);
  g_autofree char *name = paint (self, STYLE_NAME, sender);
  g_autofree char *line = NULL;

  if (self->terminal != NULL)
    {
      gint64 seconds = snug_message_get_time_ms (message) / 1000;
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_local (seconds);
      g_autofree char *clock = at != NULL ? g_date_time_format (at, "%H:%M") : g_strdup ("");
      g_autofree char *time = paint (self, STYLE_DIM, clock);

      line = g_strdup_printf ("%s %s  %s", time, name, body);
    }
  else
    line = g_strdup_printf ("%s: %s", name, body);
  print (self, FALSE, STYLE_NONE, line);
}

static void
print_own (SnugCliTextReport *self, SnugMessage *message)
{
  if (self->terminal == NULL)
    return;
  print_chat (self, message, _("You"));
  if (snug_message_get_delivery (message) == SNUG_DELIVERY_QUEUED && !self->said_to_nobody)
    {
      self->said_to_nobody = TRUE;
      print (self, TRUE, STYLE_DIM,
             _("Nobody is here to read it yet: it waits until somebody is."));
    }
}

static void
snug_cli_text_report_message (SnugCliReport *report, SnugMessage *message)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  g_autofree char *text = NULL;

  switch (snug_message_get_kind (message))
    {
    case SNUG_MESSAGE_SYSTEM:
      text = snug_display_text_one_line (snug_message_get_text (message), MAX_NAME_CHARS);
      print (self, TRUE, STYLE_DIM, text);
      break;
    case SNUG_MESSAGE_TEXT:
      if (snug_message_get_own (message))
        print_own (self, message);
      else
        {
          text = snug_display_text_one_line (snug_message_get_sender_name (message),
                                             SNUG_DISPLAY_NAME_MAX_CHARS);
          print_chat (self, message, text);
        }
      break;
    case SNUG_MESSAGE_CARD:
    default:
      break;
    }
}

static void
snug_cli_text_report_delivered (SnugCliReport *report, const char *message_id,
                                const char *member_id)
{
  /* The terminal shows what was not delivered, not what was. */
}

/* (transfer full): as it stands in the middle of a line. */
static char *
name_sender (SnugMessage *message)
{
  if (snug_message_get_own (message))
    return g_strdup (_("You"));
  return snug_display_text_one_line (snug_message_get_sender_name (message), SNUG_DISPLAY_NAME_MAX_CHARS);
}

static void
snug_cli_text_report_edited (SnugCliReport *report, SnugMessage *message)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  g_autofree char *sender = name_sender (message);
  g_autofree char *safe = snug_display_text_block (snug_message_get_text (message));
  g_autofree char *body = snug_cli_text_indent (safe);
  /* Translators: name of a person, and what a message of theirs says now. */
  g_autofree char *line = g_strdup_printf (_("%s, edited: %s"), sender, body);

  print (self, FALSE, STYLE_NONE, line);
}

static void
snug_cli_text_report_deleted (SnugCliReport *report, SnugMessage *message)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  g_autofree char *sender = name_sender (message);
  g_autofree char *line = g_strdup_printf (_("%s deleted a message"), sender);

  print (self, FALSE, STYLE_DIM, line);
}

static void
snug_cli_text_report_reacted (SnugCliReport *report, SnugMessage *message, const char *member_id,
                              const char *name, const char *emoji, gboolean on)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  g_autofree char *who = *member_id == '\0' ? g_strdup (_("You"))
                                            : snug_display_text_one_line (name, SNUG_DISPLAY_NAME_MAX_CHARS);
  g_autofree char *text = snug_display_text_one_line (snug_message_get_text (message), EXCERPT_CHARS);
  /* Translators: name of a person, an emoji, and the message that it is about. */
  g_autofree char *line = g_strdup_printf (on ? _("%s: %s to “%s”") : _("%s took back %s to “%s”"), who, emoji, text);

  print (self, FALSE, STYLE_NONE, line);
}

/* (transfer full) (nullable): the line about a transfer that came to this state. */
static char *
describe_outgoing (SnugTransfer *transfer, const char *name, const char *who, const char *size)
{
  switch (snug_transfer_get_state (transfer))
    {
    case SNUG_TRANSFER_OFFERED:
      if (*who == '\0')
        /* Translators: name of a file, and its size. */
        return g_strdup_printf (_("Offered to whoever comes: %s (%s)"), name, size);
      /* Translators: name of a person, of a file, and its size. */
      return g_strdup_printf (_("Offered to %s: %s (%s)"), who, name, size);
    case SNUG_TRANSFER_DONE:
      return g_strdup_printf (_("%s has %s (%s)"), who, name, size);
    case SNUG_TRANSFER_DECLINED:
      return g_strdup_printf (_("%s does not want %s"), who, name);
    case SNUG_TRANSFER_ACCEPTED:
    case SNUG_TRANSFER_RUNNING:
    case SNUG_TRANSFER_PAUSED:
    case SNUG_TRANSFER_CANCELLED:
    case SNUG_TRANSFER_FAILED:
    default:
      return NULL;
    }
}

static char *
describe_incoming (SnugTransfer *transfer, const char *name, const char *who, const char *size)
{
  GFile *file = snug_transfer_get_file (transfer);
  g_autofree char *path = file != NULL ? g_file_get_parse_name (file) : NULL;
  g_autofree char *safe_path = path != NULL ? snug_display_text_one_line (path, G_MAXINT) : NULL;

  switch (snug_transfer_get_state (transfer))
    {
    case SNUG_TRANSFER_OFFERED:
      return g_strdup_printf (_("%s offers %s (%s)"), who, name, size);
    case SNUG_TRANSFER_DONE:
      return g_strdup_printf (_("From %s: %s (%s)"), who, safe_path != NULL ? safe_path : name,
                              size);
    case SNUG_TRANSFER_DECLINED:
      return g_strdup_printf (_("Declined: %s"), name);
    case SNUG_TRANSFER_ACCEPTED:
    case SNUG_TRANSFER_RUNNING:
    case SNUG_TRANSFER_PAUSED:
    case SNUG_TRANSFER_CANCELLED:
    case SNUG_TRANSFER_FAILED:
    default:
      return NULL;
    }
}

static char *
describe_end (SnugTransfer *transfer, const char *name)
{
  const char *reason = snug_transfer_get_reason (transfer);
  SnugTransferState state = snug_transfer_get_state (transfer);
  g_autofree char *safe = snug_display_text_one_line (reason != NULL ? reason : "", MAX_NAME_CHARS);

  if (state == SNUG_TRANSFER_PAUSED)
    return *safe != '\0' ? g_strdup_printf (_("%s is paused: %s"), name, safe)
                         : g_strdup_printf (_("%s is paused"), name);
  if (state == SNUG_TRANSFER_CANCELLED)
    return *safe != '\0' ? g_strdup_printf (_("%s was cancelled: %s"), name, safe)
                         : g_strdup_printf (_("%s was cancelled"), name);
  if (state == SNUG_TRANSFER_FAILED)
    return *safe != '\0' ? g_strdup_printf (_("%s did not arrive: %s"), name, safe)
                         : g_strdup_printf (_("%s did not arrive"), name);
  return NULL;
}

static void
tell_transfer (SnugCliTextReport *self, SnugTransfer *transfer)
{
  gboolean in = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;
  g_autofree char *name = snug_display_text_one_line (snug_transfer_get_name (transfer),
                                                      MAX_NAME_CHARS);
  g_autofree char *who = snug_display_text_one_line (snug_transfer_get_member_name (transfer),
                                                     SNUG_DISPLAY_NAME_MAX_CHARS);
  g_autofree char *size = g_format_size (snug_transfer_get_size (transfer));
  g_autofree char *text = in ? describe_incoming (transfer, name, who, size)
                             : describe_outgoing (transfer, name, who, size);
  gboolean bad = text == NULL;

  if (text == NULL)
    text = describe_end (transfer, name);
  if (text != NULL)
    print (self, FALSE, bad ? STYLE_WARNING : STYLE_NONE, text);
}

static void
snug_cli_text_report_transfer (SnugCliReport *report, SnugTransfer *transfer, const char *sha256)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  guint state = (guint) snug_transfer_get_state (transfer) + 1;
  const char *id = snug_transfer_get_id (transfer);

  if (!snug_transfer_is_active (transfer))
    g_ptr_array_remove (self->active, transfer);
  else if (!g_ptr_array_find (self->active, transfer, NULL))
    g_ptr_array_add (self->active, g_object_ref (transfer));
  if (GPOINTER_TO_UINT (g_hash_table_lookup (self->told, id)) != state)
    {
      g_hash_table_insert (self->told, g_strdup (id), GUINT_TO_POINTER (state));
      tell_transfer (self, transfer);
    }
  show_rows (self);
}

static void
snug_cli_text_report_error (SnugCliReport *report, const char *code, const char *message,
                            const char *member_id)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (report);
  g_autofree char *safe = snug_display_text_block (message);

  print (self, TRUE, STYLE_WARNING, safe);
}

static void
snug_cli_text_report_unfinished (SnugCliReport *report, SnugUnfinished *unfinished)
{
  g_autofree char *here = g_format_size (snug_unfinished_get_bytes (unfinished));
  g_autofree char *whole = g_format_size (snug_unfinished_get_size (unfinished));
  /* Translators: a file name, and how much of it is here. */
  g_autofree char *words = g_strdup_printf (_("Unfinished: %s, %s of %s. It goes on when it is offered again."),
                                            snug_unfinished_get_name (unfinished), here, whole);

  snug_cli_report_notice (report, words);
}

static void
snug_cli_text_report_notice (SnugCliReport *report, const char *text)
{
  print (SNUG_CLI_TEXT_REPORT (report), TRUE, STYLE_NONE, text);
}

static void
snug_cli_text_report_flush (SnugCliReport *report)
{
}

SnugCliReport *
snug_cli_text_report_new (SnugCliTerminal *terminal)
{
  SnugCliTextReport *self = g_object_new (SNUG_CLI_TYPE_TEXT_REPORT, NULL);

  if (terminal != NULL)
    {
      self->terminal = g_object_ref (terminal);
      g_signal_connect_object (terminal, "resized", G_CALLBACK (show_rows), self,
                               G_CONNECT_SWAPPED);
    }
  return SNUG_CLI_REPORT (self);
}

static void
snug_cli_text_report_finalize (GObject *object)
{
  SnugCliTextReport *self = SNUG_CLI_TEXT_REPORT (object);

  g_clear_object (&self->terminal);
  g_ptr_array_unref (self->active);
  g_hash_table_unref (self->told);
  g_free (self->status);
  g_free (self->last_room);
  G_OBJECT_CLASS (snug_cli_text_report_parent_class)->finalize (object);
}

static void
snug_cli_text_report_class_init (SnugCliTextReportClass *klass)
{
  SnugCliReportClass *report_class = SNUG_CLI_REPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = snug_cli_text_report_finalize;
  report_class->room = snug_cli_text_report_room;
  report_class->member = snug_cli_text_report_member;
  report_class->safety = snug_cli_text_report_safety;
  report_class->message = snug_cli_text_report_message;
  report_class->delivered = snug_cli_text_report_delivered;
  report_class->edited = snug_cli_text_report_edited;
  report_class->deleted = snug_cli_text_report_deleted;
  report_class->reacted = snug_cli_text_report_reacted;
  report_class->transfer = snug_cli_text_report_transfer;
  report_class->error = snug_cli_text_report_error;
  report_class->unfinished = snug_cli_text_report_unfinished;
  report_class->notice = snug_cli_text_report_notice;
  report_class->flush = snug_cli_text_report_flush;
}

static void
snug_cli_text_report_init (SnugCliTextReport *self)
{
  self->active = g_ptr_array_new_with_free_func (g_object_unref);
  self->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
