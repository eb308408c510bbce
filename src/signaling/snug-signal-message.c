/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-signal-message.h"

#include <string.h>

#include "snug-json.h"

G_DEFINE_BOXED_TYPE (SnugSignalMessage, snug_signal_message, snug_signal_message_ref,
                     snug_signal_message_unref)

/* How one type of frame is read and written. */
typedef gboolean (*Reader) (SnugSignalMessage *message, JsonObject *object);
typedef void (*Writer) (const SnugSignalMessage *message, JsonObject *object);

static const char *const code_names[] = {
  [SNUG_SIGNAL_CODE_ROOM_NOT_FOUND] = "room-not-found",
  [SNUG_SIGNAL_CODE_ROOM_FULL] = "room-full",
  [SNUG_SIGNAL_CODE_LOCKED] = "locked",
  [SNUG_SIGNAL_CODE_DENIED] = "denied",
  [SNUG_SIGNAL_CODE_REMOVED] = "removed",
  [SNUG_SIGNAL_CODE_REPLACED] = "replaced",
  [SNUG_SIGNAL_CODE_IN_USE] = "in-use",
  [SNUG_SIGNAL_CODE_BAD_TOKEN] = "bad-token",
  [SNUG_SIGNAL_CODE_NOT_ALLOWED] = "not-allowed",
  [SNUG_SIGNAL_CODE_EXPIRED] = "expired",
  [SNUG_SIGNAL_CODE_PRIVATE] = "private",
  [SNUG_SIGNAL_CODE_BAD_MESSAGE] = "bad-message",
  [SNUG_SIGNAL_CODE_TOO_LARGE] = "too-large",
  [SNUG_SIGNAL_CODE_RATE_LIMITED] = "rate-limited",
  [SNUG_SIGNAL_CODE_NO_SUCH_PEER] = "no-such-peer",
  [SNUG_SIGNAL_CODE_VERSION] = "version",
};

const char *
snug_signal_code_to_text (SnugSignalCode code)
{
  return code < G_N_ELEMENTS (code_names) ? code_names[code] : NULL;
}

SnugSignalCode
snug_signal_code_from_text (const char *text)
{
  for (guint i = SNUG_SIGNAL_CODE_NONE + 1; i < G_N_ELEMENTS (code_names); i++)
    {
      if (strcmp (code_names[i], text) == 0)
        return (SnugSignalCode) i;
    }
  return SNUG_SIGNAL_CODE_NONE;
}

gboolean
snug_signal_is_id (const char *text)
{
  gsize n = strspn (text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "_-");

  return n > 0 && n <= SNUG_SIGNAL_MAX_ID_BYTES && text[n] == '\0';
}

/* Optional fields: absent and null are the same, of another type or over its cap is a refusal. */

static gboolean
is_absent (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static gboolean
maybe_string (JsonObject *object, const char *name, gsize max_bytes, char **out)
{
  return is_absent (object, name) || snug_json_dup_string (object, name, max_bytes, out);
}

static gboolean
maybe_text (JsonObject *object, const char *name, char **out)
{
  return maybe_string (object, name, SNUG_SIGNAL_MAX_TEXT_BYTES, out);
}

static gboolean
maybe_id (JsonObject *object, const char *name, char **out)
{
  return maybe_string (object, name, SNUG_SIGNAL_MAX_ID_BYTES, out)
         && (*out == NULL || snug_signal_is_id (*out));
}

static gboolean
maybe_integer (JsonObject *object, const char *name, guint64 *out)
{
  return is_absent (object, name)
         || snug_json_peek_integer (object, name, SNUG_JSON_MAX_INTEGER, out);
}

static gboolean
maybe_boolean (JsonObject *object, const char *name, gboolean *out)
{
  return is_absent (object, name) || snug_json_peek_boolean (object, name, out);
}

static gboolean
maybe_role (JsonObject *object, char **out)
{
  return maybe_string (object, "role", 8, out)
         && (*out == NULL || g_str_equal (*out, "sender") || g_str_equal (*out, "receiver"));
}

static void
put_string (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, name, text);
}

static void
put_integer (JsonObject *object, const char *name, guint64 value)
{
  json_object_set_int_member (object, name, (gint64) value);
}

static void
put_true (JsonObject *object, const char *name, gboolean value)
{
  if (value)
    json_object_set_boolean_member (object, name, TRUE);
}

/* enter, leave */

static gboolean
read_nothing (SnugSignalMessage *message, JsonObject *object)
{
  return TRUE;
}

