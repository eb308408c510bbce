/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-wire-private.h"

#include <string.h>

#include "snug-emoji.h"
#include "snug-json.h"

static const char *const type_names[SNUG_WIRE_N_TYPES] = {
  [SNUG_WIRE_UNKNOWN] = "",
  [SNUG_WIRE_HELLO] = "hello",
  [SNUG_WIRE_CHAT] = "chat",
  [SNUG_WIRE_CHAT_RECEIVED] = "chat-received",
  [SNUG_WIRE_EDIT] = "edit",
  [SNUG_WIRE_DELETE] = "delete",
  [SNUG_WIRE_REACT] = "react",
  [SNUG_WIRE_PHRASE_COMMIT] = "phrase-commit",
  [SNUG_WIRE_PHRASE_REVEAL] = "phrase-reveal",
  [SNUG_WIRE_TYPING] = "typing",
  [SNUG_WIRE_AWAY] = "away",
  [SNUG_WIRE_REMOVED] = "removed",
  [SNUG_WIRE_PING] = "ping",
  [SNUG_WIRE_PONG] = "pong",
  [SNUG_WIRE_FILE_OFFER] = "file-offer",
  [SNUG_WIRE_FILE_DECLINE] = "file-decline",
  [SNUG_WIRE_FILE_WITHDRAW] = "file-withdraw",
  [SNUG_WIRE_FILE_GET] = "file-get",
  [SNUG_WIRE_FILE_DONE] = "file-done",
  [SNUG_WIRE_FILE_PAUSE] = "file-pause",
  [SNUG_WIRE_FILE_CANCEL] = "file-cancel",
  [SNUG_WIRE_FILE_PASS] = "file-pass",
  [SNUG_WIRE_FILE_PASSING] = "file-passing",
  [SNUG_WIRE_FILE_FROM] = "file-from",
  [SNUG_WIRE_PIECE_HASHES] = "piece-hashes",
  [SNUG_WIRE_HAVE_PIECES] = "have-pieces",
  [SNUG_WIRE_FILE_HEIR] = "file-heir",
};

static const struct
{
  SnugWireFeatures  feature;
  const char       *word;
} features[] = {
  { SNUG_WIRE_FEATURE_EDIT, "edit" },
  { SNUG_WIRE_FEATURE_REACT, "react" },
  { SNUG_WIRE_FEATURE_PHRASE, "phrase" },
  { SNUG_WIRE_FEATURE_HOLDERS, "holders" },
  { SNUG_WIRE_FEATURE_FOLDER_HOLDERS, "folder-holders" },
  { SNUG_WIRE_FEATURE_HEIRS, "heirs" },
  { SNUG_WIRE_FEATURE_CHOSEN, "chosen-holders" },
};

const char *
snug_wire_type_to_text (SnugWireType type)
{
  return type_names[type];
}

static SnugWireType
type_from_text (const char *text)
{
  for (guint type = SNUG_WIRE_UNKNOWN + 1; type < SNUG_WIRE_N_TYPES; type++)
    if (strcmp (text, type_names[type]) == 0)
      return type;
  return SNUG_WIRE_UNKNOWN;
}

SnugWireMessage *
snug_wire_message_new (SnugWireType type)
{
  SnugWireMessage *message = g_new0 (SnugWireMessage, 1);

  message->type = type;
  return message;
}

static gpointer
copy_string (gconstpointer text, gpointer user_data)
{
  return g_strdup (text);
}

SnugWireMessage *
snug_wire_message_copy (const SnugWireMessage *message)
{
  SnugWireMessage *copy = g_memdup2 (message, sizeof *message);

  copy->id = g_strdup (message->id);
  copy->name = g_strdup (message->name);
  copy->app = g_strdup (message->app);
  copy->device = g_strdup (message->device);
  copy->text = g_strdup (message->text);
  copy->reply = g_strdup (message->reply);
  copy->of = g_strdup (message->of);
  copy->emoji = g_strdup (message->emoji);
  copy->peer = g_strdup (message->peer);
  copy->mime_type = g_strdup (message->mime_type);
  copy->reason = g_strdup (message->reason);
  copy->ids = message->ids != NULL ? g_ptr_array_copy (message->ids, copy_string, NULL) : NULL;
  copy->commitment = message->commitment != NULL ? g_bytes_ref (message->commitment) : NULL;
  copy->nonce = message->nonce != NULL ? g_bytes_ref (message->nonce) : NULL;
  copy->have = message->have != NULL ? g_bytes_ref (message->have) : NULL;
  copy->only = message->only != NULL ? g_bytes_ref (message->only) : NULL;
  copy->manifest = message->manifest != NULL ? g_bytes_ref (message->manifest) : NULL;
  copy->fingerprint = message->fingerprint != NULL ? g_bytes_ref (message->fingerprint) : NULL;
  copy->via = g_strdup (message->via);
  copy->hashes = message->hashes != NULL ? g_bytes_ref (message->hashes) : NULL;
  return copy;
}

