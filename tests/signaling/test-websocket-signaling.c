/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The client, on the real server of version 2 and on a scripted one of version 1. */
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <libsoup/soup.h>
#include <string.h>

#include "snug-await.h"
#include "snug-context.h"
#include "snug-server.h"
#include "snug-signaling-version-1.h"
#include "snug-websocket-signaling.h"

typedef struct
{
  SnugSignaling *signaling;    /* owned */
  GString       *heard;        /* owned: "welcome:m1 peer-joined:m2 …" */
  char          *token;        /* owned: of the last welcome */
} Member;

static void
on_message (SnugSignaling *signaling, SnugSignalMessage *message, gpointer data)
{
  Member *member = data;
  const char *who = message->from != NULL ? message->from : message->self != NULL ? message->self
                    : message->peer != NULL ? message->peer : message->reason;

  g_string_append_printf (member->heard, "%s:%s%s%s ", message->type_name, who, message->resumed ? "+" : "",
                          message->lost ? "!" : "");
  if (message->token != NULL)
    {
      g_free (member->token);
      member->token = g_strdup (message->token);
    }
}

static Member *
member_new (const char *url, const char *code, const char *id, const char *token, const char *role)
{
  Member *member = g_new0 (Member, 1);

  member->signaling = snug_websocket_signaling_new (url, code, id, token, role);
  member->heard = g_string_new (NULL);
  g_signal_connect (member->signaling, "message", G_CALLBACK (on_message), member);
  snug_signaling_open (member->signaling);
  return member;
}

static void
member_free (Member *member)
{
  g_signal_handlers_disconnect_by_data (member->signaling, member);
  if (snug_signaling_get_state (member->signaling) != SNUG_SIGNALING_CLOSED)
    snug_signaling_close (member->signaling);
  g_object_unref (member->signaling);
  g_string_free (member->heard, TRUE);
  g_free (member->token);
  g_free (member);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Member, member_free)

#define await_heard(member, word) snug_await (NULL, strstr ((member)->heard->str, (word)) != NULL)
#define await_state(member, state) snug_await (NULL, snug_signaling_get_state ((member)->signaling) == (state))

#define assert_closed_with(member, code)                                                          \
  G_STMT_START {                                                                                  \
    await_state (member, SNUG_SIGNALING_CLOSED);                                                  \
    g_assert_error (snug_signaling_get_error ((member)->signaling), SNUG_SIGNALING_ERROR, (code)); \
    g_assert_cmpuint (strlen (snug_signaling_get_error ((member)->signaling)->message), >, 0);     \
  } G_STMT_END

static char *
make_url (guint port)
{
  return g_strdup_printf ("http://127.0.0.1:%u", port);
}

static SnugServer *
start (const SnugServerConfig *config, char **url)
{
  SnugServer *server = snug_server_new (config);

  g_assert_true (snug_server_listen (server, "127.0.0.1:0", NULL));
  *url = make_url (snug_server_get_port (server));
  return server;
}

static void
stop (SnugServer *server)
{
  snug_server_stop (server, "over");
  snug_await (NULL, snug_server_get_n_connections (server) == 0);
  g_assert_finalize_object (server);
}

static Member *
make_room (SnugServer *server, const char *url, guint capacity, char **code)
{
  g_autofree char *id = NULL;
  g_autofree char *token = NULL;
  Member *member;

  g_assert_true (snug_server_create_room (server, capacity, FALSE, code, &id, &token, NULL));
  member = member_new (url, *code, id, token, "sender");
  await_heard (member, "welcome:m1 ");
  return member;
}

static void
say_restart (Member *member, const char *to)
{
  g_autoptr (SnugSignalMessage) restart = snug_signal_message_new (SNUG_SIGNAL_RESTART);

  restart->to = g_strdup (to);
  snug_signaling_send (member->signaling, restart);
}

/* Version 2 */

