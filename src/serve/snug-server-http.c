/* SPDX-License-Identifier: GPL-3.0-or-later */

/* HTTP: the API of PROTOCOL.md sections 1 and 2, the upgrade to a WebSocket, and the web client. */
#include "snug-server-private.h"

#include <string.h>

#include "snug-config.h"
#include "snug-context.h"
#include "snug-json.h"
#include "snug-room-code.h"
#include "snug-server-guard.h"
#include "snug-web-page.h"

#define MAX_BODY_BYTES 4096
#define MIN_CAPACITY 2
/* RFC 6585 section 4; libsoup has no name for it. */
#define STATUS_TOO_MANY_REQUESTS 429

static SnugServerDoor *
get_door (SoupServerMessage *message)
{
  return g_object_get_data (G_OBJECT (soup_server_message_get_remote_address (message)), "snug-door");
}

/* Each proxy adds whom it spoke to at the end: the last one that is not a proxy of ours. What stands before
 * it is the client's own word. (transfer full) (nullable) */
static GInetAddress *
find_forwarded (SnugServer *self, const char *list)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (guint i = g_strv_length (names); i > 0; i--)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (g_strstrip (names[i - 1]));

      if (address == NULL)
        return NULL;
      if (i == 1 || !snug_server_is_proxy (self, address))
        return g_steal_pointer (&address);
    }
  return NULL;
}

/* Who it is to the limits: behind a proxy of our own, whom the proxy says it spoke to. */
static char *
dup_client (SnugServer *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *list = soup_message_headers_get_list (headers, "X-Forwarded-For");
  SnugServerDoor *door = get_door (message);
  g_autoptr (GInetAddress) address = NULL;

  if (door->from_proxy && list != NULL)
    address = find_forwarded (self, list);
  return address != NULL ? snug_throttle_key (address) : g_strdup (door->address);
}

/* Answers */

static void
answer (SoupServerMessage *message, guint status, const char *type, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, text, strlen (text));
}

static void
answer_json (SoupServerMessage *message, guint status, JsonObject *object)
{
  g_autofree char *text = snug_json_to_text (object);

  answer (message, status, "application/json", text);
}

static void
answer_no (SoupServerMessage *message, guint status, const char *reason)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_boolean_member (object, "success", FALSE);
  json_object_set_string_member (object, "message", reason);
  answer_json (message, status, object);
}

static JsonObject *
new_success (void)
{
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "success", TRUE);
  return object;
}

/* create-room */

typedef struct
{
  gboolean v2;
  guint    capacity;
  gboolean is_private;
} CreateRequest;

/* Whatever does not ask for version 2 in so many words is a page of version 1. */
static gboolean
read_create_request (GBytes *body, CreateRequest *request)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr (JsonObject) object = length > 0 ? snug_json_parse (text, length, MAX_BODY_BYTES, NULL) : NULL;
  guint64 version, capacity = SNUG_SIGNAL_MAX_MEMBERS;

  *request = (CreateRequest) { .capacity = MIN_CAPACITY };
  if (object == NULL || !json_object_has_member (object, "v"))
    return TRUE;
  if (!snug_json_peek_integer (object, "v", 2, &version) || version != 2)
    return FALSE;

  request->v2 = TRUE;
  if ((json_object_has_member (object, "capacity")
       && !snug_json_peek_integer (object, "capacity", SNUG_SIGNAL_MAX_MEMBERS, &capacity))
      || (json_object_has_member (object, "private")
          && !snug_json_peek_boolean (object, "private", &request->is_private)))
    return FALSE;
  request->capacity = (guint) capacity;
  return capacity >= MIN_CAPACITY;
}

static SnugServerEntry *
make_room (SnugServer *self, const CreateRequest *request, const char *client)
{
  SnugSignalCode code;

  return snug_server_make_room (self, request->v2 ? SNUG_SERVER_ROOM_VERSION_2 : SNUG_SERVER_ROOM_VERSION_1,
                                request->capacity, request->is_private, client, &code);
}