void
snug_wire_message_free (SnugWireMessage *message)
{
  g_free (message->id);
  g_free (message->name);
  g_free (message->app);
  g_free (message->device);
  g_free (message->text);
  g_free (message->reply);
  g_free (message->of);
  g_free (message->emoji);
  g_free (message->peer);
  g_free (message->mime_type);
  g_free (message->reason);
  g_clear_pointer (&message->ids, g_ptr_array_unref);
  g_clear_pointer (&message->commitment, g_bytes_unref);
  g_clear_pointer (&message->nonce, g_bytes_unref);
  g_clear_pointer (&message->have, g_bytes_unref);
  g_clear_pointer (&message->only, g_bytes_unref);
  g_clear_pointer (&message->manifest, g_bytes_unref);
  g_clear_pointer (&message->fingerprint, g_bytes_unref);
  g_free (message->via);
  g_clear_pointer (&message->hashes, g_bytes_unref);
  g_free (message);
}

/* A name of something, which must be there. */
static gboolean
read_word (JsonObject *object, const char *name, char **out)
{
  return snug_json_dup_string (object, name, SNUG_WIRE_MAX_ID_BYTES, out) && **out != '\0';
}

static gboolean
read_id (JsonObject *object, SnugWireMessage *message)
{
  return read_word (object, "id", &message->id);
}

/* A field that may be absent, but not of another type or size. */
static gboolean
optional_string (JsonObject *object, const char *name, gsize max_bytes, char **out)
{
  return !json_object_has_member (object, name) || snug_json_dup_string (object, name, max_bytes, out);
}

static gboolean
optional_integer (JsonObject *object, const char *name, guint64 *out)
{
  return !json_object_has_member (object, name)
         || snug_json_peek_integer (object, name, SNUG_JSON_MAX_INTEGER, out);
}

static SnugWireFeatures
feature_from_word (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    if (strcmp (word, features[i].word) == 0)
      return features[i].feature;
  return 0;
}

/* Whoever says this in no way that we can read says nothing. */
static SnugWireFeatures
read_features (JsonObject *object)
{
  SnugWireFeatures found = 0;
  JsonArray *words;
  const char *word;

  if (!snug_json_peek_array (object, "features", SNUG_WIRE_MAX_FEATURES, &words))
    return 0;
  for (guint i = 0; i < json_array_get_length (words); i++)
    {
      if (!snug_json_peek_element_string (words, i, SNUG_WIRE_MAX_ID_BYTES, &word))
        return 0;
      found |= feature_from_word (word);
    }
  return found;
}

static gboolean
read_hello (JsonObject *object, SnugWireMessage *m)
{
  m->features = read_features (object);
  return snug_json_peek_integer (object, "v", 1000, &m->version) && m->version >= SNUG_WIRE_VERSION
         && optional_string (object, "name", SNUG_WIRE_MAX_NAME_BYTES, &m->name)
         && optional_string (object, "app", SNUG_WIRE_MAX_ID_BYTES, &m->app)
         && optional_string (object, "device", SNUG_WIRE_MAX_ID_BYTES, &m->device);
}

static gboolean
read_chat (JsonObject *object, SnugWireMessage *m)
{
  return read_id (object, m) && snug_json_dup_string (object, "text", SNUG_WIRE_MAX_TEXT_BYTES, &m->text)
         && optional_integer (object, "ts", &m->ts)
         && optional_string (object, "reply", SNUG_WIRE_MAX_ID_BYTES, &m->reply);
}

/* What is said about a message that was said before. */
static gboolean
read_change (JsonObject *object, SnugWireMessage *m)
{
  return read_id (object, m) && read_word (object, "of", &m->of);
}

static gboolean
read_edit (JsonObject *object, SnugWireMessage *m)
{
  return read_change (object, m) && snug_json_dup_string (object, "text", SNUG_WIRE_MAX_TEXT_BYTES, &m->text);
}

