/* The commands of the chat: what is done with what was said, or is to be. Messages are named by their key.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-chat-pane-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-message-words.h"

static void
complain (SnugChatPane *self, const GError *error)
{
  if (error != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "chat.complain", "s", error->message);
}

/* Returns: (transfer full) (nullable) */
static SnugMessage *
find_message (SnugChatPane *self, const char *key)
{
  GListModel *messages = snug_session_get_messages (self->session);

  for (guint i = g_list_model_get_n_items (messages); i-- > 0;)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);
      g_autofree char *own_key = snug_words_message_key (message);

      if (strcmp (key, own_key) == 0 && snug_message_get_kind (message) == SNUG_MESSAGE_TEXT)
        return g_steal_pointer (&message);
    }
  return NULL;
}

static void
copy (SnugChatPane *self, SnugMessage *message)
{
  SnugMessageRow *row = snug_chat_pane_get_row (self, message);
  g_autofree char *marked = row != NULL ? snug_message_row_dup_marked_text (row) : NULL;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          marked != NULL ? marked : snug_message_get_text (message));
}

static void
on_message_command (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugChatPane *self = SNUG_CHAT_PANE (widget);
  g_autoptr (SnugMessage) message = find_message (self, g_variant_get_string (parameter, NULL));
  SnugMessageRow *row = message != NULL ? snug_chat_pane_get_row (self, message) : NULL;

  if (message == NULL)
    return;
  if (g_str_equal (action, "chat.go-to"))
    snug_chat_pane_go_to (self, message);
  else if (snug_message_get_deleted (message))
    return;
  else if (g_str_equal (action, "chat.reply"))
    snug_composer_reply (self->composer, message);
  else if (g_str_equal (action, "chat.edit"))
    snug_composer_edit (self->composer, message);
  else if (g_str_equal (action, "chat.delete"))
    snug_session_delete (self->session, message);
  else if (g_str_equal (action, "chat.copy"))
    copy (self, message);
  else if (g_str_equal (action, "chat.choose-emoji") && row != NULL)
    snug_message_row_choose_emoji (row);
}

/* Takes away what is there of one's own. */
static void
on_react (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugChatPane *self = SNUG_CHAT_PANE (widget);
  const char *key, *emoji;
  g_autoptr (SnugMessage) message = NULL;

  g_variant_get (parameter, "(&s&s)", &key, &emoji);
  message = find_message (self, key);
  if (message != NULL)
    snug_session_react (self->session, message, emoji,
                        !snug_reactions_has (snug_message_get_reactions (message), "", emoji));
}

static void
on_copy_text (GtkWidget *widget, const char *action, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), g_variant_get_string (parameter, NULL));
}

/* --- Files that go with a text: one stays in the chat, where their card is --- */

static void
on_offered (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugChatPane) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!snug_session_offer_file_finish (SNUG_SESSION (session), result, &error) && self->session != NULL
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    complain (self, error);
}

static void
on_offer (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SnugChatPane *self = SNUG_CHAT_PANE (widget);
  g_autofree const char **uris = g_variant_get_strv (parameter, NULL);

  for (guint i = 0; uris[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (uris[i]);

      snug_session_offer_file (self->session, file, NULL, on_offered, g_object_ref (self));
    }
}

static const struct
{
  const char                  *name;
  const char                  *parameter_type;
  GtkWidgetActionActivateFunc  activate;
} commands[] = {
  { "chat.reply", "s", on_message_command },
  { "chat.copy", "s", on_message_command },
  { "chat.edit", "s", on_message_command },
  { "chat.delete", "s", on_message_command },
  { "chat.go-to", "s", on_message_command },
  { "chat.choose-emoji", "s", on_message_command },
  { "chat.react", "(ss)", on_react },
  { "chat.copy-text", "s", on_copy_text },
  { "chat.offer", "as", on_offer },
};

void
snug_chat_pane_install_commands (GtkWidgetClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    gtk_widget_class_install_action (klass, commands[i].name, commands[i].parameter_type, commands[i].activate);
}

/* --- What the composer has --- */

static void
on_say (SnugChatPane *self, const char *text, SnugMessage *original)
{
  g_autoptr (GError) error = NULL;

  if (snug_session_reply (self->session, original, text, &error) == NULL)
    complain (self, error);
}

static void
on_edited (SnugChatPane *self, SnugMessage *message, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!snug_session_edit (self->session, message, text, &error))
    complain (self, error);
}

static void
on_edit_last (SnugChatPane *self)
{
  GListModel *messages = snug_session_get_messages (self->session);

  for (guint i = g_list_model_get_n_items (messages); i-- > 0;)
    {
      g_autoptr (SnugMessage) message = g_list_model_get_item (messages, i);

      if (snug_message_get_own (message) && snug_message_get_kind (message) == SNUG_MESSAGE_TEXT
          && !snug_message_get_deleted (message))
        {
          snug_composer_edit (self->composer, message);
          return;
        }
    }
}

void
snug_chat_pane_connect_composer (SnugChatPane *self)
{
  g_signal_connect_object (self->composer, "say", G_CALLBACK (on_say), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "edited", G_CALLBACK (on_edited), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "edit-last", G_CALLBACK (on_edit_last), self, G_CONNECT_SWAPPED);
}

/* --- On paper --- */

typedef struct
{
  SnugChatPane *pane;     /* owned */
  GBytes       *text;     /* owned: it is written while one goes on talking */
} Saving;

static void
on_saved (GObject *file, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (file), result, NULL, &error) && saving->pane->session != NULL)
    gtk_widget_activate_action (GTK_WIDGET (saving->pane), "chat.complain", "s",
                                _("The chat could not be saved there."));
  g_object_unref (saving->pane);
  g_bytes_unref (saving->text);
  g_free (saving);
}

static void
on_place_chosen (GtkNativeDialog *chooser, int response, SnugChatPane *self)
{
  g_autoptr (GFile) file = NULL;
  char *text;
  Saving *saving;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
      text = snug_words_chat_as_text (snug_session_get_messages (self->session));
      saving = g_new0 (Saving, 1);
      saving->pane = g_object_ref (self);
      saving->text = g_bytes_new_take (text, strlen (text));
      g_file_replace_contents_bytes_async (file, saving->text, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, on_saved,
                                           saving);
    }
  g_object_unref (chooser);
}

void
snug_chat_pane_save (SnugChatPane *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Save Chat"), window, GTK_FILE_CHOOSER_ACTION_SAVE,
                                                               _("Save"), NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  /* Translators: the name of a file. */
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), _("Chat.txt"));
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_place_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
