/* snug-dialect: how one member talks on its data channels, put into the messages that we know.
 *
 * Abstract; belongs to the network context. The negotiator owns one for its member: version 2 or version
 * 1 (PROTOCOL.md sections 4 and 5). Whatever a version does differently is in its dialect or among its
 * rules, and nowhere else.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-file-stream.h"
#include "snug-member.h"
#include "snug-peer-connection.h"
#include "snug-wire.h"

G_BEGIN_DECLS

/* What is fixed for a version. Static, so that every context may read it. */
typedef struct
{
  guint             version;
  /* What such a member is; unknown where it says so itself. */
  SnugMemberDevice  device;

  /* Whether we make the offers to such a member, for as long as both are in the room. */
  gboolean        (*we_offer) (const char *role, guint64 own_seq, guint64 seq);
  /* It has another `seq` at each entry, and is the same member. */
  gboolean          is_renumbered;
  /* `restart` asks the offerer for an offer. */
  gboolean          takes_requests;
  /* The offerer mends a lost route by itself; if it did not in this much time it is asked to. */
  guint             ask_patience_ms;
  /* A member that enters again may have lost all it knew of us, and does not say so. */
  gboolean          forgets_silently;
  /* A new session is taken for the old one unless its certificate is another. */
  gboolean          renews_certificate;
  /* A restart of ICE that does not help is followed by a new session. */
  gboolean          restarts_once;
  /* No second offer before the first had this much time to be answered; */
  guint             answer_patience_ms;
  /* and this much to open the session; 0: the connection keeps its own time. */
  guint             open_patience_ms;
  /* How long a first route is looked for, over all sessions; 0: each has its own time. */
  guint             route_patience_ms;
  /* How long it is tried to reach a member at first, and again after it was connected. */
  guint             first_patience_ms;
  guint             again_patience_ms;

  /* Files above this many bytes are trouble there; the words, untranslated, say so to a person. */
  guint64           large_file_bytes;
  const char       *large_file_words;
  /* Nullable: what a person can do when the member cannot be reached any more, untranslated. */
  const char       *lost_words;
} SnugDialectRules;

#define SNUG_TYPE_DIALECT (snug_dialect_get_type ())
G_DECLARE_DERIVABLE_TYPE (SnugDialect, snug_dialect, SNUG, DIALECT, GObject)

/**
 * SnugDialectFunc:
 * @message: (transfer full): what the member said, or what its silence means
 */
typedef void (*SnugDialectFunc) (SnugWireMessage *message, gpointer user_data);

struct _SnugDialectClass
{
  GObjectClass parent_class;

  const SnugDialectRules *rules;

  /* The session channel is open; it is gone. */
  void (*begin)         (SnugDialect *self);
  void (*end)           (SnugDialect *self);
  void (*hear)          (SnugDialect *self, GBytes *message, gboolean is_text);
  void (*say)           (SnugDialect *self, const SnugWireMessage *message);
  /* Returns: %FALSE if nobody expects that channel: it is closed then. */
  gboolean (*hear_channel) (SnugDialect *self, SnugDataChannel *channel);
  void (*open_file)     (SnugDialect *self, const char *id, SnugFileStreamFunc func, gpointer user_data);
  void (*expect_file)   (SnugDialect *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                         GDestroyNotify destroy);
};

void snug_dialect_set_func       (SnugDialect *self, SnugDialectFunc func, gpointer user_data);
/* @connection: (nullable) */
void snug_dialect_set_connection (SnugDialect *self, SnugPeerConnection *connection);

void snug_dialect_begin (SnugDialect *self, SnugDataChannel *session);
void snug_dialect_end   (SnugDialect *self);
void snug_dialect_say   (SnugDialect *self, const SnugWireMessage *message);

/* A channel that the member opened, other than the session. */
void snug_dialect_hear_channel (SnugDialect *self, SnugDataChannel *channel);

/* To send the bytes of what we offered as @id; @func is called at once. */
void snug_dialect_open_file    (SnugDialect *self, const char *id, SnugFileStreamFunc func,
                                gpointer user_data, GDestroyNotify destroy);
/* To receive those of what was offered as @id; @func is called when they come. */
void snug_dialect_expect_file  (SnugDialect *self, const char *id, SnugFileStreamFunc func,
                                gpointer user_data, GDestroyNotify destroy);

const SnugDialectRules *snug_dialect_get_rules (SnugDialect *self);

/* For subclasses. */
SnugPeerConnection *snug_dialect_get_connection (SnugDialect *self);   /* nullable */
SnugDataChannel    *snug_dialect_get_session    (SnugDialect *self);   /* nullable: not open */
/* @message: (transfer full) */
void                snug_dialect_tell           (SnugDialect *self, SnugWireMessage *message);
gboolean            snug_dialect_send_text      (SnugDialect *self, const char *text);
/* Something a stranger should not have said. */
void                snug_dialect_count_nonsense (SnugDialect *self, const char *what);

G_END_DECLS
