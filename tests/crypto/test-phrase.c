/* Secrets that people say to each other.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-phrase.h"

#include <string.h>

#include "golden.h"

static void
test_the_list (void)
{
  g_autoptr (GHashTable) beginnings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < SNUG_PHRASE_N_WORDS; i++)
    {
      const char *word = snug_phrase_word (i);
      g_autofree char *beginning = g_strndup (word, 4);
      g_autofree char *upper = g_ascii_strup (beginning, -1);

      g_assert_cmpstr (snug_phrase_complete (upper), ==, word);
      g_assert_true (g_hash_table_add (beginnings, g_steal_pointer (&beginning)));
    }
  g_assert_null (snug_phrase_complete ("w"));
  g_assert_null (snug_phrase_complete ("xyz"));
}

static void
test_made_secrets_are_three_words (void)
{
  g_autoptr (GHashTable) made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *secret = snug_phrase_make (SNUG_SECRET_WORDS);
      g_auto (GStrv) words = g_strsplit (secret, "-", -1);
      g_autofree char *upper = g_ascii_strup (secret, -1);
      g_autofree char *folded = snug_phrase_fold (upper);

      g_assert_cmpuint (g_strv_length (words), ==, SNUG_SECRET_WORDS);
      g_assert_cmpstr (folded, ==, secret);
      g_assert_true (g_hash_table_add (made, g_steal_pointer (&secret)));
    }
}

static void
test_what_is_typed_is_folded (void)
{
  g_autoptr (JsonNode) root = golden_load ("secrets.json");
  JsonObject *golden = json_node_get_object (root);
  JsonArray *folded = json_object_get_array_member (golden, "folded");
  JsonArray *refused = json_object_get_array_member (golden, "refused");

  for (guint i = 0; i < json_array_get_length (folded); i++)
    {
      JsonObject *row = json_array_get_object_element (folded, i);
      g_autofree char *secret = snug_phrase_fold (json_object_get_string_member (row, "typed"));

      g_assert_cmpstr (secret, ==, json_object_get_string_member (row, "secret"));
    }
  for (guint i = 0; i < json_array_get_length (refused); i++)
    g_assert_null (snug_phrase_fold (json_array_get_string_element (refused, i)));
  g_assert_null (snug_phrase_fold ("\xff"));
}

static guint32
next_random (guint32 *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static char *
random_secret (JsonArray *pieces, guint32 *state)
{
  GString *secret = g_string_new (NULL);

  for (guint n = next_random (state) % 8; n > 0; n--)
    g_string_append (secret, json_array_get_string_element (pieces, next_random (state) % json_array_get_length (pieces)));
  return g_string_free (secret, FALSE);
}

/* Ten thousand of them, all into one hash that JavaScript makes too. */
static void
test_random_secrets_are_folded_alike (void)
{
  g_autoptr (JsonNode) root = golden_load ("secrets.json");
  JsonObject *random = json_object_get_object_member (json_node_get_object (root), "random");
  g_autoptr (GChecksum) all = g_checksum_new (G_CHECKSUM_SHA256);
  guint32 state = (guint32) json_object_get_int_member (random, "seed");

  for (gint64 n = json_object_get_int_member (random, "n"); n > 0; n--)
    {
      g_autofree char *typed = random_secret (json_object_get_array_member (random, "pieces"), &state);
      g_autofree char *folded = snug_phrase_fold (typed);
      g_autofree char *again = folded != NULL ? snug_phrase_fold (folded) : NULL;

      g_assert_cmpstr (again, ==, folded);
      g_checksum_update (all, (const guchar *) (folded != NULL ? folded : "!"), -1);
      g_checksum_update (all, (const guchar *) "\n", 1);
    }
  g_assert_cmpstr (g_checksum_get_string (all), ==, json_object_get_string_member (random, "sha256"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phrase/the-list", test_the_list);
  g_test_add_func ("/phrase/made-secrets-are-three-words", test_made_secrets_are_three_words);
  g_test_add_func ("/phrase/what-is-typed-is-folded", test_what_is_typed_is_folded);
  g_test_add_func ("/phrase/random-secrets-are-folded-alike", test_random_secrets_are_folded_alike);
  return g_test_run ();
}
