/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-copy-strip.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-words.h"

struct _SnugCopyStrip
{
  AdwBin          parent_instance;

  char           *folder;      /* owned: the name of the one that it goes to */

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

static char *
display_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);

  return g_filename_display_name (base);
}

void
snug_copy_strip_show (SnugCopyStrip *self, guint64 n_bytes, guint64 size)
{
  g_autofree char *done = snug_words_size (n_bytes);
  g_autofree char *all = snug_words_size (size);
  /* Translators: how much of a copy is there, and the folder that it goes to. */
  g_autofree char *words = g_strdup_printf (_("%s of %s · %s"), done, all, self->folder);

  gtk_label_set_label (self->words, words);
  gtk_progress_bar_set_fraction (self->progress, size > 0 ? MIN (1, (double) n_bytes / (double) size) : 0);
}

GtkWidget *
snug_copy_strip_new (GFile *to)
{
  SnugCopyStrip *self = g_object_new (SNUG_TYPE_COPY_STRIP, NULL);
  g_autoptr (GFile) folder = g_file_get_parent (to);
  g_autofree char *name = display_name (to);
  g_autofree char *spoken = g_strdup_printf (_("%s %s"), _("Cancel"), name);

  self->folder = display_name (folder != NULL ? folder : to);
  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  snug_accessible_set_label (GTK_WIDGET (self->progress), name);
  snug_accessible_set_label (self->cancel, spoken);
  return GTK_WIDGET (self);
}

static void
on_cancel (SnugCopyStrip *self)
{
  g_signal_emit (self, signals[CANCELLED], 0);
}

static void
snug_copy_strip_finalize (GObject *object)
{
  g_free (SNUG_COPY_STRIP (object)->folder);
  G_OBJECT_CLASS (snug_copy_strip_parent_class)->finalize (object);
}

static void
snug_copy_strip_class_init (SnugCopyStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = snug_copy_strip_finalize;
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
