/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-transfer-private.h"

#include <math.h>

struct _SnugTransfer
{
  GObject                parent_instance;

  /* Owned */
  char                  *id;
  char                  *wire_id;
  char                  *member_id;
  char                  *member_name;
  char                  *name;
  char                  *mime_type;
  char                  *reason;
  char                  *fingerprint;
  GFile                 *file;

  SnugTransferDirection  direction;
  SnugTransferState      state;
  gboolean               is_folder;
  guint                  n_items;
  guint64                size;
  guint64                bytes;
  double                 speed;           /* bytes/s, smoothed */
  guint64                measured_bytes;  /* at the last sample of the speed */
  gint64                 measured_us;     /* 0 = no sample yet */
};

G_DEFINE_FINAL_TYPE (SnugTransfer, snug_transfer, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_DIRECTION,
  PROP_STATE,
  PROP_MEMBER_ID,
  PROP_MEMBER_NAME,
  PROP_NAME,
  PROP_MIME_TYPE,
  PROP_N_ITEMS,
  PROP_SIZE,
  PROP_BYTES,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  PROP_REASON,
  PROP_FILE,
  PROP_FINGERPRINT,
  PROP_ACTIVE,
  PROP_FINISHED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

#define BIT(state) (1u << SNUG_TRANSFER_##state)
#define ENDS (BIT (DECLINED) | BIT (CANCELLED) | BIT (FAILED))

/* Which states may follow. RUNNING → DONE is the receiver's word; OFFERED → DONE is a file the receiver
 * already has. An ended transfer never moves again: a new try is a new offer. */
static const guint allowed_next[] = {
  [SNUG_TRANSFER_OFFERED] = BIT (ACCEPTED) | BIT (DONE) | ENDS,
  [SNUG_TRANSFER_ACCEPTED] = BIT (RUNNING) | BIT (PAUSED) | BIT (DONE) | ENDS,
  [SNUG_TRANSFER_RUNNING] = BIT (PAUSED) | BIT (DONE) | ENDS,
  [SNUG_TRANSFER_PAUSED] = BIT (ACCEPTED) | BIT (RUNNING) | BIT (DONE) | ENDS,
  [SNUG_TRANSFER_DONE] = 0,
  [SNUG_TRANSFER_DECLINED] = 0,
  [SNUG_TRANSFER_CANCELLED] = 0,
  [SNUG_TRANSFER_FAILED] = 0,
};

/* Speed is averaged over about this long, so that the number is calm. */
#define SMOOTHING_S 2.0
#define SAMPLE_US (G_USEC_PER_SEC / 4)

static void
notify (SnugTransfer *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

SnugTransfer *
snug_transfer_new (SnugTransferDirection direction, const char *wire_id, const char *member_id,
                   const char *member_name, const char *name, const char *mime_type, guint64 size)
{
  static guint n_made = 0;
  SnugTransfer *self = g_object_new (SNUG_TYPE_TRANSFER, NULL);

  self->direction = direction;
  self->id = g_strdup_printf ("t%u", ++n_made);
  self->wire_id = g_strdup (wire_id);
  self->member_id = g_strdup (member_id);
  self->member_name = g_strdup (member_name);
  self->name = g_strdup (name);
  self->mime_type = g_strdup (mime_type);
  self->size = size;
  return self;
}

static void
stop_measuring (SnugTransfer *self)
{
  self->speed = 0;
  self->measured_us = 0;
  notify (self, PROP_SPEED);
  notify (self, PROP_SECONDS_LEFT);
}

gboolean
snug_transfer_enter (SnugTransfer *self, SnugTransferState state, const char *reason)
{
  gboolean moved = self->state != state;

  if (moved && (allowed_next[self->state] & 1u << state) == 0)
    {
      g_debug ("transfer %s: %s → %s refused", self->id, snug_transfer_state_to_text (self->state),
               snug_transfer_state_to_text (state));
      return FALSE;
    }
  if (!moved && g_strcmp0 (self->reason, reason) == 0)
    return TRUE;

  g_debug ("transfer %s: %s → %s", self->id, snug_transfer_state_to_text (self->state),
           snug_transfer_state_to_text (state));
  g_object_freeze_notify (G_OBJECT (self));
  self->state = state;
  if (g_strcmp0 (self->reason, reason) != 0)
    {
      g_free (self->reason);
      self->reason = g_strdup (reason);
      notify (self, PROP_REASON);
    }
  if (state != SNUG_TRANSFER_RUNNING)
    stop_measuring (self);
  if (moved)
    {
      notify (self, PROP_STATE);
      notify (self, PROP_ACTIVE);
      notify (self, PROP_FINISHED);
    }
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

void
snug_transfer_set_folder (SnugTransfer *self, guint n_items)
{
  self->is_folder = TRUE;
  self->n_items = n_items;
  notify (self, PROP_N_ITEMS);
}

static void
measure (SnugTransfer *self, gint64 now_us)
{
  gint64 elapsed_us = now_us - self->measured_us;

  if (self->measured_us != 0 && elapsed_us < SAMPLE_US)
    return;

  if (self->measured_us != 0 && self->bytes >= self->measured_bytes)
    {
      double seconds = (double) elapsed_us / G_USEC_PER_SEC;
      double sample = (double) (self->bytes - self->measured_bytes) / seconds;
      double weight = self->speed > 0 ? 1 - exp (-seconds / SMOOTHING_S) : 1;

      self->speed += weight * (sample - self->speed);
      notify (self, PROP_SPEED);
      notify (self, PROP_SECONDS_LEFT);
    }
  self->measured_us = now_us;
  self->measured_bytes = self->bytes;
}

void
snug_transfer_set_bytes (SnugTransfer *self, guint64 bytes, gint64 now_us)
{
  if (self->bytes == bytes)
    return;

  self->bytes = bytes;
  notify (self, PROP_BYTES);
  if (self->state == SNUG_TRANSFER_RUNNING)
    measure (self, now_us);
}

void
snug_transfer_set_file (SnugTransfer *self, GFile *file)
{
  if (g_set_object (&self->file, file))
    notify (self, PROP_FILE);
}

void
snug_transfer_set_fingerprint (SnugTransfer *self, const char *hex)
{
  g_free (self->fingerprint);
  self->fingerprint = g_strdup (hex);
  notify (self, PROP_FINGERPRINT);
}

void
snug_transfer_set_member_name (SnugTransfer *self, const char *name)
{
  if (g_strcmp0 (self->member_name, name) == 0)
    return;
  g_free (self->member_name);
  self->member_name = g_strdup (name);
  notify (self, PROP_MEMBER_NAME);
}

const char *
snug_transfer_get_id (SnugTransfer *self)
{
  return self->id;
}

const char *
snug_transfer_get_wire_id (SnugTransfer *self)
{
  return self->wire_id;
}

SnugTransferDirection
snug_transfer_get_direction (SnugTransfer *self)
{
  return self->direction;
}

SnugTransferState
snug_transfer_get_state (SnugTransfer *self)
{
  return self->state;
}

const char *
snug_transfer_get_member_id (SnugTransfer *self)
{
  return self->member_id;
}

const char *
snug_transfer_get_member_name (SnugTransfer *self)
{
  return self->member_name;
}

const char *
snug_transfer_get_name (SnugTransfer *self)
{
  return self->name;
}

const char *
snug_transfer_get_mime_type (SnugTransfer *self)
{
  return self->mime_type;
}

guint
snug_transfer_get_n_items (SnugTransfer *self)
{
  return self->n_items;
}

guint64
snug_transfer_get_size (SnugTransfer *self)
{
  return self->size;
}

void
snug_transfer_set_size (SnugTransfer *self, guint64 size)
{
  if (self->size == size)
    return;
  self->size = size;
  notify (self, PROP_SIZE);
}

guint64
snug_transfer_get_bytes (SnugTransfer *self)
{
  return self->bytes;
}

double
snug_transfer_get_speed (SnugTransfer *self)
{
  return self->speed;
}

int
snug_transfer_get_seconds_left (SnugTransfer *self)
{
  double seconds;

  if (self->state != SNUG_TRANSFER_RUNNING || self->speed < 1)
    return -1;
  seconds = ceil ((double) (self->size - MIN (self->bytes, self->size)) / self->speed);
  return seconds < G_MAXINT ? (int) seconds : -1;
}

const char *
snug_transfer_get_reason (SnugTransfer *self)
{
  return self->reason;
}

GFile *
snug_transfer_get_file (SnugTransfer *self)
{
  return self->file;
}

const char *
snug_transfer_get_fingerprint (SnugTransfer *self)
{
  return self->fingerprint;
}

gboolean
snug_transfer_is_folder (SnugTransfer *self)
{
  return self->is_folder;
}

gboolean
snug_transfer_is_active (SnugTransfer *self)
{
  return (1u << self->state & (BIT (ACCEPTED) | BIT (RUNNING) | BIT (PAUSED))) != 0;
}

gboolean
snug_transfer_is_finished (SnugTransfer *self)
{
  return allowed_next[self->state] == 0;
}

const char *
snug_transfer_state_to_text (SnugTransferState state)
{
  static const char *const texts[] = {
    "offered", "accepted", "running", "paused", "done", "declined", "cancelled", "failed"
  };

  return texts[state];
}

static void
snug_transfer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugTransfer *self = SNUG_TRANSFER (object);

  switch (prop_id)
    {
    case PROP_ID: g_value_set_string (value, self->id); break;
    case PROP_DIRECTION: g_value_set_int (value, (int) self->direction); break;
    case PROP_STATE: g_value_set_int (value, (int) self->state); break;
    case PROP_MEMBER_ID: g_value_set_string (value, self->member_id); break;
    case PROP_MEMBER_NAME: g_value_set_string (value, self->member_name); break;
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_MIME_TYPE: g_value_set_string (value, self->mime_type); break;
    case PROP_N_ITEMS: g_value_set_uint (value, self->n_items); break;
    case PROP_SIZE: g_value_set_uint64 (value, self->size); break;
    case PROP_BYTES: g_value_set_uint64 (value, self->bytes); break;
    case PROP_SPEED: g_value_set_double (value, self->speed); break;
    case PROP_SECONDS_LEFT: g_value_set_int (value, snug_transfer_get_seconds_left (self)); break;
    case PROP_REASON: g_value_set_string (value, self->reason); break;
    case PROP_FILE: g_value_set_object (value, self->file); break;
    case PROP_FINGERPRINT: g_value_set_string (value, self->fingerprint); break;
    case PROP_ACTIVE: g_value_set_boolean (value, snug_transfer_is_active (self)); break;
    case PROP_FINISHED: g_value_set_boolean (value, snug_transfer_is_finished (self)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_transfer_dispose (GObject *object)
{
  g_clear_object (&SNUG_TRANSFER (object)->file);
  G_OBJECT_CLASS (snug_transfer_parent_class)->dispose (object);
}

static void
snug_transfer_finalize (GObject *object)
{
  SnugTransfer *self = SNUG_TRANSFER (object);

  g_free (self->id);
  g_free (self->wire_id);
  g_free (self->member_id);
  g_free (self->member_name);
  g_free (self->name);
  g_free (self->mime_type);
  g_free (self->reason);
  g_free (self->fingerprint);
  G_OBJECT_CLASS (snug_transfer_parent_class)->finalize (object);
}

static void
snug_transfer_class_init (SnugTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = snug_transfer_get_property;
  object_class->dispose = snug_transfer_dispose;
  object_class->finalize = snug_transfer_finalize;

  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_DIRECTION] = g_param_spec_int ("direction", NULL, NULL, 0, SNUG_TRANSFER_OUT, 0, flags);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, SNUG_TRANSFER_FAILED, 0, flags);
  props[PROP_MEMBER_ID] = g_param_spec_string ("member-id", NULL, NULL, NULL, flags);
  props[PROP_MEMBER_NAME] = g_param_spec_string ("member-name", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_MIME_TYPE] = g_param_spec_string ("mime-type", NULL, NULL, NULL, flags);
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_BYTES] = g_param_spec_uint64 ("bytes", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  props[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  props[PROP_SECONDS_LEFT] = g_param_spec_int ("seconds-left", NULL, NULL, -1, G_MAXINT, -1, flags);
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, flags);
  props[PROP_FILE] = g_param_spec_object ("file", NULL, NULL, G_TYPE_FILE, flags);
  props[PROP_FINGERPRINT] = g_param_spec_string ("fingerprint", NULL, NULL, NULL, flags);
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, FALSE, flags);
  props[PROP_FINISHED] = g_param_spec_boolean ("finished", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_transfer_init (SnugTransfer *self)
{
}