static gboolean
read_react (JsonObject *object, SnugWireMessage *m)
{
  return read_change (object, m)
         && snug_json_dup_string (object, "emoji", SNUG_WIRE_MAX_EMOJI_BYTES, &m->emoji)
         && snug_emoji_is_one (m->emoji) && snug_json_peek_boolean (object, "on", &m->on);
}

/* A field of 32 bytes that must be there. */
static gboolean
read_hash (JsonObject *object, const char *name, GBytes **out)
{
  *out = snug_json_peek_base64url (object, name, SNUG_WIRE_HASH_BYTES);
  return *out != NULL;
}

static gboolean
read_chat_received (JsonObject *object, SnugWireMessage *m)
{
  JsonArray *ids;

  if (!snug_json_peek_array (object, "ids", SNUG_WIRE_MAX_IDS, &ids))
    return FALSE;

  m->ids = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (ids); i++)
    {
      const char *id;

      if (!snug_json_peek_element_string (ids, i, SNUG_WIRE_MAX_ID_BYTES, &id))
        return FALSE;
      g_ptr_array_add (m->ids, g_strdup (id));
    }
  return TRUE;
}

/* A number, or a word for the manifest. */
static gboolean
peek_entry (JsonObject *object, guint64 *entry)
{
  const char *word;

  if (!snug_json_peek_string (object, "entry", SNUG_WIRE_MAX_ID_BYTES, &word))
    return snug_json_peek_integer (object, "entry", SNUG_JSON_MAX_INTEGER, entry);
  *entry = SNUG_WIRE_ENTRY_MANIFEST;
  return strcmp (word, "manifest") == 0;
}

static void
set_entry (JsonObject *object, guint64 entry)
{
  if (entry == SNUG_WIRE_ENTRY_MANIFEST)
    json_object_set_string_member (object, "entry", "manifest");
  else
    json_object_set_int_member (object, "entry", (gint64) entry);
}

/* Of a folder. A version that knows none offers it without. */
static gboolean
read_manifest (JsonObject *object, SnugWireMessage *m)
{
  JsonObject *manifest;

  if (!json_object_has_member (object, "manifest"))
    return TRUE;
  if (!snug_json_peek_object (object, "manifest", &manifest)
      || !snug_json_peek_integer (manifest, "size", SNUG_JSON_MAX_INTEGER, &m->manifest_size))
    return FALSE;
  m->manifest = snug_json_peek_base64url (manifest, "sha256", SNUG_WIRE_HASH_BYTES);
  return m->manifest != NULL;
}

static gboolean
read_file_offer (JsonObject *object, SnugWireMessage *m)
{
  const char *kind = "file";

  if (!read_id (object, m) || !snug_json_dup_string (object, "name", SNUG_WIRE_MAX_NAME_BYTES, &m->name)
      || !snug_json_peek_integer (object, "size", SNUG_JSON_MAX_INTEGER, &m->size)
      || !optional_string (object, "mimeType", SNUG_WIRE_MAX_REASON_BYTES, &m->mime_type)
      || !optional_integer (object, "mtime", &m->mtime) || !optional_integer (object, "count", &m->count))
    return FALSE;

  if (json_object_has_member (object, "kind")
      && !snug_json_peek_string (object, "kind", SNUG_WIRE_MAX_ID_BYTES, &kind))
    return FALSE;
  m->kind = strcmp (kind, "folder") == 0 ? SNUG_WIRE_KIND_FOLDER : SNUG_WIRE_KIND_FILE;
  if (strcmp (kind, "file") == 0)
    return TRUE;
  return m->kind == SNUG_WIRE_KIND_FOLDER && read_manifest (object, m);
}

static gboolean
read_only (JsonObject *object, SnugWireMessage *m)
{
  m->only = snug_json_peek_base64url_up_to (object, "only", SNUG_WIRE_MAX_ONLY_BYTES);
  return m->only != NULL || !json_object_has_member (object, "only");
}

static gboolean
read_file_get (JsonObject *object, SnugWireMessage *m)
{
  JsonObject *from;

  if (!read_id (object, m) || !snug_json_peek_object (object, "from", &from)
      || !peek_entry (from, &m->from_entry)
      || !snug_json_peek_integer (from, "offset", SNUG_JSON_MAX_INTEGER, &m->from_offset)
      || m->from_offset % SNUG_WIRE_PIECE_BYTES != 0 || !read_only (object, m))
    return FALSE;

  if (!json_object_has_member (object, "have"))
    return m->from_offset == 0;
  m->have = snug_json_peek_base64url (object, "have", SNUG_WIRE_HASH_BYTES);
  return m->have != NULL;
}

