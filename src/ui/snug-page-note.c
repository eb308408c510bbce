/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-page-note.h"

struct _SnugPageNote
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (SnugPageNote, snug_page_note, ADW_TYPE_BIN)

static void
snug_page_note_class_init (SnugPageNoteClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/snugrooms/Snug/snug-page-note.ui");
}

static void
snug_page_note_init (SnugPageNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
