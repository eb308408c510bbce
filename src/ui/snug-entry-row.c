/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-entry-row.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-file-words.h"

/* A deeper entry is moved in no further: its name has to have room. */
#define MOST_INDENTS 4
#define INDENT_PX 16

struct _SnugEntryRow
{
  AdwBin          parent_instance;

  SnugFolderLine *line;         /* owned, nullable: not bound */
  gulong          on_notify;

  GtkWidget      *icon;         /* children */
  GtkLabel       *name;
  GtkLabel       *words;
};

G_DEFINE_FINAL_TYPE (SnugEntryRow, snug_entry_row, ADW_TYPE_BIN)

SnugEntryRow *
snug_entry_row_new (void)
{
  return g_object_new (SNUG_TYPE_ENTRY_ROW, NULL);
}

GIcon *
snug_entry_row_make_icon (SnugFolderEntry *entry)
{
  g_autofree char *type = NULL;

  if (snug_folder_entry_is_folder (entry))
    return g_themed_icon_new ("folder-symbolic");
  type = g_content_type_guess (snug_folder_entry_get_name (entry), NULL, 0, NULL);
  return g_content_type_get_symbolic_icon (type);
}

/* --- How far it is --- */

static const char *
words_of_whole (gboolean incoming)
{
  return incoming ? _("Arrived") : _("Sent");
}

static const char *
words_of_missing (gboolean incoming, gboolean over)
{
  if (!over)
    return _("Waiting");
  return incoming ? _("Did not arrive") : _("Not sent");
}

/* (nullable): what has become of it; the transfer brings one entry after the other */
static const char *
words_of_state (SnugTransfer *transfer, SnugFolderEntry *entry)
{
  SnugTransferState state = snug_transfer_get_state (transfer);
  gboolean incoming = snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN;
  guint64 bytes = snug_transfer_get_bytes (transfer);

  if (!snug_folder_entry_get_chosen (entry))
    return _("Not chosen");
  if (snug_folder_entry_is_folder (entry) || state == SNUG_TRANSFER_OFFERED)
    return NULL;
  if (state == SNUG_TRANSFER_DONE || (bytes > 0 && bytes >= snug_folder_entry_get_end (entry)))
    return words_of_whole (incoming);
  if (bytes > snug_folder_entry_get_begin (entry) && snug_transfer_is_active (transfer))
    return incoming ? _("Arriving") : _("Sending");
  return words_of_missing (incoming, snug_transfer_is_finished (transfer));
}

static char *
make_words (SnugTransfer *transfer, SnugFolderEntry *entry)
{
  g_autofree char *size = snug_words_size (snug_folder_entry_get_size (entry));
  const char *state = words_of_state (transfer, entry);

  if (snug_folder_entry_is_folder (entry))
    return g_strdup (state != NULL ? state : "");
  return state != NULL ? g_strdup_printf ("%s · %s", size, state) : g_steal_pointer (&size);
}

static void
update (SnugEntryRow *self)
{
  SnugFolderEntry *entry = snug_folder_line_get_entry (self->line);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *words = make_words (snug_folder_line_get_transfer (self->line), entry);
  g_autofree char *sentence = g_strdup_printf (*words != '\0' ? "%s, %s" : "%s", snug_folder_entry_get_path (entry),
                                               words);

  if (g_str_equal (words, gtk_label_get_label (self->words)))
    return;
  gtk_label_set_label (self->words, words);
  if (item != NULL)
    snug_accessible_set_label (item, sentence);
}

/* --- What it is --- */

static int
indent_of (const char *path)
{
  int n = 1;

  for (const char *at = strchr (path, '/'); at != NULL && n < MOST_INDENTS; at = strchr (at + 1, '/'))
    n++;
  return n * INDENT_PX;
}

static void
show_entry (SnugEntryRow *self, SnugFolderEntry *entry)
{
  const char *path = snug_folder_entry_get_path (entry);
  g_autoptr (GIcon) icon = snug_entry_row_make_icon (entry);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_widget_set_margin_start (self->icon, indent_of (path));
  gtk_image_set_from_gicon (GTK_IMAGE (self->icon), icon);
  gtk_label_set_label (self->name, snug_folder_entry_get_name (entry));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), path);
  gtk_label_set_label (self->words, "");
  if (item != NULL)
    snug_accessible_set_label (item, path);
  update (self);
}

static void
show_why (SnugEntryRow *self, const char *why)
{
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_widget_set_margin_start (self->icon, INDENT_PX);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), "dialog-information-symbolic");
  gtk_label_set_label (self->name, why);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), why);
  gtk_label_set_label (self->words, "");
  if (item != NULL)
    snug_accessible_set_label (item, why);
}

void
snug_entry_row_set_line (SnugEntryRow *self, SnugFolderLine *line)
{
  if (self->line != NULL)
    g_clear_signal_handler (&self->on_notify, snug_folder_line_get_transfer (self->line));
  g_set_object (&self->line, line);
  if (line == NULL)
    return;
  if (snug_folder_line_get_entry (line) == NULL)
    {
      show_why (self, snug_folder_line_get_why (line));
      return;
    }
  show_entry (self, snug_folder_line_get_entry (line));
  self->on_notify = g_signal_connect_object (snug_folder_line_get_transfer (line), "notify", G_CALLBACK (update), self,
                                             G_CONNECT_SWAPPED);
}

/* --- Life --- */

static void
snug_entry_row_dispose (GObject *object)
{
  snug_entry_row_set_line (SNUG_ENTRY_ROW (object), NULL);
  G_OBJECT_CLASS (snug_entry_row_parent_class)->dispose (object);
}

static void
snug_entry_row_class_init (SnugEntryRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = snug_entry_row_dispose;
}

static void
snug_entry_row_init (SnugEntryRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *words = gtk_label_new (NULL);

  self->icon = snug_accessible_decoration_new (NULL);
  self->name = GTK_LABEL (name);
  self->words = GTK_LABEL (words);
  gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (self->name, 0);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (words, "caption");
  gtk_widget_add_css_class (words, "dim-label");
  gtk_widget_add_css_class (words, "numeric");
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), words);
  gtk_widget_add_css_class (box, "entry");
  adw_bin_set_child (ADW_BIN (self), box);
}
