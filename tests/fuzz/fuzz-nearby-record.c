/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A record that is taken keeps what it says when it is announced and read again. The bytes are strings of TXT as they
 * are on the wire: each behind its length. */
#include "snug-nearby-record.h"

static GVariant *
strings_of (const guint8 *data, gsize size)
{
  GVariantBuilder strings;

  g_variant_builder_init (&strings, G_VARIANT_TYPE ("aay"));
  for (gsize i = 0; i < size; i += 1 + (gsize) data[i])
    g_variant_builder_add_value (&strings, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data + i + 1,
                                                                      MIN (data[i], size - i - 1), 1));
  return g_variant_ref_sink (g_variant_builder_end (&strings));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GVariant) txt = strings_of (data, size);
  g_autoptr (SnugNearbyRecord) record = snug_nearby_record_from_txt (txt);
  g_autoptr (SnugNearbyRecord) again = NULL;
  g_autoptr (GVariant) announced = NULL;

  if (record == NULL)
    return 0;
  announced = g_variant_ref_sink (snug_nearby_record_to_txt (record));
  again = snug_nearby_record_from_txt (announced);
  g_assert_nonnull (again);
  g_assert_cmpstr (again->code, ==, record->code);
  g_assert_cmpint (again->is_private, ==, record->is_private);
  g_assert_true (g_utf8_validate (again->name, -1, NULL));
  return 0;
}
