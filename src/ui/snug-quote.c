/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-quote.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-message-words.h"
#include "snug-tooltip.h"

#define MOST_CHARS 52

struct _SnugQuote
{
  AdwBin     parent_instance;

  GtkButton *button;    /* the child */
  GtkLabel  *sender;
  GtkLabel  *text;
};

G_DEFINE_FINAL_TYPE (SnugQuote, snug_quote, ADW_TYPE_BIN)

SnugQuote *
snug_quote_new (void)
{
  return g_object_new (SNUG_TYPE_QUOTE, NULL);
}

static void
show_missing (SnugQuote *self)
{
  gtk_label_set_label (self->sender, "");
  gtk_label_set_label (self->text, _("An earlier message"));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", "");
  snug_accessible_set_label (GTK_WIDGET (self->button), _("An earlier message"));
}

static void
show_original (SnugQuote *self, SnugMessage *original)
{
  g_autofree char *excerpt = snug_words_excerpt (original);
  g_autofree char *key = snug_words_message_key (original);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", snug_words_sender (original), excerpt);

  gtk_label_set_label (self->sender, snug_words_sender (original));
  gtk_label_set_label (self->text, excerpt);
  /* Of a file's name, not the end: that says what it is. */
  gtk_label_set_ellipsize (self->text, snug_message_get_kind (original) == SNUG_MESSAGE_CARD ? PANGO_ELLIPSIZE_MIDDLE
                                                                                            : PANGO_ELLIPSIZE_END);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", key);
  snug_accessible_set_label (GTK_WIDGET (self->button), spoken);
}

void
snug_quote_show (SnugQuote *self, SnugMessage *original)
{
  if (original != NULL)
    show_original (self, original);
  else
    show_missing (self);
  gtk_widget_set_visible (GTK_WIDGET (self->sender), original != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), original != NULL);
}

static void
snug_quote_class_init (SnugQuoteClass *klass)
{
}

static void
snug_quote_init (SnugQuote *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->sender = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  self->text = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_END, "single-line-mode", TRUE,
                             "max-width-chars", MOST_CHARS, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->sender), "caption-heading");
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "caption");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->sender));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->text));

  self->button = GTK_BUTTON (gtk_button_new ());
  gtk_button_set_child (self->button, box);
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "quote");
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "flat");
  snug_tooltip_set (GTK_WIDGET (self->button), _("Go to the Message"));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "chat.go-to");
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->button));
}