static void
answer_created (SoupServerMessage *message, SnugServerEntry *entry, gboolean v2)
{
  g_autoptr (JsonObject) object = new_success ();
  g_autofree char *token = NULL;

  json_object_set_string_member (object, "code", snug_server_room_get_code (entry->room));
  if (v2)
    {
      token = snug_server_room_make_creator_token (entry->room);
      json_object_set_int_member (object, "v", 2);
      json_object_set_string_member (object, "member", SNUG_SERVER_ROOM_CREATOR);
      json_object_set_string_member (object, "token", token);
    }
  answer_json (message, SOUP_STATUS_OK, object);
}

/* A request that waits for other servers. */
typedef struct
{
  SnugServer        *server;      /* borrowed: it answers all before it goes */
  SoupServerMessage *message;     /* owned */
  CreateRequest      request;
  char              *client;      /* owned */
  char              *code;        /* owned: of the room that is being claimed */
  guint              n_tries;
} Pending;

static Pending *
pending_new (SnugServer *self, SoupServerMessage *message)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->server = self;
  pending->message = g_object_ref (message);
  soup_server_message_pause (message);
  return pending;
}

/* It has its answer. */
static void
pending_end (Pending *pending)
{
  soup_server_message_unpause (pending->message);
  g_object_unref (pending->message);
  g_free (pending->client);
  g_free (pending->code);
  g_free (pending);
}

/* How many codes we make before we give up: one that is taken is rare, two of them are a directory that lies. */
#define MAX_CREATE_TRIES 8

static void on_claimed (const SnugDirectoryAnswer *verdict, gpointer data);

static void
make_and_claim (Pending *pending)
{
  SnugServer *self = pending->server;
  SnugServerEntry *entry = pending->n_tries++ < MAX_CREATE_TRIES
                           ? make_room (self, &pending->request, pending->client) : NULL;
  SnugTokenClaims claims = { 0 };

  if (entry == NULL)
    {
      answer_no (pending->message, STATUS_TOO_MANY_REQUESTS, "Too many rooms");
      pending_end (pending);
      return;
    }
  g_free (pending->code);
  pending->code = g_strdup (snug_server_room_get_code (entry->room));
  claims.code = pending->code;
  claims.instance = (char *) snug_server_room_get_instance (entry->room);
  claims.seq = snug_server_room_get_last_seq (entry->room);
  claims.expires = entry->expires;
  self->config.directory->funcs->claim (self->config.directory, &claims, on_claimed, pending);
}

static void
on_claimed (const SnugDirectoryAnswer *verdict, gpointer data)
{
  Pending *pending = data;
  SnugServerEntry *entry = snug_server_find_room (pending->server, pending->code);

  if (entry != NULL && verdict->verdict == SNUG_DIRECTORY_OURS)
    {
      answer_created (pending->message, entry, pending->request.v2);
      pending_end (pending);
      return;
    }
  if (entry != NULL)
    snug_server_abandon_room (pending->server, entry);
  if (verdict->verdict == SNUG_DIRECTORY_THEIRS)
    {
      make_and_claim (pending);
      return;
    }
  answer_no (pending->message, SOUP_STATUS_SERVICE_UNAVAILABLE, "Try again later");
  pending_end (pending);
}

static void
on_create_room (SnugServer *self, SoupServerMessage *message)
{
  SoupMessageBody *request_body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) body = soup_message_body_flatten (request_body);
  g_autofree char *client = dup_client (self, message);
  CreateRequest request;
  SnugServerEntry *entry;
  Pending *pending;

  if (self->config.built_in)
    return answer_no (message, SOUP_STATUS_FORBIDDEN, "This server carries its own room only");
  if (!read_create_request (body, &request))
    return answer_no (message, SOUP_STATUS_BAD_REQUEST, "Request not understood");
  if (self->afar != NULL)
    {
      pending = pending_new (self, message);
      pending->request = request;
      pending->client = g_steal_pointer (&client);
      return make_and_claim (pending);
    }

  entry = make_room (self, &request, client);
  if (entry == NULL)
    return answer_no (message, STATUS_TOO_MANY_REQUESTS, "Too many rooms");
  answer_created (message, entry, request.v2);
}

