/* The commands of the window that are about what is on the list of files: what is done with each, and with all.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

#include "snug-choose-dialog.h"
#include "snug-transfer-details.h"

/* --- Transfers, named by their id --- */

/* What was taken off the list still has its card in the chat. */
static SnugTransfer *
find_in_chat (SnugSession *session, const char *id)
{
  GListModel *messages = snug_session_get_messages (session);

  for (guint i = 0; i < g_list_model_get_n_items (messages); i++)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);
      GObject *attachment = snug_message_get_attachment (message);

      if (attachment != NULL && SNUG_IS_TRANSFER (attachment)
          && g_strcmp0 (snug_transfer_get_id (SNUG_TRANSFER (attachment)), id) == 0)
        return g_object_ref (SNUG_TRANSFER (attachment));
    }
  return NULL;
}

static SnugTransfer *
find_transfer (GtkWidget *widget, GVariant *parameter)
{
  SnugSession *session = SNUG_WINDOW (widget)->session;
  GListModel *transfers = snug_session_get_transfers (session);
  const char *id = g_variant_get_string (parameter, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (g_strcmp0 (snug_transfer_get_id (transfer), id) == 0)
        return g_steal_pointer (&transfer);
    }
  return find_in_chat (session, id);
}

/* Returns: %FALSE if a person was told why not */
static gboolean
accept_with (SnugWindow *self, SnugTransfer *transfer, const SnugAcceptOptions *options)
{
  g_autoptr (GError) error = NULL;

  if (options->folder == NULL)
    snug_settings_make_folder (self->settings);
  if (snug_session_accept_with (self->session, transfer, options, &error) || error == NULL)
    return TRUE;
  snug_window_complain (self, error->message, _("Save To…"), "file.accept-to", snug_transfer_get_id (transfer));
  return FALSE;
}

static gboolean
is_offered_to_us (SnugTransfer *transfer)
{
  return snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN
         && snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED;
}

/* Up to the first that cannot be: what is wrong with the folder is wrong for the others too, and said once. */
static void
accept_all (SnugWindow *self, const SnugAcceptOptions *options)
{
  GListModel *transfers = snug_session_get_transfers (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (is_offered_to_us (transfer) && !accept_with (self, transfer, options))
        return;
    }
}

/* --- Choosing from a folder --- */

typedef struct
{
  SnugWindow   *window;       /* owned */
  SnugTransfer *transfer;     /* owned */
} Choosing;

static void
on_entries_chosen (SnugChooseDialog *dialog, GListModel *entries, SnugWindow *self)
{
  const SnugAcceptOptions options = { .conflict = SNUG_CONFLICT_AS_SET, .entries = entries };

  accept_with (self, g_object_get_data (G_OBJECT (dialog), "transfer"), &options);
}

static void
on_looked_into (GObject *session, GAsyncResult *result, gpointer user_data)
{
  Choosing *choosing = user_data;
  SnugWindow *self = choosing->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) entries = snug_session_look_into_finish (SNUG_SESSION (session), result, &error);
  SnugChooseDialog *dialog;

  if (self->session != NULL && entries != NULL)
    {
      dialog = snug_choose_dialog_new (GTK_WINDOW (self), choosing->transfer, entries);
      g_object_set_data_full (G_OBJECT (dialog), "transfer", g_object_ref (choosing->transfer), g_object_unref);
      g_signal_connect_object (dialog, "chosen", G_CALLBACK (on_entries_chosen), self, 0);
      gtk_window_present (GTK_WINDOW (dialog));
    }
  else if (self->session != NULL)
    snug_window_complain (self, error->message, NULL, NULL, NULL);
  g_object_unref (choosing->transfer);
  g_object_unref (choosing->window);
  g_free (choosing);
}

static void
choose_entries (SnugWindow *self, SnugTransfer *transfer)
{
  Choosing *choosing = g_new0 (Choosing, 1);

  choosing->window = g_object_ref (self);
  choosing->transfer = g_object_ref (transfer);
  snug_session_look_into_async (self->session, transfer, on_looked_into, choosing);
}

/* --- Choosing where to --- */

/* In the order of SnugConflictPolicy. */
static const char *const conflict_ids[] = { "keep-both", "skip-identical", "replace", NULL };

