/* SPDX-License-Identifier: GPL-3.0-or-later */

/* POST /api/create-room, tried again while a server wakes up. */
#include "snug-websocket-signaling.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-backoff.h"
#include "snug-context.h"
#include "snug-json.h"
#include "snug-proxy.h"
#include "snug-signaling-errors.h"

#define MAX_ANSWER_BYTES 16384
#define ANSWER_S 15
#define GIVE_UP_MS 30000

typedef struct
{
  SoupSession          *session;     /* owned */
  GMainContext         *context;     /* owned */
  char                 *url;         /* owned */
  GBytes               *body;        /* owned */
  SnugBackoff           backoff;
  gint64                give_up_us;
  GSource              *timer;       /* owned */
  guint                 status;
  GTlsCertificateFlags  certificate_errors;
  char                  answer[MAX_ANSWER_BYTES];
} Creation;

static void post (GTask *task);

static void
creation_free (gpointer data)
{
  Creation *creation = data;

  snug_clear_source (&creation->timer);
  g_clear_object (&creation->session);
  g_clear_pointer (&creation->context, g_main_context_unref);
  g_clear_pointer (&creation->body, g_bytes_unref);
  g_free (creation->url);
  g_free (creation);
}

void
snug_created_room_free (SnugCreatedRoom *room)
{
  g_free (room->code);
  g_free (room->member);
  g_free (room->token);
  g_free (room);
}

static GBytes *
make_body (guint capacity, gboolean is_private)
{
  g_autoptr (JsonObject) object = json_object_new ();
  char *text;

  json_object_set_int_member (object, "v", 2);
  json_object_set_int_member (object, "capacity", capacity);
  json_object_set_boolean_member (object, "private", is_private);
  text = snug_json_to_text (object);
  return g_bytes_new_take (text, strlen (text));
}

static gboolean
is_code (const char *text)
{
  return strlen (text) == 6 && strspn (text, G_CSET_A_2_Z G_CSET_DIGITS) == 6;
}

/* No `v` in the answer: a server of version 1. */
static SnugCreatedRoom *
read_room (JsonObject *object)
{
  g_autoptr (SnugCreatedRoom) room = g_new0 (SnugCreatedRoom, 1);
  const char *code, *member, *token;
  guint64 version;

  if (!snug_json_peek_string (object, "code", 6, &code) || !is_code (code))
    return NULL;
  room->code = g_strdup (code);
  if (!json_object_has_member (object, "v"))
    return g_steal_pointer (&room);

  if (!snug_json_peek_integer (object, "v", 2, &version) || version != 2
      || !snug_json_peek_string (object, "member", SNUG_SIGNAL_MAX_ID_BYTES, &member)
      || !snug_signal_is_id (member)
      || !snug_json_peek_string (object, "token", SNUG_SIGNAL_MAX_TOKEN_BYTES, &token))
    return NULL;
  room->v2 = TRUE;
  room->member = g_strdup (member);
  room->token = g_strdup (token);
  return g_steal_pointer (&room);
}

static void
finish (GTask *task, gsize length)
{
  Creation *creation = g_task_get_task_data (task);
  g_autoptr (JsonObject) object = snug_json_parse (creation->answer, length, MAX_ANSWER_BYTES, NULL);
  SnugCreatedRoom *room = object != NULL ? read_room (object) : NULL;

  if (room != NULL)
    g_task_return_pointer (task, room, (GDestroyNotify) snug_created_room_free);
  else
    g_task_return_new_error (task, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_PROTOCOL,
                             "%s", _("That is not a server of ours"));
}

static gboolean
on_time_to_try (gpointer data)
{
  GTask *task = data;
  Creation *creation = g_task_get_task_data (task);

  snug_clear_source (&creation->timer);
  post (task);
  return G_SOURCE_REMOVE;
}

/* Holds the task by the timer. */
static void
fail_or_try_again (GTask *task, guint status, const GError *cause)
{
  Creation *creation = g_task_get_task_data (task);
  g_autoptr (GError) error = snug_signaling_error_from_answer (status, creation->certificate_errors, cause);
  guint delay_ms = snug_backoff_next_ms (&creation->backoff, g_random_double ());

  if (g_task_return_error_if_cancelled (task))
    return;
  if (!g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE)
      || g_get_monotonic_time () + (gint64) delay_ms * 1000 >= creation->give_up_us)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_debug ("create-room: %s; again in %u ms", error->message, delay_ms);
  creation->timer = snug_context_timeout_full (creation->context, delay_ms, on_time_to_try,
                                               g_object_ref (task), g_object_unref);
}

static void
on_answer_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Creation *creation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (stream), result, &n_read, &error))
    fail_or_try_again (task, 0, error);
  else if (creation->status != SOUP_STATUS_OK)
    fail_or_try_again (task, creation->status, NULL);
  else
    finish (task, n_read);
}

static void
on_answer (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Creation *creation = g_task_get_task_data (task);
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (session), result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (session), result, &error);

  if (stream == NULL)
    {
      fail_or_try_again (task, 0, error);
      return;
    }
  creation->status = soup_message_get_status (message);
  g_input_stream_read_all_async (stream, creation->answer, sizeof creation->answer, G_PRIORITY_DEFAULT,
                                 g_task_get_cancellable (task), on_answer_read, g_object_ref (task));
}

/* Never accepted: only remembered, for words about it. */
static gboolean
on_bad_certificate (SoupMessage *message, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  Creation *creation = g_task_get_task_data (data);

  creation->certificate_errors = errors;
  return FALSE;
}

static void
post (GTask *task)
{
  Creation *creation = g_task_get_task_data (task);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", creation->url);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (message == NULL)
    {
      g_task_return_new_error (task, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE,
                               "%s", _("That is not the address of a server"));
      return;
    }
  g_signal_connect_object (message, "accept-certificate", G_CALLBACK (on_bad_certificate), task, 0);
  soup_message_set_request_body_from_bytes (message, "application/json", creation->body);
  soup_session_send_async (creation->session, message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                           on_answer, g_object_ref (task));
}

void
snug_websocket_signaling_create_room_async (const char *server, guint capacity, gboolean is_private,
                                            GCancellable *cancellable, GAsyncReadyCallback callback,
                                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GProxyResolver) proxies = snug_proxy_resolver_new (NULL);
  Creation *creation = g_new0 (Creation, 1);

  creation->session = soup_session_new_with_options ("timeout", ANSWER_S, "proxy-resolver", proxies, NULL);
  creation->context = g_main_context_ref_thread_default ();
  creation->url = g_strconcat (server, "/api/create-room", NULL);
  creation->body = make_body (capacity, is_private);
  creation->backoff = (SnugBackoff) { .first_ms = 500, .most_ms = 5000 };
  creation->give_up_us = g_get_monotonic_time () + GIVE_UP_MS * 1000;
  g_task_set_source_tag (task, snug_websocket_signaling_create_room_async);
  g_task_set_task_data (task, creation, creation_free);
  post (task);
}

SnugCreatedRoom *
snug_websocket_signaling_create_room_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
