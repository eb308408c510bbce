/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-private-message.h"

#include <string.h>

#include "snug-json.h"

#define ROOM_KEY "room-key"
#define KNOCK "knock"

void
snug_sealed_message_clear (SnugSealedMessage *message)
{
  g_clear_pointer (&message->box, g_bytes_unref);
}

static gboolean
read_bytes (JsonObject *body, const char *name, guint8 *out, gsize n_bytes)
{
  g_autoptr (GBytes) bytes = snug_json_peek_base64url (body, name, n_bytes);

  if (bytes != NULL)
    memcpy (out, g_bytes_get_data (bytes, NULL), n_bytes);
  return bytes != NULL;
}

static gboolean
read_share (JsonObject *body, SnugPakeMessage *message)
{
  const char *features;

  if (!read_bytes (body, "y", message->share, sizeof message->share)
      || !snug_json_peek_string (body, "ad", SNUG_PAKE_MAX_FEATURES_BYTES, &features))
    return FALSE;
  g_strlcpy (message->features, features, sizeof message->features);
  return TRUE;
}

/* A field that may be absent, or null. */
static gboolean
read_left (JsonObject *body, gint *left)
{
  guint64 value;

  if (!json_object_has_member (body, "left") || json_object_get_null_member (body, "left"))
    return TRUE;
  if (!snug_json_peek_integer (body, "left", SNUG_PAKE_MAX_LEFT, &value))
    return FALSE;
  *left = (gint) value;
  return TRUE;
}

static gboolean
read_confirmation (JsonObject *body, SnugPakeMessage *message)
{
  gboolean failed = FALSE;

  if (message->step == 4 && snug_json_peek_boolean (body, "fail", &failed) && failed)
    {
      message->failed = TRUE;
      return read_left (body, &message->left);
    }
  return read_bytes (body, "tag", message->tag, sizeof message->tag);
}

gboolean
snug_pake_message_read (const SnugSignalMessage *frame, SnugPakeMessage *message)
{
  guint64 step;

  *message = (SnugPakeMessage) { .left = SNUG_PAKE_LEFT_UNSAID };
  if (frame->body == NULL || !snug_json_peek_integer (frame->body, "step", 4, &step) || step < 1
      || !read_bytes (frame->body, "sid", message->sid, sizeof message->sid))
    return FALSE;
  message->step = (guint) step;
  return step <= 2 ? read_share (frame->body, message) : read_confirmation (frame->body, message);
}

SnugSignalMessage *
snug_pake_message_write (const SnugPakeMessage *message)
{
  SnugSignalMessage *frame = snug_signal_message_new (SNUG_SIGNAL_PAKE);

  frame->body = json_object_new ();
  json_object_set_int_member (frame->body, "step", message->step);
  snug_json_set_base64url (frame->body, "sid", message->sid, sizeof message->sid);
  if (message->step <= 2)
    {
      snug_json_set_base64url (frame->body, "y", message->share, sizeof message->share);
      json_object_set_string_member (frame->body, "ad", message->features);
    }
  else if (message->failed)
    {
      json_object_set_boolean_member (frame->body, "fail", TRUE);
      if (message->left >= 0)
        json_object_set_int_member (frame->body, "left", message->left);
    }
  else
    {
      snug_json_set_base64url (frame->body, "tag", message->tag, sizeof message->tag);
    }
  return frame;
}

gboolean
snug_sealed_message_read (const SnugSignalMessage *frame, SnugSealedMessage *message)
{
  *message = (SnugSealedMessage) { 0 };
  if (frame->body == NULL || !read_bytes (frame->body, "sid", message->sid, sizeof message->sid)
      || !snug_json_peek_integer (frame->body, "n", SNUG_JSON_MAX_INTEGER, &message->n))
    return FALSE;
  message->box = snug_json_peek_base64url_up_to (frame->body, "box", SNUG_SEALED_MAX_BOX_BYTES);
  return message->box != NULL && g_bytes_get_size (message->box) >= SNUG_SEALED_TAG_BYTES;
}

SnugSignalMessage *
snug_sealed_message_write (const guint8 *sid, guint64 n, GBytes *box)
{
  SnugSignalMessage *frame = snug_signal_message_new (SNUG_SIGNAL_SEALED);
  gsize n_box;
  const guint8 *data = g_bytes_get_data (box, &n_box);

  frame->body = json_object_new ();
  snug_json_set_base64url (frame->body, "sid", sid, SNUG_PAKE_SID_BYTES);
  json_object_set_int_member (frame->body, "n", (gint64) n);
  snug_json_set_base64url (frame->body, "box", data, n_box);
  return frame;
}

/* --- what is in a box ------------------------------------------------------------------------------ */

static gboolean
is_named (const SnugSignalMessage *content, const char *name)
{
  return content->type == SNUG_SIGNAL_UNKNOWN && strcmp (content->type_name, name) == 0;
}

gboolean
snug_is_room_key (const SnugSignalMessage *content)
{
  return is_named (content, ROOM_KEY);
}

gboolean
snug_is_knock (const SnugSignalMessage *content)
{
  return is_named (content, KNOCK);
}

static SnugSignalMessage *
make_content (const char *name)
{
  SnugSignalMessage *content = snug_signal_message_new (SNUG_SIGNAL_UNKNOWN);

  content->type_name = g_strdup (name);
  content->body = json_object_new ();
  return content;
}

GBytes *
snug_room_key_read (const SnugSignalMessage *content)
{
  return snug_json_peek_base64url (content->body, "key", SNUG_ROOM_KEY_BYTES);
}

SnugSignalMessage *
snug_room_key_write (const guint8 *key)
{
  SnugSignalMessage *content = make_content (ROOM_KEY);

  snug_json_set_base64url (content->body, "key", key, SNUG_ROOM_KEY_BYTES);
  return content;
}

const char *
snug_knock_read (const SnugSignalMessage *content)
{
  const char *name = NULL;

  snug_json_peek_string (content->body, "name", SNUG_KNOCK_MAX_NAME_BYTES, &name);
  return name;
}

SnugSignalMessage *
snug_knock_write (const char *name)
{
  SnugSignalMessage *content = make_content (KNOCK);

  json_object_set_string_member (content->body, "name", name);
  return content;
}

static gboolean
may_be_sealed (const SnugSignalMessage *content)
{
  g_autoptr (GBytes) key = snug_is_room_key (content) ? snug_room_key_read (content) : NULL;

  return (content->type >= SNUG_SIGNAL_OFFER && content->type <= SNUG_SIGNAL_RESTART)
         || key != NULL || (snug_is_knock (content) && snug_knock_read (content) != NULL);
}

SnugSignalMessage *
snug_sealed_content_read (const char *text, gsize length)
{
  g_autoptr (SnugSignalMessage) content = snug_signal_message_decode (text, length, NULL);

  return content != NULL && may_be_sealed (content) ? g_steal_pointer (&content) : NULL;
}
