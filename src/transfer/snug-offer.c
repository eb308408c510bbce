/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-offer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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
  g_object_unref (self->file);
  g_free (self->wire_id);
  g_free (self->name);
  g_free (self->mime_type);
  g_free (self->member_id);
  g_free (self);
}

static SnugOffer *
offer_from_info (GFile *file, GFileInfo *info, const char *member_id)
{
  const char *content_type = g_file_info_get_attribute_string (info, G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE);
  SnugOffer *self = g_new0 (SnugOffer, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->wire_id = g_uuid_string_random ();
  self->file = g_object_ref (file);
  self->name = g_strdup (g_file_info_get_display_name (info));
  self->mime_type = content_type != NULL ? g_content_type_get_mime_type (content_type) : NULL;
  self->member_id = g_strdup (member_id);
  self->size = (guint64) g_file_info_get_size (info);
  self->mtime = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_TIME_MODIFIED);
  return self;
}

static void
on_file_info (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, &error);

  if (info == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR || !g_file_is_native (G_FILE (object)))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("“%s” is not a file that can be sent."),
                             g_file_info_get_display_name (info));
  else
    g_task_return_pointer (task, offer_from_info (G_FILE (object), info, g_task_get_task_data (task)),
                           (GDestroyNotify) snug_offer_unref);
}

void
snug_offer_new_async (GFile *file, const char *member_id, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (file, NULL, callback, user_data);

  g_task_set_source_tag (task, snug_offer_new_async);
  g_task_set_task_data (task, g_strdup (member_id), g_free);
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE ","
                           G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME "," G_FILE_ATTRIBUTE_STANDARD_FAST_CONTENT_TYPE ","
                           G_FILE_ATTRIBUTE_TIME_MODIFIED,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL, on_file_info, task);
}

SnugOffer *
snug_offer_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
snug_offer_is_for (const SnugOffer *self, const char *member_id)
{
  return self->member_id == NULL || strcmp (self->member_id, member_id) == 0;
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
  return message;
}