static void
write_nothing (const SnugSignalMessage *message, JsonObject *object)
{
}

static gboolean
read_enter (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_id (object, "member", &message->peer)
         && maybe_string (object, "token", SNUG_SIGNAL_MAX_TOKEN_BYTES, &message->token)
         && maybe_id (object, "client", &message->client);
}

static void
write_enter (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "member", message->peer);
  put_string (object, "token", message->token);
  put_string (object, "client", message->client);
}

/* ping, pong, lock */

static gboolean
read_t (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_integer (object, "t", &message->t);
}

static void
write_t (const SnugSignalMessage *message, JsonObject *object)
{
  if (message->t != 0)
    put_integer (object, "t", message->t);
}

static gboolean
read_lock (SnugSignalMessage *message, JsonObject *object)
{
  return snug_json_peek_boolean (object, "on", &message->on);
}

static void
write_lock (const SnugSignalMessage *message, JsonObject *object)
{
  json_object_set_boolean_member (object, "on", message->on);
}

/* admit, deny, remove, peer-pending, peer-away, peer-back, host */

static gboolean
read_peer (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_id (object, "peer", &message->peer) && message->peer != NULL;
}

static void
write_peer (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "peer", message->peer);
}

/* peer-joined: version 1 says the role, version 2 who it is */

static gboolean
read_peer_joined (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_id (object, "peer", &message->peer)
         && maybe_integer (object, "seq", &message->seq)
         && maybe_role (object, &message->role)
         && maybe_boolean (object, "legacy", &message->legacy)
         && (message->peer != NULL ? message->seq != 0 : message->role != NULL);
}

static void
write_peer_joined (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "peer", message->peer);
  if (message->seq != 0)
    put_integer (object, "seq", message->seq);
  put_string (object, "role", message->role);
  put_true (object, "legacy", message->legacy);
}

static gboolean
read_peer_left (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_id (object, "peer", &message->peer)
         && maybe_text (object, "reason", &message->reason);
}

static void
write_peer_left (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "peer", message->peer);
  put_string (object, "reason", message->reason);
}

/* welcome and room */

static gboolean
read_room (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_integer (object, "capacity", &message->capacity)
         && maybe_integer (object, "expires", &message->expires)
         && maybe_boolean (object, "locked", &message->locked);
}

static void
write_room (const SnugSignalMessage *message, JsonObject *object)
{
  json_object_set_boolean_member (object, "locked", message->locked);
  put_integer (object, "capacity", message->capacity);
  put_integer (object, "expires", message->expires);
}

static JsonObject *
object_element (JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element (array, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static SnugSignalPeer *
read_member (JsonObject *object)
{
  SnugSignalPeer *peer = g_new0 (SnugSignalPeer, 1);

  if (object != NULL
      && maybe_id (object, "id", &peer->id) && peer->id != NULL
      && snug_json_peek_integer (object, "seq", SNUG_JSON_MAX_INTEGER, &peer->seq) && peer->seq != 0
      && maybe_role (object, &peer->role)
      && maybe_boolean (object, "legacy", &peer->legacy)
      && maybe_boolean (object, "away", &peer->away))
    return peer;

  snug_signal_peer_free (peer);
  return NULL;
}

static gboolean
read_members (SnugSignalMessage *message, JsonObject *object)
{
  JsonArray *array;

  message->members = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_peer_free);
  if (!snug_json_peek_array (object, "members", SNUG_SIGNAL_MAX_MEMBERS, &array))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      SnugSignalPeer *peer = read_member (object_element (array, i));

      if (peer == NULL)
        return FALSE;
      g_ptr_array_add (message->members, peer);
    }
  return TRUE;
}

static void
write_members (const SnugSignalMessage *message, JsonObject *object)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; message->members != NULL && i < message->members->len; i++)
    {
      const SnugSignalPeer *peer = g_ptr_array_index (message->members, i);
      JsonObject *element = json_object_new ();

      put_string (element, "id", peer->id);
      put_integer (element, "seq", peer->seq);
      put_string (element, "role", peer->role);
      put_true (element, "legacy", peer->legacy);
      put_true (element, "away", peer->away);
      json_array_add_object_element (array, element);
    }
  json_object_set_array_member (object, "members", array);
}

