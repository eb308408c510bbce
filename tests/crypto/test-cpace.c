/* Two who know the same secret get the same key.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "snug-cpace.h"

#include <string.h>

#include "golden.h"
#include "snug-lv.h"
#include "snug-phrase.h"

static SnugCpace *
golden_side (JsonObject *exchange, SnugCpaceRole role)
{
  g_autoptr (GBytes) prs = golden_bytes (exchange, "secret");
  g_autoptr (GBytes) ci = golden_bytes (exchange, "ci");
  g_autoptr (GBytes) sid = golden_bytes (exchange, "sid");
  g_autoptr (GBytes) ad = golden_bytes (exchange, role == SNUG_CPACE_A ? "ad_a" : "ad_b");
  g_autoptr (GBytes) scalar = golden_bytes (exchange, role == SNUG_CPACE_A ? "scalar_a" : "scalar_b");
  g_autoptr (SnugSecret) secret = snug_secret_new (golden_peek (prs), g_bytes_get_size (prs));

  return snug_cpace_new_with_scalar (role, secret, ci, golden_peek (sid), ad, golden_peek (scalar));
}

static void
assert_golden (JsonObject *exchange, const char *name, const guint8 *bytes)
{
  g_autoptr (GBytes) golden = golden_bytes (exchange, name);

  g_assert_cmpmem (golden_peek (golden), g_bytes_get_size (golden), bytes, g_bytes_get_size (golden));
}

static void
test_golden_exchanges (void)
{
  g_autoptr (JsonNode) root = golden_load ("cpace.json");
  JsonArray *exchanges = json_object_get_array_member (json_node_get_object (root), "exchanges");

  g_assert_cmpuint (json_array_get_length (exchanges), >=, 4);
  for (guint i = 0; i < json_array_get_length (exchanges); i++)
    {
      JsonObject *exchange = json_array_get_object_element (exchanges, i);
      g_autoptr (SnugCpace) a = golden_side (exchange, SNUG_CPACE_A);
      g_autoptr (SnugCpace) b = golden_side (exchange, SNUG_CPACE_B);

      g_test_message ("%s", json_object_get_string_member (exchange, "about"));
      assert_golden (exchange, "share_a", snug_cpace_get_share (a));
      assert_golden (exchange, "share_b", snug_cpace_get_share (b));
      g_assert_true (snug_cpace_take_share (a, snug_cpace_get_share (b), snug_cpace_get_ad (b)));
      g_assert_true (snug_cpace_take_share (b, snug_cpace_get_share (a), snug_cpace_get_ad (a)));
      assert_golden (exchange, "key", snug_cpace_get_key (a));
      assert_golden (exchange, "key", snug_cpace_get_key (b));
      assert_golden (exchange, "tag_a", snug_cpace_get_tag (a));
      assert_golden (exchange, "tag_b", snug_cpace_get_tag (b));
      g_assert_true (snug_cpace_verify (a, snug_cpace_get_tag (b)));
      g_assert_true (snug_cpace_verify (b, snug_cpace_get_tag (a)));
    }
}

static SnugCpace *
side (SnugCpaceRole role, const char *text, const char *id_a)
{
  static const guint8 sid[SNUG_CPACE_SID_SIZE] = "sixteen bytes, 1";
  g_autoptr (SnugSecret) secret = snug_secret_new_text (text);
  g_autoptr (GBytes) ci = snug_lv_cat_texts ("snug-pair-2", "BOOK23", id_a, "m1", NULL);
  g_autoptr (GBytes) ad = snug_lv_cat_texts (role == SNUG_CPACE_A ? "A" : "B", "2", NULL);

  return snug_cpace_new (role, secret, ci, sid, ad);
}

/* Returns whether each side takes the other's tag. */
static gboolean
agree (SnugCpace *a, SnugCpace *b)
{
  gboolean a_is_right, b_is_right;

  g_assert_true (snug_cpace_take_share (a, snug_cpace_get_share (b), snug_cpace_get_ad (b)));
  g_assert_true (snug_cpace_take_share (b, snug_cpace_get_share (a), snug_cpace_get_ad (a)));
  b_is_right = snug_cpace_verify (a, snug_cpace_get_tag (b));
  a_is_right = snug_cpace_verify (b, snug_cpace_get_tag (a));
  g_assert_cmpint (a_is_right, ==, b_is_right);
  g_assert_cmpint (memcmp (snug_cpace_get_key (a), snug_cpace_get_key (b), SNUG_CPACE_KEY_SIZE) == 0, ==, a_is_right);
  return a_is_right;
}

