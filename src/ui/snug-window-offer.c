/* Offering files to a room, and the commands that do.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

SnugMember *
snug_window_find_member (SnugWindow *self, const char *id)
{
  GListModel *members = snug_session_get_members (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (g_strcmp0 (snug_member_get_id (member), id) == 0)
        return member; /* the model keeps it */
    }
  return NULL;
}

static void
on_offered (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!snug_session_offer_file_finish (SNUG_SESSION (session), result, &error)
      && self->session != NULL
      && error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    snug_window_complain (self, error->message, NULL, NULL, NULL);
}

/* Who has left since they were chosen is left out. */
static GPtrArray *
find_members (SnugWindow *self, const char *const *ids)
{
  GPtrArray *members = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      SnugMember *member = snug_window_find_member (self, ids[i]);

      if (member != NULL)
        g_ptr_array_add (members, g_object_ref (member));
    }
  return members;
}

/* @members: (nullable): everybody */
static void
offer (SnugWindow *self, GListModel *files, GPtrArray *members)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      snug_session_offer_file_to (self->session, file, members, on_offered, g_object_ref (self));
    }
}

/* A server was asked for a room and has not answered. */
static gboolean
waits_for_a_room (SnugWindow *self)
{
  return snug_session_get_state (self->session) == SNUG_SESSION_STARTING && snug_session_get_code (self->session) == NULL;
}

static void
hold (SnugWindow *self, GListModel *files)
{
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      g_list_store_append (self->held, file);
    }
}

void
snug_window_offer (SnugWindow *self, GListModel *files, const char *const *member_ids)
{
  gboolean to_all = member_ids == NULL || member_ids[0] == NULL;
  g_autoptr (GPtrArray) members = to_all ? NULL : find_members (self, member_ids);

  if (waits_for_a_room (self))
    hold (self, files);
  else
    offer (self, files, members);
  snug_window_show_page (self, "files");
}

/* Who tries again after a failure has them still; who goes back has not. */
void
snug_window_offer_held (SnugWindow *self)
{
  SnugSessionState state = snug_session_get_state (self->session);
  g_autoptr (GListStore) held = NULL;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->held)) == 0 || state == SNUG_SESSION_STARTING
      || state == SNUG_SESSION_FAILED)
    return;
  held = g_steal_pointer (&self->held);
  self->held = g_list_store_new (G_TYPE_FILE);
  if (state != SNUG_SESSION_EMPTY)
    offer (self, G_LIST_MODEL (held), NULL);
}

GListModel *
snug_window_list_waiting_files (SnugWindow *self)
{
  GListModel *transfers = snug_session_get_transfers (self->session);
  GListStore *files = g_list_store_new (G_TYPE_FILE);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_OUT
          && snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED)
        g_list_store_append (files, snug_transfer_get_file (transfer));
    }
  return G_LIST_MODEL (files);
}

/* The old row stays where it is. */
void
snug_window_offer_again (SnugWindow *self, SnugTransfer *transfer)
{
  snug_session_offer_again (self->session, transfer, on_offered, g_object_ref (self));
}

/* --- Its commands --- */

static void
on_offer (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autofree const char **uris = g_variant_get_strv (parameter, NULL);

  for (guint i = 0; uris[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (uris[i]);

      g_list_store_append (files, file);
    }
  snug_window_offer (SNUG_WINDOW (widget), G_LIST_MODEL (files), NULL);
}

static void
on_files_chosen (GtkNativeDialog *chooser, int response, SnugWindow *self)
{
  const char *member_id = g_object_get_data (G_OBJECT (chooser), "member-id");
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
      snug_window_offer (self, files, (const char *[]) { member_id, NULL });
    }
  g_object_unref (chooser);
}

static void
choose (SnugWindow *self, GtkFileChooserAction action, const char *title, const char *member_id)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, _("Send"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  g_object_set_data_full (G_OBJECT (chooser), "member-id", g_strdup (member_id), g_free);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_files_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_choose_files (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (SNUG_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _("Send Files"), NULL);
}

static void
on_choose_folder (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (SNUG_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("Send a Folder"), NULL);
}

static void
on_choose_files_for (GtkWidget *widget, const char *action, GVariant *parameter)
{
  choose (SNUG_WINDOW (widget), GTK_FILE_CHOOSER_ACTION_OPEN, _("Send Files"),
          g_variant_get_string (parameter, NULL));
}

static const struct
{
  const char                  *name;
  const char                  *parameter_type;
  GtkWidgetActionActivateFunc  activate;
} actions[] = {
  { "room.offer", "as", on_offer },
  { "room.choose-files", NULL, on_choose_files },
  { "room.choose-folder", NULL, on_choose_folder },
  { "room.choose-files-for", "s", on_choose_files_for },
};

void
snug_window_install_offers (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, actions[i].parameter_type, actions[i].activate);
}

void
snug_window_update_offers (SnugWindow *self, gboolean entered)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i].name, entered);
}
