/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-offer.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "snug-pieces.h"
#include "snug-source.h"

/* PROTOCOL.md section 4, "Several holders of one file", and of one folder: hashes of some two thousand pieces are told in
 * a second, which is enough for all but the fastest networks if these are not smaller on average. */
#define MIN_PASSED_PIECES 8
#define MIN_PASSED_AVERAGE_BYTES (64 * 1024)

SnugOffer *
snug_offer_ref (SnugOffer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
snug_offer_unref (SnugOffer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_object (&self->file);
  g_free (self->wire_id);
  g_free (self->name);
  g_free (self->mime_type);
  g_strfreev (self->member_ids);
  g_free (self->note);
  g_clear_pointer (&self->manifest, snug_manifest_unref);
  g_clear_pointer (&self->manifest_bytes, g_bytes_unref);
  g_clear_pointer (&self->map, snug_piece_map_free);
  g_clear_pointer (&self->hashes, snug_piece_hashes_free);
  if (self->part_fd >= 0)
    close (self->part_fd);
  g_free (self);
}

/* @manifest: (transfer full) */
static void
set_manifest (SnugOffer *self, SnugManifest *manifest)
{
  self->manifest = manifest;
  self->size = manifest->n_bytes;
  self->map = snug_piece_map_new (manifest);
  self->hashes = snug_piece_hashes_new (snug_piece_map_get_n (self->map));
}

static SnugOffer *
offer_from_info (GFile *file, GFileInfo *info, char **member_ids)
{
  const char *content_type = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE);
  SnugOffer *self = g_new0 (SnugOffer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->wire_id = g_uuid_string_random ();
  self->file = g_object_ref (file);
  self->part_fd = -1;
  self->name = g_strdup (g_file_info_get_display_name (info));
  self->member_ids = g_strdupv (member_ids);
  self->mtime = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
  self->is_folder = g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;
  self->mime_type = content_type != NULL ? g_content_type_get_mime_type (content_type) : NULL;
  if (self->is_folder)
    return self;
  set_manifest (self, snug_manifest_new_file (self->name, (guint64) g_file_info_get_size (info), self->mtime));
  return self;
}

SnugOffer *
snug_offer_new_part (SnugManifest *manifest, GBytes *manifest_bytes, int part_fd)
{
  SnugOffer *self = g_new0 (SnugOffer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->wire_id = g_strdup ("part");
  set_manifest (self, snug_manifest_ref (manifest));
  self->is_folder = manifest_bytes != NULL;
  self->manifest_bytes = manifest_bytes != NULL ? g_bytes_ref (manifest_bytes) : NULL;
  self->part_fd = part_fd;
  return self;
}

static gboolean
look_into_folder (SnugOffer *self, GError **error)
{
  guint n_skipped = 0;
  SnugManifest *manifest = snug_source_scan (g_file_peek_path (self->file), &n_skipped, error);

  if (manifest == NULL)
    return FALSE;
  set_manifest (self, manifest);
  if (n_skipped > 0)
    self->note = g_strdup_printf (ngettext ("%u link, device or the like is left out.",
                                            "%u links, devices and the like are left out.", n_skipped), n_skipped);
  self->manifest_bytes = snug_manifest_to_bytes (self->manifest);
  if (g_bytes_get_size (self->manifest_bytes) <= SNUG_MANIFEST_MAX_BYTES)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("“%s” has too many files to be sent."), self->name);
  return FALSE;
}

static SnugOffer *
look (GFile *file, char **member_ids, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file,
                                                  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE ","
                                                  G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME ","
                                                  G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE ","
                                                  G_FILE_ATTRIBUTE_TIME_MODIFIED,
                                                  G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autoptr (SnugOffer) self = NULL;
  GFileType type;

  if (info == NULL)
    return NULL;
  type = g_file_info_get_file_type (info);
  if ((type != G_FILE_TYPE_REGULAR && type != G_FILE_TYPE_DIRECTORY) || !g_file_is_native (file))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is not a file that can be sent."),
                   g_file_info_get_display_name (info));
      return NULL;
    }
  self = offer_from_info (file, info, member_ids);
  return !self->is_folder || look_into_folder (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
do_look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  SnugOffer *offer = look (source, data, &error);

  if (offer != NULL)
    g_task_return_pointer (task, offer, (GDestroyNotify) snug_offer_unref);
  else
    g_task_return_error (task, error);
}

void
snug_offer_new_async (GFile *file, const char *const *member_ids, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (file, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_offer_new_async);
  g_task_set_task_data (task, g_strdupv ((char **) member_ids), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, do_look);
}

SnugOffer *
snug_offer_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
snug_offer_is_for (const SnugOffer *self, const char *member_id)
{
  return self->member_ids == NULL || g_strv_contains ((const char *const *) self->member_ids, member_id);
}

gboolean
snug_offer_is_worth_passing_on (const SnugOffer *self, SnugPieceMap *chosen)
{
  guint64 n = snug_piece_map_get_n (chosen), n_bytes = snug_piece_map_bytes_of (chosen, n);

  if (!self->is_folder)
    return n >= MIN_PASSED_PIECES;
  return n_bytes >= MIN_PASSED_PIECES * SNUG_WIRE_PIECE_BYTES && n_bytes / n >= MIN_PASSED_AVERAGE_BYTES;
}

gboolean
snug_offer_get_hash (const SnugOffer *self, const SnugPlace *place, guint8 hash[SNUG_WIRE_HASH_BYTES])
{
  return place->entry != SNUG_WIRE_ENTRY_MANIFEST
         && snug_piece_hashes_get (self->hashes, snug_piece_map_pieces_at (self->map, place), hash);
}

/* Of what goes to several members each piece is hashed once; but a part is anybody's to change while it is passed on. */
gboolean
snug_offer_hash_piece (const SnugOffer *self, const SnugPlace *place, GBytes *data, guint8 hash[SNUG_WIRE_HASH_BYTES])
{
  gboolean is_of_manifest = place->entry == SNUG_WIRE_ENTRY_MANIFEST, is_part = self->part_fd >= 0;
  guint8 known[SNUG_WIRE_HASH_BYTES];
  gboolean is_known = snug_offer_get_hash (self, place, known);

  if (is_known && !is_part)
    {
      memcpy (hash, known, sizeof known);
      return TRUE;
    }
  snug_piece_hash (g_bytes_get_data (data, NULL), g_bytes_get_size (data), hash);
  if (is_part)
    return is_of_manifest || (is_known && memcmp (hash, known, sizeof known) == 0);
  if (!is_of_manifest)
    snug_piece_hashes_set (self->hashes, snug_piece_map_pieces_at (self->map, place), hash);
  return TRUE;
}

SnugWireMessage *
snug_offer_to_message (const SnugOffer *self)
{
  SnugWireMessage *message = snug_wire_message_new (SNUG_WIRE_FILE_OFFER);

  message->id = g_strdup (self->wire_id);
  message->name = g_strdup (self->name);
  message->mime_type = g_strdup (self->mime_type);
  message->size = self->size;
  message->mtime = self->mtime;
  if (self->is_folder)
    {
      guint8 hash[SNUG_WIRE_HASH_BYTES];

      message->kind = SNUG_WIRE_KIND_FOLDER;
      message->count = self->manifest->entries->len;
      message->manifest_size = g_bytes_get_size (self->manifest_bytes);
      snug_piece_hash (g_bytes_get_data (self->manifest_bytes, NULL), message->manifest_size, hash);
      message->manifest = g_bytes_new (hash, sizeof hash);
    }
  return message;
}
