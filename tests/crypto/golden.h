/* Golden data of tests/data/crypto, hexadecimal in JSON, which JavaScript reads too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <json-glib/json-glib.h>
#include <string.h>

static inline JsonNode *
golden_load (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "crypto", name, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static inline GBytes *
golden_bytes (JsonObject *object, const char *name)
{
  const char *hex = json_object_get_string_member (object, name);
  gsize n_bytes = strlen (hex) / 2;
  guint8 *bytes = g_malloc (n_bytes + 1);

  for (gsize i = 0; i < n_bytes; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (bytes, n_bytes);
}

static inline const guint8 *
golden_peek (GBytes *bytes)
{
  return g_bytes_get_data (bytes, NULL);
}
