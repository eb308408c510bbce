/* Files dropped on the window, or pasted into it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-window-private.h"

#include <glib/gi18n-lib.h>

#include "snug-pasted-files.h"

static void
offer_or_ask (SnugWindow *self, GListModel *files)
{
  if (snug_session_get_code (self->session) != NULL)
    snug_window_offer (self, files, NULL);
  else
    snug_window_ask_send (self, files);
}

/* --- Dropped anywhere --- */

static GdkDragAction
on_drop_enter (GtkDropTarget *target, double x, double y, SnugWindow *self)
{
  gboolean in_room = snug_session_get_code (self->session) != NULL;

  gtk_label_set_label (self->drop_label, in_room ? _("Drop to offer to everyone in the room")
                                                 : _("Drop to send once you are in a room"));
  gtk_revealer_set_reveal_child (self->drop_highlight, TRUE);
  return GDK_ACTION_COPY;
}

static void
on_drop_leave (GtkDropTarget *target, SnugWindow *self)
{
  gtk_revealer_set_reveal_child (self->drop_highlight, FALSE);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SnugWindow *self)
{
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);

  gtk_revealer_set_reveal_child (self->drop_highlight, FALSE);
  for (GSList *at = g_value_get_boxed (value); at != NULL; at = at->next)
    g_list_store_append (files, at->data);
  offer_or_ask (self, G_LIST_MODEL (files));
  return TRUE;
}

/* Before the text entry sees it: a file dropped there is meant as a file, not as its name. */
void
snug_window_take_drops (SnugWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect (target, "enter", G_CALLBACK (on_drop_enter), self);
  g_signal_connect (target, "leave", G_CALLBACK (on_drop_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/* --- Pasted anywhere: files and pictures --- */

static void
on_pasted (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) files = snug_pasted_files_read_finish (result, &error);

  if (self->session == NULL)
    return;
  if (files != NULL)
    offer_or_ask (self, files);
  else
    snug_window_complain (self, error->message, NULL, NULL, NULL);
}

/* What no entry took: the composer keeps what is pasted into it until it is sent. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint keyval, guint keycode, GdkModifierType state,
                SnugWindow *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  if ((keyval != GDK_KEY_v && keyval != GDK_KEY_V)
      || (state & gtk_accelerator_get_default_mod_mask ()) != GDK_CONTROL_MASK
      || !snug_pasted_files_are_in (clipboard))
    return GDK_EVENT_PROPAGATE;
  snug_pasted_files_read_async (clipboard, on_pasted, g_object_ref (self));
  return GDK_EVENT_STOP;
}

void
snug_window_take_pastes (SnugWindow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
