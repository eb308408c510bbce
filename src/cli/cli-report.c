/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-report.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "cli-qr.h"
#include "cli-terminal.h"

G_DEFINE_ABSTRACT_TYPE (SnugCliReport, snug_cli_report, G_TYPE_OBJECT)

static guint broken_signal;

void
snug_cli_report_room (SnugCliReport *self, SnugSession *session, const char *state)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->room (self, session, state);
}

void
snug_cli_report_member (SnugCliReport *self, SnugMember *member, const char *property)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->member (self, member, property);
}

void
snug_cli_report_safety (SnugCliReport *self, SnugMember *member)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->safety (self, member);
}

void
snug_cli_report_message (SnugCliReport *self, SnugMessage *message)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->message (self, message);
}

void
snug_cli_report_delivered (SnugCliReport *self, const char *message_id, const char *member_id)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->delivered (self, message_id, member_id);
}

void
snug_cli_report_edited (SnugCliReport *self, SnugMessage *message)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->edited (self, message);
}

void
snug_cli_report_deleted (SnugCliReport *self, SnugMessage *message)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->deleted (self, message);
}

void
snug_cli_report_reacted (SnugCliReport *self, SnugMessage *message, const char *member_id, const char *name,
                         const char *emoji, gboolean on)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->reacted (self, message, member_id, name, emoji, on);
}

void
snug_cli_report_transfer (SnugCliReport *self, SnugTransfer *transfer, const char *sha256)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->transfer (self, transfer, sha256);
}

void
snug_cli_report_error (SnugCliReport *self, const char *code, const char *message,
                       const char *member_id)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->error (self, code, message, member_id);
}

void
snug_cli_report_unfinished (SnugCliReport *self, SnugUnfinished *unfinished)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->unfinished (self, unfinished);
}

void
snug_cli_report_notice (SnugCliReport *self, const char *text)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->notice (self, text);
}

void
snug_cli_report_flush (SnugCliReport *self)
{
  SNUG_CLI_REPORT_GET_CLASS (self)->flush (self);
}

void
snug_cli_report_write (SnugCliReport *self, gboolean to_stderr, const char *line)
{
  FILE *stream = to_stderr ? stderr : stdout;

  if ((fputs (line, stream) < 0 || fputc ('\n', stream) < 0 || fflush (stream) != 0) && !to_stderr)
    g_signal_emit (self, broken_signal, 0);
}

static char *
make_qr (const char *link)
{
  guint columns = isatty (STDERR_FILENO) ? snug_cli_terminal_width (STDERR_FILENO) : G_MAXUINT;
  SnugCliQrStyle style = 0;

  if (g_get_charset (NULL))
    style |= SNUG_CLI_QR_UTF8;
  if (snug_cli_terminal_has_colors (STDERR_FILENO))
    style |= SNUG_CLI_QR_COLORS;
  return snug_cli_qr_to_text (link, columns, style);
}

char *
snug_cli_report_describe_room (SnugSession *session)
{
  const char *link = snug_session_get_link (session);
  const char *invite = snug_session_get_invite (session);
  GString *text = g_string_new (NULL);

  if (link != NULL)
    {
      g_autofree char *qr = make_qr (link);

      if (qr != NULL)
        g_string_append_printf (text, "%s\n%s\n",
                                _("Scan with a phone camera, or open the link:"), qr);
      g_string_append_printf (text, _("Room link: %s"), link);
      g_string_append_c (text, '\n');
    }
  if (invite != NULL)
    g_string_append_printf (text, _("Invite: %s"), invite);
  return g_string_free (text, FALSE);
}

static void
snug_cli_report_class_init (SnugCliReportClass *klass)
{
  broken_signal = g_signal_new ("broken", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_cli_report_init (SnugCliReport *self)
{
}