static gboolean
read_file_done (JsonObject *object, SnugWireMessage *m)
{
  return read_id (object, m) && read_hash (object, "fingerprint", &m->fingerprint);
}

static gboolean
read_file_pause (JsonObject *object, SnugWireMessage *m)
{
  return read_id (object, m) && snug_json_peek_boolean (object, "on", &m->on)
         && (!json_object_has_member (object, "busy") || snug_json_peek_boolean (object, "busy", &m->busy));
}

/* About a file that one receiver passes on to another. */
static gboolean
read_via (JsonObject *object, SnugWireMessage *m)
{
  return read_id (object, m) && read_word (object, "via", &m->via);
}

static gboolean
read_via_and_peer (JsonObject *object, SnugWireMessage *m)
{
  return read_via (object, m) && read_word (object, "peer", &m->peer);
}

static gboolean
read_piece_hashes (JsonObject *object, SnugWireMessage *m)
{
  gsize n_bytes;

  m->hashes = snug_json_peek_base64url_up_to (object, "hashes", SNUG_WIRE_MAX_HASHES * SNUG_WIRE_HASH_BYTES);
  n_bytes = m->hashes != NULL ? g_bytes_get_size (m->hashes) : 0;
  return n_bytes > 0 && n_bytes % SNUG_WIRE_HASH_BYTES == 0 && read_id (object, m)
         && snug_json_peek_integer (object, "first", SNUG_JSON_MAX_INTEGER, &m->pieces);
}

static gboolean
read_have_pieces (JsonObject *object, SnugWireMessage *m)
{
  return read_id (object, m) && snug_json_peek_integer (object, "n", SNUG_JSON_MAX_INTEGER, &m->pieces)
         && (!json_object_has_member (object, "ask") || snug_json_peek_boolean (object, "ask", &m->ask))
         && (!json_object_has_member (object, "paused") || snug_json_peek_boolean (object, "paused", &m->paused));
}

static gboolean
read_fields (JsonObject *object, SnugWireMessage *m)
{
  switch (m->type)
    {
    case SNUG_WIRE_HELLO:
      return read_hello (object, m);
    case SNUG_WIRE_CHAT:
      return read_chat (object, m);
    case SNUG_WIRE_CHAT_RECEIVED:
      return read_chat_received (object, m);
    case SNUG_WIRE_EDIT:
      return read_edit (object, m);
    case SNUG_WIRE_DELETE:
      return read_change (object, m);
    case SNUG_WIRE_REACT:
      return read_react (object, m);
    case SNUG_WIRE_PHRASE_COMMIT:
      return read_hash (object, "c", &m->commitment);
    case SNUG_WIRE_PHRASE_REVEAL:
      return read_hash (object, "nonce", &m->nonce);
    case SNUG_WIRE_TYPING:
    case SNUG_WIRE_AWAY:
      return snug_json_peek_boolean (object, "on", &m->on);
    case SNUG_WIRE_REMOVED:
      return snug_json_dup_string (object, "peer", SNUG_WIRE_MAX_ID_BYTES, &m->peer);
    case SNUG_WIRE_PING:
    case SNUG_WIRE_PONG:
      return snug_json_peek_integer (object, "t", SNUG_JSON_MAX_INTEGER, &m->t);
    case SNUG_WIRE_FILE_OFFER:
      return read_file_offer (object, m);
    case SNUG_WIRE_FILE_DECLINE:
    case SNUG_WIRE_FILE_WITHDRAW:
      return read_id (object, m);
    case SNUG_WIRE_FILE_GET:
      return read_file_get (object, m);
    case SNUG_WIRE_FILE_DONE:
      return read_file_done (object, m);
    case SNUG_WIRE_FILE_PAUSE:
      return read_file_pause (object, m);
    case SNUG_WIRE_FILE_CANCEL:
      return read_id (object, m) && optional_string (object, "reason", SNUG_WIRE_MAX_REASON_BYTES, &m->reason);
    case SNUG_WIRE_FILE_PASSING:
      return read_via (object, m) && snug_json_peek_boolean (object, "on", &m->on);
    case SNUG_WIRE_FILE_PASS:
    case SNUG_WIRE_FILE_FROM:
      return read_via_and_peer (object, m);
    case SNUG_WIRE_FILE_HEIR:
      return read_via_and_peer (object, m) && read_only (object, m);
    case SNUG_WIRE_PIECE_HASHES:
      return read_piece_hashes (object, m);
    case SNUG_WIRE_HAVE_PIECES:
      return read_have_pieces (object, m);
    case SNUG_WIRE_UNKNOWN:
    case SNUG_WIRE_N_TYPES:
    default:
      return TRUE;
    }
}

