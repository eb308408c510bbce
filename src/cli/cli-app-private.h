/* cli-app-private: what the files of the program share. cli-app.c begins and ends it, cli-app-room.c follows the
 * room and who is in it, cli-app-files.c what comes and goes, cli-app-typing.c does what lines say.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "cli-app.h"
#include "cli-line-reader.h"
#include "cli-questions.h"
#include "cli-report.h"
#include "cli-terminal.h"
#include "cli-watch.h"

G_BEGIN_DECLS

typedef struct
{
  /* Owned */
  GMainLoop            *loop;
  SnugSession          *session;
  SnugCliReport        *report;
  SnugCliTerminal      *terminal;       /* nullable */
  SnugCliQuestions     *questions;      /* nullable */
  SnugCliLineReader    *reader;         /* nullable */
  SnugCliWatch         *members;
  SnugCliWatch         *messages;
  SnugCliWatch         *transfers;
  GCancellable         *cancellable;
  GHashTable           *settled;        /* ids of transfers whose end was told */
  guint                 signal_sources[3];
  guint                 timeout_source;
  guint                 last_words_source;
  guint                 leave_source;

  const SnugCliOptions *options;        /* borrowed */
  SnugCliUntil          until;
  int                   status;
  guint                 n_hashing;      /* whole files whose end is not told yet */
  gboolean              entered;        /* we were in the room */
  gboolean              was_connected;
  gboolean              said;           /* --say is through */
  gboolean              failed_once;    /* a transfer did */
  gboolean              unreachable_once;
  gboolean              leaving;
} SnugCliApp;

/* cli-app.c */
void        snug_cli_app_leave       (SnugCliApp *app, int status);
/* The same for a reason, which is told. */
void        snug_cli_app_fail        (SnugCliApp *app, int status, const char *code, const char *message);
/* Before --until holds. @status_if_asked: for who asked for --until */
void        snug_cli_app_leave_early (SnugCliApp *app, int status_if_asked);
/* Something that --until counts has changed. */
void        snug_cli_app_check_until (SnugCliApp *app);

/* cli-app-room.c */
void        snug_cli_app_listen_to_room (SnugCliApp *app);
/* The session is over, for its error: leaves, goes on or asks. */
void        snug_cli_app_room_failed    (SnugCliApp *app);

/* cli-app-files.c */
void        snug_cli_app_listen_to_files     (SnugCliApp *app);
void        snug_cli_app_offer               (SnugCliApp *app, const char *path);
void        snug_cli_app_look_for_unfinished (SnugCliApp *app);

/* cli-app-typing.c */
void        snug_cli_app_listen_to_typing   (SnugCliApp *app);
/* Lines of standard input, where nobody types. */
void        snug_cli_app_start_reading      (SnugCliApp *app);
void        snug_cli_app_say_what_was_asked (SnugCliApp *app);
void        snug_cli_app_show_link          (SnugCliApp *app);

G_END_DECLS
