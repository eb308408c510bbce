/* cli-report: tells what happens in the room, to a script or to a person.
 *
 * Abstract; belongs to the default main context. The app tells it everything, it chooses what to
 * say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_CLI_TYPE_REPORT (snug_cli_report_get_type ())
G_DECLARE_DERIVABLE_TYPE (SnugCliReport, snug_cli_report, SNUG_CLI, REPORT, GObject)

struct _SnugCliReportClass
{
  GObjectClass parent_class;

  void (*room)      (SnugCliReport *self, SnugSession *session, const char *state);
  void (*member)    (SnugCliReport *self, SnugMember *member, const char *property);
  void (*safety)    (SnugCliReport *self, SnugMember *member);
  void (*message)   (SnugCliReport *self, SnugMessage *message);
  void (*delivered) (SnugCliReport *self, const char *message_id, const char *member_id);
  void (*edited)    (SnugCliReport *self, SnugMessage *message);
  void (*deleted)   (SnugCliReport *self, SnugMessage *message);
  void (*reacted)   (SnugCliReport *self, SnugMessage *message, const char *member_id, const char *name,
                     const char *emoji, gboolean on);
  void (*transfer)  (SnugCliReport *self, SnugTransfer *transfer, const char *sha256);
  void (*unfinished) (SnugCliReport *self, SnugUnfinished *unfinished);
  void (*error)     (SnugCliReport *self, const char *code, const char *message,
                     const char *member_id);
  void (*notice)    (SnugCliReport *self, const char *text);
  void (*flush)     (SnugCliReport *self);
};

/**
 * SnugCliReport::broken: nobody reads what we write any more
 */

/* @state: of snug_cli_room_state(), %NULL before there is a room. */
void snug_cli_report_room      (SnugCliReport *self, SnugSession *session, const char *state);
/* @property: what changed, %NULL if they are new. */
void snug_cli_report_member    (SnugCliReport *self, SnugMember *member, const char *property);
/* What is known of the safety phrase with them. */
void snug_cli_report_safety    (SnugCliReport *self, SnugMember *member);
void snug_cli_report_message   (SnugCliReport *self, SnugMessage *message);
void snug_cli_report_delivered (SnugCliReport *self, const char *message_id, const char *member_id);
/* What was said is changed, by its sender; or somebody's emoji below it, @member_id "" is ours. */
void snug_cli_report_edited    (SnugCliReport *self, SnugMessage *message);
void snug_cli_report_deleted   (SnugCliReport *self, SnugMessage *message);
void snug_cli_report_reacted   (SnugCliReport *self, SnugMessage *message, const char *member_id,
                                const char *name, const char *emoji, gboolean on);
/* New, or changed in any way. @sha256: nullable. */
void snug_cli_report_transfer  (SnugCliReport *self, SnugTransfer *transfer, const char *sha256);
/* Left behind by an earlier program. */
void snug_cli_report_unfinished (SnugCliReport *self, SnugUnfinished *unfinished);
/* @message: a sentence. @member_id: (nullable): whom it is about. */
void snug_cli_report_error     (SnugCliReport *self, const char *code, const char *message,
                                const char *member_id);
/* A word for a person only. */
void snug_cli_report_notice    (SnugCliReport *self, const char *text);
/* Says now what was kept back. */
void snug_cli_report_flush     (SnugCliReport *self);

/* For subclasses: a line to a stream, at once; "broken" if that fails. */
void snug_cli_report_write     (SnugCliReport *self, gboolean to_stderr, const char *line);

/**
 * snug_cli_report_describe_room:
 *
 * Returns: (transfer full): room link, invite and QR code as they are shown to a person on
 * standard error
 */
char *snug_cli_report_describe_room (SnugSession *session);

G_END_DECLS
