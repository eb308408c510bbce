/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-dialect.h"

typedef struct
{
  /* Owned */
  SnugPeerConnection *connection;   /* nullable */
  SnugDataChannel    *session;      /* nullable */

  SnugDialectFunc     func;
  gpointer            user_data;    /* borrowed */
  guint               n_nonsense;
} SnugDialectPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SnugDialect, snug_dialect, G_TYPE_OBJECT)

static SnugDialectPrivate *
priv (SnugDialect *self)
{
  return snug_dialect_get_instance_private (self);
}

void
snug_dialect_set_func (SnugDialect *self, SnugDialectFunc func, gpointer user_data)
{
  priv (self)->func = func;
  priv (self)->user_data = user_data;
}

void
snug_dialect_set_connection (SnugDialect *self, SnugPeerConnection *connection)
{
  g_set_object (&priv (self)->connection, connection);
}

static void
on_session_message (SnugDataChannel *session, GBytes *message, gboolean is_text, gpointer user_data)
{
  g_autoptr (SnugDialect) self = g_object_ref (user_data);

  SNUG_DIALECT_GET_CLASS (self)->hear (self, message, is_text);
}

void
snug_dialect_begin (SnugDialect *self, SnugDataChannel *session)
{
  snug_dialect_end (self);
  priv (self)->session = g_object_ref (session);
  SNUG_DIALECT_GET_CLASS (self)->begin (self);
  snug_data_channel_set_message_func (session, on_session_message, self, NULL);
}

void
snug_dialect_end (SnugDialect *self)
{
  SnugDialectPrivate *p = priv (self);

  if (p->session == NULL)
    return;
  SNUG_DIALECT_GET_CLASS (self)->end (self);
  snug_data_channel_set_message_func (p->session, NULL, NULL, NULL);
  g_clear_object (&p->session);
}

void
snug_dialect_say (SnugDialect *self, const SnugWireMessage *message)
{
  if (priv (self)->session != NULL)
    SNUG_DIALECT_GET_CLASS (self)->say (self, message);
  else
    g_debug ("%s not said: no session", snug_wire_type_to_text (message->type));
}

void
snug_dialect_hear_channel (SnugDialect *self, SnugDataChannel *channel)
{
  if (SNUG_DIALECT_GET_CLASS (self)->hear_channel (self, channel))
    return;
  /* PROTOCOL.md section 4: an unasked file channel or an unknown label is reset. */
  snug_dialect_count_nonsense (self, "a channel that nobody expects");
  snug_data_channel_close (channel);
}

void
snug_dialect_open_file (SnugDialect *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                        GDestroyNotify destroy)
{
  SNUG_DIALECT_GET_CLASS (self)->open_file (self, id, func, user_data);
  if (destroy != NULL)
    destroy (user_data);
}

void
snug_dialect_expect_file (SnugDialect *self, const char *id, SnugFileStreamFunc func, gpointer user_data,
                          GDestroyNotify destroy)
{
  SNUG_DIALECT_GET_CLASS (self)->expect_file (self, id, func, user_data, destroy);
}

const SnugDialectRules *
snug_dialect_get_rules (SnugDialect *self)
{
  return SNUG_DIALECT_GET_CLASS (self)->rules;
}

/* --- for subclasses -------------------------------------------------------------------------------- */

SnugPeerConnection *
snug_dialect_get_connection (SnugDialect *self)
{
  return priv (self)->connection;
}

SnugDataChannel *
snug_dialect_get_session (SnugDialect *self)
{
  return priv (self)->session;
}

void
snug_dialect_tell (SnugDialect *self, SnugWireMessage *message)
{
  SnugDialectPrivate *p = priv (self);

  if (p->func != NULL)
    p->func (message, p->user_data);
  else
    snug_wire_message_free (message);
}

gboolean
snug_dialect_send_text (SnugDialect *self, const char *text)
{
  SnugDataChannel *session = priv (self)->session;

  return session != NULL && snug_data_channel_send_text (session, text, NULL);
}

void
snug_dialect_count_nonsense (SnugDialect *self, const char *what)
{
  g_debug ("dropped: %s (%u so far)", what, ++priv (self)->n_nonsense);
}

static void
snug_dialect_dispose (GObject *object)
{
  SnugDialect *self = SNUG_DIALECT (object);

  snug_dialect_end (self);
  priv (self)->func = NULL;
  g_clear_object (&priv (self)->connection);
  G_OBJECT_CLASS (snug_dialect_parent_class)->dispose (object);
}

static void
snug_dialect_class_init (SnugDialectClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_dialect_dispose;
}

static void
snug_dialect_init (SnugDialect *self)
{
}