/* room-info */

char *
snug_server_describe_room (SnugServer *self, const char *code)
{
  SnugServerEntry *entry = snug_server_find_room (self, code);
  g_autoptr (JsonObject) object = new_success ();
  JsonObject *status;
  gboolean has_sender, has_receiver;

  if (entry == NULL || !snug_server_room_is_open_yet (entry->room))
    return NULL;

  snug_server_room_get_roles (entry->room, &has_sender, &has_receiver);
  status = json_object_new ();
  json_object_set_string_member (status, "code", snug_server_room_get_code (entry->room));
  json_object_set_boolean_member (status, "has_sender", has_sender);
  json_object_set_boolean_member (status, "has_receiver", has_receiver);
  json_object_set_int_member (status, "created_at", entry->created_at);
  json_object_set_boolean_member (status, "private", snug_server_room_is_private (entry->room));
  json_object_set_object_member (object, "status", status);
  json_object_set_int_member (object, "v", 2);
  return snug_json_to_text (object);
}

static void
answer_described (SoupServerMessage *message, const char *text)
{
  if (text != NULL)
    answer (message, SOUP_STATUS_OK, "application/json", text);
  else
    answer_no (message, SOUP_STATUS_OK, "Room not found");
}

static void
on_described (const char *text, gpointer data)
{
  Pending *pending = data;

  answer_described (pending->message, text);
  pending_end (pending);
}

static void
on_room_info (SnugServer *self, SoupServerMessage *message, GHashTable *query)
{
  const char *code = query != NULL ? g_hash_table_lookup (query, "code") : NULL;
  char folded[SNUG_ROOM_CODE_CHARS + 1];
  g_autofree char *text = NULL;
  g_autofree char *client = dup_client (self, message);

  if (!snug_throttle_take (self->room_infos, client, g_get_monotonic_time ()))
    return answer_no (message, STATUS_TOO_MANY_REQUESTS, "Too many requests");
  if (code == NULL || !snug_room_code_fold (code, folded))
    return answer_described (message, NULL);

  text = snug_server_describe_room (self, folded);
  if (text == NULL && self->afar != NULL && snug_server_find_room (self, folded) == NULL)
    return snug_server_afar_describe (self->afar, folded, on_described, pending_new (self, message));
  answer_described (message, text);
}

/* health and metrics */

/* Whether a page that was opened on this computer asks, by an address that would lead anybody else to themselves. */
static gboolean
asks_for_address (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return get_door (message)->from_here && snug_guard_host_is_loopback (soup_message_headers_get_one (headers, "Host"));
}

static void
on_health (SnugServer *self, SoupServerMessage *message)
{
  g_autoptr (JsonObject) object = new_success ();
  g_autofree char *address = asks_for_address (message) ? snug_server_dup_url_for_others (self) : NULL;

  json_object_set_int_member (object, "v", 2);
  json_object_set_string_member (object, "version", SNUG_VERSION);
  if (address != NULL)
    json_object_set_string_member (object, "address", address);
  answer_json (message, SOUP_STATUS_OK, object);
}

static void
add_metric (GString *text, const char *name, const char *type, guint64 value)
{
  g_string_append_printf (text, "# TYPE %s %s\n%s %" G_GUINT64_FORMAT "\n", name, type, name, value);
}

static void
on_metrics (SnugServer *self, SoupServerMessage *message)
{
  g_autoptr (GString) text = g_string_new (NULL);

  add_metric (text, "snug_rooms", "gauge", g_hash_table_size (self->rooms));
  add_metric (text, "snug_members", "gauge", snug_server_count_members (self));
  add_metric (text, "snug_sockets", "gauge", g_hash_table_size (self->guests));
  add_metric (text, "snug_connections", "gauge", g_hash_table_size (self->doors));
  if (self->afar != NULL)
    add_metric (text, "snug_carried", "gauge", snug_server_afar_count_calls (self->afar));
  add_metric (text, "snug_rooms_made_total", "counter", self->n_rooms_made);
  add_metric (text, "snug_entered_total", "counter", self->n_entered);
  add_metric (text, "snug_relayed_total", "counter", self->n_relayed);
  g_string_append (text, "# TYPE snug_refused_total counter\n");
  for (guint code = SNUG_SIGNAL_CODE_NONE + 1; code < G_N_ELEMENTS (self->n_refused); code++)
    g_string_append_printf (text, "snug_refused_total{code=\"%s\"} %" G_GUINT64_FORMAT "\n",
                            snug_signal_code_to_text (code), self->n_refused[code]);
  answer (message, SOUP_STATUS_OK, "text/plain; version=0.0.4", text->str);
}