static void
on_created (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static SnugCreatedRoom *
create (const char *url, guint capacity, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  snug_websocket_signaling_create_room_async (url, capacity, FALSE, cancellable, on_created, &result);
  snug_await (NULL, result != NULL);
  return snug_websocket_signaling_create_room_finish (result, error);
}

static void
test_create_and_enter (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCreatedRoom) room = create (url, 3, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (room->v2);
  g_autoptr (Member) ana = member_new (url, room->code, room->member, room->token, "sender");
  await_heard (ana, "welcome:m1");
  Member *ben = member_new (url, room->code, NULL, NULL, "receiver");
  await_heard (ana, "peer-joined:m2");
  say_restart (ana, "m2");
  await_heard (ben, "welcome:m2 restart:m1");
  g_assert_null (snug_signaling_get_error (ben->signaling));

  /* `leave` is on its way before close() returns: nothing of it is left a moment later. */
  member_free (ben);
  await_heard (ana, "peer-left:m2");
  g_assert_null (strstr (ana->heard->str, "peer-away"));
  stop (server);
}

static void
test_refusals (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autofree char *code = NULL;
  g_autoptr (Member) ana = make_room (server, url, 2, &code);
  g_autoptr (Member) nowhere = member_new (url, "ZZZZ99", NULL, NULL, "receiver");
  g_autoptr (Member) ben = member_new (url, code, NULL, NULL, "receiver");

  assert_closed_with (nowhere, SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND);
  await_heard (ben, "welcome:m2");
  g_autoptr (Member) cleo = member_new (url, code, NULL, NULL, "receiver");
  assert_closed_with (cleo, SNUG_SIGNALING_ERROR_ROOM_FULL);
  stop (server);
  assert_closed_with (ben, SNUG_SIGNALING_ERROR_EXPIRED);
  g_assert_nonnull (strstr (ben->heard->str, "goodbye:over"));
}

static void
remove_ben (Member *ana)
{
  g_autoptr (SnugSignalMessage) order = snug_signal_message_new (SNUG_SIGNAL_REMOVE);

  order->peer = g_strdup ("m2");
  snug_signaling_send (ana->signaling, order);
}

static void
test_sent_out (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autofree char *code = NULL;
  g_autoptr (Member) ana = make_room (server, url, 3, &code);
  g_autoptr (Member) ben = member_new (url, code, NULL, NULL, "receiver");

  await_heard (ana, "peer-joined:m2");
  remove_ben (ben);    /* only the host may; it is told so, and stays */
  await_heard (ben, "error:");
  g_assert_cmpint (snug_signaling_get_state (ben->signaling), ==, SNUG_SIGNALING_OPEN);
  remove_ben (ana);
  assert_closed_with (ben, SNUG_SIGNALING_ERROR_REFUSED);
  stop (server);
}

static void
test_in_the_room_already (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autofree char *code = NULL;
  g_autoptr (Member) ana = make_room (server, url, 3, &code);
  g_autoptr (Member) twin = member_new (url, code, "m1", ana->token, "sender");

  /* The first one lives: libsoup answers for it. */
  assert_closed_with (twin, SNUG_SIGNALING_ERROR_REPLACED);
  g_assert_cmpint (snug_signaling_get_state (ana->signaling), ==, SNUG_SIGNALING_OPEN);
  stop (server);
}

static void
test_a_server_that_restarts (void)
{
  g_autofree char *folder = g_dir_make_tmp ("snug-key-XXXXXX", NULL);
  g_autofree char *key_file = g_build_filename (folder, "key", NULL);
  SnugServerConfig config = { .key_file = key_file };
  g_autofree char *url = NULL;
  g_autofree char *code = NULL;
  g_autofree char *address = NULL;
  SnugServer *server = start (&config, &url);
  g_autoptr (Member) ana = make_room (server, url, 3, &code);
  g_autoptr (Member) ben = member_new (url, code, NULL, NULL, "receiver");

  await_heard (ana, "peer-joined:m2");
  address = g_strdup_printf ("127.0.0.1:%u", snug_server_get_port (server));
  snug_server_stop (server, "restart");
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  await_state (ben, SNUG_SIGNALING_RECONNECTING);
  g_assert_error (snug_signaling_get_error (ana->signaling), SNUG_SIGNALING_ERROR,
                  SNUG_SIGNALING_ERROR_UNREACHABLE);
  stop (server);

  server = snug_server_new (&config);
  g_assert_true (snug_server_listen (server, address, NULL));
  snug_signaling_retry (ana->signaling);
  snug_signaling_retry (ben->signaling);
  await_state (ana, SNUG_SIGNALING_OPEN);
  await_state (ben, SNUG_SIGNALING_OPEN);
  g_string_truncate (ana->heard, 0);
  say_restart (ben, "m1");
  await_heard (ana, "restart:m2");
  stop (server);
  g_unlink (key_file);
  g_rmdir (folder);
}

/* A token of a server that forgot its key is no use, but no harm either. */
static void
test_a_token_of_another_server (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autofree char *code = NULL;
  g_autoptr (Member) ana = make_room (server, url, 3, &code);
  g_autoptr (Member) ben = member_new (url, code, "m7", "bm90.b3Vycw", "receiver");

  await_heard (ben, "welcome:m2");
  stop (server);
}

static void
test_a_server_that_is_not_there_yet (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  g_autofree char *code = NULL;
  g_autofree char *address = NULL;
  SnugServer *server = start (&config, &url);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  address = g_strdup_printf ("127.0.0.1:%u", snug_server_get_port (server));
  stop (server);

  /* Both are tried again, and the second says what it waits for. */
  snug_websocket_signaling_create_room_async (url, 3, FALSE, NULL, on_created, &result);
  g_autoptr (Member) ben = member_new (url, "ZZZZ99", NULL, NULL, "receiver");
  await_state (ben, SNUG_SIGNALING_RECONNECTING);
  g_assert_error (snug_signaling_get_error (ben->signaling), SNUG_SIGNALING_ERROR,
                  SNUG_SIGNALING_ERROR_UNREACHABLE);

  server = snug_server_new (&config);
  g_assert_true (snug_server_listen (server, address, NULL));
  assert_closed_with (ben, SNUG_SIGNALING_ERROR_ROOM_NOT_FOUND);
  snug_await (NULL, result != NULL);
  g_autoptr (SnugCreatedRoom) room = snug_websocket_signaling_create_room_finish (result, &error);
  g_assert_no_error (error);
  stop (server);
}

static void
test_create_can_be_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  snug_websocket_signaling_create_room_async ("http://127.0.0.1:1", 3, FALSE, cancellable, on_created, &result);
  g_cancellable_cancel (cancellable);
  snug_await (NULL, result != NULL);
  g_assert_null (snug_websocket_signaling_create_room_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_create_is_refused (void)
{
  SnugServerConfig config = { .built_in = TRUE };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) nonsense = NULL;

  g_assert_null (create (url, 3, NULL, &error));
  g_assert_error (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_REFUSED);
  g_assert_null (create ("not a server", 3, NULL, &nonsense));
  g_assert_error (nonsense, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE);
  stop (server);
}

/* It came back in time: what was said meanwhile is heard. */
static void
test_resume (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  g_autofree char *code = NULL;
  g_autofree char *token = NULL;
  SnugServer *server = start (&config, &url);
  g_autoptr (Member) ana = make_room (server, url, 3, &code);
  Member *ben = member_new (url, code, NULL, NULL, "receiver");

  await_heard (ana, "peer-joined:m2");
  await_heard (ben, "welcome:m2");
  token = g_strdup (ben->token);

  /* Dropped without a word, as when a cable is pulled. */
  g_signal_handlers_disconnect_by_data (ben->signaling, ben);
  g_clear_object (&ben->signaling);
  g_string_free (ben->heard, TRUE);
  g_free (ben->token);
  g_free (ben);

  await_heard (ana, "peer-away:m2");
  say_restart (ana, "m2");
  g_autoptr (Member) again = member_new (url, code, "m2", token, "receiver");
  await_heard (again, "welcome:m2+ restart:m1");
  await_heard (ana, "peer-back:m2");
  stop (server);
}

/* A server that is not ours. It is handed its connections, as libsoup 3.2 never frees those that it
 * accepts itself. */

typedef struct
{
  SoupServer      *soup;          /* owned */
  GSocketService  *service;       /* owned */
  GTlsCertificate *certificate;   /* owned; NULL: no TLS */
  guint16          port;
} OtherServer;

static gboolean
on_other_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  OtherServer *other = data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GIOStream) stream = g_object_ref (G_IO_STREAM (connection));

  if (other->certificate != NULL)
    {
      g_object_unref (stream);
      stream = g_tls_server_connection_new (G_IO_STREAM (connection), other->certificate, NULL);
    }
  soup_server_accept_iostream (other->soup, stream, local, remote, NULL);
  return TRUE;
}

