/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-server-probe.h"

#include <libsoup/soup.h>

#include "snug-context.h"
#include "snug-json.h"
#include "snug-probe.h"
#include "snug-proxy.h"
#include "snug-websocket-signaling.h"

#define MAX_ANSWER_BYTES 4096
#define ANSWER_S 8

typedef struct
{
  char          *server;       /* owned */
  SoupSession   *session;      /* owned */
  SoupMessage   *message;      /* owned, nullable */
  SnugSignaling *signaling;    /* owned, nullable */
  GCancellable  *asking;       /* owned: of what is asked before the room is entered */
  GSource       *impatience;   /* owned, nullable */
  GSource       *cancelled;    /* owned, nullable: beside it */
  GPtrArray     *ice_servers;  /* owned, nullable */
  SnugFinding    finding;
  gboolean       is_late;      /* an answer is */
  gboolean       by_proxy;
  char           answer[MAX_ANSWER_BYTES];
} Visit;

static void
visit_free (gpointer data)
{
  Visit *visit = data;

  snug_clear_source (&visit->impatience);
  snug_clear_source (&visit->cancelled);
  g_clear_object (&visit->asking);
  g_clear_object (&visit->message);
  g_clear_object (&visit->session);
  g_clear_object (&visit->signaling);
  g_clear_pointer (&visit->ice_servers, g_ptr_array_unref);
  g_free (visit->server);
  g_free (visit);
}

static void
end (GTask *task, SnugFinding finding)
{
  Visit *visit = g_task_get_task_data (task);

  visit->finding = visit->is_late ? SNUG_FINDING_SILENT : finding;
  g_task_return_boolean (task, TRUE);
}

/* One answer may take so long, however it comes: what times out in libsoup is each piece of it. */
static void
allow_time (GTask *task, GSourceFunc on_late)
{
  Visit *visit = g_task_get_task_data (task);

  snug_clear_source (&visit->impatience);
  visit->impatience = snug_context_timeout (g_task_get_context (task), ANSWER_S * 1000, on_late, task);
}

/* In the room. The task is held by the signals until one of them ends it. */

static void
leave (GTask *task, SnugFinding finding)
{
  Visit *visit = g_task_get_task_data (task);
  g_autoptr (SnugSignaling) signaling = g_steal_pointer (&visit->signaling);

  if (signaling == NULL)
    return;
  g_object_ref (task);
  g_signal_handlers_disconnect_by_data (signaling, task);
  snug_clear_source (&visit->impatience);
  snug_clear_source (&visit->cancelled);
  snug_signaling_close (signaling);
  end (task, finding);
  g_object_unref (task);
}

static void
on_message (SnugSignaling *signaling, SnugSignalMessage *message, GTask *task)
{
  Visit *visit = g_task_get_task_data (task);

  if (message->type != SNUG_SIGNAL_WELCOME)
    return;
  visit->by_proxy = snug_signaling_get_by_proxy (signaling);
  if (message->ice_servers != NULL)
    visit->ice_servers = g_ptr_array_ref (message->ice_servers);
  leave (task, SNUG_FINDING_WORKS);
}

static void
on_state_changed (SnugSignaling *signaling, GTask *task)
{
  SnugSignalingState state = snug_signaling_get_state (signaling);

  /* It answered a moment ago, when no WebSocket was asked for. */
  if (state == SNUG_SIGNALING_RECONNECTING || state == SNUG_SIGNALING_CLOSED)
    leave (task, SNUG_FINDING_NO_SOCKETS);
}

static gboolean
on_no_welcome (gpointer data)
{
  leave (data, SNUG_FINDING_NO_SOCKETS);
  return G_SOURCE_REMOVE;
}

static SnugFinding
finding_from_refusal (const GError *error)
{
  if (g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_PROTOCOL))
    return SNUG_FINDING_SOMETHING_ELSE;
  if (g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_RATE_LIMITED))
    return SNUG_FINDING_FULL;
  if (g_error_matches (error, SNUG_SIGNALING_ERROR, SNUG_SIGNALING_ERROR_UNREACHABLE))
    return SNUG_FINDING_SILENT;
  return SNUG_FINDING_REFUSED;
}

