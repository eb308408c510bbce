/* The client, on a server that says what no decent one would.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "signaling-member.h"
#include "snug-context.h"

#include <stdio.h>

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
  hostile->url = g_strdup_printf ("http://127.0.0.1:%u", port);
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
  return create_room (hostile->url, 3, NULL, error);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/hostile-signaling/" path, func)
  ADD ("a-server-that-never-finishes", test_a_server_that_never_finishes);
  ADD ("messages-at-their-limits", test_messages_at_their_limits);
  ADD ("messages-above-their-limits", test_messages_above_their_limits);
  ADD ("answers-without-end", test_answers_without_end);
  ADD ("an-answer-at-its-limit", test_an_answer_at_its_limit);
  ADD ("answers-that-are-none", test_answers_that_are_none);
  return g_test_run ();
}
