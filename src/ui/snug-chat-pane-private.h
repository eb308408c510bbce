/* snug-chat-pane-private: what the pane's two files share.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-chat-pane.h"
#include "snug-chat-search.h"
#include "snug-composer.h"
#include "snug-message-row.h"

G_BEGIN_DECLS

struct _SnugChatPane
{
  AdwBin             parent_instance;

  SnugSession       *session;      /* owned */
  GListModel        *messages;     /* owned: the session's, in batches */
  gboolean           follows;      /* the newest message is kept in sight */
  gboolean           roomy;        /* there is room for the people beside the chat */
  gboolean           has_people;   /* their rows are made */
  guint              following;    /* source; 0: none */
  double             extent;       /* of the list beyond the page, when it was last heard of */
  SnugMessage       *first_unread; /* owned, nullable */
  SnugMessage       *to_point_out; /* owned, nullable: once its row is there */
  GHashTable        *rows;         /* owned: message → row that shows it; both borrowed */

  /* Template */
  SnugChatSearch    *search;
  GtkStack          *stack;
  AdwStatusPage     *outside;
  AdwStatusPage     *empty;
  GtkScrolledWindow *scroller;
  GtkListView       *list;
  GtkRevealer       *to_end;
  GtkWidget         *writing;
  GtkRevealer       *typing_revealer;
  GtkLabel          *typing;
  SnugComposer      *composer;
  GtkWidget         *side;
  GtkListBox        *people;
};

/* Brings @message into sight, and points it out there. */
void            snug_chat_pane_go_to           (SnugChatPane *self, SnugMessage *message);
/* (nullable): the row that shows it now. */
SnugMessageRow *snug_chat_pane_get_row         (SnugChatPane *self, SnugMessage *message);

/* snug-chat-commands.c: what is done with messages. */
void            snug_chat_pane_install_commands (GtkWidgetClass *klass);
void            snug_chat_pane_connect_composer (SnugChatPane *self);

G_END_DECLS
