/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-sections.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

#include "snug-folder-line.h"

/* In the order in which they stand. */
enum
{
  SECTION_INCOMING,
  SECTION_ACTIVE,
  SECTION_WAITING,
  SECTION_DONE,
  N_SECTIONS
};

static const char *const section_titles[N_SECTIONS] = { N_("Incoming"), N_("Active"), N_("Waiting"),
                                                       N_("Done") };

static const SnugFileSectionCommand section_commands[N_SECTIONS] = {
  [SECTION_INCOMING] = { N_("Accept All"), NULL, "files.accept-all" },
  [SECTION_ACTIVE] = { N_("Pause All"), NULL, "files.pause-all" },
  [SECTION_DONE] = { N_("Clear"), N_("Clear Finished"), "files.clear" },
};

/* In place of Pause All, where there is nothing left to pause. */
static const SnugFileSectionCommand resume_all = { N_("Resume All"), NULL, "files.resume-all" };

/* One list view shows it all, so that ten thousand rows cost what a screenful costs: for each section a model of
 * its heading (none or one GtkStringObject) and one of its transfers, below each of which stands what is in it if
 * that is a folder and open, laid end to end. */
struct _SnugFileSections
{
  GObject           parent_instance;

  /* Owned */
  SnugSession      *session;
  GListStore       *headings[N_SECTIONS];
  GListStore       *transfers[N_SECTIONS];
  GtkTreeListModel *trees[N_SECTIONS];      /* of @transfers */
  GListModel       *rows;
  GHashTable       *section_of;             /* SnugTransfer → section + 1 */
  GHashTable       *open;                   /* the ids (owned) of folders that show what is in them */
};

G_DEFINE_FINAL_TYPE (SnugFileSections, snug_file_sections, G_TYPE_OBJECT)

static guint
section_for (SnugTransfer *transfer)
{
  if (snug_transfer_is_finished (transfer))
    return SECTION_DONE;
  if (snug_transfer_is_active (transfer))
    return SECTION_ACTIVE;
  return snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN ? SECTION_INCOMING
                                                                    : SECTION_WAITING;
}

static void
update_heading (SnugFileSections *self, guint section)
{
  gboolean needed = g_list_model_get_n_items (G_LIST_MODEL (self->transfers[section])) > 0;
  gboolean there = g_list_model_get_n_items (G_LIST_MODEL (self->headings[section])) > 0;
  g_autoptr (GtkStringObject) heading = NULL;

  if (needed == there)
    return;
  if (there)
    {
      g_list_store_remove_all (self->headings[section]);
      return;
    }
  heading = gtk_string_object_new (_(section_titles[section]));
  g_list_store_append (self->headings[section], heading);
}

/* --- What is in folders --- */

static GListModel *
create_lines (gpointer item, gpointer user_data)
{
  SnugFileSections *self = user_data;

  if (!SNUG_IS_TRANSFER (item) || !snug_transfer_is_folder (item))
    return NULL;
  return snug_folder_lines_new (self->session, item);
}

gboolean
snug_file_sections_is_open (SnugFileSections *self, SnugTransfer *transfer)
{
  return g_hash_table_contains (self->open, snug_transfer_get_id (transfer));
}

static void
show_lines (SnugFileSections *self, SnugTransfer *transfer)
{
  guint section = GPOINTER_TO_UINT (g_hash_table_lookup (self->section_of, transfer));
  g_autoptr (GtkTreeListRow) row = NULL;
  guint position;

  if (section-- == 0 || !g_list_store_find (self->transfers[section], transfer, &position))
    return;
  row = gtk_tree_list_model_get_child_row (self->trees[section], position);
  gtk_tree_list_row_set_expanded (row, snug_file_sections_is_open (self, transfer));
}

void
snug_file_sections_set_open (SnugFileSections *self, SnugTransfer *transfer, gboolean open)
{
  if (!snug_transfer_is_folder (transfer) || open == snug_file_sections_is_open (self, transfer))
    return;
  if (open)
    g_hash_table_add (self->open, g_strdup (snug_transfer_get_id (transfer)));
  else
    g_hash_table_remove (self->open, snug_transfer_get_id (transfer));
  show_lines (self, transfer);
}

/* --- Following the transfers --- */

static void
take_out (SnugFileSections *self, SnugTransfer *transfer)
{
  guint section = GPOINTER_TO_UINT (g_hash_table_lookup (self->section_of, transfer));
  guint position;

  if (section-- == 0)
    return;
  g_hash_table_remove (self->section_of, transfer);
  if (g_list_store_find (self->transfers[section], transfer, &position))
    g_list_store_remove (self->transfers[section], position);
  update_heading (self, section);
}

/* What ended last is looked for first; everything else keeps the order in which it came. */
static void
put_in (SnugFileSections *self, SnugTransfer *transfer)
{
  guint section = section_for (transfer);

  g_hash_table_insert (self->section_of, transfer, GUINT_TO_POINTER (section + 1));
  update_heading (self, section);
  if (section == SECTION_DONE)
    g_list_store_insert (self->transfers[section], 0, transfer);
  else
    g_list_store_append (self->transfers[section], transfer);
  update_heading (self, section);
  if (snug_file_sections_is_open (self, transfer))
    show_lines (self, transfer);
}

