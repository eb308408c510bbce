/* snug-button-words: see snug-button-words.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-button-words.h"

void
snug_button_words_wrap (GtkWidget *box)
{
  for (GtkWidget *child = gtk_widget_get_first_child (box); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      /* The label that a button makes of its text: one of ours in its place would have no name for a screen reader. */
      GtkWidget *label = GTK_IS_BUTTON (child) ? gtk_button_get_child (GTK_BUTTON (child)) : NULL;

      if (!GTK_IS_LABEL (label))
        continue;
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
    }
}
