/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transport.h"

typedef struct
{
  GMainContext             *context;          /* owned */
  SnugTransportState        state;
  GError                   *error;            /* owned */
  SnugTransportReceiveFunc  receive;
  gpointer                  receive_data;     /* borrowed */
  GQueue                    early;            /* of GBytes */
  guint                     n_early_dropped;
} SnugTransportPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SnugTransport, snug_transport, G_TYPE_OBJECT)

enum { PROP_CONTEXT = 1, N_PROPERTIES };
enum { STATE_CHANGED, N_SIGNALS };

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

#define TO(state) (1u << SNUG_TRANSPORT_ ## state)

static const guint allowed_moves[] = {
  [SNUG_TRANSPORT_NEW]          = TO (CONNECTING) | TO (CONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_TRANSPORT_CONNECTING]   = TO (CONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_TRANSPORT_CONNECTED]    = TO (DISCONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_TRANSPORT_DISCONNECTED] = TO (CONNECTED) | TO (FAILED) | TO (CLOSED),
  [SNUG_TRANSPORT_FAILED]       = TO (CLOSED),
  [SNUG_TRANSPORT_CLOSED]       = 0,
};

static const char *const state_names[] = {
  "new", "connecting", "connected", "disconnected", "failed", "closed"
};

static void
snug_transport_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (SNUG_TRANSPORT (object));

  if (id == PROP_CONTEXT)
    g_value_set_boxed (value, priv->context);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
snug_transport_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (SNUG_TRANSPORT (object));

  if (id == PROP_CONTEXT)
    priv->context = g_value_dup_boxed (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
snug_transport_finalize (GObject *object)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (SNUG_TRANSPORT (object));

  g_queue_clear_full (&priv->early, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&priv->error);
  g_clear_pointer (&priv->context, g_main_context_unref);
  G_OBJECT_CLASS (snug_transport_parent_class)->finalize (object);
}

static void
snug_transport_class_init (SnugTransportClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = snug_transport_get_property;
  object_class->set_property = snug_transport_set_property;
  object_class->finalize = snug_transport_finalize;

  properties[PROP_CONTEXT] = g_param_spec_boxed ("context", NULL, NULL, G_TYPE_MAIN_CONTEXT,
                                                 G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                 | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  signals[STATE_CHANGED] = g_signal_new ("state-changed", SNUG_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
snug_transport_init (SnugTransport *self)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);

  g_queue_init (&priv->early);
}

SnugTransportState
snug_transport_get_state (SnugTransport *self)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);

  return priv->state;
}

const GError *
snug_transport_get_error (SnugTransport *self)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);

  return priv->error;
}

GMainContext *
snug_transport_get_context (SnugTransport *self)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);

  return priv->context;
}

gboolean
snug_transport_send (SnugTransport *self, const guint8 *data, gsize n_bytes)
{
  return SNUG_TRANSPORT_GET_CLASS (self)->send (self, data, n_bytes);
}

void
snug_transport_close (SnugTransport *self)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);
  g_autoptr (SnugTransport) keep = g_object_ref (self);

  if (priv->state == SNUG_TRANSPORT_CLOSED)
    return;
  if (SNUG_TRANSPORT_GET_CLASS (self)->close != NULL)
    SNUG_TRANSPORT_GET_CLASS (self)->close (self);
  snug_transport_enter (self, SNUG_TRANSPORT_CLOSED, NULL);
}

void
snug_transport_set_receiver (SnugTransport *self, SnugTransportReceiveFunc func, gpointer user_data)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);
  g_autoptr (SnugTransport) keep = g_object_ref (self);

  priv->receive = func;
  priv->receive_data = user_data;
  while (priv->receive != NULL && !g_queue_is_empty (&priv->early))
    {
      g_autoptr (GBytes) bytes = g_queue_pop_head (&priv->early);
      gsize n_bytes;
      const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

      priv->receive (self, data, n_bytes, priv->receive_data);
    }
}

void
snug_transport_deliver (SnugTransport *self, const guint8 *data, gsize n_bytes)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);

  if (priv->receive != NULL)
    priv->receive (self, data, n_bytes, priv->receive_data);
  else if (g_queue_get_length (&priv->early) < SNUG_TRANSPORT_MAX_EARLY)
    g_queue_push_tail (&priv->early, g_bytes_new (data, n_bytes));
  else
    g_debug ("%s: early datagram %u dropped", G_OBJECT_TYPE_NAME (self), ++priv->n_early_dropped);
}

gboolean
snug_transport_enter (SnugTransport *self, SnugTransportState state, GError *error)
{
  SnugTransportPrivate *priv = snug_transport_get_instance_private (self);
  g_autoptr (GError) owned = error;

  if ((allowed_moves[priv->state] & 1u << state) == 0)
    {
      if (priv->state != state)
        g_debug ("%s: %s does not go to %s", G_OBJECT_TYPE_NAME (self), state_names[priv->state],
                 state_names[state]);
      return FALSE;
    }

  g_debug ("%s: %s → %s%s%s", G_OBJECT_TYPE_NAME (self), state_names[priv->state], state_names[state],
           owned != NULL ? ": " : "", owned != NULL ? owned->message : "");
  priv->state = state;
  if (owned != NULL && priv->error == NULL)
    priv->error = g_steal_pointer (&owned);
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  return TRUE;
}
