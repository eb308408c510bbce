/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-message-private.h"

#include <string.h>

struct _SnugMessage
{
  GObject          parent_instance;

  /* Owned */
  char            *id;
  char            *sender_id;
  char            *sender_name;
  char            *text;
  GObject         *attachment;
  SnugReactions   *reactions;
  GWeakRef         original;

  guint64          number;
  guint            revision;
  gint64           time_ms;
  SnugMessageKind  kind;
  SnugDelivery     delivery;
  gboolean         is_reply;
  gboolean         edited;
  gboolean         deleted;
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
  PROP_REVISION,
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

void
snug_message_set_original (SnugMessage *self, SnugMessage *original)
{
  self->is_reply = TRUE;
  g_weak_ref_set (&self->original, original);
}

static void
revise (SnugMessage *self)
{
  self->revision++;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REVISION]);
}

static void
set_text (SnugMessage *self, const char *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXT]);
}

void
snug_message_edit (SnugMessage *self, const char *text)
{
  if (strcmp (self->text, text) == 0)
    return;
  self->edited = TRUE;
  set_text (self, text);
  revise (self);
}

void
snug_message_delete (SnugMessage *self)
{
  if (self->deleted)
    return;
  self->deleted = TRUE;
  self->is_reply = FALSE;
  g_weak_ref_set (&self->original, NULL);
  snug_reactions_free (self->reactions);
  self->reactions = snug_reactions_new ();
  set_text (self, "");
  revise (self);
}

gboolean
snug_message_react (SnugMessage *self, const char *member_id, const char *name, const char *emoji, gboolean on)
{
  if (self->deleted || !snug_reactions_set (self->reactions, member_id, name, emoji, on))
    return FALSE;
  revise (self);
  return TRUE;
}

void
snug_message_set_number (SnugMessage *self, guint64 number)
{
  self->number = number;
}

guint64
snug_message_get_number (SnugMessage *self)
{
  return self->number;
}

gboolean
snug_message_get_edited (SnugMessage *self)
{
  return self->edited;
}

gboolean
snug_message_get_deleted (SnugMessage *self)
{
  return self->deleted;
}

SnugReactions *
snug_message_get_reactions (SnugMessage *self)
{
  return self->reactions;
}

gboolean
snug_message_get_is_reply (SnugMessage *self)
{
  return self->is_reply;
}

SnugMessage *
snug_message_dup_original (SnugMessage *self)
{
  return g_weak_ref_get (&self->original);
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
    case PROP_REVISION: g_value_set_uint (value, self->revision); break;
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
  g_weak_ref_clear (&self->original);
  snug_reactions_free (self->reactions);
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
  props[PROP_REVISION] = g_param_spec_uint ("revision", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_message_init (SnugMessage *self)
{
  self->reactions = snug_reactions_new ();
  g_weak_ref_init (&self->original, NULL);
}