static void
other_server_init (OtherServer *other, GTlsCertificate *certificate)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;

  other->soup = soup_server_new (NULL, NULL);
  other->service = g_socket_service_new ();
  g_set_object (&other->certificate, certificate);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (other->service), wanted, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &address, NULL));
  other->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (other->service, "incoming", G_CALLBACK (on_other_incoming), other);
}

static void
other_server_clear (OtherServer *other)
{
  g_socket_service_stop (other->service);
  g_socket_listener_close (G_SOCKET_LISTENER (other->service));
  soup_server_disconnect (other->soup);
  g_clear_object (&other->service);
  g_clear_object (&other->soup);
  g_clear_object (&other->certificate);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OtherServer, other_server_clear)

/* Version 1: a server that relays between two roles and knows nothing else. */

typedef struct
{
  OtherServer              server;
  char                    *url;        /* owned */
  SoupWebsocketConnection *roles[2];   /* owned; sender, receiver */
  GString                 *relayed;    /* owned */
  gboolean                 ignores_v;  /* lets in who names no role, and says nothing */
} OldServer;

static void
on_old_message (SoupWebsocketConnection *connection, int type, GBytes *bytes, gpointer data)
{
  OldServer *old = data;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  SoupWebsocketConnection *other = old->roles[connection == old->roles[0] ? 1 : 0];

  g_string_append_printf (old->relayed, "%s ", text);
  if (other != NULL && strstr (text, "\"ping\"") == NULL)
    soup_websocket_connection_send_text (other, text);
}

static void
on_old_socket (SoupServer *soup, SoupServerMessage *message, const char *path,
               SoupWebsocketConnection *connection, gpointer data)
{
  OldServer *old = data;
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  guint role = strstr (query, "role=sender") != NULL ? 0 : 1;

  if (strstr (query, "role=") == NULL)
    {
      g_object_set_data_full (G_OBJECT (soup), "silent", g_object_ref (connection), g_object_unref);
      return;
    }
  if (strstr (query, "ZZZZ99") != NULL)
    {
      soup_websocket_connection_send_text (connection, "{\"type\":\"error\",\"message\":\"Room is full\"}");
      return;
    }
  g_set_object (&old->roles[role], connection);
  g_signal_connect (connection, "message", G_CALLBACK (on_old_message), old);
  if (role == 1 && old->roles[0] != NULL)
    soup_websocket_connection_send_text (old->roles[0], "{\"type\":\"peer-joined\",\"role\":\"receiver\"}");
}

static void
on_old_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  OldServer *old = data;
  gboolean has_role = query != NULL && g_hash_table_contains (query, "role");

  if (strcmp (path, "/api/create-room") == 0)
    {
      const char *text = "{\"success\":true,\"code\":\"BOOK23\"}";

      soup_server_message_set_status (message, 200, NULL);
      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, text, strlen (text));
    }
  else if (!has_role && !old->ignores_v)
    soup_server_message_set_status (message, 400, NULL);
}

static OldServer *
old_server_new (gboolean ignores_v)
{
  OldServer *old = g_new0 (OldServer, 1);

  other_server_init (&old->server, NULL);
  old->relayed = g_string_new (NULL);
  old->ignores_v = ignores_v;
  soup_server_add_handler (old->server.soup, "/api/create-room", on_old_request, old, NULL);
  soup_server_add_early_handler (old->server.soup, "/api/ws", on_old_request, old, NULL);
  soup_server_add_websocket_handler (old->server.soup, "/api/ws", NULL, NULL, on_old_socket, old, NULL);
  old->url = make_url (old->server.port);
  return old;
}

