/* snug-sink-private: what the files of a sink share. snug-sink.c makes the part, writes it and gives it its name;
 * snug-sink-left.c finds what was left behind; snug-sink-folder.c is about what is in a folder.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "snug-beneath.h"
#include "snug-sink.h"

G_BEGIN_DECLS

#define SNUG_SINK_NOT_MADE (-1)
/* ".snug-" and a number: no name of a stranger begins with a dot (snug_file_name_make_safe()). */
#define SNUG_SINK_STEM_PREFIX ".snug-"

struct _SnugSink
{
  char             *folder_path;
  char             *name;
  char             *stem;         /* of the names of part, journal and manifest */
  char             *part_name;
  int               folder_fd;
  int               fd;           /* the part; of a folder, the entry that is written */
  int               tree_fd;      /* of a folder: the part */
  SnugBeneath       tree;
  SnugJournal      *journal;      /* nullable */
  guint64           size;
  SnugSinkConflict  conflict;
  gboolean          finished;
};

/* Returns: %FALSE, and @sentence with what errno says. */
gboolean  snug_sink_fail          (GError **error, int code, const char *sentence);

SnugSink *snug_sink_alloc         (guint64 size);
gboolean  snug_sink_open_folder   (SnugSink *self, GFile *folder, const char *name, SnugSinkConflict conflict,
                                   GError **error);
char     *snug_sink_new_stem      (void);
void      snug_sink_set_stem      (SnugSink *self, const char *stem);
char     *snug_sink_manifest_name (SnugSink *self);
/* Returns: %FALSE with errno. */
gboolean  snug_sink_make_part     (SnugSink *self, gboolean is_folder);
/* Returns: %FALSE if there is none that can be used. */
gboolean  snug_sink_open_tree     (SnugSink *self);
void      snug_sink_close_entry   (SnugSink *self);
void      snug_sink_set_mtime     (SnugSink *self, guint64 mtime);
/* Both have @size bytes, and the same. */
gboolean  snug_sink_has_same_content      (int fd, int other, guint64 size);
/* It has that name now. Returns: (transfer full) */
GFile    *snug_sink_named                 (SnugSink *self, const char *name);
GFile    *snug_sink_finish_under_free_name (SnugSink *self, GError **error);
/* It is not found again in this process. */
void      snug_sink_remember_disowned (const char *stem);

G_END_DECLS
