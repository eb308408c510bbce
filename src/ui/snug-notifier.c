/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-notifier.h"

#include <glib/gi18n-lib.h>

#include "snug-file-words.h"
#include "snug-words.h"

/* A desktop shows, and reads out, each one that it is sent: of messages that come faster than this, the last. */
#define MESSAGES_EVERY_MS 1000

struct _SnugNotifier
{
  GObject         parent_instance;

  GtkApplication *application;     /* borrowed */
  SnugSession    *session;         /* owned */
  SnugSettings   *settings;        /* owned */
  SnugMessage    *heard;           /* owned, nullable: not spoken of yet */
  guint           resting;         /* source; 0: what is heard is spoken of at once */
  GHashTable     *shown;           /* owned; ids of the transfers that were spoken of */
};

G_DEFINE_FINAL_TYPE (SnugNotifier, snug_notifier, G_TYPE_OBJECT)

static gboolean
is_switched_on (SnugNotifier *self)
{
  gboolean on;

  g_object_get (self->settings, "notifications", &on, NULL);
  return on;
}

static gboolean
is_wanted (SnugNotifier *self)
{
  GtkWindow *window = gtk_application_get_active_window (self->application);
  gboolean in_front = window != NULL && gtk_widget_get_visible (GTK_WIDGET (window)) && gtk_window_is_active (window);

  return is_switched_on (self) && !in_front;
}

static void
send (SnugNotifier *self, const char *id, GNotification *notification)
{
  g_application_send_notification (G_APPLICATION (self->application), id, notification);
}

static void
withdraw (SnugNotifier *self, const char *id)
{
  g_application_withdraw_notification (G_APPLICATION (self->application), id);
}

/* --- Messages --- */

static void
notify_message (SnugNotifier *self, SnugMessage *message)
{
  g_autofree char *title = g_strdup_printf (_("Message from %s"),
                                            snug_message_get_sender_name (message));
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_autofree char *body = NULL;
  gboolean with_text;

  g_object_get (self->settings, "notification-text", &with_text, NULL);
  if (with_text)
    {
      /* Servers of the desktop take markup in the body. */
      body = g_markup_escape_text (snug_message_get_text (message), -1);
      g_notification_set_body (notification, body);
    }
  g_notification_set_category (notification, "im.received");
  g_notification_set_default_action_and_target (notification, "app.show-page", "s", "chat");
  send (self, "message", notification);
}

static gboolean
is_heard (SnugMessage *message)
{
  return snug_message_get_kind (message) == SNUG_MESSAGE_TEXT && !snug_message_get_own (message);
}

static gboolean on_rested (gpointer user_data);

static void
tell_heard (SnugNotifier *self)
{
  g_autoptr (SnugMessage) message = g_steal_pointer (&self->heard);

  if (!is_wanted (self) || snug_message_get_deleted (message))
    return;
  notify_message (self, message);
  self->resting = g_timeout_add (MESSAGES_EVERY_MS, on_rested, self);
}

static gboolean
on_rested (gpointer user_data)
{
  SnugNotifier *self = user_data;

  self->resting = 0;
  if (self->heard != NULL)
    tell_heard (self);
  return G_SOURCE_REMOVE;
}

/* Of several that come together, the last. */
static void
on_messages_changed (GListModel *messages, guint position, guint n_removed, guint n_added,
                     SnugNotifier *self)
{
  for (guint i = position + n_added; i-- > position;)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (!is_heard (message))
        continue;
      /* What is read as it comes is not spoken of later. */
      if (!is_wanted (self))
        return;
      g_set_object (&self->heard, message);
      if (self->resting == 0)
        tell_heard (self);
      return;
    }
}

/* --- Files --- */

static void
notify_offer (SnugNotifier *self, SnugTransfer *transfer)
{
  const char *id = snug_transfer_get_id (transfer);
  g_autofree char *whole = snug_words_whole (transfer);
  g_autofree char *title = g_strdup_printf (snug_transfer_is_folder (transfer) ? _("%s wants to send a folder (%s)")
                                                                               : _("%s wants to send a file (%s)"),
                                            snug_transfer_get_member_name (transfer), whole);
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_category (notification, "transfer");
  g_notification_set_default_action_and_target (notification, "app.show-page", "s", "files");
  g_notification_add_button_with_target (notification, _("Decline"), "app.file-decline", "s", id);
  g_notification_add_button_with_target (notification, _("Accept"), "app.file-accept", "s", id);
  g_hash_table_add (self->shown, g_strdup (id));
  send (self, id, notification);
}

static void
notify_done (SnugNotifier *self, SnugTransfer *transfer)
{
  const char *id = snug_transfer_get_id (transfer);
  gboolean incoming = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;
  g_autofree char *title = g_strdup_printf (incoming ? _("A file from %s is here") : _("%s has your file"),
                                            snug_transfer_get_member_name (transfer));
  g_autoptr (GNotification) notification = g_notification_new (title);

  g_notification_set_category (notification, "transfer.complete");
  g_notification_set_default_action_and_target (notification, "app.show-page", "s", "files");
  if (incoming)
    g_notification_add_button_with_target (notification, _("Open"), "app.file-open", "s", id);
  g_hash_table_add (self->shown, g_strdup (id));
  send (self, id, notification);
}

