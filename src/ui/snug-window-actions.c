/* The commands of the window: one door for menus, buttons, keys and tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

#include "snug-doctor-dialog.h"
#include "snug-last-room.h"
#include "snug-qr-window.h"
#include "snug-rename-dialog.h"
#include "snug-report.h"
#include "snug-secret-page.h"
#include "snug-send-dialog.h"
#include "snug-session-facts.h"

void
snug_window_show_page (SnugWindow *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->stack, name);
}

/* --- Room --- */

static void
create_room (SnugWindow *self)
{
  gboolean open;

  g_object_get (self->settings, "open-rooms", &open, NULL);
  snug_session_create (self->session, open);
}

/* To begin another: what was to be offered in it is to be offered there. */
static void
leave_failed_room (SnugWindow *self)
{
  g_autoptr (GListStore) held = g_steal_pointer (&self->held);

  self->held = g_list_store_new (G_TYPE_FILE);
  snug_session_leave (self->session);
  g_set_object (&self->held, held);
}

static void
on_create (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  if (snug_session_get_state (self->session) == SNUG_SESSION_FAILED)
    leave_failed_room (self);
  snug_window_show_page (self, "room");
  create_room (self);
}

/* What was said to whoever would come, and nobody has heard: the rest is not for strangers. */
static GStrv
list_waiting_words (SnugWindow *self)
{
  GListModel *messages = snug_session_get_messages (self->session);
  gboolean in_room = snug_session_facts_is_in_room (self->session);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; in_room && i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (snug_message_get_own (message) && snug_message_get_kind (message) == SNUG_MESSAGE_TEXT
          && snug_message_get_delivery (message) == SNUG_DELIVERY_QUEUED && !snug_message_get_deleted (message))
        g_strv_builder_add (words, snug_message_get_text (message));
    }
  return g_strv_builder_end (words);
}

/* In place of a private one that nobody else has come to: what waited there for somebody waits here. */
static void
on_create_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  g_autoptr (GListModel) files = snug_window_list_waiting_files (self);
  g_auto (GStrv) words = list_waiting_words (self);

  snug_session_leave (self->session);
  snug_session_create (self->session, TRUE);
  if (snug_session_facts_is_in_room (self->session))
    {
      for (guint i = 0; words[i] != NULL; i++)
        snug_session_say (self->session, words[i], NULL);
      snug_window_offer (self, files, NULL);
    }
  snug_window_show_page (self, "room");
}

static void
on_join (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  const char *invite = g_variant_get_string (parameter, NULL);
  g_autoptr (GError) error = NULL;

  snug_window_show_page (self, "room");
  if (snug_session_get_state (self->session) == SNUG_SESSION_FAILED)
    snug_session_leave (self->session);
  if (!snug_session_join (self->session, invite, &error))
    snug_room_pane_show_join_error (self->room, error != NULL ? error->message : _("That is not a room code or link."));
}

static void
on_enter_secret (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  g_autoptr (GError) error = NULL;

  /* It may have been pressed twice. */
  if (!snug_secret_page_is_for (self->session))
    return;
  if (!snug_session_enter_secret (self->session, g_variant_get_string (parameter, NULL), &error) && error != NULL)
    snug_room_pane_show_secret_error (self->room, error->message);
}

static void
on_let_them_try (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_session_let_them_try (SNUG_WINDOW (widget)->session);
}

static void
on_let_in (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_session_answer_knock (SNUG_WINDOW (widget)->session, TRUE);
}

static void
on_refuse (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_session_answer_knock (SNUG_WINDOW (widget)->session, FALSE);
}

/* Of the safety phrase: the three buttons of a member's row. */
static void
on_compare (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  SnugMember *member = snug_window_find_member (self, g_variant_get_string (parameter, NULL));

  if (member != NULL && g_str_equal (action, "room.compare"))
    snug_session_compare (self->session, member);
  else if (member != NULL)
    snug_session_confirm_phrase (self->session, member, g_str_equal (action, "room.phrase-is-same"));
}

static void
on_enter_code (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  if (snug_session_get_state (self->session) == SNUG_SESSION_FAILED)
    snug_session_leave (self->session);
  snug_window_show_page (self, "room");
  snug_room_pane_focus_join (self->room);
}

