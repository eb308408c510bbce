/* What a folder consists of, in words, and what a stranger may make of them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-piece-map.h"
#include "snug-wire.h"

#include <string.h>

static SnugManifest *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));

  return snug_manifest_parse (bytes, NULL);
}

static void
test_there_and_back (void)
{
  g_autoptr (SnugManifest) manifest = snug_manifest_new ();
  g_autoptr (SnugManifest) again = NULL;
  g_autoptr (GBytes) bytes = NULL;

  snug_manifest_add (manifest, g_strdup ("Grüße"), 0, 1700000000, TRUE);
  snug_manifest_add (manifest, g_strdup ("Grüße/a \"b\".txt"), 5, 1700000001, FALSE);
  snug_manifest_add (manifest, g_strdup ("empty"), 0, 0, FALSE);
  bytes = snug_manifest_to_bytes (manifest);
  again = snug_manifest_parse (bytes, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->entries->len, ==, 3);
  g_assert_cmpuint (again->n_bytes, ==, 5);
  g_assert_true (snug_manifest_get (again, 0)->is_folder);
  g_assert_cmpuint (snug_manifest_get (again, 0)->mtime, ==, 1700000000);
  g_assert_cmpstr (snug_manifest_get (again, 2)->path, ==, "empty");
  g_assert_null (snug_manifest_get (again, 3));
}

/* Each of the published holes of other programs that a manifest could carry (Names in PROTOCOL.md). */
static void
test_paths_are_made_safe (void)
{
  static const struct { const char *path; const char *safe; } cases[] = {
    { "[\"..\",\"..\",\"x\"]", NULL },
    { "[\"..\\\\..\\\\x\"]", NULL },
    { "[\".bashrc\"]", "bashrc" },
    { "[\"a\",\".ssh\",\"b\"]", "a/ssh/b" },
    { "[\"CON\"]", "_CON" },
    { "[\"a\\u202eb\"]", "ab" },
    { "[\".\",\"x\"]", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"path\":%s,\"size\":1}\n", cases[i].path);
      g_autoptr (SnugManifest) manifest = parse (text);
      g_auto (GStrv) components = NULL;

      g_assert_nonnull (manifest);
      if (cases[i].safe != NULL)
        g_assert_cmpstr (snug_manifest_get (manifest, 0)->path, ==, cases[i].safe);
      components = g_strsplit (snug_manifest_get (manifest, 0)->path, "/", -1);
      for (char **component = components; *component != NULL; component++)
        g_assert_true (**component != '\0' && **component != '.');
    }
}

/* Two names that are one when they are safe, a file where a folder is, twice the same: all are kept. */
static void
test_no_path_twice (void)
{
  g_autoptr (SnugManifest) manifest = parse ("{\"path\":[\"a?\"],\"size\":1}\n{\"path\":[\"a\"],\"size\":1}\n"
                                             "{\"path\":[\"a\"],\"size\":1}\n{\"path\":[\"a\",\"b\"],\"size\":1}\n"
                                             "{\"path\":[\"a\"],\"dir\":true}\n{\"path\":[\"a\",\"b\"],\"size\":1}\n");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_nonnull (manifest);
  for (guint i = 0; i < manifest->entries->len; i++)
    g_assert_true (g_hash_table_add (seen, snug_manifest_get (manifest, i)->path));
  /* what is in the folder of the sender's is in one folder of ours */
  g_assert_true (g_str_has_prefix (snug_manifest_get (manifest, 3)->path, snug_manifest_get (manifest, 4)->path));
}

