/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-folder-line.h"

#include <gtk/gtk.h>

struct _SnugFolderLine
{
  GObject          parent_instance;

  SnugTransfer    *transfer;    /* owned */
  SnugFolderEntry *entry;       /* owned, nullable */
  char            *why;         /* owned, nullable */
};

G_DEFINE_FINAL_TYPE (SnugFolderLine, snug_folder_line, G_TYPE_OBJECT)

SnugTransfer *
snug_folder_line_get_transfer (SnugFolderLine *self)
{
  return self->transfer;
}

SnugFolderEntry *
snug_folder_line_get_entry (SnugFolderLine *self)
{
  return self->entry;
}

const char *
snug_folder_line_get_why (SnugFolderLine *self)
{
  return self->why;
}

static SnugFolderLine *
line_new (SnugTransfer *transfer)
{
  SnugFolderLine *self = g_object_new (SNUG_TYPE_FOLDER_LINE, NULL);

  self->transfer = g_object_ref (transfer);
  return self;
}

/* @item: (transfer full): an entry, or the one line that says why there are none */
static gpointer
make_line (gpointer item, gpointer transfer)
{
  SnugFolderLine *line;

  if (SNUG_IS_FOLDER_LINE (item))
    return item;
  line = line_new (transfer);
  line->entry = item;
  return line;
}

static GListModel *
say_why (SnugTransfer *transfer, const char *why)
{
  GListStore *lines = g_list_store_new (G_TYPE_OBJECT);
  g_autoptr (SnugFolderLine) line = line_new (transfer);

  line->why = g_strdup (why);
  g_list_store_append (lines, line);
  return G_LIST_MODEL (lines);
}

static void
on_looked (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkMapListModel) lines = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) entries = snug_session_look_into_finish (SNUG_SESSION (session), result, &error);

  if (entries == NULL)
    entries = say_why (g_object_get_data (G_OBJECT (lines), "transfer"), error->message);
  gtk_map_list_model_set_model (lines, entries);
}

GListModel *
snug_folder_lines_new (SnugSession *session, SnugTransfer *transfer)
{
  GtkMapListModel *lines = gtk_map_list_model_new (NULL, make_line, g_object_ref (transfer), g_object_unref);

  g_object_set_data (G_OBJECT (lines), "transfer", transfer);
  snug_session_look_into_async (session, transfer, on_looked, g_object_ref (lines));
  return G_LIST_MODEL (lines);
}

static void
snug_folder_line_finalize (GObject *object)
{
  SnugFolderLine *self = SNUG_FOLDER_LINE (object);

  g_clear_object (&self->transfer);
  g_clear_object (&self->entry);
  g_free (self->why);
  G_OBJECT_CLASS (snug_folder_line_parent_class)->finalize (object);
}

static void
snug_folder_line_class_init (SnugFolderLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_folder_line_finalize;
}

static void
snug_folder_line_init (SnugFolderLine *self)
{
}
