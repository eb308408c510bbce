/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An opening that is taken keeps what it says when it is written and read again. */
#include "snug-dcep.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (SnugDcep) dcep = snug_dcep_parse (data, size, NULL);
  g_autoptr (SnugDcep) again = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) written_again = NULL;

  if (dcep == NULL)
    return 0;
  written = snug_dcep_to_bytes (dcep);
  again = snug_dcep_parse (g_bytes_get_data (written, NULL), g_bytes_get_size (written), NULL);
  g_assert_nonnull (again);
  written_again = snug_dcep_to_bytes (again);
  g_assert_true (g_bytes_equal (written, written_again));
  return 0;
}
