/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-choose-dialog.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-entry-row.h"
#include "snug-folder-entry.h"
#include "snug-file-words.h"
#include "snug-tooltip.h"

/* A deeper entry is moved in no further: its name has to have room. */
#define MOST_INDENTS 6
#define INDENT_PX 20

struct _SnugChooseDialog
{
  AdwWindow       parent_instance;

  GListModel     *entries;      /* owned; of SnugFolderEntry */
  guint           refresh;      /* source; 0: what is chosen is counted */
  gboolean        is_setting;   /* many at once: each would follow its folder again */

  /* Template */
  AdwWindowTitle *title;
  GtkCheckButton *all;
  GtkListView    *list;
  GtkLabel       *summary;
  GtkWidget      *accept;
};

G_DEFINE_FINAL_TYPE (SnugChooseDialog, snug_choose_dialog, ADW_TYPE_WINDOW)

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- What is chosen --- */

static void
show_all_state (SnugChooseDialog *self, guint n_chosen)
{
  guint n = g_list_model_get_n_items (self->entries);

  self->is_setting = TRUE;
  gtk_check_button_set_active (self->all, n_chosen == n);
  gtk_check_button_set_inconsistent (self->all, n_chosen > 0 && n_chosen < n);
  self->is_setting = FALSE;
}

static gboolean
on_refresh (gpointer user_data)
{
  SnugChooseDialog *self = user_data;
  guint n = g_list_model_get_n_items (self->entries);
  guint n_chosen = 0;
  guint64 n_bytes = 0;
  g_autofree char *size = NULL;
  g_autofree char *words = NULL;

  self->refresh = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (self->entries, i);

      if (!snug_folder_entry_get_chosen (entry))
        continue;
      n_chosen++;
      n_bytes += snug_folder_entry_get_size (entry);
    }
  size = snug_words_size (n_bytes);
  /* Translators: how many of how many are chosen, and their size: "12 of 1,204 items · 34 MB". */
  words = g_strdup_printf (ngettext ("%'u of %'u item · %s", "%'u of %'u items · %s", n), n_chosen, n, size);
  gtk_label_set_label (self->summary, words);
  gtk_widget_set_sensitive (self->accept, n_chosen > 0);
  show_all_state (self, n_chosen);
  return G_SOURCE_REMOVE;
}

/* Once for all changes of this turn. */
static void
refresh (SnugChooseDialog *self)
{
  if (self->refresh == 0)
    self->refresh = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_refresh, self, NULL);
}

static gboolean
is_below (SnugFolderEntry *entry, SnugFolderEntry *folder)
{
  const char *path = snug_folder_entry_get_path (entry);
  const char *above = snug_folder_entry_get_path (folder);
  gsize length = strlen (above);

  return strncmp (path, above, length) == 0 && path[length] == '/';
}

/* What is in a folder goes with it; and a file that is wanted wants the folders it is in. */
static void
follow (SnugChooseDialog *self, SnugFolderEntry *changed)
{
  gboolean chosen = snug_folder_entry_get_chosen (changed);

  self->is_setting = TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (self->entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (self->entries, i);

      if (is_below (entry, changed) || (chosen && is_below (changed, entry)))
        snug_folder_entry_set_chosen (entry, chosen);
    }
  self->is_setting = FALSE;
}

static void
on_chosen_changed (SnugChooseDialog *self, GParamSpec *pspec, SnugFolderEntry *entry)
{
  if (!self->is_setting)
    follow (self, entry);
  refresh (self);
}

static void
on_all_toggled (SnugChooseDialog *self)
{
  gboolean all = gtk_check_button_get_active (self->all);

  if (self->is_setting || self->entries == NULL)
    return;
  self->is_setting = TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (self->entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (self->entries, i);

      snug_folder_entry_set_chosen (entry, all);
    }
  self->is_setting = FALSE;
  refresh (self);
}

/* --- Rows --- */

static GtkWidget *
row_new (void)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *icon = snug_accessible_decoration_new (NULL);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *size = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (size, "dim-label");
  gtk_widget_add_css_class (size, "numeric");
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), size);
  gtk_widget_add_css_class (row, "choice");
  return row;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, row_new ());
}