static SnugSignalIceServer *
read_ice_server (JsonObject *object)
{
  SnugSignalIceServer *server = g_new0 (SnugSignalIceServer, 1);

  if (object != NULL
      && maybe_text (object, "urls", &server->url) && server->url != NULL
      && (g_str_has_prefix (server->url, "stun:") || g_str_has_prefix (server->url, "turn:")
          || g_str_has_prefix (server->url, "turns:"))
      && maybe_text (object, "username", &server->username)
      && maybe_text (object, "credential", &server->credential))
    return server;

  snug_signal_ice_server_free (server);
  return NULL;
}

static gboolean
read_ice_servers (SnugSignalMessage *message, JsonObject *object)
{
  JsonArray *array;

  message->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) snug_signal_ice_server_free);
  if (is_absent (object, "iceServers"))
    return TRUE;
  if (!snug_json_peek_array (object, "iceServers", SNUG_SIGNAL_MAX_ICE_SERVERS, &array))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      SnugSignalIceServer *server = read_ice_server (object_element (array, i));

      if (server == NULL)
        return FALSE;
      g_ptr_array_add (message->ice_servers, server);
    }
  return TRUE;
}

static void
write_ice_servers (const SnugSignalMessage *message, JsonObject *object)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; message->ice_servers != NULL && i < message->ice_servers->len; i++)
    {
      const SnugSignalIceServer *server = g_ptr_array_index (message->ice_servers, i);
      JsonObject *element = json_object_new ();

      put_string (element, "urls", server->url);
      put_string (element, "username", server->username);
      put_string (element, "credential", server->credential);
      json_array_add_object_element (array, element);
    }
  json_object_set_array_member (object, "iceServers", array);
}

static gboolean
read_welcome (SnugSignalMessage *message, JsonObject *object)
{
  return snug_json_peek_integer (object, "v", SNUG_JSON_MAX_INTEGER, &message->version)
         && maybe_id (object, "self", &message->self) && message->self != NULL
         && snug_json_peek_integer (object, "seq", SNUG_JSON_MAX_INTEGER, &message->seq)
         && maybe_string (object, "token", SNUG_SIGNAL_MAX_TOKEN_BYTES, &message->token)
         && maybe_id (object, "host", &message->host)
         && read_members (message, object)
         && read_room (message, object)
         && read_ice_servers (message, object)
         && maybe_boolean (object, "private", &message->is_private)
         && maybe_boolean (object, "resumed", &message->resumed)
         && maybe_boolean (object, "lost", &message->lost)
         && maybe_boolean (object, "pending", &message->pending);
}

static void
write_welcome (const SnugSignalMessage *message, JsonObject *object)
{
  put_integer (object, "v", message->version);
  put_string (object, "self", message->self);
  put_integer (object, "seq", message->seq);
  put_string (object, "token", message->token);
  put_string (object, "host", message->host);
  write_members (message, object);
  write_room (message, object);
  write_ice_servers (message, object);
  json_object_set_boolean_member (object, "private", message->is_private);
  put_true (object, "resumed", message->resumed);
  put_true (object, "lost", message->lost);
  put_true (object, "pending", message->pending);
}

/* goodbye and error */

static gboolean
read_goodbye (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_text (object, "reason", &message->reason)
         && maybe_integer (object, "again_after", &message->again_after);
}

static void
write_goodbye (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "reason", message->reason);
  if (message->again_after != 0)
    put_integer (object, "again_after", message->again_after);
}

static gboolean
read_error (SnugSignalMessage *message, JsonObject *object)
{
  g_autofree char *code = NULL;

  if (!maybe_text (object, "code", &code) || !maybe_text (object, "message", &message->message))
    return FALSE;
  if (code != NULL)
    message->code = snug_signal_code_from_text (code);
  return TRUE;
}

static void
write_error (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "code", snug_signal_code_to_text (message->code));
  put_string (object, "message", message->message);
}

/* offer, answer, ice-candidate */

static gboolean
read_description (SnugSignalMessage *message, JsonObject *object)
{
  JsonObject *caps = NULL;

  if (!maybe_string (object, "sdp", SNUG_SIGNAL_MAX_SDP_BYTES, &message->sdp) || message->sdp == NULL)
    return FALSE;
  if (!is_absent (object, "caps") && !snug_json_peek_object (object, "caps", &caps))
    return FALSE;

  message->caps = caps != NULL ? json_object_ref (caps) : NULL;
  return maybe_string (object, "of", SNUG_SIGNAL_MAX_UFRAG_BYTES, &message->of)
         && maybe_integer (object, "neg", &message->neg);
}

