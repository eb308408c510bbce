/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-pieces.h"

/* More would not make two cores or one disk faster. */
#define MAX_WORKERS 3

typedef struct
{
  GFunc    func;
  gpointer job;
} Task;

void
snug_piece_hash (const guint8 *data, gsize n_bytes, guint8 out[SNUG_WIRE_HASH_BYTES])
{
  /* GnuTLS's, not GChecksum: five times as fast where the processor helps. */
  if (gnutls_hash_fast (GNUTLS_DIG_SHA256, data, n_bytes, out) != 0)
    g_error ("SHA-256 is not to be had");
}

gsize
snug_piece_length (guint64 size, guint64 offset)
{
  return offset >= size ? 0 : (gsize) MIN (size - offset, SNUG_WIRE_PIECE_BYTES);
}

void
snug_fingerprint_init (SnugFingerprint *fingerprint)
{
  if (gnutls_hash_init (&fingerprint->handle, GNUTLS_DIG_SHA256) != 0)
    g_error ("SHA-256 is not to be had");
}

void
snug_fingerprint_add (SnugFingerprint *fingerprint, const guint8 hash[SNUG_WIRE_HASH_BYTES])
{
  gnutls_hash (fingerprint->handle, hash, SNUG_WIRE_HASH_BYTES);
}

GBytes *
snug_fingerprint_value (SnugFingerprint *fingerprint)
{
  guint8 *value = g_malloc (SNUG_WIRE_HASH_BYTES);
  gnutls_hash_hd_t copy = gnutls_hash_copy (fingerprint->handle);

  gnutls_hash_deinit (copy, value);
  return g_bytes_new_take (value, SNUG_WIRE_HASH_BYTES);
}

void
snug_fingerprint_clear (SnugFingerprint *fingerprint)
{
  if (fingerprint->handle != NULL)
    gnutls_hash_deinit (fingerprint->handle, NULL);
  fingerprint->handle = NULL;
}

static void
run_task (gpointer data, gpointer user_data)
{
  Task *task = data;

  task->func (task->job, NULL);
  g_free (task);
}

void
snug_pieces_run (GFunc func, gpointer job)
{
  static gsize pool = 0;
  Task *task = g_new (Task, 1);

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize) g_thread_pool_new (run_task, NULL, MAX_WORKERS, FALSE, NULL));
  *task = (Task) { func, job };
  g_thread_pool_push ((GThreadPool *) pool, task, NULL);
}
