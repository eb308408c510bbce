/* snug-language: a program speaks the language of the person who starts it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* First thing in main(): the words come from the installed catalogues, or from those in SNUG_LOCALE_DIR if that is set,
 * as it is for a program that runs from its build folder. */
void snug_language_begin (void);

G_END_DECLS
