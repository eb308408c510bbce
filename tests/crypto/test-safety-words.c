/* The words that two people compare, on data that JavaScript reads too.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-safety-words.h"

#include "golden.h"

static void
read_bytes (JsonObject *object, const char *name, guint8 out[32])
{
  g_autoptr (GBytes) bytes = golden_bytes (object, name);

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 32);
  memcpy (out, golden_peek (bytes), 32);
}

static void
assert_commitment (JsonObject *row, const char *name, const SnugSafetyPair *pair, gboolean of_offerer,
                   const guint8 *nonce)
{
  g_autoptr (GBytes) expected = golden_bytes (row, name);
  guint8 made[SNUG_SAFETY_COMMITMENT_BYTES];

  snug_safety_commit (pair, of_offerer, nonce, made);
  g_assert_cmpmem (made, sizeof made, golden_peek (expected), g_bytes_get_size (expected));
}

static void
test_golden (void)
{
  g_autoptr (JsonNode) root = golden_load ("safety.json");
  JsonArray *cases = json_object_get_array_member (json_node_get_object (root), "cases");

  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *row = json_array_get_object_element (cases, i);
      g_autofree char *words = NULL;
      guint8 nonce_o[32], nonce_a[32];
      SnugSafetyPair pair;

      read_bytes (row, "offerer", pair.offerer);
      read_bytes (row, "answerer", pair.answerer);
      read_bytes (row, "nonce_offerer", nonce_o);
      read_bytes (row, "nonce_answerer", nonce_a);
      assert_commitment (row, "commit_offerer", &pair, TRUE, nonce_o);
      assert_commitment (row, "commit_answerer", &pair, FALSE, nonce_a);
      words = snug_safety_words (&pair, nonce_o, nonce_a);
      g_assert_cmpstr (words, ==, json_object_get_string_member (row, "words"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/safety-words/golden", test_golden);
  return g_test_run ();
}