static void
old_server_drop (OldServer *old, guint role)
{
  g_signal_handlers_disconnect_by_data (old->roles[role], old);
  soup_websocket_connection_close (old->roles[role], SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  g_clear_object (&old->roles[role]);
}

static void
old_server_free (OldServer *old)
{
  for (guint i = 0; i < 2; i++)
    {
      if (old->roles[i] != NULL)
        g_signal_handlers_disconnect_by_data (old->roles[i], old);
      g_clear_object (&old->roles[i]);
    }
  other_server_clear (&old->server);
  g_string_free (old->relayed, TRUE);
  g_free (old->url);
  g_free (old);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OldServer, old_server_free)

static void
say_offer (Member *member, const char *to)
{
  g_autoptr (SnugSignalMessage) offer = snug_signal_message_new (SNUG_SIGNAL_OFFER);

  offer->sdp = g_strdup ("v=0");
  offer->to = g_strdup (to);
  offer->neg = 4;
  offer->caps = json_object_new ();
  snug_signaling_send (member->signaling, offer);
}

static void
test_a_server_of_version_1 (void)
{
  g_autoptr (OldServer) old = old_server_new (FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCreatedRoom) room = create (old->url, 16, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (room->v2);
  g_assert_cmpstr (room->code, ==, "BOOK23");
  g_assert_null (room->token);

  g_autoptr (Member) ana = member_new (old->url, room->code, NULL, NULL, "sender");
  await_heard (ana, "welcome:sender");
  g_autoptr (Member) ben = member_new (old->url, room->code, NULL, NULL, "receiver");
  await_heard (ana, "peer-joined:receiver");
  /* Without addresses; but such a server hands on what it does not know. */
  say_restart (ana, "receiver");
  say_offer (ana, "receiver");
  await_heard (ben, "welcome:receiver peer-joined:sender restart:sender offer:sender");
  g_assert_cmpstr (old->relayed->str, ==, "{\"type\":\"restart\"} "
                                          "{\"type\":\"offer\",\"sdp\":\"v=0\",\"neg\":4,\"caps\":{}} ");

  /* Back on the same server: the other one is still there. */
  old_server_drop (old, 0);
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  snug_signaling_retry (ana->signaling);
  await_heard (ana, "welcome:sender+");
  g_assert_cmpint (snug_signaling_get_state (ana->signaling), ==, SNUG_SIGNALING_OPEN);
}

/* No secret goes where nothing can be sealed: neither a role nor a word is said there. */
static void
test_private_rooms_need_version_2 (void)
{
  g_autoptr (OldServer) old = old_server_new (FALSE);
  g_autoptr (SnugSignaling) signaling = snug_websocket_signaling_new (old->url, "BOOK23", NULL, NULL, "receiver");

  snug_websocket_signaling_set_private (signaling);
  snug_signaling_open (signaling);
  snug_await (NULL, snug_signaling_get_state (signaling) == SNUG_SIGNALING_CLOSED);
  g_assert_error (snug_signaling_get_error (signaling), SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_NOT_PRIVATE);
  g_assert_null (old->roles[0]);
  g_assert_null (old->roles[1]);
  g_assert_cmpstr (old->relayed->str, ==, "");
}

/* While a page sends us a file, it must not hear that we are back. */
static void
test_held_back (void)
{
  g_autoptr (OldServer) old = old_server_new (FALSE);
  g_autoptr (Member) ben = member_new (old->url, "BOOK23", NULL, NULL, "receiver");

  await_heard (ben, "welcome:receiver");
  snug_signaling_hold (ben->signaling, TRUE);
  old_server_drop (old, 1);
  await_state (ben, SNUG_SIGNALING_RECONNECTING);
  /* The time to try comes, and goes by. */
  snug_await (NULL, snug_websocket_signaling_is_held (ben->signaling));
  g_assert_null (old->roles[1]);
  snug_signaling_hold (ben->signaling, FALSE);
  await_heard (ben, "welcome:receiver+");
}

/* A page is asked for an offer by coming in again; not while that would cost a transfer. */
static void
test_restart_of_a_page (void)
{
  g_autoptr (OldServer) old = old_server_new (FALSE);
  g_autoptr (Member) ben = member_new (old->url, "BOOK23", NULL, NULL, "receiver");
  g_autoptr (SnugSignalMessage) restart = snug_signal_message_new (SNUG_SIGNAL_RESTART);

  restart->legacy = TRUE;
  await_heard (ben, "welcome:receiver");
  snug_signaling_hold (ben->signaling, TRUE);
  snug_signaling_send (ben->signaling, restart);
  g_assert_cmpint (snug_signaling_get_state (ben->signaling), ==, SNUG_SIGNALING_OPEN);

  snug_signaling_hold (ben->signaling, FALSE);
  snug_signaling_send (ben->signaling, restart);
  g_assert_cmpint (snug_signaling_get_state (ben->signaling), ==, SNUG_SIGNALING_RECONNECTING);
  await_heard (ben, "welcome:receiver+");
  g_assert_cmpstr (old->relayed->str, ==, "");
}

/* A server of version 2 asks the page for us: we stay where we are. */
static void
test_restart_of_a_page_by_the_server (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autofree char *code = NULL;
  g_autoptr (Member) ana = make_room (server, url, 3, &code);
  g_autoptr (Member) ben = member_new (url, code, NULL, NULL, "receiver");
  g_autoptr (SnugSignalMessage) restart = snug_signal_message_new (SNUG_SIGNAL_RESTART);

  await_heard (ben, "welcome:m2");
  restart->legacy = TRUE;
  restart->to = g_strdup ("m1");
  snug_signaling_send (ben->signaling, restart);
  await_heard (ana, "restart:m2");
  g_assert_cmpint (snug_signaling_get_state (ben->signaling), ==, SNUG_SIGNALING_OPEN);
  stop (server);
}

static void
test_a_server_that_says_no_welcome (void)
{
  g_autoptr (OldServer) old = old_server_new (TRUE);
  g_autoptr (Member) ana = member_new (old->url, "BOOK23", NULL, NULL, "sender");

  await_heard (ana, "welcome:sender");
  g_autoptr (Member) full = member_new (old->url, "ZZZZ99", NULL, NULL, "receiver");
  assert_closed_with (full, SNUG_SIGNALING_ERROR_ROOM_FULL);
}

static void
test_a_server_that_falls_silent (void)
{
  g_autoptr (OldServer) old = old_server_new (TRUE);
  g_autoptr (Member) ana = g_new0 (Member, 1);
  SoupWebsocketConnection *silent;

  ana->heard = g_string_new (NULL);
  ana->signaling = snug_websocket_signaling_new (old->url, "BOOK23", NULL, NULL, "sender");
  g_signal_connect (ana->signaling, "message", G_CALLBACK (on_message), ana);
  snug_websocket_signaling_set_ping (ana->signaling, 20, 200);
  snug_signaling_open (ana->signaling);

  snug_await (NULL, (silent = g_object_get_data (G_OBJECT (old->server.soup), "silent")) != NULL);
  soup_websocket_connection_send_text (silent, "{\"type\":\"welcome\",\"v\":2,\"self\":\"m1\",\"seq\":1,"
                                       "\"members\":[]}");
  await_heard (ana, "welcome:m1");
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  g_assert_error (snug_signaling_get_error (ana->signaling), SNUG_SIGNALING_ERROR,
                  SNUG_SIGNALING_ERROR_UNREACHABLE);
}

/* A server of bytes: it upgrades whoever comes, and then says what no decent one would, for as long as it is
 * listened to. */

typedef struct
{
  GSocketService    *service;     /* owned */
  char              *url;         /* owned */
  GSocketConnection *connection;  /* owned, nullable: the last that came */
  GSource           *source;      /* owned, nullable */
  GString           *head;        /* owned: of the request */
  const char        *extra;       /* headers of the answer */
  const char        *answer;      /* nullable: instead of an upgrade */
  GBytes            *first;       /* owned: said once */
  GBytes            *again;       /* owned, nullable: said for ever */
  gsize              n_said;      /* bytes, on this connection */
  guint              n_connections;
  guint              n_hung_up;
} HostileServer;

static void
hostile_hang_up (HostileServer *hostile)
{
  snug_clear_source (&hostile->source);
  if (hostile->connection != NULL)
    {
      g_io_stream_close (G_IO_STREAM (hostile->connection), NULL, NULL);
      hostile->n_hung_up++;
    }
  g_clear_object (&hostile->connection);
}

/* Returns: FALSE if nobody is there any more. */
static gboolean
hostile_say (HostileServer *hostile, const void *data, gsize n_bytes)
{
  g_autoptr (GSocketConnection) connection = g_object_ref (hostile->connection);
  GSocket *socket = g_socket_connection_get_socket (connection);
  const char *at = data;

  while (n_bytes > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send (socket, at, n_bytes, NULL, &error);

      if (n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return FALSE;
      if (n < 0)
        {
          /* Lets the client work; it may hang up now, and even come back. */
          g_main_context_iteration (NULL, FALSE);
          if (hostile->connection != connection)
            return FALSE;
          continue;
        }
      at += n;
      n_bytes -= (gsize) n;
      hostile->n_said += (gsize) n;
    }
  return TRUE;
}

static void
hostile_upgrade (HostileServer *hostile)
{
  const char *name = "Sec-WebSocket-Key: ";
  const char *key = strstr (hostile->head->str, name);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  g_autofree char *answer = NULL;
  guint8 digest[20];
  gsize n_digest = sizeof digest;

  g_assert_nonnull (key);
  g_checksum_update (checksum, (const guchar *) key + strlen (name), 24);
  g_checksum_update (checksum, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (checksum, digest, &n_digest);
  accept = g_base64_encode (digest, n_digest);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n%s\r\n", accept, hostile->extra);
  hostile_say (hostile, answer, strlen (answer));
}

static gboolean
on_hostile_turn (gpointer data)
{
  HostileServer *hostile = data;
  g_autoptr (GSocketConnection) connection = g_object_ref (hostile->connection);
  gboolean heard = hostile_say (hostile, g_bytes_get_data (hostile->first, NULL), g_bytes_get_size (hostile->first));

  hostile->n_said = 0;
  while (heard && hostile->again != NULL && hostile->n_said < 200u << 20)
    heard = hostile_say (hostile, g_bytes_get_data (hostile->again, NULL), g_bytes_get_size (hostile->again));
  if (hostile->again != NULL && hostile->connection == connection)
    hostile_hang_up (hostile);
  return G_SOURCE_REMOVE;
}

static gboolean
on_hostile_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  HostileServer *hostile = data;
  char buffer[4096];
  gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);

  if (n <= 0)
    {
      hostile_hang_up (hostile);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (hostile->head, buffer, n);
  if (strstr (hostile->head->str, "\r\n\r\n") == NULL || hostile->n_said > 0)
    return G_SOURCE_CONTINUE;
  if (hostile->answer == NULL)
    hostile_upgrade (hostile);
  else if (!hostile_say (hostile, hostile->answer, strlen (hostile->answer)) || hostile->again == NULL)
    return G_SOURCE_REMOVE;
  snug_clear_source (&hostile->source);
  hostile->source = snug_context_timeout (NULL, 0, on_hostile_turn, hostile);
  return G_SOURCE_REMOVE;
}

static gboolean
on_hostile_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  HostileServer *hostile = data;
  GSocket *socket = g_socket_connection_get_socket (connection);

  hostile_hang_up (hostile);
  g_socket_set_blocking (socket, FALSE);
  hostile->connection = g_object_ref (connection);
  hostile->n_connections++;
  hostile->n_said = 0;
  g_string_truncate (hostile->head, 0);
  hostile->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (hostile->source, G_SOURCE_FUNC (on_hostile_readable), hostile, NULL);
  g_source_attach (hostile->source, NULL);
  return TRUE;
}

static void
append_frame (GByteArray *out, guint8 first_byte, const void *payload, gsize n_bytes)
{
  guint8 header[10] = { first_byte, n_bytes < 126 ? (guint8) n_bytes : n_bytes < 65536 ? 126 : 127 };
  gsize n_header = 2;

  for (int shift = n_bytes < 126 ? -1 : n_bytes < 65536 ? 8 : 56; shift >= 0; shift -= 8)
    header[n_header++] = (guint8) ((guint64) n_bytes >> shift);
  g_byte_array_append (out, header, (guint) n_header);
  g_byte_array_append (out, payload, (guint) n_bytes);
}

#define WELCOME "{\"type\":\"welcome\",\"v\":2,\"self\":\"m1\",\"seq\":1,\"members\":[]}"

/* What it says after a good `welcome`: @first once, and then @again without end. */
static HostileServer *
hostile_server_new (GByteArray *first, GByteArray *again)
{
  HostileServer *hostile = g_new0 (HostileServer, 1);
  GByteArray *all = g_byte_array_new ();
  guint16 port;

  append_frame (all, 0x81, WELCOME, strlen (WELCOME));
  if (first != NULL)
    g_byte_array_append (all, first->data, first->len);
  hostile->first = g_byte_array_free_to_bytes (all);
  hostile->again = again != NULL ? g_bytes_new (again->data, again->len) : NULL;
  hostile->head = g_string_new (NULL);
  hostile->extra = "";
  hostile->service = g_socket_service_new ();
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (hostile->service), NULL, NULL);
  g_assert_cmpuint (port, !=, 0);
  g_signal_connect (hostile->service, "incoming", G_CALLBACK (on_hostile_incoming), hostile);
  hostile->url = make_url (port);
  return hostile;
}

static void
hostile_server_free (HostileServer *hostile)
{
  hostile_hang_up (hostile);
  g_socket_service_stop (hostile->service);
  g_socket_listener_close (G_SOCKET_LISTENER (hostile->service));
  g_object_unref (hostile->service);
  g_bytes_unref (hostile->first);
  g_clear_pointer (&hostile->again, g_bytes_unref);
  g_string_free (hostile->head, TRUE);
  g_free (hostile->url);
  g_free (hostile);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostileServer, hostile_server_free)

static gsize
resident_bytes (void)
{
  g_autofree char *text = NULL;
  gulong total, resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%lu %lu", &total, &resident), ==, 2);
  return resident * 4096;
}

/* PROTOCOL.md section 0: a message is limited while it is read, not when it is whole. */
static void
test_a_server_that_never_finishes (void)
{
  g_autofree char *part = g_strnfill (60000, 'x');
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) again = g_byte_array_new ();
  gsize before;

  append_frame (first, 0x01, part, 1);
  append_frame (again, 0x00, part, 60000);
  g_autoptr (HostileServer) hostile = hostile_server_new (first, again);
  g_autoptr (Member) ana = member_new (hostile->url, "BOOK23", "m1", "bm90.b3Vycw", "sender");

  before = resident_bytes ();
  await_heard (ana, "welcome:m1");
  snug_await (NULL, hostile->n_hung_up == 1);
  g_assert_cmpuint (resident_bytes (), <, before + (8u << 20));
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  g_assert_cmpstr (snug_signaling_get_error (ana->signaling)->message, ==,
                   "The server sent more than a message may hold");

  /* And again, now that all is there that is only needed once. */
  before = resident_bytes ();
  snug_signaling_retry (ana->signaling);
  snug_await (NULL, hostile->n_hung_up == 2);
  g_assert_cmpuint (resident_bytes (), <, before + (1u << 20));
  /* It got rid of no more than what two sockets hold. */
  g_assert_cmpuint (hostile->n_said, <, 32u << 20);
}