static void
test_bad_shares_end_it (void)
{
  g_autoptr (JsonNode) root = golden_load ("cpace.json");
  JsonArray *bad = json_object_get_array_member (json_node_get_object (root), "bad-shares");
  g_autoptr (SnugCpace) own = side (SNUG_CPACE_A, "otter-velvet-canoe", "m2");
  g_autoptr (GBytes) ad = snug_lv_cat_texts ("B", "2", NULL);

  for (guint i = 0; i < json_array_get_length (bad); i++)
    {
      JsonObject *row = json_array_get_object_element (bad, i);
      g_autoptr (GBytes) share = golden_bytes (row, "share");
      g_autoptr (SnugCpace) a = side (SNUG_CPACE_A, "otter-velvet-canoe", "m2");

      g_test_message ("%s", json_object_get_string_member (row, "about"));
      g_assert_false (snug_cpace_take_share (a, golden_peek (share), ad));
      g_assert_false (snug_cpace_verify (a, golden_peek (share)));
    }
  g_assert_false (snug_cpace_take_share (own, snug_cpace_get_share (own), ad));
}

static void
test_another_secret_or_place_is_another_key (void)
{
  g_autoptr (SnugCpace) a = side (SNUG_CPACE_A, "otter-velvet-canoe", "m2");
  g_autoptr (SnugCpace) b = side (SNUG_CPACE_B, "otter-velvet-canyon", "m2");
  g_autoptr (SnugCpace) a2 = side (SNUG_CPACE_A, "otter-velvet-canoe", "m2");
  g_autoptr (SnugCpace) b2 = side (SNUG_CPACE_B, "otter-velvet-canoe", "m3");

  g_assert_false (agree (a, b));
  g_assert_false (agree (a2, b2));
  g_assert_false (snug_cpace_verify (a, snug_cpace_get_tag (a)));
}

/* What was said openly is bound too. */
static void
test_an_altered_ad_is_another_key (void)
{
  g_autoptr (SnugCpace) a = side (SNUG_CPACE_A, "otter-velvet-canoe", "m2");
  g_autoptr (SnugCpace) b = side (SNUG_CPACE_B, "otter-velvet-canoe", "m2");
  g_autoptr (GBytes) altered = snug_lv_cat_texts ("A", "3", NULL);

  g_assert_true (snug_cpace_take_share (a, snug_cpace_get_share (b), snug_cpace_get_ad (b)));
  g_assert_true (snug_cpace_take_share (b, snug_cpace_get_share (a), altered));
  g_assert_false (snug_cpace_verify (b, snug_cpace_get_tag (a)));
  g_assert_false (snug_cpace_verify (a, snug_cpace_get_tag (b)));
}

static void
test_a_second_share_is_not_taken (void)
{
  g_autoptr (SnugCpace) a = side (SNUG_CPACE_A, "otter-velvet-canoe", "m2");
  g_autoptr (SnugCpace) b = side (SNUG_CPACE_B, "otter-velvet-canoe", "m2");
  g_autoptr (SnugCpace) c = side (SNUG_CPACE_B, "otter-velvet-canoe", "m2");

  g_assert_true (snug_cpace_take_share (a, snug_cpace_get_share (b), snug_cpace_get_ad (b)));
  g_assert_false (snug_cpace_take_share (a, snug_cpace_get_share (c), snug_cpace_get_ad (c)));
}

/* Whatever the secret: the same one agrees, its neighbour does not. */
static void
test_ten_thousand_secrets (void)
{
  for (guint i = 0; i < 10000; i++)
    {
      gboolean same = i % 2 == 0;
      g_autofree char *secret = snug_phrase_make (SNUG_SECRET_WORDS);
      g_autofree char *other = same ? g_strdup (secret) : g_strconcat (secret, "s", NULL);
      g_autoptr (SnugCpace) a = side (SNUG_CPACE_A, secret, "m2");
      g_autoptr (SnugCpace) b = side (SNUG_CPACE_B, other, "m2");

      g_assert_cmpint (agree (a, b), ==, same);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cpace/golden-exchanges", test_golden_exchanges);
  g_test_add_func ("/cpace/bad-shares-end-it", test_bad_shares_end_it);
  g_test_add_func ("/cpace/another-secret-or-place-is-another-key", test_another_secret_or_place_is_another_key);
  g_test_add_func ("/cpace/an-altered-ad-is-another-key", test_an_altered_ad_is_another_key);
  g_test_add_func ("/cpace/a-second-share-is-not-taken", test_a_second_share_is_not_taken);
  g_test_add_func ("/cpace/ten-thousand-secrets", test_ten_thousand_secrets);
  return g_test_run ();
}
