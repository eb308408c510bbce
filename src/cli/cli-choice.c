/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli-choice.h"

#include <fnmatch.h>
#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
matches_one (const char *path, const char *glob)
{
  const char *slash = strrchr (path, '/');
  gsize length = strlen (glob);
  g_autofree char *pattern = g_strndup (glob, length > 1 && glob[length - 1] == '/' ? length - 1 : length);

  if (strchr (pattern, '/') != NULL)
    return fnmatch (pattern, path, FNM_PATHNAME) == 0;
  return fnmatch (pattern, slash != NULL ? slash + 1 : path, 0) == 0;
}

gboolean
snug_cli_choice_matches (const char *path, const char *const *globs)
{
  g_autofree char *part = g_strdup (path);
  char *slash;

  do
    {
      for (gsize i = 0; globs[i] != NULL; i++)
        if (matches_one (part, globs[i]))
          return TRUE;
      slash = strrchr (part, '/');
      if (slash != NULL)
        *slash = '\0';
    }
  while (slash != NULL);
  return FALSE;
}

gboolean
snug_cli_choice_is_folder (SnugTransfer *transfer)
{
  return g_strcmp0 (snug_transfer_get_mime_type (transfer), "inode/directory") == 0;
}

typedef struct
{
  SnugTransfer      *transfer;   /* owned */
  GStrv              globs;
  SnugCliChoiceFunc  func;
  gpointer           user_data;
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->transfer);
  g_strfreev (choice->globs);
  g_free (choice);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_free)

static void
choose (GListModel *entries, const char *const *globs)
{
  for (guint i = 0; i < g_list_model_get_n_items (entries); i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (entries, i);

      snug_folder_entry_set_chosen (entry, snug_cli_choice_matches (snug_folder_entry_get_path (entry), globs));
    }
}

static void
on_looked_into (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SnugSession *session = SNUG_SESSION (object);
  g_autoptr (Choice) choice = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) entries = snug_session_look_into_finish (session, result, &error);
  const SnugAcceptOptions options = { .conflict = SNUG_CONFLICT_AS_SET, .entries = entries };

  if (snug_transfer_get_state (choice->transfer) != SNUG_TRANSFER_OFFERED)
    return;
  if (entries != NULL)
    choose (entries, (const char *const *) choice->globs);
  if (entries == NULL || !snug_session_accept_with (session, choice->transfer, &options, &error))
    snug_session_decline (session, choice->transfer);
  choice->func (choice->transfer, error, choice->user_data);
}

void
snug_cli_choice_accept (SnugSession *session, SnugTransfer *transfer, const char *const *globs, SnugCliChoiceFunc func,
                        gpointer user_data)
{
  Choice *choice = g_new0 (Choice, 1);

  *choice = (Choice) { g_object_ref (transfer), g_strdupv ((char **) globs), func, user_data };
  snug_session_look_into_async (session, transfer, on_looked_into, choice);
}
