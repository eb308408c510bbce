/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-notes.h"

#include "snug-accessible.h"

struct _SnugNotes
{
  AdwBin    parent_instance;

  GtkBox   *rows;      /* child */
  char    **lines;     /* owned, nullable: those that stand there */
};

G_DEFINE_FINAL_TYPE (SnugNotes, snug_notes, ADW_TYPE_BIN)

static GtkWidget *
row_new (const char *line)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *sign = snug_accessible_decoration_new ("dialog-warning-symbolic");
  GtkWidget *words = g_object_new (GTK_TYPE_LABEL, "label", line, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "xalign", 0.0, "hexpand", TRUE, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);

  gtk_widget_set_valign (sign, GTK_ALIGN_START);
  gtk_widget_add_css_class (row, "note");
  gtk_box_append (GTK_BOX (row), sign);
  gtk_box_append (GTK_BOX (row), words);
  return row;
}

static void
clear (SnugNotes *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, row);
}

/* Alerts are read out when they are made: not once more while all of them stay as they are. */
void
snug_notes_set_lines (SnugNotes *self, const char *const *lines)
{
  if (self->lines != NULL && g_strv_equal ((const char *const *) self->lines, lines))
    return;
  g_strfreev (self->lines);
  self->lines = g_strdupv ((char **) lines);
  clear (self);
  for (guint i = 0; lines[i] != NULL; i++)
    gtk_box_append (self->rows, row_new (lines[i]));
  gtk_widget_set_visible (GTK_WIDGET (self), lines[0] != NULL);
}

static void
snug_notes_finalize (GObject *object)
{
  g_strfreev (SNUG_NOTES (object)->lines);
  G_OBJECT_CLASS (snug_notes_parent_class)->finalize (object);
}

static void
snug_notes_class_init (SnugNotesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_notes_finalize;
}

static void
snug_notes_init (SnugNotes *self)
{
  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->rows));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