static SnugConflictPolicy
chosen_conflict (GtkFileChooser *chooser)
{
  const char *id = gtk_file_chooser_get_choice (chooser, "same-name");

  for (guint i = 0; conflict_ids[i] != NULL; i++)
    if (g_strcmp0 (id, conflict_ids[i]) == 0)
      return (SnugConflictPolicy) i;
  return SNUG_CONFLICT_AS_SET;
}

static void
add_conflict_choice (GtkFileChooser *chooser, SnugSettings *settings)
{
  const char *labels[] = { _("Keep both"), _("Skip it if identical"), _("Replace it"), NULL };
  g_autofree char *as_set = NULL;

  g_object_get (settings, "same-name", &as_set, NULL);
  gtk_file_chooser_add_choice (chooser, "same-name", _("If One of That Name Is There"), (const char **) conflict_ids,
                               labels);
  gtk_file_chooser_set_choice (chooser, "same-name", as_set);
}

static void
on_folder_chosen (GtkNativeDialog *chooser, int response, SnugWindow *self)
{
  SnugTransfer *transfer = g_object_get_data (G_OBJECT (chooser), "transfer");
  g_autoptr (GFile) folder = NULL;
  SnugAcceptOptions options = { 0 };

  if (response == GTK_RESPONSE_ACCEPT)
    {
      folder = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      if (!snug_settings_has_folder (self->settings))
        g_object_set (self->settings, "download-folder", g_file_peek_path (folder), NULL);
      options.folder = folder;
      options.conflict = chosen_conflict (GTK_FILE_CHOOSER (chooser));
      if (accept_with (self, transfer, &options) && g_object_get_data (G_OBJECT (chooser), "for-all") != NULL)
        accept_all (self, &options);
    }
  g_object_unref (chooser);
}

/* @for_all: what else is offered is accepted after it */
static void
choose_folder (SnugWindow *self, SnugTransfer *transfer, gboolean for_all)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Save To"), GTK_WINDOW (self),
                                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                                               _("Save Here"), NULL);
  g_autoptr (GFile) folder = snug_settings_get_folder (self->settings);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (snug_settings_has_folder (self->settings))
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
  add_conflict_choice (GTK_FILE_CHOOSER (chooser), self->settings);
  g_object_set_data_full (G_OBJECT (chooser), "transfer", g_object_ref (transfer), g_object_unref);
  g_object_set_data (G_OBJECT (chooser), "for-all", GINT_TO_POINTER (for_all));
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_folder_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* The first folder that is chosen in a Flatpak is the one for all further files: the portal remembers it too. */
static void
accept (SnugWindow *self, SnugTransfer *transfer)
{
  const SnugAcceptOptions as_set = { .conflict = SNUG_CONFLICT_AS_SET };

  if (snug_settings_has_folder (self->settings))
    accept_with (self, transfer, &as_set);
  else
    choose_folder (self, transfer, FALSE);
}

static void
on_opened (GObject *parent, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_show_uri_full_finish (GTK_WINDOW (parent), result, &error) && self->session != NULL)
    snug_window_complain (self, _("No program on this computer opens this file."), NULL, NULL,
                          NULL);
}

static void
open_file (SnugWindow *self, GFile *file)
{
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;

  if (uri != NULL)
    gtk_show_uri_full (GTK_WINDOW (self), uri, GDK_CURRENT_TIME, NULL, on_opened,
                       g_object_ref (self));
}

typedef struct
{
  SnugWindow *window;     /* owned */
  GFile      *file;       /* owned */
} Showing;

/* No file manager on the bus: the folder itself, then. */
static void
on_shown (GObject *bus, GAsyncResult *result, gpointer user_data)
{
  Showing *showing = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (bus), result,
                                                              NULL);
  g_autoptr (GFile) folder = g_file_get_parent (showing->file);

  if (reply == NULL && showing->window->session != NULL)
    open_file (showing->window, folder);
  g_object_unref (showing->window);
  g_object_unref (showing->file);
  g_free (showing);
}

static void
show_in_folder (SnugWindow *self, GFile *file)
{
  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;
  g_autoptr (GFile) folder = NULL;
  const char *uris[] = { uri, NULL };
  Showing *showing;

  if (uri == NULL)
    return;
  if (bus == NULL)
    {
      folder = g_file_get_parent (file);
      open_file (self, folder);
      return;
    }
  showing = g_new0 (Showing, 1);
  showing->window = g_object_ref (self);
  showing->file = g_object_ref (file);
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL,
                          G_DBUS_CALL_FLAGS_NONE, 5000, NULL, on_shown, showing);
}

