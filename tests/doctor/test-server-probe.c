/* A server that takes what it is told and says nothing: how long a check-up waits for it, and what it calls that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-await.h"
#include "snug-passing-time.h"
#include "snug-server-probe.h"

/* What one answer may take. */
#define ANSWER_MS 8000

typedef struct
{
  GSocketService *service;      /* owned */
  char           *url;          /* owned */
  const char     *silent_at;    /* the path where it falls silent */
  int             n_silenced;   /* atomic: who was heard there and hears nothing */
  GCancellable   *cancellable;  /* owned */
  GAsyncResult   *result;       /* owned, nullable: not yet */
} Fixture;

/* RFC 6455 section 1.3 */
static char *
upgrade_answer (const char *key)
{
  g_autofree char *text = g_strconcat (key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *accept = NULL;
  guint8 digest[20];
  gsize n_digest = sizeof digest;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, digest, &n_digest);
  accept = g_base64_encode (digest, n_digest);
  return g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
}

static char *
answer_to (const char *path, const char *key)
{
  const char *body = g_str_equal (path, "/api/health")
                       ? "{\"v\":2}" : "{\"v\":2,\"code\":\"QXWV23\",\"member\":\"m1\",\"token\":\"t\"}";

  if (key != NULL)
    return upgrade_answer (key);
  return g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n%s",
                          strlen (body), body);
}

/* The path of the request, and what a WebSocket is asked for with, if it is. */
static char *
read_head (GDataInputStream *input, char **key)
{
  g_autofree char *first = g_data_input_stream_read_line (input, NULL, NULL, NULL);
  g_auto (GStrv) words = g_strsplit (first, " ", 3);
  char *line;

  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL)) != NULL && *line != '\0')
    {
      if (g_str_has_prefix (line, "Sec-WebSocket-Key: "))
        *key = g_strdup (line + strlen ("Sec-WebSocket-Key: "));
      g_free (line);
    }
  g_free (line);
  return g_strndup (words[1], strcspn (words[1], "?"));
}

/* On a thread of its own, until the other side goes. */
static gboolean
on_run (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Fixture *fixture = data;
  GIOStream *stream = G_IO_STREAM (connection);
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (g_io_stream_get_input_stream (stream));
  g_autofree char *key = NULL;
  g_autofree char *path = NULL;
  g_autofree char *answer = NULL;
  gboolean is_silent;

  g_data_input_stream_set_newline_type (input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  path = read_head (input, &key);
  is_silent = g_str_equal (path, fixture->silent_at);
  answer = answer_to (path, key);
  if (!is_silent || key != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer, strlen (answer), NULL, NULL, NULL);
  if (!is_silent)
    return TRUE;
  g_atomic_int_inc (&fixture->n_silenced);
  g_main_context_wakeup (NULL);
  while (g_input_stream_skip (G_INPUT_STREAM (input), 4096, NULL, NULL) > 0)
    continue;
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer silent_at)
{
  guint16 port;

  fixture->silent_at = silent_at;
  fixture->cancellable = g_cancellable_new ();
  fixture->service = g_threaded_socket_service_new (-1);
  g_signal_connect (fixture->service, "run", G_CALLBACK (on_run), fixture);
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (fixture->service), NULL, NULL);
  fixture->url = g_strdup_printf ("http://127.0.0.1:%u", port);
}

static void
tear_down (Fixture *fixture, gconstpointer silent_at)
{
  g_socket_service_stop (fixture->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->service));
  g_clear_object (&fixture->service);
  g_clear_object (&fixture->cancellable);
  g_clear_object (&fixture->result);
  g_free (fixture->url);
  snug_await_idle (NULL);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Fixture *) data)->result = g_object_ref (result);
}

/* Until the server has somebody to be silent to. */
static void
ask (Fixture *fixture)
{
  snug_server_probe_async (fixture->url, fixture->cancellable, on_probed, fixture);
  snug_await (NULL, g_atomic_int_get (&fixture->n_silenced) > 0);
  snug_await_idle (NULL);
}

static void
assert_found (Fixture *fixture, SnugFinding wanted)
{
  SnugFinding finding;
  gboolean by_proxy;
  g_autoptr (GPtrArray) named = NULL;

  snug_await (NULL, fixture->result != NULL);
  named = snug_server_probe_finish (fixture->result, &finding, &by_proxy);
  g_assert_null (named);
  g_assert_false (by_proxy);
  g_assert_cmpstr (snug_finding_to_text (finding), ==, snug_finding_to_text (wanted));
}

static void
test_silent (Fixture *fixture, gconstpointer silent_at)
{
  ask (fixture);
  snug_let_pass (ANSWER_MS - 1000);
  snug_await_idle (NULL);
  g_assert_null (fixture->result);
  snug_let_pass (1000);
  assert_found (fixture, SNUG_FINDING_SILENT);
}

/* The WebSocket opens, and nobody says welcome: not for as long as those wait who want to stay in a room. */
static void
test_no_greeting (Fixture *fixture, gconstpointer silent_at)
{
  ask (fixture);
  snug_let_pass (ANSWER_MS);
  snug_await_idle (NULL);
  g_assert_nonnull (fixture->result);
  assert_found (fixture, SNUG_FINDING_NO_SOCKETS);
}

/* Whoever has waited long enough does not wait for the server. */
static void
test_cancelled (Fixture *fixture, gconstpointer silent_at)
{
  ask (fixture);
  g_cancellable_cancel (fixture->cancellable);
  snug_await (NULL, fixture->result != NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char  *path;
    const char  *silent_at;
    void       (*test) (Fixture *fixture, gconstpointer silent_at);
  } tests[] = {
    { "/server-probe/no-answer", "/api/health", test_silent },
    { "/server-probe/no-room", "/api/create-room", test_silent },
    { "/server-probe/no-greeting", "/api/ws", test_no_greeting },
    { "/server-probe/no-answer-cancelled", "/api/health", test_cancelled },
    { "/server-probe/no-room-cancelled", "/api/create-room", test_cancelled },
    { "/server-probe/no-greeting-cancelled", "/api/ws", test_cancelled },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].silent_at, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
