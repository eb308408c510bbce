/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-wire-v1.h"

#include <string.h>

#include "snug-json.h"
#include "snug-wire.h"

static const char *const type_names[SNUG_WIRE_V1_N_TYPES] = {
  [SNUG_WIRE_V1_UNKNOWN] = "",
  [SNUG_WIRE_V1_CHAT] = "chat",
  [SNUG_WIRE_V1_FILE_META] = "file-meta",
  [SNUG_WIRE_V1_CHUNK_INFO] = "chunk-info",
  [SNUG_WIRE_V1_COMPLETE] = "complete",
  [SNUG_WIRE_V1_CANCEL] = "cancel",
};

void
snug_wire_v1_message_free (SnugWireV1Message *message)
{
  g_free (message->id);
  g_free (message->text);
  g_free (message->name);
  g_free (message->mime_type);
  g_free (message);
}

static SnugWireV1Type
type_from_text (const char *text)
{
  for (guint type = SNUG_WIRE_V1_UNKNOWN + 1; type < SNUG_WIRE_V1_N_TYPES; type++)
    if (strcmp (text, type_names[type]) == 0)
      return type;
  return SNUG_WIRE_V1_UNKNOWN;
}

static gboolean
read_id (JsonObject *object, SnugWireV1Message *m)
{
  return snug_json_dup_string (object, "id", SNUG_WIRE_V1_MAX_ID_BYTES, &m->id) && *m->id != '\0';
}

static gboolean
read_file_meta (JsonObject *object, SnugWireV1Message *m)
{
  /* The type is a hint: nothing is refused for it. */
  snug_json_dup_string (object, "mimeType", SNUG_WIRE_MAX_REASON_BYTES, &m->mime_type);
  return read_id (object, m) && snug_json_dup_string (object, "name", SNUG_WIRE_MAX_NAME_BYTES, &m->name)
         && snug_json_peek_integer (object, "size", SNUG_JSON_MAX_INTEGER, &m->size);
}

static void
read_chunk_info (JsonObject *object, SnugWireV1Message *m)
{
  read_id (object, m);
  snug_json_peek_integer (object, "index", SNUG_JSON_MAX_INTEGER, &m->index);
  snug_json_peek_integer (object, "total", SNUG_JSON_MAX_INTEGER, &m->total);
}

static gboolean
read_fields (JsonObject *object, SnugWireV1Message *m)
{
  switch (m->type)
    {
    case SNUG_WIRE_V1_CHAT:
      snug_json_peek_integer (object, "ts", SNUG_JSON_MAX_INTEGER, &m->ts);
      return snug_json_dup_string (object, "text", SNUG_WIRE_MAX_TEXT_BYTES, &m->text);
    case SNUG_WIRE_V1_FILE_META:
      return read_file_meta (object, m);
    case SNUG_WIRE_V1_CHUNK_INFO:
      read_chunk_info (object, m);
      return TRUE;
    case SNUG_WIRE_V1_COMPLETE:
    case SNUG_WIRE_V1_CANCEL:
      return read_id (object, m);
    case SNUG_WIRE_V1_UNKNOWN:
    case SNUG_WIRE_V1_N_TYPES:
    default:
      return TRUE;
    }
}

SnugWireV1Message *
snug_wire_v1_decode (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = snug_json_parse (text, length, SNUG_WIRE_MAX_JSON_BYTES, error);
  g_autoptr (SnugWireV1Message) message = NULL;
  const char *type;

  if (object == NULL)
    return NULL;
  if (!snug_json_peek_string (object, "type", SNUG_WIRE_MAX_ID_BYTES, &type))
    {
      g_set_error_literal (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "message without a type");
      return NULL;
    }

  message = g_new0 (SnugWireV1Message, 1);
  message->type = type_from_text (type);
  if (!read_fields (object, message))
    {
      g_set_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "%s with missing or wrong fields",
                   type_names[message->type]);
      return NULL;
    }
  return g_steal_pointer (&message);
}

static void
write_file_meta (JsonObject *object, const SnugWireV1Message *m)
{
  const char *mime_type = m->mime_type != NULL ? m->mime_type : "application/octet-stream";

  json_object_set_string_member (object, "name", m->name);
  json_object_set_int_member (object, "size", (gint64) MIN (m->size, SNUG_WIRE_V1_MAX_SAID_BYTES));
  if (m->size > SNUG_WIRE_V1_MAX_SAID_BYTES)
    json_object_set_int_member (object, "realSize", (gint64) m->size);
  json_object_set_string_member (object, "mimeType", mime_type);
}

static void
write_fields (JsonObject *object, const SnugWireV1Message *m)
{
  switch (m->type)
    {
    case SNUG_WIRE_V1_CHAT:
      json_object_set_string_member (object, "text", m->text);
      json_object_set_int_member (object, "ts", (gint64) m->ts);
      break;
    case SNUG_WIRE_V1_FILE_META:
      write_file_meta (object, m);
      break;
    case SNUG_WIRE_V1_CHUNK_INFO:
      json_object_set_int_member (object, "index", (gint64) m->index);
      json_object_set_int_member (object, "total", (gint64) m->total);
      break;
    case SNUG_WIRE_V1_COMPLETE:
    case SNUG_WIRE_V1_CANCEL:
    case SNUG_WIRE_V1_UNKNOWN:
    case SNUG_WIRE_V1_N_TYPES:
    default:
      break;
    }
}

char *
snug_wire_v1_encode (const SnugWireV1Message *message)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "type", type_names[message->type]);
  if (message->id != NULL)
    json_object_set_string_member (object, "id", message->id);
  write_fields (object, message);
  return snug_json_to_text (object);
}
