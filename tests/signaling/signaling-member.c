/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signaling-member.h"

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

Member *
member_prepare (const char *url, const char *code, const char *id, const char *token, const char *role)
{
  Member *member = g_new0 (Member, 1);

  member->signaling = snug_websocket_signaling_new (url, code, id, token, role);
  member->heard = g_string_new (NULL);
  g_signal_connect (member->signaling, "message", G_CALLBACK (on_message), member);
  return member;
}

Member *
member_new (const char *url, const char *code, const char *id, const char *token, const char *role)
{
  Member *member = member_prepare (url, code, id, token, role);

  snug_signaling_open (member->signaling);
  return member;
}

void
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

void
on_created (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

SnugCreatedRoom *
create_room (const char *url, guint capacity, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  snug_websocket_signaling_create_room_async (url, capacity, FALSE, cancellable, on_created, &result);
  snug_await (NULL, result != NULL);
  return snug_websocket_signaling_create_room_finish (result, error);
}
