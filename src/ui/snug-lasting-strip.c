/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-lasting-strip.h"

#include "snug-columns.h"

struct _SnugLastingStrip
{
  AdwBin  parent_instance;

  /* Template */
  GtkBox *lines;
};

G_DEFINE_FINAL_TYPE (SnugLastingStrip, snug_lasting_strip, ADW_TYPE_BIN)

enum
{
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
snug_lasting_strip_add (SnugLastingStrip *self, const char *text)
{
  GtkWidget *line = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                  "xalign", 0.0, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);

  gtk_box_append (self->lines, line);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
on_close (SnugLastingStrip *self)
{
  GtkWidget *line;

  g_signal_emit (self, signals[CLOSED], 0);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  while ((line = gtk_widget_get_first_child (GTK_WIDGET (self->lines))) != NULL)
    gtk_box_remove (self->lines, line);
}

static void
snug_lasting_strip_class_init (SnugLastingStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CLOSED] = g_signal_new ("closed", SNUG_TYPE_LASTING_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  g_type_ensure (SNUG_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/snugrooms/Snug/snug-lasting-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugLastingStrip, lines);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
snug_lasting_strip_init (SnugLastingStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