static void
test_nonsense_is_refused (void)
{
  static const char *const cases[] = {
    "{", "\n", "{}\n", "{\"path\":[],\"size\":1}\n", "{\"path\":\"a\",\"size\":1}\n", "{\"path\":[\"\"],\"size\":1}\n",
    "{\"path\":[\"a/b\"],\"size\":1}\n", "{\"path\":[1],\"size\":1}\n", "{\"path\":[\"a\"]}\n",
    "{\"path\":[\"a\"],\"size\":-1}\n", "{\"path\":[\"a\"],\"size\":1,\"dir\":1}\n", "{\"path\":[\"a\"],\"size\":1}",
    "{\"path\":[\"a\"],\"size\":9007199254740991}\n{\"path\":[\"b\"],\"size\":1}\n",
  };
  g_autoptr (GString) deep = g_string_new ("{\"path\":[\"0\"");
  g_autoptr (SnugManifest) manifest = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_null (parse (cases[i]));
  for (guint i = 1; i < SNUG_MANIFEST_MAX_DEPTH; i++)
    g_string_append_printf (deep, ",\"%u\"", i);
  {
    g_autofree char *most = g_strconcat (deep->str, "],\"size\":1}\n", NULL);
    g_autofree char *more = g_strconcat (deep->str, ",\"x\"],\"size\":1}\n", NULL);

    manifest = parse (most);
    g_assert_nonnull (manifest);
    g_assert_null (parse (more));
  }
}

static void
test_at_most_100000_entries (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SnugManifest) manifest = NULL;

  for (guint i = 0; i < SNUG_MANIFEST_MAX_ENTRIES; i++)
    g_string_append_printf (text, "{\"path\":[\"%u\"],\"size\":1}\n", i);
  manifest = parse (text->str);
  g_assert_nonnull (manifest);
  g_string_append (text, "{\"path\":[\"x\"],\"size\":1}\n");
  g_assert_null (parse (text->str));
}

/* Each as dear as the one before: compared with all the others, this would not end in time. */
static void
test_a_hundred_thousand_namesakes (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (SnugManifest) manifest = NULL;

  g_string_append (text, "{\"path\":[\"a (3)\"],\"size\":1}\n");
  for (guint i = 1; i < SNUG_MANIFEST_MAX_ENTRIES; i++)
    g_string_append (text, "{\"path\":[\"a\"],\"size\":1}\n");
  manifest = parse (text->str);
  g_assert_nonnull (manifest);
  for (guint i = 0; i < manifest->entries->len; i++)
    g_assert_true (g_hash_table_add (seen, snug_manifest_get (manifest, i)->path));
  g_assert_cmpstr (snug_manifest_get (manifest, 3)->path, ==, "a (4)");
}

static void
test_places (void)
{
  g_autoptr (SnugManifest) manifest = parse ("{\"path\":[\"d\"],\"dir\":true}\n{\"path\":[\"a\"],\"size\":5}\n"
                                             "{\"path\":[\"b\"],\"size\":0}\n{\"path\":[\"e\"],\"dir\":true}\n");
  SnugPlace place = { 0, 0 };

  g_assert_true (snug_manifest_settle (manifest, &place));
  g_assert_cmpuint (place.entry, ==, 1);
  snug_manifest_advance (manifest, &place, 3);
  g_assert_cmpuint (place.offset, ==, 3);
  snug_manifest_advance (manifest, &place, 2);
  g_assert_true (snug_manifest_settle (manifest, &place));
  g_assert_cmpuint (place.entry, ==, 2);
  snug_manifest_advance (manifest, &place, 0);
  g_assert_false (snug_manifest_settle (manifest, &place));
}

#define ASSERT_AT(map, entry, offset, n_pieces, n_bytes)                                                               \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    const SnugPlace place = { entry, offset };                                                                         \
    g_assert_cmpuint (snug_piece_map_pieces_at (map, &place), ==, n_pieces);                                           \
    g_assert_cmpuint (snug_piece_map_bytes_at (map, &place), ==, n_bytes);                                             \
  }                                                                                                                    \
  G_STMT_END

/* Two pieces and five bytes, nothing, a folder, one byte, and one piece. */
static SnugManifest *
make_files (void)
{
  SnugManifest *manifest = snug_manifest_new ();

  snug_manifest_add (manifest, g_strdup ("a"), 2 * SNUG_WIRE_PIECE_BYTES + 5, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("b"), 0, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("d"), 0, 0, TRUE);
  snug_manifest_add (manifest, g_strdup ("d/c"), 1, 0, FALSE);
  snug_manifest_add (manifest, g_strdup ("e"), SNUG_WIRE_PIECE_BYTES, 0, FALSE);
  return manifest;
}