static void
write_description (const SnugSignalMessage *message, JsonObject *object)
{
  put_string (object, "sdp", message->sdp);
  if (message->neg != 0)
    put_integer (object, "neg", message->neg);
  if (message->caps != NULL)
    json_object_set_object_member (object, "caps", json_object_ref (message->caps));
  if (message->of != NULL)
    put_string (object, "of", message->of);
}

/* PROTOCOL.md section 1: the candidate is a string that holds JSON, so it passes the gate again. */
static gboolean
read_candidate (SnugSignalMessage *message, JsonObject *object)
{
  g_autoptr (JsonObject) inner = NULL;
  const char *text;

  if (!snug_json_peek_string (object, "candidate", 2 * SNUG_SIGNAL_MAX_CANDIDATE_BYTES, &text))
    return FALSE;

  inner = snug_json_parse (text, strlen (text), 2 * SNUG_SIGNAL_MAX_CANDIDATE_BYTES, NULL);
  return inner != NULL
         && maybe_string (inner, "candidate", SNUG_SIGNAL_MAX_CANDIDATE_BYTES, &message->candidate)
         && message->candidate != NULL
         && maybe_string (inner, "sdpMid", SNUG_SIGNAL_MAX_ID_BYTES, &message->sdp_mid)
         && maybe_integer (object, "neg", &message->neg);
}

/* There is one m-line, so its index is 0; a page finds the line by either name. */
static void
write_candidate (const SnugSignalMessage *message, JsonObject *object)
{
  g_autoptr (JsonObject) inner = json_object_new ();
  g_autofree char *text = NULL;

  put_string (inner, "candidate", message->candidate);
  put_string (inner, "sdpMid", message->sdp_mid);
  put_integer (inner, "sdpMLineIndex", 0);
  text = snug_json_to_text (inner);

  put_string (object, "candidate", text);
  if (message->neg != 0)
    put_integer (object, "neg", message->neg);
}

/* restart */

static gboolean
read_neg (SnugSignalMessage *message, JsonObject *object)
{
  return maybe_integer (object, "neg", &message->neg);
}

static void
write_neg (const SnugSignalMessage *message, JsonObject *object)
{
  if (message->neg != 0)
    put_integer (object, "neg", message->neg);
}

/* pake, sealed and what we do not know: kept whole */

static gboolean
read_body (SnugSignalMessage *message, JsonObject *object)
{
  message->body = json_object_ref (object);
  return TRUE;
}

static void
write_body (const SnugSignalMessage *message, JsonObject *object)
{
  g_autoptr (GList) names = message->body != NULL ? json_object_get_members (message->body) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (object, l->data, json_object_dup_member (message->body, l->data));
}

typedef struct
{
  const char *name;
  Reader      read;
  Writer      write;
} TypeRow;

static const TypeRow rows[] = {
  [SNUG_SIGNAL_UNKNOWN] = { NULL, read_body, write_body },
  [SNUG_SIGNAL_ENTER] = { "enter", read_enter, write_enter },
  [SNUG_SIGNAL_LEAVE] = { "leave", read_nothing, write_nothing },
  [SNUG_SIGNAL_PING] = { "ping", read_t, write_t },
  [SNUG_SIGNAL_ADMIT] = { "admit", read_peer, write_peer },
  [SNUG_SIGNAL_DENY] = { "deny", read_peer, write_peer },
  [SNUG_SIGNAL_REMOVE] = { "remove", read_peer, write_peer },
  [SNUG_SIGNAL_LOCK] = { "lock", read_lock, write_lock },
  [SNUG_SIGNAL_WELCOME] = { "welcome", read_welcome, write_welcome },
  [SNUG_SIGNAL_PEER_JOINED] = { "peer-joined", read_peer_joined, write_peer_joined },
  [SNUG_SIGNAL_PEER_PENDING] = { "peer-pending", read_peer, write_peer },
  [SNUG_SIGNAL_PEER_AWAY] = { "peer-away", read_peer, write_peer },
  [SNUG_SIGNAL_PEER_BACK] = { "peer-back", read_peer, write_peer },
  [SNUG_SIGNAL_PEER_LEFT] = { "peer-left", read_peer_left, write_peer_left },
  [SNUG_SIGNAL_HOST] = { "host", read_peer, write_peer },
  [SNUG_SIGNAL_ROOM] = { "room", read_room, write_room },
  [SNUG_SIGNAL_GOODBYE] = { "goodbye", read_goodbye, write_goodbye },
  [SNUG_SIGNAL_PONG] = { "pong", read_t, write_t },
  [SNUG_SIGNAL_ERROR] = { "error", read_error, write_error },
  [SNUG_SIGNAL_OFFER] = { "offer", read_description, write_description },
  [SNUG_SIGNAL_ANSWER] = { "answer", read_description, write_description },
  [SNUG_SIGNAL_ICE_CANDIDATE] = { "ice-candidate", read_candidate, write_candidate },
  [SNUG_SIGNAL_RESTART] = { "restart", read_neg, write_neg },
  [SNUG_SIGNAL_PAKE] = { "pake", read_body, write_body },
  [SNUG_SIGNAL_SEALED] = { "sealed", read_body, write_body },
};

