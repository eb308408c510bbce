/* snug-page-note: that the web page of this computer lets browsers into open rooms only, and the way to one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SNUG_TYPE_PAGE_NOTE (snug_page_note_get_type ())
G_DECLARE_FINAL_TYPE (SnugPageNote, snug_page_note, SNUG, PAGE_NOTE, AdwBin)

/* Shown or not by whoever has it. Raises room.create-open. */

G_END_DECLS
