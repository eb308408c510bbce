/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A manifest that is taken keeps what it says when it is written and read again, and every place of it is reached. */
#include "snug-manifest.h"

static void
walk (SnugManifest *manifest)
{
  SnugPlace place = { 0, 0 };
  guint64 n_bytes = 0;

  while (snug_manifest_settle (manifest, &place))
    {
      guint64 size = snug_manifest_get (manifest, place.entry)->size;

      n_bytes += size;
      snug_manifest_advance (manifest, &place, size);
    }
  g_assert_cmpuint (n_bytes, ==, manifest->n_bytes);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (SnugManifest) manifest = snug_manifest_parse (bytes, NULL);
  g_autoptr (SnugManifest) again = NULL;
  g_autoptr (GBytes) written = NULL, written_again = NULL;

  if (manifest == NULL)
    return 0;
  walk (manifest);
  written = snug_manifest_to_bytes (manifest);
  again = snug_manifest_parse (written, NULL);
  g_assert_nonnull (again);
  written_again = snug_manifest_to_bytes (again);
  g_assert_true (g_bytes_equal (written, written_again));
  return 0;
}