/* The upgrade */

typedef struct
{
  SnugServer *server;     /* borrowed: a message does not outlive its server */
  char       *code;       /* owned */
  char       *client;     /* owned */
  const char *role;       /* static, nullable */
} Upgrade;

static void
upgrade_free (gpointer data, GClosure *closure)
{
  Upgrade *upgrade = data;

  g_free (upgrade->code);
  g_free (upgrade->client);
  g_free (upgrade);
}

static void
on_switched_protocols (SoupServerMessage *message, gpointer data)
{
  Upgrade *upgrade = data;
  SnugServerDoor *door = get_door (message);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  door->upgraded = TRUE;
  snug_clear_source (&door->deadline);
  snug_server_guest_new (upgrade->server, door, stream, upgrade->client, upgrade->code,
                         upgrade->role);
}

/* "v=2", or version 1 with a role. */
static gboolean
read_ws_query (GHashTable *query, const char **code, const char **role)
{
  const char *version = query != NULL ? g_hash_table_lookup (query, "v") : NULL;
  const char *asked = query != NULL ? g_hash_table_lookup (query, "role") : NULL;

  *code = query != NULL ? g_hash_table_lookup (query, "code") : NULL;
  *role = NULL;
  if (*code == NULL)
    return FALSE;
  if (version != NULL)
    return strcmp (version, "2") == 0;
  if (asked == NULL || (strcmp (asked, "sender") != 0 && strcmp (asked, "receiver") != 0))
    return FALSE;
  *role = *asked == 's' ? "sender" : "receiver";
  return TRUE;
}

static void
on_ws (SnugServer *self, SoupServerMessage *message, GHashTable *query)
{
  const char *code, *role;
  Upgrade *upgrade;

  if (self->stopped)
    return answer_no (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "Server is stopping");
  if (!read_ws_query (query, &code, &role))
    return answer_no (message, SOUP_STATUS_BAD_REQUEST, "Request not understood");

  /* Without extensions: a compressed message's size is known too late (RFC 7692). */
  if (!soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL))
    return;

  upgrade = g_new (Upgrade, 1);
  *upgrade = (Upgrade) { self, g_strdup (code), dup_client (self, message), role };
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (on_switched_protocols), upgrade,
                         upgrade_free, 0);
}

/* The page */

static gboolean
accepts_gzip (SoupServerMessage *message)
{
  const char *accepted = soup_message_headers_get_list (soup_server_message_get_request_headers (message),
                                                        "Accept-Encoding");
  GSList *codings = accepted != NULL ? soup_header_parse_quality_list (accepted, NULL) : NULL;
  gboolean found = g_slist_find_custom (codings, "gzip", (GCompareFunc) g_ascii_strcasecmp) != NULL;

  soup_header_free_list (codings);
  return found;
}

/* RFC 9110 section 8.4: what the build packed goes out packed to whom takes it so. */
static GBytes *
load_packed (SnugServer *self, SoupServerMessage *message, const char *path)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  GBytes *packed = accepts_gzip (message) ? snug_web_page_load_packed (self->web_root, path) : NULL;

  soup_message_headers_replace (headers, "Vary", "Accept-Encoding");
  if (packed != NULL)
    soup_message_headers_replace (headers, "Content-Encoding", "gzip");
  return packed;
}

