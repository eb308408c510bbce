/* A box is opened once, in order, where it belongs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-seal.h"

#include <string.h>

#include "golden.h"

typedef struct
{
  SnugSeal *a;    /* owned */
  SnugSeal *b;    /* owned */
} Pair;

static void
pair_clear (Pair *pair)
{
  snug_seal_free (pair->a);
  snug_seal_free (pair->b);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static SnugSeal *
golden_seal (JsonObject *golden, SnugCpaceRole role, const char *code, const char *own_id, const char *their_id)
{
  g_autoptr (GBytes) key = golden_bytes (golden, "key");
  g_autoptr (GBytes) sid = golden_bytes (golden, "sid");

  return snug_seal_new (role, golden_peek (key), golden_peek (sid), code, own_id, their_id);
}

static Pair
golden_pair (JsonObject *golden)
{
  const char *code = json_object_get_string_member (golden, "code");
  const char *id_a = json_object_get_string_member (golden, "id_a");
  const char *id_b = json_object_get_string_member (golden, "id_b");

  return (Pair) { golden_seal (golden, SNUG_CPACE_A, code, id_a, id_b),
                  golden_seal (golden, SNUG_CPACE_B, code, id_b, id_a) };
}

static void
test_golden_boxes (void)
{
  g_autoptr (JsonNode) root = golden_load ("seal.json");
  JsonObject *golden = json_node_get_object (root);
  JsonArray *boxes = json_object_get_array_member (golden, "boxes");
  g_auto (Pair) writers = golden_pair (golden), readers = golden_pair (golden);

  for (guint i = 0; i < json_array_get_length (boxes); i++)
    {
      JsonObject *row = json_array_get_object_element (boxes, i);
      gboolean from_a = g_str_equal (json_object_get_string_member (row, "from"), "a");
      const char *text = json_object_get_string_member (row, "text");
      g_autoptr (GBytes) box = golden_bytes (row, "box");
      guint64 n;
      gsize length;
      g_autoptr (GBytes) made = snug_seal_close (from_a ? writers.a : writers.b, text, &n);
      g_autofree char *opened = NULL;

      g_assert_cmpuint (n, ==, (guint64) json_object_get_int_member (row, "n"));
      g_assert_true (g_bytes_equal (made, box));
      opened = snug_seal_open (from_a ? readers.b : readers.a, n, box, &length);
      g_assert_cmpstr (opened, ==, text);
      g_assert_cmpuint (length, ==, strlen (text));
    }
}

static void
assert_closed (SnugSeal *seal, guint64 n, GBytes *box)
{
  gsize length;

  g_assert_null (snug_seal_open (seal, n, box, &length));
}

static void
assert_opens (SnugSeal *seal, guint64 n, GBytes *box)
{
  gsize length;
  g_autofree char *text = snug_seal_open (seal, n, box, &length);

  g_assert_nonnull (text);
}

static void
test_gaps_are_fine_and_the_past_is_not (void)
{
  g_autoptr (JsonNode) root = golden_load ("seal.json");
  g_auto (Pair) pair = golden_pair (json_node_get_object (root));
  guint64 n1, n2, n3;
  g_autoptr (GBytes) first = snug_seal_close (pair.a, "first", &n1);
  g_autoptr (GBytes) second = snug_seal_close (pair.a, "second", &n2);
  g_autoptr (GBytes) third = snug_seal_close (pair.a, "third", &n3);

  assert_closed (pair.b, 0, first);
  assert_opens (pair.b, n2, second);
  assert_closed (pair.b, n2, second);
  assert_closed (pair.b, n1, first);
  assert_opens (pair.b, n3, third);
}

/* A wrong one does not make a right one late. */
static void
test_what_is_not_right_changes_nothing (void)
{
  g_autoptr (JsonNode) root = golden_load ("seal.json");
  g_auto (Pair) pair = golden_pair (json_node_get_object (root));
  guint64 n;
  g_autoptr (GBytes) box = snug_seal_close (pair.a, "{\"type\":\"restart\"}", &n);
  gsize n_box;
  const guint8 *data = g_bytes_get_data (box, &n_box);
  g_autoptr (GBytes) shorter = g_bytes_new (data, n_box - 1);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);

  for (gsize i = 0; i < n_box; i++)
    {
      guint8 *copy = g_memdup2 (data, n_box);
      g_autoptr (GBytes) altered = NULL;

      copy[i] ^= 1;
      altered = g_bytes_new_take (copy, n_box);
      assert_closed (pair.b, n, altered);
    }
  assert_closed (pair.b, n, shorter);
  assert_closed (pair.b, n, nothing);
  assert_closed (pair.b, n + 1, box);
  assert_closed (pair.b, G_MAXUINT64, box);
  assert_closed (pair.a, n, box);
  assert_opens (pair.b, n, box);
}

static void
test_it_opens_only_where_it_belongs (void)
{
  g_autoptr (JsonNode) root = golden_load ("seal.json");
  JsonObject *golden = json_node_get_object (root);
  g_auto (Pair) pair = golden_pair (golden);
  g_autoptr (SnugSeal) elsewhere = golden_seal (golden, SNUG_CPACE_B, "BOOK24", "m1", "m2");
  g_autoptr (SnugSeal) from_other = golden_seal (golden, SNUG_CPACE_B, "BOOK23", "m1", "m3");
  g_autoptr (SnugSeal) to_other = golden_seal (golden, SNUG_CPACE_B, "BOOK23", "m3", "m2");
  guint64 n;
  g_autoptr (GBytes) box = snug_seal_close (pair.a, "offer", &n);

  assert_closed (elsewhere, n, box);
  assert_closed (from_other, n, box);
  assert_closed (to_other, n, box);
  assert_opens (pair.b, n, box);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/seal/golden-boxes", test_golden_boxes);
  g_test_add_func ("/seal/gaps-are-fine-and-the-past-is-not", test_gaps_are_fine_and_the_past_is_not);
  g_test_add_func ("/seal/what-is-not-right-changes-nothing", test_what_is_not_right_changes_nothing);
  g_test_add_func ("/seal/it-opens-only-where-it-belongs", test_it_opens_only_where_it_belongs);
  return g_test_run ();
}
