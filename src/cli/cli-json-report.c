/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-json-report.h"

#include "cli-events.h"
#include "snug-secret.h"

/* Progress lines of one transfer come at most this often. */
#define PROGRESS_US (G_USEC_PER_SEC / 2)

typedef struct
{
  SnugTransferState state;
  gboolean          told;
  gint64            started_us;    /* 0: not running yet */
  gint64            told_us;
} Progress;

struct _SnugCliJsonReport
{
  SnugCliReport  parent_instance;

  /* Owned */
  GPtrArray     *changed;       /* of SnugMember: to be told when this turn of the loop is over */
  GHashTable    *members;       /* id → the last line told */
  GHashTable    *progress;      /* id → Progress */
  char          *room;          /* the last line told, nullable */
  char          *code;          /* of the room, to be told when it is over; nullable, as the next */
  char          *invite;
  char          *link;
  guint          idle;
};

G_DEFINE_FINAL_TYPE (SnugCliJsonReport, snug_cli_json_report, SNUG_CLI_TYPE_REPORT)

static void
tell_member (SnugCliJsonReport *self, SnugMember *member)
{
  g_autofree char *line = NULL;
  const char *last = g_hash_table_lookup (self->members, snug_member_get_id (member));

  /* The contract has no word for it among the states: an error tells it. */
  if (snug_member_get_state (member) == SNUG_MEMBER_FAILED)
    return;
  line = snug_cli_event_member (member);
  if (g_strcmp0 (line, last) == 0)
    return;
  snug_cli_report_write (SNUG_CLI_REPORT (self), FALSE, line);
  g_hash_table_insert (self->members, g_strdup (snug_member_get_id (member)),
                       g_steal_pointer (&line));
}

static void
snug_cli_json_report_flush (SnugCliReport *report)
{
  SnugCliJsonReport *self = SNUG_CLI_JSON_REPORT (report);
  g_autoptr (GPtrArray) changed = g_steal_pointer (&self->changed);

  g_clear_handle_id (&self->idle, g_source_remove);
  self->changed = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < changed->len; i++)
    tell_member (self, g_ptr_array_index (changed, i));
}

static gboolean
on_idle (gpointer user_data)
{
  SnugCliJsonReport *self = user_data;

  self->idle = 0;
  snug_cli_json_report_flush (SNUG_CLI_REPORT (self));
  return G_SOURCE_REMOVE;
}

/* Lines keep their order: what is waiting goes first. */
static void
tell (SnugCliReport *report, const char *line)
{
  snug_cli_report_flush (report);
  snug_cli_report_write (report, FALSE, line);
}

static void
remember_room (SnugCliJsonReport *self, SnugSession *session)
{
  if (snug_session_get_code (session) == NULL)
    return;
  g_free (self->code);
  snug_wipe_string (&self->invite);
  snug_wipe_string (&self->link);
  self->code = g_strdup (snug_session_get_code (session));
  self->invite = g_strdup (snug_session_get_invite (session));
  self->link = g_strdup (snug_session_get_link (session));
}

static void
snug_cli_json_report_room (SnugCliReport *report, SnugSession *session, const char *state)
{
  SnugCliJsonReport *self = SNUG_CLI_JSON_REPORT (report);
  char *line;

  if (state == NULL)
    return;
  remember_room (self, session);
  line = snug_cli_event_room (self->code, self->invite, self->link, state);
  if (g_strcmp0 (line, self->room) != 0)
    {
      snug_wipe_string (&self->room);
      self->room = g_strdup (line);
      tell (report, line);
    }
  snug_wipe_string (&line);
}

static gboolean
is_worth_telling (SnugCliJsonReport *self, SnugMember *member, const char *property)
{
  static const char *const properties[] = { "state", "name", "legacy", NULL };
  const char *last = g_hash_table_lookup (self->members, snug_member_get_id (member));

  if (property == NULL || g_strv_contains (properties, property))
    return TRUE;
  /* The way is looked for until they are connected. */
  if (snug_member_get_state (member) != SNUG_MEMBER_CONNECTED)
    return FALSE;
  if (g_str_equal (property, "path"))
    return TRUE;
  /* The round trip changes all the time: its first value is told. */
  return g_str_equal (property, "rtt-ms") && last != NULL && g_strrstr (last, "\"rtt_ms\"") == NULL;
}

static void
snug_cli_json_report_member (SnugCliReport *report, SnugMember *member, const char *property)
{
  SnugCliJsonReport *self = SNUG_CLI_JSON_REPORT (report);

  if (!is_worth_telling (self, member, property))
    return;
  /* Name, path and state come together, each with its own notification: one line tells all. */
  if (!g_ptr_array_find (self->changed, member, NULL))
    g_ptr_array_add (self->changed, g_object_ref (member));
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, self, NULL);
}

static void
snug_cli_json_report_safety (SnugCliReport *report, SnugMember *member)
{
  g_autofree char *line = snug_cli_event_safety (member);

  tell (report, line);
}

static void
snug_cli_json_report_message (SnugCliReport *report, SnugMessage *message)
{
  g_autofree char *line = NULL;

  if (snug_message_get_kind (message) != SNUG_MESSAGE_TEXT || snug_message_get_own (message))
    return;
  line = snug_cli_event_chat (message);
  tell (report, line);
}