static void
on_go_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  g_autoptr (SnugRoomLink) link = snug_last_room_get (self->settings);
  g_autofree char *url = link != NULL ? snug_room_link_to_url (link) : NULL;

  if (url != NULL)
    gtk_widget_activate_action (widget, "room.join", "s", url);
}

static void
on_forget_last (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_last_room_forget (SNUG_WINDOW (widget)->settings);
}

static void
on_rename (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  snug_rename_dialog_present (GTK_WINDOW (self), self->settings);
}

/* Who leaves a room is through with it; who only gives up an attempt may want it another time. */
static void
leave (SnugWindow *self)
{
  if (snug_session_facts_is_in_room (self->session) && snug_session_get_state (self->session) != SNUG_SESSION_STARTING
      && snug_session_get_state (self->session) != SNUG_SESSION_PENDING)
    snug_last_room_forget (self->settings);
  snug_session_leave (self->session);
  snug_window_show_page (self, "room");
}

static void
on_leave_answered (SnugWindow *self, const char *response)
{
  if (g_strcmp0 (response, "leave") == 0)
    leave (self);
}

static void
ask_leave (SnugWindow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Leave the Room?"),
                                              _("Files are on their way. Leaving cancels them."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "stay", _("Stay"), "leave",
                                    _("Leave"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "leave",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "stay");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_leave_answered), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_leave (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  if (snug_session_facts_has_active_transfers (self->session))
    ask_leave (self);
  else
    leave (self);
}

static void
on_remove_answered (GtkWidget *dialog, const char *response, SnugWindow *self)
{
  SnugMember *member = g_object_get_data (G_OBJECT (dialog), "member");

  if (g_str_equal (response, "remove"))
    snug_session_remove_member (self->session, member);
}

static void
on_remove_member (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  SnugMember *member = snug_window_find_member (self, g_variant_get_string (parameter, NULL));
  g_autofree char *heading = NULL;
  GtkWidget *dialog;

  if (member == NULL)
    return;
  heading = g_strdup_printf (_("Remove %s?"), snug_member_get_display_name (member));
  dialog = adw_message_dialog_new (GTK_WINDOW (self), heading,
                                   _("They cannot come back. The room is locked as well: nobody new can enter until you unlock it."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "remove", _("Remove"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "member", g_object_ref (member), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_copy_report (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  g_autofree char *report = snug_report_new (self->session);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), report);
  snug_window_toast (self, _("Report copied. It has no codes, names or addresses in it."));
}

static void
on_check_connection (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_doctor_dialog_present (GTK_WINDOW (widget), SNUG_WINDOW (widget)->session);
}

static void
on_start_over (GtkWidget *widget, const char *action, GVariant *parameter)
{
  leave (SNUG_WINDOW (widget));
}

/* Escape: gives up what has not begun yet, and nothing else. */
static void
on_cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  SnugSessionState state = snug_session_get_state (self->session);

  if (state == SNUG_SESSION_STARTING || state == SNUG_SESSION_PENDING || state == SNUG_SESSION_FAILED)
    leave (self);
}

static void
on_retry (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_session_retry (SNUG_WINDOW (widget)->session);
}

static void
copy_text (SnugWindow *self, const char *text, const char *said)
{
  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  snug_window_toast (self, said);
}

static void
on_copy_link (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  copy_text (self, snug_session_get_link (self->session), _("Link copied"));
}

static void
on_copy_invite (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  copy_text (self, snug_session_get_invite (self->session), _("Code copied"));
}

static void
on_show_qr (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  snug_qr_window_present (GTK_WINDOW (self), snug_session_get_link (self->session),
                          snug_session_get_invite (self->session));
}

static void
on_copy_qr (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  g_autoptr (SnugQr) qr = snug_qr_new (snug_session_get_link (self->session));
  g_autoptr (GdkTexture) texture = NULL;

  if (qr == NULL)
    return;
  texture = snug_qr_to_texture (qr, 8);
  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  snug_window_toast (self, _("QR code copied as an image"));
}

static void
on_qr_saved (GtkNativeDialog *chooser, int response, SnugWindow *self)
{
  g_autoptr (SnugQr) qr = snug_qr_new (snug_session_get_link (self->session) != NULL
                                       ? snug_session_get_link (self->session) : "");
  g_autoptr (GFile) file = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (response == GTK_RESPONSE_ACCEPT && qr != NULL)
    {
      file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      texture = snug_qr_to_texture (qr, 8);
      if (!gdk_texture_save_to_png (texture, g_file_peek_path (file)))
        snug_window_complain (self, _("The image could not be saved there."), NULL, NULL, NULL);
    }
  g_object_unref (chooser);
}

static void
on_save_qr (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Save QR Code"), GTK_WINDOW (self),
                                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("Save"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), "snug-room.png");
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_qr_saved), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_complain (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_window_complain (SNUG_WINDOW (widget), g_variant_get_string (parameter, NULL), NULL, NULL, NULL);
}

static void
on_find (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  snug_window_show_page (self, "chat");
  snug_chat_pane_find (self->chat);
}

static void
on_save_chat (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_chat_pane_save (SNUG_WINDOW (widget)->chat);
}

static void
on_set_typing (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  gboolean shown;

  g_object_get (self->settings, "show-typing", &shown, NULL);
  snug_session_set_typing (self->session, shown && g_variant_get_boolean (parameter));
}

/* --- The window itself --- */

static void
on_show_page (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_window_show_page (SNUG_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_go_to_end (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  snug_window_show_page (self, "chat");
  snug_chat_pane_go_to_end (self->chat);
}

static void
on_send_answered (SnugSendDialog *dialog, GListModel *files, const char *const *member_ids,
                  SnugWindow *self)
{
  SnugSessionState state = snug_session_get_state (self->session);

  if (state == SNUG_SESSION_FAILED)
    leave_failed_room (self);
  if (!snug_session_facts_is_in_room (self->session))
    create_room (self);
  snug_window_offer (self, files, member_ids);
  if (state == SNUG_SESSION_EMPTY || state == SNUG_SESSION_FAILED)
    snug_window_show_page (self, "room");
}

void
snug_window_ask_send (SnugWindow *self, GListModel *files)
{
  SnugSendDialog *dialog = snug_send_dialog_new (GTK_WINDOW (self), self->session, files);

  g_signal_connect_object (dialog, "send", G_CALLBACK (on_send_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_join_answered (GtkWidget *dialog, const char *response, SnugWindow *self)
{
  const char *invite = g_object_get_data (G_OBJECT (dialog), "invite");

  if (g_strcmp0 (response, "join") != 0)
    return;
  if (snug_session_get_state (self->session) != SNUG_SESSION_EMPTY)
    snug_session_leave (self->session);
  gtk_widget_activate_action (GTK_WIDGET (self), "room.join", "s", invite);
}

static void
ask_join_dialog (SnugWindow *self, const char *invite, const SnugRoomLink *link)
{
  g_autofree char *heading = g_strdup_printf (_("Join Room %s?"), link->code);
  g_autofree char *server = link->server != NULL ? g_strdup_printf (_("Server: %s"), link->server)
                                                 : g_strdup (_("On the server of your preferences."));
  const char *leaving = snug_session_facts_is_in_room (self->session) ? _("You leave the room you are in.") : NULL;
  g_autofree char *body = g_strdup_printf ("%s\n%s%s%s", server,
                                           _("Nothing is contacted before you join."),
                                           leaving != NULL ? "\n" : "", leaving != NULL ? leaving : "");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("Cancel"), "join",
                                    _("Join"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "join",
                                              ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "join");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "invite", g_strdup (invite), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_join_answered), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
snug_window_ask_join (SnugWindow *self, const char *invite)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SnugRoomLink) link = snug_room_link_parse (invite, &error);

  if (link != NULL)
    ask_join_dialog (self, invite, link);
  else
    snug_window_complain (self, error->message, NULL, NULL, NULL);
}

static void
on_ask_join (GtkWidget *widget, const char *action, GVariant *parameter)
{
  snug_window_ask_join (SNUG_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

/* There is a link on the clipboard: mentioned once, in passing. */
static void
on_suggest (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *invite = g_variant_get_string (parameter, NULL);
  g_autoptr (SnugRoomLink) link = snug_room_link_parse (invite, NULL);
  g_autofree char *text = NULL;

  if (link == NULL)
    return;
  text = g_strdup_printf (_("You copied a link to room %s"), link->code);
  snug_window_suggest (SNUG_WINDOW (widget), text, _("Join…"), "room.ask-join", invite);
}

static const struct
{
  const char                  *name;
  const char                  *parameter_type;
  GtkWidgetActionActivateFunc  activate;
} actions[] = {
  { "win.show-page", "s", on_show_page },
  { "room.create", NULL, on_create },
  { "room.create-open", NULL, on_create_open },
  { "room.join", "s", on_join },
  { "room.ask-join", "s", on_ask_join },
  { "room.suggest", "s", on_suggest },
  { "room.enter-code", NULL, on_enter_code },
  { "room.go-back", NULL, on_go_back },
  { "room.forget-last", NULL, on_forget_last },
  { "room.rename", NULL, on_rename },
  { "room.leave", NULL, on_leave },
  { "room.start-over", NULL, on_start_over },
  { "room.cancel", NULL, on_cancel },
  { "room.retry", NULL, on_retry },
  { "room.remove-member", "s", on_remove_member },
  { "room.copy-report", NULL, on_copy_report },
  { "room.check-connection", NULL, on_check_connection },
  { "room.enter-secret", "s", on_enter_secret },
  { "room.let-them-try", NULL, on_let_them_try },
  { "room.let-in", NULL, on_let_in },
  { "room.refuse", NULL, on_refuse },
  { "room.compare", "s", on_compare },
  { "room.phrase-is-same", "s", on_compare },
  { "room.phrase-differs", "s", on_compare },
  { "room.copy-link", NULL, on_copy_link },
  { "room.copy-invite", NULL, on_copy_invite },
  { "room.show-qr", NULL, on_show_qr },
  { "room.copy-qr", NULL, on_copy_qr },
  { "room.save-qr", NULL, on_save_qr },
  { "room.set-typing", "b", on_set_typing },
  { "chat.go-to-end", NULL, on_go_to_end },
  { "chat.find", NULL, on_find },
  { "chat.save", NULL, on_save_chat },
  { "chat.complain", "s", on_complain },
};

void
snug_window_install_actions (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, actions[i].parameter_type,
                                     actions[i].activate);
  snug_window_install_file_actions (klass);
  snug_window_install_offers (klass);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Escape, 0, "room.cancel", NULL);
}

void
snug_window_update_actions (SnugWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean in_room = snug_session_facts_is_in_room (self->session);
  gboolean entered = in_room && snug_session_get_code (self->session) != NULL
                     && snug_session_get_state (self->session) != SNUG_SESSION_STARTING;
  gboolean has_link = entered && snug_session_get_link (self->session) != NULL;
  gboolean has_qr = has_link && !snug_session_get_shuts_browsers_out (self->session);
  gboolean is_alone = g_list_model_get_n_items (snug_session_get_members (self->session)) == 0;

  gtk_widget_action_set_enabled (widget, "room.create", !in_room);
  gtk_widget_action_set_enabled (widget, "room.create-open", !in_room || (entered && is_alone));
  gtk_widget_action_set_enabled (widget, "room.join", !in_room);
  gtk_widget_action_set_enabled (widget, "room.enter-code", !in_room);
  gtk_widget_action_set_enabled (widget, "room.go-back", !in_room);
  gtk_widget_action_set_enabled (widget, "room.leave", in_room);
  gtk_widget_action_set_enabled (widget, "room.copy-link", has_link);
  gtk_widget_action_set_enabled (widget, "room.copy-invite", entered);
  gtk_widget_action_set_enabled (widget, "room.show-qr", has_qr);
  gtk_widget_action_set_enabled (widget, "room.copy-qr", has_qr);
  gtk_widget_action_set_enabled (widget, "room.save-qr", has_qr);
  snug_window_update_offers (self, entered);
}
