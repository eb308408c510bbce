/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-copy-strip.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-words.h"

struct _SnugCopyStrip
{
  AdwBin          parent_instance;

  /* Template */
  GtkLabel       *name;
  GtkLabel       *words;
  GtkProgressBar *progress;
  GtkWidget      *cancel;
};

G_DEFINE_FINAL_TYPE (SnugCopyStrip, snug_copy_strip, ADW_TYPE_BIN)

enum
{
  CANCELLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Where it goes to is not said: in a Flatpak the folder is the portal's, named by a number. */
void
snug_copy_strip_show (SnugCopyStrip *self, guint64 n_bytes, guint64 size)
{
  g_autofree char *words = snug_words_progress (n_bytes, size);

  gtk_label_set_label (self->words, size > 0 ? words : "");
  gtk_progress_bar_set_fraction (self->progress, size > 0 ? MIN (1, (double) n_bytes / (double) size) : 0);
}

GtkWidget *
snug_copy_strip_new (GFile *to)
{
  SnugCopyStrip *self = g_object_new (SNUG_TYPE_COPY_STRIP, NULL);
  g_autofree char *base = g_file_get_basename (to);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *spoken = g_strdup_printf (_("%s %s"), _("Cancel"), name);

  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  snug_accessible_set_label (GTK_WIDGET (self->progress), name);
  snug_accessible_set_label (self->cancel, spoken);
  return GTK_WIDGET (self);
}

static void
on_cancel (SnugCopyStrip *self)
{
  gtk_widget_set_sensitive (self->cancel, FALSE);
  g_signal_emit (self, signals[CANCELLED], 0);
}

static void
snug_copy_strip_class_init (SnugCopyStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[CANCELLED] = g_signal_new ("cancelled", SNUG_TYPE_COPY_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/snugrooms/Snug/snug-copy-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugCopyStrip, name);
  gtk_widget_class_bind_template_child (widget_class, SnugCopyStrip, words);
  gtk_widget_class_bind_template_child (widget_class, SnugCopyStrip, progress);
  gtk_widget_class_bind_template_child (widget_class, SnugCopyStrip, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
}

static void
snug_copy_strip_init (SnugCopyStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