static void
save_copy (SnugWindow *self, GFile *file)
{
  if (file != NULL)
    snug_window_save_copy (self, file);
}

static void
on_file (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);
  g_autoptr (SnugTransfer) transfer = find_transfer (widget, parameter);

  if (transfer == NULL)
    return;
  if (g_str_equal (action, "file.accept"))
    accept (self, transfer);
  else if (g_str_equal (action, "file.choose"))
    choose_entries (self, transfer);
  else if (g_str_equal (action, "file.accept-to"))
    choose_folder (self, transfer, FALSE);
  else if (g_str_equal (action, "file.decline"))
    snug_session_decline (self->session, transfer);
  else if (g_str_equal (action, "file.cancel"))
    snug_session_cancel (self->session, transfer);
  else if (g_str_equal (action, "file.pause"))
    snug_session_pause (self->session, transfer);
  else if (g_str_equal (action, "file.resume"))
    snug_session_resume (self->session, transfer);
  else if (g_str_equal (action, "file.forget"))
    snug_session_forget (self->session, transfer);
  else if (g_str_equal (action, "file.send-again"))
    snug_window_offer_again (self, transfer);
  else if (g_str_equal (action, "file.open"))
    open_file (self, snug_transfer_get_file (transfer));
  else if (g_str_equal (action, "file.show"))
    show_in_folder (self, snug_transfer_get_file (transfer));
  else if (g_str_equal (action, "file.save-copy"))
    save_copy (self, snug_transfer_get_file (transfer));
  else if (g_str_equal (action, "file.details"))
    snug_transfer_details_present (GTK_WINDOW (self), self->session, transfer);
}

/* --- All of them --- */

/* A folder that must be chosen first is chosen for one of them: it is the folder of all others then. */
static void
accept_all_or_choose (SnugWindow *self)
{
  const SnugAcceptOptions as_set = { .conflict = SNUG_CONFLICT_AS_SET };
  GListModel *transfers = snug_session_get_transfers (self->session);

  if (snug_settings_has_folder (self->settings))
    {
      accept_all (self, &as_set);
      return;
    }
  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (!is_offered_to_us (transfer))
        continue;
      choose_folder (self, transfer, TRUE);
      return;
    }
}

/* Rows, and no file: cards in the chat keep what was received at hand. */
static void
clear_finished (SnugSession *session)
{
  GListModel *transfers = snug_session_get_transfers (session);

  for (guint i = g_list_model_get_n_items (transfers); i > 0; i--)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i - 1);

      if (snug_transfer_is_finished (transfer))
        snug_session_forget (session, transfer);
    }
}

static void
on_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugWindow *self = SNUG_WINDOW (widget);

  if (g_str_equal (action, "files.accept-all"))
    accept_all_or_choose (self);
  else if (g_str_equal (action, "files.pause-all"))
    snug_session_pause_all (self->session);
  else if (g_str_equal (action, "files.resume-all"))
    snug_session_resume_all (self->session);
  else if (g_str_equal (action, "files.clear"))
    clear_finished (self->session);
}

static const struct
{
  const char                  *name;
  const char                  *parameter_type;
  GtkWidgetActionActivateFunc  activate;
} actions[] = {
  { "files.accept-all", NULL, on_all },
  { "files.pause-all", NULL, on_all },
  { "files.resume-all", NULL, on_all },
  { "files.clear", NULL, on_all },
  { "file.accept", "s", on_file },
  { "file.accept-to", "s", on_file },
  { "file.choose", "s", on_file },
  { "file.decline", "s", on_file },
  { "file.cancel", "s", on_file },
  { "file.pause", "s", on_file },
  { "file.resume", "s", on_file },
  { "file.open", "s", on_file },
  { "file.show", "s", on_file },
  { "file.save-copy", "s", on_file },
  { "file.details", "s", on_file },
  { "file.send-again", "s", on_file },
  { "file.forget", "s", on_file },
};

void
snug_window_install_file_actions (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, actions[i].parameter_type,
                                     actions[i].activate);
}