static void
on_room_made (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugCreatedRoom) room = snug_websocket_signaling_create_room_finish (result, &error);
  Visit *visit = g_task_get_task_data (task);

  if (room == NULL)
    {
      end (task, finding_from_refusal (error));
      return;
    }
  visit->signaling = snug_websocket_signaling_new (visit->server, room->code, room->member, room->token, "sender");
  g_signal_connect_data (visit->signaling, "message", G_CALLBACK (on_message), g_object_ref (task),
                         (GClosureNotify) (void (*) (void)) g_object_unref, 0);
  g_signal_connect (visit->signaling, "state-changed", G_CALLBACK (on_state_changed), task);
  allow_time (task, on_no_welcome);
  snug_signaling_open (visit->signaling);
}

/* Before the door */

static gboolean
on_no_answer (gpointer data)
{
  Visit *visit = g_task_get_task_data (data);

  visit->is_late = TRUE;
  g_cancellable_cancel (visit->asking);
  return G_SOURCE_REMOVE;
}

static void
on_health_read (GObject *stream, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Visit *visit = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (stream), result, &n_read, &error))
    {
      end (task, snug_finding_from_error (error));
      return;
    }
  object = snug_json_parse (visit->answer, n_read, MAX_ANSWER_BYTES, NULL);
  if (object == NULL || soup_message_get_status (visit->message) != SOUP_STATUS_OK)
    end (task, SNUG_FINDING_SOMETHING_ELSE);
  else
    {
      allow_time (task, on_no_answer);
      snug_websocket_signaling_create_room_async (visit->server, 2, TRUE, visit->asking, on_room_made,
                                                  g_object_ref (task));
    }
}

static void
on_health (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Visit *visit = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = soup_session_send_finish (SOUP_SESSION (session), result, &error);

  if (stream == NULL)
    end (task, snug_finding_from_error (error));
  else
    g_input_stream_read_all_async (stream, visit->answer, sizeof visit->answer, G_PRIORITY_DEFAULT,
                                   visit->asking, on_health_read, g_object_ref (task));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Visit *visit = g_task_get_task_data (data);

  if (visit->signaling != NULL)
    leave (data, SNUG_FINDING_NO_SOCKETS);
  else
    g_cancellable_cancel (visit->asking);
  return G_SOURCE_REMOVE;
}

/* The task is held by what is being asked. */
static void
heed_cancelling (GTask *task)
{
  Visit *visit = g_task_get_task_data (task);

  visit->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (visit->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
  g_source_attach (visit->cancelled, g_task_get_context (task));
}

void
snug_server_probe_async (const char *server, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Visit *visit = g_new0 (Visit, 1);
  g_autofree char *url = g_strconcat (server, "/api/health", NULL);
  g_autoptr (GProxyResolver) proxies = snug_proxy_resolver_new (NULL);

  visit->server = g_strdup (server);
  visit->asking = g_cancellable_new ();
  visit->session = soup_session_new_with_options ("proxy-resolver", proxies, NULL);
  visit->message = soup_message_new ("GET", url);
  g_task_set_source_tag (task, snug_server_probe_async);
  g_task_set_task_data (task, visit, visit_free);
  g_task_set_check_cancellable (task, FALSE);
  if (visit->message == NULL)
    {
      end (task, SNUG_FINDING_NO_NAME);
      return;
    }
  heed_cancelling (task);
  allow_time (task, on_no_answer);
  soup_session_send_async (visit->session, visit->message, G_PRIORITY_DEFAULT, visit->asking, on_health,
                           g_object_ref (task));
}

GPtrArray *
snug_server_probe_finish (GAsyncResult *result, SnugFinding *finding, gboolean *by_proxy)
{
  Visit *visit = g_task_get_task_data (G_TASK (result));

  *finding = visit->finding;
  *by_proxy = visit->by_proxy;
  return g_steal_pointer (&visit->ice_servers);
}
