/* The window goes: not without a question while files are on their way or being copied, and perhaps only out of sight.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

#include "snug-context.h"
#include "snug-session-facts.h"

static void
close_now (gpointer user_data)
{
  gtk_window_close (user_data);
}

/* The dialog goes first: it is still at work while it says what was pressed. */
static void
on_close_answered (SnugWindow *self, const char *response)
{
  if (g_strcmp0 (response, "close") != 0)
    {
      self->quitting = FALSE;
      return;
    }
  self->may_close = TRUE;
  snug_context_post (NULL, close_now, g_object_ref (self), g_object_unref);
}

/* Transfers end with it, and are spoken of first; a copy goes on, unseen. */
static GtkWidget *
question_new (SnugWindow *self)
{
  GtkWidget *dialog;

  if (snug_session_facts_has_active_transfers (self->session))
    {
      dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Stop the Transfers?"),
                                       _("Files are on their way. Closing Snug leaves the room and cancels them."));
      adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _("Keep Open"), "close",
                                        _("Leave and Close"), NULL);
      adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "close", ADW_RESPONSE_DESTRUCTIVE);
      return dialog;
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Still Saving"),
                                   _("What is being saved goes on after the window is closed, until it is done."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _("Keep Open"), "close",
                                    snug_session_facts_is_in_room (self->session) ? _("Leave and Close") : _("Close"),
                                    NULL);
  return dialog;
}

static void
ask_close (SnugWindow *self)
{
  GtkWidget *dialog = question_new (self);

  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_close_answered), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
keep_size (SnugWindow *self)
{
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_object_set (self->settings, "width", MAX (width, 1), "height", MAX (height, 1),
                "maximized", gtk_window_is_maximized (GTK_WINDOW (self)), NULL);
}

/* --- Or it stays, unseen --- */

static gboolean
stays_in_room (SnugWindow *self)
{
  gboolean chosen;

  g_object_get (self->settings, "stay-in-room", &chosen, NULL);
  return chosen && !self->quitting && snug_session_facts_is_in_room (self->session);
}

static void
hide (SnugWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  snug_application_tell_staying (SNUG_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))));
}

static gboolean
has_something_unfinished (SnugWindow *self)
{
  return snug_session_facts_has_active_transfers (self->session) || snug_copies_get_current (self->copies) != NULL;
}

gboolean
snug_window_keep_open (SnugWindow *self)
{
  gboolean stays = stays_in_room (self);

  if (!stays && !self->may_close && has_something_unfinished (self))
    {
      ask_close (self);
      return TRUE;
    }
  keep_size (self);
  if (stays)
    hide (self);
  return stays;
}

void
snug_window_quit (SnugWindow *self)
{
  self->quitting = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}
