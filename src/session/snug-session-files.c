/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-session-private.h"

#include <glib/gi18n-lib.h>

#include "snug-file-hash.h"

GListModel *
snug_session_get_transfers (SnugSession *self)
{
  return snug_transfers_get_list (self->transfers);
}

/* --- what is offered ------------------------------------------------------------------------------- */

static SnugSinkConflict
sink_conflict (SnugSession *self, SnugConflictPolicy policy)
{
  switch (policy == SNUG_CONFLICT_AS_SET ? self->conflict_policy : policy)
    {
    case SNUG_CONFLICT_SKIP_IDENTICAL: return SNUG_SINK_SKIP_IDENTICAL;
    case SNUG_CONFLICT_REPLACE: return SNUG_SINK_REPLACE;
    case SNUG_CONFLICT_KEEP_BOTH:
    case SNUG_CONFLICT_AS_SET:
    default: return SNUG_SINK_KEEP_BOTH;
    }
}

static void
on_offering (SnugTransfers *transfers, SnugTransfer *transfer, SnugSession *self)
{
  snug_chat_add_card (self->chat, "", "", snug_transfer_get_name (transfer), G_OBJECT (transfer));
}

/* Returns: (transfer full) (nullable): what may be gone on with. */
static SnugUnfinished *
find_unfinished (SnugSession *self, SnugTransfer *transfer)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->unfinished)); i++)
    {
      g_autoptr (SnugUnfinished) unfinished = g_list_model_get_item (G_LIST_MODEL (self->unfinished), i);

      if (snug_unfinished_matches (unfinished, snug_transfer_get_name (transfer), snug_transfer_get_size (transfer)))
        return g_steal_pointer (&unfinished);
    }
  return NULL;
}

static void
forget_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
  guint position;

  g_hash_table_remove (self->resuming, unfinished);
  if (g_list_store_find (self->unfinished, unfinished, &position))
    g_list_store_remove (self->unfinished, position);
}

static gboolean
go_on_with (SnugSession *self, SnugTransfer *transfer)
{
  g_autoptr (SnugUnfinished) unfinished = find_unfinished (self, transfer);
  SnugSinkConflict conflict = sink_conflict (self, self->conflict_policy);

  if (unfinished == NULL || !g_hash_table_contains (self->resuming, unfinished)
      || !snug_transfers_accept (self->transfers, transfer, snug_unfinished_get_folder (unfinished), conflict,
                                 snug_unfinished_get_only (unfinished), NULL))
    return FALSE;
  forget_unfinished (self, unfinished);
  return TRUE;
}

static void
on_offered (SnugTransfers *transfers, SnugTransfer *transfer, SnugSession *self)
{
  g_autoptr (GError) error = NULL;

  snug_chat_add_card (self->chat, snug_transfer_get_member_id (transfer), snug_transfer_get_member_name (transfer),
                      snug_transfer_get_name (transfer), G_OBJECT (transfer));
  if (go_on_with (self, transfer))
    return;
  if (self->accept_policy == SNUG_ACCEPT_NONE)
    snug_transfers_decline (transfers, transfer);
  /* A folder that is full or gone is a person's problem to solve: then they are asked after all. */
  else if (self->accept_policy == SNUG_ACCEPT_ASK || !snug_session_accept (self, transfer, NULL, &error))
    snug_session_emit_offer_received (self, transfer);
}

static void
on_offer_made (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (snug_transfers_offer_finish (SNUG_TRANSFERS (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* @members: (nullable) here: everybody */
void
snug_session_offer_file_to (SnugSession *self, GFile *file, GPtrArray *members, GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GPtrArray) ids = members != NULL ? g_ptr_array_new () : NULL;

  for (guint i = 0; members != NULL && i < members->len; i++)
    g_ptr_array_add (ids, (char *) snug_member_get_id (members->pdata[i]));
  if (ids != NULL)
    g_ptr_array_add (ids, NULL);
  g_task_set_source_tag (task, snug_session_offer_file);
  snug_transfers_offer_async (self->transfers, file, ids != NULL ? (const char *const *) ids->pdata : NULL,
                              on_offer_made, task);
}

void
snug_session_offer_file (SnugSession *self, GFile *file, SnugMember *member, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GPtrArray) members = member != NULL ? g_ptr_array_new () : NULL;

  if (member != NULL)
    g_ptr_array_add (members, member);
  snug_session_offer_file_to (self, file, members, callback, user_data);
}

void
snug_session_offer_again (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_session_offer_file);
  snug_transfers_offer_again_async (self->transfers, transfer, on_offer_made, task);
}

gboolean
snug_session_offer_file_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static GFile *
default_folder (SnugSession *self)
{
  const char *downloads = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  if (self->save_to != NULL)
    return g_object_ref (self->save_to);
  return g_file_new_for_path (downloads != NULL ? downloads : g_get_home_dir ());
}

gboolean
snug_session_accept_with (SnugSession *self, SnugTransfer *transfer, const SnugAcceptOptions *options, GError **error)
{
  g_autoptr (GFile) folder = options->folder != NULL ? g_object_ref (options->folder) : default_folder (self);
  g_autoptr (GBytes) only = options->entries != NULL ? snug_folder_entries_to_only (options->entries) : NULL;

  if (only != NULL && g_bytes_get_size (only) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("Nothing of it is chosen."));
      return FALSE;
    }
  return snug_transfers_accept (self->transfers, transfer, folder, sink_conflict (self, options->conflict), only,
                                error);
}