static void
snug_cli_json_report_delivered (SnugCliReport *report, const char *message_id,
                                const char *member_id)
{
  g_autofree char *line = snug_cli_event_delivered (message_id, member_id);

  tell (report, line);
}

/* As of messages: what a script does itself it knows. */
static void
snug_cli_json_report_edited (SnugCliReport *report, SnugMessage *message)
{
  g_autofree char *line = snug_cli_event_edited (message);

  if (!snug_message_get_own (message))
    tell (report, line);
}

static void
snug_cli_json_report_deleted (SnugCliReport *report, SnugMessage *message)
{
  g_autofree char *line = snug_cli_event_deleted (message);

  if (!snug_message_get_own (message))
    tell (report, line);
}

static void
snug_cli_json_report_reacted (SnugCliReport *report, SnugMessage *message, const char *member_id,
                              const char *name, const char *emoji, gboolean on)
{
  g_autofree char *line = snug_cli_event_reacted (message, member_id, emoji, on);

  if (*member_id != '\0')
    tell (report, line);
}

static Progress *
find_progress (SnugCliJsonReport *self, SnugTransfer *transfer)
{
  const char *id = snug_transfer_get_id (transfer);
  Progress *progress = g_hash_table_lookup (self->progress, id);

  if (progress == NULL)
    {
      progress = g_new0 (Progress, 1);
      g_hash_table_insert (self->progress, g_strdup (id), progress);
    }
  return progress;
}

/* Megabytes a second: now, or over all when it is done; < 0 where that means nothing. */
static double
rate_of (SnugTransfer *transfer, const Progress *progress, gint64 now_us)
{
  SnugTransferState state = snug_transfer_get_state (transfer);
  gint64 elapsed_us = now_us - progress->started_us;

  if (state == SNUG_TRANSFER_RUNNING)
    return snug_transfer_get_speed (transfer) / 1e6;
  if (state == SNUG_TRANSFER_DONE && progress->started_us != 0 && elapsed_us > 0)
    return (double) snug_transfer_get_size (transfer) / (double) elapsed_us;
  return -1;
}

static void
snug_cli_json_report_transfer (SnugCliReport *report, SnugTransfer *transfer, const char *sha256)
{
  SnugCliJsonReport *self = SNUG_CLI_JSON_REPORT (report);
  Progress *progress = find_progress (self, transfer);
  SnugTransferState state = snug_transfer_get_state (transfer);
  gint64 now_us = g_get_monotonic_time ();
  g_autofree char *line = NULL;

  /* An offer that nobody is there for is told when it is made to somebody. */
  if (*snug_transfer_get_member_id (transfer) == '\0')
    return;
  if (state == SNUG_TRANSFER_RUNNING && progress->started_us == 0)
    progress->started_us = now_us;
  if (progress->told && progress->state == state
      && (state != SNUG_TRANSFER_RUNNING || now_us - progress->told_us < PROGRESS_US))
    return;
  progress->told = TRUE;
  progress->state = state;
  progress->told_us = now_us;
  line = snug_cli_event_transfer (transfer, rate_of (transfer, progress, now_us), sha256);
  tell (report, line);
}

static void
snug_cli_json_report_unfinished (SnugCliReport *report, SnugUnfinished *unfinished)
{
  g_autofree char *line = snug_cli_event_unfinished (unfinished);

  tell (report, line);
}

static void
snug_cli_json_report_error (SnugCliReport *report, const char *code, const char *message,
                            const char *member_id)
{
  g_autofree char *line = snug_cli_event_error (code, message, member_id);

  tell (report, line);
}

/* Standard output is the script's alone; who runs it may look at standard error. */
static void
snug_cli_json_report_notice (SnugCliReport *report, const char *text)
{
  snug_cli_report_write (report, TRUE, text);
}

SnugCliReport *
snug_cli_json_report_new (void)
{
  return g_object_new (SNUG_CLI_TYPE_JSON_REPORT, NULL);
}

static void
snug_cli_json_report_finalize (GObject *object)
{
  SnugCliJsonReport *self = SNUG_CLI_JSON_REPORT (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_ptr_array_unref (self->changed);
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->progress);
  snug_wipe_string (&self->room);
  g_free (self->code);
  snug_wipe_string (&self->invite);
  snug_wipe_string (&self->link);
  G_OBJECT_CLASS (snug_cli_json_report_parent_class)->finalize (object);
}

static void
snug_cli_json_report_class_init (SnugCliJsonReportClass *klass)
{
  SnugCliReportClass *report_class = SNUG_CLI_REPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = snug_cli_json_report_finalize;
  report_class->room = snug_cli_json_report_room;
  report_class->member = snug_cli_json_report_member;
  report_class->safety = snug_cli_json_report_safety;
  report_class->message = snug_cli_json_report_message;
  report_class->delivered = snug_cli_json_report_delivered;
  report_class->edited = snug_cli_json_report_edited;
  report_class->deleted = snug_cli_json_report_deleted;
  report_class->reacted = snug_cli_json_report_reacted;
  report_class->transfer = snug_cli_json_report_transfer;
  report_class->unfinished = snug_cli_json_report_unfinished;
  report_class->error = snug_cli_json_report_error;
  report_class->notice = snug_cli_json_report_notice;
  report_class->flush = snug_cli_json_report_flush;
}

static void
snug_cli_json_report_init (SnugCliJsonReport *self)
{
  self->changed = g_ptr_array_new_with_free_func (g_object_unref);
  self->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->progress = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}
