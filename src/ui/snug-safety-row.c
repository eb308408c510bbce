/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-safety-row.h"

#include "snug-words.h"

struct _SnugSafetyRow
{
  GtkListBoxRow  parent_instance;

  SnugMember    *member;      /* owned */

  /* Template */
  GtkLabel      *phrase;
  GtkLabel      *words;
  GtkWidget     *compare;
  GtkWidget     *same;
  GtkWidget     *different;
};

G_DEFINE_FINAL_TYPE (SnugSafetyRow, snug_safety_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (SnugSafetyRow *self)
{
  SnugSafetyState safety = snug_member_get_safety (self->member);
  gboolean can_compare = snug_member_get_can_compare (self->member);
  const char *phrase = snug_member_get_phrase (self->member);

  gtk_label_set_label (self->phrase, phrase != NULL ? phrase : "");
  gtk_widget_set_visible (GTK_WIDGET (self->phrase), phrase != NULL);
  gtk_label_set_label (self->words, snug_words_safety (self->member));
  gtk_widget_set_visible (self->compare, can_compare);
  gtk_widget_set_visible (self->same, safety == SNUG_SAFETY_PHRASE);
  gtk_widget_set_visible (self->different, safety == SNUG_SAFETY_PHRASE);
  gtk_widget_set_visible (GTK_WIDGET (self), can_compare || (safety != SNUG_SAFETY_UNCHECKED
                                                             && safety != SNUG_SAFETY_MISMATCH));
}

void
snug_safety_row_set_member (SnugSafetyRow *self, SnugMember *member)
{
  GtkWidget *const buttons[] = { self->compare, self->same, self->different };

  self->member = g_object_ref (member);
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (buttons[i]), "s", snug_member_get_id (member));
  g_signal_connect_object (member, "notify::safety", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (member, "notify::phrase", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (member, "notify::can-compare", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
snug_safety_row_dispose (GObject *object)
{
  g_clear_object (&SNUG_SAFETY_ROW (object)->member);
  G_OBJECT_CLASS (snug_safety_row_parent_class)->dispose (object);
}

static void
snug_safety_row_class_init (SnugSafetyRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = snug_safety_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/snugrooms/Snug/snug-safety-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SnugSafetyRow, phrase);
  gtk_widget_class_bind_template_child (widget_class, SnugSafetyRow, words);
  gtk_widget_class_bind_template_child (widget_class, SnugSafetyRow, compare);
  gtk_widget_class_bind_template_child (widget_class, SnugSafetyRow, same);
  gtk_widget_class_bind_template_child (widget_class, SnugSafetyRow, different);
}

static void
snug_safety_row_init (SnugSafetyRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
