/* snug-words: what the window says, as text made from the models.
 *
 * Nothing here keeps state or touches a widget, so every sentence can be tested without a display.
 * All results are plain text for a label, never markup.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

/* The one thing that is wrong now, and the one button that may help. */
typedef struct
{
  char       *title;      /* owned; "Room is full" */
  char       *body;       /* owned; what happened and what it means */
  const char *button;     /* borrowed, translated; NULL: nothing to press */
  const char *action;     /* borrowed; name of the action behind the button */
  const char *refusal;    /* borrowed, translated; what may be said instead; nullable, as its action */
  const char *refuse_action;
  gboolean    over;       /* the room is gone: the Room page is about nothing else */
} SnugProblem;

SnugProblem *snug_problem_new  (SnugSession *session);   /* (nullable): NULL while all is well */
void         snug_problem_free (SnugProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SnugProblem, snug_problem_free)

/* (transfer full). "QXWV23", or the program's name outside a room. */
char       *snug_words_title          (SnugSession *session);
/* (transfer full). "3 people · direct". @lost_s: seconds since the connection was lost. */
char       *snug_words_subtitle       (SnugSession *session, gint64 lost_s);
/* (transfer full). What a server can and cannot see, true to the mode of the room. @session: NULL
 * outside one. */
char       *snug_words_privacy        (SnugSession *session);
/* (transfer full). What is not as one might think in this room, a sentence each; none if all is. */
char      **snug_words_caveats        (SnugSession *session);

/* (transfer full). "Direct, local network · 3.1 ms", "Connecting…", "Away". */
char       *snug_words_member         (SnugMember *member);
/* What the safety phrase with them is for, or what has come of it; static. */
const char *snug_words_safety         (SnugMember *member);
const char *snug_words_device_icon    (SnugMemberDevice device);
const char *snug_words_device_name    (SnugMemberDevice device);
/* (transfer full). "Ana is typing…", "" if nobody is. */
char       *snug_words_typing         (GListModel *members);

/* (transfer full). "14:02" in the locale's clock. */
char       *snug_words_clock          (gint64 time_ms);
/* (transfer full). "Today", "Yesterday", "Tomorrow", "Monday, 4 May". */
char       *snug_words_day            (gint64 time_ms, gint64 now_ms);
gboolean    snug_words_same_day       (gint64 a_ms, gint64 b_ms);

G_END_DECLS
