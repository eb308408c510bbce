/* snug-file-sections: the transfers of a session as the rows of one list, by what they wait for.
 *
 * Sections, hidden when empty, one after another; below a folder that is open stands what is in it. Knows no
 * widgets. Belongs to the main context.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-session.h"

G_BEGIN_DECLS

#define SNUG_TYPE_FILE_SECTIONS (snug_file_sections_get_type ())
G_DECLARE_FINAL_TYPE (SnugFileSections, snug_file_sections, SNUG, FILE_SECTIONS, GObject)

/* What can be done with all transfers of a section at once. */
typedef struct
{
  const char *label;      /* not translated */
  const char *spoken;     /* not translated; nullable: the label says enough for who does not see where it stands */
  const char *action;     /* of the window, without a target */
} SnugFileSectionCommand;

SnugFileSections *snug_file_sections_new        (SnugSession *session);

/* (transfer none). Of GtkStringObject (a heading), SnugTransfer and SnugFolderLine. */
GListModel       *snug_file_sections_get_rows   (SnugFileSections *self);
/* (transfer none). Of SnugTransfer: those under way. */
GListModel       *snug_file_sections_get_active (SnugFileSections *self);
/* How many transfers stand below @heading, which is one of the rows. */
guint             snug_file_sections_get_n_below (SnugFileSections *self, gpointer heading);
/* (transfer none) (nullable): of the section of @heading, by the states of its transfers */
const SnugFileSectionCommand *snug_file_sections_get_command (SnugFileSections *self, gpointer heading);
/* (transfer none) (nullable) */
SnugTransfer     *snug_file_sections_find       (SnugFileSections *self, const char *id);

/* Folders that show what is in them. A file is never open. */
gboolean          snug_file_sections_is_open    (SnugFileSections *self, SnugTransfer *transfer);
void              snug_file_sections_set_open   (SnugFileSections *self, SnugTransfer *transfer, gboolean open);

G_END_DECLS
