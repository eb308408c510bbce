/* snug-fake-session-private: what a scene fills and the session's face shows.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-fake-session.h"

G_BEGIN_DECLS

struct _SnugSession
{
  GObject             parent_instance;

  /* Owned */
  char               *name;
  char               *server;
  char               *web_root;
  char               *listen;
  const char         *trouble;         /* borrowed */
  char               *code;
  char               *link;
  GPtrArray          *ice_servers;
  GFile              *save_to;
  GError             *error;
  GListStore         *members;
  GListStore         *messages;
  GListStore         *transfers;
  GListStore         *unfinished;
  GListStore         *nearby;

  SnugSessionState    state;
  gboolean            stripes;
  int                 numbers[5];      /* device, relay, accept, conflict, nearby policies */
  guint               capacity;
  gint64              expires;
  const char         *secret;      /* nullable */
  const char         *knock;       /* nullable */
  gboolean            guessed;
  gboolean            rounds_proxy;
  gboolean            lacks_relay;
  SnugAnnouncement    announcement;
  gboolean            shuts_browsers_out;
  gboolean            is_host;
  gboolean            is_locked;
};

/* All of it may have changed. */
void snug_fake_session_notify_all (SnugSession *self);

G_END_DECLS