SnugSignalType
snug_signal_type_from_name (const char *name)
{
  for (guint i = SNUG_SIGNAL_UNKNOWN + 1; i < G_N_ELEMENTS (rows); i++)
    {
      if (strcmp (rows[i].name, name) == 0)
        return (SnugSignalType) i;
    }
  return SNUG_SIGNAL_UNKNOWN;
}

gboolean
snug_signal_type_is_of_server (SnugSignalType type)
{
  return type >= SNUG_SIGNAL_WELCOME && type <= SNUG_SIGNAL_ERROR;
}

SnugSignalMessage *
snug_signal_message_new (SnugSignalType type)
{
  SnugSignalMessage *message = g_new0 (SnugSignalMessage, 1);

  message->type = type;
  message->type_name = g_strdup (rows[type].name);
  g_atomic_ref_count_init (&message->ref_count);
  return message;
}

SnugSignalMessage *
snug_signal_message_ref (SnugSignalMessage *message)
{
  g_atomic_ref_count_inc (&message->ref_count);
  return message;
}

void
snug_signal_message_unref (SnugSignalMessage *message)
{
  if (!g_atomic_ref_count_dec (&message->ref_count))
    return;

  g_free (message->type_name);
  g_free (message->to);
  g_free (message->from);
  g_free (message->sdp);
  g_free (message->candidate);
  g_free (message->sdp_mid);
  g_clear_pointer (&message->caps, json_object_unref);
  g_free (message->of);
  g_free (message->peer);
  g_free (message->role);
  g_free (message->reason);
  g_free (message->token);
  g_free (message->client);
  g_free (message->self);
  g_free (message->host);
  g_clear_pointer (&message->members, g_ptr_array_unref);
  g_clear_pointer (&message->ice_servers, g_ptr_array_unref);
  g_free (message->message);
  g_clear_pointer (&message->body, json_object_unref);
  g_free (message);
}

void
snug_signal_peer_free (SnugSignalPeer *peer)
{
  g_free (peer->id);
  g_free (peer->role);
  g_free (peer);
}

void
snug_signal_ice_server_free (SnugSignalIceServer *server)
{
  g_free (server->url);
  g_free (server->username);
  g_free (server->credential);
  g_free (server);
}

SnugSignalMessage *
snug_signal_message_from_object (JsonObject *object, GError **error)
{
  g_autoptr (SnugSignalMessage) message = NULL;
  const char *name;
  SnugSignalType type;

  if (!snug_json_peek_string (object, "type", SNUG_SIGNAL_MAX_ID_BYTES, &name) || *name == '\0')
    {
      g_set_error_literal (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "a frame without a type");
      return NULL;
    }

  type = snug_signal_type_from_name (name);
  message = snug_signal_message_new (type);
  if (type == SNUG_SIGNAL_UNKNOWN)
    message->type_name = g_strdup (name);

  if (!maybe_id (object, "to", &message->to) || !maybe_id (object, "from", &message->from)
      || !rows[type].read (message, object))
    {
      g_set_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "a field of “%s” is not right", name);
      return NULL;
    }
  return g_steal_pointer (&message);
}

SnugSignalMessage *
snug_signal_message_decode (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = snug_json_parse (text, length, SNUG_SIGNAL_MAX_BYTES, error);

  return object != NULL ? snug_signal_message_from_object (object, error) : NULL;
}

char *
snug_signal_message_encode (const SnugSignalMessage *message)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, "type", message->type_name);
  rows[message->type].write (message, object);
  json_object_set_string_member (object, "type", message->type_name);
  put_string (object, "to", message->to);
  put_string (object, "from", message->from);
  return snug_json_to_text (object);
}