static SnugCreatedRoom *
create_with_answer_of (gsize n_bytes, GError **error)
{
  const char *start = "{\"success\":true,\"code\":\"BOOK23\",\"x\":\"", *end = "\"}";
  g_autofree char *padding = g_strnfill (n_bytes - strlen (start) - strlen (end), 'x');
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                             "Content-Length: %zu\r\n\r\n%s%s%s", n_bytes, start, padding, end);
  g_autoptr (HostileServer) hostile = hostile_server_new (NULL, NULL);

  hostile->answer = answer;
  return create (hostile->url, 3, NULL, error);
}

static void
test_an_answer_at_its_limit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCreatedRoom) room = create_with_answer_of (16384, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (room->code, ==, "BOOK23");
  g_assert_null (create_with_answer_of (16385, &error));
  g_assert_error (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_PROTOCOL);
}

/* Of what answers create-room no more is read than an answer may have; nor of its head. */
static void
test_answers_without_end (void)
{
  const char *answers[] = {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2000000000\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-Header: ",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *part = g_strnfill (60000, ' ');
      g_autoptr (GByteArray) again = g_byte_array_new ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      gsize before = resident_bytes ();

      g_byte_array_append (again, (const guint8 *) part, 60000);
      g_autoptr (HostileServer) hostile = hostile_server_new (NULL, again);
      hostile->answer = answers[i];
      snug_websocket_signaling_create_room_async (hostile->url, 3, FALSE, cancellable, on_created, &result);
      snug_await (NULL, hostile->n_hung_up > 0);
      g_assert_cmpuint (hostile->n_said, <, 32u << 20);
      g_assert_cmpuint (resident_bytes (), <, before + (8u << 20));
      g_cancellable_cancel (cancellable);
      snug_await (NULL, result != NULL);
      g_assert_null (snug_websocket_signaling_create_room_finish (result, &error));
      g_assert_nonnull (error);
    }
}

