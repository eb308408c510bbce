/* snug-button-words: buttons beside each other that fit on a phone in every language.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The words of the buttons in @box take a second line where there is no room for them in one. */
void snug_button_words_wrap (GtkWidget *box);

G_END_DECLS
