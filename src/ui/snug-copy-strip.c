/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-copy-strip.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-file-words.h"

struct _SnugCopyStrip
{
  AdwBin          parent_instance;

  GFile          *to;          /* owned, nullable: what is shown */
  gint64          since_us;    /* monotonic: when that began */
  gboolean        cancelled;

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
static void
show_name (SnugCopyStrip *self, GFile *to)
{
  g_autofree char *base = g_file_get_basename (to);
  g_autofree char *name = g_filename_display_name (base);
  g_autofree char *spoken = g_strdup_printf (_("%s %s"), _("Cancel"), name);

  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), name);
  snug_accessible_set_label (GTK_WIDGET (self->progress), name);
  snug_accessible_set_label (self->cancel, spoken);
}

static void
show_words (SnugCopyStrip *self, guint64 n_bytes, guint64 size, guint n_more)
{
  g_autofree char *progress = snug_words_progress (n_bytes, size);
  g_autofree char *more = g_strdup_printf (ngettext ("and %u more", "and %u more", n_more), n_more);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *joined = NULL;

  if (self->cancelled)
    g_strv_builder_add (words, _("Cancelled"));
  else if (size > 0)
    g_strv_builder_add (words, progress);
  if (n_more > 0)
    g_strv_builder_add (words, more);
  parts = g_strv_builder_end (words);
  joined = g_strjoinv (" · ", parts);
  gtk_label_set_label (self->words, joined);
}

void
snug_copy_strip_show (SnugCopyStrip *self, GFile *to, guint64 n_bytes, guint64 size, guint n_more)
{
  if (g_set_object (&self->to, to))
    {
      self->since_us = g_get_monotonic_time ();
      self->cancelled = FALSE;
      show_name (self, to);
    }
  show_words (self, n_bytes, size, n_more);
  gtk_progress_bar_set_fraction (self->progress, size > 0 ? MIN (1, (double) n_bytes / (double) size) : 0);
}

/* The press before it was about another file. */
static gboolean
may_be_second_press (SnugCopyStrip *self)
{
  int double_click_ms;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time", &double_click_ms, NULL);
  return g_get_monotonic_time () - self->since_us < 1000 * (gint64) double_click_ms;
}

/* The button stays as it is, and has the focus if it had it: the file may take a while to let go of. */
static void
on_cancel (SnugCopyStrip *self)
{
  if (self->cancelled || may_be_second_press (self))
    return;
  self->cancelled = TRUE;
  gtk_label_set_label (self->words, _("Cancelled"));
  g_signal_emit (self, signals[CANCELLED], 0);
}

static void
snug_copy_strip_dispose (GObject *object)
{
  g_clear_object (&SNUG_COPY_STRIP (object)->to);
  G_OBJECT_CLASS (snug_copy_strip_parent_class)->dispose (object);
}

static void
snug_copy_strip_class_init (SnugCopyStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_copy_strip_dispose;
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