static void
on_page (SnugServer *self, SoupServerMessage *message, const char *path)
{
  const char *type = NULL;
  g_autoptr (GBytes) file = NULL, packed = NULL;
  gsize length;
  const char *data;

  if (self->web_root != NULL)
    file = snug_web_page_load (self->web_root, path, &type);
  if (file == NULL)
    return answer (message, SOUP_STATUS_NOT_FOUND, "text/plain; charset=utf-8", "Not found\n");

  packed = load_packed (self, message, path);
  data = g_bytes_get_data (packed != NULL ? packed : file, &length);
  /* libsoup keeps alive only what its own listeners let in: say that it closes, or a client that is
   * quick with its next request gets a reset. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, data, length);
}

/* Every request */

/* The built-in server listens where browsers of the whole house can be made to knock by any web page:
 * a name that could be rebound, or another page's origin, gets nothing (DNS rebinding). */
static gboolean
is_welcome (SnugServer *self, SoupServerMessage *message, const char *host)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  gboolean changes = strcmp (soup_server_message_get_method (message), "GET") != 0
                     || soup_message_headers_get_one (headers, "Upgrade") != NULL;

  if (!self->config.built_in)
    return TRUE;
  return snug_guard_host_is_local (host)
         && (!changes || snug_guard_origin_matches (soup_message_headers_get_one (headers, "Origin"), host));
}

typedef enum
{
  READS = 1,
  POSTS
} Methods;

static gboolean
allows (SoupServerMessage *message, Methods methods)
{
  const char *method = soup_server_message_get_method (message);
  gboolean ok = methods == POSTS ? strcmp (method, "POST") == 0
                                 : strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0;

  if (ok)
    return TRUE;
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                methods == POSTS ? "POST" : "GET, HEAD");
  answer_no (message, SOUP_STATUS_METHOD_NOT_ALLOWED, "Method not allowed");
  return FALSE;
}

static void
route (SnugServer *self, SoupServerMessage *message, const char *path, GHashTable *query)
{
  if (strcmp (path, "/api/create-room") == 0)
    {
      if (allows (message, POSTS))
        on_create_room (self, message);
    }
  else if (!allows (message, READS))
    return;
  else if (strcmp (path, "/api/room-info") == 0)
    on_room_info (self, message, query);
  else if (strcmp (path, "/api/ws") == 0)
    on_ws (self, message, query);
  else if (strcmp (path, "/api/health") == 0)
    on_health (self, message);
  else if (strcmp (path, "/metrics") == 0)
    on_metrics (self, message);
  else
    on_page (self, message, path);
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer data)
{
  SnugServer *self = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *host = soup_message_headers_get_one (headers, "Host");

  /* Some hundred overlapping ranges of one file would be an answer of any size. */
  soup_message_headers_remove (headers, "Range");

  if (host == NULL || !snug_guard_host_is_well_formed (host))
    return answer_no (message, SOUP_STATUS_BAD_REQUEST, "Host not understood");
  snug_web_page_add_headers (soup_server_message_get_response_headers (message), host);
  if (!is_welcome (self, message, host))
    return answer_no (message, SOUP_STATUS_FORBIDDEN, "Not from there");
  route (self, message, g_uri_get_path (soup_server_message_get_uri (message)), query);
}

/* Bodies: only create-room has one, and a short one. */

static void
shut (SoupServerMessage *message)
{
  SnugServerDoor *door = get_door (message);

  if (door != NULL)
    g_socket_shutdown (g_socket_connection_get_socket (door->connection), TRUE, TRUE, NULL);
}

static void
on_got_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  if (soup_server_message_get_request_body (message)->length > MAX_BODY_BYTES)
    shut (message);
}

static void
on_got_headers (SoupServerMessage *message, gpointer data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && soup_message_headers_get_content_length (headers) > MAX_BODY_BYTES)
    shut (message);
}

static void
on_wrote_body_data (SoupServerMessage *message, guint n_bytes, gpointer data)
{
  SnugServerDoor *door = get_door (message);

  if (door != NULL)
    snug_server_door_rearm (door);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer data)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), NULL);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_got_chunk), NULL);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote_body_data), NULL);
}

void
snug_server_add_http_handlers (SnugServer *self)
{
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_request_started), self);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
}
