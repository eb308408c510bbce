/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-message-private.h"

struct _SnugMessage
{
  GObject          parent_instance;

  /* Owned */
  char            *id;
  char            *sender_id;
  char            *sender_name;
  char            *text;
  GObject         *attachment;

  gint64           time_ms;
  SnugMessageKind  kind;
  SnugDelivery     delivery;
};

G_DEFINE_FINAL_TYPE (SnugMessage, snug_message, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_OWN,
  PROP_SENDER_ID,
  PROP_SENDER_NAME,
  PROP_TEXT,
  PROP_TIME,
  PROP_DELIVERY,
  PROP_ATTACHMENT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

SnugMessage *
snug_message_new (SnugMessageKind kind, const char *id, const char *sender_id, const char *sender_name,
                  const char *text, GObject *attachment)
{
  SnugMessage *self = g_object_new (SNUG_TYPE_MESSAGE, NULL);

  self->kind = kind;
  self->id = g_strdup (id);
  self->sender_id = g_strdup (sender_id);
  self->sender_name = g_strdup (sender_name);
  self->text = g_strdup (text);
  self->attachment = attachment != NULL ? g_object_ref (attachment) : NULL;
  self->time_ms = g_get_real_time () / 1000;
  return self;
}

void
snug_message_set_delivery (SnugMessage *self, SnugDelivery delivery)
{
  if (self->delivery == delivery)
    return;
  self->delivery = delivery;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DELIVERY]);
}

const char *
snug_message_get_id (SnugMessage *self)
{
  return self->id;
}

SnugMessageKind
snug_message_get_kind (SnugMessage *self)
{
  return self->kind;
}

gboolean
snug_message_get_own (SnugMessage *self)
{
  return self->kind != SNUG_MESSAGE_SYSTEM && *self->sender_id == '\0';
}

const char *
snug_message_get_sender_id (SnugMessage *self)
{
  return self->sender_id;
}

const char *
snug_message_get_sender_name (SnugMessage *self)
{
  return self->sender_name;
}

const char *
snug_message_get_text (SnugMessage *self)
{
  return self->text;
}

gint64
snug_message_get_time_ms (SnugMessage *self)
{
  return self->time_ms;
}

SnugDelivery
snug_message_get_delivery (SnugMessage *self)
{
  return self->delivery;
}

GObject *
snug_message_get_attachment (SnugMessage *self)
{
  return self->attachment;
}

static void
snug_message_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugMessage *self = SNUG_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_ID: g_value_set_string (value, self->id); break;
    case PROP_KIND: g_value_set_int (value, (int) self->kind); break;
    case PROP_OWN: g_value_set_boolean (value, snug_message_get_own (self)); break;
    case PROP_SENDER_ID: g_value_set_string (value, self->sender_id); break;
    case PROP_SENDER_NAME: g_value_set_string (value, self->sender_name); break;
    case PROP_TEXT: g_value_set_string (value, self->text); break;
    case PROP_TIME: g_value_set_int64 (value, self->time_ms); break;
    case PROP_DELIVERY: g_value_set_int (value, (int) self->delivery); break;
    case PROP_ATTACHMENT: g_value_set_object (value, self->attachment); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_message_dispose (GObject *object)
{
  g_clear_object (&SNUG_MESSAGE (object)->attachment);
  G_OBJECT_CLASS (snug_message_parent_class)->dispose (object);
}

static void
snug_message_finalize (GObject *object)
{
  SnugMessage *self = SNUG_MESSAGE (object);

  g_free (self->id);
  g_free (self->sender_id);
  g_free (self->sender_name);
  g_free (self->text);
  G_OBJECT_CLASS (snug_message_parent_class)->finalize (object);
}

static void
snug_message_class_init (SnugMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = snug_message_get_property;
  object_class->dispose = snug_message_dispose;
  object_class->finalize = snug_message_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, SNUG_MESSAGE_CARD, 0, flags);
  props[PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  props[PROP_SENDER_ID] = g_param_spec_string ("sender-id", NULL, NULL, NULL, flags);
  props[PROP_SENDER_NAME] = g_param_spec_string ("sender-name", NULL, NULL, NULL, flags);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  props[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_DELIVERY] = g_param_spec_int ("delivery", NULL, NULL, 0, SNUG_DELIVERY_DELIVERED, 0, flags);
  props[PROP_ATTACHMENT] = g_param_spec_object ("attachment", NULL, NULL, G_TYPE_OBJECT, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_message_init (SnugMessage *self)
{
}
