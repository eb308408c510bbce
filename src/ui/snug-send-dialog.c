/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-send-dialog.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-display-text.h"
#include "snug-session-facts.h"

struct _SnugSendDialog
{
  AdwWindow    parent_instance;

  /* Owned */
  SnugSession *session;
  GListModel  *to_send;
  GPtrArray   *checks;         /* of GtkCheckButton, borrowed from the rows: each of a member, by "member-id" */

  /* Template */
  GtkListBox  *files;
  GtkListBox  *to_list;
  GtkCheckButton *everyone;
  GtkLabel    *note;
  GtkButton   *send;
};

G_DEFINE_FINAL_TYPE (SnugSendDialog, snug_send_dialog, ADW_TYPE_WINDOW)

enum
{
  SEND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  g_autofree char *base = g_file_get_basename (item);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *shown = snug_display_text_one_line (name, 255);
  g_autofree char *type = g_content_type_guess (base, NULL, 0, NULL);
  g_autoptr (GIcon) icon = g_content_type_get_symbolic_icon (type);
  GtkWidget *row = g_object_new (GTK_TYPE_LIST_BOX_ROW, "activatable", FALSE, NULL);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *image = snug_accessible_decoration_new (NULL);
  /* Not an AdwActionRow: that leaves the end of a name out, which says what it is. */
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", shown, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "xalign", 0.0,
                                   "hexpand", TRUE, "tooltip-text", shown, NULL);

  gtk_image_set_from_gicon (GTK_IMAGE (image), icon);
  gtk_box_append (GTK_BOX (line), image);
  gtk_box_append (GTK_BOX (line), label);
  gtk_widget_add_css_class (line, "file-to-send");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
  snug_accessible_set_label (row, shown);
  return row;
}

/* --- To whom --- */

static gboolean
is_anybody_chosen (SnugSendDialog *self)
{
  gboolean chosen = gtk_check_button_get_active (self->everyone);

  for (guint i = 0; i < self->checks->len; i++)
    chosen |= gtk_check_button_get_active (self->checks->pdata[i]);
  return chosen;
}

static void
update_send (SnugSendDialog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->send),
                            !snug_session_facts_is_in_room (self->session) || is_anybody_chosen (self));
}

/* Everyone is everyone, also who comes later: one or the other. */
static void
on_everyone_toggled (SnugSendDialog *self)
{
  for (guint i = 0; i < self->checks->len && gtk_check_button_get_active (self->everyone); i++)
    gtk_check_button_set_active (self->checks->pdata[i], FALSE);
  update_send (self);
}

static void
on_member_toggled (SnugSendDialog *self, GtkCheckButton *check)
{
  if (gtk_check_button_get_active (check))
    gtk_check_button_set_active (self->everyone, FALSE);
  update_send (self);
}

static void
add_choice (SnugSendDialog *self, SnugMember *member)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, NULL);
  GtkWidget *check = gtk_check_button_new ();
  const char *name = snug_member_get_display_name (member);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  snug_accessible_set_label (check, name);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_object_set_data_full (G_OBJECT (check), "member-id", g_strdup (snug_member_get_id (member)), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_member_toggled), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->checks, check);
  gtk_list_box_append (self->to_list, row);
}

static void
fill_choices (SnugSendDialog *self)
{
  GListModel *members = snug_session_get_members (self->session);

  for (guint i = 0; i < g_list_model_get_n_items (members); i++)
    {
      g_autoptr (SnugMember) member = g_list_model_get_item (members, i);

      if (snug_member_get_state (member) != SNUG_MEMBER_LEFT
          && snug_member_get_state (member) != SNUG_MEMBER_FAILED)
        add_choice (self, member);
    }
}

static void
show_situation (SnugSendDialog *self)
{
  gboolean in_room = snug_session_facts_is_in_room (self->session);

  gtk_widget_set_visible (GTK_WIDGET (self->to_list), in_room);
  gtk_button_set_label (self->send, in_room ? _("Send") : _("Create Room"));
  update_send (self);
  gtk_label_set_label (self->note,
                       in_room ? _("They are asked before anything is sent.")
                               : _("You are in no room yet. One is opened, and whoever enters it is offered the files."));
}

static char **
chosen_members (SnugSendDialog *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; i < self->checks->len && snug_session_facts_is_in_room (self->session); i++)
    if (gtk_check_button_get_active (self->checks->pdata[i]))
      g_strv_builder_add (ids, g_object_get_data (self->checks->pdata[i], "member-id"));
  return g_strv_builder_end (ids);
}

static void
on_send (SnugSendDialog *self)
{
  g_auto (GStrv) member_ids = chosen_members (self);

  g_signal_emit (self, signals[SEND], 0, self->to_send, member_ids);
  gtk_window_close (GTK_WINDOW (self));
}

SnugSendDialog *
snug_send_dialog_new (GtkWindow *parent, SnugSession *session, GListModel *files)
{
  SnugSendDialog *self = g_object_new (SNUG_TYPE_SEND_DIALOG, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  self->to_send = g_object_ref (files);
  gtk_list_box_bind_model (self->files, files, create_row, NULL, NULL);
  fill_choices (self);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (show_situation), self,
                           G_CONNECT_SWAPPED);
  show_situation (self);
  return self;
}

static void
snug_send_dialog_dispose (GObject *object)
{
  SnugSendDialog *self = SNUG_SEND_DIALOG (object);

  g_clear_object (&self->session);
  g_clear_object (&self->to_send);
  g_clear_pointer (&self->checks, g_ptr_array_unref);
  G_OBJECT_CLASS (snug_send_dialog_parent_class)->dispose (object);
}

static void
snug_send_dialog_class_init (SnugSendDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_send_dialog_dispose;
  signals[SEND] = g_signal_new ("send", SNUG_TYPE_SEND_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL,
                                G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_STRV);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-send-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugSendDialog, files);
  gtk_widget_class_bind_template_child (widget_class, SnugSendDialog, to_list);
  gtk_widget_class_bind_template_child (widget_class, SnugSendDialog, everyone);
  gtk_widget_class_bind_template_child (widget_class, SnugSendDialog, note);
  gtk_widget_class_bind_template_child (widget_class, SnugSendDialog, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_everyone_toggled);
}

static void
snug_send_dialog_init (SnugSendDialog *self)
{
  self->checks = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}