/* A question that has been answered must not stand there any longer. */
static void
on_transfer_state (SnugTransfer *transfer, GParamSpec *pspec, SnugNotifier *self)
{
  if (snug_transfer_get_state (transfer) == SNUG_TRANSFER_DONE && is_wanted (self))
    notify_done (self, transfer);
  else
    withdraw (self, snug_transfer_get_id (transfer));
}

static gboolean
is_in (GListModel *transfers, const char *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (g_str_equal (snug_transfer_get_id (transfer), id))
        return TRUE;
    }
  return FALSE;
}

/* "Open" of a row that is gone would do nothing. */
static void
withdraw_missing (SnugNotifier *self, GListModel *transfers)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!is_in (transfers, id))
      {
        withdraw (self, id);
        g_hash_table_iter_remove (&iter);
      }
}

static void
on_transfers_changed (GListModel *transfers, guint position, guint n_removed, guint n_added,
                      SnugNotifier *self)
{
  if (n_removed > 0)
    withdraw_missing (self, transfers);
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      g_signal_connect_object (transfer, "notify::state", G_CALLBACK (on_transfer_state), self, 0);
    }
}

static void
on_offer_received (SnugSession *session, SnugTransfer *transfer, SnugNotifier *self)
{
  if (is_wanted (self))
    notify_offer (self, transfer);
}

/* --- Copies --- */

/* The reason names the file, and is left to the window. */
static void
on_copy_failed (SnugNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;

  if (!is_wanted (self))
    return;
  notification = g_notification_new (_("A file could not be saved"));
  g_notification_set_category (notification, "transfer.error");
  g_notification_set_default_action_and_target (notification, "app.show-page", "s", "files");
  send (self, "copy", notification);
}

/* --- The room, while its window is out of sight --- */

/* Its default action is to bring the window back. */
void
snug_notifier_tell_staying (SnugNotifier *self)
{
  g_autoptr (GNotification) notification = NULL;

  if (!is_switched_on (self))
    return;
  notification = g_notification_new (_("You are still in the room"));
  g_notification_add_button (notification, _("Leave and Close"), "app.quit");
  send (self, "room", notification);
}

static gboolean
is_out_of_sight (SnugNotifier *self)
{
  GList *windows = gtk_application_get_windows (self->application);

  return windows != NULL && !gtk_widget_get_visible (windows->data);
}

static void
on_session_state (SnugNotifier *self)
{
  SnugSessionState state = snug_session_get_state (self->session);
  g_autoptr (SnugProblem) problem = NULL;
  g_autoptr (GNotification) notification = NULL;

  /* What was said in a room that is over leads nowhere. */
  if (state == SNUG_SESSION_EMPTY || state == SNUG_SESSION_FAILED)
    g_clear_object (&self->heard);
  if (state != SNUG_SESSION_FAILED || !is_out_of_sight (self) || !is_switched_on (self))
    return;
  problem = snug_problem_new (self->session);
  notification = g_notification_new (problem->title);
  send (self, "room", notification);
}

/* Whoever looks at the window has read it. */
static void
on_window_active (GtkWindow *window, GParamSpec *pspec, SnugNotifier *self)
{
  if (gtk_window_is_active (window))
    {
      g_clear_object (&self->heard);
      withdraw (self, "message");
      withdraw (self, "room");
      withdraw (self, "copy");
    }
}

static void
on_window_added (GtkApplication *application, GtkWindow *window, SnugNotifier *self)
{
  g_signal_connect_object (window, "notify::is-active", G_CALLBACK (on_window_active), self, 0);
}

SnugNotifier *
snug_notifier_new (GtkApplication *application, SnugSession *session, SnugSettings *settings, SnugCopies *copies)
{
  SnugNotifier *self = g_object_new (SNUG_TYPE_NOTIFIER, NULL);

  self->application = application;
  self->session = g_object_ref (session);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (session, "offer-received", G_CALLBACK (on_offer_received), self, 0);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (on_session_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (snug_session_get_messages (session), "items-changed", G_CALLBACK (on_messages_changed),
                           self, 0);
  g_signal_connect_object (snug_session_get_transfers (session), "items-changed",
                           G_CALLBACK (on_transfers_changed),
                           self, 0);
  g_signal_connect_object (copies, "failed", G_CALLBACK (on_copy_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (application, "window-added", G_CALLBACK (on_window_added), self, 0);
  return self;
}

static void
snug_notifier_dispose (GObject *object)
{
  SnugNotifier *self = SNUG_NOTIFIER (object);

  g_clear_handle_id (&self->resting, g_source_remove);
  g_clear_object (&self->heard);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (snug_notifier_parent_class)->dispose (object);
}

static void
snug_notifier_finalize (GObject *object)
{
  g_hash_table_unref (SNUG_NOTIFIER (object)->shown);
  G_OBJECT_CLASS (snug_notifier_parent_class)->finalize (object);
}

static void
snug_notifier_class_init (SnugNotifierClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_notifier_dispose;
  G_OBJECT_CLASS (klass)->finalize = snug_notifier_finalize;
}

static void
snug_notifier_init (SnugNotifier *self)
{
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