static void
test_pieces (void)
{
  const guint64 size_a = 2 * SNUG_WIRE_PIECE_BYTES + 5, size = size_a + 1 + SNUG_WIRE_PIECE_BYTES;
  g_autoptr (SnugManifest) manifest = make_files ();
  g_autoptr (SnugPieceMap) map = snug_piece_map_new (manifest);

  g_assert_cmpuint (snug_piece_map_get_n (map), ==, 5);
  ASSERT_AT (map, SNUG_WIRE_ENTRY_MANIFEST, 0, 0, 0);
  ASSERT_AT (map, 0, 0, 0, 0);
  ASSERT_AT (map, 0, 2 * SNUG_WIRE_PIECE_BYTES, 2, 2 * SNUG_WIRE_PIECE_BYTES);
  ASSERT_AT (map, 0, size_a, 3, size_a);
  ASSERT_AT (map, 1, 0, 3, size_a);
  ASSERT_AT (map, 3, 0, 3, size_a);
  ASSERT_AT (map, 4, 0, 4, size_a + 1);
  ASSERT_AT (map, 5, 0, 5, size);
  ASSERT_AT (map, G_MAXUINT64 - 1, 0, 5, size);

  g_assert_cmpuint (snug_piece_map_bytes_of (map, 0), ==, 0);
  g_assert_cmpuint (snug_piece_map_bytes_of (map, 2), ==, 2 * SNUG_WIRE_PIECE_BYTES);
  g_assert_cmpuint (snug_piece_map_bytes_of (map, 3), ==, size_a);
  g_assert_cmpuint (snug_piece_map_bytes_of (map, 4), ==, size_a + 1);
  g_assert_cmpuint (snug_piece_map_bytes_of (map, 5), ==, size);
  g_assert_cmpuint (snug_piece_map_bytes_of (map, G_MAXUINT64), ==, size);

  g_assert_cmpuint (snug_piece_map_pieces_in (map, 0), ==, 0);
  g_assert_cmpuint (snug_piece_map_pieces_in (map, SNUG_WIRE_PIECE_BYTES - 1), ==, 0);
  g_assert_cmpuint (snug_piece_map_pieces_in (map, size_a - 1), ==, 2);
  g_assert_cmpuint (snug_piece_map_pieces_in (map, size_a), ==, 3);
  g_assert_cmpuint (snug_piece_map_pieces_in (map, size - 1), ==, 4);
  g_assert_cmpuint (snug_piece_map_pieces_in (map, size), ==, 5);
  g_assert_cmpuint (snug_piece_map_pieces_in (map, G_MAXUINT64), ==, 5);
}

/* What is not chosen has no pieces. */
static void
test_pieces_of_chosen_files (void)
{
  static const guint8 last_two[] = { 0x18 };
  g_autoptr (SnugManifest) manifest = make_files (), chosen = NULL, nothing = snug_manifest_new ();
  g_autoptr (GBytes) only = g_bytes_new_static (last_two, sizeof last_two);
  g_autoptr (SnugPieceMap) map = NULL, empty = snug_piece_map_new (nothing);

  chosen = snug_manifest_choose (manifest, only);
  map = snug_piece_map_new (chosen);
  g_assert_cmpuint (snug_piece_map_get_n (map), ==, 2);
  ASSERT_AT (map, 3, 0, 0, 0);
  ASSERT_AT (map, 4, 0, 1, 1);
  g_assert_cmpuint (snug_piece_map_get_n (empty), ==, 0);
  ASSERT_AT (empty, 0, 0, 0, 0);
  g_assert_cmpuint (snug_piece_map_pieces_in (empty, 1), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/manifest/there-and-back", test_there_and_back);
  g_test_add_func ("/manifest/paths-are-made-safe", test_paths_are_made_safe);
  g_test_add_func ("/manifest/no-path-twice", test_no_path_twice);
  g_test_add_func ("/manifest/nonsense-is-refused", test_nonsense_is_refused);
  g_test_add_func ("/manifest/at-most-100000-entries", test_at_most_100000_entries);
  g_test_add_func ("/manifest/a-hundred-thousand-namesakes", test_a_hundred_thousand_namesakes);
  g_test_add_func ("/manifest/places", test_places);
  g_test_add_func ("/manifest/pieces", test_pieces);
  g_test_add_func ("/manifest/pieces-of-chosen-files", test_pieces_of_chosen_files);
  return g_test_run ();
}
