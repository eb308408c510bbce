/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "snug-secret.h"

#include <sodium.h>
#include <stddef.h>
#include <string.h>

#define ALIGNMENT G_ALIGNOF (max_align_t)

struct _SnugSecret
{
  gatomicrefcount ref_count;
  gsize           n_bytes;
  guint8          bytes[];
};

/* Only fails where the system has no randomness: there is nothing to go on with then. */
static void
init_sodium (void)
{
  if (sodium_init () < 0)
    g_error ("libsodium cannot be used here");
}

/* libsodium puts it right before a page that nobody may touch: only whole units are aligned. */
gpointer
snug_secret_alloc (gsize n_bytes)
{
  gpointer memory;

  init_sodium ();
  n_bytes = (n_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  memory = sodium_malloc (n_bytes);
  if (memory == NULL)
    g_error ("no memory for %" G_GSIZE_FORMAT " secret bytes", n_bytes);
  memset (memory, 0, n_bytes);
  return memory;
}

void
snug_secret_free (gpointer memory)
{
  sodium_free (memory);
}

SnugSecret *
snug_secret_new (gconstpointer data, gsize n_bytes)
{
  SnugSecret *self = snug_secret_alloc (sizeof (SnugSecret) + n_bytes);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_bytes = n_bytes;
  if (data != NULL)
    memcpy (self->bytes, data, n_bytes);
  return self;
}

SnugSecret *
snug_secret_new_text (const char *text)
{
  return snug_secret_new (text, strlen (text));
}

SnugSecret *
snug_secret_new_random (gsize n_bytes)
{
  SnugSecret *self = snug_secret_new (NULL, n_bytes);

  randombytes_buf (self->bytes, n_bytes);
  return self;
}

SnugSecret *
snug_secret_ref (SnugSecret *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
snug_secret_unref (SnugSecret *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    snug_secret_free (self);
}

const guint8 *
snug_secret_peek (SnugSecret *self, gsize *n_bytes)
{
  *n_bytes = self->n_bytes;
  return self->bytes;
}

void
snug_wipe_string (char **text)
{
  if (*text != NULL)
    sodium_memzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}
