/* The client, on the real server of version 2 and on a scripted one of version 1.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "signaling-member.h"
#include "snug-moving.h"
#include "snug-server.h"
#include "snug-signaling-version-1.h"
#include "snug-temp-folder.h"

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
test_create_and_enter (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCreatedRoom) room = create_room (url, 3, NULL, &error);

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

/* From where our socket goes nothing goes any more: that is known before it is found out. The server takes us back. */
static void
test_moved (void)
{
  SnugServerConfig config = { 0 };
  g_autofree char *url = NULL;
  SnugServer *server = start (&config, &url);
  g_autofree char *code = NULL;
  g_autoptr (Member) ana = make_room (server, url, 3, &code);

  snug_signaling_check (ana->signaling);   /* and here it is not so */
  g_assert_cmpint (snug_signaling_get_state (ana->signaling), ==, SNUG_SIGNALING_OPEN);
  snug_set_cut_off (TRUE);
  snug_signaling_check (ana->signaling);
  snug_set_cut_off (FALSE);
  g_assert_cmpint (snug_signaling_get_state (ana->signaling), ==, SNUG_SIGNALING_RECONNECTING);
  await_heard (ana, "welcome:m1 welcome:m1");
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
  g_autoptr (SnugTempFolder) folder = snug_temp_folder_new ();
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

  g_assert_null (create_room (url, 3, NULL, &error));
  g_assert_error (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_REFUSED);
  g_assert_null (create_room ("not a server", 3, NULL, &nonsense));
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
  SoupServer     *soup;      /* owned */
  GSocketService *service;   /* owned */
  guint16         port;
} OtherServer;

static gboolean
on_other_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  OtherServer *other = data;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  soup_server_accept_iostream (other->soup, G_IO_STREAM (connection), local, remote, NULL);
  return TRUE;
}

static void
other_server_init (OtherServer *other)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;

  other->soup = soup_server_new (NULL, NULL);
  other->service = g_socket_service_new ();
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
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OtherServer, other_server_clear)

/* Lets everybody in as m1, and notes who that says to be. */

typedef struct
{
  GPtrArray *clients;   /* of char*, owned */
  GPtrArray *sockets;   /* of SoupWebsocketConnection, owned */
} Guests;

static void
on_enter (SoupWebsocketConnection *connection, int type, GBytes *bytes, gpointer data)
{
  g_autoptr (SnugSignalMessage) message = snug_signal_message_decode (g_bytes_get_data (bytes, NULL),
                                                                      g_bytes_get_size (bytes), NULL);

  if (message->type != SNUG_SIGNAL_ENTER)
    return;
  g_ptr_array_add (((Guests *) data)->clients, g_strdup (message->client));
  soup_websocket_connection_send_text (connection, "{\"type\":\"welcome\",\"v\":2,\"self\":\"m1\",\"seq\":1,"
                                                   "\"token\":\"t\",\"members\":[]}");
}

static void
on_new_socket (SoupServer *soup, SoupServerMessage *message, const char *path, SoupWebsocketConnection *connection,
               gpointer data)
{
  g_ptr_array_add (((Guests *) data)->sockets, g_object_ref (connection));
  g_signal_connect (connection, "message", G_CALLBACK (on_enter), data);
}

/* By that a server knows that the one who comes on another socket is not somebody else with the same token. */
static void
test_the_same_client (void)
{
  g_auto (OtherServer) other = { 0 };
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  Guests guests = { clients, sockets };
  g_autofree char *url = NULL;
  Member *ana, *twin;

  other_server_init (&other);
  url = make_url (other.port);
  soup_server_add_websocket_handler (other.soup, "/api/ws", NULL, NULL, on_new_socket, &guests, NULL);
  ana = member_new (url, "BOOK23", NULL, NULL, "sender");
  await_heard (ana, "welcome:m1");
  snug_set_cut_off (TRUE);
  snug_signaling_check (ana->signaling);
  snug_set_cut_off (FALSE);
  await_heard (ana, "welcome:m1 welcome:m1");
  twin = member_new (url, "BOOK23", "m1", "t", "sender");
  await_heard (twin, "welcome:m1");

  g_assert_cmpuint (clients->len, ==, 3);
  g_assert_cmpuint (strlen (clients->pdata[0]), >=, 16);
  g_assert_cmpstr (clients->pdata[1], ==, clients->pdata[0]);
  g_assert_cmpstr (clients->pdata[2], !=, clients->pdata[0]);
  member_free (ana);
  member_free (twin);
}

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

  other_server_init (&old->server);
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
  g_autoptr (SnugCreatedRoom) room = create_room (old->url, 16, NULL, &error);

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
  g_autoptr (Member) ana = member_prepare (old->url, "BOOK23", NULL, NULL, "sender");
  SoupWebsocketConnection *silent;

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
  ADD ("moved", test_moved);
  ADD ("the-same-client", test_the_same_client);
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
  ADD ("translation", test_translation);
  return g_test_run ();
}
