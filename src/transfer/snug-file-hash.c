/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-file-hash.h"

#include <gnutls/crypto.h>

#include "snug-bytes.h"

#define READ_BYTES (256 * 1024)
#define SHA256_SIZE 32

static gboolean
hash_stream (GInputStream *stream, gnutls_hash_hd_t hash, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, READ_BYTES, cancellable, error)) > 0)
    gnutls_hash (hash, buffer, (gsize) n);
  return n == 0;
}

static void
hash_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (G_FILE (source), cancellable, &error);
  gnutls_hash_hd_t hash;
  guint8 digest[SHA256_SIZE];
  gboolean read_all;

  if (stream == NULL)
    return g_task_return_error (task, error);
  if (gnutls_hash_init (&hash, GNUTLS_DIG_SHA256) != 0)
    return g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no SHA-256");
  read_all = hash_stream (G_INPUT_STREAM (stream), hash, cancellable, &error);
  gnutls_hash_deinit (hash, digest);
  if (read_all)
    g_task_return_pointer (task, snug_bytes_to_hex (digest, sizeof digest), g_free);
  else
    g_task_return_error (task, error);
}

void
snug_file_hash_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (file, cancellable, callback, user_data);

  g_task_set_source_tag (task, snug_file_hash_async);
  g_task_run_in_thread (task, hash_in_thread);
}

char *
snug_file_hash_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