gboolean
snug_session_accept (SnugSession *self, SnugTransfer *transfer, GFile *folder, GError **error)
{
  const SnugAcceptOptions options = { .folder = folder, .conflict = SNUG_CONFLICT_AS_SET };

  return snug_session_accept_with (self, transfer, &options, error);
}

static void
on_looked_into (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GListModel *entries = snug_transfers_look_into_finish (SNUG_TRANSFERS (object), result, &error);

  if (entries != NULL)
    g_task_return_pointer (task, entries, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
snug_session_look_into_async (SnugSession *self, SnugTransfer *transfer, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_session_look_into_async);
  snug_transfers_look_into_async (self->transfers, transfer, on_looked_into, task);
}

GListModel *
snug_session_look_into_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_unfinished_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SnugSession) self = user_data;
  g_autoptr (GPtrArray) found = snug_unfinished_find_finish (result);

  g_hash_table_remove_all (self->resuming);
  g_list_store_splice (self->unfinished, 0, g_list_model_get_n_items (G_LIST_MODEL (self->unfinished)),
                       found->pdata, found->len);
}

void
snug_session_find_unfinished (SnugSession *self)
{
  g_autoptr (GFile) folder = default_folder (self);

  snug_unfinished_find_async (folder, on_unfinished_found, g_object_ref (self));
}

GListModel *
snug_session_get_unfinished (SnugSession *self)
{
  return G_LIST_MODEL (self->unfinished);
}

void
snug_session_resume_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
  GListModel *transfers = snug_session_get_transfers (self);

  g_hash_table_add (self->resuming, unfinished);
  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      if (snug_transfer_get_direction (transfer) == SNUG_TRANSFER_IN
          && snug_transfer_get_state (transfer) == SNUG_TRANSFER_OFFERED && go_on_with (self, transfer))
        return;
    }
}

void
snug_session_discard_unfinished (SnugSession *self, SnugUnfinished *unfinished)
{
  g_autoptr (SnugUnfinished) alive = g_object_ref (unfinished);

  snug_unfinished_discard (unfinished);
  forget_unfinished (self, unfinished);
}

void
snug_session_decline (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfers_decline (self->transfers, transfer);
}

void
snug_session_cancel (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfers_cancel (self->transfers, transfer);
}

void
snug_session_pause (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfers_pause (self->transfers, transfer);
}

void
snug_session_resume (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfers_resume (self->transfers, transfer);
}

static void
for_each_transfer (SnugSession *self, void (*func) (SnugTransfers *transfers, SnugTransfer *transfer))
{
  GListModel *transfers = snug_session_get_transfers (self);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (SnugTransfer) transfer = g_list_model_get_item (transfers, i);

      func (self->transfers, transfer);
    }
}

void
snug_session_pause_all (SnugSession *self)
{
  for_each_transfer (self, snug_transfers_pause);
}

void
snug_session_resume_all (SnugSession *self)
{
  for_each_transfer (self, snug_transfers_resume);
}

static void
on_file_hashed (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *hex = snug_file_hash_finish (result, &error);

  if (hex != NULL)
    g_task_return_pointer (task, hex, g_free);
  else
    g_task_return_error (task, error);
}

void
snug_session_hash_async (SnugSession *self, SnugTransfer *transfer, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GFile *file = snug_transfer_get_file (transfer);

  g_task_set_source_tag (task, snug_session_hash_async);
  if (file != NULL)
    {
      snug_file_hash_async (file, cancellable, on_file_hashed, task);
      return;
    }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("The file is not there yet."));
  g_object_unref (task);
}

char *
snug_session_hash_finish (SnugSession *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
snug_session_forget (SnugSession *self, SnugTransfer *transfer)
{
  snug_transfers_forget (self->transfers, transfer);
}

void
snug_session_files_init (SnugSession *self)
{
  self->transfers = snug_transfers_new ();
  self->unfinished = g_list_store_new (SNUG_TYPE_UNFINISHED);
  self->resuming = g_hash_table_new (NULL, NULL);
  g_signal_connect_object (self->transfers, "offered", G_CALLBACK (on_offered), self, 0);
  g_signal_connect_object (self->transfers, "offering", G_CALLBACK (on_offering), self, 0);
}

void
snug_session_files_clear (SnugSession *self)
{
  g_clear_object (&self->transfers);
  g_clear_pointer (&self->resuming, g_hash_table_unref);
  g_clear_object (&self->unfinished);
}