static guint
depth_of (const char *path)
{
  guint depth = 0;

  for (const char *at = strchr (path, '/'); at != NULL && depth < MOST_INDENTS; at = strchr (at + 1, '/'))
    depth++;
  return depth;
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  SnugFolderEntry *entry = gtk_list_item_get_item (item);
  GtkWidget *row = gtk_list_item_get_child (item);
  GtkWidget *check = gtk_widget_get_first_child (row);
  GtkWidget *icon = gtk_widget_get_next_sibling (check);
  GtkWidget *name = gtk_widget_get_next_sibling (icon);
  GtkWidget *size = gtk_widget_get_next_sibling (name);
  g_autoptr (GIcon) drawn = snug_entry_row_make_icon (entry);
  g_autofree char *words = snug_words_size (snug_folder_entry_get_size (entry));
  GBinding *binding = g_object_bind_property (entry, "chosen", check, "active",
                                              G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);

  g_object_set_data_full (G_OBJECT (item), "binding", g_object_ref (binding), g_object_unref);
  gtk_widget_set_margin_start (icon, (int) depth_of (snug_folder_entry_get_path (entry)) * INDENT_PX);
  gtk_image_set_from_gicon (GTK_IMAGE (icon), drawn);
  gtk_label_set_label (GTK_LABEL (name), snug_folder_entry_get_name (entry));
  snug_tooltip_set (name, snug_folder_entry_get_path (entry));
  gtk_label_set_label (GTK_LABEL (size), snug_folder_entry_is_folder (entry) ? "" : words);
  snug_accessible_set_label (check, snug_folder_entry_get_path (entry));
  snug_accessible_set_label (gtk_widget_get_parent (row), snug_folder_entry_get_path (entry));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GBinding *binding = g_object_steal_data (G_OBJECT (item), "binding");

  g_binding_unbind (binding);
  g_object_unref (binding);
}

static void
on_row_activated (SnugChooseDialog *self, guint position)
{
  g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (self->entries, position);

  snug_folder_entry_set_chosen (entry, !snug_folder_entry_get_chosen (entry));
}

/* --- Life --- */

static void
on_accept (SnugChooseDialog *self)
{
  g_signal_emit (self, signals[CHOSEN], 0, self->entries);
  gtk_window_close (GTK_WINDOW (self));
}

static void
show_entries (SnugChooseDialog *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkNoSelection *model = gtk_no_selection_new (g_object_ref (self->entries));

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  g_object_unref (factory);
  g_object_unref (model);
  for (guint i = 0; i < g_list_model_get_n_items (self->entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (self->entries, i);

      g_signal_connect_object (entry, "notify::chosen", G_CALLBACK (on_chosen_changed), self, G_CONNECT_SWAPPED);
    }
}

SnugChooseDialog *
snug_choose_dialog_new (GtkWindow *parent, SnugTransfer *transfer, GListModel *entries)
{
  SnugChooseDialog *self = g_object_new (SNUG_TYPE_CHOOSE_DIALOG, "transient-for", parent, NULL);

  self->entries = g_object_ref (entries);
  adw_window_title_set_subtitle (self->title, snug_transfer_get_name (transfer));
  show_entries (self);
  on_refresh (self);
  return self;
}

static void
snug_choose_dialog_dispose (GObject *object)
{
  SnugChooseDialog *self = SNUG_CHOOSE_DIALOG (object);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->entries);
  G_OBJECT_CLASS (snug_choose_dialog_parent_class)->dispose (object);
}

static void
snug_choose_dialog_class_init (SnugChooseDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_choose_dialog_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", SNUG_TYPE_CHOOSE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_LIST_MODEL);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/snugrooms/Snug/snug-choose-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugChooseDialog, title);
  gtk_widget_class_bind_template_child (widget_class, SnugChooseDialog, all);
  gtk_widget_class_bind_template_child (widget_class, SnugChooseDialog, list);
  gtk_widget_class_bind_template_child (widget_class, SnugChooseDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, SnugChooseDialog, accept);
  gtk_widget_class_bind_template_callback (widget_class, on_all_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
snug_choose_dialog_init (SnugChooseDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