SnugWireMessage *
snug_wire_decode (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = snug_json_parse (text, length, SNUG_WIRE_MAX_JSON_BYTES, error);
  g_autoptr (SnugWireMessage) message = NULL;
  const char *type;

  if (object == NULL)
    return NULL;

  if (!snug_json_peek_string (object, "type", SNUG_WIRE_MAX_ID_BYTES, &type))
    {
      g_set_error_literal (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "message without a type");
      return NULL;
    }

  message = snug_wire_message_new (type_from_text (type));
  if (!read_fields (object, message))
    {
      g_set_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "%s with missing or wrong fields",
                   type_names[message->type]);
      return NULL;
    }
  return g_steal_pointer (&message);
}

static void
set_optional (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
}

static void
set_bytes (JsonObject *object, const char *name, GBytes *bytes)
{
  if (bytes != NULL)
    snug_json_set_base64url (object, name, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static JsonArray *
features_to_array (SnugWireFeatures some)
{
  JsonArray *words = json_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    if ((some & features[i].feature) != 0)
      json_array_add_string_element (words, features[i].word);
  return words;
}

static void
write_hello (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_int_member (object, "v", SNUG_WIRE_VERSION);
  set_optional (object, "name", m->name);
  set_optional (object, "app", m->app);
  set_optional (object, "device", m->device);
  json_object_set_array_member (object, "features", features_to_array (m->features));
}

static void
write_chat (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_string_member (object, "text", m->text);
  json_object_set_int_member (object, "ts", (gint64) m->ts);
  set_optional (object, "reply", m->reply);
}

static void
write_react (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_string_member (object, "emoji", m->emoji);
  json_object_set_boolean_member (object, "on", m->on);
}

static void
write_chat_received (JsonObject *object, const SnugWireMessage *m)
{
  JsonArray *ids = json_array_new ();

  for (guint i = 0; i < m->ids->len; i++)
    json_array_add_string_element (ids, g_ptr_array_index (m->ids, i));
  json_object_set_array_member (object, "ids", ids);
}

static void
write_manifest (JsonObject *object, const SnugWireMessage *m)
{
  JsonObject *manifest = json_object_new ();

  json_object_set_int_member (manifest, "size", (gint64) m->manifest_size);
  set_bytes (manifest, "sha256", m->manifest);
  json_object_set_object_member (object, "manifest", manifest);
}

static void
write_file_offer (JsonObject *object, const SnugWireMessage *m)
{
  gboolean is_folder = m->kind == SNUG_WIRE_KIND_FOLDER;

  json_object_set_string_member (object, "name", m->name);
  json_object_set_int_member (object, "size", (gint64) m->size);
  set_optional (object, "mimeType", m->mime_type);
  if (m->mtime != 0)
    json_object_set_int_member (object, "mtime", (gint64) m->mtime);
  json_object_set_string_member (object, "kind", is_folder ? "folder" : "file");
  if (is_folder)
    json_object_set_int_member (object, "count", (gint64) m->count);
  if (m->manifest != NULL)
    write_manifest (object, m);
}

static void
write_file_get (JsonObject *object, const SnugWireMessage *m)
{
  JsonObject *from = json_object_new ();

  set_entry (from, m->from_entry);
  json_object_set_int_member (from, "offset", (gint64) m->from_offset);
  json_object_set_object_member (object, "from", from);
  set_bytes (object, "have", m->have);
  set_bytes (object, "only", m->only);
}

static void
write_file_pause (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_boolean_member (object, "on", m->on);
  if (m->busy)
    json_object_set_boolean_member (object, "busy", TRUE);
}

static void
write_piece_hashes (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_int_member (object, "first", (gint64) m->pieces);
  set_bytes (object, "hashes", m->hashes);
}

static void
write_file_heir (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_string_member (object, "peer", m->peer);
  set_bytes (object, "only", m->only);
}

static void
write_have_pieces (JsonObject *object, const SnugWireMessage *m)
{
  json_object_set_int_member (object, "n", (gint64) m->pieces);
  if (m->ask)
    json_object_set_boolean_member (object, "ask", TRUE);
  if (m->paused)
    json_object_set_boolean_member (object, "paused", TRUE);
}

static void
write_fields (JsonObject *object, const SnugWireMessage *m)
{
  switch (m->type)
    {
    case SNUG_WIRE_HELLO: write_hello (object, m); break;
    case SNUG_WIRE_CHAT: write_chat (object, m); break;
    case SNUG_WIRE_CHAT_RECEIVED: write_chat_received (object, m); break;
    case SNUG_WIRE_EDIT: json_object_set_string_member (object, "text", m->text); break;
    case SNUG_WIRE_REACT: write_react (object, m); break;
    case SNUG_WIRE_PHRASE_COMMIT: set_bytes (object, "c", m->commitment); break;
    case SNUG_WIRE_PHRASE_REVEAL: set_bytes (object, "nonce", m->nonce); break;
    case SNUG_WIRE_TYPING:
    case SNUG_WIRE_AWAY:
    case SNUG_WIRE_FILE_PASSING: json_object_set_boolean_member (object, "on", m->on); break;
    case SNUG_WIRE_REMOVED:
    case SNUG_WIRE_FILE_PASS:
    case SNUG_WIRE_FILE_FROM: json_object_set_string_member (object, "peer", m->peer); break;
    case SNUG_WIRE_PING:
    case SNUG_WIRE_PONG: json_object_set_int_member (object, "t", (gint64) m->t); break;
    case SNUG_WIRE_FILE_OFFER: write_file_offer (object, m); break;
    case SNUG_WIRE_FILE_GET: write_file_get (object, m); break;
    case SNUG_WIRE_FILE_DONE: set_bytes (object, "fingerprint", m->fingerprint); break;
    case SNUG_WIRE_FILE_PAUSE: write_file_pause (object, m); break;
    case SNUG_WIRE_FILE_CANCEL: set_optional (object, "reason", m->reason); break;
    case SNUG_WIRE_PIECE_HASHES: write_piece_hashes (object, m); break;
    case SNUG_WIRE_HAVE_PIECES: write_have_pieces (object, m); break;
    case SNUG_WIRE_FILE_HEIR: write_file_heir (object, m); break;
    case SNUG_WIRE_FILE_DECLINE:
    case SNUG_WIRE_FILE_WITHDRAW:
    case SNUG_WIRE_DELETE:
    case SNUG_WIRE_UNKNOWN:
    case SNUG_WIRE_N_TYPES:
    default: break;
    }
}

char *
snug_wire_encode (const SnugWireMessage *message)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "type", type_names[message->type]);
  set_optional (object, "id", message->id);
  set_optional (object, "of", message->of);
  set_optional (object, "via", message->via);
  write_fields (object, message);
  return snug_json_to_text (object);
}

