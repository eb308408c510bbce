/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-folder-entry.h"

#include <string.h>

struct _SnugFolderEntry
{
  GObject   parent_instance;

  char     *path;        /* owned */
  guint64   size;
  guint64   begin;       /* bytes of what is chosen before it */
  gboolean  is_folder;
  gboolean  chosen;
};

G_DEFINE_FINAL_TYPE (SnugFolderEntry, snug_folder_entry, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PATH,
  PROP_SIZE,
  PROP_IS_FOLDER,
  PROP_CHOSEN,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

const char *
snug_folder_entry_get_path (SnugFolderEntry *self)
{
  return self->path;
}

const char *
snug_folder_entry_get_name (SnugFolderEntry *self)
{
  const char *slash = strrchr (self->path, '/');

  return slash != NULL ? slash + 1 : self->path;
}

guint64
snug_folder_entry_get_size (SnugFolderEntry *self)
{
  return self->size;
}

gboolean
snug_folder_entry_is_folder (SnugFolderEntry *self)
{
  return self->is_folder;
}

gboolean
snug_folder_entry_get_chosen (SnugFolderEntry *self)
{
  return self->chosen;
}

guint64
snug_folder_entry_get_begin (SnugFolderEntry *self)
{
  return self->begin;
}

guint64
snug_folder_entry_get_end (SnugFolderEntry *self)
{
  return self->begin + self->size;
}

void
snug_folder_entry_set_chosen (SnugFolderEntry *self, gboolean chosen)
{
  if (self->chosen == chosen)
    return;
  self->chosen = chosen;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CHOSEN]);
}

GListModel *
snug_folder_entries_new (SnugManifest *manifest)
{
  GListStore *entries = g_list_store_new (SNUG_TYPE_FOLDER_ENTRY);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  guint64 n_bytes = 0;

  for (guint i = 0; i < manifest->entries->len; i++)
    {
      const SnugEntry *line = snug_manifest_get (manifest, i);
      SnugFolderEntry *entry = g_object_new (SNUG_TYPE_FOLDER_ENTRY, NULL);

      entry->path = g_strdup (line->path);
      entry->size = line->size;
      entry->is_folder = line->is_folder;
      entry->chosen = snug_manifest_is_chosen (manifest, i);
      entry->begin = n_bytes;
      n_bytes += entry->chosen ? line->size : 0;
      g_ptr_array_add (all, entry);
    }
  g_list_store_splice (entries, 0, 0, all->pdata, all->len);
  return G_LIST_MODEL (entries);
}

GBytes *
snug_folder_entries_to_only (GListModel *entries)
{
  guint n = g_list_model_get_n_items (entries), n_chosen = 0;
  gsize n_bytes = 0;
  g_autofree guint8 *bits = g_malloc0 (n / 8 + 1);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SnugFolderEntry) entry = g_list_model_get_item (entries, i);

      if (!entry->chosen)
        continue;
      bits[i / 8] |= (guint8) (1u << i % 8);
      n_bytes = i / 8 + 1;
      n_chosen++;
    }
  return n_chosen < n ? g_bytes_new (bits, n_bytes) : NULL;
}

static void
snug_folder_entry_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  SnugFolderEntry *self = SNUG_FOLDER_ENTRY (object);

  switch (prop_id)
    {
    case PROP_PATH: g_value_set_string (value, self->path); break;
    case PROP_SIZE: g_value_set_uint64 (value, self->size); break;
    case PROP_IS_FOLDER: g_value_set_boolean (value, self->is_folder); break;
    case PROP_CHOSEN: g_value_set_boolean (value, self->chosen); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); break;
    }
}

static void
snug_folder_entry_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_CHOSEN)
    snug_folder_entry_set_chosen (SNUG_FOLDER_ENTRY (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
snug_folder_entry_finalize (GObject *object)
{
  g_free (SNUG_FOLDER_ENTRY (object)->path);
  G_OBJECT_CLASS (snug_folder_entry_parent_class)->finalize (object);
}

static void
snug_folder_entry_class_init (SnugFolderEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = snug_folder_entry_get_property;
  object_class->set_property = snug_folder_entry_set_property;
  object_class->finalize = snug_folder_entry_finalize;
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, readable);
  props[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, readable);
  props[PROP_IS_FOLDER] = g_param_spec_boolean ("is-folder", NULL, NULL, FALSE, readable);
  props[PROP_CHOSEN] = g_param_spec_boolean ("chosen", NULL, NULL, TRUE,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
snug_folder_entry_init (SnugFolderEntry *self)
{
  self->chosen = TRUE;
}
