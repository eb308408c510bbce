/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-manifest.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "snug-file-name.h"
#include "snug-json.h"

#define MAX_LINE_BYTES (SNUG_MANIFEST_MAX_DEPTH * 1024)
#define MAX_COMPONENT_BYTES 1024

static void
entry_free (gpointer data)
{
  SnugEntry *entry = data;

  g_free (entry->path);
  g_free (entry);
}

SnugManifest *
snug_manifest_new (void)
{
  SnugManifest *self = g_new0 (SnugManifest, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

SnugManifest *
snug_manifest_new_file (const char *name, guint64 size, guint64 mtime)
{
  SnugManifest *self = snug_manifest_new ();

  snug_manifest_add (self, g_strdup (name), size, mtime, FALSE);
  return self;
}

SnugManifest *
snug_manifest_ref (SnugManifest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
snug_manifest_unref (SnugManifest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->entries);
  g_clear_pointer (&self->only, g_bytes_unref);
  g_free (self);
}

void
snug_manifest_add (SnugManifest *self, char *path, guint64 size, guint64 mtime, gboolean is_folder)
{
  SnugEntry *entry = g_new (SnugEntry, 1);

  *entry = (SnugEntry) { path, size, mtime, is_folder };
  self->n_bytes += size;
  g_ptr_array_add (self->entries, entry);
}

const SnugEntry *
snug_manifest_get (SnugManifest *self, guint64 entry)
{
  return entry < self->entries->len ? self->entries->pdata[entry] : NULL;
}

/* --- choosing -------------------------------------------------------------------------------------- */

static gboolean
has_bit (GBytes *only, guint64 entry)
{
  gsize n_bytes;
  const guint8 *bits = g_bytes_get_data (only, &n_bytes);

  return entry / 8 < n_bytes && (bits[entry / 8] & 1u << entry % 8) != 0;
}

gboolean
snug_manifest_is_chosen (SnugManifest *self, guint64 entry)
{
  return entry < self->entries->len && (self->only == NULL || has_bit (self->only, entry));
}

gboolean
snug_manifest_only_none (GBytes *only)
{
  gsize n_bytes;
  const guint8 *bits = g_bytes_get_data (only, &n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    if (bits[i] != 0)
      return FALSE;
  return TRUE;
}

SnugManifest *
snug_manifest_choose (SnugManifest *self, GBytes *only)
{
  SnugManifest *chosen;

  if (only == self->only)
    return snug_manifest_ref (self);
  for (guint64 i = self->entries->len; only != NULL && i < g_bytes_get_size (only) * 8; i++)
    if (has_bit (only, i))
      return NULL;

  chosen = g_new0 (SnugManifest, 1);
  g_atomic_ref_count_init (&chosen->ref_count);
  chosen->entries = g_ptr_array_ref (self->entries);
  chosen->only = only != NULL ? g_bytes_ref (only) : NULL;
  for (guint64 i = 0; i < self->entries->len; i++)
    if (snug_manifest_is_chosen (chosen, i))
      chosen->n_bytes += snug_manifest_get (self, i)->size;
  return chosen;
}

guint64
snug_manifest_believable_mtime (guint64 mtime)
{
  const guint64 year_1980 = 315532800, tomorrow = (guint64) g_get_real_time () / G_USEC_PER_SEC + 86400;

  return mtime >= year_1980 && mtime <= tomorrow ? mtime : 0;
}

/* --- writing --------------------------------------------------------------------------------------- */

GBytes *
snug_manifest_to_bytes (SnugManifest *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const SnugEntry *entry = self->entries->pdata[i];
      g_auto (GStrv) components = g_strsplit (entry->path, "/", -1);
      g_autoptr (JsonObject) object = json_object_new ();
      JsonArray *path = json_array_new ();
      g_autofree char *line = NULL;

      for (char **component = components; *component != NULL; component++)
        json_array_add_string_element (path, *component);
      json_object_set_array_member (object, "path", path);
      if (entry->is_folder)
        json_object_set_boolean_member (object, "dir", TRUE);
      else
        json_object_set_int_member (object, "size", (gint64) entry->size);
      json_object_set_int_member (object, "mtime", (gint64) entry->mtime);
      line = snug_json_to_text (object);
      g_string_append (text, line);
      g_string_append_c (text, '\n');
    }
  return g_string_free_to_bytes (text);
}

/* --- reading --------------------------------------------------------------------------------------- */

/* What is taken already, and which folder of the sender's is which of ours. */
typedef struct
{
  GHashTable *taken;      /* our path → the last number that was given to a namesake of it */
  GHashTable *folders;    /* their path → our path, both owned */
} Names;

static void
names_clear (Names *names)
{
  g_hash_table_unref (names->taken);
  g_hash_table_unref (names->folders);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Names, names_clear)

static char *
join (const char *parent, const char *name)
{
  return parent != NULL ? g_strconcat (parent, "/", name, NULL) : g_strdup (name);
}

/* Two names may be the same when they are safe: then the second gets a number. Where to go on counting is
 * remembered: a hundred thousand namesakes would else be compared with each other. */
static char *
take (Names *names, const char *parent, const char *component)
{
  g_autofree char *safe = snug_file_name_make_safe (component);
  g_autofree char *wanted = join (parent, safe);
  char *path = g_strdup (wanted);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (names->taken, wanted));

  while (g_hash_table_contains (names->taken, path))
    {
      g_autofree char *name = snug_file_name_numbered (safe, ++n);

      g_free (path);
      path = join (parent, name);
    }
  g_hash_table_insert (names->taken, g_strdup (path), GUINT_TO_POINTER (1));
  if (n > 1)
    g_hash_table_insert (names->taken, g_steal_pointer (&wanted), GUINT_TO_POINTER (n));
  return path;
}

/* Our path of the folder of the first @n_components of @path; nullable: the root. */
static const char *
folder_of (Names *names, JsonArray *path, guint n_components)
{
  g_autoptr (GString) theirs = g_string_new (NULL);
  const char *ours = NULL;

  for (guint i = 0; i < n_components; i++)
    {
      const char *component = json_array_get_string_element (path, i);
      const char *known;

      g_string_append (theirs, component);
      g_string_append_c (theirs, '/');
      known = g_hash_table_lookup (names->folders, theirs->str);
      if (known == NULL)
        {
          char *made = take (names, ours, component);

          g_hash_table_insert (names->folders, g_strdup (theirs->str), made);
          known = made;
        }
      ours = known;
    }
  return ours;
}

static gboolean
is_path (JsonArray *path)
{
  guint n = json_array_get_length (path);

  for (guint i = 0; i < n; i++)
    {
      const char *component;

      if (!snug_json_peek_element_string (path, i, MAX_COMPONENT_BYTES, &component) || *component == '\0'
          || strchr (component, '/') != NULL)
        return FALSE;
    }
  return n > 0;
}

static gboolean
bad (GError **error, const char *what)
{
  g_set_error (error, SNUG_JSON_ERROR, SNUG_JSON_ERROR_BAD, "manifest: %s", what);
  return FALSE;
}

static gboolean
read_line (SnugManifest *self, Names *names, const char *line, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = snug_json_parse (line, length, MAX_LINE_BYTES, error);
  JsonArray *path;
  gboolean is_folder = FALSE;
  guint64 size = 0, mtime = 0;
  guint n;

  if (object == NULL)
    return FALSE;
  if (!snug_json_peek_array (object, "path", SNUG_MANIFEST_MAX_DEPTH, &path) || !is_path (path))
    return bad (error, "path");
  if (json_object_has_member (object, "dir") && !snug_json_peek_boolean (object, "dir", &is_folder))
    return bad (error, "dir");
  if (json_object_has_member (object, "mtime")
      && !snug_json_peek_integer (object, "mtime", SNUG_JSON_MAX_INTEGER, &mtime))
    return bad (error, "mtime");
  if (!is_folder && !snug_json_peek_integer (object, "size", SNUG_JSON_MAX_INTEGER, &size))
    return bad (error, "size");
  if (self->entries->len >= SNUG_MANIFEST_MAX_ENTRIES || size > SNUG_JSON_MAX_INTEGER - self->n_bytes)
    return bad (error, "too much");

  n = json_array_get_length (path);
  mtime = snug_manifest_believable_mtime (mtime);
  if (is_folder)
    snug_manifest_add (self, g_strdup (folder_of (names, path, n)), 0, mtime, TRUE);
  else
    snug_manifest_add (self, take (names, folder_of (names, path, n - 1), json_array_get_string_element (path, n - 1)),
                       size, mtime, FALSE);
  return TRUE;
}

SnugManifest *
snug_manifest_parse (GBytes *bytes, GError **error)
{
  g_autoptr (SnugManifest) self = snug_manifest_new ();
  g_auto (Names) names = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
                           g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  gsize length;
  const char *line = g_bytes_get_data (bytes, &length);

  if (length > SNUG_MANIFEST_MAX_BYTES)
    {
      bad (error, "too long");
      return NULL;
    }
  while (length > 0)
    {
      const char *end = memchr (line, '\n', length);

      if (end == NULL)
        {
          bad (error, "a line without an end");
          return NULL;
        }
      if (!read_line (self, &names, line, (gsize) (end - line), error))
        return NULL;
      length -= (gsize) (end + 1 - line);
      line = end + 1;
    }
  return g_steal_pointer (&self);
}

/* --- places ---------------------------------------------------------------------------------------- */

gboolean
snug_manifest_settle (SnugManifest *self, SnugPlace *place)
{
  while (place->entry < self->entries->len
         && (snug_manifest_get (self, place->entry)->is_folder || !snug_manifest_is_chosen (self, place->entry)))
    *place = (SnugPlace) { place->entry + 1, 0 };
  return place->entry < self->entries->len;
}

void
snug_manifest_advance (SnugManifest *self, SnugPlace *place, guint64 n_bytes)
{
  place->offset += n_bytes;
  if (place->offset >= snug_manifest_get (self, place->entry)->size)
    *place = (SnugPlace) { place->entry + 1, 0 };
}