gboolean
snug_wire_decode_file_text (const char *text, gsize length, SnugWireFileText *out, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GBytes) hash = NULL;

  if (snug_wire_read_usual_file_text (text, length, out))
    return TRUE;
  object = snug_json_parse (text, length, SNUG_WIRE_MAX_JSON_BYTES, error);
  if (object == NULL)
    return FALSE;

  *out = (SnugWireFileText) { 0 };
  hash = snug_json_peek_base64url (object, "sha256", SNUG_WIRE_HASH_BYTES);
  if (hash != NULL)
    {
      out->is_hash = TRUE;
      memcpy (out->hash, g_bytes_get_data (hash, NULL), SNUG_WIRE_HASH_BYTES);
      return TRUE;
    }

  if (peek_entry (object, &out->entry)
      && snug_json_peek_integer (object, "offset", SNUG_JSON_MAX_INTEGER, &out->offset)
      && snug_json_peek_integer (object, "size", SNUG_JSON_MAX_INTEGER, &out->size)
      && out->offset <= out->size)
    return TRUE;

  *out = (SnugWireFileText) { 0 };
  out->is_name = snug_json_peek_integer (object, "stripes", SNUG_JSON_MAX_INTEGER, &out->number);
  out->is_next = !out->is_name && snug_json_peek_integer (object, "next", SNUG_JSON_MAX_INTEGER, &out->number);
  if (out->is_name || out->is_next)
    return TRUE;

  g_set_error_literal (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "text on a file channel with wrong fields");
  return FALSE;
}