static void
on_transfer_state (SnugTransfer *transfer, GParamSpec *pspec, SnugFileSections *self)
{
  guint section = GPOINTER_TO_UINT (g_hash_table_lookup (self->section_of, transfer));

  if (section == 0 || section - 1 == section_for (transfer))
    return;
  take_out (self, transfer);
  put_in (self, transfer);
}

static void
forget_missing (SnugFileSections *self, GListModel *transfers)
{
  g_autoptr (GHashTable) present = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer known;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      g_hash_table_add (present, transfer);
    }
  g_hash_table_iter_init (&iter, self->section_of);
  while (g_hash_table_iter_next (&iter, &known, NULL))
    if (!g_hash_table_contains (present, known))
      g_ptr_array_add (missing, g_object_ref (known));
  for (guint i = 0; i < missing->len; i++)
    {
      g_signal_handlers_disconnect_by_data (missing->pdata[i], self);
      g_hash_table_remove (self->open, snug_transfer_get_id (missing->pdata[i]));
      take_out (self, missing->pdata[i]);
    }
}

static void
on_transfers_changed (GListModel *transfers, guint position, guint n_removed, guint n_added,
                      SnugFileSections *self)
{
  if (n_removed > 0)
    forget_missing (self, transfers);
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (g_hash_table_contains (self->section_of, transfer))
        continue;
      put_in (self, transfer);
      g_signal_connect_object (transfer, "notify::state", G_CALLBACK (on_transfer_state), self, 0);
    }
}

/* --- As a list --- */

GListModel *
snug_file_sections_get_rows (SnugFileSections *self)
{
  return self->rows;
}

GListModel *
snug_file_sections_get_active (SnugFileSections *self)
{
  return G_LIST_MODEL (self->transfers[SECTION_ACTIVE]);
}

/* N_SECTIONS: it is gone. */
static guint
section_of_heading (SnugFileSections *self, gpointer heading)
{
  guint section = 0;

  while (section < N_SECTIONS && !g_list_store_find (self->headings[section], heading, NULL))
    section++;
  return section;
}

guint
snug_file_sections_get_n_below (SnugFileSections *self, gpointer heading)
{
  guint section = section_of_heading (self, heading);

  return section < N_SECTIONS ? g_list_model_get_n_items (G_LIST_MODEL (self->transfers[section])) : 0;
}

static gboolean
are_all_paused (GListModel *transfers)
{
  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (snug_transfer_get_state (transfer) != SNUG_TRANSFER_PAUSED)
        return FALSE;
    }
  return TRUE;
}

const SnugFileSectionCommand *
snug_file_sections_get_command (SnugFileSections *self, gpointer heading)
{
  guint section = section_of_heading (self, heading);

  if (section == SECTION_ACTIVE && are_all_paused (snug_file_sections_get_active (self)))
    return &resume_all;
  return section < N_SECTIONS && section_commands[section].label != NULL ? &section_commands[section] : NULL;
}

SnugTransfer *
snug_file_sections_find (SnugFileSections *self, const char *id)
{
  GHashTableIter iter;
  gpointer transfer;

  g_hash_table_iter_init (&iter, self->section_of);
  while (g_hash_table_iter_next (&iter, &transfer, NULL))
    if (g_str_equal (snug_transfer_get_id (transfer), id))
      return transfer;
  return NULL;
}

/* --- Life --- */

SnugFileSections *
snug_file_sections_new (SnugSession *session)
{
  SnugFileSections *self = g_object_new (SNUG_TYPE_FILE_SECTIONS, NULL);
  GListModel *transfers = snug_session_get_transfers (session);

  self->session = g_object_ref (session);
  g_signal_connect_object (transfers, "items-changed", G_CALLBACK (on_transfers_changed), self, 0);
  on_transfers_changed (transfers, 0, 0, g_list_model_get_n_items (transfers), self);
  return self;
}

static void
snug_file_sections_finalize (GObject *object)
{
  SnugFileSections *self = SNUG_FILE_SECTIONS (object);

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      g_object_unref (self->headings[i]);
      g_object_unref (self->trees[i]);
      g_object_unref (self->transfers[i]);
    }
  g_object_unref (self->rows);
  g_hash_table_unref (self->section_of);
  g_hash_table_unref (self->open);
  g_object_unref (self->session);
  G_OBJECT_CLASS (snug_file_sections_parent_class)->finalize (object);
}

static void
snug_file_sections_class_init (SnugFileSectionsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = snug_file_sections_finalize;
}

static void
snug_file_sections_init (SnugFileSections *self)
{
  GListStore *models = g_list_store_new (G_TYPE_LIST_MODEL);

  for (guint i = 0; i < N_SECTIONS; i++)
    {
      self->headings[i] = g_list_store_new (GTK_TYPE_STRING_OBJECT);
      self->transfers[i] = g_list_store_new (SNUG_TYPE_TRANSFER);
      self->trees[i] = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (self->transfers[i])), TRUE, FALSE,
                                                create_lines, self, NULL);
      g_list_store_append (models, self->headings[i]);
      g_list_store_append (models, self->trees[i]);
    }
  self->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->section_of = g_hash_table_new (NULL, NULL);
  self->rows = G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (models)));
}
