/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-copy.h"

/* GIO writes beside what is to be replaced, and lets go of that when it fails. What was not there, it leaves in part. */
gboolean
snug_file_copy (GFile *from, GFile *to, GFileProgressCallback progress, gpointer user_data,
                GCancellable *cancellable, GError **error)
{
  gboolean was_there = g_file_query_exists (to, NULL);

  if (g_file_copy (from, to, G_FILE_COPY_OVERWRITE, cancellable, progress, user_data, error))
    return TRUE;
  if (!was_there)
    g_file_delete (to, NULL, NULL);
  return FALSE;
}