/* A frame `{"type":TYPE,"peer":"m9"}` of exactly @n_bytes. */
static void
append_padded (GByteArray *out, const char *type, gsize n_bytes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *padding = NULL;

  g_string_printf (text, "{\"type\":\"%s\",\"peer\":\"m9\"", type);
  padding = g_strnfill (n_bytes - text->len - 1, ' ');
  g_string_append_printf (text, "%s}", padding);
  g_assert_cmpuint (text->len, ==, n_bytes);
  append_frame (out, 0x81, text->str, text->len);
}

static void
append_fragments (GByteArray *out, const char *text, guint n)
{
  for (guint i = 0; i + 1 < n; i++)
    append_frame (out, i == 0 ? 0x01 : 0x00, text + i, 1);
  append_frame (out, 0x80, text + n - 1, strlen (text + n - 1));
}

/* At its limits a message is read; one above that of a frame is dropped, and nothing happens to the rest. */
static void
test_messages_at_their_limits (void)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autofree char *nonsense = g_strnfill (73728, ' ');

  append_fragments (all, "{\"type\":\"host\",\"peer\":\"m1\"}", 16);
  append_padded (all, "peer-away", 65536);
  append_padded (all, "peer-pending", 65537);
  append_frame (all, 0x81, nonsense, 73728);
  append_frame (all, 0x82, "binary", 6);
  append_padded (all, "peer-back", 40);
  g_autoptr (HostileServer) hostile = hostile_server_new (all, NULL);
  g_autoptr (Member) ana = member_new (hostile->url, "BOOK23", "m1", "bm90.b3Vycw", "sender");

  await_heard (ana, "peer-back:m9");
  g_assert_cmpstr (ana->heard->str, ==, "welcome:m1 host:m1 peer-away:m9 peer-back:m9 ");
  g_assert_cmpint (snug_signaling_get_state (ana->signaling), ==, SNUG_SIGNALING_OPEN);
  g_assert_cmpuint (hostile->n_connections, ==, 1);
}

