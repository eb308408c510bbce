/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-member-private.h"

#include <glib/gi18n-lib.h>

#include "snug-display-text.h"

struct _SnugMember
{
  GObject           parent_instance;

  /* Owned */
  char             *id;
  char             *name;
  char             *display_name;
  char             *relay_server;
  char             *path_text;
  char             *details;
  char             *error_text;
  char             *phrase;

  guint64           seq;
  guint             ordinal;
  SnugMemberState   state;
  SnugMemberDevice  device;
  SnugWireFeatures  features;
  SnugPath          path;
  SnugSafetyState   safety;
  gboolean          can_compare;
  double            rtt_ms;
  guint             steps;      /* 2 bits a step */
  gboolean          legacy;
  gboolean          host;
  gboolean          typing;
  gboolean          lacks_relay;
};

G_DEFINE_FINAL_TYPE (SnugMember, snug_member, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_DISPLAY_NAME,
  PROP_STATE,
  PROP_DEVICE,
  PROP_LEGACY,
  PROP_HOST,
  PROP_PATH,
  PROP_PATH_TEXT,
  PROP_RTT_MS,
  PROP_TYPING,
  PROP_LACKS_RELAY,
  PROP_DETAILS,
  PROP_ERROR_TEXT,
  PROP_STEPS,
  PROP_SAFETY,
  PROP_PHRASE,
  PROP_CAN_COMPARE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
notify (SnugMember *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_string (SnugMember *self, char **field, const char *value, guint prop)
{
  if (g_strcmp0 (*field, value) == 0)
    return;
  g_free (*field);
  *field = g_strdup (value);
  notify (self, prop);
}

static void
set_boolean (SnugMember *self, gboolean *field, gboolean value, guint prop)
{
  if (!*field == !value)
    return;
  *field = !!value;
  notify (self, prop);
}

SnugMember *
snug_member_new (const char *id, guint64 seq)
{
  SnugMember *self = g_object_new (SNUG_TYPE_MEMBER, NULL);

  self->id = g_strdup (id);
  self->seq = seq;
  return self;
}

static void
update_display_name (SnugMember *self)
{
  const char *name = *self->name != '\0' ? self->name : _("Guest");
  g_autofree char *text = self->ordinal > 1 ? g_strdup_printf ("%s (%u)", name, self->ordinal)
                                            : g_strdup (name);

  set_string (self, &self->display_name, text, PROP_DISPLAY_NAME);
}

void
snug_member_set_name (SnugMember *self, const char *name)
{
  g_autofree char *safe = snug_display_text_one_line (name, SNUG_DISPLAY_NAME_MAX_CHARS);

  set_string (self, &self->name, safe, PROP_NAME);
  update_display_name (self);
}

void
snug_member_set_ordinal (SnugMember *self, guint ordinal)
{
  self->ordinal = ordinal;
  update_display_name (self);
}

void
snug_member_set_state (SnugMember *self, SnugMemberState state)
{
  if (self->state == state)
    return;
  g_debug ("member %s: %s → %s", self->id, snug_member_state_to_text (self->state),
           snug_member_state_to_text (state));
  self->state = state;
  notify (self, PROP_STATE);
}

void
snug_member_set_device (SnugMember *self, SnugMemberDevice device)
{
  if (self->device == device)
    return;
  self->device = device;
  notify (self, PROP_DEVICE);
}

void
snug_member_set_features (SnugMember *self, SnugWireFeatures features)
{
  self->features = features;
}

void
snug_member_set_legacy (SnugMember *self, gboolean legacy)
{
  set_boolean (self, &self->legacy, legacy, PROP_LEGACY);
}

void
snug_member_set_host (SnugMember *self, gboolean host)
{
  set_boolean (self, &self->host, host, PROP_HOST);
}

void
snug_member_set_typing (SnugMember *self, gboolean typing)
{
  set_boolean (self, &self->typing, typing, PROP_TYPING);
}

void
snug_member_set_lacks_relay (SnugMember *self, gboolean lacks_relay)
{
  set_boolean (self, &self->lacks_relay, lacks_relay, PROP_LACKS_RELAY);
}

static char *
describe_path (SnugMember *self)
{
  switch (self->path)
    {
    case SNUG_PATH_DIRECT_LOCAL:
      return g_strdup (_("Direct, local network"));
    case SNUG_PATH_DIRECT:
      return g_strdup (_("Direct, internet"));
    case SNUG_PATH_RELAY:
      /* Translators: %s is the name of a relay server. */
      return self->relay_server != NULL && *self->relay_server != '\0'
               ? g_strdup_printf (_("Relay %s"), self->relay_server) : g_strdup (_("Relay"));
    case SNUG_PATH_NONE:
    default:
      return NULL;
    }
}

static void
update_path_text (SnugMember *self)
{
  g_autofree char *path = describe_path (self);
  g_autofree char *text = NULL;

  if (path != NULL && self->rtt_ms >= 10)
    text = g_strdup_printf (_("%s · %.0f ms"), path, self->rtt_ms);
  else if (path != NULL && self->rtt_ms >= 1)
    text = g_strdup_printf (_("%s · %.1f ms"), path, self->rtt_ms);
  else if (path != NULL && self->rtt_ms >= 0)
    text = g_strdup_printf (_("%s · < 1 ms"), path);
  else
    text = g_strdup (path != NULL ? path : "");
  set_string (self, &self->path_text, text, PROP_PATH_TEXT);
}

void
snug_member_set_path (SnugMember *self, SnugPath path, const char *relay_server)
{
  g_free (self->relay_server);
  self->relay_server = g_strdup (relay_server);
  if (self->path != path)
    {
      self->path = path;
      notify (self, PROP_PATH);
    }
  update_path_text (self);
}

void
snug_member_set_rtt_ms (SnugMember *self, double rtt_ms)
{
  if (self->rtt_ms != rtt_ms)
    {
      self->rtt_ms = rtt_ms;
      notify (self, PROP_RTT_MS);
    }
  update_path_text (self);
}

void
snug_member_set_details (SnugMember *self, const char *details)
{
  set_string (self, &self->details, details, PROP_DETAILS);
}

void
snug_member_set_error_text (SnugMember *self, const char *error_text)
{
  set_string (self, &self->error_text, error_text, PROP_ERROR_TEXT);
}

void
snug_member_set_safety (SnugMember *self, SnugSafetyState safety, const char *phrase, gboolean can_compare)
{
  set_string (self, &self->phrase, phrase, PROP_PHRASE);
  set_boolean (self, &self->can_compare, can_compare, PROP_CAN_COMPARE);
  if (self->safety == safety)
    return;
  self->safety = safety;
  notify (self, PROP_SAFETY);
}

void
snug_member_set_step (SnugMember *self, guint step, SnugStepState state)
{
  guint steps = (self->steps & ~(3u << 2 * step)) | (guint) state << 2 * step;

  if (self->steps == steps)
    return;
  self->steps = steps;
  notify (self, PROP_STEPS);
}

SnugStepState
snug_member_get_step (SnugMember *self, guint step)
{
  return self->steps >> 2 * step & 3u;
}

const char *
snug_member_get_id (SnugMember *self)
{
  return self->id;
}

guint64
snug_member_get_seq (SnugMember *self)
{
  return self->seq;
}

const char *
snug_member_get_name (SnugMember *self)
{
  return self->name;
}

const char *
snug_member_get_display_name (SnugMember *self)
{
  return self->display_name;
}

SnugMemberState
snug_member_get_state (SnugMember *self)
{
  return self->state;
}

SnugMemberDevice
snug_member_get_device (SnugMember *self)
{
  return self->device;
}

SnugWireFeatures
snug_member_get_features (SnugMember *self)
{
  return self->features;
}

gboolean
snug_member_get_legacy (SnugMember *self)
{
  return self->legacy;
}

gboolean
snug_member_get_host (SnugMember *self)
{
  return self->host;
}

SnugPath
snug_member_get_path (SnugMember *self)
{
  return self->path;
}

double
snug_member_get_rtt_ms (SnugMember *self)
{
  return self->rtt_ms;
}

SnugSafetyState
snug_member_get_safety (SnugMember *self)
{
  return self->safety;
}

const char *
snug_member_get_phrase (SnugMember *self)
{
  return self->phrase;
}

gboolean
snug_member_get_can_compare (SnugMember *self)
{
  return self->can_compare;
}

const char *
snug_safety_state_to_text (SnugSafetyState state)
{
  static const char *const texts[] = { "unchecked", "asked", "phrase", "checked", "interrupted", "changed", "not-safe" };

  return texts[state];
}

const char *
snug_path_to_text (SnugPath path)
{
  static const char *const texts[] = { NULL, "direct-local", "direct", "relay" };

  return texts[path];
}

const char *
snug_member_state_to_text (SnugMemberState state)
{
  static const char *const texts[] = { "connecting", "connected", "reconnecting", "away", "failed", "left" };

  return texts[state];
}

static void
snug_member_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugMember *self = SNUG_MEMBER (object);

  switch (prop_id)
    {
    case PROP_ID: g_value_set_string (value, self->id); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_DISPLAY_NAME: g_value_set_string (value, self->display_name); break;
    case PROP_STATE: g_value_set_int (value, (int) self->state); break;
    case PROP_DEVICE: g_value_set_int (value, (int) self->device); break;
    case PROP_LEGACY: g_value_set_boolean (value, self->legacy); break;
    case PROP_HOST: g_value_set_boolean (value, self->host); break;
    case PROP_PATH: g_value_set_int (value, (int) self->path); break;
    case PROP_PATH_TEXT: g_value_set_string (value, self->path_text); break;
    case PROP_RTT_MS: g_value_set_double (value, self->rtt_ms); break;
    case PROP_TYPING: g_value_set_boolean (value, self->typing); break;
    case PROP_LACKS_RELAY: g_value_set_boolean (value, self->lacks_relay); break;
    case PROP_DETAILS: g_value_set_string (value, self->details); break;
    case PROP_ERROR_TEXT: g_value_set_string (value, self->error_text); break;
    case PROP_STEPS: g_value_set_uint (value, self->steps); break;
    case PROP_SAFETY: g_value_set_int (value, (int) self->safety); break;
    case PROP_PHRASE: g_value_set_string (value, self->phrase); break;
    case PROP_CAN_COMPARE: g_value_set_boolean (value, self->can_compare); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_member_finalize (GObject *object)
{
  SnugMember *self = SNUG_MEMBER (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->display_name);
  g_free (self->relay_server);
  g_free (self->path_text);
  g_free (self->details);
  g_free (self->error_text);
  g_free (self->phrase);
  G_OBJECT_CLASS (snug_member_parent_class)->finalize (object);
}

static void
snug_member_class_init (SnugMemberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = snug_member_get_property;
  object_class->finalize = snug_member_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  props[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, "", flags);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, SNUG_MEMBER_LEFT, 0, flags);
  props[PROP_DEVICE] = g_param_spec_int ("device", NULL, NULL, 0, SNUG_MEMBER_DEVICE_LEGACY_PAGE, 0, flags);
  props[PROP_LEGACY] = g_param_spec_boolean ("legacy", NULL, NULL, FALSE, flags);
  props[PROP_HOST] = g_param_spec_boolean ("host", NULL, NULL, FALSE, flags);
  props[PROP_PATH] = g_param_spec_int ("path", NULL, NULL, 0, SNUG_PATH_RELAY, 0, flags);
  props[PROP_PATH_TEXT] = g_param_spec_string ("path-text", NULL, NULL, "", flags);
  props[PROP_RTT_MS] = g_param_spec_double ("rtt-ms", NULL, NULL, -1, G_MAXDOUBLE, -1, flags);
  props[PROP_TYPING] = g_param_spec_boolean ("typing", NULL, NULL, FALSE, flags);
  props[PROP_LACKS_RELAY] = g_param_spec_boolean ("lacks-relay", NULL, NULL, FALSE, flags);
  props[PROP_DETAILS] = g_param_spec_string ("details", NULL, NULL, "", flags);
  props[PROP_ERROR_TEXT] = g_param_spec_string ("error-text", NULL, NULL, NULL, flags);
  props[PROP_STEPS] = g_param_spec_uint ("steps", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SAFETY] = g_param_spec_int ("safety", NULL, NULL, 0, SNUG_SAFETY_MISMATCH, 0, flags);
  props[PROP_PHRASE] = g_param_spec_string ("phrase", NULL, NULL, NULL, flags);
  props[PROP_CAN_COMPARE] = g_param_spec_boolean ("can-compare", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_member_init (SnugMember *self)
{
  self->name = g_strdup ("");
  self->ordinal = 1;
  self->rtt_ms = -1;
  self->path_text = g_strdup ("");
  self->details = g_strdup ("");
  update_display_name (self);
}
