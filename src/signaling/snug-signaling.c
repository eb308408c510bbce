/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-signaling.h"

typedef struct
{
  SnugSignalingState  state;
  GError             *error;    /* owned, nullable */
  gboolean            by_proxy;
} SnugSignalingPrivate;

enum { MESSAGE, STATE_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SnugSignaling, snug_signaling, G_TYPE_OBJECT)
G_DEFINE_QUARK (snug-signaling-error-quark, snug_signaling_error)

#define TO(state) (1u << SNUG_SIGNALING_##state)

/* Which state may follow which. */
static const guint allowed_moves[] = {
  [SNUG_SIGNALING_IDLE] = TO (CONNECTING) | TO (CLOSED),
  [SNUG_SIGNALING_CONNECTING] = TO (OPEN) | TO (RECONNECTING) | TO (CLOSED),
  [SNUG_SIGNALING_OPEN] = TO (RECONNECTING) | TO (CLOSED),
  /* To itself: for another reason than before. */
  [SNUG_SIGNALING_RECONNECTING] = TO (RECONNECTING) | TO (OPEN) | TO (CLOSED),
  [SNUG_SIGNALING_CLOSED] = 0,
};

static const char *const state_names[] = {
  [SNUG_SIGNALING_IDLE] = "idle",
  [SNUG_SIGNALING_CONNECTING] = "connecting",
  [SNUG_SIGNALING_OPEN] = "open",
  [SNUG_SIGNALING_RECONNECTING] = "reconnecting",
  [SNUG_SIGNALING_CLOSED] = "closed",
};

static void
snug_signaling_finalize (GObject *object)
{
  SnugSignalingPrivate *priv = snug_signaling_get_instance_private (SNUG_SIGNALING (object));

  g_clear_error (&priv->error);
  G_OBJECT_CLASS (snug_signaling_parent_class)->finalize (object);
}

static void
snug_signaling_class_init (SnugSignalingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_signaling_finalize;

  signals[MESSAGE] = g_signal_new ("message", SNUG_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, SNUG_TYPE_SIGNAL_MESSAGE);
  signals[STATE_CHANGED] = g_signal_new ("state-changed", SNUG_TYPE_SIGNALING, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_signaling_init (SnugSignaling *self)
{
}

SnugSignalingState
snug_signaling_get_state (SnugSignaling *self)
{
  SnugSignalingPrivate *priv = snug_signaling_get_instance_private (self);

  return priv->state;
}

const GError *
snug_signaling_get_error (SnugSignaling *self)
{
  SnugSignalingPrivate *priv = snug_signaling_get_instance_private (self);

  return priv->error;
}

gboolean
snug_signaling_get_by_proxy (SnugSignaling *self)
{
  SnugSignalingPrivate *priv = snug_signaling_get_instance_private (self);

  return priv->by_proxy;
}

void
snug_signaling_set_by_proxy (SnugSignaling *self, gboolean by_proxy)
{
  SnugSignalingPrivate *priv = snug_signaling_get_instance_private (self);

  priv->by_proxy = by_proxy;
}

void
snug_signaling_open (SnugSignaling *self)
{
  g_return_if_fail (snug_signaling_get_state (self) == SNUG_SIGNALING_IDLE);
  SNUG_SIGNALING_GET_CLASS (self)->open (self);
}

void
snug_signaling_send (SnugSignaling *self, SnugSignalMessage *message)
{
  if (snug_signaling_get_state (self) == SNUG_SIGNALING_OPEN)
    SNUG_SIGNALING_GET_CLASS (self)->send (self, message);
}

void
snug_signaling_close (SnugSignaling *self)
{
  if (snug_signaling_get_state (self) != SNUG_SIGNALING_CLOSED)
    SNUG_SIGNALING_GET_CLASS (self)->close (self);
}

void
snug_signaling_retry (SnugSignaling *self)
{
  if (snug_signaling_get_state (self) == SNUG_SIGNALING_RECONNECTING)
    SNUG_SIGNALING_GET_CLASS (self)->retry (self);
}

void
snug_signaling_check (SnugSignaling *self)
{
  SnugSignalingState state = snug_signaling_get_state (self);

  if (state != SNUG_SIGNALING_IDLE && state != SNUG_SIGNALING_CLOSED && SNUG_SIGNALING_GET_CLASS (self)->check != NULL)
    SNUG_SIGNALING_GET_CLASS (self)->check (self);
}

void
snug_signaling_hold (SnugSignaling *self, gboolean on)
{
  if (SNUG_SIGNALING_GET_CLASS (self)->hold != NULL)
    SNUG_SIGNALING_GET_CLASS (self)->hold (self, on);
}

void
snug_signaling_enter_state (SnugSignaling *self, SnugSignalingState state, const GError *reason)
{
  SnugSignalingPrivate *priv = snug_signaling_get_instance_private (self);
  GError *error = reason != NULL ? g_error_copy (reason) : NULL;

  g_return_if_fail ((allowed_moves[priv->state] >> state & 1) != 0);

  g_debug ("%s → %s%s%s", state_names[priv->state], state_names[state],
           reason != NULL ? ": " : "", reason != NULL ? reason->message : "");
  g_clear_error (&priv->error);
  priv->error = error;
  priv->state = state;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

void
snug_signaling_deliver (SnugSignaling *self, SnugSignalMessage *message)
{
  g_signal_emit (self, signals[MESSAGE], 0, message);
}