/* What comes after it is not heard, and the person is told. */
static void
assert_hangs_up (GByteArray *bad, const char *words)
{
  append_padded (bad, "peer-back", 40);
  g_autoptr (HostileServer) hostile = hostile_server_new (bad, NULL);
  g_autoptr (Member) ana = member_new (hostile->url, "BOOK23", "m1", "bm90.b3Vycw", "sender");

  await_heard (ana, "welcome:m1");
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  g_assert_cmpstr (snug_signaling_get_error (ana->signaling)->message, ==, words);
  g_assert_cmpstr (ana->heard->str, ==, "welcome:m1 ");
}

static void
test_messages_above_their_limits (void)
{
  const char *too_much = "The server sent more than a message may hold";
  const char *nonsense = "The server sent something that cannot be read";
  const struct { const char *bytes; gsize n; } rows[] = {
    { "\x81\x82\x00\x00\x00\x00hi", 8 },     /* masked (RFC 6455 section 5.1) */
    { "\xc1\x00", 2 },                         /* a reserved bit: an extension that nobody asked for */
    { "\x80\x00", 2 },                         /* goes on with nothing */
    { "\x83\x00", 2 },                         /* an opcode nobody has defined */
    { "\x89\x7e\x00\x7e", 4 },                 /* a control frame of 126 bytes */
  };
  g_autoptr (GByteArray) too_large = g_byte_array_new ();
  g_autoptr (GByteArray) too_torn = g_byte_array_new ();
  g_autoptr (GByteArray) huge = g_byte_array_new ();
  g_autofree char *spaces = g_strnfill (73729, ' ');

  append_frame (too_large, 0x81, spaces, 73729);
  assert_hangs_up (too_large, too_much);
  append_fragments (too_torn, "{\"type\":\"host\",\"peer\":\"m1\"}", 17);
  assert_hangs_up (too_torn, too_much);
  g_byte_array_append (huge, (const guint8 *) "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10);
  assert_hangs_up (huge, too_much);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GByteArray) bad = g_byte_array_new ();

      g_byte_array_append (bad, (const guint8 *) rows[i].bytes, (guint) rows[i].n);
      assert_hangs_up (bad, nonsense);
    }
}

static void
assert_not_let_in (const char *extra, gsize n_padding)
{
  g_autofree char *padding = g_strnfill (n_padding, 'x');
  g_autofree char *headers = g_strdup_printf ("%sX-Padding: %s\r\n", extra, padding);
  g_autoptr (HostileServer) hostile = hostile_server_new (NULL, NULL);
  g_autoptr (Member) ana = NULL;

  hostile->extra = headers;
  ana = member_new (hostile->url, "BOOK23", "m1", "bm90.b3Vycw", "sender");
  await_state (ana, SNUG_SIGNALING_RECONNECTING);
  g_assert_cmpstr (ana->heard->str, ==, "");
}

/* The answer's head, and what it may not say. */
static void
test_answers_that_are_none (void)
{
  const gsize n_rest = strlen ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: \r\nX-Padding: \r\n\r\n") + 28;
  g_autofree char *padding = g_strnfill (8192 - n_rest, 'x');
  g_autofree char *headers = g_strdup_printf ("X-Padding: %s\r\n", padding);
  g_autoptr (HostileServer) longest = hostile_server_new (NULL, NULL);
  g_autoptr (Member) ana = NULL;

  longest->extra = headers;
  ana = member_new (longest->url, "BOOK23", "m1", "bm90.b3Vycw", "sender");
  await_heard (ana, "welcome:m1");

  assert_not_let_in ("", 8192 - n_rest + 1);
  assert_not_let_in ("Sec-WebSocket-Extensions: permessage-deflate\r\n", 1);
  assert_not_let_in ("Sec-WebSocket-Protocol: chat\r\n", 1);
  assert_not_let_in ("Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n", 1);
}

