/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-reaction-bar.h"

#include <glib/gi18n-lib.h>

#include "snug-accessible.h"
#include "snug-message-words.h"

/* Side by side in the narrowest window; the others are counted. */
#define MOST_CHIPS 5

struct _SnugReactionBar
{
  AdwBin  parent_instance;

  GtkBox *box;     /* the child */
};

G_DEFINE_FINAL_TYPE (SnugReactionBar, snug_reaction_bar, ADW_TYPE_BIN)

static GtkWidget *
chip_new (const char *key, const SnugReaction *reaction)
{
  g_autofree char *label = g_strdup_printf ("%s %u", reaction->emoji, reaction->member_ids->len);
  g_autofree char *names = snug_words_reaction (reaction);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", reaction->emoji, names);
  GtkWidget *chip = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (chip, "reaction");
  gtk_widget_add_css_class (chip, "numeric");
  if (snug_reaction_is_of (reaction, ""))
    gtk_widget_add_css_class (chip, "own");
  gtk_widget_set_tooltip_text (chip, names);
  snug_accessible_set_label (chip, spoken);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (chip), "(ss)", key, reaction->emoji);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (chip), "chat.react");
  return chip;
}

/* "+3", and which ones where somebody asks. */
static GtkWidget *
rest_new (SnugReactions *reactions, guint first)
{
  g_autofree char *label = g_strdup_printf ("+%u", snug_reactions_get_n (reactions) - first);
  g_autoptr (GString) all = g_string_new (NULL);
  GtkWidget *rest = gtk_label_new (label);

  for (guint i = first; i < snug_reactions_get_n (reactions); i++)
    {
      const SnugReaction *reaction = snug_reactions_get (reactions, i);

      g_string_append_printf (all, "%s%s %u", i > first ? "  " : "", reaction->emoji, reaction->member_ids->len);
    }
  gtk_widget_set_tooltip_text (rest, all->str);
  gtk_widget_add_css_class (rest, "dim-label");
  gtk_widget_add_css_class (rest, "caption");
  return rest;
}

void
snug_reaction_bar_show (SnugReactionBar *self, SnugMessage *message)
{
  SnugReactions *reactions = snug_message_get_reactions (message);
  g_autofree char *key = snug_words_message_key (message);
  guint n = snug_reactions_get_n (reactions);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, child);
  for (guint i = 0; i < MIN (n, MOST_CHIPS); i++)
    gtk_box_append (self->box, chip_new (key, snug_reactions_get (reactions, i)));
  if (n > MOST_CHIPS)
    gtk_box_append (self->box, rest_new (reactions, MOST_CHIPS));
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
snug_reaction_bar_class_init (SnugReactionBarClass *klass)
{
}

static void
snug_reaction_bar_init (SnugReactionBar *self)
{
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
}