/* TLS */

static GTlsCertificate *
make_certificate (void)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  gnutls_datum_t key_pem, certificate_pem;
  g_autofree char *pem = NULL;
  GTlsCertificate *result;

  gnutls_x509_privkey_init (&key);
  gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_x509_crt_init (&certificate);
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, "\1", 1);
  gnutls_x509_crt_set_activation_time (certificate, time (NULL) - 86400);
  gnutls_x509_crt_set_expiration_time (certificate, time (NULL) + 86400);
  gnutls_x509_crt_set_key (certificate, key);
  gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA256, 0);
  gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &key_pem);
  gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &certificate_pem);
  pem = g_strdup_printf ("%s%s", certificate_pem.data, key_pem.data);
  result = g_tls_certificate_new_from_pem (pem, -1, NULL);

  gnutls_free (key_pem.data);
  gnutls_free (certificate_pem.data);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return result;
}

static void
test_a_certificate_nobody_trusts (void)
{
  g_autoptr (GTlsCertificate) certificate = make_certificate ();
  g_auto (OtherServer) server = { 0 };
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  other_server_init (&server, certificate);
  url = g_strdup_printf ("https://127.0.0.1:%d", server.port);

  /* Not tried again: it will not get better, and somebody may be listening. */
  g_assert_null (create (url, 3, NULL, &error));
  g_assert_error (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_TLS);
  g_autoptr (Member) ana = member_new (url, "BOOK23", NULL, NULL, "sender");
  assert_closed_with (ana, SNUG_SIGNALING_ERROR_TLS);
}

/* The translation, in memory */

static char *
translate (SnugVersion1 *state, const char *text)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (text, strlen (text), NULL);
  g_autoptr (GPtrArray) messages = snug_version_1_translate (state, message);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < messages->len; i++)
    {
      g_autofree char *frame = snug_signal_message_encode (g_ptr_array_index (messages, i));

      g_string_append (out, frame);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_translation (void)
{
  const char *joined = "{\"type\":\"peer-joined\",\"peer\":\"receiver\",\"seq\":2,\"role\":\"receiver\",\"legacy\":true}";
  const char *answer = "{\"type\":\"answer\",\"sdp\":\"v=0\",\"from\":\"receiver\"}";
  const char *ours = "{\"type\":\"answer\",\"sdp\":\"v=0\",\"neg\":7,\"caps\":{},\"from\":\"receiver\"}";
  const struct { const char *in; const char *out[2]; } rows[] = {
    { "{\"type\":\"peer-joined\",\"role\":\"receiver\"}", { joined } },
    { "{\"type\":\"peer-joined\",\"role\":\"receiver\"}", { joined } },     /* a page that was reloaded */
    { "{\"type\":\"peer-joined\",\"role\":\"sender\"}", { "" } },           /* ourselves */
    { "{\"type\":\"answer\",\"sdp\":\"v=0\",\"neg\":7,\"caps\":{},\"from\":\"x\"}", { ours } },        /* one of us */
    { "{\"type\":\"restart\"}", { "{\"type\":\"restart\",\"from\":\"receiver\"}" } },
    { "{\"type\":\"peer-left\"}", { "{\"type\":\"peer-left\",\"peer\":\"receiver\",\"reason\":\"lost\"}" } },
    { "{\"type\":\"peer-left\"}", { "" } },
    { "{\"type\":\"answer\",\"sdp\":\"v=0\"}", { joined, answer } },
    { "{\"type\":\"song\"}", { "" } },
  };
  SnugVersion1 state = { .role = "sender" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *out = translate (&state, rows[i].in);
      g_autofree char *wanted = g_strconcat (rows[i].out[0], rows[i].out[1], NULL);

      g_assert_cmpstr (out, ==, wanted);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/websocket-signaling/" path, func)
  ADD ("create-and-enter", test_create_and_enter);
  ADD ("refusals", test_refusals);
  ADD ("sent-out", test_sent_out);
  ADD ("in-the-room-already", test_in_the_room_already);
  ADD ("a-server-that-restarts", test_a_server_that_restarts);
  ADD ("a-token-of-another-server", test_a_token_of_another_server);
  ADD ("a-server-that-is-not-there-yet", test_a_server_that_is_not_there_yet);
  ADD ("create-can-be-cancelled", test_create_can_be_cancelled);
  ADD ("create-is-refused", test_create_is_refused);
  ADD ("resume", test_resume);
  ADD ("a-server-of-version-1", test_a_server_of_version_1);
  ADD ("private-rooms-need-version-2", test_private_rooms_need_version_2);
  ADD ("restart-of-a-page-by-the-server", test_restart_of_a_page_by_the_server);
  ADD ("held-back", test_held_back);
  ADD ("restart-of-a-page", test_restart_of_a_page);
  ADD ("a-server-that-says-no-welcome", test_a_server_that_says_no_welcome);
  ADD ("a-server-that-falls-silent", test_a_server_that_falls_silent);
  ADD ("a-server-that-never-finishes", test_a_server_that_never_finishes);
  ADD ("messages-at-their-limits", test_messages_at_their_limits);
  ADD ("messages-above-their-limits", test_messages_above_their_limits);
  ADD ("answers-without-end", test_answers_without_end);
  ADD ("an-answer-at-its-limit", test_an_answer_at_its_limit);
  ADD ("answers-that-are-none", test_answers_that_are_none);
  ADD ("a-certificate-nobody-trusts", test_a_certificate_nobody_trusts);
  ADD ("translation", test_translation);
  return g_test_run ();
}
